//! The doors: who may speak to the API at all, on this machine and on the local network. Owns the checks of host, origin and token,
//! what is asked on this machine alone, the bound on requests at one time, the deadline of each, and the headers that every answer
//! bears.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, ORIGIN};
use axum::http::{Extensions, HeaderMap, HeaderName, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use comptoir_door::headers::{harden, text};
use comptoir_door::listener::{ArrivedAt, ComesFrom};
use tokio::sync::Semaphore;

use crate::api::account::ENTRY_PATH;
use crate::api::allowed::{Needs, needs};
use crate::api::lan::DEVICES_PATH;
use crate::api::session::{Holder, SIGN_IN_PATH, Sessions};
use crate::clock;
use crate::limits::{
    LONG_REQUEST_DEADLINE, MAX_BODY_BYTES, MAX_CONCURRENT_REQUESTS, MAX_IMPORT_BYTES, REQUEST_DEADLINE,
};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::staff::{TokenId, is_token};

/// What is asked of whoever speaks to the API.
#[derive(Clone)]
pub struct Door {
    inner: Arc<Inner>,
    /// The node behind it, once there is one: its staff have tokens.
    node: Option<Arc<Node>>,
}

struct Inner {
    way: Way,
    places: Semaphore,
}

/// Whoever asks, as the door knows them; each request that it lets through bears it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// What they bear.
    pub bears: Bears,
    /// Whether they are on this machine.
    pub here: bool,
    /// From where they ask.
    pub from: IpAddr,
}

/// What a request bears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bears {
    /// The token of this machine.
    Token,
    /// This token of an account: whoever bears it is the account, wherever they ask, and never the operator.
    Account(TokenId),
    /// The secret of this device, which was let in.
    Device(String),
    /// The cookie of a session.
    Session(Holder),
    /// Nothing: it signs in.
    Nothing,
}

impl Asking {
    /// The device, if one asks.
    pub fn device(&self) -> Option<&str> {
        match &self.bears {
            Bears::Device(id) => Some(id),
            _ => None,
        }
    }
}

/// Which door it is.
enum Way {
    /// Of this machine alone: over the loopback, or within the process.
    Here { token: blake3::Hash, hosts: Vec<String>, sessions: Sessions },
    /// Of the local network, over TLS.
    Lan(Arc<Node>),
}

impl Door {
    /// A door for requests that bear `token` and name one of `hosts` (`name:port`, lower case).
    pub fn new(token: &str, hosts: Vec<String>) -> Self {
        let port = hosts.first().and_then(|host| host.rsplit(':').next()?.parse().ok()).unwrap_or_default();
        let sessions = Sessions::new(port);
        Self::of(Way::Here { token: blake3::hash(token.as_bytes()), hosts, sessions })
    }

    /// The door of a node on the local network: for browsers that signed in there, and devices that were let in.
    pub fn lan(node: Arc<Node>) -> Self {
        Self::of(Way::Lan(Arc::clone(&node))).before(node)
    }

    fn of(way: Way) -> Self {
        Self { inner: Arc::new(Inner { way, places: Semaphore::new(MAX_CONCURRENT_REQUESTS) }), node: None }
    }

    /// The same door before a node, whose tokens it takes.
    #[must_use]
    pub fn before(self, node: Arc<Node>) -> Self {
        Self { node: Some(node), ..self }
    }

    /// The hosts by which a listener on a loopback port may be called. A name that an attacker points at this machine
    /// (DNS rebinding) is none of them.
    pub fn loopback_hosts(port: u16) -> Vec<String> {
        ["127.0.0.1", "localhost", "[::1]"].iter().map(|name| format!("{name}:{port}")).collect()
    }

    /// Browsers that are signed in.
    pub fn sessions(&self) -> &Sessions {
        match &self.inner.way {
            Way::Here { sessions, .. } => sessions,
            Way::Lan(node) => node.lan().sessions(),
        }
    }

