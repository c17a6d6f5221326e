//! Any text as a policy: read, or refused with a place; floors hold whatever is read.
#![no_main]

use bitewing_guard::policy::{Layer, Level, Policy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for level in [Level::Chain, Level::Clinic] {
        match Layer::parse(level, text) {
            Ok(layer) => assert!(Policy::merge(&[layer]).rule("secret.card").floor),
            Err(error) => assert!(error.line >= 1 && error.column >= 1),
        }
    }
});
