//! `inbox`: work made of broken expectations. Owns how it is shown.

use serde_json::{Value, json};

use super::args::{InboxCommand, InboxResolve};
use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done, show};
use crate::problem::{Code, Problem};

pub fn run(context: &Context, command: InboxCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    match command {
        InboxCommand::List { kind } => list(context, &door, kind),
        InboxCommand::Resolve(arguments) => resolve(context, &door, arguments),
    }
}

fn list(context: &Context, door: &Door, kind: Option<String>) -> Result<Done, Problem> {
    let answer = door.json(Ask::get("/api/v1/inbox").param("kind", kind))?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    if items.is_empty() {
        show::line("The inbox is empty.");
        return Ok(Done::Well);
    }
    let headings = ["id", "kind", "record", "field", "values", "why"];
    let rows: Vec<Vec<String>> = items.iter().map(row).collect();
    // Conflicts say it all by their values.
    let columns = if rows.iter().all(|row| row[5].is_empty()) { 5 } else { 6 };
    show::table(&headings[..columns], &rows.iter().map(|row| row[..columns].to_vec()).collect::<Vec<_>>());
    Ok(Done::Well)
}

fn row(item: &Value) -> Vec<String> {
    let values = item["values"].as_array().into_iter().flatten().map(|value| choice(item, value));
    let values: Vec<String> = values.enumerate().map(|(i, value)| format!("{}: {value}", i + 1)).collect();
    let mut row: Vec<String> = ["id", "kind", "name", "field"].map(|name| show::member(item, name)).into();
    row.extend([values.join(" | "), why(item)]);
    row
}

/// One of the values to choose among. Records of one name are told apart by what stands behind it.
fn choice(item: &Value, value: &Value) -> String {
    let told = show::member(value, "value");
    match (item["kind"].as_str().unwrap_or_default(), value["value"].as_bool()) {
        ("edited-archived", Some(true)) => "stays archived".to_owned(),
        ("edited-archived", Some(false)) => "is in use again".to_owned(),
        ("merged-into-archived", Some(true)) => "is archived too".to_owned(),
        ("merged-into-archived", Some(false)) => "the other is in use again".to_owned(),
        _ => match value["reference"].as_str().or(value["record"].as_str()) {
            Some(name) => format!("{told} ({name})"),
            None => told,
        },
    }
}

/// Why two records are probably one, or why an entry is set aside.
fn why(item: &Value) -> String {
    let reasons: Vec<&str> = item["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    match item["score"].as_u64() {
        Some(score) => format!("{score} of 100: {}", reasons.join(", ")),
        None => show::member(item, "reason"),
    }
}

fn resolve(context: &Context, door: &Door, arguments: InboxResolve) -> Result<Done, Problem> {
    let body = match (arguments.take, arguments.value) {
        (Some(place), _) => json!({ "take": place }),
        (None, Some(value)) => json!({ "value": value }),
        (None, None) => {
            return Err(Problem::new(Code::BadRequest, "Say which value is right: --take N or --value VALUE"));
        }
    };
    let path = format!("/api/v1/inbox/{}/resolve", percent_encoded(&arguments.id));
    let answer = door.json(Ask::post(&path).json(&body))?;
    if context.json {
        show::json(&answer);
    } else {
        show::line("Settled.");
    }
    Ok(Done::Well)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_words_and_records_of_one_name_are_told_apart() {
        let item = json!({
            "id": "1", "kind": "possible-duplicate", "name": "Martin", "score": 90, "reasons": ["siren", "name"],
            "values": [
                {"value": "Martin", "record": "a", "reference": "C-1"},
                {"value": "Martin", "record": "b"},
                {"value": "distinct"},
            ],
        });
        let told = row(&item);
        assert_eq!(told[4], "1: Martin (C-1) | 2: Martin (b) | 3: distinct");
        assert_eq!(told[5], "90 of 100: siren, name");
        let item = json!({"kind": "edited-archived", "values": [{"value": true}, {"value": false}]});
        assert_eq!(row(&item)[4], "1: stays archived | 2: is in use again");
        let item = json!({"kind": "conflict", "values": [{"value": true}, {"value": false}]});
        assert_eq!(row(&item)[4], "1: true | 2: false");
    }
}