    /// Checks by which name the request calls this node: one of those of this machine, or the address at which it arrived. A
    /// name that an attacker points here is neither. What comes back is the origin of the pages served there.
    pub fn check_host(&self, headers: &HeaderMap, extensions: &Extensions) -> Result<String, Problem> {
        let host = text(headers, &HOST).unwrap_or_default();
        let (scheme, is_ours) = match &self.inner.way {
            Way::Here { hosts, .. } => ("http", hosts.contains(&host)),
            Way::Lan(_) => ("https", extensions.get::<ArrivedAt>().is_some_and(|at| at.is_called(&host))),
        };
        if !is_ours || headers.get_all(HOST).iter().count() != 1 {
            return Err(Problem::new(Code::HostForbidden, "The request names another host").with("host", host));
        }
        Ok(format!("{scheme}://{host}"))
    }

    /// Checks one request: its host, the page that it comes from, its token or session, and what it asks for. Who asks.
    fn check(&self, request: &Request) -> Result<Asking, Problem> {
        let (headers, path) = (request.headers(), request.uri().path());
        let own = self.check_host(headers, request.extensions())?;
        let text = |name: &HeaderName| text(headers, name);
        if let Some(origin) = text(&ORIGIN)
            && origin != own
        {
            let problem = Problem::new(Code::OriginForbidden, "The request comes from a page of another origin");
            return Err(problem.with("origin", origin));
        }
        if text(&HeaderName::from_static("sec-fetch-site")).is_some_and(|site| site != "same-origin" && site != "none")
        {
            return Err(Problem::new(Code::OriginForbidden, "The request comes from a page of another site"));
        }
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        let signs_in =
            path == ENTRY_PATH || (request.method() == Method::POST && [SIGN_IN_PATH, DEVICES_PATH].contains(&path));
        let session = || self.sessions().holder(headers, Instant::now()).map(Bears::Session);
        let bears = match (&self.inner.way, bearer) {
            (_, Some(borne)) if is_token(borne) => self.account_of(borne)?,
            // Hashes are compared in constant time.
            (Way::Here { token, .. }, Some(borne)) => (blake3::hash(borne) == *token).then_some(Bears::Token),
            (Way::Lan(node), Some(secret)) => node.lan().device(secret).map(|device| Bears::Device(device.id)),
            (_, None) => session().or(signs_in.then_some(Bears::Nothing)),
        };
        let unauthorised =
            || Problem::new(Code::Unauthorised, "The request bears no valid token, and no session is open");
        let bears = bears.ok_or_else(unauthorised)?;
        let here = matches!(self.inner.way, Way::Here { .. });
        let route = request.extensions().get::<MatchedPath>().map_or(path, MatchedPath::as_str);
        if !here && needs(request.method(), route, path) == Some(Needs::Operator) {
            return Err(Problem::new(Code::OnlyHere, "This is not done over the local network"));
        }
        let from = request.extensions().get::<ComesFrom>().map_or(Ipv4Addr::LOCALHOST.into(), |from| from.0);
        Ok(Asking { bears, here, from })
    }

    /// Whose token this is. No wrong one makes anybody wait: 256 random bits are not guessed.
    fn account_of(&self, secret: &[u8]) -> Result<Option<Bears>, Problem> {
        let Some(node) = &self.node else { return Ok(None) };
        node.staff().borne(secret, clock::now_ms()).map(|token| Some(Bears::Account(token)))
    }
}

/// Lets a request through, or answers in its place.
pub async fn guard(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    let started = (request.method().clone(), request.uri().path().to_owned());
    let mut response = match door.check(&request) {
        Err(problem) => problem.into_response(),
        Ok(asking) => match door.inner.places.acquire().await {
            Ok(_place) => {
                request.extensions_mut().insert(asking);
                next.run(request).await
            }
            Err(_) => Problem::new(Code::Stopping, "The node is stopping").into_response(),
        },
    };
    tracing::debug!(method = %started.0, path = %started.1, status = response.status().as_u16(), "request");
    harden(response.headers_mut());
    response
}

/// Answers a request that is too large, or is not done in time; the work may still take effect then, and the answer says so.
pub async fn short(request: Request, next: Next) -> Response {
    within(REQUEST_DEADLINE, MAX_BODY_BYTES, request, next).await
}

