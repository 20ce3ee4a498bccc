//! The organisation as the roster has it: sites, scopes, relays. Owns the shape of the answer.

use axum::Json;
use axum::extract::State;
use comptoir_sync_protocol::roster::{Roster, Scope, scopes as scope_names};
use comptoir_transport::Pin;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::problem::ProblemBody;
use crate::residency;

/// The organisation.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Organisation {
    /// The hash of its genesis entry.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its sites, by code.
    pub sites: Vec<SiteShown>,
    /// Its scopes, by name.
    pub scopes: Vec<ScopeShown>,
    /// Its relays.
    pub relays: Vec<RelayShown>,
}

/// A site.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SiteShown {
    /// Its id.
    pub id: String,
    /// Short code.
    pub code: String,
    /// For people.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Whose law its data is under.
    pub jurisdiction: String,
    /// IANA name.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// BCP 47.
    pub locale: String,
    /// Whether it is headquarters.
    pub headquarters: bool,
    /// Whether it is this node's own.
    pub here: bool,
}

/// A scope.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct ScopeShown {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether the organisation defined it for itself: records can be made there, and shared there.
    pub defined: bool,
    /// The codes of its members.
    pub members: Vec<String>,
    /// The jurisdictions that its bytes may enter; empty: any.
    pub jurisdictions: Vec<String>,
    /// The codes of the sites that hold it: members under a law that it may enter.
    pub holders: Vec<String>,
    /// The addresses of the relays that carry it, sealed.
    pub relays: Vec<String>,
}

impl ScopeShown {
    /// A scope, and who holds it by this roster.
    pub(crate) fn of(roster: &Roster, scope: &Scope) -> Self {
        let code = |site| roster.sites.get(site).map(|site| site.profile.code.clone());
        let mut members: Vec<String> = scope.members.iter().filter_map(code).collect();
        members.sort_unstable();
        Self {
            id: scope.id.to_string(),
            name: scope.name.clone(),
            defined: scope_names::is_definable(&scope.name),
            members,
            jurisdictions: scope.jurisdictions.clone(),
            holders: residency::holders(roster, scope).into_iter().map(|site| site.profile.code.clone()).collect(),
            relays: residency::carriers(roster, scope).into_iter().map(|relay| relay.address.clone()).collect(),
        }
    }
}

/// A relay.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct RelayShown {
    /// BLAKE3 of its TLS public key.
    pub pin: String,
    /// `host:port`.
    pub address: String,
    /// Where it stands.
    pub jurisdiction: String,
}

/// The organisation: sites, scopes, relays.
#[utoipa::path(get, path = "/api/v1/organisation", tag = "organisation",
    responses((status = 200, body = Organisation), (status = "default", body = ProblemBody)))]
pub async fn read(State(api): State<Api>) -> Answer<Organisation> {
    let own = api.node.keys().site;
    let roster = api.node.roster();
    let shown = |site: &comptoir_sync_protocol::roster::Site| {
        let profile = site.profile.clone();
        SiteShown {
            id: site.id.to_string(),
            code: profile.code,
            name: profile.name,
            country: profile.country,
            jurisdiction: profile.jurisdiction,
            time_zone: profile.time_zone,
            currency: profile.currency,
            locale: profile.locale,
            headquarters: site.headquarters,
            here: site.id == own,
        }
    };
    let mut sites: Vec<SiteShown> = roster.sites.values().map(shown).collect();
    sites.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(Json(Organisation {
        id: roster.organisation.to_string(),
        name: roster.name.clone(),
        sites,
        scopes: scopes(&roster),
        relays: relays(&roster),
    }))
}

fn scopes(roster: &Roster) -> Vec<ScopeShown> {
    let mut scopes: Vec<ScopeShown> = roster.scopes.values().map(|scope| ScopeShown::of(roster, scope)).collect();
    scopes.sort_by(|one, other| one.name.cmp(&other.name));
    scopes
}

fn relays(roster: &Roster) -> Vec<RelayShown> {
    let shown = |relay: &comptoir_sync_protocol::roster::Relay| RelayShown {
        pin: Pin(relay.tls_pin).to_string(),
        address: relay.address.clone(),
        jurisdiction: relay.jurisdiction.clone(),
    };
    roster.relays.values().map(shown).collect()
}
