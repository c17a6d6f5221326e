//! The bend between the two halves of a layer: `x / 2 * (1 + erf(x / sqrt 2))`, from a table.

/// Beyond this the bend is 0 or the number itself, to seven digits.
const EDGE: f32 = 6.0;
const STEPS: usize = 6144;

/// Values at equal steps; a straight line between two is off by less than 1e-6.
#[derive(Debug)]
pub(super) struct Gelu(Vec<f32>);

impl Gelu {
    pub(super) fn new() -> Self {
        let width = 2.0 * f64::from(EDGE) / STEPS as f64;
        Self(
            (0..=STEPS)
                .map(|step| {
                    let x = step as f64 * width - f64::from(EDGE);
                    (0.5 * x * (1.0 + erf(x / std::f64::consts::SQRT_2))) as f32
                })
                .collect(),
        )
    }

    pub(super) fn bend(&self, numbers: &mut [f32]) {
        let per_step = STEPS as f32 / (2.0 * EDGE);
        for number in numbers {
            let place = (*number + EDGE) * per_step;
            *number = if place <= 0.0 {
                0.0
            } else if place >= STEPS as f32 {
                *number
            } else {
                let step = place as usize;
                let share = place - step as f32;
                self.0[step] + (self.0[step + 1] - self.0[step]) * share
            };
        }
    }
}

/// The error function: its Maclaurin series where that converges quickly, else the continued fraction of the
/// complement (Abramowitz and Stegun 7.1.5, 7.1.14).
pub(super) fn erf(x: f64) -> f64 {
    let z = x.abs();
    let value = if z < 2.5 {
        let (mut term, mut sum) = (z, z);
        for n in 1..60 {
            let n = f64::from(n);
            term *= -z * z / n;
            sum += term / (2.0 * n + 1.0);
        }
        sum * 2.0 / std::f64::consts::PI.sqrt()
    } else {
        let mut fraction = z;
        for n in (1..=60).rev() {
            fraction = z + f64::from(n) / 2.0 / fraction;
        }
        1.0 - (-z * z).exp() / (fraction * std::f64::consts::PI.sqrt())
    };
    value.copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_function_has_its_known_values() {
        // Abramowitz and Stegun, table 7.1.
        for (x, value) in [
            (0.0, 0.0),
            (0.5, 0.520_499_877_8),
            (1.0, 0.842_700_792_9),
            (2.0, 0.995_322_265_0),
            (3.0, 0.999_977_909_5),
        ] {
            assert!((erf(x) - value).abs() < 1e-9, "{x}");
            assert!((erf(-x) + value).abs() < 1e-9, "-{x}");
        }
    }

    #[test]
    fn the_table_follows_the_curve() {
        let gelu = Gelu::new();
        for step in -8000..8000 {
            let x = f64::from(step) / 1000.0 + 0.000_37;
            let mut one = [x as f32];
            gelu.bend(&mut one);
            let wanted = 0.5 * x * (1.0 + erf(x / std::f64::consts::SQRT_2));
            assert!((f64::from(one[0]) - wanted).abs() < 3e-6, "{x}");
        }
    }
}
