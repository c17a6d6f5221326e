//! Where ciphertext lies, and how bytes travel to it and back in constant memory.
//!
//! | module | holds |
//! |---|---|
//! | [`store`] | [`BlobStore`]: parts by address, on a disk or in any object store |
//! | [`upload`] | [`Upload`]: a stream of plaintext in, sealed parts out, within [`Buffers`] |
//! | `read` | verified plaintext of a range, piece by piece |

mod read;
pub mod store;
#[cfg(test)]
mod tests;
pub mod upload;

pub use read::ReadError;
pub use store::{BlobError, BlobStore, StoredPart};
pub use upload::{Buffers, Finished, Incomplete, PendingPart, Upload, UploadError};
