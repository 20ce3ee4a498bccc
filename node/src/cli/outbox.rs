//! `outbox`: what no relay has acknowledged yet. Owns its wording.

use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::problem::Problem;

pub fn run(context: &Context) -> Result<Done, Problem> {
    let answer = Door::open(context.data()?)?.json(Ask::get("/api/v1/outbox"))?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    let entries = answer["entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    if entries.is_empty() {
        show::line("The outbox is empty: a relay holds all that was written here.");
        return Ok(Done::Well);
    }
    let names = ["time", "scope", "seq", "command", "operations", "bytes"];
    let row = |entry: &serde_json::Value| names.iter().map(|name| show::member(entry, name)).collect();
    show::table(&names, &entries.iter().map(row).collect::<Vec<_>>());
    Ok(Done::Well)
}
