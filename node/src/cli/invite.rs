//! `invite`: prints the code that a new site joins with. Owns its wording.

use serde_json::json;

use super::args::Invite;
use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::problem::{Code, Problem};
use crate::profile::ProfileRequest;

pub fn run(context: &Context, arguments: Invite) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    let expires_s = arguments.expires.as_secs();
    let mut invitation = json!({ "expires_s": expires_s });
    match (arguments.request, arguments.site) {
        (Some(request), _) => invitation["request"] = request.into(),
        (None, site) => {
            let site = serde_json::to_value(site.map(ProfileRequest::from));
            invitation["site"] = site.map_err(|error| Problem::from_error(Code::Internal, &error))?;
        }
    }
    let answer = door.json(Ask::post("/api/v1/invitations").json(&invitation))?;
    if context.json {
        show::json(&answer);
    } else {
        show::line(&show::member(&answer, "code"));
        show::line(&format!(
            "Valid once, until {}. At the new site: comptoir-node join CODE --data DIR",
            show::member(&answer, "expires")
        ));
    }
    Ok(Done::Well)
}
