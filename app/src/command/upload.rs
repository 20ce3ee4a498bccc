//! `open_upload` and `upload`: a file of the page on its way to the node, in pieces, so that neither side holds it whole.

use comptoir_node::problem::Code;
use tauri::State;
use tauri::ipc::{InvokeBody, Request};

use crate::shell::Shell;

/// By which header a piece says which upload it belongs to; its body is nothing but bytes of the file.
const WHICH: &str = "comptoir-upload";

/// A file is about to come: the call that names it takes it as its body.
#[tauri::command]
pub fn open_upload(shell: State<'_, Shell>, id: String) -> Result<(), String> {
    shell.calls.open_upload(id).map_err(|problem| problem.to_string())
}

/// The next piece of a file, an empty one at its end. Whether more is wanted.
#[tauri::command]
pub async fn upload(shell: State<'_, Shell>, request: Request<'_>) -> Result<bool, String> {
    let id = request.headers().get(WHICH).and_then(|id| id.to_str().ok());
    let piece = match request.body() {
        InvokeBody::Raw(bytes) => Some(bytes.clone()),
        // Where the system's web view hands no bytes over, they come as a list of numbers.
        InvokeBody::Json(list) => serde_json::from_value(list.clone()).ok(),
    };
    let (Some(id), Some(piece)) = (id, piece) else {
        return Err(Code::BadRequest.text().to_owned());
    };
    shell.calls.upload(id, piece).await.map_err(|problem| problem.to_string())
}
