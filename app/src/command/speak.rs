//! `speak`: the page says which language it speaks, and the tray follows.

use tauri::{AppHandle, State};

use crate::shell::Shell;
use crate::tray;
use crate::words::Language;

/// Speaks this language from now on.
#[tauri::command]
pub fn speak(app: AppHandle, shell: State<'_, Shell>, language: &str) {
    if shell.speech.speak(Language::of(language)) {
        tray::reword(&app);
    }
}
