//! `merges`: what was merged without asking. Owns how it is shown.

use serde_json::Value;

use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::problem::Problem;

pub fn run(context: &Context, limit: Option<usize>) -> Result<Done, Problem> {
    let answer = Door::open(context.data()?)?.json(Ask::get("/api/v1/merges").param("limit", limit))?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    let merges = answer["merges"].as_array().map(Vec::as_slice).unwrap_or_default();
    match merges {
        [] => show::line("Nothing: no two sites changed different fields of a record at once."),
        merges => show::table(&["received", "kind", "record", "changed"], &merges.iter().map(row).collect::<Vec<_>>()),
    }
    if !answer["since"].is_null() {
        show::line(&format!(
            "What came before {} was not looked at, or not all of it.",
            show::member(&answer, "since")
        ));
    }
    Ok(Done::Well)
}

/// A record that this version cannot name goes by its id.
fn row(merge: &Value) -> Vec<String> {
    let name = if merge["name"].as_str().is_some_and(|name| !name.is_empty()) { "name" } else { "id" };
    let sides: Vec<String> = merge["sides"].as_array().into_iter().flatten().map(side).collect();
    let mut row: Vec<String> = ["received", "kind", name].map(|name| show::member(merge, name)).into();
    row.push(sides.join(" | "));
    row
}

fn side(side: &Value) -> String {
    let fields: Vec<&str> = side["fields"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let fields = if fields.is_empty() { "only what another did too".to_owned() } else { fields.join(", ") };
    let (site, author) = (show::member(side, "site"), show::member(side, "author"));
    // The operator of a site is named after it.
    let who = if author.starts_with(&format!("{site}/")) { author } else { format!("{site} {author}") };
    format!("{who}: {fields}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn each_side_says_who_and_what_and_a_record_without_a_name_goes_by_its_id() {
        let mut merge = json!({
            "received": "2026-11-28T10:00:00Z", "kind": "party", "id": "a", "name": "Diop",
            "sides": [
                {"site": "PAR", "author": "PAR/operator", "fields": ["email", "phone"]},
                {"site": "DKR", "author": "Awa", "fields": []},
            ],
        });
        let told = "PAR/operator: email, phone | DKR Awa: only what another did too";
        assert_eq!(row(&merge), ["2026-11-28T10:00:00Z", "party", "Diop", told]);
        merge.as_object_mut().unwrap().remove("name");
        assert_eq!(row(&merge)[2], "a");
    }
}
