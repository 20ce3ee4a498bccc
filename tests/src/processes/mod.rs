//! Real programs as real processes: the built `comptoir-node` and `comptoir-relay`, started, asked, stopped and killed, through
//! nothing but their command line and their HTTP API. The demo and the process tests are written in its words. It never links
//! the code that it drives, and never touches a process that it did not start.

pub mod answer;
pub mod api;
pub mod branches;
pub mod daemon;
pub mod failure;
pub mod limits;
pub mod programs;
pub mod relay;
pub mod site;
pub mod turnstile;
pub mod wait;

pub use answer::Answer;
pub use api::Api;
pub use branches::{Branches, differences};
pub use daemon::Daemon;
pub use failure::Failure;
pub use programs::Programs;
pub use relay::Relay;
pub use site::{Counts, Site};
pub use wait::until;
