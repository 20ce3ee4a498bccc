//! Quitting: at once when everything was sent, else after the user was told what would wait. Owns the question; nothing is ever lost
//! by quitting, so that a page which cannot ask is no reason to stay.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;
use tauri::{AppHandle, Manager};

use crate::limits::QUIT_LOOK_DEADLINE;
use crate::page::Told;
use crate::shell::Shell;
use crate::window;

/// Whether the user was asked and has not answered. Who asks to quit once more has answered.
#[derive(Debug, Default)]
pub struct Question(AtomicBool);

#[derive(Deserialize)]
struct Unsent {
    outbox: u64,
}

/// Quits, or asks first.
pub fn ask(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let shell = app.state::<Shell>();
        if shell.question.0.swap(true, Ordering::Relaxed) {
            app.exit(0);
            return;
        }
        match unsent(&shell).await {
            unsent if unsent > 0 && shell.page.tell(Told::Quit { unsent }) => window::show(&app),
            _ => app.exit(0),
        }
    });
}

/// What the user answered.
pub fn answer(app: &AppHandle, leave: bool) {
    app.state::<Shell>().question.0.store(false, Ordering::Relaxed);
    if leave {
        app.exit(0);
    }
}

/// How many entries no relay has acknowledged, and nobody will send while this program does not run. None where there is no node,
/// or where another process runs it.
async fn unsent(shell: &Shell) -> u64 {
    if !shell.host.is_hosted().await {
        return 0;
    }
    let read = shell.client.read::<Unsent>(&shell.host, "/api/v1/status");
    let read = tokio::time::timeout(QUIT_LOOK_DEADLINE, read).await;
    read.ok().and_then(Result::ok).map_or(0, |status| status.outbox)
}
