//! `digest`: hashes to compare with another node's. Owns its wording.

use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::problem::Problem;

pub fn run(context: &Context) -> Result<Done, Problem> {
    let answer = Door::open(context.data()?)?.json(Ask::get("/api/v1/digest"))?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    let scopes = answer["scopes"].as_object().into_iter().flatten();
    let row = |(name, digest): (&String, &serde_json::Value)| {
        vec![name.clone(), show::cell(digest), show::member(&answer["state"], name)]
    };
    show::table(&["scope", "held", "state"], &scopes.map(row).collect::<Vec<_>>());
    Ok(Done::Well)
}
