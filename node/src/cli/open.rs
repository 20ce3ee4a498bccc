//! `open`: a link that signs a browser in. Owns its wording; the link is the daemon's.

use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::api::session::LINKS_PATH;
use crate::problem::{Code, Problem};

pub fn run(context: &Context) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    if matches!(door, Door::InProcess { .. }) {
        return Err(Problem::new(Code::DaemonUnreachable, "The daemon does not run: nobody would answer the link"));
    }
    let answer = door.json(Ask::post(LINKS_PATH))?;
    if context.json {
        show::json(&answer);
    } else {
        show::line(&show::member(&answer, "link"));
    }
    Ok(Done::Well)
}
