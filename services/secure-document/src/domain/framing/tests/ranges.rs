//! Reading gives what writing took, whole and in ranges.

use super::super::layout::{CHUNK, PART, sealed_length};
use super::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

#[test]
fn round_trips_around_every_boundary() {
    for length in [
        0,
        1,
        CHUNK - 1,
        CHUNK,
        CHUNK + 1,
        64 * CHUNK - 1,
        64 * CHUNK,
        64 * CHUNK + 1,
        PART - 1,
        PART,
        PART + 1,
        2 * PART,
        2 * PART + 3 * CHUNK + 5,
    ] {
        let plain = plaintext(length);
        let stored = Stored::seal(place(2), &plain, 100_003);
        let (read, outcome) = stored.read(0..length);
        assert_eq!(outcome, Ok(()));
        assert!(read == plain, "{length} bytes came back changed");
        let sealed: usize = stored.objects.values().map(Vec::len).sum();
        let expected: u64 = (0..stored.objects.len() as u32)
            .map(|number| sealed_length(part_length(length, number)))
            .sum();
        assert_eq!(sealed as u64, expected);
    }
}

#[test]
fn slices_of_any_size_make_the_same_document() {
    let plain = plaintext(3 * CHUNK + 100);
    for step in [
        1,
        7,
        CHUNK as usize - 1,
        CHUNK as usize,
        CHUNK as usize + 1,
        usize::MAX,
    ] {
        let stored = Stored::seal(place(2), &plain, step);
        assert_eq!(stored.read(0..stored.length), (plain.clone(), Ok(())));
    }
}

#[test]
fn any_range_is_the_slice_of_the_plaintext() {
    let plain = plaintext(2 * PART + 3 * CHUNK + 77);
    let stored = Stored::seal(place(2), &plain, usize::MAX);
    let document = stored.open().unwrap();
    let near_an_edge = (0u64..=2 * 512 + 4, 0u64..5).prop_map(|(chunk, off)| chunk * CHUNK + off);
    let position = prop_oneof![0..=stored.length, near_an_edge];
    let lengths = prop_oneof![0u64..40, 0..3 * CHUNK, 0..=stored.length];
    TestRunner::new(Config::with_cases(300))
        .run(&(position, lengths), |(start, length)| {
            let start = start.min(stored.length);
            let range = start..start + length;
            let mut read = Vec::new();
            for piece in document.pieces(range.clone()) {
                prop_assert!(!piece.wanted.is_empty());
                read.extend_from_slice(&stored.open_piece(&document, &piece).unwrap());
            }
            let end = range.end.min(stored.length) as usize;
            prop_assert!(read == plain[start as usize..end], "{range:?}");
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_full_part_takes_no_more() {
    let key = DataKey::from_bytes(KEY);
    let mut writer = PartWriter::new(&key, place(2), 0, &SystemEntropy);
    assert_eq!(writer.push(&plaintext(PART + 9)), PART as usize);
    assert!(writer.is_full());
    assert_eq!(writer.push(&[1, 2, 3]), 0);
    assert_eq!(writer.finish().length, PART);
}

#[test]
fn a_resent_part_shares_nothing_with_the_first_attempt() {
    let plain = plaintext(3 * CHUNK);
    let (first, second) = (
        Stored::seal(place(2), &plain, usize::MAX),
        Stored::seal(place(2), &plain, usize::MAX),
    );
    let (a, b) = (first.address(0), second.address(0));
    assert_ne!(a.salt, b.salt);
    let equal = first.objects[&a]
        .windows(16)
        .zip(second.objects[&b].windows(16));
    assert_eq!(equal.filter(|(a, b)| a == b).count(), 0);
}

#[test]
fn a_million_retried_parts_never_meet_the_same_key_and_nonce() {
    // A part's key and base nonce follow from its salt, and within a part the counter tells chunks
    // apart: so no pair repeats while no salt does.
    let mut salts = std::collections::HashSet::with_capacity(1_000_000);
    for retry in 0..1_000_000 {
        let salt = PartSalt::draw(&SystemEntropy);
        assert!(salts.insert(*salt.as_bytes()), "retry {retry}");
    }
}
