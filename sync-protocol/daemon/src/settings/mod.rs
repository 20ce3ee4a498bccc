//! Settings of a daemon: its defaults, a TOML file, the environment, the command line; the later wins.
//!
//! Owns that order, where each value came from, and that no key passes which the program does not know. Knows no key itself:
//! a program gives a struct whose default is the whole table. Secrets are no settings: a setting names the file of one.

mod duration;
mod error;
mod layer;
mod shown;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use layer::Layer;

pub use duration::Span;
pub use error::SettingsError;
pub use shown::Shown;

/// Where a program is told its settings.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// A TOML file.
    pub file: Option<PathBuf>,
    /// The variables of the environment that begin so are settings: `COMPTOIR_RELAY__`; what follows is the key in capitals, its
    /// parts apart by two underscores.
    pub prefix: &'static str,
    /// The environment.
    pub environment: Vec<(String, String)>,
    /// What the command line says, as pairs of key and value; of a list one pair for each item.
    pub flags: Vec<(&'static str, String)>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nobody said it.
    Default,
    /// This file.
    File(PathBuf),
    /// This variable.
    Environment(String),
    /// The command line.
    CommandLine,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::CommandLine => f.write_str("command line"),
        }
    }
}

/// Settings as they hold, and where each came from.
#[derive(Clone, Debug)]
pub struct Settings<T> {
    /// The table.
    pub table: T,
    /// Every key with its value, as JSON, and its origin.
    pub lines: BTreeMap<String, (Json, Origin)>,
}

/// Reads settings.
///
/// # Errors
/// [`SettingsError`], which names the key and where it stands.
pub fn read<T: Default + Serialize + DeserializeOwned>(sources: &Sources) -> Result<Settings<T>, SettingsError> {
    let known = flat(&serde_json::to_value(T::default()).map_err(SettingsError::defaults)?);
    let mut layers = Vec::new();
    if let Some(path) = &sources.file {
        layers.push(Layer::of_file(path)?);
    }
    layers.extend(Layer::of_environment(sources.prefix, &sources.environment, &known));
    layers.push(Layer::of_command_line(&sources.flags, &known));
    let mut builder = config::Config::builder().add_source(layer::defaults(&known)?);
    let mut origins: BTreeMap<String, Origin> = BTreeMap::new();
    for layer in layers {
        for key in layer.keys() {
            if !known.contains_key(key) {
                return Err(SettingsError::unknown(key, layer.origin.clone(), known.keys()));
            }
            origins.insert(key.clone(), layer.origin.clone());
        }
        builder = builder.add_source(layer);
    }
    let built = builder.build().map_err(|source| SettingsError::Read(Box::new(source)))?;
    let table: T = built.try_deserialize().map_err(|error| SettingsError::value(error, &origins))?;
    let held = flat(&serde_json::to_value(&table).map_err(SettingsError::defaults)?);
    let line = |(key, value): (String, Json)| {
        let origin = origins.get(&key).cloned().unwrap_or(Origin::Default);
        (key, (value, origin))
    };
    Ok(Settings { table, lines: held.into_iter().map(line).collect() })
}

/// The leaves of a table by their dotted keys. A list is a leaf.
fn flat(value: &Json) -> BTreeMap<String, Json> {
    fn walk(value: &Json, key: &str, leaves: &mut BTreeMap<String, Json>) {
        match value {
            Json::Object(fields) => {
                for (name, value) in fields {
                    let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                    walk(value, &key, leaves);
                }
            }
            leaf => drop(leaves.insert(key.to_owned(), leaf.clone())),
        }
    }
    let mut leaves = BTreeMap::new();
    walk(value, "", &mut leaves);
    leaves
}

#[cfg(test)]
mod tests;
