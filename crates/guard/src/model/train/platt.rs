//! From margins to probabilities: a logistic curve fitted by Newton's method with a backtracking line
//! search (Platt 1999 as corrected by Lin, Lin and Weng, Machine Learning 68, 2007).

/// `1 / (1 + exp(-(slope * margin + offset)))`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// How steep.
    pub slope: f32,
    /// Where the middle is.
    pub offset: f32,
}

impl Curve {
    /// The probability at a margin.
    pub fn at(self, margin: f32) -> f32 {
        1.0 / (1.0 + (-(self.slope * margin + self.offset)).exp())
    }
}

/// Fits a curve to margins of texts the weights were not trained on.
pub fn fit(margins: &[f32], wanted: &[bool]) -> Curve {
    let positives = wanted.iter().filter(|yes| **yes).count() as f64;
    let negatives = wanted.len() as f64 - positives;
    let high = (positives + 1.0) / (positives + 2.0);
    let low = 1.0 / (negatives + 2.0);
    let points: Vec<(f64, f64)> = margins
        .iter()
        .zip(wanted)
        .map(|(margin, yes)| (f64::from(*margin), if *yes { high } else { low }))
        .collect();
    let (mut a, mut b) = (0.0_f64, ((positives + 1.0) / (negatives + 1.0)).ln());
    let mut value = loss(&points, a, b);
    for _ in 0..100 {
        let (mut haa, mut hbb, mut hab, mut ga, mut gb) = (1e-12, 1e-12, 0.0, 0.0, 0.0);
        for (margin, target) in &points {
            let p = 1.0 / (1.0 + (-(a * margin + b)).exp());
            let d = p * (1.0 - p);
            haa += margin * margin * d;
            hbb += d;
            hab += margin * d;
            ga += margin * (p - target);
            gb += p - target;
        }
        if ga.abs() < 1e-5 && gb.abs() < 1e-5 {
            break;
        }
        let determinant = haa * hbb - hab * hab;
        let (da, db) = (
            -(hbb * ga - hab * gb) / determinant,
            -(haa * gb - hab * ga) / determinant,
        );
        let mut step = 1.0;
        loop {
            let next = loss(&points, a + step * da, b + step * db);
            if next < value + 1e-4 * step * (ga * da + gb * db) {
                (a, b, value) = (a + step * da, b + step * db, next);
                break;
            }
            step /= 2.0;
            if step < 1e-10 {
                break;
            }
        }
        if step < 1e-10 {
            break;
        }
    }
    Curve {
        slope: a as f32,
        offset: b as f32,
    }
}

fn loss(points: &[(f64, f64)], a: f64, b: f64) -> f64 {
    points
        .iter()
        .map(|(margin, target)| {
            let z = a * margin + b;
            // ln(1 + e^z) without overflow.
            let soft = z.max(0.0) + (-z.abs()).exp().ln_1p();
            soft - target * z
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_agree_with_what_happens() {
        let margins: Vec<f32> = (0..1000).map(|n| (n % 100) as f32 / 50.0 - 1.0).collect();
        let wanted: Vec<bool> = (0..1000)
            .map(|n| (n * 7919 % 1000) as f32 / 1000.0 < 1.0 / (1.0 + (-3.0 * margins[n]).exp()))
            .collect();
        let curve = fit(&margins, &wanted);
        assert!((curve.slope - 3.0).abs() < 0.6, "{curve:?}");
        assert!(curve.offset.abs() < 0.4, "{curve:?}");
        assert!(curve.at(2.0) > 0.95 && curve.at(-2.0) < 0.05);
    }
}
