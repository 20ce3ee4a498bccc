//! What proves Comptoir: demo data, the story that `make demo` plays, the simulator, tests on real processes, and the
//! program `comptoir-tests` that runs them. Never shipped: no other crate depends on this one.

pub mod bench;
pub mod demo;
pub mod demo_data;
pub mod editions;
pub mod guide;
pub mod old_data;
#[cfg(unix)]
pub mod packages;
pub mod processes;
pub mod simulator;
pub mod test;

use std::path::PathBuf;

/// The top of the source tree that this program was built from.
pub fn tree() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
