//! Invitations of new sites. Owns the shapes; the making is enrolment's.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::JsonBody;
use crate::clock;
use crate::enrolment::invite;
use crate::problem::ProblemBody;
use crate::profile::ProfileRequest;

/// An invitation that is wished for.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    /// The site that is invited.
    pub site: ProfileRequest,
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

/// Invite a site. Only at headquarters.
#[utoipa::path(post, path = "/api/v1/invitations", tag = "organisation", request_body = InvitationRequest,
    responses((status = 200, body = InvitationMade), (status = "default", body = ProblemBody)))]
pub async fn create(State(api): State<Api>, JsonBody(request): JsonBody<InvitationRequest>) -> Answer<InvitationMade> {
    let made = api.run(move |node| {
        let invited = invite::invite(node, request.site, Duration::from_secs(request.expires_s))?;
        let expires = clock::rfc3339(invited.expires_ms);
        Ok(InvitationMade { code: invited.code, invitation: invited.id.to_string(), expires })
    });
    made.await.map(Json)
}
