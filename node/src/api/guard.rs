//! The door: who may speak to the API at all. Owns the checks of host, origin and token, the bound on requests at one time,
//! the deadline of each, and the headers that every answer bears. Knows no resource.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

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
    places: Semaphore,
}

impl Door {
    /// A door for requests that bear `token` and name one of `hosts` (`name:port`, lower case).
    pub fn new(token: &str, hosts: Vec<String>) -> Self {
        let places = Semaphore::new(MAX_CONCURRENT_REQUESTS);
        Self(Arc::new(Inner { token: blake3::hash(token.as_bytes()), hosts, places }))
    }

    /// The hosts by which a listener on a loopback port may be called. A name that an attacker points at this machine
    /// (DNS rebinding) is none of them.
    pub fn loopback_hosts(port: u16) -> Vec<String> {
        ["127.0.0.1", "localhost", "[::1]"].iter().map(|name| format!("{name}:{port}")).collect()
    }

    /// Checks one request's headers.
    fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("").to_ascii_lowercase());
        let host = text(&HOST).unwrap_or_default();
        if !self.0.hosts.contains(&host) || headers.get_all(HOST).iter().count() != 1 {
            return Err(Problem::new(Code::HostForbidden, "The request names another host").with("host", host));
        }
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
        if bearer.is_none_or(|token| blake3::hash(token) != self.0.token) {
            return Err(Problem::new(Code::Unauthorised, "The request bears no valid token"));
        }
        Ok(())
    }
}

/// Lets a request through, or answers in its place.
pub async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    let started = (request.method().clone(), request.uri().path().to_owned());
    let mut response = match door.check(request.headers()) {
        Err(problem) => problem.into_response(),
        Ok(()) => match door.0.places.acquire().await {
            Ok(_place) => next.run(request).await,
            Err(_) => Problem::new(Code::Stopping, "The node is stopping").into_response(),
        },
    };
    tracing::debug!(method = %started.0, path = %started.1, status = response.status().as_u16(), "request");
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
        door.check(&headers(pairs)).err().map_or("ok".into(), |problem| problem.code)
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
    }
}