/// As [`short`], for work that takes long by its nature, and for whole files.
pub async fn long(request: Request, next: Next) -> Response {
    within(LONG_REQUEST_DEADLINE, MAX_IMPORT_BYTES, request, next).await
}

async fn within(deadline: Duration, most_bytes: usize, request: Request, next: Next) -> Response {
    // Refused by what it announces, before a byte of it is read. What announces nothing is counted while it is read.
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > most_bytes as u64) {
        let message = format!("The request is larger than {most_bytes} bytes");
        return Problem::new(Code::BodyTooLarge, message).with("limit", most_bytes).into_response();
    }
    tokio::time::timeout(deadline, next.run(request)).await.unwrap_or_else(|_| {
        let message = format!("The request was not done within {} s", deadline.as_secs());
        Problem::new(Code::TimedOut, message).into_response()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn request(method: &Method, path: &str, pairs: &[(&str, &str)]) -> Request {
        let builder = Request::builder().method(method).uri(path);
        let builder = pairs.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
        builder.body(axum::body::Body::empty()).unwrap()
    }

    fn code(verdict: Result<Asking, Problem>) -> String {
        verdict.err().map_or("ok".into(), |problem| problem.code)
    }

    fn verdict(pairs: &[(&str, &str)]) -> String {
        let door = Door::new("secret", Door::loopback_hosts(4000));
        code(door.check(&request(&Method::GET, "/api/v1/status", pairs)))
    }

    #[test]
    fn f37_host_origin_and_token_are_all_asked() {
        let token = ("authorization", "Bearer secret");
        let host = ("host", "127.0.0.1:4000");
        assert_eq!(verdict(&[host, token]), "ok");
        assert_eq!(verdict(&[("host", "LOCALHOST:4000"), token]), "ok");
        assert_eq!(verdict(&[host, token, ("origin", "http://127.0.0.1:4000")]), "ok");
        assert_eq!(verdict(&[token]), "host-forbidden");
        assert_eq!(verdict(&[("host", "evil.example:4000"), token]), "host-forbidden");
        assert_eq!(verdict(&[("host", "127.0.0.1"), token]), "host-forbidden");
        assert_eq!(verdict(&[host, token, ("origin", "http://evil.example")]), "origin-forbidden");
        assert_eq!(verdict(&[host, token, ("origin", "https://127.0.0.1:4000")]), "origin-forbidden");
        assert_eq!(verdict(&[host, token, ("origin", "null")]), "origin-forbidden");
        assert_eq!(verdict(&[host, token, ("sec-fetch-site", "cross-site")]), "origin-forbidden");
        assert_eq!(verdict(&[host]), "unauthorised");
        assert_eq!(verdict(&[host, ("authorization", "Bearer other")]), "unauthorised");
        assert_eq!(verdict(&[host, ("authorization", "secret")]), "unauthorised");
        assert_eq!(verdict(&[host, ("cookie", "comptoir-4000=secret")]), "unauthorised");
    }

    #[test]
    fn a_request_that_signs_in_still_needs_a_page_of_ours() {
        let door = Door::new("secret", Door::loopback_hosts(4000));
        let signs_in = |pairs: &[(&str, &str)]| code(door.check(&request(&Method::POST, SIGN_IN_PATH, pairs)));
        let host = ("host", "127.0.0.1:4000");
        assert_eq!(signs_in(&[host, ("origin", "http://127.0.0.1:4000"), ("sec-fetch-site", "same-origin")]), "ok");
        assert_eq!(signs_in(&[host, ("origin", "http://127.0.0.1:4001")]), "origin-forbidden");
        assert_eq!(signs_in(&[host, ("sec-fetch-site", "same-site")]), "origin-forbidden");
        assert_eq!(signs_in(&[host, ("authorization", "Bearer other")]), "unauthorised");
        assert_eq!(code(door.check(&request(&Method::GET, SIGN_IN_PATH, &[host]))), "unauthorised");
        assert_eq!(code(door.check(&request(&Method::POST, ENTRY_PATH, &[host]))), "ok");
        let foreign = ("origin", "http://evil.example");
        assert_eq!(code(door.check(&request(&Method::POST, ENTRY_PATH, &[host, foreign]))), "origin-forbidden");
    }
}
