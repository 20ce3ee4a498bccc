//! `site ask`, `site requests`, `site decline`: sites that are asked for. Owns their wording.

use serde_json::{Value, json};

use super::door::{Ask, Door, percent_encoded};
use super::organisation_args::Site;
use super::{Context, Done, show};
use crate::problem::{Code, Problem};
use crate::profile::ProfileRequest;

const PATH: &str = "/api/v1/site-requests";

pub fn ask(context: &Context, door: &Door, site: Site, reason: &str) -> Result<Done, Problem> {
    let site = serde_json::to_value(ProfileRequest::from(site));
    let site = site.map_err(|error| Problem::from_error(Code::Internal, &error))?;
    let answer = door.json(Ask::post(PATH).json(&json!({ "site": site, "reason": reason })))?;
    told(context, &answer, "Asked: headquarters invites the site, or declines.");
    Ok(Done::Well)
}

pub fn list(context: &Context, door: &Door) -> Result<Done, Problem> {
    let answer = door.json(Ask::get(PATH))?;
    if context.json {
        show::json(&answer);
    } else {
        let requests = answer["requests"].as_array().map(Vec::as_slice).unwrap_or_default();
        let row = |request: &Value| {
            let site = ["code", "name", "country"].iter().map(|name| show::member(&request["site"], name));
            let rest = ["asked_by", "decision", "reason", "answer"].iter().map(|name| show::member(request, name));
            std::iter::once(show::member(request, "id")).chain(site).chain(rest).collect()
        };
        let names = ["id", "site", "name", "country", "asked_by", "decision", "reason", "answer"];
        show::table(&names, &requests.iter().map(row).collect::<Vec<_>>());
    }
    Ok(Done::Well)
}

pub fn decline(context: &Context, door: &Door, id: &str, answer: &str) -> Result<Done, Problem> {
    let path = format!("{PATH}/{}/decline", percent_encoded(id));
    let declined = door.json(Ask::post(&path).json(&json!({ "answer": answer })))?;
    told(context, &declined, "Declined: the site that asked is told.");
    Ok(Done::Well)
}

fn told(context: &Context, answer: &Value, words: &str) {
    if context.json {
        show::json(answer);
    } else {
        show::line(words);
    }
}
