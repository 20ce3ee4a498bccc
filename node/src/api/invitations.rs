//! Invitations of new sites. Owns the shapes; the making and the withdrawing are enrolment's.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Segments};
use crate::clock;
use crate::enrolment::invite::{self, Invited};
use crate::problem::{Code, Problem, ProblemBody};
use crate::profile::ProfileRequest;

/// An invitation that is wished for.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    /// The site that is invited; or else
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<ProfileRequest>,
    /// the id of a request that is granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// For how long the code is valid, in seconds.
    pub expires_s: u64,
}

/// An invitation that was made. The code is shown this once.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct InvitationMade {
    /// The code for `join`.
    pub code: String,
    /// Which invitation.
    pub invitation: String,
    /// From then on it is void; RFC 3339.
    pub expires: String,
}

impl From<Invited> for InvitationMade {
    fn from(Invited { code, id, expires_ms }: Invited) -> Self {
        Self { code, invitation: id.to_string(), expires: clock::rfc3339(expires_ms) }
    }
}

/// Invitations that are open.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Invitations {
    /// Those that expire first come first.
    pub invitations: Vec<InvitationShown>,
}

/// An invitation that is open. Its code is not shown again.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct InvitationShown {
    /// Which.
    pub id: String,
    /// The code of the site that is invited.
    pub site: String,
    /// Its name.
    pub name: String,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: String,
    /// From then on it is void; RFC 3339.
    pub expires: String,
    /// Whether it is void already.
    pub expired: bool,
}

/// List the invitations that were made here and neither used nor withdrawn.
#[utoipa::path(get, path = "/api/v1/invitations", tag = "organisation",
    responses((status = 200, body = Invitations), (status = "default", body = ProblemBody)))]
pub async fn list(State(api): State<Api>) -> Answer<Invitations> {
    let listed = api.run(|node| {
        let now_ms = clock::now_ms();
        let shown = invite::open(node)?.into_iter().map(|invitation| InvitationShown {
            id: invitation.id.to_string(),
            site: invitation.profile.code,
            name: invitation.profile.name,
            country: invitation.profile.country,
            expires: clock::rfc3339(invitation.expires_ms),
            expired: invitation.expires_ms <= now_ms,
        });
        Ok(Invitations { invitations: shown.collect() })
    });
    listed.await.map(Json)
}

/// Withdraw an invitation that was not used yet: its code is good for nothing from then on.
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", tag = "organisation",
    params(("id" = String, Path, description = "Which invitation")),
    responses((status = 204, description = "Withdrawn"), (status = "default", body = ProblemBody)))]
pub async fn withdraw(State(api): State<Api>, Segments(id): Segments<String>) -> Result<StatusCode, Problem> {
    api.run(move |node| invite::withdraw(node, &id)).await.map(|()| StatusCode::NO_CONTENT)
}

/// Invite a site. Only at headquarters.
#[utoipa::path(post, path = "/api/v1/invitations", tag = "organisation", request_body = InvitationRequest,
    responses((status = 200, body = InvitationMade), (status = "default", body = ProblemBody)))]
pub async fn create(State(api): State<Api>, JsonBody(request): JsonBody<InvitationRequest>) -> Answer<InvitationMade> {
    let made = api.run(move |node| {
        let valid_for = Duration::from_secs(request.expires_s);
        let invited = match (request.site, request.request) {
            (Some(site), None) => invite::invite(node, site, valid_for)?,
            (None, Some(asked)) => invite::invite_asked(node, &asked, valid_for)?,
            _ => return Err(Problem::new(Code::BadRequest, "An invitation is of a site, or of a request for one")),
        };
        Ok(InvitationMade::from(invited))
    });
    made.await.map(Json)
}
