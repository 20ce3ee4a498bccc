//! Content lines: how a property stands in a file (RFC 6350 §3.3; parameters as RFC 6868 has them). Owns taking one apart and
//! writing one. Knows no property's meaning.

/// Octets of a line on the way out, its break not counted (RFC 6350 §3.2).
const FOLD_OCTETS: usize = 75;

/// One property of a card.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Property {
    /// What stands before the dot: properties of one group belong together.
    pub group: String,
    /// Its name, in capitals.
    pub name: String,
    /// Parameters, names in capitals, values as they are.
    params: Vec<(String, String)>,
    /// The value as it stands there.
    pub value: String,
}

impl Property {
    /// Takes an unfolded line apart; `None` if it is none.
    pub fn parse(line: &str) -> Option<Self> {
        let mut quoted = false;
        let colon = line.find(|sign| {
            quoted ^= sign == '"';
            sign == ':' && !quoted
        })?;
        let (head, value) = (&line[..colon], &line[colon + 1..]);
        let mut parts = split_head(head, ';').into_iter();
        let name = parts.next()?;
        let (group, name) = name.rsplit_once('.').unwrap_or(("", name));
        let word =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !word(name) {
            return None;
        }
        let mut params = Vec::new();
        for part in parts {
            // `TEL;CELL:` of old cards is a type without its name.
            let (name, values) = part.split_once('=').unwrap_or(("TYPE", part));
            for value in split_head(values, ',') {
                params.push((name.trim().to_ascii_uppercase(), unquoted(value)));
            }
        }
        Some(Self { group: group.to_owned(), name: name.to_ascii_uppercase(), params, value: value.to_owned() })
    }

    /// The first value of a parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether it is of a type, in whatever letters.
    pub fn is_type(&self, wanted: &str) -> bool {
        let types = self.params.iter().filter(|(name, _)| name == "TYPE");
        // Many write several types into one pair of quotation marks.
        types.flat_map(|(_, value)| value.split(',')).any(|word| word.trim().eq_ignore_ascii_case(wanted))
    }

    /// Whether it says that it is to be preferred to its like.
    pub fn is_preferred(&self) -> bool {
        self.param("PREF") == Some("1") || self.is_type("pref")
    }

    /// The value as one text.
    pub fn text(&self) -> String {
        unescaped(&self.value)
    }

    /// The values between semicolons.
    pub fn fields(&self) -> Vec<String> {
        split(&self.value, ';').into_iter().map(unescaped).collect()
    }

    /// The values between commas.
    pub fn list(&self) -> Vec<String> {
        split(&self.value, ',').into_iter().map(unescaped).collect()
    }
}

/// Parts of a value between a sign that is not escaped.
fn split(text: &str, at: char) -> Vec<&str> {
    let mut escaped = false;
    let is_end = |sign| {
        let here = sign == at && !escaped;
        escaped = sign == '\\' && !escaped;
        here
    };
    text.split(is_end).collect()
}

/// Parts of what stands before a value between a sign that is not within quotation marks.
fn split_head(text: &str, at: char) -> Vec<&str> {
    let mut quoted = false;
    let is_end = |sign| {
        quoted ^= sign == '"';
        sign == at && !quoted
    };
    text.split(is_end).collect()
}

fn unquoted(value: &str) -> String {
    let bare = value.trim().trim_matches('"');
    let mut text = String::with_capacity(bare.len());
    let mut signs = bare.chars();
    while let Some(sign) = signs.next() {
        match (sign, sign == '^') {
            (_, true) => match signs.next() {
                Some('n') => text.push('\n'),
                Some('\'') => text.push('"'),
                Some('^') | None => text.push('^'),
                Some(other) => text.extend(['^', other]),
            },
            (sign, false) => text.push(sign),
        }
    }
    text
}

fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut signs = value.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => match signs.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            sign => text.push(sign),
        }
    }
    text
}

/// A text as a value, or a part of one.
pub(super) fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\n' => value.push_str("\\n"),
            '\\' | ',' | ';' => value.extend(['\\', sign]),
            sign => value.push(sign),
        }
    }
    value
}

/// Writes a property whose value is escaped already, folded into lines of [`FOLD_OCTETS`].
pub(super) fn write(out: &mut String, name: &str, params: &[(&str, &str)], value: &str) {
    let mut line = name.to_owned();
    for (param, value) in params {
        let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let written = value.replace('^', "^^").replace('\n', "^n").replace('"', "^'");
        let mark = if plain { "" } else { "\"" };
        line.push_str(&format!(";{param}={mark}{written}{mark}"));
    }
    line.push(':');
    line.push_str(value);
    let mut room = FOLD_OCTETS;
    for sign in line.chars() {
        if sign.len_utf8() > room {
            out.push_str("\r\n ");
            room = FOLD_OCTETS - 1;
        }
        out.push(sign);
        room -= sign.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_line_is_taken_apart() {
        let line = Property::parse(r#"item1.tel;type="cell,Voice";pref=1:+33 1;x"#).unwrap();
        assert_eq!((line.group.as_str(), line.name.as_str(), line.value.as_str()), ("item1", "TEL", "+33 1;x"));
        assert!(line.is_type("CELL") && line.is_type("voice") && !line.is_type("fax") && line.is_preferred());
        let line = Property::parse(r#"ADR;X-RECIPIENT="a:b;c, d";CC=FR:;;1\, rue\nX;Lyon;;;"#).unwrap();
        assert_eq!((line.param("X-RECIPIENT"), line.param("CC")), (Some("a:b;c, d"), Some("FR")));
        assert_eq!(line.fields(), ["", "", "1, rue\nX", "Lyon", "", "", ""]);
        assert_eq!(Property::parse(r"CATEGORIES:a\,b,c").unwrap().list(), ["a,b", "c"]);
        assert!(Property::parse("TEL;CELL:1").unwrap().is_type("cell"));
        for wrong in ["", "no colon", ":x", "é:x", "A B:x", "\"a:b\""] {
            assert_eq!(Property::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["plain", "a,b;c\\d\ne", "\"^^n' ü:", "", "\\n", "^'"] {
            let mut out = String::new();
            write(&mut out, "NOTE", &[("X-A", text)], &escaped(text));
            let unfolded = out.replace("\r\n ", "");
            let line = Property::parse(unfolded.trim_end_matches("\r\n")).unwrap();
            assert_eq!((line.param("X-A"), line.text().as_str()), (Some(text), text));
        }
    }

    #[test]
    fn long_lines_are_folded_between_signs() {
        let mut out = String::new();
        write(&mut out, "NOTE", &[], &"é".repeat(200));
        assert!(out.lines().count() > 5 && out.lines().all(|line| line.len() <= FOLD_OCTETS));
        assert_eq!(out.replace("\r\n ", "").trim_end(), format!("NOTE:{}", "é".repeat(200)));
    }
}
