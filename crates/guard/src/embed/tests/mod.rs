//! Encoders with made-up weights.

mod made;

use std::path::Path;

use made::{HIDDEN, LAYERS, Made, slowly, unigram, wordpiece};

use super::*;
use crate::Guard;
use crate::corpus::Urgency;
use crate::message::{Inbound, Outbound, Role};
use crate::model::train::platt::Curve;
use crate::model::{Head, Table, Thresholds, heads};
use crate::policy::Policy;
use crate::spelling::Spelling;
use crate::verdict::Verdict;

fn agree(made: &Made, text: &str, tokens: &[u32]) {
    let encoder = Encoder::open(&made.folder).unwrap();
    assert_eq!(encoder.tokenizer().tokens(text, 128), tokens);
    let point = encoder.embed(text, &|| true).unwrap();
    for (own, slow) in point.iter().zip(slowly(&made.weights, tokens)) {
        // The table of words is held in eight bits.
        assert!((f64::from(*own) - slow).abs() < 0.03, "{own} {slow}");
    }
}

#[test]
fn a_wordpiece_encoder_gives_what_slow_arithmetic_gives() {
    agree(
        &wordpiece("agree-w"),
        "My tooth hurts.",
        &[2, 4, 5, 6, 7, 8, 3],
    );
}

#[test]
fn a_unigram_encoder_gives_what_slow_arithmetic_gives() {
    agree(&unigram("agree-u"), "зуб болит", &[0, 4, 5, 6, 2]);
}

#[test]
fn a_long_text_is_read_as_far_as_there_are_places() {
    let made = wordpiece("long");
    let encoder = Encoder::open(&made.folder).unwrap();
    let point = encoder.embed(&"tooth ".repeat(5000), &|| true).unwrap();
    assert!((point.dot(&point) - 1.0).abs() < 1e-5);
    assert!(encoder.embed("", &|| true).is_some());
}

#[test]
fn there_is_no_point_when_time_is_up() {
    let made = wordpiece("time");
    let encoder = Encoder::open(&made.folder).unwrap();
    let left = std::cell::Cell::new(LAYERS);
    let go_on = || {
        left.set(left.get().saturating_sub(1));
        left.get() > 0
    };
    assert_eq!(encoder.embed("my tooth", &go_on), None);
}

#[test]
fn a_broken_folder_is_refused_with_the_file_that_is_wrong() {
    let made = wordpiece("broken");
    let refused = |folder: &Path| Encoder::open(folder).unwrap_err().to_string();
    let weights = std::fs::read(made.folder.join("model.safetensors")).unwrap();
    for cut in [0, 7, 40, weights.len() - 1] {
        std::fs::write(made.folder.join("model.safetensors"), &weights[..cut]).unwrap();
        let told = refused(&made.folder);
        assert!(told.contains("model.safetensors"), "{told}");
    }
    std::fs::write(made.folder.join("model.safetensors"), &weights).unwrap();
    let config = std::fs::read_to_string(made.folder.join("config.json")).unwrap();
    for (from, to) in [
        ("\"num_attention_heads\":2", "\"num_attention_heads\":3"),
        ("\"num_attention_heads\":2", "\"num_attention_heads\":0"),
        ("\"hidden_act\":\"gelu\"", "\"hidden_act\":\"relu\""),
        ("\"vocab_size\":9", "\"vocab_size\":8"),
        ("\"hidden_size\":8", "\"hidden_size\":99999999"),
    ] {
        std::fs::write(made.folder.join("config.json"), config.replace(from, to)).unwrap();
        assert!(!refused(&made.folder).is_empty(), "{to}");
    }
    std::fs::write(made.folder.join("config.json"), &config).unwrap();
    std::fs::write(
        made.folder.join("tokenizer.json"),
        "{\"model\":{\"vocab\":{}}}",
    )
    .unwrap();
    assert!(refused(&made.folder).contains("tokenizer.json"));
}

