//! What headquarters' console asks, to be approved or declined here. Owns the shapes; deciding is [`crate::console`]'s.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use comptoir_sync_protocol::console::ConsoleAct;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Segments};
use crate::api::invitations::InvitationMade;
use crate::console::file::{Decision, Kept};
use crate::console::{self, word};
use crate::node::Node;
use crate::problem::ProblemBody;
use crate::{clock, limits};

/// What the console has asked.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct ConsoleRequests {
    /// What waits first, then the latest.
    pub requests: Vec<ConsoleRequestShown>,
}

/// One request of the console.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct ConsoleRequestShown {
    /// Which.
    pub id: String,
    /// When it was asked, by the relay's clock; RFC 3339.
    pub at: String,
    /// The account of the console that asks, as the relay says.
    pub by: String,
    /// Why.
    pub reason: String,
    /// `invite`, `suspend`, `resume`, `revoke` or `rotate`; `unknown`: of a newer console, to be declined.
    pub act: String,
    /// The site that it is about: that is to be invited, or that is there.
    pub site: Option<SiteNamed>,
    /// The scope that it is about.
    pub scope: Option<String>,
    /// What was decided; none: it waits.
    pub decision: Option<ConsoleDecision>,
}

/// A site, as a request names it.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SiteNamed {
    /// Its code.
    pub code: String,
    /// Its name; empty: none is given.
    pub name: String,
    /// ISO 3166-1 alpha-2; empty where it is not known.
    pub country: String,
}

/// What was decided of a request.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct ConsoleDecision {
    /// Whether it was done; else it was declined.
    pub done: bool,
    /// Who decided.
    pub by: String,
    /// What they said to it.
    pub said: String,
    /// When; RFC 3339.
    pub at: String,
}

/// How a request is approved.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleApproval {
    /// For how long the code of an invitation is valid, in seconds; a week when nothing is said.
    pub expires_s: Option<u64>,
}

/// What came of a request that was approved.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct ConsoleApproved {
    /// The invitation, where one was asked for. Its code is shown this once.
    pub invitation: Option<InvitationMade>,
}

/// Why a request is declined.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleDeclined {
    /// What is said to it.
    pub answer: String,
}

/// List what headquarters' console has asked. Only at headquarters is there anything.
#[utoipa::path(get, path = "/api/v1/console-requests", tag = "organisation",
    responses((status = 200, body = ConsoleRequests), (status = "default", body = ProblemBody)))]
pub async fn list(State(api): State<Api>) -> Answer<ConsoleRequests> {
    let listed = api.run(|node| {
        let requests = console::list(node)?.into_iter().map(|kept| shown(node, kept)).collect();
        Ok(ConsoleRequests { requests })
    });
    listed.await.map(Json)
}

/// Do what the console asks. Only at headquarters.
#[utoipa::path(post, path = "/api/v1/console-requests/{id}/approve", tag = "organisation", request_body = ConsoleApproval,
    params(("id" = String, Path, description = "Which request")),
    responses((status = 200, body = ConsoleApproved), (status = "default", body = ProblemBody)))]
pub async fn approve(
    State(api): State<Api>,
    Segments(id): Segments<String>,
    JsonBody(approval): JsonBody<ConsoleApproval>,
) -> Answer<ConsoleApproved> {
    let valid_for = approval.expires_s.map_or(limits::INVITATION_VALIDITY, Duration::from_secs);
    let approved = api.run(move |node| {
        let invited = console::approve(node, &id, valid_for)?;
        Ok(ConsoleApproved { invitation: invited.map(InvitationMade::from) })
    });
    approved.await.map(Json)
}

/// Decline what the console asks. Only at headquarters.
#[utoipa::path(post, path = "/api/v1/console-requests/{id}/decline", tag = "organisation", request_body = ConsoleDeclined,
    params(("id" = String, Path, description = "Which request")),
    responses((status = 200, body = ConsoleRequests), (status = "default", body = ProblemBody)))]
pub async fn decline(
    State(api): State<Api>,
    Segments(id): Segments<String>,
    JsonBody(declined): JsonBody<ConsoleDeclined>,
) -> Answer<ConsoleRequests> {
    api.run(move |node| console::decline(node, &id, &declined.answer)).await?;
    list(State(api)).await
}

fn shown(node: &Node, Kept { request, decision }: Kept) -> ConsoleRequestShown {
    let act = word(&request.act).to_owned();
    let (mut site, mut scope) = (None, None);
    match request.act {
        ConsoleAct::Invite(wish) => {
            site = Some(SiteNamed { code: wish.code, name: wish.name, country: wish.country });
        }
        ConsoleAct::Suspend(subject) | ConsoleAct::Resume(subject) | ConsoleAct::Revoke(subject) => {
            let known = node.roster().sites.get(&subject.site).map(|site| site.profile.clone());
            let named =
                known.map(|profile| SiteNamed { code: profile.code, name: profile.name, country: profile.country });
            let unknown = || SiteNamed { code: subject.site.to_string(), name: String::new(), country: String::new() };
            site = Some(named.unwrap_or_else(unknown));
        }
        ConsoleAct::Rotate(subject) => scope = Some(node.scope_name(&subject.scope)),
        ConsoleAct::JudgeAgain(_) | ConsoleAct::Unknown(..) => {}
    }
    let decided = |Decision { done, by, said, at_ms }| ConsoleDecision { done, by, said, at: clock::rfc3339(at_ms) };
    ConsoleRequestShown {
        id: request.id.to_string(),
        at: clock::rfc3339(request.at_ms),
        by: request.by,
        reason: request.reason,
        act,
        site,
        scope,
        decision: decision.map(decided),
    }
}
