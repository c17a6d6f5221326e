//! Which intent: all heads of a direction speak, weighed by a small softmax fitted to their margins.

use crate::model::Intents;

const ROUNDS: usize = 400;
const STEP: f32 = 0.5;
const MOMENTUM: f32 = 0.9;
/// Keeps weights small where margins say the same.
const DECAY: f32 = 1e-4;

/// Fits weights by gradient descent over all rows at once, which needs no random order.
pub(crate) fn fit(margins: &[Vec<f32>], wanted: &[usize], classes: usize) -> Intents {
    let inputs = margins.first().map_or(0, Vec::len);
    let mut intents = Intents {
        inputs,
        weights: vec![0.0; classes * (inputs + 1)],
    };
    let worth = worth(wanted, classes);
    let mut speed = vec![0.0_f32; intents.weights.len()];
    for _ in 0..ROUNDS {
        let mut gradient = vec![0.0_f32; intents.weights.len()];
        for (row, class) in margins.iter().zip(wanted) {
            let shares = intents.shares(row);
            for (place, share) in shares.iter().enumerate() {
                let off = worth[*class] * (share - if place == *class { 1.0 } else { 0.0 });
                let own = &mut gradient[place * (inputs + 1)..][..=inputs];
                for (sum, margin) in own.iter_mut().zip(row) {
                    *sum += off * margin;
                }
                own[inputs] += off;
            }
        }
        let scale = 1.0 / margins.len().max(1) as f32;
        for ((weight, speed), sum) in intents.weights.iter_mut().zip(&mut speed).zip(&gradient) {
            *speed = MOMENTUM * *speed - STEP * (sum * scale + DECAY * *weight);
            *weight += *speed;
        }
    }
    intents
}

/// What a row of each class counts: those of rare classes more, by the root of how rare they are. The corpus was
/// written label by label, so how often a class stands in it says little of how often patients mean it.
fn worth(wanted: &[usize], classes: usize) -> Vec<f32> {
    let mut counts = vec![0_usize; classes];
    for class in wanted {
        counts[*class] += 1;
    }
    let even = wanted.len() as f32 / classes.max(1) as f32;
    counts
        .iter()
        .map(|count| (even / (*count).max(1) as f32).sqrt())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loudest_head_is_not_always_right() {
        // The second head shouts whenever the third class is meant.
        let margins: Vec<Vec<f32>> = (0..300)
            .map(|n| match n % 3 {
                0 => vec![1.0, -1.0, -0.5],
                1 => vec![-1.0, 0.5, -1.0],
                _ => vec![-1.0, 1.0, -0.2],
            })
            .collect();
        let wanted: Vec<usize> = (0..300).map(|n| n % 3).collect();
        let intents = fit(&margins, &wanted, 3);
        for (row, class) in margins.iter().zip(&wanted).take(3) {
            let shares = intents.shares(row);
            let best = (0..3).max_by(|a, b| shares[*a].total_cmp(&shares[*b]));
            assert_eq!(best, Some(*class));
            assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }
}
