//! The comments of the contracts.

use prost_reflect::FileDescriptor;
use std::collections::HashMap;

/// Every leading comment of one file, by the path of what it stands before.
pub(super) struct Comments<'f>(HashMap<&'f [i32], String>);

impl<'f> Comments<'f> {
    pub(super) fn of(file: &'f FileDescriptor) -> Self {
        let info = file.file_descriptor_proto().source_code_info.as_ref();
        let locations = info
            .map(|info| info.location.as_slice())
            .unwrap_or_default();
        let comments = locations.iter().filter_map(|location| {
            let text = tidy(location.leading_comments());
            (!text.is_empty()).then_some((location.path.as_slice(), text))
        });
        Self(comments.collect())
    }

    /// The comment before what has this path; empty if there is none.
    pub(super) fn at(&self, path: &[i32]) -> &str {
        self.0.get(path).map_or("", String::as_str)
    }
}

/// Strips the margin of each line.
fn tidy(comment: &str) -> String {
    comment
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}
