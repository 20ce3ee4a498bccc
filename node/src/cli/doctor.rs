//! `doctor`: looks for trouble and says what to do. Owns its wording; exits 4 when something is broken.

use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::problem::{Class, Problem};

pub fn run(context: &Context) -> Result<Done, Problem> {
    let answer = Door::open(context.data()?)?.json(Ask::get("/api/v1/doctor"))?;
    let checks = answer["checks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let bad = checks.iter().any(|check| check["state"] == "bad");
    let done = if bad { Done::With(Class::Damaged) } else { Done::Well };
    if context.json {
        show::json(&answer);
        return Ok(done);
    }
    let names = ["check", "state", "detail", "advice"];
    let row = |check: &serde_json::Value| names.iter().map(|name| show::member(check, name)).collect();
    show::table(&names, &checks.iter().map(row).collect::<Vec<_>>());
    Ok(done)
}
