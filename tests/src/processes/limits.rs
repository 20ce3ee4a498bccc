//! How long each thing may take before a test or the demo calls it failed. Generous: on a busy machine of two cores they
//! only bound a hang. Owns numbers alone.

use std::time::Duration;

/// One command that answers at once.
pub const COMMAND: Duration = Duration::from_secs(60);
/// A command that works through everything: import, export, verify, rebuild.
pub const LONG_COMMAND: Duration = Duration::from_secs(240);
/// From the start of a daemon until it answers.
pub const START: Duration = Duration::from_secs(60);
/// From the wish to stop until the process has ended.
pub const STOP: Duration = Duration::from_secs(30);
/// Until sites that can reach each other hold the same.
pub const CONVERGE: Duration = Duration::from_secs(240);
/// Until a node has noticed that its line came or went.
pub const LINE: Duration = Duration::from_secs(90);
/// How long a site waits for headquarters to admit it.
pub const JOIN_WAIT: Duration = Duration::from_secs(60);
/// Between two looks at a condition.
pub const LOOK_AGAIN: Duration = Duration::from_millis(25);
/// Between two looks at a condition that is gone within milliseconds.
pub const LOOK_AGAIN_SOON: Duration = Duration::from_millis(1);
/// What is shown of a log when a step fails.
pub const LOG_TAIL_LINES: usize = 12;
