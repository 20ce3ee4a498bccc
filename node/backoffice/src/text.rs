//! Text as people type it: cleaned before it is stored, folded before it is sorted or searched.
//! Owns both functions; never decides what a field may hold beyond control characters and length.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::refusal::{Code, Refusal};

/// Text of a single line: trimmed, line breaks and tabs within become one space, in normal form C (so that one name typed
/// on two systems is one name).
///
/// # Errors
/// [`Code::ControlCharacter`], [`Code::TooLong`].
pub fn clean_line(text: &str, limit_chars: usize) -> Result<String, Refusal> {
    let mut line = String::with_capacity(text.len());
    for part in text.split(['\n', '\r', '\t']).map(str::trim).filter(|part| !part.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(part);
    }
    checked(&line, limit_chars)
}

/// A line in capitals. The limit holds for the capitals, which may be more than the letters were: `ß` is two.
///
/// # Errors
/// [`Code::ControlCharacter`], [`Code::TooLong`].
pub fn clean_capitals(text: &str, limit_chars: usize) -> Result<String, Refusal> {
    clean_line(&text.to_uppercase(), limit_chars)
}

/// Text of several lines: trimmed as a whole and at each line's end, line breaks become `\n`, in normal form C.
///
/// # Errors
/// [`Code::ControlCharacter`], [`Code::TooLong`].
pub fn clean_lines(text: &str, limit_chars: usize) -> Result<String, Refusal> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let lines: Vec<&str> = text.split('\n').map(str::trim_end).collect();
    checked(lines.join("\n").trim(), limit_chars)
}

fn checked(text: &str, limit_chars: usize) -> Result<String, Refusal> {
    if let Some(control) = text.chars().find(|character| character.is_control() && *character != '\n') {
        return Err(Refusal::new(Code::ControlCharacter).with("value", format!("{:04X}", u32::from(control))));
    }
    let text: String = if text.is_ascii() { text.to_owned() } else { text.nfc().collect() };
    if text.chars().count() > limit_chars {
        return Err(Refusal::new(Code::TooLong).with("limit", limit_chars));
    }
    Ok(text)
}

/// Text without case, accents and ligatures, for sorting and searching: `Œuvre Évreux` becomes `oeuvre evreux`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        folded.push_str(text);
        folded.make_ascii_lowercase();
        return folded;
    }
    for character in text.nfkd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase) {
        match character {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            '’' => folded.push('\''),
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(clean_line("  Dupont\r\n & Fils\t ", 100).unwrap(), "Dupont & Fils");
        assert_eq!(clean_line(" \n ", 100).unwrap(), "");
        assert_eq!(clean_line("e\u{301}", 1).unwrap(), "é");
    }

    #[test]
    fn lines_keep_their_breaks() {
        assert_eq!(
            clean_lines("\n12, rue X  \r\nBât. B\rfond de cour\n\n", 100).unwrap(),
            "12, rue X\nBât. B\nfond de cour"
        );
    }

    #[test]
    fn control_characters_and_length_are_refused() {
        let refusal = clean_line("a\u{1b}[31m", 100).unwrap_err();
        assert_eq!((refusal.code, refusal.params["value"].as_str()), (Code::ControlCharacter, "001B"));
        assert_eq!(clean_lines("a\0b", 100).unwrap_err().code, Code::ControlCharacter);
        assert_eq!(clean_line("\u{85}x\u{85}y", 100).unwrap_err().code, Code::ControlCharacter);
        assert_eq!(clean_line("ééé", 2).unwrap_err().code, Code::TooLong);
        assert_eq!(clean_capitals(" gro\u{df} ", 5).unwrap(), "GROSS");
        assert_eq!(clean_capitals("gro\u{df}", 4).unwrap_err().code, Code::TooLong);
    }

    #[test]
    fn folding_removes_case_accents_and_ligatures() {
        assert_eq!(fold("ŒUVRE Évreux – L’Haÿ"), "oeuvre evreux – l'hay");
        assert_eq!(fold("Straße Ångström Łódź"), "strasse angstrom lodz");
        assert_eq!(fold("E\u{301}TE\u{301}"), fold("été"));
        assert_eq!(fold("NDiaye"), "ndiaye");
    }
}
