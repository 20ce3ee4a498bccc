//! The admin port: whether the relay lives, whether it is ready, what it counts, how it stands. HTTP on the loopback
//! interface, read-only. Owns routes and their shapes; knows nothing that the front does not tell.

pub mod events;
mod help;
mod host;
pub mod meters;
mod site_meters;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::alarms::book::Shown;
use crate::clock;
use crate::core::ScopeCount;
use crate::front::Front;

/// How a relay stands, for people and scripts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// The program's version.
    pub version: String,
    /// Whether a process serves it now.
    pub running: bool,
    /// `host:port`, as sites are told.
    pub address: String,
    /// Hash of its TLS key.
    pub pin: String,
    /// Where it stands; empty when nobody certified that.
    pub jurisdiction: String,
    /// The organisation that it belongs to.
    pub organisation: Option<String>,
    /// The organisation's name, once the roster is here.
    pub organisation_name: Option<String>,
    /// Sessions of parties that the roster names.
    pub sessions: usize,
    /// Join requests that wait for headquarters.
    pub join_requests: u32,
    /// Bytes that the store takes.
    pub store_bytes: u64,
    /// Bytes free on its disk, where the system tells.
    pub disk_free_bytes: Option<u64>,
    /// Entries that suffered and are wanted again.
    pub damaged_entries: usize,
    /// What is held, by scope.
    pub scopes: Vec<ScopeStatus>,
}

/// How much is held of one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScopeStatus {
    /// Its name; its id where the roster does not tell.
    pub name: String,
    /// Logs.
    pub logs: usize,
    /// Entries in all.
    pub entries: u64,
}

impl From<ScopeCount> for ScopeStatus {
    fn from(count: ScopeCount) -> Self {
        let name = count.name.unwrap_or_else(|| count.scope.to_string());
        Self { name, logs: count.logs, entries: count.entries }
    }
}

/// The routes.
pub(crate) fn router(front: Arc<Front>) -> Router {
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/status", get(status))
        .layer(axum::middleware::from_fn(host::guard))
        .with_state(front)
}

async fn livez() -> &'static str {
    "ok\n"
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    claimed: bool,
    reason: Option<&'static str>,
}

/// Ready is who takes connections and can store what they bring. One that nobody claimed yet is ready to be claimed.
async fn readyz(State(front): State<Arc<Front>>) -> Response {
    let reason = front.unready();
    let code = if reason.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(Readiness { ready: reason.is_none(), claimed: front.core().is_some(), reason })).into_response()
}

async fn metrics(State(front): State<Arc<Front>>) -> Response {
    blocking(
        move || figures(&front),
        |text| ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
    )
    .await
}

/// What the relay counts, and how the sites stand, as far as that can be read.
fn figures(front: &Front) -> String {
    let (now_ms, mut text) = (clock::now_ms(), front.meters().render(&front.readings()));
    match (front.standings(now_ms), front.alarms().alarms(Shown::Open)) {
        (Ok(standings), Ok(alarms)) => text.push_str(&site_meters::render(&standings, &alarms, now_ms)),
        (Err(error), _) | (_, Err(error)) => tracing::error!(?error, "how the sites stand could not be read"),
    }
    text
}

async fn status(State(front): State<Arc<Front>>) -> Response {
    blocking(move || front.status(), |status| Json(status).into_response()).await
}

/// The store is asked on a thread that may wait.
async fn blocking<T: Send + 'static>(
    ask: impl FnOnce() -> T + Send + 'static,
    show: impl FnOnce(T) -> Response,
) -> Response {
    match tokio::task::spawn_blocking(ask).await {
        Ok(answer) => show(answer),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
