//! `record`: single records, by kind and id. Owns how they are shown.

use comptoir_backoffice::changes::Changes;
use serde_json::{Value, json};

use super::door::{Ask, Door, percent_encoded};
use super::record_args::{RecordCommand, RecordRef};
use super::{Context, Done, envelope, record_list, show};
use crate::problem::{Code, Problem, plain, told};

pub fn run(context: &Context, command: RecordCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    match command {
        RecordCommand::List(arguments) => record_list::run(context, &door, &arguments),
        RecordCommand::Show { record, at, itself } => {
            let ask_path = path(&record);
            let ask = Ask::get(&ask_path).param("at", at).param("itself", itself.then_some(true));
            shown(context, &door.json(ask)?)
        }
        RecordCommand::History(record) => history(context, &door, &record),
        RecordCommand::Set { record, assignments } => {
            let ask_path = path(&record);
            let answer = door.json(Ask::patch(&ask_path).json(&changes(&assignments)?))?;
            shown(context, &answer)
        }
        RecordCommand::Create { kind, scope, assignments } => {
            let ask_path = kind_path(&kind);
            let ask = Ask::post(&ask_path).param("scope", scope);
            shown(context, &door.json(ask.json(&changes(&assignments)?))?)
        }
        RecordCommand::Revert { record, change, to } => {
            let asked = match (change, to) {
                (Some(change), _) => json!({ "change": change }),
                (None, at) => json!({ "at": at }),
            };
            let answer = door.json(Ask::post(&format!("{}/revert", path(&record))).json(&asked))?;
            reverted(context, &answer)
        }
        RecordCommand::Merge { kind, from, into, take } => {
            let ask_path = format!("{}/merge", path(&RecordRef { kind, id: from }));
            let answer = door.json(Ask::post(&ask_path).json(&json!({ "into": into, "take": take })))?;
            shown(context, &answer)
        }
        RecordCommand::Unmerge { record, distinct } => {
            let ask_path = format!("{}/unmerge", path(&record));
            let answer = door.json(Ask::post(&ask_path).json(&json!({ "distinct": distinct })))?;
            shown(context, &answer)
        }
        RecordCommand::Envelope { party, address } => envelope::run(context, &door, &party, address),
        RecordCommand::Share { kind, ids, scope } => {
            let mut done = Done::Well;
            for id in ids {
                let ask_path = format!("{}/share", path(&RecordRef { kind: kind.clone(), id }));
                done = shown(context, &door.json(Ask::post(&ask_path).param("scope", scope.as_deref()))?)?;
            }
            Ok(done)
        }
        RecordCommand::Export { record, out, .. } => {
            let document = door.bytes(Ask::get(&format!("{}/automerge", path(&record))))?;
            std::fs::write(&out, &document).map_err(|error| {
                let message = format!("{} cannot be written: {}", out.display(), told(&error));
                Problem::new(Code::FileUnreadable, message).with("path", out.display())
            })?;
            if context.json {
                show::json(&json!({ "bytes": document.len() }));
            } else {
                show::line(&format!("{} bytes were written to {}.", document.len(), out.display()));
            }
            Ok(Done::Well)
        }
        RecordCommand::Archive { record, undo } => {
            let ask_path = format!("{}/archive", path(&record));
            let answer = door.json(Ask::post(&ask_path).json(&json!({ "archived": !undo })))?;
            shown(context, &answer)
        }
    }
}

/// What was asked for, in the API's notation.
fn changes(assignments: &[String]) -> Result<Value, Problem> {
    let changes = Changes::parse(assignments)?;
    serde_json::to_value(changes).map_err(|error| Problem::from_error(Code::Internal, &error))
}

fn kind_path(kind: &str) -> String {
    format!("/api/v1/records/{}", percent_encoded(kind))
}

fn path(record: &RecordRef) -> String {
    format!("{}/{}", kind_path(&record.kind), percent_encoded(&record.id))
}

fn shown(context: &Context, record: &Value) -> Result<Done, Problem> {
    if context.json {
        show::json(record);
        return Ok(Done::Well);
    }
    let archived = if record["archived"] == true { ", archived" } else { "" };
    let [kind, id, title] = ["kind", "id", "title"].map(|name| plain(&show::member(record, name)));
    show::line(&format!("{title} ({kind} {id}{archived})"));
    let mut rows = Vec::new();
    for part in ["fields", "lines", "custom"] {
        let prefix = if part == "custom" { part } else { "" };
        flatten(prefix, &record[part], &mut rows);
    }
    show::table(&["field", "value"], &rows);
    for alias in record["aliases"].as_array().into_iter().flatten() {
        let [title, id] = ["title", "id"].map(|name| plain(&show::member(alias, name)));
        show::line(&format!("Stands for {title} ({id}) too, which was merged into it."));
    }
    if let Some(meant) = record["alias_of"].as_str() {
        show::line(&format!("It was merged into {}.", plain(meant)));
    }
    for conflict in record["conflicts"].as_array().into_iter().flatten() {
        let values = conflict["values"].as_array().into_iter().flatten().map(|value| plain(&show::cell(value)));
        let values: Vec<String> = values.collect();
        let field = plain(&show::member(conflict, "field"));
        show::line(&format!("Conflict in {field}: {}. See `comptoir-node inbox list`.", values.join(" | ")));
    }
    Ok(Done::Well)
}

fn reverted(context: &Context, answer: &Value) -> Result<Done, Problem> {
    if context.json {
        show::json(answer);
        return Ok(Done::Well);
    }
    for (stays, why) in [
        ("superseded", "somebody put something else there since"),
        ("contested", "others' values contradict each other: see `comptoir-node inbox list`"),
    ] {
        for field in answer[stays].as_array().into_iter().flatten() {
            show::line(&format!("{} stays: {why}.", plain(&show::cell(field))));
        }
    }
    shown(context, &answer["record"])
}

/// One row for each scalar that says something, named as `record set` takes it.
fn flatten(prefix: &str, value: &Value, rows: &mut Vec<Vec<String>>) {
    let under = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    match value {
        Value::Object(members) => {
            members.iter().filter(|(name, _)| *name != "key").for_each(|(name, value)| {
                flatten(&under(name), value, rows);
            });
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                let key = item["key"].as_str().map_or_else(|| (i + 1).to_string(), str::to_owned);
                flatten(&under(&key), item, rows);
            }
        }
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        scalar => rows.push(vec![prefix.to_owned(), show::cell(scalar)]),
    }
}

fn history(context: &Context, door: &Door, record: &RecordRef) -> Result<Done, Problem> {
    let answer = door.json(Ask::get(&format!("{}/history", path(record))))?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    for item in answer["items"].as_array().into_iter().flatten() {
        let told = ["time", "author", "command", "change"].map(|name| plain(&show::member(item, name)));
        show::line(&told.join("  "));
        for put in item["puts"].as_array().into_iter().flatten() {
            let [field, before, value] = ["field", "before", "value"].map(|name| plain(&show::member(put, name)));
            let beside = if put["concurrent"] == true { " (while somebody else put it too)" } else { "" };
            let from = if before.is_empty() { String::new() } else { format!("{before} -> ") };
            let to = if value.is_empty() { "(empty)" } else { &value };
            show::line(&format!("    {field}: {from}{to}{beside}"));
        }
    }
    Ok(Done::Well)
}
