//! Whether a password may be chosen. Owns the rules: long enough; none of those that most people use; more than the words that anybody would
//! try here first. Of what kinds its characters are is nobody's business.
//!
//! Words of the context are the program's own name and what the caller gives: names of the account and of the organisation, a code that
//! was handed over.

use zeroize::Zeroizing;

use crate::limits::{LEAST_BESIDE_WORDS, LEAST_WORD_CHARACTERS, MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARACTERS};

/// In small letters, one a line. The first lines say where they come from.
const COMMON: &str = include_str!("common_passwords.txt");
/// What everybody knows of where the password is for.
const OWN_NAME: &str = "comptoir";

/// Why a password is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Too short to withstand guessing, or absurdly long.
    #[error("A password has at least {least_characters} characters, and at most {most_bytes} bytes")]
    Length {
        /// How many characters it has at least.
        least_characters: usize,
        /// How many bytes it has at most.
        most_bytes: usize,
    },
    /// Guessed first.
    #[error("The password is one of those that most people use")]
    Common,
    /// Little more than what anybody would try here.
    #[error("Without {word:?}, which anybody would try here, the password has not {least_beside} letters and digits")]
    Context {
        /// The word that was found.
        word: String,
        /// How many letters and digits it has at least besides such words.
        least_beside: usize,
    },
}

/// Refuses a password that is too short or absurdly long, that most people use, or that is little more than words of its context.
pub fn check(password: &str, context: &[&str]) -> Result<(), Unfit> {
    let (least_characters, most_bytes) = (MIN_PASSWORD_CHARACTERS, MAX_PASSWORD_BYTES);
    if password.chars().count() < least_characters || password.len() > most_bytes {
        return Err(Unfit::Length { least_characters, most_bytes });
    }
    let small = Zeroizing::new(password.to_lowercase());
    if COMMON.lines().any(|line| line == *small) {
        return Err(Unfit::Common);
    }
    match word_of_context(password, context) {
        Some(word) => Err(Unfit::Context { word, least_beside: LEAST_BESIDE_WORDS }),
        None => Ok(()),
    }
}

/// The word without which too little is left, if there are such words in it. The longest are taken out first.
fn word_of_context(password: &str, context: &[&str]) -> Option<String> {
    let parts = |name: &&str| name.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
    let mut words: Vec<(Zeroizing<String>, String)> = std::iter::once(&OWN_NAME)
        .chain(context)
        .flat_map(|name| std::iter::once((*name).to_owned()).chain(parts(name)))
        .map(|word| (folded(&word), word))
        .filter(|(folded, _)| folded.chars().count() >= LEAST_WORD_CHARACTERS)
        .collect();
    words.sort_by_key(|(folded, _)| std::cmp::Reverse(folded.len()));
    let (mut left, mut found) = (folded(password), None);
    for (folded, word) in words {
        if left.contains(&*folded) {
            left = Zeroizing::new(left.replace(&*folded, ""));
            found.get_or_insert(word);
        }
    }
    found.filter(|_| left.chars().count() < LEAST_BESIDE_WORDS)
}

/// Letters and digits alone, in small letters, accents aside, with what people write for a letter taken for it.
fn folded(text: &str) -> Zeroizing<String> {
    let letter = |c: char| match c {
        '0' | 'ô' | 'ö' | 'ó' => 'o',
        '1' | '!' | '|' | 'i' | 'î' | 'ï' | 'í' => 'l',
        '3' | '€' | 'é' | 'è' | 'ê' | 'ë' => 'e',
        '4' | '@' | 'à' | 'â' | 'ä' | 'á' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        c => c,
    };
    // Room for all of it at once: no shorter copy is left behind.
    let mut folded = Zeroizing::new(String::with_capacity(2 * text.len()));
    folded.extend(text.chars().flat_map(char::to_lowercase).map(letter).filter(|c| c.is_alphanumeric()));
    folded
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const CONTEXT: &[&str] = &["awa.diop", "Épicerie du Plateau", "4Q6JH-0W9ZT-XK2PD-M7R8B-E5VNC-1"];

    #[test]
    fn what_is_too_short_is_refused() {
        let length = |password: &str| matches!(check(password, &[]), Err(Unfit::Length { .. }));
        assert!(length("short") && length(&"é".repeat(MIN_PASSWORD_CHARACTERS - 1)));
        assert!(length(&"x".repeat(MAX_PASSWORD_BYTES + 1)));
        assert_eq!(
            check(&"é".repeat(MIN_PASSWORD_CHARACTERS), &[]),
            Ok(()),
            "one letter ten times: no rule of composition"
        );
        assert_eq!(check(&"long ".repeat(200), &[]), Ok(()));
    }

    #[test]
    fn more_than_three_thousand_passwords_that_most_people_use_are_refused() {
        let common: BTreeSet<&str> = COMMON.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(common.len(), 10_000);
        for password in &common {
            assert!(password.len() >= MIN_PASSWORD_CHARACTERS && **password == password.to_lowercase(), "{password}");
            assert_eq!(check(password, &[]), Err(Unfit::Common));
        }
        assert_eq!(check("PassWord123", &[]), Err(Unfit::Common), "in letters of another size, too");
        assert_eq!(check("correct horse battery", &[]), Ok(()));
    }

    #[test]
    fn what_is_little_more_than_words_of_the_context_is_refused() {
        let word = |password: &str| match check(password, CONTEXT) {
            Err(Unfit::Context { word, .. }) => word,
            other => format!("{other:?}"),
        };
        for (password, found) in [
            ("Comptoir2026!", "comptoir"),
            ("c0mpt0ir-c0mpt0ir", "comptoir"),
            ("awa.diop 2026", "awa.diop"),
            ("Diop-diop-diop-diop", "diop"),
            ("ÉPICERIE plateau", "Épicerie"),
            ("epicerie1 comptoir", "comptoir"),
            ("4q6jh 0w9zt xk2pd m7r8b e5vnc 1", CONTEXT[2]),
            ("4Q6JH-OW9ZT-XK2PD-M7R8B-E5VNC-1 2026", CONTEXT[2]),
        ] {
            assert_eq!(word(password), found, "{password}");
        }
        for password in ["au comptoir, trois chevaux", "awa counts 48 boxes", "cheval correct agrafe"] {
            assert_eq!(check(password, CONTEXT), Ok(()), "{password}");
        }
    }
}
