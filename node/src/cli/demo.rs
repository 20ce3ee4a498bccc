//! `demo`: made-up records, in and out. Owns its wording.

use super::args::DemoCommand;
use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::problem::Problem;

pub fn run(context: &Context, command: &DemoCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    let (answer, said) = match command {
        DemoCommand::Add => {
            let answer = door.json(Ask::post("/api/v1/demo"))?;
            let said =
                format!("{} made-up records are here. To take them out: demo remove", show::member(&answer, "records"));
            (answer, said)
        }
        DemoCommand::Remove => {
            let answer = door.json(Ask::delete("/api/v1/demo"))?;
            let member = |name| show::member(&answer, name);
            let said = format!(
                "{} archived; {} stay because somebody changed them since.",
                member("archived"),
                member("left")
            );
            (answer, said)
        }
    };
    if context.json {
        show::json(&answer);
    } else {
        show::line(&said);
    }
    Ok(Done::Well)
}
