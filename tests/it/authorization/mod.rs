//! Who may call what. Everything here walks the descriptors: a new RPC is covered without a line.
//!
//! | module | asks |
//! |---|---|
//! | [`credentials`] | no token, a bad one, a scope or a role short, the right one |
//! | [`strangers`] | another organization's things look absent, to the byte |
//! | [`clinics`] | so do the things of clinics that are not the caller's |
//! | [`internal`] | what is between services stays between services |

mod clinics;
mod credentials;
mod internal;
mod strangers;

use crate::catalogue::{Row, World};
use crate::suite::grpc::{self, Outcome, bearer};
use serde_json::Value;
use tonic::transport::Channel;

/// Whether the layers turned a call away, before any handler saw it.
fn turned_away(outcome: &Outcome) -> bool {
    matches!(
        outcome.reason().as_str(),
        "UNAUTHENTICATED" | "FORBIDDEN" | "NO_SUCH_METHOD"
    )
}

/// Calls a row's method with a request.
async fn ask(channel: &Channel, token: Option<&str>, row: &Row, request: &Value) -> Outcome {
    let rpc = row.rpc();
    let token = token.map(bearer);
    grpc::call(channel, token.as_deref(), rpc.path(), rpc.encode(request)).await
}

/// A row's request in which one placeholder stands for something else.
fn swapped(world: &World, template: &Value, pointer: &str, other: &str) -> Value {
    let mut request = template.clone();
    *request.pointer_mut(pointer).expect("it was found there") = other.into();
    world.fill(&request)
}
