//! Masks: the form of a text, sign by sign. Owns their grammar and the matching, which looks at each sign once: a mask cannot
//! be made to take long, as a regular expression can.

/// Whether `text` has the form of `mask`: `9` a digit, `A` a letter, `X` either, `*` at the end anything more, `\` before a
/// sign that stands for itself, as every other sign does.
pub(super) fn matches(mask: &str, text: &str) -> bool {
    let (mut mask, mut text) = (mask.chars().peekable(), text.chars());
    while let Some(wanted) = mask.next() {
        if wanted == '*' && mask.peek().is_none() {
            return true;
        }
        let Some(found) = text.next() else { return false };
        let fits = match wanted {
            '9' => found.is_ascii_digit(),
            'A' => found.is_alphabetic(),
            'X' => found.is_alphabetic() || found.is_ascii_digit(),
            '\\' => mask.next().unwrap_or('\\') == found,
            literal => literal == found,
        };
        if !fits {
            return false;
        }
    }
    text.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_of_a_mask_has_its_meaning() {
        for (mask, text) in [("AA-999", "FR-007"), ("X9*", "é1 and more"), ("9*", "1"), ("\\9\\A", "9A"), ("", "")] {
            assert!(matches(mask, text), "{mask} {text}");
        }
        for (mask, text) in
            [("AA-999", "FR-07"), ("AA-999", "FR-0071"), ("A", "1"), ("9", "٣"), ("\\9", "1"), ("a", "A"), ("", "x")]
        {
            assert!(!matches(mask, text), "{mask} {text}");
        }
        assert!(matches("9\\", "1\\") && !matches("*9", "x9"));
    }
}
