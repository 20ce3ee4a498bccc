//! Sites that are asked for. Owns the shapes; asking and deciding are enrolment's.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::organisation::query::Asked;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Segments};
use crate::enrolment::requests;
use crate::problem::ProblemBody;
use crate::profile::ProfileRequest;

/// A site that is asked for.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteRequestMade {
    /// The site.
    pub site: ProfileRequest,
    /// Why it is wished for.
    #[serde(default)]
    pub reason: String,
}

/// What headquarters says to a request that it declines.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteRequestDeclined {
    /// Why.
    #[serde(default)]
    pub answer: String,
}

/// Sites that are asked for.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SiteRequests {
    /// The undecided first, then the latest.
    pub requests: Vec<SiteRequestShown>,
}

/// A request for a site, and what became of it.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SiteRequestShown {
    /// Which.
    pub id: String,
    /// The site.
    pub site: ProfileRequest,
    /// Why it is wished for.
    pub reason: String,
    /// The code of the site that asks.
    pub asked_by: String,
    /// `invited`, `declined`, or empty: nothing is decided yet.
    pub decision: String,
    /// What headquarters has to say to it.
    pub answer: String,
}

fn shown(Asked { id, request }: Asked) -> SiteRequestShown {
    let site = requests::profile(&request);
    SiteRequestShown {
        id: id.to_string(),
        site,
        reason: request.reason,
        asked_by: request.asked_by,
        decision: request.decision,
        answer: request.answer,
    }
}

/// List the sites that are asked for.
#[utoipa::path(get, path = "/api/v1/site-requests", tag = "organisation",
    responses((status = 200, body = SiteRequests), (status = "default", body = ProblemBody)))]
pub async fn list(State(api): State<Api>) -> Answer<SiteRequests> {
    let listed = api.run(|node| Ok(SiteRequests { requests: requests::list(node)?.into_iter().map(shown).collect() }));
    listed.await.map(Json)
}

/// Ask headquarters for a site. At any site; an invitation is headquarters' to make.
#[utoipa::path(post, path = "/api/v1/site-requests", tag = "organisation", request_body = SiteRequestMade,
    responses((status = 200, body = SiteRequestShown), (status = "default", body = ProblemBody)))]
pub async fn ask(State(api): State<Api>, JsonBody(asked): JsonBody<SiteRequestMade>) -> Answer<SiteRequestShown> {
    api.run(move |node| requests::ask(node, asked.site, &asked.reason).map(shown)).await.map(Json)
}

/// Decline a request. Only at headquarters.
#[utoipa::path(post, path = "/api/v1/site-requests/{id}/decline", tag = "organisation",
    request_body = SiteRequestDeclined, params(("id" = String, Path, description = "Which request")),
    responses((status = 200, body = SiteRequestShown), (status = "default", body = ProblemBody)))]
pub async fn decline(
    State(api): State<Api>,
    Segments(id): Segments<String>,
    JsonBody(declined): JsonBody<SiteRequestDeclined>,
) -> Answer<SiteRequestShown> {
    api.run(move |node| requests::decline(node, &id, &declined.answer).map(shown)).await.map(Json)
}
