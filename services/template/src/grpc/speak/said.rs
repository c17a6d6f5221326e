//! What is said: own wordings first, then the library's.

use crate::domain::phrasebook::{Occasion, Place, Words, built_in, nearest, shared_kind};
use crate::domain::review::Version;
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::WordingId;
use std::borrow::Cow;
use std::sync::Arc;

/// A kind by its name: the library's, or one the chain made.
pub(in crate::grpc) async fn kind(tx: &mut Tx, name: &str) -> Result<Arc<Occasion>, Error> {
    match shared_kind(name) {
        Some(kind) => Ok(kind),
        None => tx.own_kind(name).await?.ok_or(Error::WordingKindNotFound),
    }
}

/// A wording that is said somewhere.
pub(in crate::grpc) struct Said<'a> {
    /// Where it stands: not where it is said, if it stands in for another.
    pub(in crate::grpc) place: Place,
    pub(in crate::grpc) words: Cow<'a, Words>,
    /// The own wording, and its version.
    pub(in crate::grpc) own: Option<(WordingId, i32)>,
}

/// The wording that is said in a place, of the approved ones of the clinic and the chain, else the library's.
pub(in crate::grpc) fn there<'a>(
    kind: &Occasion,
    own: &'a [Version],
    wanted: Place,
) -> Option<Said<'a>> {
    let nearest = nearest(own, |version| version.candidate(), wanted, !kind.own);
    let library = || {
        let words = built_in(kind, wanted)?;
        Some(Said {
            place: wanted,
            words: Cow::Borrowed(words),
            own: None,
        })
    };
    nearest.map(of_version).or_else(library)
}

/// A version that is said.
pub(in crate::grpc) const fn of_version(version: &Version) -> Said<'_> {
    Said {
        place: version.place,
        words: Cow::Borrowed(&version.words),
        own: Some((version.id, version.version)),
    }
}
