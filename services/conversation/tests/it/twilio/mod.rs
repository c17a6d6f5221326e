//! Text messages and calls by a stand-in for Twilio.
//!
//! | module | asks |
//! |---|---|
//! | `sending` | what leaves, and what answers mean |
//! | `callbacks` | what Twilio tells later, and what others tell in its name |
//! | `calls` | that a code is spoken after a keypress only |
//! | `rotation` | that tokens are exchanged while messages are on their way |
//! | `vendor` | the vendor's own Python library: the same requests, the same signatures |

mod callbacks;
mod calls;
mod desk;
mod rotation;
mod sending;
mod vendor;
