//! Links that the desktop opens: `comptoir://join/CODE`. Owns reading them; what comes of a code is the page's and the node's affair.

use crate::limits::MAX_JOIN_CODE_CHARACTERS;

/// The code of a join link. Whether it is one of ours, and good, the node says.
pub fn join_code(link: &str) -> Option<String> {
    let rest = link.trim().get("comptoir://".len()..).filter(|_| {
        // Schemes and hosts know no case; browsers write them small.
        link.trim().get(.."comptoir://".len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case("comptoir://"))
    })?;
    let (verb, code) = rest.split_once('/')?;
    let code = code.trim_end_matches('/');
    let is_code = !code.is_empty()
        && code.chars().count() <= MAX_JOIN_CODE_CHARACTERS
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (verb.eq_ignore_ascii_case("join") && is_code).then(|| code.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_join_link_gives_its_code_and_nothing_else_does() {
        assert_eq!(join_code("comptoir://join/COMPTOIR-JOIN-AB12").as_deref(), Some("COMPTOIR-JOIN-AB12"));
        assert_eq!(join_code("COMPTOIR://JOIN/comptoir-join-ab12/\n").as_deref(), Some("COMPTOIR-JOIN-AB12"));
        for link in
            ["", "comptoir://", "comptoir://join/", "comptoir://open/AB", "https://join/AB", "comptoir://join/A B", "é"]
        {
            assert_eq!(join_code(link), None, "{link}");
        }
        assert_eq!(join_code(&format!("comptoir://join/{}", "A".repeat(MAX_JOIN_CODE_CHARACTERS + 1))), None);
    }
}
