//! By which names the console may be called: the address at which a request arrived, and those that it was given. A name that somebody else
//! points here is neither (DNS rebinding, F37). Owns that check, and what our own origin is then.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};
use comptoir_door::headers::text;
use comptoir_door::listener::ArrivedAt;

use super::problem::{Code, Problem};
use crate::limits::MAX_CONSOLE_NAME_BYTES;

const HTTPS_PORT: u16 = 443;
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A name of the console, with a port where it is not the one that it listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleName {
    host: String,
    port: Option<u16>,
}

/// It is no such name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected NAME or NAME:PORT, such as relay.example.org")]
pub struct NotAName;

impl FromStr for ConsoleName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let text = text.to_ascii_lowercase();
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().map_err(|_| NotAName)?)),
            _ => (text.as_str(), None),
        };
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_one = match bracketed {
            Some(host) => host.parse::<Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)),
        };
        let fits = is_one && host.len() <= MAX_CONSOLE_NAME_BYTES && port != Some(0);
        fits.then(|| Self { host: host.to_owned(), port }).ok_or(NotAName)
    }
}

impl fmt::Display for ConsoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(&self.host),
        }
    }
}

impl ConsoleName {
    /// As a browser calls it that came to this port: the port that HTTPS has by itself is not said.
    fn is_called(&self, host: &str, at: ArrivedAt) -> bool {
        match self.port.unwrap_or(at.0.port()) {
            HTTPS_PORT => host == self.host,
            port => host.strip_prefix(&self.host).and_then(|rest| rest.strip_prefix(':')) == Some(&port.to_string()),
        }
    }
}

/// Checks by which name a request calls the console: our own origin.
pub fn check_host(names: &[ConsoleName], headers: &HeaderMap, at: Option<ArrivedAt>) -> Result<String, Problem> {
    let host = text(headers, &HOST).unwrap_or_default();
    let is_ours = |at: ArrivedAt| at.is_called(&host) || names.iter().any(|name| name.is_called(&host, at));
    if !at.is_some_and(is_ours) || headers.get_all(HOST).iter().count() != 1 {
        return Err(Problem::new(Code::HostForbidden, "The request names another host"));
    }
    Ok(format!("https://{host}"))
}

/// Checks from which page a request comes. One that changes something must say that it comes from our own.
pub fn check_origin(own: &str, headers: &HeaderMap, changes: bool) -> Result<(), Problem> {
    let (origin, site) = (text(headers, &ORIGIN), text(headers, &FETCH_SITE));
    let (origin, site) = (origin.as_deref(), site.as_deref());
    let is_own = match changes {
        true => origin == Some(own) && site == Some("same-origin"),
        false => origin.is_none_or(|origin| origin == own) && matches!(site, None | Some("same-origin" | "none")),
    };
    let foreign = || Problem::new(Code::OriginForbidden, "The request does not come from a page of the console");
    is_own.then_some(()).ok_or_else(foreign)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn f37_the_console_is_called_by_its_address_and_its_names_and_by_nothing_else() {
        let names: Vec<ConsoleName> = ["relay.example", "front.example:443", "[2001:db8::1]:8443"]
            .iter()
            .map(|name| name.parse().unwrap())
            .collect();
        let at = Some(ArrivedAt("192.0.2.1:9443".parse().unwrap()));
        let origin = |host: &str| check_host(&names, &headers(&[("host", host)]), at).ok();
        for host in
            ["192.0.2.1:9443", "relay.example:9443", "RELAY.example:9443", "front.example", "[2001:db8::1]:8443"]
        {
            assert_eq!(origin(host), Some(format!("https://{}", host.to_lowercase())));
        }
        for host in [
            "",
            "192.0.2.1",
            "192.0.2.2:9443",
            "relay.example",
            "relay.example:1",
            "evil.example:9443",
            "front.example:9443",
        ] {
            assert_eq!(origin(host), None, "{host}");
        }
        assert!(
            check_host(&names, &headers(&[]), at).is_err()
                && check_host(&names, &headers(&[("host", "front.example")]), None).is_err()
        );
        let twice = headers(&[("host", "front.example"), ("host", "evil.example")]);
        assert!(check_host(&names, &twice, at).is_err());
        for wrong in ["", "a b", "https://a", "a:0", "a:b", "[x]", "a/b"] {
            assert!(wrong.parse::<ConsoleName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn f37_what_changes_something_comes_from_our_own_page() {
        let own = "https://relay.example";
        let may = |changes: bool, pairs: &[(&'static str, &str)]| check_origin(own, &headers(pairs), changes).is_ok();
        let (origin, site) = (("origin", own), ("sec-fetch-site", "same-origin"));
        assert!(may(true, &[origin, site]) && may(false, &[]) && may(false, &[("sec-fetch-site", "none")]));
        assert!(!may(true, &[]) && !may(true, &[origin]) && !may(true, &[site]));
        for foreign in ["https://evil.example", "http://relay.example", "null"] {
            assert!(!may(true, &[("origin", foreign), site]) && !may(false, &[("origin", foreign)]), "{foreign}");
        }
        for foreign in ["cross-site", "same-site", "none"] {
            assert!(!may(true, &[origin, ("sec-fetch-site", foreign)]), "{foreign}");
        }
        assert!(!may(false, &[("sec-fetch-site", "cross-site")]));
    }
}
