//! `quit` and `answer_quit`: the user wants to leave, and says whether in spite of what is not sent.

use tauri::AppHandle;

use crate::quit;

/// Quits, or asks first.
#[tauri::command]
pub fn quit(app: AppHandle) {
    quit::ask(&app);
}

/// What the user answered.
#[tauri::command]
pub fn answer_quit(app: AppHandle, leave: bool) {
    quit::answer(&app, leave);
}
