//! New keys of a site: made here and asked for, bound where an admin key is. Owns the shapes; the steps are custody's. All of it is asked on the node's
//! own machine alone; the guard sees to it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::JsonBody;
use crate::api::keys::{KeysShown, shown};
use crate::clock;
use crate::custody::renewal::{self, Asked, Pending, Which};
use crate::node::Node;
use crate::problem::ProblemBody;

/// Which keys are to be made anew; none named means all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeysChosen {
    /// The one that proves who is at the end of a connection.
    #[serde(default)]
    tls: bool,
    /// The one that signs entries.
    #[serde(default)]
    signing: bool,
    /// The one that opens what is sealed to the site.
    #[serde(default)]
    sealing: bool,
}

/// New keys of this site, which wait to be bound.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct RenewalShown {
    /// When they were made; RFC 3339.
    pub since: String,
    /// Whether the key of its connections is new.
    pub tls: bool,
    /// Whether the key that signs its entries is new.
    pub signing: bool,
    /// Whether the key that opens what is sealed to it is new.
    pub sealing: bool,
    /// Their public halves, as text for whoever has an admin key.
    pub request: String,
}

/// What a site asks for, as its node told it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RekeyRequest {
    /// The text.
    request: String,
}

/// What is to be bound.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RekeyOrder {
    /// The site that is meant, by its code.
    site: String,
    /// What its node told.
    request: String,
}

/// Which keys of which site become others, or have become.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct RekeyShown {
    /// The site's code.
    pub site: String,
    /// The site's name.
    pub name: String,
    /// Whether the key of its connections becomes another.
    pub tls: bool,
    /// Whether the key that signs its entries does.
    pub signing: bool,
    /// Whether the key that opens what is sealed to it does; its scopes get new keys then.
    pub sealing: bool,
}

impl From<Pending> for RenewalShown {
    fn from(pending: Pending) -> Self {
        let Which { tls, signing, sealing } = pending.which;
        Self { since: clock::rfc3339(pending.since_ms), tls, signing, sealing, request: pending.request }
    }
}

impl From<Asked> for RekeyShown {
    fn from(asked: Asked) -> Self {
        let Which { tls, signing, sealing } = asked.which;
        Self { site: asked.site.profile.code, name: asked.site.profile.name, tls, signing, sealing }
    }
}

/// What waits here.
pub fn pending(node: &Node) -> Option<RenewalShown> {
    renewal::pending(node).map(RenewalShown::from)
}

/// Make new keys for this site, or tell again of those that wait: they are at work once an admin has bound them. The present ones stay until then.
#[utoipa::path(post, path = "/api/v1/keys/renewal", tag = "keys", request_body = KeysChosen,
    responses((status = 200, body = RenewalShown), (status = "default", body = ProblemBody)))]
pub async fn renew(State(api): State<Api>, JsonBody(chosen): JsonBody<KeysChosen>) -> Answer<RenewalShown> {
    let which = Which { tls: chosen.tls, signing: chosen.signing, sealing: chosen.sealing };
    api.run(move |node| renewal::renew(node, which).map(RenewalShown::from)).await.map(Json)
}

/// Give up the new keys that wait. Should they have been bound already, they are at work all the same.
#[utoipa::path(delete, path = "/api/v1/keys/renewal", tag = "keys",
    responses((status = 200, body = KeysShown), (status = "default", body = ProblemBody)))]
pub async fn cancel(State(api): State<Api>) -> Answer<KeysShown> {
    let cancelled = api.run(|node| {
        renewal::cancel(node)?;
        shown(node)
    });
    cancelled.await.map(Json)
}

/// Which keys of which site a request is about. Changes nothing.
#[utoipa::path(post, path = "/api/v1/keys/rekey/check", tag = "keys", request_body = RekeyRequest,
    responses((status = 200, body = RekeyShown), (status = "default", body = ProblemBody)))]
pub async fn check(State(api): State<Api>, JsonBody(asked): JsonBody<RekeyRequest>) -> Answer<RekeyShown> {
    api.run(move |node| renewal::read(node, &asked.request).map(RekeyShown::from)).await.map(Json)
}

/// Bind the new keys of a site, signed with the admin key. Where it has them already, nothing is done.
#[utoipa::path(post, path = "/api/v1/keys/rekey", tag = "keys", request_body = RekeyOrder,
    responses((status = 200, body = RekeyShown), (status = "default", body = ProblemBody)))]
pub async fn bind(State(api): State<Api>, JsonBody(order): JsonBody<RekeyOrder>) -> Answer<RekeyShown> {
    api.run(move |node| renewal::bind(node, &order.site, &order.request).map(RekeyShown::from)).await.map(Json)
}
