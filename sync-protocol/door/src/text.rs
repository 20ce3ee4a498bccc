//! Text that comes from outside, made safe to show; errors told with their causes; bytes as hex. Owns no wording.

/// An error and all its causes in one line. Control characters are escaped: they may come from outside.
pub fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut last = text.clone();
    let mut cause = error.source();
    while let Some(next) = cause {
        let next_text = next.to_string();
        // Some errors say what their causes say; nothing is said twice.
        if !text.contains(&next_text) && !next_text.contains(&last) {
            text.push_str(": ");
            text.push_str(&next_text);
            last = next_text;
        }
        cause = next.source();
    }
    plain(&text)
}

/// Text from outside without terminal escapes, new lines, or characters that reorder what is shown.
pub fn plain(text: &str) -> String {
    let reorders = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || reorders(c) || matches!(c, '\u{2028}' | '\u{2029}') {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads lower- or upper-case hex; none where it is anything else.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Told(&'static str, #[source] Option<Box<Told>>);

    #[test]
    fn causes_are_told_once() {
        let deep = Told("code 13: disk full", None);
        let error = Told("not written", Some(Box::new(Told("disk full", Some(Box::new(deep))))));
        assert_eq!(told(&error), "not written: disk full");
    }

    #[test]
    fn f38_text_cannot_steer_a_terminal_or_begin_a_line() {
        let shown = plain("no\u{1b}[31m\nrecord \u{202e}x\u{2028}");
        assert!(!shown.contains(['\u{1b}', '\n', '\u{202e}', '\u{2028}']), "{shown}");
        assert!(shown.starts_with("no\\u{1b}[31m"), "{shown}");
    }

    #[test]
    fn hex_and_back() {
        assert_eq!(unhex(&hex(&[0, 1, 0xff])), Some(vec![0, 1, 0xff]));
        assert_eq!(unhex("abc"), None);
        assert_eq!(unhex("zz"), None);
        assert_eq!(unhex("zé"), None);
        assert_eq!(unhex("+f"), None);
    }
}