/// Heads that say the same of every text: of a named one yes, of all others no.
fn stubborn(encoder: &Encoder, yes: &str) -> Heads {
    let half = |names: &[&str]| {
        let thresholds = Thresholds {
            warn: 0.5,
            hold: 0.99,
            block: 1.0,
        };
        let curve = Curve {
            slope: 1.0,
            offset: 0.0,
        };
        let heads = names
            .iter()
            .map(|name| Head {
                name: (*name).to_owned(),
                scale: 0.0,
                bias: 0.0,
                curve,
                thresholds,
            })
            .collect();
        let weights: Vec<Vec<f32>> = names
            .iter()
            .map(|name| {
                let mut weights = vec![0.0; HIDDEN + 1];
                weights[HIDDEN] = if *name == yes { 3.0 } else { -3.0 };
                weights
            })
            .collect();
        Half {
            table: Table::new(heads, HIDDEN.ilog2(), &weights),
            mixes: names
                .iter()
                .map(|_| Mix {
                    base: 0.0,
                    own: 1.0,
                    curve,
                    thresholds,
                })
                .collect(),
        }
    };
    Heads {
        encoder: encoder.version().to_owned(),
        languages: vec![Language::En],
        prefix: String::new(),
        out: half(&heads::OUT),
        inbound: half(&heads::IN),
        curves: vec![
            Curve {
                slope: 1.0,
                offset: 0.0,
            };
            heads::INTENTS
        ],
        weight: 1.0,
    }
}

fn guard(made: &Made, yes: &str) -> Guard {
    let encoder = Arc::new(Encoder::open(&made.folder).unwrap());
    let heads = stubborn(&encoder, yes);
    std::fs::write(made.folder.join(HEADS), heads.encode()).unwrap();
    let embedding = Embedding::open(&made.folder).unwrap();
    assert_eq!(embedding.heads(), &heads);
    Guard::new(Spelling::none()).with_embedding(Arc::new(embedding))
}

fn says(verdict: &Verdict, rule: &str) -> bool {
    verdict.findings.iter().any(|finding| finding.rule == rule)
}

#[test]
fn a_second_reader_speaks_in_its_language_while_there_is_time() {
    let made = wordpiece("speaks");
    let guard = guard(&made, "flirting");
    let context = Outbound {
        operator_role: Role::Reception,
        ..Outbound::default()
    };
    let policy = Policy::base();
    let check = |text: &str, time: bool| {
        guard
            .check_within(text, &context, &policy, &|| time)
            .unwrap()
    };
    let english = "Hello Mrs Holt, your appointment is on Monday at ten.";
    let told = check(english, true);
    assert!(says(&told, "meaning.flirting"));
    assert!(told.versions.model.contains('+'));
    let french = "Bonjour Madame Rey, votre rendez-vous est lundi à dix heures.";
    for verdict in [check(english, false), check(french, true)] {
        assert!(!says(&verdict, "meaning.flirting"));
        assert_eq!(verdict.versions.model, guard.model_version());
    }
    assert_eq!(
        check(english, false),
        guard.check(english, &context, &policy).unwrap()
    );
}

#[test]
fn a_second_reader_raises_urgency_and_never_lowers_it() {
    let made = wordpiece("raises");
    let text = "My face is swollen up to the eye and I can hardly swallow, please help";
    let calm = "Thank you, see you on Monday";
    let analyze = |guard: &Guard, text: &str| {
        guard
            .analyze_within(text, &Inbound::default(), &|| true)
            .unwrap()
    };
    let silent = guard(&made, "thanks");
    assert_eq!(analyze(&silent, text).urgency, Urgency::Urgent);
    assert_eq!(analyze(&silent, calm).urgency, Urgency::None);
    let loud = guard(&made, "urgent");
    assert_eq!(analyze(&loud, calm).urgency, Urgency::Urgent);
}

#[test]
fn heads_are_refused_when_cut_short_or_learned_with_another_encoder() {
    let made = wordpiece("heads");
    let encoder = Arc::new(Encoder::open(&made.folder).unwrap());
    let mut heads = stubborn(&encoder, "rude");
    let bytes = heads.encode();
    for cut in 0..bytes.len() {
        assert!(Heads::decode(&bytes[..cut]).is_err(), "{cut}");
    }
    heads.encoder = "another".to_owned();
    let error = Embedding::new(encoder, heads).unwrap_err();
    assert!(matches!(error, EmbedError::Foreign { .. }), "{error}");
}
