//! A small encoder with made-up weights, as a folder, and the same arithmetic done slowly.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::embed::gelu;

pub(super) const HIDDEN: usize = 8;
const HEADS_COUNT: usize = 2;
const INNER: usize = 12;
pub(super) const LAYERS: usize = 2;
const PLACES: usize = 16;

pub(super) type Weights = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

pub(super) struct Made {
    pub(super) folder: PathBuf,
    pub(super) weights: Weights,
}

impl Drop for Made {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn weights(vocabulary: usize) -> Weights {
    let mut state = 7_u64;
    let mut weights = Weights::new();
    let mut put = |name: String, shape: &[usize]| {
        let numbers = (0..shape.iter().product::<usize>())
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                ((state >> 40) as f32 / (1 << 24) as f32 - 0.5) * 1.6
            })
            .collect();
        weights.insert(name, (shape.to_vec(), numbers));
    };
    put(
        "embeddings.word_embeddings.weight".into(),
        &[vocabulary, HIDDEN],
    );
    put(
        "embeddings.position_embeddings.weight".into(),
        &[PLACES, HIDDEN],
    );
    put(
        "embeddings.token_type_embeddings.weight".into(),
        &[2, HIDDEN],
    );
    let mut norm_and_linear = vec![("embeddings.LayerNorm".to_owned(), None)];
    for layer in 0..LAYERS {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        for part in ["query", "key", "value"] {
            let part = format!("attention.self.{part}");
            norm_and_linear.push((name(&part), Some((HIDDEN, HIDDEN))));
        }
        norm_and_linear.push((name("attention.output.dense"), Some((HIDDEN, HIDDEN))));
        norm_and_linear.push((name("attention.output.LayerNorm"), None));
        norm_and_linear.push((name("intermediate.dense"), Some((INNER, HIDDEN))));
        norm_and_linear.push((name("output.dense"), Some((HIDDEN, INNER))));
        norm_and_linear.push((name("output.LayerNorm"), None));
    }
    for (name, shape) in norm_and_linear {
        let (to, from) = shape.unwrap_or((HIDDEN, 0));
        let dimensions = if from == 0 { vec![to] } else { vec![to, from] };
        put(format!("{name}.weight"), &dimensions);
        put(format!("{name}.bias"), &[to]);
    }
    weights
}

/// A folder as published ones look.
fn made(name: &str, tokenizer: &str, vocabulary: usize) -> Made {
    let folder = std::env::temp_dir().join(format!("bitewing-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let config = format!(
        r#"{{"model_type":"bert","hidden_size":{HIDDEN},"num_hidden_layers":{LAYERS},
        "num_attention_heads":{HEADS_COUNT},"intermediate_size":{INNER},
        "max_position_embeddings":{PLACES},"vocab_size":{vocabulary},"type_vocab_size":2,
        "hidden_act":"gelu","layer_norm_eps":1e-12,"architectures":["BertModel"]}}"#
    );
    std::fs::write(folder.join("config.json"), config).unwrap();
    std::fs::write(folder.join("tokenizer.json"), tokenizer).unwrap();
    let weights = weights(vocabulary);
    let (mut header, mut body) = (serde_json::Map::new(), Vec::new());
    for (name, (shape, numbers)) in &weights {
        let from = body.len();
        body.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        let entry = serde_json::json!({
            "dtype": "F32", "shape": shape, "data_offsets": [from, body.len()]
        });
        header.insert(name.clone(), entry);
    }
    header.insert("__metadata__".into(), serde_json::json!({"format": "pt"}));
    let header = serde_json::to_vec(&header).unwrap();
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header);
    file.extend(body);
    std::fs::write(folder.join("model.safetensors"), file).unwrap();
    Made { folder, weights }
}

pub(super) fn wordpiece(name: &str) -> Made {
    let words = [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "my", "tooth", "hurt", "##s", ".",
    ];
    let vocabulary: BTreeMap<&str, usize> = (0..).zip(words).map(|(id, word)| (word, id)).collect();
    let tokenizer = serde_json::json!({
        "normalizer": {"type": "BertNormalizer", "lowercase": true},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": vocabulary}
    });
    made(name, &tokenizer.to_string(), words.len())
}

