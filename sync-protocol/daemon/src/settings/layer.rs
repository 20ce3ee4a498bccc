//! One source of settings, flat: keys and values, all of one origin. Owns how each kind of source is read.

use std::collections::BTreeMap;
use std::path::Path;

use config::{FileFormat, FileSourceFile, Map, Source, Value, ValueKind};
use serde_json::Value as Json;

use super::{Origin, SettingsError};

/// Keys and values of one origin.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) origin: Origin,
    values: BTreeMap<String, Value>,
}

impl Layer {
    pub(crate) fn keys(&self) -> impl Iterator<Item = &String> {
        self.values.keys()
    }

    pub(crate) fn of_file(path: &Path) -> Result<Self, SettingsError> {
        let file: config::File<FileSourceFile, FileFormat> =
            config::File::new(&path.display().to_string(), FileFormat::Toml);
        let read =
            file.collect().map_err(|source| SettingsError::File { path: path.to_owned(), source: Box::new(source) })?;
        let origin = Origin::File(path.to_owned());
        let mut values = BTreeMap::new();
        flatten(&read, "", &mut values);
        Ok(Self { origin, values })
    }

    /// Each variable is a layer: it is an origin of its own.
    pub(crate) fn of_environment(
        prefix: &str,
        environment: &[(String, String)],
        known: &BTreeMap<String, Json>,
    ) -> Vec<Self> {
        let layer = |(name, value): &(String, String)| {
            let key = name.strip_prefix(prefix).filter(|key| !prefix.is_empty() && !key.is_empty())?;
            let key = key.to_ascii_lowercase().replace("__", ".");
            let is_list = matches!(known.get(&key), Some(Json::Array(_)));
            Some(Self::one(Origin::Environment(name.clone()), key, value, is_list))
        };
        environment.iter().filter_map(layer).collect()
    }

    /// A key that takes a list may be said more than once.
    pub(crate) fn of_command_line(flags: &[(&'static str, String)], known: &BTreeMap<String, Json>) -> Self {
        let told = Origin::CommandLine.to_string();
        let mut values: BTreeMap<String, Value> = BTreeMap::new();
        for (key, text) in flags {
            let value = Value::new(Some(&told), ValueKind::String(text.clone()));
            match (known.get(*key), values.get_mut(*key).map(|value| &mut value.kind)) {
                (Some(Json::Array(_)), Some(ValueKind::Array(items))) => items.push(value),
                (Some(Json::Array(_)), _) => {
                    drop(values.insert((*key).to_owned(), Value::new(Some(&told), ValueKind::Array(vec![value]))));
                }
                _ => drop(values.insert((*key).to_owned(), value)),
            }
        }
        Self { origin: Origin::CommandLine, values }
    }

    fn one(origin: Origin, key: String, text: &str, is_list: bool) -> Self {
        let told = origin.to_string();
        let string = |text: &str| Value::new(Some(&told), ValueKind::String(text.trim().to_owned()));
        let value = match is_list {
            true => {
                let items = text.split(',').filter(|item| !item.trim().is_empty()).map(string).collect();
                Value::new(Some(&told), ValueKind::Array(items))
            }
            false => string(text),
        };
        Self { values: BTreeMap::from([(key, value)]), origin }
    }
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, config::ConfigError> {
        Ok(self.values.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

/// What holds where nobody says otherwise.
pub(crate) fn defaults(known: &BTreeMap<String, Json>) -> Result<Layer, SettingsError> {
    let value = |(key, value): (&String, &Json)| {
        let value: Value = serde_json::from_value(value.clone()).map_err(SettingsError::defaults)?;
        Ok((key.clone(), value))
    };
    let values = known.iter().map(value).collect::<Result<_, SettingsError>>()?;
    Ok(Layer { origin: Origin::Default, values })
}

fn flatten(table: &Map<String, Value>, key: &str, values: &mut BTreeMap<String, Value>) {
    for (name, value) in table {
        let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
        match &value.kind {
            ValueKind::Table(table) => flatten(table, &key, values),
            _ => drop(values.insert(key, value.clone())),
        }
    }
}
