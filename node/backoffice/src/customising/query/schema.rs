//! A kind's JSON Schema as one organisation has it: the type's own, the organisation's names for its fields, its own fields and
//! stages. Owns the merging; forms, lists and the API's documentation are made from it.

use comptoir_replica::record::FieldKind;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::{definitions, names, stages};
use crate::customising::rules::definition::{Definition, Holds, named};
use crate::registry::{Kind, MONEY_PATTERN};

/// The schema of a kind, in a language of BCP 47 (French, else English). To what the type declares it adds: `text` and `help`
/// in `x-ui` (and in `x-line-fields` for fields of lines; at the top for the kind itself) where the organisation has a name
/// of its own; `x-ui.stages` of a stage; the organisation's fields that are in use, as the property `custom`.
///
/// # Errors
/// Those of SQL.
pub fn schema_for(connection: &Connection, kind: &Kind, lang: &str) -> rusqlite::Result<Value> {
    let mut schema = kind.schema_json();
    for (path, name) in names(connection, kind.name(), lang)? {
        let place = match path.split_once('.') {
            _ if path.is_empty() => &mut schema["x-ui"],
            Some((list, field)) => &mut schema["properties"][list]["x-line-fields"][field],
            None => &mut schema["properties"][path.as_str()]["x-ui"],
        };
        place["text"] = name.text.into();
        if !name.help.is_empty() {
            place["help"] = name.help.into();
        }
    }
    for field in kind.schema().iter().filter(|field| field.widget == Some("stage")) {
        let live = stages(connection, kind.name())?;
        let shown = live.iter().map(|stage| {
            let text = named(lang, &stage.label_en, &stage.label_fr, &stage.key);
            json!({ "key": stage.key, "text": text, "colour": stage.colour, "closed": stage.closed })
        });
        schema["properties"][field.path.as_ref()]["x-ui"]["stages"] = shown.collect();
    }
    let known = definitions(connection, kind.name())?;
    let live: Vec<&Definition> = known.iter().filter(|definition| !definition.field.archived).collect();
    if !live.is_empty() {
        let properties: Map<String, Value> =
            live.iter().map(|definition| (definition.field.key.clone(), property(definition, lang))).collect();
        let required: Vec<&str> =
            live.iter().filter(|known| known.field.required).map(|known| known.field.key.as_str()).collect();
        schema["properties"]["custom"] = json!({ "type": "object", "properties": properties, "required": required });
    }
    Ok(schema)
}

fn property(definition: &Definition, lang: &str) -> Value {
    let field = &definition.field;
    let mut property = match definition.holds {
        Holds::Text => json!({ "type": "string" }),
        Holds::Number => json!({ "type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$" }),
        Holds::Date => json!({ "type": "string", "format": "date" }),
        Holds::Choice => json!({ "type": "string" }),
        Holds::Reference => json!({ "type": "string", "format": "uuid" }),
        Holds::Money => json!({ "type": "string", "pattern": MONEY_PATTERN }),
        Holds::YesNo => json!({ "type": "boolean" }),
    };
    if let (Holds::Text, Some(length)) = (definition.holds, field.length) {
        property["maxLength"] = length.into();
    }
    let choices: Vec<&str> = definition.offered().map(|choice| choice.value.as_str()).collect();
    if definition.holds == Holds::Choice {
        property["enum"] = json!(choices);
    }
    let texts: Map<String, Value> = definition
        .offered()
        .map(|choice| {
            let text = named(lang, &choice.label_en, &choice.label_fr, &choice.value);
            (choice.value.clone(), text.into())
        })
        .collect();
    let target = (definition.holds == Holds::Reference).then_some(field.target.as_str());
    property["x-ui"] = json!({
        "label": format!("custom.{}", field.key),
        "text": definition.label(lang),
        "help": field.help,
        "group": field.group,
        "order": field.order,
        "kind": definition.holds.kind(),
        "optional": !field.required,
        "choices": choices,
        "choice_texts": texts,
        "searchable": definition.holds.kind() == FieldKind::Text,
        "filterable": field.filterable,
        "required": field.required,
        "listed": field.listed,
        "target": target,
        "default": field.default,
        "rule": { "min": field.min, "max": field.max, "pattern": field.pattern, "decimals": field.decimals },
    });
    property
}
