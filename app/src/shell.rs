//! What everything in the program shares: the node behind the window, the way to it, the page in it.

use std::path::PathBuf;

use comptoir_node::data_dir::DataDir;

use crate::calls::Calls;
use crate::client::Client;
use crate::host::Host;
use crate::page::Page;
use crate::quit::Question;
use crate::watch::Seen;
use crate::words::Speech;

/// The program's state.
pub struct Shell {
    /// The node.
    pub host: Host,
    /// The way to it.
    pub client: Client,
    /// What the page has under way.
    pub calls: Calls,
    /// The page.
    pub page: Page,
    /// Which language is spoken.
    pub speech: Speech,
    /// Whether the user was asked about quitting.
    pub question: Question,
    /// What was last seen of the node.
    pub seen: Seen,
}

impl Shell {
    /// For the node of this directory, or the branch's that is remembered in a file.
    pub fn new(data: DataDir, remembered: PathBuf) -> Self {
        Self {
            host: Host::new(data, remembered),
            client: Client::default(),
            calls: Calls::default(),
            page: Page::default(),
            speech: Speech::default(),
            question: Question::default(),
            seen: Seen::default(),
        }
    }
}
