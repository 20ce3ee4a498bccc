//! The node's screens before its API. Owns that they are served to who calls this node by a name of its own; which file answers which path
//! is the door's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use comptoir_door::headers::harden;

use crate::api::guard::Door;
use crate::problem::{Code, Problem};

pub use comptoir_door::screens::Screens;

/// Where they lie when nobody says.
pub fn beside_the_program() -> Option<PathBuf> {
    Screens::beside_the_program("ui", "comptoir/ui")
}

/// Reads them all.
pub fn read(root: &Path) -> Result<Screens, Problem> {
    Screens::read(root).map_err(|error| Problem::from_error(Code::FileUnreadable, &error).with("path", root.display()))
}

/// Answers with a file of the interface, or lets the request go on to the API.
pub async fn serve(State((screens, door)): State<(Arc<Screens>, Door)>, request: Request, next: Next) -> Response {
    let Some(found) = screens.answer(request.method(), request.uri().path()) else { return next.run(request).await };
    let mut response = match door.check_host(request.headers(), request.extensions()) {
        Err(problem) => problem.into_response(),
        Ok(_) => found,
    };
    harden(response.headers_mut());
    response
}
