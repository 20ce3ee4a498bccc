//! Whoever asks: signing in by name and password, signing out, who one is, one's own password. Owns the shapes, and who works in each
//! request; who may speak to the API at all is the guard's, what is kept of passwords [`crate::staff`]'s.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use comptoir_backoffice::staff::Standing;
use comptoir_backoffice::staff::query::Known;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::JsonBody;
use crate::api::guard::{Asking, Bears, is_the_operators};
use crate::api::lan::OWN_DEVICE_PATH;
use crate::api::session::{Holder, SIGN_IN_PATH};
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};
use crate::staff::{Signed, Typed};
use crate::who::Who;

/// Where somebody signs in and out: asks for no token.
pub const ENTRY_PATH: &str = "/api/v1/account/entry";

/// Whether people sign in here.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct EntryShown {
    /// Somebody can sign in by name and password; over the local network everybody must.
    pub accounts: bool,
}

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryRequest {
    /// Their name: `aminata`.
    pub login: String,
    /// Their password.
    #[schema(value_type = String)]
    pub password: Typed,
}

/// A password to put in the place of one's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPasswordRequest {
    /// The present one.
    #[schema(value_type = String)]
    pub present: Typed,
    /// The new one.
    #[schema(value_type = String)]
    pub new: Typed,
}

/// Whoever asks.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct AccountShown {
    /// Who is named as the author of what they write: `PAR/aminata`, or `PAR/operator`.
    pub author: String,
    /// The name that they sign in with; nothing of whoever did not sign in by one.
    pub login: Option<String>,
    /// Their name, as people write it.
    pub name: Option<String>,
    /// Whether they keep the accounts of this site.
    pub keeps_accounts: bool,
}

/// How whoever asks is signed in, if they are.
fn signed(node: &Node, asking: &Asking, now: Instant) -> Option<Signed> {
    match &asking.bears {
        Bears::Session(Holder::Staff(signed)) => Some(*signed),
        Bears::Device(device) => node.staff().at_device(device, now),
        Bears::Token | Bears::Session(Holder::Link) | Bears::Nothing => None,
    }
}

/// Who works in a request. Whoever comes over the local network signs in, once there are accounts; on the node's own machine its key,
/// and a browser that it let in by a link, are the operator's.
pub fn who(node: &Node, asking: &Asking, now: Instant) -> Result<Who, Problem> {
    let as_before = Who { author: None, standing: Standing::Staff };
    let needed = || Problem::new(Code::SignInNeeded, "Nobody is signed in");
    match (&asking.bears, signed(node, asking, now)) {
        (Bears::Token, _) => Ok(Who::OPERATOR),
        (Bears::Session(Holder::Link), _) if asking.here => Ok(Who::OPERATOR),
        (_, Some(signed)) => {
            let account = node.staff().who(&signed).ok_or_else(needed)?;
            Ok(Who { author: Some(account.reference), standing: Standing::Staff })
        }
        (_, None) if node.staff().is_in_use() => Err(needed()),
        (_, None) => Ok(as_before),
    }
}

/// Says for the time of a request who works, or answers in its place.
pub async fn identify(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    match who_asks(&node, &request) {
        Ok(who) => who.during(next.run(request)).await,
        Err(problem) => problem.into_response(),
    }
}

fn who_asks(node: &Node, request: &Request) -> Result<Who, Problem> {
    let (method, path) = (request.method(), request.uri().path());
    let no_door = || Problem::new(Code::Internal, "The request came by no door");
    let asking = request.extensions().get::<Asking>().ok_or_else(no_door)?;
    let enters = [ENTRY_PATH, SIGN_IN_PATH, OWN_DEVICE_PATH].contains(&path);
    let who = match who(node, asking, Instant::now()) {
        // Coming and going is open to who is not signed in.
        Err(_) if enters || asking.bears == Bears::Nothing => Who { author: None, standing: Standing::Staff },
        who => who?,
    };
    if who.standing != Standing::Operator && is_the_operators(method, path) {
        let message = "Whoever holds the key of the node does this, on its own machine";
        return Err(Problem::new(Code::OperatorOnly, message));
    }
    Ok(who)
}

