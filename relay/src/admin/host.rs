//! Who may ask the admin port: programs on this machine, by its own name. Owns the check of host and origin, so that no web page
//! reaches it through a browser, not even under a name that was made to point here.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::limits::ADMIN_REQUEST_DEADLINE;

/// Lets a request through when it names this machine and comes from no web page; bounds its time.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    if !is_local(request.headers(), request.uri().authority().map(|authority| authority.host())) {
        return (StatusCode::FORBIDDEN, "this port answers programs on its own machine, by 127.0.0.1 or localhost\n")
            .into_response();
    }
    let mut response = match tokio::time::timeout(ADMIN_REQUEST_DEADLINE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::GATEWAY_TIMEOUT.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn is_local(headers: &HeaderMap, target: Option<&str>) -> bool {
    if headers.contains_key(ORIGIN) || headers.get_all(HOST).iter().count() > 1 {
        return false;
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(|host| names_this_machine(without_port(host))) && target.is_none_or(names_this_machine)
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn names_this_machine(host: &str) -> bool {
    ["127.0.0.1", "[::1]"].contains(&host) || host.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn f37_only_this_machine_by_its_own_name() {
        for host in ["127.0.0.1:9000", "localhost", "LocalHost:1", "[::1]:9000"] {
            assert!(is_local(&headers(&[(HOST, host)]), None), "{host}");
        }
        for host in ["attacker.example:9000", "127.0.0.1.attacker.example", "localhost.attacker.example:1", "", "[::2]"]
        {
            assert!(!is_local(&headers(&[(HOST, host)]), None), "{host}");
        }
        assert!(!is_local(&headers(&[]), None));
        assert!(!is_local(&headers(&[(HOST, "localhost"), (HOST, "attacker.example")]), None));
        assert!(!is_local(&headers(&[(HOST, "localhost")]), Some("attacker.example")));
        assert!(!is_local(&headers(&[(HOST, "localhost"), (ORIGIN, "http://localhost")]), None));
    }
}
