//! What a text is to the model: hashed features in three blocks.

use bitewing_core::Language;

use crate::corpus::Direction;
use crate::lexicon::{Lexicon, Mention};
use crate::message::Role;
use crate::text::{Folded, Words};

/// A group of features that is scaled as a whole, so that a long text weighs as much as a short one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Block {
    /// Pieces of two to five characters, within what stands between spaces.
    Pieces,
    /// Words and pairs of neighbours.
    Words,
    /// Concepts, pairs of concepts, concepts denied or over, and what is known of the writer.
    Concepts,
}

/// How many [`Block`]s there are.
pub const BLOCKS: usize = 3;

/// Takes features as they are found.
pub trait Sink {
    /// One feature and the characters it was made of; none when it was made of the whole.
    fn put(&mut self, block: Block, hash: u32, from: usize, to: usize);
}

/// A text prepared for the model.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// The folded text.
    pub folded: &'a Folded,
    /// Its words.
    pub words: &'a Words,
    /// The concepts of the languages it is written in.
    pub mentions: &'a [Mention],
    /// Which way it goes.
    pub direction: Direction,
    /// Who writes, of messages to patients.
    pub role: Option<Role>,
    /// The language it is read in.
    pub language: Language,
}

/// Concepts of what can be over: «the swelling has gone».
const PASSING: [&str; 8] = [
    "bleeding",
    "breathing",
    "fever",
    "infection",
    "pain",
    "reaction",
    "severe",
    "swelling",
];

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

#[derive(Clone, Copy)]
struct Hash(u64);

impl Hash {
    const fn new(kind: u64) -> Self {
        Self(kind.wrapping_mul(SEED) ^ 0x51_7c_c1_b7_27_22_0a_95)
    }

    const fn with(self, value: u64) -> Self {
        Self((self.0.rotate_left(5) ^ value).wrapping_mul(SEED))
    }

    const fn end(self) -> u32 {
        ((self.0 ^ (self.0 >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32) as u32
    }
}

fn hash_word(word: &str) -> u64 {
    word.bytes()
        .fold(Hash::new(11), |hash, byte| hash.with(u64::from(byte)))
        .0
}

/// Finds every feature of a text.
pub(super) fn extract(text: &Prepared<'_>, lexicon: &Lexicon, sink: &mut impl Sink) {
    pieces(text.folded.chars(), sink);
    words(text, sink);
    concepts(text, lexicon, sink);
}

/// Character pieces of what stands between spaces; every digit is one digit.
pub(super) fn pieces(chars: &[char], sink: &mut impl Sink) {
    let mut start = 0;
    while start < chars.len() {
        let length = chars[start..].iter().take_while(|c| **c != ' ').count();
        let end = start + length;
        if length > 0 {
            // Position -1 and `length` are the edges.
            for from in -1..length as isize {
                let mut hash = Hash::new(1);
                for size in 1..=5_isize {
                    let at = from + size - 1;
                    if at > length as isize {
                        break;
                    }
                    let letter = if at < 0 || at == length as isize {
                        ' '
                    } else {
                        plain(chars[start + at as usize])
                    };
                    hash = hash.with(u64::from(u32::from(letter)));
                    if size >= 2 {
                        let first = start + from.max(0) as usize;
                        let last = (start as isize + at + 1).min(end as isize) as usize;
                        sink.put(Block::Pieces, hash.end(), first, last);
                    }
                }
            }
        }
        start = end + 1;
    }
}

fn plain(letter: char) -> char {
    if letter.is_ascii_digit() { '0' } else { letter }
}

fn words(text: &Prepared<'_>, sink: &mut impl Sink) {
    let list = text.words.list();
    let mut before: Option<(u64, usize)> = None;
    for (index, word) in list.iter().enumerate() {
        let own = text.words.text(index);
        let own = if own.bytes().all(|byte| byte.is_ascii_digit()) {
            "0"
        } else {
            own
        };
        let hash = hash_word(own);
        sink.put(
            Block::Words,
            Hash::new(2).with(hash).end(),
            word.start,
            word.end,
        );
        if let Some((last, from)) = before {
            let pair = Hash::new(3).with(last).with(hash);
            sink.put(Block::Words, pair.end(), from, word.end);
        }
        before = Some((hash, word.start));
    }
}

fn concepts(text: &Prepared<'_>, lexicon: &Lexicon, sink: &mut impl Sink) {
    let list = text.words.list();
    let (negation, resolved) = (lexicon.id("negation"), lexicon.id("resolved"));
    let mut passing = vec![false; lexicon.names().len()];
    for id in PASSING.iter().filter_map(|name| lexicon.id(name)) {
        passing[id as usize] = true;
    }
    let mut seen: Vec<(u64, usize, usize)> = Vec::with_capacity(text.mentions.len());
    for mention in text.mentions {
        let concept = Some(mention.concept);
        let place = list[mention.first];
        let denied = concept != negation
            && text.mentions.iter().any(|other| {
                Some(other.concept) == negation
                    && other.end <= mention.first
                    && mention.first - other.end <= 3
                    && list[other.first].clause == place.clause
            });
        let over = passing[mention.concept as usize]
            && text.mentions.iter().any(|other| {
                Some(other.concept) == resolved && list[other.first].sentence == place.sentence
            });
        let key = u64::from(mention.concept) * 4 + u64::from(denied) + 2 * u64::from(over);
        if seen.iter().all(|known| known.0 != key) {
            seen.push((key, place.start, list[mention.end - 1].end));
        }
    }
    let role = text.role.map(role_group);
    for (index, (key, from, to)) in seen.iter().enumerate() {
        let one = Hash::new(5).with(*key);
        sink.put(Block::Concepts, one.end(), *from, *to);
        let known = match role {
            Some(role) => Hash::new(6).with(*key).with(role),
            None => Hash::new(7).with(*key).with(u64::from(asks(text))),
        };
        sink.put(Block::Concepts, known.end(), *from, *to);
        for (other, _, _) in &seen[index + 1..] {
            let (low, high) = (key.min(other), key.max(other));
            let pair = Hash::new(8).with(*low).with(*high);
            sink.put(Block::Concepts, pair.end(), *from, *to);
        }
    }
    let whole = Hash::new(9);
    let length = match list.len() {
        0..=1 => 0,
        2 => 1,
        3..=4 => 2,
        5..=8 => 3,
        9..=16 => 4,
        17..=32 => 5,
        _ => 6,
    };
    let language = text.language as u64;
    for (kind, value) in [
        (0, length),
        (1, language),
        (2, role.unwrap_or(9)),
        (3, u64::from(asks(text))),
        (4, marks(text, '!')),
        (5, marks(text, '.')),
    ] {
        sink.put(Block::Concepts, whole.with(kind).with(value).end(), 0, 0);
    }
}

fn asks(text: &Prepared<'_>) -> bool {
    text.folded.chars().contains(&'?')
}

fn marks(text: &Prepared<'_>, mark: char) -> u64 {
    let count = text.folded.chars().iter().filter(|c| **c == mark).count();
    count.min(3) as u64
}

fn role_group(role: Role) -> u64 {
    match role {
        Role::Dentist => 0,
        Role::Hygienist => 1,
        Role::Assistant => 2,
        Role::Reception | Role::Manager | Role::Other => 3,
    }
}
