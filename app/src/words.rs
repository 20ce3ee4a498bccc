//! What the tray and notices say, from the same catalogues as the page, in the language that the page speaks. Owns the choice of
//! language until the page has said one; only messages with plain `{names}` are worded here.

use std::collections::HashMap;
use std::sync::{OnceLock, PoisonError, RwLock};

/// A language that the program speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// The measure.
    English,
    /// The other one.
    French,
}

type Catalogue = HashMap<String, String>;

const ENGLISH: [&str; 3] = [
    include_str!("../kit/src/messages/en/text.json"),
    include_str!("../kit/src/messages/en/fields.json"),
    include_str!("../kit/src/messages/en/window.json"),
];
const FRENCH: [&str; 3] = [
    include_str!("../kit/src/messages/fr/text.json"),
    include_str!("../kit/src/messages/fr/fields.json"),
    include_str!("../kit/src/messages/fr/window.json"),
];

impl Language {
    /// By its tag, or a locale that begins with it; English for any other.
    pub fn of(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("fr") { Self::French } else { Self::English }
    }

    /// What the system speaks, as its environment says.
    pub fn of_the_system() -> Self {
        let said = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok());
        Self::of(said.as_deref().unwrap_or_default())
    }

    fn catalogue(self) -> &'static Catalogue {
        static READ: [OnceLock<Catalogue>; 2] = [OnceLock::new(), OnceLock::new()];
        let (place, files) = match self {
            Self::English => (&READ[0], ENGLISH),
            Self::French => (&READ[1], FRENCH),
        };
        place.get_or_init(|| {
            // They are part of the program, and a test reads them.
            files.iter().flat_map(|file| serde_json::from_str::<Catalogue>(file).unwrap_or_default()).collect()
        })
    }

    /// A message, its names filled in.
    pub fn text(self, id: &str, names: &[(&str, &str)]) -> String {
        let message = self.catalogue().get(id).map_or(id, String::as_str);
        names.iter().fold(message.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

/// The language that is spoken now.
#[derive(Debug)]
pub struct Speech(RwLock<Language>);

impl Default for Speech {
    fn default() -> Self {
        Self(RwLock::new(Language::of_the_system()))
    }
}

impl Speech {
    /// Which one.
    pub fn language(&self) -> Language {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another one from now on; whether it is another.
    pub fn speak(&self, language: Language) -> bool {
        let mut spoken = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *spoken, language) != language
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catalogues_can_be_read_and_names_are_filled_in() {
        for language in [Language::English, Language::French] {
            assert!(language.catalogue().len() > 100);
        }
        assert_eq!(Language::of("fr_CA.UTF-8"), Language::French);
        assert_eq!(Language::of("C"), Language::English);
        assert_eq!(Language::English.text("sync.toSend", &[("count", "3")]), "3 to send");
        assert_eq!(Language::French.text("sync.toSend", &[("count", "3")]), "3 à envoyer");
    }

    #[test]
    fn the_page_chooses() {
        let speech = Speech(RwLock::new(Language::English));
        assert!(speech.speak(Language::French));
        assert!(!speech.speak(Language::French));
        assert_eq!(speech.language(), Language::French);
    }
}
