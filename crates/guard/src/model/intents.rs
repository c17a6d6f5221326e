//! From the margins of all heads to the shares of the intents.

/// A row of weights for each intent, the bias last.
#[derive(Debug, Clone, PartialEq)]
pub struct Intents {
    pub(crate) inputs: usize,
    pub(crate) weights: Vec<f32>,
}

impl Intents {
    /// The share of each intent, in the order of the heads; they add up to 1.
    pub fn shares(&self, margins: &[f32]) -> Vec<f32> {
        let mut shares: Vec<f32> = self
            .weights
            .chunks(self.inputs + 1)
            .map(|row| {
                let told: f32 = row
                    .iter()
                    .zip(margins)
                    .map(|(weight, margin)| weight * margin)
                    .sum();
                told + row[self.inputs]
            })
            .collect();
        let most = shares.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        for share in &mut shares {
            *share = (*share - most).exp();
        }
        let total: f32 = shares.iter().sum();
        for share in &mut shares {
            *share /= total;
        }
        shares
    }
}
