//! `search`: records of all kinds by a few words. Owns how they are shown.

use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::problem::{Problem, plain};

pub fn run(context: &Context, words: &[String], limit: Option<usize>) -> Result<Done, Problem> {
    let ask = Ask::get("/api/v1/search").param("q", Some(words.join(" "))).param("limit", limit);
    let answer = Door::open(context.data()?)?.json(ask)?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    let mut rows = Vec::new();
    let mut more = Vec::new();
    for kind in answer["kinds"].as_array().into_iter().flatten() {
        let name = show::member(kind, "kind");
        for record in kind["records"].as_array().into_iter().flatten() {
            let [title, reference, id] = ["title", "reference", "id"].map(|member| show::member(record, member));
            rows.push(vec![name.clone(), title, reference, id]);
        }
        if kind["more"] == true {
            more.push(name);
        }
    }
    if rows.is_empty() {
        show::line("Nothing was found.");
        return Ok(Done::Well);
    }
    show::table(&["kind", "name", "reference", "id"], &rows);
    for kind in more {
        let words = plain(&words.join(" ")).replace('\'', "'\\''");
        show::line(&format!("More: record list {} --search '{words}'", plain(&kind)));
    }
    Ok(Done::Well)
}
