//! The command line: which directory, and the link that the desktop opened. Owns names and help; does nothing.

use std::path::PathBuf;

use clap::Parser;

/// Comptoir in a window: hosts a node, or shows the one that runs on its directory already.
#[derive(Debug, Default, Parser)]
#[command(name = "comptoir", version)]
pub struct Arguments {
    /// The node's data directory; the user's own when it is not said.
    #[arg(long, env = "COMPTOIR_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A link to open: comptoir://join/CODE.
    #[arg(value_name = "LINK")]
    pub link: Option<String>,
}
