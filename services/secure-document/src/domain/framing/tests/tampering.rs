//! Nothing that was changed, cut, moved, repeated or swapped gives up a byte. The shapes are those of
//! the age test vectors for its stream: no final chunk, two of them, a missing tag, a short second
//! chunk, trailing garbage, a last chunk that is empty or full.

use super::super::layout::{CHUNK, PART, SEALED_CHUNK, TAG};
use super::*;

const BODY: usize = HEADER;
const SEALED: usize = SEALED_CHUNK as usize;

/// Harms the only part of a document and asserts that not a byte of it is readable.
fn yields_nothing(length: u64, what: &str, harm: impl FnOnce(&mut Vec<u8>)) {
    let mut stored = Stored::seal(place(2), &plaintext(length), usize::MAX);
    let before = stored.object(0).clone();
    harm(stored.object(0));
    assert_ne!(&before, stored.object(0), "{what} changes something");
    assert_eq!(stored.read(0..length), (Vec::new(), Err(Damaged)), "{what}");
}

#[test]
fn a_flipped_bit_anywhere_yields_nothing() {
    let length = CHUNK + 33;
    let mut stored = Stored::seal(place(2), &plaintext(length), usize::MAX);
    for index in 0..stored.object(0).len() {
        stored.object(0)[index] ^= 1 << (index % 8);
        assert_eq!(
            stored.read(0..length),
            (Vec::new(), Err(Damaged)),
            "byte {index}"
        );
        stored.object(0)[index] ^= 1 << (index % 8);
    }
    assert_eq!(stored.read(0..length).1, Ok(()));
}

#[test]
fn cut_parts_yield_nothing() {
    let length = 3 * CHUNK + 100;
    let full = 3 * CHUNK;
    yields_nothing(length, "no final chunk", |part| {
        part.truncate(BODY + 3 * SEALED);
    });
    yields_nothing(full, "no empty final chunk", |part| {
        part.truncate(BODY + 3 * SEALED);
    });
    yields_nothing(length, "a last tag cut off", |part| {
        part.truncate(part.len() - TAG as usize);
    });
    yields_nothing(length, "one byte cut off", |part| {
        part.truncate(part.len() - 1);
    });
    yields_nothing(length, "the header alone", |part| part.truncate(BODY));
    yields_nothing(length, "half a header", |part| part.truncate(30));
    yields_nothing(length, "nothing", Vec::clear);
    yields_nothing(length, "a missing first chunk", |part| {
        part.drain(BODY..BODY + SEALED);
    });
    yields_nothing(length, "a missing middle chunk", |part| {
        part.drain(BODY + SEALED..BODY + 2 * SEALED);
    });
    yields_nothing(length, "a short second chunk", |part| {
        part.drain(BODY + SEALED + 5..BODY + SEALED + 6);
    });
    yields_nothing(length, "a tag missing in the middle", |part| {
        part.drain(BODY + 2 * SEALED - TAG as usize..BODY + 2 * SEALED);
    });
}

#[test]
fn longer_parts_yield_nothing() {
    let length = 2 * CHUNK + 100;
    yields_nothing(length, "trailing garbage", |part| part.push(0));
    yields_nothing(length, "a trailing tag", |part| {
        part.extend([0; TAG as usize]);
    });
    yields_nothing(length, "two final chunks", |part| {
        part.extend_from_within(BODY + 2 * SEALED..);
    });
    yields_nothing(length, "a full final chunk", |part| {
        part.extend([0; CHUNK as usize - 100]);
    });
    yields_nothing(2 * CHUNK, "two empty final chunks", |part| {
        part.extend_from_within(BODY + 2 * SEALED..);
    });
}

#[test]
fn moved_chunks_yield_nothing() {
    let length = 3 * CHUNK + 100;
    yields_nothing(length, "two chunks swapped", |part| {
        let (first, second) = part[BODY..BODY + 2 * SEALED].split_at_mut(SEALED);
        first.swap_with_slice(second);
    });
    yields_nothing(length, "a chunk twice", |part| {
        part.copy_within(BODY..BODY + SEALED, BODY + SEALED);
    });
    yields_nothing(length, "a header of zeros", |part| part[..HEADER].fill(0));
}

#[test]
fn swapped_repeated_and_lost_parts_yield_nothing_of_themselves() {
    let length = 2 * PART + 50;
    let plain = plaintext(length);
    let stored = Stored::seal(place(2), &plain, usize::MAX);
    let (first, second, last) = (stored.address(0), stored.address(1), stored.address(2));

    let harmed = |harm: &dyn Fn(&mut Objects)| {
        let mut objects = stored.objects.clone();
        harm(&mut objects);
        Stored {
            objects,
            manifest: stored.manifest.clone(),
            ..stored
        }
    };
    let swapped = harmed(&|objects| {
        let (a, b) = (objects[&first].clone(), objects[&second].clone());
        objects.insert(first, b);
        objects.insert(second, a);
    });
    assert_eq!(swapped.read(0..length), (Vec::new(), Err(Damaged)));

    let repeated = harmed(&|objects| {
        let part = objects[&first].clone();
        objects.insert(second, part);
    });
    assert_eq!(repeated.read(PART..length), (Vec::new(), Err(Damaged)));

    let lost = harmed(&|objects| {
        objects.remove(&last);
    });
    let (read, outcome) = lost.read(PART - 1..length);
    assert_eq!(outcome, Err(Damaged));
    assert!(read == plain[PART as usize - 1..2 * PART as usize]);
}

#[test]
fn a_part_of_another_document_or_attempt_yields_nothing() {
    let plain = plaintext(CHUNK + 1);
    let mut stored = Stored::seal(place(2), &plain, usize::MAX);
    for other in [place(9), place(2)] {
        let mut other = Stored::seal(other, &plain, usize::MAX);
        *stored.object(0) = other.object(0).clone();
        assert_eq!(stored.read(0..stored.length), (Vec::new(), Err(Damaged)));
    }
}

#[test]
fn a_damaged_chunk_yields_nothing_of_its_piece_and_spares_the_others() {
    let length = 3 * 64 * CHUNK;
    let plain = plaintext(length);
    let mut stored = Stored::seal(place(2), &plain, usize::MAX);
    stored.object(0)[BODY + 100 * SEALED] ^= 1;
    let piece = 64 * CHUNK;
    assert_eq!(stored.read(piece..2 * piece), (Vec::new(), Err(Damaged)));
    assert_eq!(stored.read(2 * piece..length).1, Ok(()));
    let (read, outcome) = stored.read(0..length);
    assert_eq!(outcome, Err(Damaged));
    assert!(read == plain[..piece as usize]);
}
