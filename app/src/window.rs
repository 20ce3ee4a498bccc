//! The window: one, with one page, which comes out of this program and goes nowhere else. Owns how it is made, shown and closed.

use std::path::PathBuf;

use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

use crate::limits::{MIN_WINDOW_SIZE_PIXELS, WINDOW_SIZE_PIXELS};
use crate::shell::Shell;
use crate::{desktop, quit};

/// Its name; the capability file names the same.
pub const LABEL: &str = "main";

/// Opens it. What its page keeps (drafts, theme) lies in `kept`, apart from that of windows on other nodes.
pub fn build(app: &AppHandle, kept: PathBuf) -> tauri::Result<()> {
    let ((width, height), (min_width, min_height)) = (WINDOW_SIZE_PIXELS, MIN_WINDOW_SIZE_PIXELS);
    let at_load = app.clone();
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Comptoir")
        .inner_size(width, height)
        .min_inner_size(min_width, min_height)
        .data_directory(kept)
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_page_load(move |_, load| {
            if load.event() == PageLoadEvent::Started {
                // What an earlier page had asked for nobody waits for any more.
                let shell = at_load.state::<Shell>();
                shell.page.detach();
                shell.calls.cancel_all();
            }
        })
        .build()?;
    let at_close = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            close(&at_close);
        }
    });
    Ok(())
}

/// Its page is that of this program, wherever it says that it is.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// Closed, it goes on working in the tray; where there is none, closing quits.
fn close(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match app.get_webview_window(LABEL) {
            Some(window) if desktop::shows_trays().await => drop(window.hide()),
            _ => quit::ask(&app),
        }
    });
}

/// Brings it to the front.
pub fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    let shown = |window: &WebviewWindow| {
        window.show()?;
        window.unminimize()?;
        window.set_focus()
    };
    if let Err(error) = shown(&window) {
        tracing::debug!(error = %comptoir_node::problem::told(&error), "the window is not brought to the front");
    }
}

/// Whether the user works in it now.
pub fn is_looked_at(app: &AppHandle) -> bool {
    app.get_webview_window(LABEL).is_some_and(|window| window.is_focused().unwrap_or(false))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_shows_pages_of_this_program_alone() {
        for url in ["tauri://localhost/", "tauri://localhost/records/party?search=x", "http://tauri.localhost/inbox"] {
            assert!(is_ours(&url.parse().unwrap()), "{url}");
        }
        for url in [
            "https://example.org/",
            "http://127.0.0.1:4000/",
            "tauri://evil/",
            "file:///etc/passwd",
            "data:text/html,x",
        ] {
            assert!(!is_ours(&url.parse().unwrap()), "{url}");
        }
    }
}
