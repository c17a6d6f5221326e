//! Whatever the check accepts is said whole.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| bitewing_template::probe::render(data));