fn shown(node: &Node, account: Option<Known>) -> AccountShown {
    let author = account.as_ref().map_or_else(|| node.author(), |account| account.reference.clone());
    let keeps_accounts = account.is_none() && Who::now().standing == Standing::Operator;
    let (login, name) = account.map(|account| (account.login, account.name)).unzip();
    AccountShown { author, login, name, keeps_accounts }
}

/// Whether people sign in here by name and password. Asks for no token.
#[utoipa::path(get, path = "/api/v1/account/entry", tag = "account", security(()),
    responses((status = 200, body = EntryShown), (status = "default", body = ProblemBody)))]
pub async fn entry(State(api): State<Api>) -> Answer<EntryShown> {
    Ok(Json(EntryShown { accounts: api.node.staff().is_in_use() }))
}

/// Sign in by name and password: a browser gets a session cookie, at a device that was let in its requests are theirs from then on.
/// Asks for no token. After some wrong guesses there is a wait, by account and by address.
#[utoipa::path(post, path = "/api/v1/account/entry", tag = "account", request_body = EntryRequest, security(()),
    responses((status = 200, body = AccountShown), (status = "default", body = ProblemBody)))]
pub async fn enter(
    State(api): State<Api>,
    Extension(asking): Extension<Asking>,
    headers: HeaderMap,
    JsonBody(EntryRequest { login, password }): JsonBody<EntryRequest>,
) -> Result<Response, Problem> {
    let (from, now) = (asking.from, Instant::now());
    let (signed, account) = api.run(move |node| node.staff().sign_in(&login, &password, from, now)).await?;
    let account = Json(shown(&api.node, Some(account)));
    Ok((entered(&api, &asking, &headers, signed, now), account).into_response())
}

/// Somebody is signed in where they ask: the cookie that says so, unless a device does.
fn entered(api: &Api, asking: &Asking, headers: &HeaderMap, signed: Signed, now: Instant) -> HeaderMap {
    if let Some(device) = asking.device() {
        api.node.staff().enter(device, signed, now);
        return HeaderMap::new();
    }
    let cookie = api.entrance.sessions.enter(headers, Holder::Staff(signed), now);
    cookie.parse().map(|cookie| (SET_COOKIE, cookie)).into_iter().collect()
}

/// Sign out.
#[utoipa::path(delete, path = "/api/v1/account/entry", tag = "account",
    responses((status = 204, description = "Signed out"), (status = "default", body = ProblemBody)))]
pub async fn leave(State(api): State<Api>, Extension(asking): Extension<Asking>, headers: HeaderMap) -> Response {
    if let Some(device) = asking.device() {
        api.node.staff().leave(device);
        return StatusCode::NO_CONTENT.into_response();
    }
    (StatusCode::NO_CONTENT, [(SET_COOKIE, api.entrance.sessions.leave(&headers))]).into_response()
}

/// Who asks.
#[utoipa::path(get, path = "/api/v1/account", tag = "account",
    responses((status = 200, body = AccountShown), (status = "default", body = ProblemBody)))]
pub async fn read(State(api): State<Api>, Extension(asking): Extension<Asking>) -> Answer<AccountShown> {
    let signed = signed(&api.node, &asking, Instant::now());
    Ok(Json(shown(&api.node, signed.and_then(|signed| api.node.staff().who(&signed)))))
}

/// Set one's own password. Whoever else is signed in to the account is signed out.
#[utoipa::path(post, path = "/api/v1/account/password", tag = "account", request_body = OwnPasswordRequest,
    responses((status = 204, description = "Set"), (status = "default", body = ProblemBody)))]
pub async fn password(
    State(api): State<Api>,
    Extension(asking): Extension<Asking>,
    headers: HeaderMap,
    JsonBody(OwnPasswordRequest { present, new }): JsonBody<OwnPasswordRequest>,
) -> Result<Response, Problem> {
    let now = Instant::now();
    let needed = || Problem::new(Code::SignInNeeded, "Nobody is signed in by name and password");
    let signed = signed(&api.node, &asking, now).ok_or_else(needed)?;
    let from = asking.from;
    let changed = move |node: &Node| node.staff().change_password(&signed, (&present, &new), from, now);
    let signed = api.run(changed).await?;
    Ok((StatusCode::NO_CONTENT, entered(&api, &asking, &headers, signed, now)).into_response())
}
