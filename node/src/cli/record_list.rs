//! `record list`: a page of a list as a table. Owns how it is shown.

use serde_json::Value;

use super::door::{Ask, Door, percent_encoded};
use super::record_args::RecordList;
use super::{Context, Done, show};
use crate::problem::{Problem, plain};

pub fn run(context: &Context, door: &Door, arguments: &RecordList) -> Result<Done, Problem> {
    let path = format!("/api/v1/records/{}", percent_encoded(&arguments.kind));
    let mut ask = Ask::get(&path)
        .param("search", arguments.search.as_ref())
        .param("sort", arguments.sort.as_ref())
        .param("columns", arguments.columns.as_ref())
        .param("totals", arguments.totals.as_ref())
        .param("view", arguments.view.as_ref())
        .param("archived", arguments.archived.then_some(true))
        .param("conflicts", arguments.conflicts.then_some(true))
        .param("limit", arguments.limit)
        .param("after", arguments.after.as_ref())
        .param("before", arguments.before.as_ref());
    for (name, value) in &arguments.filters {
        // In brackets, it is never taken for one of the parameters above.
        let name = if name.ends_with(']') { name.clone() } else { format!("{name}[eq]") };
        ask = ask.owned_param(name, value.clone());
    }
    let answer = door.json(ask)?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    table(&answer);
    Ok(Done::Well)
}

fn table(answer: &Value) {
    let columns: Vec<&str> = answer["columns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let records = answer["records"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |record: &Value| {
        let own = show::member(record, "id");
        let fields = columns.iter().map(|column| match record["titles"][column].as_str() {
            Some(title) => title.to_owned(),
            None => several(&record["fields"][column]),
        });
        std::iter::once(own).chain(fields).collect()
    };
    let headings: Vec<&str> = std::iter::once("id").chain(columns.iter().copied()).collect();
    show::table(&headings, &records.iter().map(row).collect::<Vec<_>>());
    for (field, sums) in answer["totals"].as_object().into_iter().flatten() {
        let sums = Some(several(sums)).filter(|sums| !sums.is_empty()).unwrap_or_else(|| "0".to_owned());
        show::line(&format!("Total of {}: {sums}.", plain(field)));
    }
    show::line(&format!("{} of {}.", records.len(), show::member(answer, "total")));
    for (place, option) in [("previous", "before"), ("next", "after")] {
        if let Some(place) = answer[place].as_str() {
            show::line(&format!("More: --{option} {}", plain(place)));
        }
    }
}

/// A value, or the values of several lines.
fn several(value: &Value) -> String {
    match value {
        Value::Array(values) => values.iter().map(show::cell).collect::<Vec<_>>().join(" | "),
        one => show::cell(one),
    }
}
