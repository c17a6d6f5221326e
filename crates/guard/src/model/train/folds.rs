//! Folds that keep an author together.

use std::collections::BTreeMap;

use crate::corpus::Message;

/// The fold of every message. Authors go, longest first, to the fold that is shortest in their language:
/// whoever tests a text has never read its author.
pub fn assign(messages: &[&Message], folds: usize) -> Vec<usize> {
    let mut authors: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for message in messages {
        *authors
            .entry((message.lang.as_str(), message.author.as_str()))
            .or_default() += 1;
    }
    let mut by_size: Vec<_> = authors.iter().collect();
    by_size.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), **name));
    let mut sizes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut place = BTreeMap::new();
    for (name, count) in by_size {
        let sizes = sizes.entry(name.0).or_insert_with(|| vec![0; folds]);
        let smallest = (0..folds).min_by_key(|fold| sizes[*fold]).unwrap_or(0);
        sizes[smallest] += count;
        place.insert(*name, smallest);
    }
    messages
        .iter()
        .map(|message| place[&(message.lang.as_str(), message.author.as_str())])
        .collect()
}
