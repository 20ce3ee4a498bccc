//! Other sites without a relay between: by which door they come in, where they are dialled, how that stands. Owns the shapes; who is
//! met is [`crate::direct`]'s. What is wished is wished on the node's own machine alone; the guard sees to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use comptoir_replica::UnsentLog;
use comptoir_sync_protocol::{ScopeId, SiteId, Vector};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Segments};
use crate::api::lan::DoorState;
use crate::clock;
use crate::direct::{Seen, USUAL_ADDRESS};
use crate::doorway::{self, Standing};
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};
use crate::sync::line::LineState;

/// All that concerns other sites stands under it.
pub const DIRECT_PATH: &str = "/api/v1/direct";

/// Other sites without a relay between.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct DirectShown {
    /// Where they are to come in, `address:port`; nothing while they are not.
    pub listen: Option<String>,
    /// How the door for them stands.
    pub state: DoorState,
    /// Why it is shut although it is to be open.
    pub trouble: Option<ProblemBody>,
    /// Where it is, once it is open.
    pub address: Option<String>,
    /// How many were turned away since the daemon started.
    pub turned_away: u64,
    /// The last of them.
    pub last_turned_away: Option<TurnedAwayShown>,
    /// Sites that are dialled, or were met.
    pub peers: Vec<DirectPeer>,
}

/// Somebody who came and was not let in.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct TurnedAwayShown {
    /// From where.
    pub address: String,
    /// The key that it proved to hold.
    pub pin: String,
    /// Why: `not admitted`, `wrong organisation`, `version too old`, `malformed`, `too slow`, `busy`.
    pub code: String,
    /// When; RFC 3339.
    pub time: String,
}

/// A site that is met without a relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DirectPeer {
    /// Its code.
    pub site: String,
    /// How the line to it stands.
    pub state: LineState,
    /// Where it is dialled, `host:port`; nothing where it only dials us.
    pub address: Option<String>,
    /// When it was last heard of, by our clock; RFC 3339.
    pub last_contact: Option<String>,
    /// How many entries of our outbox it holds. It is no relay: they stay in the outbox.
    pub holds: u64,
    /// Why it is not reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// What is wished of the door for other sites.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectWish {
    /// Where it is to be, `address:port`; nothing to shut it.
    pub listen: Option<String>,
}

/// Where a site is dialled.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectAddress {
    /// `host:port`.
    pub address: String,
}

/// How it stands with each site that is dialled or was met, by code.
pub fn peers(node: &Node) -> Result<Vec<DirectPeer>, Problem> {
    let unsent = node.replica().unsent().map_err(|error| node.storage_problem(&error))?;
    let held = |holds: &BTreeMap<ScopeId, Arc<Vector>>| {
        let of_log = |log: &UnsentLog| {
            let there = holds.get(&log.scope).map_or(0, |vector| vector.seq(&log.writer));
            there.min(log.written).saturating_sub(log.acknowledged)
        };
        unsent.iter().map(of_log).sum::<u64>()
    };
    let shown = |(site, seen): (SiteId, Seen)| DirectPeer {
        site: node.code_of(site),
        state: if node.is_daemon() { seen.state } else { LineState::Stopped },
        address: seen.address,
        last_contact: seen.met_ms.map(clock::rfc3339),
        holds: held(&seen.holds),
        trouble: seen.trouble,
    };
    let roster = node.roster();
    let seen = node.direct().seen().into_iter();
    let here = seen.filter(|(site, seen)| seen.address.is_some() || roster.sites.contains_key(site));
    let mut peers: Vec<DirectPeer> = here.map(shown).collect();
    peers.sort_by(|one, other| one.site.cmp(&other.site));
    Ok(peers)
}

fn shown(node: &Node) -> Result<DirectShown, Problem> {
    let direct = node.direct();
    let (wished, standing) = (direct.wished(), direct.standing());
    let address = match &standing {
        Standing::Open(at) => Some(at.to_string()),
        _ => None,
    };
    let (state, trouble) = DoorState::of(standing, wished.is_some());
    let (turned_away, last) = direct.turned_away();
    let last = last.map(|last| TurnedAwayShown {
        address: last.address.to_string(),
        pin: last.pin.to_string(),
        code: last.code.to_string(),
        time: clock::rfc3339(last.at_ms),
    });
    Ok(DirectShown {
        listen: wished.map(|address| address.to_string()),
        state,
        trouble,
        address,
        turned_away,
        last_turned_away: last,
        peers: peers(node)?,
    })
}

/// The site with this code; not this one.
fn other_site(node: &Node, code: &str) -> Result<SiteId, Problem> {
    let unknown = || Problem::new(Code::NotFound, format!("There is no site {code:?}")).with("site", code);
    let roster = node.roster();
    let site = roster.sites.values().find(|site| site.profile.code == code).ok_or_else(unknown)?;
    if site.id == node.keys().site {
        return Err(Problem::new(Code::BadRequest, format!("{code} is this site itself")).with("site", code));
    }
    Ok(site.id)
}

/// How it stands with other sites without a relay between.
#[utoipa::path(get, path = "/api/v1/direct", tag = "direct",
    responses((status = 200, body = DirectShown), (status = "default", body = ProblemBody)))]
pub async fn read(State(api): State<Api>) -> Answer<DirectShown> {
    api.run(shown).await.map(Json)
}

/// Let other sites of the organisation in at an address, or let them in no more. Sessions through the door are cut when it is shut.
#[utoipa::path(put, path = "/api/v1/direct", tag = "direct", request_body = DirectWish,
    responses((status = 200, body = DirectShown), (status = "default", body = ProblemBody)))]
pub async fn set(State(api): State<Api>, JsonBody(DirectWish { listen }): JsonBody<DirectWish>) -> Answer<DirectShown> {
    let listen = listen.as_deref().map(|text| doorway::address(text, USUAL_ADDRESS)).transpose()?;
    let number = api.run(move |node| node.direct().wish(listen)).await?;
    if api.node.is_daemon() {
        api.node.direct().settled(number).await;
    }
    read(State(api)).await
}

/// Dial a site at an address from now on. Done again, it is dialled at the new one alone.
#[utoipa::path(put, path = "/api/v1/direct/peers/{site}", tag = "direct", request_body = DirectAddress,
    params(("site" = String, Path, description = "The site's code")),
    responses((status = 200, body = DirectShown), (status = "default", body = ProblemBody)))]
pub async fn add(
    State(api): State<Api>,
    Segments(code): Segments<String>,
    JsonBody(DirectAddress { address }): JsonBody<DirectAddress>,
) -> Answer<DirectShown> {
    let added = api.run(move |node| {
        node.direct().add(other_site(node, &code)?, &address)?;
        shown(node)
    });
    added.await.map(Json)
}

/// Dial a site no more. What it dials itself goes on.
#[utoipa::path(delete, path = "/api/v1/direct/peers/{site}", tag = "direct",
    params(("site" = String, Path, description = "The site's code")),
    responses((status = 200, body = DirectShown), (status = "default", body = ProblemBody)))]
pub async fn remove(State(api): State<Api>, Segments(code): Segments<String>) -> Answer<DirectShown> {
    let removed = api.run(move |node| {
        // Also one that the roster names no more, which is shown by its id.
        let site = other_site(node, &code).or_else(|unknown| code.parse().map_err(|_| unknown))?;
        node.direct().remove(site)?;
        shown(node)
    });
    removed.await.map(Json)
}
