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
    let row = |item: &Value| {
        let values = item["values"].as_array().into_iter().flatten().map(|value| show::member(value, "value"));
        let values: Vec<String> = values.enumerate().map(|(i, value)| format!("{}: {value}", i + 1)).collect();
        let mut row: Vec<String> = ["id", "kind", "name", "field"].map(|name| show::member(item, name)).into();
        row.push(values.join(" | "));
        row
    };
    show::table(&["id", "kind", "record", "field", "values"], &items.iter().map(row).collect::<Vec<_>>());
    Ok(Done::Well)
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
        show::line("Resolved.");
    }
    Ok(Done::Well)
}