pub(super) fn unigram(name: &str) -> Made {
    let pieces = [
        ("<s>", 0.0),
        ("<pad>", 0.0),
        ("</s>", 0.0),
        ("<unk>", 0.0),
        ("\u{2581}зуб", -3.0),
        ("\u{2581}бол", -3.5),
        ("ит", -2.0),
    ];
    let tokenizer = serde_json::json!({
        "normalizer": {"type": "Sequence"}, "model": {"unk_id": 3, "vocab": pieces}
    });
    made(name, &tokenizer.to_string(), pieces.len())
}

/// The same as [`Encoder::embed`], one number after the other in double precision.
pub(super) fn slowly(weights: &Weights, tokens: &[u32]) -> Vec<f64> {
    let get = |name: &str| -> Vec<f64> { weights[name].1.iter().map(|n| f64::from(*n)).collect() };
    let linear = |name: &str, rows: &[Vec<f64>]| -> Vec<Vec<f64>> {
        let (w, b) = (get(&format!("{name}.weight")), get(&format!("{name}.bias")));
        rows.iter()
            .map(|row| {
                (0..b.len())
                    .map(|to| {
                        let own = &w[to * row.len()..(to + 1) * row.len()];
                        b[to] + own.iter().zip(row).map(|(w, x)| w * x).sum::<f64>()
                    })
                    .collect()
            })
            .collect()
    };
    let norm = |name: &str, rows: Vec<Vec<f64>>| -> Vec<Vec<f64>> {
        let (w, b) = (get(&format!("{name}.weight")), get(&format!("{name}.bias")));
        rows.into_iter()
            .map(|row| {
                let mean = row.iter().sum::<f64>() / row.len() as f64;
                let variance =
                    row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / row.len() as f64;
                (0..row.len())
                    .map(|i| (row[i] - mean) / (variance + 1e-12).sqrt() * w[i] + b[i])
                    .collect()
            })
            .collect()
    };
    let add = |a: &[Vec<f64>], b: &[Vec<f64>]| -> Vec<Vec<f64>> {
        let sum = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| a + b).collect();
        a.iter().zip(b).map(sum).collect()
    };
    let words = get("embeddings.word_embeddings.weight");
    let places = get("embeddings.position_embeddings.weight");
    let kinds = get("embeddings.token_type_embeddings.weight");
    let rows = tokens
        .iter()
        .enumerate()
        .map(|(place, token)| {
            (0..HIDDEN)
                .map(|i| {
                    words[*token as usize * HIDDEN + i] + places[place * HIDDEN + i] + kinds[i]
                })
                .collect()
        })
        .collect();
    let mut rows = norm("embeddings.LayerNorm", rows);
    let size = HIDDEN / HEADS_COUNT;
    for layer in 0..LAYERS {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        let [q, k, v] = ["query", "key", "value"]
            .map(|part| linear(&name(&format!("attention.self.{part}")), &rows));
        let mut gathered = vec![vec![0.0; HIDDEN]; rows.len()];
        for head in 0..HEADS_COUNT {
            let span = head * size..(head + 1) * size;
            for from in 0..rows.len() {
                let told: Vec<f64> = (0..rows.len())
                    .map(|to| {
                        let dot: f64 = span.clone().map(|i| q[from][i] * k[to][i]).sum();
                        (dot / (size as f64).sqrt()).exp()
                    })
                    .collect();
                let total: f64 = told.iter().sum();
                for i in span.clone() {
                    gathered[from][i] = (0..rows.len()).map(|to| told[to] / total * v[to][i]).sum();
                }
            }
        }
        let told = linear(&name("attention.output.dense"), &gathered);
        rows = norm(&name("attention.output.LayerNorm"), add(&told, &rows));
        let mut wide = linear(&name("intermediate.dense"), &rows);
        for x in wide.iter_mut().flatten() {
            *x = *x * 0.5 * (1.0 + gelu::erf(*x / std::f64::consts::SQRT_2));
        }
        let back = linear(&name("output.dense"), &wide);
        rows = norm(&name("output.LayerNorm"), add(&back, &rows));
    }
    let mean: Vec<f64> = (0..HIDDEN)
        .map(|i| rows.iter().map(|row| row[i]).sum())
        .collect();
    let length = mean.iter().map(|x| x * x).sum::<f64>().sqrt();
    mean.into_iter().map(|x| x / length).collect()
}
