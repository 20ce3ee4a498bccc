//! A kind's JSON Schema as one organisation has it: the type's own, the organisation's names for its fields, its own fields and
//! stages. Owns the merging; forms, lists and the API's documentation are made from it.

use comptoir_replica::record::schema::CUSTOM_PREFIX;
use comptoir_replica::record::{FieldClass, FieldKind};
use serde_json::{Map, Value, json};

use super::{names, stages};
use crate::customising::rules::definition::{Definition, Holds, named};
use crate::mask::Mask;
use crate::registry::{Context, Kind, MONEY_PATTERN};

/// The schema of a kind, in a language of BCP 47 (French, else English). To what the type declares it adds: `text` and `help`
/// in `x-ui` (and in `x-line-fields` for fields of lines; at the top for the kind itself) where the organisation has a name
/// of its own; `x-ui.stages` of a stage; the organisation's fields that are in use, as the property `custom`. A field that whoever
/// works does not see is not there.
///
/// # Errors
/// Those of SQL.
pub fn schema_for(context: &Context<'_>, kind: &Kind, lang: &str) -> rusqlite::Result<Value> {
    let (connection, mask) = (context.connection, context.mask(kind)?);
    let mut schema = kind.schema_json();
    hide(&mut schema, kind, &mask);
    for (path, name) in names(connection, kind.name(), lang)? {
        let seen = match path.split_once('.') {
            _ if path.is_empty() => true,
            Some((list, field)) => mask.sees(&format!("{list}/*/{field}")),
            None => mask.sees(&path) || mask.sees_list(&path),
        };
        if !seen {
            continue;
        }
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
    for field in kind.schema().iter().filter(|field| field.widget == Some("stage") && mask.sees_field(field)) {
        let live = stages(connection, kind.name())?;
        let shown = live.iter().map(|stage| {
            let text = named(lang, &stage.label_en, &stage.label_fr, &stage.key);
            json!({ "key": stage.key, "text": text, "colour": stage.colour, "closed": stage.closed })
        });
        schema["properties"][field.path.as_ref()]["x-ui"]["stages"] = shown.collect();
    }
    let seen = |definition: &&Definition| mask.sees(&format!("{CUSTOM_PREFIX}{}", definition.field.key));
    let live = mask.own().iter().filter(|definition| !definition.field.archived);
    let live: Vec<&Definition> = live.filter(seen).collect();
    if !live.is_empty() {
        let properties: Map<String, Value> =
            live.iter().map(|definition| (definition.field.key.clone(), property(definition, lang))).collect();
        let required: Vec<&str> =
            live.iter().filter(|known| known.field.required).map(|known| known.field.key.as_str()).collect();
        schema["properties"]["custom"] = json!({ "type": "object", "properties": properties, "required": required });
    }
    Ok(schema)
}

/// Takes away what is not seen: properties, what of them is required, fields of lines.
fn hide(schema: &mut Value, kind: &Kind, mask: &Mask) {
    for field in kind.schema().iter().filter(|field| !mask.sees_field(field)) {
        let mut parts = field.path.split("/*/");
        let (name, of_line) = (parts.next().unwrap_or_default(), parts.next());
        let Some(of_line) = of_line else {
            taken(schema, name);
            continue;
        };
        let list = &mut schema["properties"][name];
        let line = list["additionalProperties"]["$ref"].as_str().map(str::to_owned);
        if let Some(hints) = list.get_mut("x-line-fields").and_then(Value::as_object_mut) {
            hints.remove(of_line);
        }
        if let Some(line) = line.as_deref().and_then(|line| schema.pointer_mut(line.trim_start_matches('#'))) {
            taken(line, of_line);
        }
    }
    for list in kind.lists().into_iter().filter(|list| !mask.sees_list(list)) {
        taken(schema, list);
    }
}

fn taken(schema: &mut Value, property: &str) {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.remove(property);
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name != property);
    }
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
        "class": if field.class.is_empty() { FieldClass::Ordinary.word() } else { &field.class },
        "target": target,
        "default": field.default,
        "rule": { "min": field.min, "max": field.max, "pattern": field.pattern, "decimals": field.decimals },
    });
    property
}
