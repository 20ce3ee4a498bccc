//! How the relay stands. Owns the shape.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::Status;
use crate::clock::rfc3339;
use crate::console::Console;
use crate::console::problem::{Answer, ProblemBody};

/// How the relay stands.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct RelayShown {
    /// As `comptoir-relay status` tells it.
    #[serde(flatten)]
    status: Status,
    /// Since when it runs; RFC 3339.
    started: String,
}

/// How the relay stands, where, and for whom.
#[utoipa::path(get, path = "/api/v1/relay", tag = "relay",
    responses((status = 200, body = RelayShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn read(State(console): State<Arc<Console>>) -> Answer<RelayShown> {
    let (front, started) = (Arc::clone(&console.front), rfc3339(console.started_ms));
    let status = console.run(move |_, _| Ok(front.status())).await?;
    Ok(Json(RelayShown { status, started }))
}
