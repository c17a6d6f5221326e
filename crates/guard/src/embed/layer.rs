//! One layer of an encoder: everybody looks at everybody, then thinks alone.

use ndarray::{Array1, Array2, ArrayView2, Axis, Slice};

use super::EmbedError;
use super::gelu::Gelu;
use super::tensors::Tensors;

/// The sizes of a layer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) hidden: usize,
    pub(super) heads: usize,
    pub(super) inner: usize,
    pub(super) epsilon: f32,
}

/// `x W + b`, the weights turned so that rows are inputs.
#[derive(Debug)]
pub(super) struct Linear {
    weights: Array2<f32>,
    bias: Array1<f32>,
}

impl Linear {
    fn read(
        tensors: &mut Tensors,
        names: &[String],
        (from, to): (usize, usize),
    ) -> Result<Self, EmbedError> {
        let mut weights = Array2::zeros((from, to * names.len()));
        let mut bias = Array1::zeros(to * names.len());
        for (place, name) in names.iter().enumerate() {
            let own = tensors.matrix(&format!("{name}.weight"), (to, from))?;
            let part = Slice::from(place * to..(place + 1) * to);
            weights.slice_axis_mut(Axis(1), part).assign(&own.t());
            let own = tensors.vector(&format!("{name}.bias"), to)?;
            bias.slice_axis_mut(Axis(0), part).assign(&own);
        }
        Ok(Self { weights, bias })
    }

    fn of(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        rows.dot(&self.weights) + &self.bias
    }
}

/// Brings a row to mean 0 and variance 1, then to what was learned.
#[derive(Debug)]
pub(super) struct Norm {
    weight: Array1<f32>,
    bias: Array1<f32>,
    epsilon: f32,
}

impl Norm {
    pub(super) fn read(
        tensors: &mut Tensors,
        name: &str,
        sizes: Sizes,
    ) -> Result<Self, EmbedError> {
        Ok(Self {
            weight: tensors.vector(&format!("{name}.weight"), sizes.hidden)?,
            bias: tensors.vector(&format!("{name}.bias"), sizes.hidden)?,
            epsilon: sizes.epsilon,
        })
    }

    pub(super) fn apply(&self, rows: &mut Array2<f32>) {
        for mut row in rows.axis_iter_mut(Axis(0)) {
            let mean = row.sum() / row.len() as f32;
            row -= mean;
            let variance = row.dot(&row) / row.len() as f32;
            row *= 1.0 / (variance + self.epsilon).sqrt();
            row *= &self.weight;
            row += &self.bias;
        }
    }
}

/// One layer.
#[derive(Debug)]
pub(super) struct Layer {
    look: Linear,
    tell: Linear,
    told: Norm,
    wide: Linear,
    back: Linear,
    done: Norm,
    heads: usize,
}

impl Layer {
    pub(super) fn read(
        tensors: &mut Tensors,
        index: usize,
        sizes: Sizes,
    ) -> Result<Self, EmbedError> {
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        let Sizes { hidden, inner, .. } = sizes;
        let look = ["query", "key", "value"].map(|part| name(&format!("attention.self.{part}")));
        Ok(Self {
            look: Linear::read(tensors, &look, (hidden, hidden))?,
            tell: Linear::read(tensors, &[name("attention.output.dense")], (hidden, hidden))?,
            told: Norm::read(tensors, &name("attention.output.LayerNorm"), sizes)?,
            wide: Linear::read(tensors, &[name("intermediate.dense")], (hidden, inner))?,
            back: Linear::read(tensors, &[name("output.dense")], (inner, hidden))?,
            done: Norm::read(tensors, &name("output.LayerNorm"), sizes)?,
            heads: sizes.heads,
        })
    }

    pub(super) fn apply(&self, rows: Array2<f32>, gelu: &Gelu) -> Array2<f32> {
        let mut next = self.tell.of(self.looked(rows.view()).view()) + &rows;
        self.told.apply(&mut next);
        let mut wide = self.wide.of(next.view());
        if let Some(numbers) = wide.as_slice_mut() {
            gelu.bend(numbers);
        }
        let mut last = self.back.of(wide.view()) + &next;
        self.done.apply(&mut last);
        last
    }

    /// What each token gathers from the others.
    fn looked(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        let (count, hidden) = rows.dim();
        let size = hidden / self.heads;
        let scale = 1.0 / (size as f32).sqrt();
        let all = self.look.of(rows);
        let mut gathered = Array2::zeros((count, hidden));
        for head in 0..self.heads {
            let part = |which: usize| {
                let from = which * hidden + head * size;
                all.slice_axis(Axis(1), Slice::from(from..from + size))
            };
            let mut weights = part(0).dot(&part(1).t());
            for mut row in weights.axis_iter_mut(Axis(0)) {
                let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                row.mapv_inplace(|weight| ((weight - most) * scale).exp());
                let total = row.sum();
                row /= total;
            }
            gathered
                .slice_axis_mut(Axis(1), Slice::from(head * size..(head + 1) * size))
                .assign(&weights.dot(&part(2)));
        }
        gathered
    }
}
