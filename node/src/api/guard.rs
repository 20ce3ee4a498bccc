//! The door: who may speak to the API at all. Owns the checks of host, origin and token, the bound on requests at one time,
//! the deadline of each, and the headers that every answer bears. Knows no resource.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use crate::api::session::{SIGN_IN_PATH, Sessions};
use crate::limits::{
    LONG_REQUEST_DEADLINE, MAX_BODY_BYTES, MAX_CONCURRENT_REQUESTS, MAX_IMPORT_BYTES, REQUEST_DEADLINE,
};
use crate::problem::{Code, Problem};

/// What is asked of whoever speaks to the API.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

struct Inner {
    token: blake3::Hash,
    hosts: Vec<String>,
    sessions: Sessions,
    places: Semaphore,
}

impl Door {
    /// A door for requests that bear `token` and name one of `hosts` (`name:port`, lower case).
    pub fn new(token: &str, hosts: Vec<String>) -> Self {
        let places = Semaphore::new(MAX_CONCURRENT_REQUESTS);
        let port = hosts.first().and_then(|host| host.rsplit(':').next()?.parse().ok()).unwrap_or_default();
        Self(Arc::new(Inner { token: blake3::hash(token.as_bytes()), hosts, sessions: Sessions::new(port), places }))
    }

    /// The hosts by which a listener on a loopback port may be called. A name that an attacker points at this machine
    /// (DNS rebinding) is none of them.
    pub fn loopback_hosts(port: u16) -> Vec<String> {
        ["127.0.0.1", "localhost", "[::1]"].iter().map(|name| format!("{name}:{port}")).collect()
    }

    /// Browsers that are signed in.
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// Checks by which name the request calls this node.
    pub fn check_host(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let host = text(headers, &HOST).unwrap_or_default();
        if !self.0.hosts.contains(&host) || headers.get_all(HOST).iter().count() != 1 {
            return Err(Problem::new(Code::HostForbidden, "The request names another host").with("host", host));
        }
        Ok(())
    }

    /// Checks one request's headers: its host, the page that it comes from, and its token or session.
    fn check(&self, headers: &HeaderMap, signs_in: bool) -> Result<(), Problem> {
        self.check_host(headers)?;
        let text = |name: &HeaderName| text(headers, name);
        if let Some(origin) = text(&ORIGIN)
            && !self.0.hosts.iter().any(|host| origin.strip_prefix("http://") == Some(host))
        {
            let problem = Problem::new(Code::OriginForbidden, "The request comes from a page of another origin");
            return Err(problem.with("origin", origin));
        }
        if text(&HeaderName::from_static("sec-fetch-site")).is_some_and(|site| site != "same-origin" && site != "none")
        {
            return Err(Problem::new(Code::OriginForbidden, "The request comes from a page of another site"));
        }
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        // Hashes are compared in constant time.
        let authorised = match bearer {
            Some(token) => blake3::hash(token) == self.0.token,
            None => signs_in || self.0.sessions.holds(headers, Instant::now()),
        };
        if !authorised {
            return Err(Problem::new(Code::Unauthorised, "The request bears no valid token, and no session is open"));
        }
        Ok(())
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(|value| value.to_str().unwrap_or("").to_ascii_lowercase())
}

/// Lets a request through, or answers in its place.
pub async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    let started = (request.method().clone(), request.uri().path().to_owned());
    let signs_in = request.method() == Method::POST && request.uri().path() == SIGN_IN_PATH;
    let mut response = match door.check(request.headers(), signs_in) {
        Err(problem) => problem.into_response(),
        Ok(()) => match door.0.places.acquire().await {
            Ok(_place) => next.run(request).await,
            Err(_) => Problem::new(Code::Stopping, "The node is stopping").into_response(),
        },
    };
    tracing::debug!(method = %started.0, path = %started.1, status = response.status().as_u16(), "request");
    harden(&mut response);
    response
}

/// Sets the headers that every answer bears, where it has no others of these names.
pub fn harden(response: &mut Response) {
    for (name, value) in [
        ("cache-control", "no-store"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
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

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    fn verdict(pairs: &[(&str, &str)]) -> String {
        let door = Door::new("secret", Door::loopback_hosts(4000));
        door.check(&headers(pairs), false).err().map_or("ok".into(), |problem| problem.code)
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
        let signs_in = |pairs: &[(&str, &str)]| door.check(&headers(pairs), true).err().map(|problem| problem.code);
        let host = ("host", "127.0.0.1:4000");
        assert_eq!(signs_in(&[host, ("origin", "http://127.0.0.1:4000"), ("sec-fetch-site", "same-origin")]), None);
        assert_eq!(signs_in(&[host, ("origin", "http://127.0.0.1:4001")]).as_deref(), Some("origin-forbidden"));
        assert_eq!(signs_in(&[host, ("sec-fetch-site", "same-site")]).as_deref(), Some("origin-forbidden"));
        assert_eq!(signs_in(&[host, ("authorization", "Bearer other")]).as_deref(), Some("unauthorised"));
    }
}
