//! The table.
//!
//! A placeholder such as `$patient` stands for something [`super::World`] has one of. Rows that end
//! something stand in [`endings`], after the rows that need it.

mod audit;
mod callers;
mod content;
mod conversation;
mod documents;
mod endings;
mod guard;
mod holders;
mod identity;
mod patients;
mod templates;
mod visits;
mod wordings;

/// What a caller of another organization is answered who names this organization's things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// The request names nothing an organization owns.
    NamesNothing,
    /// NOT_FOUND, as for a thing that is not there.
    NotFound,
    /// An empty list, as for a thing that is not there.
    EmptyList,
    /// Taken as it is: the service keeps the identifier and never follows it.
    NeverFollowed,
    /// Answered row by row, as for a thing that is not there.
    RowByRow,
}

/// One RPC.
#[derive(Debug)]
pub(crate) struct Row {
    /// As `PatientService/GetPatient`.
    pub(crate) name: &'static str,
    /// A valid request, as JSON.
    pub(crate) request: &'static str,
    /// What strangers learn.
    pub(crate) stranger: Stranger,
    /// The reason with which even the right caller is refused here; empty for success.
    pub(crate) refusal: &'static str,
}

const fn row(name: &'static str, request: &'static str, stranger: Stranger) -> Row {
    Row {
        name,
        request,
        stranger,
        refusal: "",
    }
}

const fn refused(row: Row, refusal: &'static str) -> Row {
    Row { refusal, ..row }
}

/// Every RPC that can be called from outside, in the order the rows are tried in.
const TABLES: &[&[Row]] = &[
    identity::ROWS,
    conversation::ROWS,
    patients::ROWS,
    callers::ROWS,
    visits::ROWS,
    templates::ROWS,
    wordings::ROWS,
    guard::ROWS,
    content::ROWS,
    documents::ROWS,
    holders::ROWS,
    audit::ROWS,
    content::ENDINGS,
    endings::ROWS,
];

/// All rows of all tables.
pub(crate) fn rows() -> impl Iterator<Item = &'static Row> {
    TABLES.iter().copied().flatten()
}
