//! `access`: who was shown what of persons, pay, health and courts at this node. Owns its wording.

use serde_json::Value;

use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::cli::staff_args::AccessCommand;
use crate::problem::Problem;

pub fn run(context: &Context, command: &AccessCommand) -> Result<Done, Problem> {
    let AccessCommand::List { limit } = command;
    let answer = Door::open(context.data()?)?.json(Ask::get(&format!("/api/v1/access-log?limit={limit}")))?;
    if context.json {
        show::json(&answer);
    } else {
        listed(answer["accesses"].as_array().map(Vec::as_slice).unwrap_or_default());
    }
    Ok(Done::Well)
}

fn listed(accesses: &[Value]) {
    if accesses.is_empty() {
        return show::line("Nobody was shown anything here but what is ordinary.");
    }
    let classes = |access: &Value| {
        let words = access["classes"].as_array().into_iter().flatten().filter_map(Value::as_str);
        words.collect::<Vec<_>>().join(", ")
    };
    let row = |access: &Value| {
        let of = ["time", "author", "surface", "kind", "record", "records"];
        of.map(|name| show::member(access, name)).into_iter().chain([classes(access)]).collect()
    };
    let names = ["time", "author", "surface", "kind", "record", "records", "classes"];
    show::table(&names, &accesses.iter().map(row).collect::<Vec<_>>());
}
