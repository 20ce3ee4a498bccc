//! How somebody is reached: e-mail, telephone, web. Owns the shape of each and what is stored of it; never writes to anybody
//! and looks nothing up.

pub use super::phone::{phone, phone_shown};

use super::limits::{MAX_HOST_CHARS, MAX_HOST_LABEL_CHARS, MAX_MAIL_LOCAL_CHARS, MAX_WEB_CHARS};
use crate::limits::MAX_EMAIL_CHARS;
use crate::refusal::{Code, Refusal};
use crate::text::clean_line;

const WEB_EXAMPLE: &str = "www.example.org";
const MAIL_EXAMPLE: &str = "name@example.org";

/// An e-mail address: something before the one at sign, a name of a host after it (RFC 5321, letters of every script as in
/// RFC 6531; neither quoted names nor numbers for hosts). Enough to catch a slip of the hand: whether mail arrives, only mail
/// tells. Stored with the host in small letters.
///
/// # Errors
/// [`Code::Required`], [`Code::TooLong`], [`Code::ControlCharacter`], [`Code::EmailShape`]; no field is named.
pub fn email(text: &str) -> Result<String, Refusal> {
    let address = line(text, MAX_EMAIL_CHARS)?;
    let address = address.strip_prefix("mailto:").unwrap_or(&address);
    match address.rsplit_once('@') {
        Some((local, host)) if is_local(local) && is_host(host) => Ok(format!("{local}@{}", host.to_lowercase())),
        _ => Err(Refusal::new(Code::EmailShape).with("value", text.trim()).with("example", MAIL_EXAMPLE)),
    }
}

/// What two spellings of one address share. No provider that matters tells capitals apart before the at sign.
#[must_use]
pub fn email_compare_key(canonical: &str) -> String {
    canonical.to_lowercase()
}

fn is_local(local: &str) -> bool {
    let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    let sign = |sign: char| sign.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(sign) || is_mark(sign);
    !local.is_empty() && !dots && local.chars().count() <= MAX_MAIL_LOCAL_CHARS && local.chars().all(sign)
}

/// Combining marks belong to letters of many scripts.
fn is_mark(sign: char) -> bool {
    unicode_normalization::char::is_combining_mark(sign)
}

/// A dotted name, the last label no number (which would be an address of a machine).
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.chars().count() <= MAX_HOST_LABEL_CHARS
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|sign| sign.is_alphanumeric() || sign == '-' || is_mark(sign))
    };
    let last_is_name = host.rsplit('.').next().is_some_and(|last| last.chars().any(char::is_alphabetic));
    host.chars().count() <= MAX_HOST_CHARS && host.contains('.') && host.split('.').all(label) && last_is_name
}

/// A web address with its scheme: `https://www.example.org/fr`. Without one, `https` is meant; only `http` and `https` are
/// taken, and neither user names nor passwords.
///
/// # Errors
/// [`Code::Required`], [`Code::TooLong`], [`Code::ControlCharacter`], [`Code::WebShape`]; no field is named.
pub fn web(text: &str) -> Result<String, Refusal> {
    let address = line(text, MAX_WEB_CHARS)?;
    let refused = || Refusal::new(Code::WebShape).with("value", text.trim()).with("example", WEB_EXAMPLE);
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => ("https", rest),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => ("http", rest),
        // A colon in the path is nobody's scheme.
        Some((before, _)) if !before.contains(['/', '?', '#']) => return Err(refused()),
        _ => ("https", address.as_str()),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (place, path) = rest.split_at(end);
    let (host, port) = place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port)));
    let port_fits =
        port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number > 0) && !port.starts_with('+'));
    let plain = path.chars().all(|sign| !sign.is_whitespace() && !"<>\"\\^`{|}".contains(sign) && !is_hidden(sign));
    if !is_host(host) || !port_fits || !plain {
        return Err(refused());
    }
    let path = if path == "/" { "" } else { path };
    Ok(format!("{scheme}://{}{path}", place.to_lowercase()))
}

