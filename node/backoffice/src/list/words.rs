//! The words of a search as FTS5 takes them. Owns that no operator of FTS5 gets through; reads no table.

use crate::limits::{MAX_SEARCH_CHARS, MAX_SEARCH_WORDS};
use crate::text::fold;

/// An FTS5 expression that finds texts with all of these words or beginnings of words; `None` when there is no word.
/// Everything but letters and digits separates words, so no operator of FTS5 gets through.
#[must_use]
pub fn search_expression(text: &str) -> Option<String> {
    let text: String = text.chars().take(MAX_SEARCH_CHARS).collect();
    let folded = fold(&text);
    let words = folded.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(MAX_SEARCH_WORDS).map(|word| format!("\"{word}\"*")).collect();
    if words.is_empty() { None } else { Some(words.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_and_operators_are_not() {
        assert_eq!(search_expression("Évreux OR \"x\" AND(").as_deref(), Some("\"evreux\"* \"or\"* \"x\"* \"and\"*"));
        assert_eq!(search_expression(" *-\" "), None);
        assert_eq!(search_expression("+33 1").as_deref(), Some("\"33\"* \"1\"*"));
    }
}
