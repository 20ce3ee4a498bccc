//! `reference update`: countries, subdivisions and currencies brought up to the shipped edition. Owns how the report is shown.

use serde_json::Value;

use super::args::ReferenceCommand;
use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::problem::Problem;

pub fn run(context: &Context, command: &ReferenceCommand) -> Result<Done, Problem> {
    let ReferenceCommand::Update { dry_run } = command;
    let ask = Ask::post("/api/v1/reference/update").param("dry_run", dry_run.then_some(true));
    let answer = Door::open(context.data()?)?.json(ask)?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    let [edition, created, changed, unchanged] =
        ["edition", "created", "changed", "unchanged"].map(|name| show::member(&answer, name));
    let mode = if *dry_run { "Nothing was changed; this would be done: " } else { "" };
    show::line(&format!("Edition {edition}. {mode}{created} created, {changed} changed, {unchanged} unchanged."));
    let differences = answer["differences"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !differences.is_empty() {
        let names = ["kind", "code", "field", "before", "after"];
        let row = |difference: &Value| names.iter().map(|name| show::member(difference, name)).collect();
        show::table(&names, &differences.iter().map(row).collect::<Vec<_>>());
    }
    Ok(Done::Well)
}
