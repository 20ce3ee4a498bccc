//! Headers of requests and answers, as every door has them. Owns what each answer bears, and the reading of what a request says.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Sets the headers that every answer bears, where it has no others of these names.
pub fn harden(headers: &mut HeaderMap) {
    for (name, value) in [
        ("cache-control", "no-store"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// What a header says, in small letters; what is no text says nothing.
pub fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(|value| value.to_str().unwrap_or("").to_ascii_lowercase())
}

/// The cookie of this name that a request bears.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_answer_that_says_its_own_keeps_it() {
        let mut headers = HeaderMap::new();
        headers.insert("cache-control", "no-cache".parse().unwrap());
        harden(&mut headers);
        assert!(headers["cache-control"] == "no-cache" && headers["x-frame-options"] == "DENY");
    }

    #[test]
    fn a_cookie_is_found_among_others_and_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "ab=1; a=2".parse().unwrap());
        headers.append(COOKIE, "c=3".parse().unwrap());
        assert_eq!((cookie(&headers, "a"), cookie(&headers, "c"), cookie(&headers, "b")), (Some("2"), Some("3"), None));
    }
}
