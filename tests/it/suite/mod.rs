//! How tests run the suite.
//!
//! | module | holds |
//! |---|---|
//! | [`settings`] | five databases, fresh secrets, and the variables that name them |
//! | [`in_process`] | [`Suite`]: the services in this process, on ports of their own |
//! | [`child`] | [`Child`]: the real program as a process that can be measured and killed |
//! | [`site`] | [`Site`]: where a suite is reached, and its operator |
//! | [`chain`] | [`Chain`]: an organization and what its program does |
//! | [`patient`] | the patient's part |
//! | [`json`], [`grpc`] | clients |
//! | [`collector`] | takes the spans the program sends |
//! | [`sql`] | what the tests ask Postgres directly |
//! | [`rpcs`] | the methods as the descriptors declare them |
//! | [`seeded`] | numbers that look random and repeat |

pub(crate) mod chain;
pub(crate) mod child;
pub(crate) mod collector;
pub(crate) mod grpc;
pub(crate) mod in_process;
pub(crate) mod json;
pub(crate) mod patient;
pub(crate) mod rpcs;
pub(crate) mod seeded;
pub(crate) mod settings;
pub(crate) mod site;
pub(crate) mod sql;

pub(crate) use chain::Chain;
pub(crate) use child::Child;
pub(crate) use collector::Collector;
pub(crate) use in_process::Suite;
pub(crate) use json::Json;
pub(crate) use site::Site;

use std::time::Duration;

/// Asks again until there is an answer, for 30 seconds.
pub(crate) async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} did not happen within 30 s")
}
