//! What is told to the page, by its one channel. Owns what is kept for a page that is not there yet.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::Value;
use tauri::ipc::Channel;

/// One thing that is told.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "told", rename_all = "kebab-case")]
pub enum Told {
    /// Whether the node's events come.
    Line {
        /// They do.
        up: bool,
    },
    /// One of them.
    Event {
        /// As the node wrote it.
        event: Value,
    },
    /// The user wants to quit, and not everything was sent.
    Quit {
        /// How many entries no relay has acknowledged.
        unsent: u64,
    },
    /// A join link was opened.
    Join {
        /// Its code.
        code: String,
    },
    /// A link to a branch's node was opened.
    Node {
        /// All of it.
        link: String,
    },
}

#[derive(Default)]
struct Known {
    channel: Option<Channel<Told>>,
    up: bool,
    /// A link that waits for a page.
    link: Option<Told>,
}

/// The page, if there is one.
#[derive(Default)]
pub struct Page(Mutex<Known>);

impl Page {
    fn locked(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page opened its channel: it hears how things stand, and of a link that waited for it.
    pub fn attach(&self, channel: Channel<Told>) {
        let mut known = self.locked();
        let first = [Some(Told::Line { up: known.up }), known.link.take()];
        for told in first.into_iter().flatten() {
            // A page that is gone again hears nothing, and misses nothing.
            drop(channel.send(told));
        }
        known.channel = Some(channel);
    }

    /// The page is gone, or loads anew.
    pub fn detach(&self) {
        self.locked().channel = None;
    }

    /// Tells it; whether there is a page that can hear.
    pub fn tell(&self, told: Told) -> bool {
        let mut known = self.locked();
        if let Told::Line { up } = told {
            known.up = up;
        }
        let heard = known.channel.as_ref().is_some_and(|channel| channel.send(told.clone()).is_ok());
        if !heard && matches!(told, Told::Join { .. } | Told::Node { .. }) {
            known.link = Some(told);
        }
        heard
    }
}
