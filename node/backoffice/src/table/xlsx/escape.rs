//! Characters that XML cannot hold, as XLSX writes them in text: `_xHHHH_`, a UTF-16 unit (ECMA-376 part 1, 22.9.2.19).

use std::borrow::Cow;

/// Length of one such unit.
const UNIT_BYTES: usize = 7;

/// The text that is meant. A half of a pair alone becomes U+FFFD.
pub fn unescape_units(text: &str) -> Cow<'_, str> {
    let Some(mut at) = find_unit(text, 0) else { return Cow::Borrowed(text) };
    let (mut unescaped, mut copied) = (String::with_capacity(text.len()), 0);
    loop {
        unescaped.push_str(&text[copied..at]);
        let mut units = Vec::new();
        while let Some(unit) = unit(text, at) {
            units.push(unit);
            at += UNIT_BYTES;
        }
        unescaped.extend(char::decode_utf16(units).map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER)));
        copied = at;
        match find_unit(text, at) {
            Some(next) => at = next,
            None => break,
        }
    }
    unescaped.push_str(&text[copied..]);
    Cow::Owned(unescaped)
}

fn find_unit(text: &str, from: usize) -> Option<usize> {
    text[from..].match_indices("_x").map(|(at, _)| from + at).find(|at| unit(text, *at).is_some())
}

fn unit(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + UNIT_BYTES)?.strip_prefix("_x")?.strip_suffix('_')?;
    let all_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| all_digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_the_rest_is_kept() {
        for (text, meant) in [
            ("plain_x", "plain_x"),
            ("a_x000D__x000A_b", "a\r\nb"),
            ("_xD83D__xDCF7_", "📷"),
            ("_xD83D_x", "\u{fffd}x"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x00zz_é_x+123_", "_x00zz_é_x+123_"),
        ] {
            assert_eq!(unescape_units(text), meant);
        }
    }
}
