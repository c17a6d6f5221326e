//! A linear classifier with squared hinge loss, trained by dual coordinate descent (Hsieh and others,
//! ICML 2008, algorithm 1). The order of visits comes from a fixed generator: the same rows give the same
//! weights, bit for bit.

/// A row: buckets and values.
pub(crate) type Row = Vec<(u32, f32)>;

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    /// How dear a mistake is.
    pub(crate) cost: f32,
    /// How often every row is visited.
    pub(crate) passes: usize,
}

/// Weights by bucket; the last is the bias.
pub(crate) fn train(
    rows: &[&Row],
    wanted: &[bool],
    buckets: usize,
    settings: Settings,
) -> Vec<f32> {
    let positives = wanted.iter().filter(|yes| **yes).count().max(1) as f32;
    let negatives = (wanted.len() as f32 - positives).max(1.0);
    let total = wanted.len() as f32;
    // Both classes count alike.
    let dampening = [
        0.5 / (settings.cost * total / (2.0 * negatives)),
        0.5 / (settings.cost * total / (2.0 * positives)),
    ];
    let mut weights = vec![0.0_f32; buckets + 1];
    let mut dual = vec![0.0_f32; rows.len()];
    let norms: Vec<f32> = rows
        .iter()
        .map(|row| 1.0 + row.iter().map(|(_, value)| value * value).sum::<f32>())
        .collect();
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..settings.passes {
        shuffle(&mut order, &mut state);
        for &index in &order {
            let index = index as usize;
            let row = rows[index];
            let sign = if wanted[index] { 1.0 } else { -1.0 };
            let damp = dampening[usize::from(wanted[index])];
            let margin = weights[buckets]
                + row
                    .iter()
                    .map(|(bucket, value)| weights[*bucket as usize] * value)
                    .sum::<f32>();
            let gradient = sign * margin - 1.0 + damp * dual[index];
            let next = (dual[index] - gradient / (norms[index] + damp)).max(0.0);
            let step = (next - dual[index]) * sign;
            if step.abs() > 1e-7 {
                dual[index] = next;
                for (bucket, value) in row {
                    weights[*bucket as usize] += step * value;
                }
                weights[buckets] += step;
            }
        }
    }
    weights
}

/// What the weights say of a row.
pub(crate) fn margin(weights: &[f32], row: &Row) -> f32 {
    weights[weights.len() - 1]
        + row
            .iter()
            .map(|(bucket, value)| weights[*bucket as usize] * value)
            .sum::<f32>()
}

fn shuffle(order: &mut [u32], state: &mut u64) {
    for index in (1..order.len()).rev() {
        // xorshift64*
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        let random = state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        order.swap(index, random as usize % (index + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_learns_what_separates_and_learns_it_again() {
        let rows: Vec<Row> = (0..40)
            .map(|n| vec![(n % 2, 1.0), (2 + n % 5, 0.5)])
            .collect();
        let rows: Vec<&Row> = rows.iter().collect();
        let wanted: Vec<bool> = (0..40).map(|n| n % 2 == 1).collect();
        let settings = Settings {
            cost: 1.0,
            passes: 10,
        };
        let weights = train(&rows, &wanted, 8, settings);
        for (row, yes) in rows.iter().zip(&wanted) {
            assert_eq!(margin(&weights, row) > 0.0, *yes);
        }
        assert_eq!(weights, train(&rows, &wanted, 8, settings));
    }
}
