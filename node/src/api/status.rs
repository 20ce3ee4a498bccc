//! How the node stands. Owns the shape of the answer, a contract for scripts.

use axum::Json;
use axum::extract::State;
use comptoir_sync_protocol::roster;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::direct::{self, DirectPeer};
use crate::api::sites::{Standing, past_cut};
use crate::api::{Api, inbox};
use crate::clock;
use crate::node::Node;
use crate::problem::{Problem, ProblemBody};
use crate::sync::line::LineState;

/// How the node stands.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// The site's code.
    pub site: String,
    /// Under which the node writes: site and epoch.
    pub writer: String,
    /// How the site stands: headquarters may have suspended or revoked it.
    pub standing: Standing,
    /// Entries of the site that lie past its cut: they have no effect.
    pub past_cut: u64,
    /// Its organisation.
    pub organisation: OrganisationName,
    /// Entries that no relay has acknowledged yet.
    pub outbox: u64,
    /// What is held of each scope.
    pub scopes: Vec<ScopeStatus>,
    /// The line to the relay.
    pub relay: RelayStatus,
    /// Sites that are met without a relay.
    pub direct: Vec<DirectPeer>,
    /// Open items of the inbox.
    pub inbox: u64,
    /// Entries that every replica judges invalid.
    pub quarantined: u64,
    /// Entries that this version cannot read yet.
    pub parked: u64,
    /// Entries that build on others that are not here yet.
    pub waiting: u64,
    /// As of when the last backup was taken that was kept, by this node's clock; RFC 3339.
    pub last_backup: Option<String>,
    /// Of this program.
    pub version: String,
}

/// An organisation by id and name.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct OrganisationName {
    /// The hash of its genesis entry.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What is held of one scope.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct ScopeStatus {
    /// Its name.
    pub name: String,
    /// Hash over its vector: equal where the same is held.
    pub digest: String,
    /// How many entries.
    pub entries: u64,
}

/// The line to the relay.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct RelayStatus {
    /// How it stands.
    pub state: LineState,
    /// When everything that the relay had was here, by our clock; RFC 3339.
    pub received_up_to: Option<String>,
    /// The relay's `host:port`.
    pub address: Option<String>,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// How the node stands.
#[utoipa::path(get, path = "/api/v1/status", tag = "node",
    responses((status = 200, body = Status), (status = "default", body = ProblemBody)))]
pub async fn read(State(api): State<Api>) -> Answer<Status> {
    api.run(of).await.map(Json)
}

fn of(node: &Node) -> Result<Status, Problem> {
    let replica = node.replica();
    let storage = |error| node.storage_problem(&error);
    let roster = node.roster();
    let count = |len: usize| len as u64;
    let view = replica.view();
    let mut scopes: Vec<ScopeStatus> = view
        .vectors
        .iter()
        .filter(|(scope, _)| **scope == roster::scope_id() || roster.scopes.contains_key(scope))
        .map(|(scope, vector)| ScopeStatus {
            name: node.scope_name(scope),
            digest: vector.digest(scope, &[]).to_string(),
            entries: vector.entries(),
        })
        .collect();
    scopes.sort_by(|one, other| one.name.cmp(&other.name));
    let own = node.keys().site;
    Ok(Status {
        site: node.site_code(),
        writer: replica.writer().to_string(),
        standing: Standing::of(&roster, &own),
        past_cut: past_cut(&replica.counted_logs(&own).map_err(storage)?),
        organisation: OrganisationName { id: roster.organisation.to_string(), name: roster.name.clone() },
        outbox: replica.outbox_len().map_err(storage)?,
        scopes,
        relay: relay(node, roster.relays.values().next().map(|relay| relay.address.clone())),
        direct: direct::peers(node)?,
        inbox: inbox::count(node)?,
        quarantined: count(replica.quarantined().map_err(storage)?.len()),
        parked: count(replica.parked().map_err(storage)?.len()),
        waiting: count(replica.waiting().map_err(storage)?.len()),
        last_backup: node.backups.last().map(|last| clock::rfc3339(last.at_ms)),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

fn relay(node: &Node, address: Option<String>) -> RelayStatus {
    let line = node.line();
    let state = match &address {
        None => LineState::None,
        Some(_) if !node.is_daemon() => LineState::Stopped,
        Some(_) => line.state(),
    };
    RelayStatus {
        state,
        received_up_to: line.received_up_to_ms().map(clock::rfc3339),
        address,
        trouble: line.trouble().filter(|_| state == LineState::Offline),
    }
}
