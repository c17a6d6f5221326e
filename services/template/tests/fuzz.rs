//! What fuzzers found, and a bounded walk from it: `cargo xtask fuzz` walks further.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use bitewing_template::probe;
use std::path::Path;

/// Texts that are made of each one that is kept: the whole takes about as long as a person waits.
const STEPS: u32 = 2_000;
/// What is put in: the letters the language is made of.
const PIECES: [&[u8]; 12] = [
    b"{{",
    b"}}",
    b"{%",
    b"#}",
    b" ",
    b".",
    b"\n",
    b"clinic.name",
    b"patient.salutation",
    b"|",
    b"\xff",
    b"\xd0\xb6",
];

fn walk(corpus: &str, probe: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder.join(corpus))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() > 5, "the corpus is there");
    let mut state = 0x9e37_79b9_u32;
    // Marsaglia, "Xorshift RNGs" (2003): the same walk every time.
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % below
    };
    for file in files {
        let kept = std::fs::read(file).unwrap();
        probe(&kept);
        let mut data = kept.clone();
        for _ in 0..STEPS {
            let at = random(data.len() + 1);
            match random(4) {
                0 if at < data.len() => {
                    data.remove(at);
                }
                1 if at < data.len() => data[at] = random(256) as u8,
                2 => data.truncate(at.max(2)),
                _ => drop(data.splice(at..at, PIECES[random(PIECES.len())].iter().copied())),
            }
            probe(&data);
            if data.len() > 2 * kept.len() + 64 || data.len() < 4 {
                data.clone_from(&kept);
            }
        }
    }
}

#[test]
fn every_text_is_checked() {
    walk("template_parse", probe::parse);
}

#[test]
fn whatever_is_accepted_is_said() {
    walk("template_render", probe::render);
}
