//! Any text through the whole guard, in both directions: no panic, and every span lies between characters.
#![no_main]

use std::sync::LazyLock;

use bitewing_guard::Guard;
use bitewing_guard::message::{Inbound, Outbound};
use bitewing_guard::policy::Policy;
use bitewing_guard::spelling::Spelling;
use libfuzzer_sys::fuzz_target;

static GUARD: LazyLock<Guard> = LazyLock::new(|| Guard::new(Spelling::none()));
static POLICY: LazyLock<Policy> = LazyLock::new(Policy::base);

fuzz_target!(|text: &str| {
    if let Ok(verdict) = GUARD.check(text, &Outbound::default(), &POLICY) {
        for span in verdict.findings.iter().filter_map(|finding| finding.span) {
            assert!(text.get(span.start..span.end).is_some());
        }
    }
    let _ = GUARD.analyze(text, &Inbound::default());
});
