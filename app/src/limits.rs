//! Every bound of the app, named with its unit. Owns numbers, never behaviour.

use std::time::Duration;

/// The largest answer that is handed to the page whole; exports go to a file and are not bounded by it.
pub const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// The most calls that are under way at one time: one page asks, so that beyond it something is wrong.
pub const MAX_CALLS: usize = 256;
/// The most uploads that are open at one time.
pub const MAX_UPLOADS: usize = 8;
/// The largest piece of an upload.
pub const MAX_PIECE_BYTES: usize = 4 * 1024 * 1024;
/// Pieces of one upload that wait for the node to take them.
pub const UPLOAD_QUEUE_PIECES: usize = 4;
/// The longest name of a file that is saved, in characters.
pub const MAX_FILE_NAME_CHARACTERS: usize = 120;
/// How often another name is tried where one is taken: `party (2).csv`.
pub const MAX_FILE_NAME_TRIES: u32 = 1_000;
/// The largest event that is read.
pub const MAX_EVENT_BYTES: usize = 256 * 1024;
/// How long to wait before a stream of events that broke is opened again.
pub const LISTEN_AGAIN: Duration = Duration::from_secs(1);
/// How long after an event the status is read for the tray: one that follows is read with it.
pub const LOOK_AFTER: Duration = Duration::from_millis(500);
/// How often a node that cannot be started is tried again, at most.
pub const START_AGAIN: Duration = Duration::from_secs(2);
/// How long a connection to the node may take.
pub const CONNECT_DEADLINE: Duration = Duration::from_secs(2);
/// How long the node may take to say what is unsent before the program quits without asking.
pub const QUIT_LOOK_DEADLINE: Duration = Duration::from_secs(3);
/// How long the desktop may take to answer on the session bus.
#[cfg(target_os = "linux")]
pub const DESKTOP_DEADLINE: Duration = Duration::from_secs(1);
/// Items of the inbox that are remembered as told.
pub const MAX_TOLD_ITEMS: usize = 10_000;
/// How long entering a branch's node, or telling it that this window leaves, may take.
pub const ENTER_DEADLINE: Duration = Duration::from_secs(10);
/// How long a connection to a branch's node is kept that nothing is asked on; the node itself ends one after a minute.
pub const PINNED_IDLE_LIMIT: Duration = Duration::from_secs(30);
pub use comptoir_node::limits::MAX_DEVICE_NAME_CHARACTERS;
/// The longest code that a link may carry, in characters.
pub const MAX_LINK_CODE_CHARACTERS: usize = 4_096;
/// The window when it is opened for the first time, in logical pixels.
pub const WINDOW_SIZE_PIXELS: (f64, f64) = (1_280.0, 820.0);
/// The smallest window.
pub const MIN_WINDOW_SIZE_PIXELS: (f64, f64) = (420.0, 400.0);
