//! A tree of path segments.

use std::collections::HashMap;

/// Where paths with a common beginning part.
#[derive(Debug, Default)]
pub(super) struct Node {
    literals: HashMap<String, Node>,
    variable: Option<Box<Node>>,
    ends: Vec<End>,
}

/// A route whose path ends at a node.
#[derive(Debug)]
pub(super) struct End {
    /// The custom verb that must follow.
    pub(super) custom: Option<String>,
    /// The index of the route.
    pub(super) route: usize,
}

impl Node {
    /// The node behind a literal, made if it is new.
    pub(super) fn literal(&mut self, text: &str) -> &mut Self {
        self.literals.entry(text.to_owned()).or_default()
    }

    /// The node behind a variable, made if it is new.
    pub(super) fn variable(&mut self) -> &mut Self {
        self.variable.get_or_insert_default()
    }

    /// Lets a route end here.
    pub(super) fn end(&mut self, end: End) {
        self.ends.push(end);
    }

    /// The routes that end here.
    pub(super) fn ends(&self) -> &[End] {
        &self.ends
    }

    /// Every node the segments lead to with what its variables took, literals before variables.
    pub(super) fn matching<'a>(&'a self, segments: &'a [String]) -> Vec<(&'a Self, Vec<&'a str>)> {
        let mut found = Vec::new();
        self.descend(segments, &mut Vec::new(), &mut found);
        found
    }

    fn descend<'a>(
        &'a self,
        segments: &'a [String],
        taken: &mut Vec<&'a str>,
        found: &mut Vec<(&'a Self, Vec<&'a str>)>,
    ) {
        let Some((first, rest)) = segments.split_first() else {
            if !self.ends.is_empty() {
                found.push((self, taken.clone()));
            }
            return;
        };
        if let Some(next) = self.literals.get(first) {
            next.descend(rest, taken, found);
        }
        if let Some(next) = &self.variable
            && !first.is_empty()
        {
            taken.push(first);
            next.descend(rest, taken, found);
            taken.pop();
        }
    }
}
