//! How the relay stands. Owns the shape.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Params;
use super::sites::HistoryParams;
use crate::admin::Status;
use crate::clock::rfc3339;
use crate::console::Console;
use crate::console::problem::{Answer, ProblemBody};
use crate::health::{Busy, Counted};

/// How the relay stands.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct RelayShown {
    /// As `comptoir-relay status` tells it.
    #[serde(flatten)]
    status: Status,
    /// Since when it runs; RFC 3339.
    started: String,
    /// Connections that are open, those in their handshake among them.
    connections: usize,
    /// Bytes that came from sites since then, in frames.
    received_bytes: u64,
    /// Bytes that went to sites since then, in frames.
    sent_bytes: u64,
    /// Receipts that it gave since then.
    receipts: u64,
}

/// How busy the relay was.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct TrafficShown {
    /// Oldest first, about one in five minutes.
    samples: Vec<BusyShown>,
}

/// How busy it was for a while before a moment.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct BusyShown {
    /// RFC 3339.
    at: String,
    /// How long the while was, in seconds.
    span_s: f64,
    /// Bytes that came in it.
    received_bytes: u64,
    /// Bytes that went in it.
    sent_bytes: u64,
    /// Receipts that were given in it.
    receipts: u64,
    /// Sessions at its end.
    sessions: u64,
    /// Bytes that the store took at its end.
    store_bytes: u64,
}

impl From<Busy> for BusyShown {
    fn from(Busy { at_ms, span, counted }: Busy) -> Self {
        let Counted { received_bytes, sent_bytes, receipts, sessions, store_bytes } = counted;
        let (at, span_s) = (rfc3339(at_ms), span.as_secs_f64());
        Self { at, span_s, received_bytes, sent_bytes, receipts, sessions, store_bytes }
    }
}

/// How the relay stands, where, and for whom.
#[utoipa::path(get, path = "/api/v1/relay", tag = "relay",
    responses((status = 200, body = RelayShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn read(State(console): State<Arc<Console>>) -> Answer<RelayShown> {
    let (front, started) = (Arc::clone(&console.front), rfc3339(console.started_ms));
    let shown = console.run(move |_, _| {
        let Counted { received_bytes, sent_bytes, receipts, .. } = front.counted();
        let connections = front.connections();
        Ok(RelayShown { status: front.status(), started, connections, received_bytes, sent_bytes, receipts })
    });
    Ok(Json(shown.await?))
}

/// How busy the relay was, in samples.
#[utoipa::path(get, path = "/api/v1/relay/traffic", tag = "relay", params(HistoryParams),
    responses((status = 200, body = TrafficShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn traffic(
    State(console): State<Arc<Console>>,
    Params(params): Params<HistoryParams>,
) -> Answer<TrafficShown> {
    let (front, since_ms) = (Arc::clone(&console.front), params.since_ms(console.clock.now().ms)?);
    let samples = console.run(move |_, _| Ok(front.board().busy_since(since_ms)?)).await?;
    Ok(Json(TrafficShown { samples: samples.into_iter().map(BusyShown::from).collect() }))
}
