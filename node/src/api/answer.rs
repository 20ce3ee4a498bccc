//! Problems as HTTP answers. Owns the mapping to status and body, never the wording.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::problem::{Code, Problem};

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() && self.status != Code::DiskFull.status() {
            tracing::warn!(code = %self.code, problem = %crate::problem::plain(&self.message), "request failed");
        }
        (status, Json(self.body())).into_response()
    }
}

/// What a handler gives: JSON, or a problem.
pub type Answer<T> = Result<Json<T>, Problem>;
