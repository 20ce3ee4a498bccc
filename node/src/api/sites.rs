//! How the sites stand, and removing and letting back. Owns the shapes; what is done is enrolment's, where a cut lies the
//! replica's.

use axum::Json;
use axum::extract::State;
use comptoir_replica::{CountedLog, Removing};
use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::roster::{Roster, Site};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Segments};
use crate::enrolment::removal;
use crate::node::Node;
use crate::problem::{Problem, ProblemBody};

/// All sites.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SiteStandings {
    /// By code.
    pub sites: Vec<SiteStanding>,
}

/// How a site stands, and how much of what it wrote is here and counts.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SiteStanding {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it is headquarters.
    pub headquarters: bool,
    /// Whether it is this node's.
    pub here: bool,
    /// How it stands.
    pub standing: Standing,
    /// Entries that are here and lie past its cut: they have no effect.
    pub past_cut: u64,
    /// Its logs.
    pub logs: Vec<CountedLogShown>,
}

/// How a site stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is a member.
    Member,
    /// It is suspended: what it writes has no effect until it is resumed.
    Suspended,
    /// It is revoked, for good.
    Revoked,
}

impl Standing {
    /// How a site stands by this roster.
    pub(crate) fn of(roster: &Roster, site: &SiteId) -> Self {
        match roster.removal(site) {
            None => Self::Member,
            Some(removal) if removal.revoked => Self::Revoked,
            Some(_) => Self::Suspended,
        }
    }
}

/// What a site is to be called.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteName {
    /// Its name, for people.
    pub name: String,
}

/// One log of a site.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct CountedLogShown {
    /// Its scope.
    pub scope: String,
    /// Whose: site and epoch.
    pub writer: String,
    /// How many entries are here.
    pub held: u64,
    /// Up to which entry it counts. A removal made now would put the cut there.
    pub counts: u64,
}

/// List the sites: how each stands, and where its cut lies or would lie.
#[utoipa::path(get, path = "/api/v1/sites", tag = "organisation",
    responses((status = 200, body = SiteStandings), (status = "default", body = ProblemBody)))]
pub async fn list(State(api): State<Api>) -> Answer<SiteStandings> {
    let listed = api.run(|node| {
        let roster = node.roster();
        let standings = roster.sites.values().map(|site| standing(node, site)).collect::<Result<Vec<_>, _>>();
        let mut sites = standings?;
        sites.sort_by(|one, other| one.code.cmp(&other.code));
        Ok(SiteStandings { sites })
    });
    listed.await.map(Json)
}

/// Suspend a site at what of it is here, until it is resumed: it gets nothing more, and what it writes has no effect. Only
/// at headquarters. Done again, it changes nothing.
#[utoipa::path(post, path = "/api/v1/sites/{code}/suspend", tag = "organisation",
    params(("code" = String, Path, description = "The site's code")),
    responses((status = 200, body = SiteStanding), (status = "default", body = ProblemBody)))]
pub async fn suspend(State(api): State<Api>, Segments(code): Segments<String>) -> Answer<SiteStanding> {
    act(&api, code, Removing::Suspend).await
}

/// Resume a site: all that it wrote counts. Only at headquarters.
#[utoipa::path(post, path = "/api/v1/sites/{code}/resume", tag = "organisation",
    params(("code" = String, Path, description = "The site's code")),
    responses((status = 200, body = SiteStanding), (status = "default", body = ProblemBody)))]
pub async fn resume(State(api): State<Api>, Segments(code): Segments<String>) -> Answer<SiteStanding> {
    act(&api, code, Removing::Resume).await
}

/// Revoke a site at what of it is here, for good. Of a site that is suspended the cut stays. Only at headquarters.
#[utoipa::path(post, path = "/api/v1/sites/{code}/revoke", tag = "organisation",
    params(("code" = String, Path, description = "The site's code")),
    responses((status = 200, body = SiteStanding), (status = "default", body = ProblemBody)))]
pub async fn revoke(State(api): State<Api>, Segments(code): Segments<String>) -> Answer<SiteStanding> {
    act(&api, code, Removing::Revoke).await
}

/// Let all that is here of a removed site count; it stays removed. Only at headquarters.
#[utoipa::path(post, path = "/api/v1/sites/{code}/adopt", tag = "organisation",
    params(("code" = String, Path, description = "The site's code")),
    responses((status = 200, body = SiteStanding), (status = "default", body = ProblemBody)))]
pub async fn adopt(State(api): State<Api>, Segments(code): Segments<String>) -> Answer<SiteStanding> {
    act(&api, code, Removing::Adopt).await
}

/// Give a site another name. Its code stays. Only at headquarters.
#[utoipa::path(put, path = "/api/v1/sites/{code}/name", tag = "organisation", request_body = SiteName,
    params(("code" = String, Path, description = "The site's code")),
    responses((status = 200, body = SiteStanding), (status = "default", body = ProblemBody)))]
pub async fn rename(
    State(api): State<Api>,
    Segments(code): Segments<String>,
    JsonBody(SiteName { name }): JsonBody<SiteName>,
) -> Answer<SiteStanding> {
    let done = api.run(move |node| {
        removal::rename(node, &code, &name)?;
        standing(node, &removal::site(node, &code)?)
    });
    done.await.map(Json)
}

async fn act(api: &Api, code: String, how: Removing) -> Answer<SiteStanding> {
    let done = api.run(move |node| {
        removal::remove(node, &code, how)?;
        standing(node, &removal::site(node, &code)?)
    });
    done.await.map(Json)
}

/// How many entries of these logs lie past their cut.
pub(crate) fn past_cut(logs: &[CountedLog]) -> u64 {
    logs.iter().map(|log| log.head.seq - log.counts).sum()
}

fn standing(node: &Node, site: &Site) -> Result<SiteStanding, Problem> {
    let logs = node.replica().counted_logs(&site.id).map_err(|error| node.storage_problem(&error))?;
    let mut shown: Vec<CountedLogShown> = logs
        .iter()
        .map(|log| CountedLogShown {
            scope: node.scope_name(&log.scope),
            writer: log.head.writer.to_string(),
            held: log.head.seq,
            counts: log.counts,
        })
        .collect();
    shown.sort_by(|one, other| (&one.scope, &one.writer).cmp(&(&other.scope, &other.writer)));
    Ok(SiteStanding {
        code: site.profile.code.clone(),
        name: site.profile.name.clone(),
        headquarters: site.headquarters,
        here: site.id == node.keys().site,
        standing: Standing::of(&node.roster(), &site.id),
        past_cut: past_cut(&logs),
        logs: shown,
    })
}
