//! Settings as they are shown to people and scripts. Owns both forms; where a value came from is what was read.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::Settings;

/// Settings as they hold.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    settings: Vec<Line>,
}

#[derive(Clone, Debug, Serialize)]
struct Line {
    key: String,
    value: Value,
    origin: String,
}

impl Shown {
    /// What was read.
    pub fn of<T>(settings: Settings<T>) -> Self {
        let line =
            |(key, (value, origin)): (String, (Value, super::Origin))| Line { key, value, origin: origin.to_string() };
        Self { settings: settings.lines.into_iter().map(line).collect() }
    }

    /// The same, without the values of these keys: that they are set is said.
    pub fn withholding(mut self, keys: &[&str]) -> Self {
        let is_set = |value: &Value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty());
        for line in &mut self.settings {
            if keys.contains(&line.key.as_str()) && is_set(&line.value) {
                line.value = "withheld".into();
            }
        }
        self
    }

    /// TOML, in which what nobody said and what is nothing stands behind a `#`; with where each value came from, if that is asked for.
    pub fn toml(&self, with_origin: bool) -> String {
        let mut text = String::new();
        for Line { key, value, origin } in &self.settings {
            // Strings and lists of strings are written alike in both.
            let line = match value {
                Value::Null => format!("# {key} ="),
                value => format!("{key} = {value}"),
            };
            let origin = if with_origin { format!("  # {origin}") } else { String::new() };
            let _ = writeln!(text, "{line}{origin}");
        }
        text.trim_end().to_owned()
    }
}
