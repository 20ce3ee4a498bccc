//! Notices of the desktop: what arrived in the inbox while the user looked elsewhere. Owns their wording, which names no record: a
//! locked screen shows notices to anybody.

use tauri::{AppHandle, Manager};

use crate::shell::Shell;
use crate::watch::Item;
use crate::{desktop, window};

/// Tells of items that arrived, unless the user is looking at the window.
pub fn arrived(app: &AppHandle, items: &[Item]) {
    if items.is_empty() || window::is_looked_at(app) {
        return;
    }
    let language = app.state::<Shell>().speech.language();
    let text = |id: &str, names: &[(&str, &str)]| language.text(id, names);
    let (title, body) = match items {
        [one] => (text(&format!("item.{}", one.kind), &[]), text(&format!("item.what.{}", one.kind), &[])),
        many => (text("inbox.title", &[]), text("window.notice.many", &[("count", &many.len().to_string())])),
    };
    tauri::async_runtime::spawn(async move { desktop::show_notice(&title, &body).await });
}
