//! `record envelope`: a party's address as it stands on an envelope. Owns how it is shown.

use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done, show};
use crate::problem::Problem;

pub fn run(context: &Context, door: &Door, party: &str, address: Option<String>) -> Result<Done, Problem> {
    let path = format!("/api/v1/records/party/{}/envelope", percent_encoded(party));
    let answer = door.json(Ask::get(&path).param("address", address))?;
    if context.json {
        show::json(&answer);
    } else {
        let lines = answer["lines"].as_array().into_iter().flatten();
        lines.filter_map(serde_json::Value::as_str).for_each(show::line);
    }
    Ok(Done::Well)
}
