//! The sites of the organisation, as the roster and this relay's own lines tell: who they are, whether they are here, how far their logs are
//! held. Owns the shapes. Nothing of it is read from what sites write: that is sealed.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::roster::{Roster, Site};
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::ScopeStatus;
use crate::clock::rfc3339;
use crate::console::Console;
use crate::console::problem::{Answer, ProblemBody};
use crate::core::ScopeCount;
use crate::front::{Front, Presence};

/// The sites.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct SitesShown {
    /// By code; none while the relay belongs to nobody, or has no roster yet.
    sites: Vec<SiteShown>,
    /// Since when this relay knows who was seen; RFC 3339.
    since: String,
}

/// One site.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::console) struct SiteShown {
    /// Its id.
    id: String,
    /// Its short code: `PAR`.
    code: String,
    /// Its name.
    name: String,
    /// ISO 3166-1 alpha-2.
    country: String,
    /// Whose law its data is under.
    jurisdiction: String,
    /// Whether it is headquarters.
    headquarters: bool,
    /// `suspended` or `revoked`; null while it stands.
    removed: Option<String>,
    /// Whether a session of it is open now.
    connected: bool,
    /// Since when; RFC 3339.
    connected_since: Option<String>,
    /// When it was last here; RFC 3339. Null where it was not since the relay started.
    seen: Option<String>,
    /// How far this relay holds the site's own logs.
    scopes: Vec<ScopeStatus>,
}

/// The sites, and how each stands with this relay.
#[utoipa::path(get, path = "/api/v1/sites", tag = "sites",
    responses((status = 200, body = SitesShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn list(State(console): State<Arc<Console>>) -> Answer<SitesShown> {
    let (front, now_ms) = (Arc::clone(&console.front), console.clock.now().ms);
    let sites = console.run(move |_, _| Ok(sites(&front, now_ms))).await?;
    Ok(Json(SitesShown { sites, since: rfc3339(console.started_ms) }))
}

fn sites(front: &Front, now_ms: i64) -> Vec<SiteShown> {
    let Some(core) = front.core() else { return Vec::new() };
    let (roster, presence, mut holdings) = (core.roster(), front.presence(), core.holdings());
    let mut sites: Vec<SiteShown> = roster
        .sites
        .values()
        .map(|site| {
            let held = holdings.remove(&site.id).unwrap_or_default();
            shown(&roster, site, (&presence, now_ms), held)
        })
        .collect();
    sites.sort_by(|one, other| one.code.cmp(&other.code));
    sites
}

fn shown(
    roster: &Roster,
    site: &Site,
    (presence, now_ms): (&BTreeMap<SiteId, Presence>, i64),
    held: Vec<ScopeCount>,
) -> SiteShown {
    let Presence { since_ms, left_ms } = presence.get(&site.id).copied().unwrap_or_default();
    let removal = roster.removed.get(&site.id);
    let removed = removal.map(|removal| if removal.revoked { "revoked" } else { "suspended" }.to_owned());
    SiteShown {
        id: site.id.to_string(),
        code: site.profile.code.clone(),
        name: site.profile.name.clone(),
        country: site.profile.country.clone(),
        jurisdiction: site.profile.jurisdiction.clone(),
        headquarters: site.headquarters,
        removed,
        connected: since_ms.is_some(),
        connected_since: since_ms.map(rfc3339),
        seen: since_ms.map(|_| now_ms).or(left_ms).map(rfc3339),
        scopes: held.into_iter().map(ScopeStatus::from).collect(),
    }
}
