//! The check of wordings takes every text.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| bitewing_template::probe::parse(data));
