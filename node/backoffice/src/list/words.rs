//! The words of a search as FTS5 takes them. Owns that no operator of FTS5 gets through; reads no table.

use crate::identifiers::contact;
use crate::limits::{MAX_SEARCH_CHARS, MAX_SEARCH_WORDS};
use crate::text::fold;

/// An FTS5 expression that finds texts with all of these words or beginnings of words; `None` when there is no word. A text
/// that is a telephone number as people dial it at home, in `country`, finds the number as it is stored too. Everything but
/// letters and digits separates words, so no operator of FTS5 gets through.
#[must_use]
pub fn search_expression(text: &str, country: &str) -> Option<String> {
    Words::of(text, country).map(|words| words.anywhere())
}

/// The words of a search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Words {
    words: Vec<String>,
    /// The number that they are, as it is stored.
    dialled: Option<String>,
}

impl Words {
    /// Those of a text; `None` when there is none.
    pub fn of(text: &str, country: &str) -> Option<Self> {
        let text: String = text.chars().take(MAX_SEARCH_CHARS).collect();
        let folded = fold(&text);
        let words = folded.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
        let words: Vec<String> = words.take(MAX_SEARCH_WORDS).map(str::to_owned).collect();
        (!words.is_empty()).then(|| Self { words, dialled: dialled_at_home(&text, country) })
    }

    /// The expression that finds them in whichever column.
    pub fn anywhere(&self) -> String {
        self.each(" ", |word| format!("\"{word}\"*"))
    }

    /// The expression that finds each in one of these columns or, behind one of these signs, in that one.
    pub fn within(&self, columns: &[&str], (signed, signs): (&str, &[String])) -> String {
        let columns = columns.join(" ");
        self.each(" AND ", |word| {
            let signed: String = signs.iter().map(|sign| format!(" OR {signed} : \"{sign}{word}\"*")).collect();
            format!("({{{columns}}} : \"{word}\"*{signed})")
        })
    }

    fn each(&self, and: &str, found: impl Fn(&str) -> String) -> String {
        let words = self.words.iter().map(|word| found(word)).collect::<Vec<_>>().join(and);
        match &self.dialled {
            Some(number) => format!("({words}) OR {}", found(number)),
            None => words,
        }
    }
}

/// The digits of a number with its country's before it, of one that begins with the 0 of national calls.
fn dialled_at_home(text: &str, country: &str) -> Option<String> {
    let text = text.trim();
    let dialled = |sign: char| sign.is_ascii_digit() || sign.is_whitespace() || ".-/".contains(sign);
    if !text.starts_with('0') || !text.chars().all(dialled) {
        return None;
    }
    let stored = contact::phone(Some(country), text).ok()?;
    Some(stored.chars().filter(char::is_ascii_digit).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_are_quoted_and_operators_are_not() {
        assert_eq!(
            search_expression("Évreux OR \"x\" AND(", "FR").as_deref(),
            Some("\"evreux\"* \"or\"* \"x\"* \"and\"*")
        );
        assert_eq!(search_expression(" *-\" ", "FR"), None);
        assert_eq!(search_expression("+33 1", "FR").as_deref(), Some("\"33\"* \"1\"*"));
    }

    #[test]
    fn each_word_is_looked_for_where_it_may_be_seen() {
        let words = Words::of("paie 12", "FR").unwrap();
        let within = words.within(&["ordinary", "pay"], ("signed", &["ab".to_owned()]));
        let word = |word: &str| format!("({{ordinary pay}} : \"{word}\"* OR signed : \"ab{word}\"*)");
        assert_eq!(within, format!("{} AND {}", word("paie"), word("12")));
        let dialled = Words::of("0612345678", "FR").unwrap();
        assert!(dialled.within(&["ordinary"], ("signed", &[])).ends_with(") OR ({ordinary} : \"33612345678\"*)"));
    }

    #[test]
    fn a_number_dialled_at_home_is_found_as_it_is_stored() {
        let stored = |text| search_expression(text, "FR");
        assert_eq!(stored("0612345678").as_deref(), Some("(\"0612345678\"*) OR \"33612345678\"*"));
        assert!(stored("06 12 34 56 78").unwrap().ends_with(") OR \"33612345678\"*"));
        assert_eq!(stored("0612").as_deref(), Some("\"0612\"*"), "no whole number");
        assert_eq!(stored("0612345678 x").as_deref(), Some("\"0612345678\"* \"x\"*"));
    }
}
