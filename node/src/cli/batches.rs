//! `batches` and `undo`: acts over many records, such as imports, and taking one back as one.

use serde_json::Value;

use super::args::Undo;
use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done, show};
use crate::problem::{Problem, plain};

pub fn list(context: &Context, limit: Option<usize>) -> Result<Done, Problem> {
    let answer = Door::open(context.data()?)?.json(Ask::get("/api/v1/batches").param("limit", limit))?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    let names = ["id", "last", "site", "author", "command", "changes"];
    let rows = answer["batches"].as_array().into_iter().flatten();
    let row = |batch: &Value| names.iter().map(|name| show::member(batch, name)).collect();
    show::table(&names, &rows.map(row).collect::<Vec<_>>());
    Ok(Done::Well)
}

pub fn undo(context: &Context, arguments: &Undo) -> Result<Done, Problem> {
    let path = format!("/api/v1/batches/{}/undo", percent_encoded(&arguments.batch));
    let answer = Door::open(context.data()?)?.json(Ask::post(&path).param("site", arguments.site.as_ref()))?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    let count = |name: &str| show::member(&answer, name);
    show::line(&format!("{} changed back, {} archived.", count("reverted"), count("archived")));
    if answer["left"].as_u64().unwrap_or(0) > 0 {
        show::line(&format!("Of {} something stays, because somebody changed it since:", count("left")));
        for example in answer["examples"].as_array().into_iter().flatten() {
            let fields = example["fields"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let fields: Vec<String> = fields.map(plain).collect();
            show::line(&format!(
                "{} {}: {}",
                show::member(example, "kind"),
                show::member(example, "id"),
                fields.join(", ")
            ));
        }
    }
    Ok(Done::Well)
}
