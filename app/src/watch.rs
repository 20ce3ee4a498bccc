//! Watching the node: its stream of events is read here once, handed to the page as it is, and looked at for the tray and for what
//! arrived in the inbox. Owns when the stream is opened again and how often the node is looked at.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::Value;
use tauri::http::Method;
use tauri::http::uri::PathAndQuery;
use tauri::{AppHandle, Manager};
use tokio::time::Instant;

use crate::client::{self, NoAnswer};
use crate::frames::Frames;
use crate::limits::{LISTEN_AGAIN, LOOK_AFTER, MAX_TOLD_ITEMS};
use crate::page::Told;
use crate::shell::Shell;
use crate::{notice, tray};

/// How the node stands, as far as it is shown outside of the page.
#[derive(Clone, Debug, Deserialize)]
pub struct Standing {
    /// Entries that no relay has acknowledged.
    pub outbox: u64,
    /// Open items of the inbox.
    pub inbox: u64,
    /// The line.
    pub relay: Line,
}

/// The line to the relay.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    /// `none` where there is no relay.
    pub state: String,
    /// When everything that the relay had was here.
    pub received_up_to: Option<String>,
}

/// An item of the inbox.
#[derive(Clone, Debug, Deserialize)]
pub struct Item {
    /// Names it.
    pub id: String,
    /// What it is.
    pub kind: String,
}

#[derive(Deserialize)]
struct Inbox {
    items: Vec<Item>,
}

/// What was last seen of the node; nothing while it does not answer.
#[derive(Default)]
pub struct Seen(Mutex<Looked>);

#[derive(Default)]
struct Looked {
    standing: Option<Standing>,
    /// Items that were there when it was looked at. Nothing before the first look: what was there then did not arrive.
    items: Option<BTreeSet<String>>,
}

impl Seen {
    /// How the node stood.
    pub fn standing(&self) -> Option<Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).standing.clone()
    }

    /// Another node is looked at from now on.
    fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Looked::default();
    }

    /// Keeps how it stands; whether the inbox has to be read.
    fn stands(&self, standing: Option<Standing>) -> bool {
        let mut looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let was = std::mem::replace(&mut looked.standing, standing);
        let count = |standing: &Option<Standing>| standing.as_ref().map(|standing| standing.inbox);
        looked.standing.is_some() && (looked.items.is_none() || count(&was) != count(&looked.standing))
    }

    /// Keeps what the inbox holds; what arrived since the last look.
    fn holds(&self, items: Vec<Item>) -> Vec<Item> {
        let mut looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ids = items.iter().take(MAX_TOLD_ITEMS).map(|item| item.id.clone()).collect();
        match looked.items.replace(ids) {
            Some(known) if items.len() <= MAX_TOLD_ITEMS => {
                items.into_iter().filter(|item| !known.contains(&item.id)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Watches until the program ends.
pub async fn run(app: AppHandle) {
    loop {
        if let Err(error) = listen(&app).await {
            tracing::debug!(error = %comptoir_node::problem::told(&error), "the node's events do not come");
        }
        let shell = app.state::<Shell>();
        shell.page.tell(Told::Line { up: false });
        shell.seen.stands(None);
        tray::reword(&app);
        tokio::time::sleep(LISTEN_AGAIN).await;
    }
}

/// Hears one stream of events to its end.
async fn listen(app: &AppHandle) -> Result<(), NoAnswer> {
    let shell = app.state::<Shell>();
    let mut moved = shell.host.moved();
    let path = PathAndQuery::from_static("/api/v1/events");
    let answer = shell.client.send(&shell.host, Method::GET, &path, None, client::nothing()).await?;
    if !answer.status().is_success() {
        // A node that is being set up has none yet.
        return Ok(());
    }
    shell.page.tell(Told::Line { up: true });
    let (mut body, mut frames) = (answer.into_body(), Frames::default());
    let mut look_at = Some(Instant::now());
    loop {
        let looks = async move {
            match look_at {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            frame = body.frame() => {
                let Some(frame) = frame else { return Ok(()) };
                let Ok(bytes) = frame.map_err(|error| NoAnswer::Broken(error.into()))?.into_data() else { continue };
                for content in frames.take(&bytes).map_err(|error| NoAnswer::Broken(error.into()))? {
                    let event: Value = serde_json::from_str(&content)?;
                    shell.page.tell(Told::Event { event });
                    look_at.get_or_insert(Instant::now() + LOOK_AFTER);
                }
            }
            _ = moved.changed() => {
                shell.seen.forget();
                return Ok(());
            }
            () = looks => {
                look_at = None;
                if let Err(error) = look(app, &shell).await {
                    tracing::debug!(error = %comptoir_node::problem::told(&error), "the node does not say how it stands");
                }
            }
        }
    }
}

/// Reads how the node stands, and what is new in the inbox.
async fn look(app: &AppHandle, shell: &Shell) -> Result<(), NoAnswer> {
    let standing: Standing = shell.client.read(&shell.host, "/api/v1/status").await?;
    let is_inbox_due = shell.seen.stands(Some(standing));
    tray::reword(app);
    if is_inbox_due {
        let inbox: Inbox = shell.client.read(&shell.host, "/api/v1/inbox").await?;
        notice::arrived(app, &shell.seen.holds(inbox.items));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(ids: &[&str]) -> Vec<Item> {
        ids.iter().map(|id| Item { id: (*id).to_owned(), kind: "conflict".to_owned() }).collect()
    }

    fn standing(inbox: u64) -> Option<Standing> {
        Some(Standing { outbox: 0, inbox, relay: Line { state: "none".to_owned(), received_up_to: None } })
    }

    #[test]
    fn what_was_there_before_did_not_arrive() {
        let seen = Seen::default();
        assert!(seen.stands(standing(2)));
        assert!(seen.holds(items(&["a", "b"])).is_empty());
        assert!(!seen.stands(standing(2)), "nothing to read when the count is as it was");
        assert!(seen.stands(standing(3)));
        let arrived: Vec<String> = seen.holds(items(&["a", "b", "c"])).into_iter().map(|item| item.id).collect();
        assert_eq!(arrived, ["c"]);
        assert!(!seen.stands(None), "nobody answers");
        assert!(seen.stands(standing(3)), "much may have come meanwhile");
        assert!(seen.holds(items(&["a", "b", "c"])).is_empty());
    }
}
