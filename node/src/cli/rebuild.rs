//! `rebuild`: cells and tables are made anew from the log. Owns its wording.

use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::problem::Problem;

pub fn run(context: &Context) -> Result<Done, Problem> {
    let answer = Door::open(context.data()?)?.json(Ask::post("/api/v1/rebuild"))?;
    if context.json {
        show::json(&answer);
    } else {
        show::line(&format!(
            "{} records were rebuilt from {} entries.",
            show::member(&answer, "records"),
            show::member(&answer, "entries")
        ));
    }
    Ok(Done::Well)
}
