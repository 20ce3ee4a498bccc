//! Why settings cannot be used. Owns the words: which key, where it stands, what would do.

use std::collections::BTreeMap;
use std::path::PathBuf;

use config::ConfigError;

use super::Origin;

/// Why settings cannot be used. Nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read, or is no TOML.
    #[error("{} cannot be read as settings", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Box<ConfigError>,
    },
    /// A key that the program does not know: misspelt, or of a newer version.
    #[error("{origin} sets {key}, which is no setting{}", near(.nearest.as_deref()))]
    Unknown {
        /// Which.
        key: String,
        /// Where it stands.
        origin: Origin,
        /// What it may have been meant to be.
        nearest: Option<String>,
    },
    /// A value that its key does not take.
    #[error("{key}, set by {origin}, is not as it must be")]
    Value {
        /// Which key.
        key: String,
        /// Where it stands.
        origin: Origin,
        /// What is wrong with it.
        #[source]
        source: Box<ConfigError>,
    },
    /// The sources do not go together.
    #[error("the settings cannot be put together")]
    Read(#[source] Box<ConfigError>),
    /// The program's own table is none.
    #[error("the defaults are no table")]
    Defaults(#[source] serde_json::Error),
}

fn near(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; is {nearest} meant?")).unwrap_or_default()
}

impl SettingsError {
    pub(crate) fn defaults(source: serde_json::Error) -> Self {
        Self::Defaults(source)
    }

    pub(crate) fn unknown<'a>(key: &str, origin: Origin, known: impl Iterator<Item = &'a String>) -> Self {
        let nearest = known.map(|known| (distance(key, known), known)).min();
        // Farther than a third of its letters it is another word.
        let nearest = nearest.filter(|(distance, _)| distance * 3 <= key.len()).map(|(_, known)| known.clone());
        Self::Unknown { key: key.to_owned(), origin, nearest }
    }

    pub(crate) fn value(source: ConfigError, origins: &BTreeMap<String, Origin>) -> Self {
        let key = match &source {
            ConfigError::Type { key: Some(key), .. } | ConfigError::At { key: Some(key), .. } => key.clone(),
            _ => return Self::Read(Box::new(source)),
        };
        let origin = origins.get(&key).cloned().unwrap_or(Origin::Default);
        Self::Value { key, origin, source: Box::new(source) }
    }
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (number, letter) in one.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], number + 1);
        for (place, known) in other.iter().enumerate() {
            let changed = before + usize::from(letter != *known);
            before = row[place + 1];
            row[place + 1] = changed.min(before + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        assert_eq!(distance("listen", "listen"), 0);
        assert_eq!(distance("listn", "listen"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
