//! `kinds` and `schema`: which kinds of record there are and what they are made of. Owns how they are shown.

use serde_json::Value;

use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done, show};
use crate::problem::Problem;

pub fn list(context: &Context) -> Result<Done, Problem> {
    let answer = Door::open(context.data()?)?.json(Ask::get("/api/v1/kinds"))?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    let row = |kind: &Value| {
        let on = if kind["on"] == true { "on" } else { "off" };
        let [name, module, label, class] =
            ["kind", "module", "label", "write_class"].map(|name| show::member(kind, name));
        vec![name, label, module, on.to_owned(), class]
    };
    let kinds: Vec<Vec<String>> = answer["kinds"].as_array().into_iter().flatten().map(row).collect();
    show::table(&["kind", "called", "module", "", "written by"], &kinds);
    Ok(Done::Well)
}

/// JSON in any case: it is for programs.
pub fn schema(context: &Context, kind: &str, lang: Option<String>) -> Result<Done, Problem> {
    let path = format!("/api/v1/kinds/{}/schema", percent_encoded(kind));
    let answer = Door::open(context.data()?)?.json(Ask::get(&path).param("lang", lang))?;
    match context.json {
        true => show::json(&answer),
        false => show::line(&format!("{answer:#}")),
    }
    Ok(Done::Well)
}
