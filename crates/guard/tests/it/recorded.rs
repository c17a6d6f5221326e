//! The inputs that the fuzz targets keep, replayed without a fuzzer.

use std::fs;
use std::path::Path;

use bitewing_guard::message::Inbound;
use bitewing_guard::policy::{Layer, Level, Policy};

use crate::{GUARD, reception};

/// The most inputs of a corpus that are replayed.
const MOST: usize = 500;

fn inputs(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} keeps no inputs");
    paths
        .into_iter()
        .take(MOST)
        .map(|path| fs::read(path).unwrap())
        .collect()
}

#[test]
fn every_recorded_message_is_judged() {
    for bytes in inputs("check") {
        let text = String::from_utf8_lossy(&bytes);
        let policy = Policy::base();
        if let Ok(verdict) = GUARD.check(&text, &reception(), &policy) {
            for span in verdict.findings.iter().filter_map(|finding| finding.span) {
                assert!(text.get(span.start..span.end).is_some());
            }
        }
        let _ = GUARD.analyze(&text, &Inbound::default());
    }
}

#[test]
fn every_recorded_policy_is_read_or_refused_with_a_place() {
    let mut read = 0;
    for bytes in inputs("policy") {
        let text = String::from_utf8_lossy(&bytes);
        for level in [Level::Chain, Level::Clinic] {
            match Layer::parse(level, &text) {
                Ok(layer) => {
                    read += 1;
                    let merged = Policy::merge(&[layer]);
                    assert!(merged.rule("secret.card").floor);
                }
                Err(error) => assert!(error.line >= 1 && error.column >= 1),
            }
        }
    }
    assert!(read > 0, "no recorded policy is sound");
}
