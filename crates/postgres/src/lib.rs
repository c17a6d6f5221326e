//! A Postgres that starts by itself, and the roles and databases of a service.
//!
//! Development, the demo and tests need a real server with many connections. This crate finds one
//! on the machine (or gets one), runs it on a unix socket only, and makes in it what an operator
//! makes by hand in production: one database and three roles per service.
//!
//! | part | does |
//! |---|---|
//! | [`Cluster`] | starts a server in a directory, or joins the one already running there |
//! | [`provision`] | makes the roles and the database of one service, as often as you like |
//! | [`Template`] | a migrated database that tests copy in milliseconds |
//! | [`sweep`] | drops what tests of earlier processes left |
//! | [`throwaway_server`] | the server all test processes of this machine share |
//! | [`default_state_dir`] | where such things live when nobody says |

mod account;
mod binaries;
mod cluster;
mod install;
mod layout;
mod postmaster;
mod provision;
mod roles;
mod server;
mod sql;
mod sweep;
mod template;
mod throwaway;

pub use cluster::{Cluster, ClusterOptions};
pub use layout::default_state_dir;
pub use provision::{ServiceDatabase, provision};
pub use sweep::{drop_database, sweep};
pub use template::Template;
pub use throwaway::throwaway_server;
