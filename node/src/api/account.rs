//! Whoever asks: signing in by name and password, signing out, who one is, one's own password. Owns the shapes, and who works in each
//! request; who may speak to the API at all is the guard's, what is kept of passwords [`crate::staff`]'s.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use comptoir_backoffice::registry::Module;
use comptoir_backoffice::staff::query::Known;
use comptoir_backoffice::staff::{Grant, May, Standing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::extract::JsonBody;
use crate::api::guard::{Asking, Bears};
use crate::api::lan::OWN_DEVICE_PATH;
use crate::api::session::{Holder, SIGN_IN_PATH};
use crate::api::{Api, access, allowed};
use crate::clock;
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
    /// Whether they keep the accounts of this site, and the roles; nothing restricts them.
    pub keeps_accounts: bool,
    /// Whether they may do and see all but that.
    pub everything: bool,
    /// The keys of their roles.
    pub roles: Vec<String>,
    /// What these grant, by module. Of a module that is not there they see nothing.
    pub granted: BTreeMap<String, GrantedShown>,
}

/// What somebody may do in a module.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct GrantedShown {
    /// `see`, `edit`, `post`, `import`, `export`.
    pub verbs: Vec<String>,
    /// The classes of field that they see there beside ordinary ones: `personal`, `pay`, `medical`, `legal`.
    pub classes: Vec<String>,
}

/// How whoever asks is signed in, if they are.
fn signed(node: &Node, asking: &Asking, now: Instant) -> Option<Signed> {
    match &asking.bears {
        Bears::Session(Holder::Staff(signed)) => Some(*signed),
        Bears::Device(device) => node.staff().at_device(device, now),
        Bears::Token | Bears::Account(_) | Bears::Session(Holder::Link) | Bears::Nothing => None,
    }
}

/// The account of whoever asks, if they have one and are let in by it.
fn account(node: &Node, asking: &Asking, now: Instant) -> Option<Known> {
    match &asking.bears {
        Bears::Account(token) => node.staff().by_token(token, clock::now_ms()).ok(),
        _ => node.staff().who(&signed(node, asking, now)?),
    }
}

/// Who works in a request. Whoever comes over the local network signs in, once there are accounts; on the node's own machine its key,
/// and a browser that it let in by a link, are the operator's. What an account may is what its roles grant now.
pub fn who(node: &Node, asking: &Asking, now: Instant) -> Result<Who, Problem> {
    let needed = || Problem::new(Code::SignInNeeded, "Nobody is signed in");
    match (&asking.bears, signed(node, asking, now)) {
        (Bears::Token, _) => Ok(Who::operator()),
        (Bears::Session(Holder::Link), _) if asking.here => Ok(Who::operator()),
        (Bears::Account(token), _) => {
            let account = node.staff().by_token(token, clock::now_ms())?;
            Ok(Who::new(Some(account.reference), Standing::Staff(account.grant)))
        }
        (_, Some(signed)) => {
            let account = node.staff().who(&signed).ok_or_else(needed)?;
            Ok(Who::new(Some(account.reference), Standing::Staff(account.grant)))
        }
        (_, None) if node.staff().is_in_use() => Err(needed()),
        // As before there were accounts: whoever was let in works.
        (_, None) => Ok(Who::new(None, Standing::staff(Grant::everything()))),
    }
}

/// Says for the time of a request who works, if they may ask for that, or answers in its place.
pub async fn identify(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    // What leads to no resource names nothing.
    let params = RawPathParams::from_request_parts(&mut parts, &()).await.ok();
    let named = |name: &str| {
        let found = params.iter().flatten().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.to_owned())
    };
    let request = Request::from_parts(parts, body);
    let who = match who_asks(&node, &request, named("kind").as_deref()) {
        Ok(who) => who,
        Err(problem) => return problem.into_response(),
    };
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    let surface = format!("{} {route}", request.method());
    let response = who.clone().during(next.run(request)).await;
    // Before it goes out.
    if let Some(access) = access::kept(&node, &who, surface, access::of_record(&route, named)) {
        node.accesses().keep_soon(access).await;
    }
    response
}

fn who_asks(node: &Node, request: &Request, kind: Option<&str>) -> Result<Who, Problem> {
    let (method, path) = (request.method(), request.uri().path());
    let no_door = || Problem::new(Code::Internal, "The request came by no door");
    let asking = request.extensions().get::<Asking>().ok_or_else(no_door)?;
    if matches!(asking.bears, Bears::Account(_)) && method == Method::POST && [ENTRY_PATH, SIGN_IN_PATH].contains(&path)
    {
        // A script's secret and a browser's session are never one thing.
        return Err(Problem::new(Code::BadRequest, "A token signs no browser in: ask without it"));
    }
    let enters = [ENTRY_PATH, SIGN_IN_PATH, OWN_DEVICE_PATH].contains(&path);
    let who = match who(node, asking, Instant::now()) {
        // Coming and going is open to who is not signed in.
        Err(_) if enters || asking.bears == Bears::Nothing => Who::new(None, Standing::staff(Grant::nothing())),
        who => who?,
    };
    // What leads to no resource is answered so, whoever asks.
    if let Some(route) = request.extensions().get::<MatchedPath>() {
        allowed::check(allowed::needs(method, route.as_str(), path), &who.standing, kind)?;
    }
    Ok(who)
}

fn shown(node: &Node, account: Option<Known>) -> AccountShown {
    let author = account.as_ref().map_or_else(|| node.author(), |account| account.reference.clone());
    let standing =
        account.as_ref().map_or_else(|| Who::now().standing, |account| Standing::Staff(account.grant.clone()));
    let granted = Module::ALL.iter().map(|module| {
        let verbs = May::ALL.iter().filter(|verb| standing.may(*module, **verb));
        let verbs: Vec<String> = verbs.map(|verb| verb.word().to_owned()).collect();
        let classes = standing.classes(*module).words().map(str::to_owned).collect();
        (module.name().to_owned(), GrantedShown { verbs, classes })
    });
    AccountShown {
        author,
        keeps_accounts: standing == Standing::Operator,
        everything: standing.may_everything(),
        granted: granted.filter(|(_, granted)| !granted.verbs.is_empty()).collect(),
        roles: account.as_ref().map(|account| account.roles.clone()).unwrap_or_default(),
        login: account.as_ref().map(|account| account.login.clone()),
        name: account.map(|account| account.name),
    }
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
    Ok(Json(shown(&api.node, account(&api.node, &asking, Instant::now()))))
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
    let changed = move |node: &Node| {
        let secrets = (&present, &new, &*node.roster().name);
        node.staff().change_password(&signed, secrets, from, now)
    };
    let signed = api.run(changed).await?;
    Ok((StatusCode::NO_CONTENT, entered(&api, &asking, &headers, signed, now)).into_response())
}
