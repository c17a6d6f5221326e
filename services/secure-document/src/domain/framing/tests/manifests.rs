//! The manifest opens in its own place only and says exactly what was sealed.

use super::super::layout::{CHUNK, PART, SEALED_CHUNK, TAG};
use super::*;
use proptest::prelude::*;

fn many_parts(count: u64) -> Manifest {
    let salts = (0..count)
        .map(|n| PartSalt::from_bytes([n as u8; 24]))
        .collect();
    Manifest {
        parts: PartList::new(count * PART, salts).unwrap(),
        ..manifest(b"", Vec::new())
    }
}

#[test]
fn reads_back_with_no_part_and_with_many() {
    let key = DataKey::from_bytes(KEY);
    // 1,000 salts take two chunks.
    for count in [0, 1, 1_000] {
        let manifest = many_parts(count);
        let sealed = manifest.seal(&key, &place(2), &SystemEntropy);
        assert!(Manifest::open(&key, &place(2), &sealed).unwrap() == manifest);
    }
}

#[test]
fn opens_nowhere_else() {
    let key = DataKey::from_bytes(KEY);
    let here = place(2);
    let sealed = manifest(b"", Vec::new()).seal(&key, &here, &SystemEntropy);
    let elsewhere = [
        place(3),
        DocumentContext { version: 4, ..here },
        DocumentContext {
            organization: OrganizationId::from_uuid(Uuid::from_u128(2)),
            ..here
        },
    ];
    for context in elsewhere {
        assert_eq!(Manifest::open(&key, &context, &sealed), Err(Damaged));
    }
    assert_eq!(
        Manifest::open(&DataKey::from_bytes([8; 32]), &here, &sealed),
        Err(Damaged)
    );
    assert!(Manifest::open(&key, &here, &sealed).is_ok());
}

#[test]
fn a_part_does_not_pass_for_a_manifest() {
    let key = DataKey::from_bytes(KEY);
    let mut writer = PartWriter::new(&key, place(2), 0, &SystemEntropy);
    writer.push(&[1; 100]);
    assert_eq!(
        Manifest::open(&key, &place(2), &writer.finish().bytes),
        Err(Damaged)
    );
}

#[test]
fn every_flipped_or_missing_byte_is_found() {
    let key = DataKey::from_bytes(KEY);
    let sealed = many_parts(2).seal(&key, &place(2), &SystemEntropy);
    for index in 0..sealed.len() {
        let mut harmed = sealed.to_vec();
        harmed[index] ^= 0x80;
        assert_eq!(
            Manifest::open(&key, &place(2), &harmed),
            Err(Damaged),
            "byte {index}"
        );
        assert_eq!(
            Manifest::open(&key, &place(2), &sealed[..index]),
            Err(Damaged)
        );
    }
}

#[test]
fn a_manifest_put_back_from_an_earlier_attempt_refuses_the_new_parts() {
    let plain = plaintext(CHUNK);
    let old = Stored::seal(place(2), &plain, usize::MAX);
    let new = Stored::seal(place(2), &plain, usize::MAX);
    let mixed = Stored {
        manifest: old.manifest,
        ..new
    };
    assert_eq!(mixed.read(0..mixed.length), (Vec::new(), Err(Damaged)));
}

#[test]
fn the_number_of_parts_must_fit_the_length() {
    let salt = PartSalt::from_bytes([0; 24]);
    for (length, salts) in [(0, 1), (1, 0), (PART, 2), (PART + 1, 1), (u64::MAX, 3)] {
        assert_eq!(PartList::new(length, vec![salt; salts]), Err(Damaged));
    }
}

proptest! {
    #[test]
    fn garbage_is_refused(garbage in proptest::collection::vec(any::<u8>(), 0..300)) {
        let key = DataKey::from_bytes(KEY);
        prop_assert_eq!(Manifest::open(&key, &place(2), &garbage), Err(Damaged));
    }
}

#[test]
fn a_long_manifest_cut_or_extended_at_a_chunk_is_refused() {
    let key = DataKey::from_bytes(KEY);
    let whole = many_parts(1_000)
        .seal(&key, &place(2), &SystemEntropy)
        .to_vec();
    let boundary = HEADER + SEALED_CHUNK as usize;
    let (start, last) = whole.split_at(boundary);
    let short_last = &last[..TAG as usize];
    for harmed in [
        start.to_vec(),
        [start, short_last].concat(),
        [start, last, last].concat(),
        [start, &start[HEADER..], last].concat(),
        [&start[..HEADER], last].concat(),
        [&whole, &[0; 16][..]].concat(),
    ] {
        assert_eq!(Manifest::open(&key, &place(2), &harmed), Err(Damaged));
    }
}
