//! Links that the desktop opens: `comptoir://join/CODE` and `comptoir://node/ADDRESS/PIN/CODE`. Owns reading them; what comes of a code
//! is the page's and the node's affair.

use std::net::SocketAddr;

use comptoir_node::lan::Pin;

use crate::limits::MAX_LINK_CODE_CHARACTERS;

/// What a link asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// To join an organisation with this code. Whether it is one of ours, and good, the node says.
    Join(String),
    /// To use a branch's node.
    Node(Invitation),
}

/// An invitation to use the node of a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// On the local network.
    pub address: SocketAddr,
    /// What it must prove.
    pub pin: Pin,
    /// Lets one in, once.
    pub code: String,
}

/// Reads a link.
pub fn read(link: &str) -> Option<Link> {
    let link = link.trim();
    // Schemes and hosts know no case; browsers write them small.
    let scheme = link.get(.."comptoir://".len()).filter(|scheme| scheme.eq_ignore_ascii_case("comptoir://"))?;
    let (verb, rest) = link[scheme.len()..].split_once('/')?;
    let rest = rest.trim_end_matches('/');
    match verb.to_ascii_lowercase().as_str() {
        "join" => code(rest).map(|code| Link::Join(code.to_ascii_uppercase())),
        "node" => {
            let [address, pin, secret] = rest.split('/').collect::<Vec<_>>().try_into().ok()?;
            let pin = pin.to_ascii_lowercase().parse().ok()?;
            Some(Link::Node(Invitation { address: address.parse().ok()?, pin, code: code(secret)?.to_owned() }))
        }
        _ => None,
    }
}

fn code(text: &str) -> Option<&str> {
    let is_code = !text.is_empty()
        && text.chars().count() <= MAX_LINK_CODE_CHARACTERS
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_code.then_some(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_join_link_gives_its_code_and_nothing_else_does() {
        let join = |link: &str| match read(link) {
            Some(Link::Join(code)) => Some(code),
            _ => None,
        };
        assert_eq!(join("comptoir://join/COMPTOIR-JOIN-AB12").as_deref(), Some("COMPTOIR-JOIN-AB12"));
        assert_eq!(join("COMPTOIR://JOIN/comptoir-join-ab12/\n").as_deref(), Some("COMPTOIR-JOIN-AB12"));
        for link in
            ["", "comptoir://", "comptoir://join/", "comptoir://open/AB", "https://join/AB", "comptoir://join/A B", "é"]
        {
            assert_eq!(read(link), None, "{link}");
        }
        assert_eq!(read(&format!("comptoir://join/{}", "A".repeat(MAX_LINK_CODE_CHARACTERS + 1))), None);
    }

    #[test]
    fn a_link_to_a_node_gives_where_it_is_and_what_it_must_prove() {
        let pin = "ab".repeat(32);
        let read_node = |link: &str| match read(link) {
            Some(Link::Node(invitation)) => Some(invitation),
            _ => None,
        };
        let whole = read_node(&format!("comptoir://node/192.168.1.20:7443/{pin}/c0de")).unwrap();
        assert_eq!(whole.address, "192.168.1.20:7443".parse().unwrap());
        assert_eq!((whole.pin.to_string(), whole.code.as_str()), (pin.clone(), "c0de"));
        assert!(read_node(&format!("comptoir://node/[fd00::1]:7443/{pin}/c0de/")).is_some());
        for rest in [
            format!("192.168.1.20/{pin}/c0de"),
            format!("192.168.1.20:7443/{}/c0de", &pin[2..]),
            format!("192.168.1.20:7443/{pin}/"),
            format!("192.168.1.20:7443/{pin}/c0de/more"),
            format!("evil.example:7443/{pin}/c0de"),
        ] {
            assert_eq!(read(&format!("comptoir://node/{rest}")), None, "{rest}");
        }
    }
}
