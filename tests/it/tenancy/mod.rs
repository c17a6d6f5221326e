//! The databases keep organizations apart by themselves.
//!
//! | module | asks |
//! |---|---|
//! | [`rows`] | what each role sees without an organization, with a wrong one, with the right one |
//! | [`catalog`] | what the schema promises: forced policies, keys that start with the organization |
//! | [`storm`] | that calls cut off half-way leave no transaction open |

mod catalog;
mod rows;
mod storm;