/// Signs that nobody sees and that can make an address look like another.
fn is_hidden(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A stored web address without what everybody knows: `www.example.org/fr`.
#[must_use]
pub fn web_shown(canonical: &str) -> &str {
    canonical.strip_prefix("https://").or_else(|| canonical.strip_prefix("http://")).unwrap_or(canonical)
}

/// One line, its length judged before anything is copied.
fn line(text: &str, limit_chars: usize) -> Result<String, Refusal> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Refusal::new(Code::Required));
    }
    if trimmed.chars().nth(limit_chars).is_some() {
        return Err(Refusal::new(Code::TooLong).with("limit", limit_chars));
    }
    clean_line(trimmed, limit_chars)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn mail_addresses_pass_and_slips_do_not() {
        for (typed, stored) in [
            ("a@b.fr", "a@b.fr"),
            (" Jean.Dupont+x@Example.ORG ", "Jean.Dupont+x@example.org"),
            ("mailto:o'neil@sub-1.example.com", "o'neil@sub-1.example.com"),
            ("élise@exemple-é.sn", "élise@exemple-é.sn"),
        ] {
            assert_eq!(email(typed).unwrap(), stored);
        }
        let wrong = [
            "a",
            "a@b",
            "@b.fr",
            "a@",
            "a@@b.fr",
            "a b@c.fr",
            "a@b..fr",
            ".a@b.fr",
            "a.@b.fr",
            "a..b@c.fr",
            "a@-b.fr",
            "a@b-.fr",
            "A <a@b.fr>",
            "a@b.fr,c@d.fr",
            "a@127.0.0.1",
            "a@b.fr.",
            "a@b_c.fr",
            "a\u{202e}@b.fr",
        ];
        for text in wrong {
            assert_eq!(email(text).unwrap_err().code, Code::EmailShape, "{text:?}");
        }
    }

    #[test]
    fn a_mail_address_of_10_kb_is_refused_by_its_length() {
        let long = format!("{}@example.org", "a".repeat(10_000));
        assert_eq!(email(&long).unwrap_err().code, Code::TooLong);
        assert_eq!(email(&format!("{}@example.org", "a".repeat(65))).unwrap_err().code, Code::EmailShape);
        assert_eq!(email(&format!("a@{}.fr", "b".repeat(64))).unwrap_err().code, Code::EmailShape);
        assert_eq!(email("  ").unwrap_err().code, Code::Required);
        assert_eq!(email("a\u{7}@b.fr").unwrap_err().code, Code::ControlCharacter);
    }

    #[test]
    fn web_addresses_get_a_scheme() {
        for (typed, stored, shown) in [
            ("www.Example.org", "https://www.example.org", "www.example.org"),
            ("HTTP://example.org/", "http://example.org", "example.org"),
            (
                "https://example.org:8443/Fr?x=1:2://y#z",
                "https://example.org:8443/Fr?x=1:2://y#z",
                "example.org:8443/Fr?x=1:2://y#z",
            ),
            ("exemple-é.sn/page", "https://exemple-é.sn/page", "exemple-é.sn/page"),
            ("example.org/to?u=http://x.y", "https://example.org/to?u=http://x.y", "example.org/to?u=http://x.y"),
        ] {
            assert_eq!(web(typed).unwrap(), stored);
            assert_eq!(web(stored).unwrap(), stored);
            assert_eq!(web_shown(stored), shown);
        }
        let wrong = [
            "javascript:alert(1)",
            "javascript://example.org/%0aalert(1)",
            "file:///etc/passwd",
            "localhost",
            "10.0.0.1",
            "http://user:pw@example.org",
            "example.org:0",
            "example.org:99999",
            "exa mple.org",
            "example.org/<b>",
            "https://",
            "example.org/\u{202e}gpj",
            "data:text/html,x",
        ];
        for text in wrong {
            assert_eq!(web(text).unwrap_err().code, Code::WebShape, "{text}");
        }
        assert_eq!(web(&format!("example.org/{}", "a".repeat(3_000))).unwrap_err().code, Code::TooLong);
    }
}
