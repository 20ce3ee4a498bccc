//! A form that is saved: what a person changed of the record that the form was filled with. Owns that comparison. A form that was
//! filled long ago saves nothing else: what another site changed meanwhile stays as that site wrote it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::changes::{ARCHIVED, Changes, POSITION};
use crate::shown::{LineShown, RecordShown};

impl Changes {
    /// What differs between a record as it was loaded into a form and as it stands there now. A line without a counterpart in
    /// the loaded record is new; one that is gone from the form is archived.
    #[must_use]
    pub fn between(loaded: &RecordShown, edited: &RecordShown) -> Self {
        let mut changes = Self::default();
        let mut set = |path: String, before: Option<&Value>, now: &Value| {
            if before != Some(now) {
                changes.set.insert(path, now.clone());
            }
        };
        for (field, now) in &edited.fields {
            set(field.clone(), loaded.fields.get(field), now);
        }
        for (key, now) in &edited.custom {
            set(format!("custom.{key}"), loaded.custom.get(key), now);
        }
        for key in loaded.custom.keys().filter(|key| !edited.custom.contains_key(*key)) {
            set(format!("custom.{key}"), None, &Value::Null);
        }
        set(ARCHIVED.to_owned(), Some(&loaded.archived.into()), &edited.archived.into());
        let none = Vec::new();
        for (list, now) in &edited.lines {
            changes.lines(list, loaded.lines.get(list).unwrap_or(&none), now);
        }
        changes
    }

    fn lines(&mut self, list: &str, loaded: &[LineShown], edited: &[LineShown]) {
        for line in edited {
            match loaded.iter().find(|before| before.key == line.key) {
                Some(before) => {
                    let (before, now) = (cells(before), cells(line));
                    let differing = now.into_iter().filter(|(field, value)| before.get(field) != Some(value));
                    self.set.extend(differing.map(|(field, value)| (format!("{list}.{}.{field}", line.key), value)));
                }
                None => self.add.entry(list.to_owned()).or_default().push(line.fields.clone()),
            }
        }
        for line in loaded.iter().filter(|line| !line.archived && !edited.iter().any(|now| now.key == line.key)) {
            self.set.insert(format!("{list}.{}.{ARCHIVED}", line.key), true.into());
        }
    }
}

/// All that a form shows of a line, by field.
fn cells(line: &LineShown) -> BTreeMap<String, Value> {
    let own = [(POSITION.to_owned(), line.position.into()), (ARCHIVED.to_owned(), line.archived.into())];
    line.fields.clone().into_iter().chain(own).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_replica::record::RecordId;
    use comptoir_sync_protocol::ids::ScopeId;
    use serde_json::json;

    use super::*;
    use crate::registry::kind;
    use crate::samples::folded;

    fn shown() -> RecordShown {
        let cells = folded(&[
            ("name", "Dupont".into()),
            ("phone", "1".into()),
            ("addresses/aa/city", "Lyon".into()),
            ("addresses/bb/city", "Nice".into()),
        ]);
        RecordShown::of(ScopeId([1; 16]), RecordId([2; 16]), kind("party").unwrap(), &cells)
    }

    #[test]
    fn nothing_changed_is_nothing_saved() {
        assert_eq!(Changes::between(&shown(), &shown()), Changes::default());
    }

    #[test]
    fn only_what_was_changed_is_saved() {
        let mut edited = shown();
        edited.fields.insert("phone".into(), "2".into());
        edited.archived = true;
        let lines = edited.lines.get_mut("addresses").unwrap();
        lines[0].fields.insert("city".into(), "Dakar".into());
        lines.remove(1);
        let city = [("city".to_owned(), json!("Thiès"))];
        lines.push(LineShown { key: String::new(), position: 0, archived: false, fields: city.clone().into() });
        let changes = Changes::between(&shown(), &edited);
        let expected = json!({
            "phone": "2", "archived": true, "addresses.aa.city": "Dakar", "addresses.bb.archived": true
        });
        assert_eq!(json!(changes.set), expected);
        assert_eq!(changes.add["addresses"], [std::collections::BTreeMap::from(city)]);
    }
}
