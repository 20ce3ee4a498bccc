//! `verify`: everything that is stored is checked. Owns its wording and the exit status of what was found.

use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::problem::{Class, Problem};

pub fn run(context: &Context) -> Result<Done, Problem> {
    let answer = Door::open(context.data()?)?.json(Ask::post("/api/v1/verify"))?;
    let sound = answer["sound"].as_bool() == Some(true);
    if context.json {
        show::json(&answer);
    } else {
        show::line(&format!(
            "{} entries, {} records checked.",
            show::member(&answer, "entries"),
            show::member(&answer, "records")
        ));
        for finding in answer["findings"].as_array().into_iter().flatten() {
            show::line(&format!("- {}", crate::problem::plain(&show::cell(finding))));
        }
        show::line(if sound {
            "Everything is sound."
        } else {
            "There is damage. What other sites or the relay hold is fetched again while the daemon runs."
        });
    }
    Ok(if sound { Done::Well } else { Done::With(Class::Damaged) })
}
