//! `site`: how the sites stand, and removing and letting back. Owns its wording, and asking before what is hard to undo.

use serde_json::{Value, json};

use super::args::{Removal, SiteCommand};
use super::door::{Ask, Door, percent_encoded};
use super::keys::new_keys;
use super::{Context, Done, confirm, requests, show};
use crate::api::keys::KEYS_PATH;
use crate::problem::{Code, Problem};

pub fn run(context: &Context, command: SiteCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    match command {
        SiteCommand::List => list(context, &door),
        SiteCommand::Rename { code, name } => rename(context, &door, &code, &name),
        SiteCommand::Suspend(removal) => {
            act(context, &door, &removal, "suspend", "nothing that it writes after that has effect until it is resumed")
        }
        SiteCommand::Revoke(removal) => {
            act(context, &door, &removal, "revoke", "nothing that it writes after that has effect, for good")
        }
        SiteCommand::Adopt(removal) => act(
            context,
            &door,
            &removal,
            "adopt",
            "what is held past the cut takes effect, as far as it breaks no rule",
        ),
        SiteCommand::Resume { code } => done(context, &door, &code, "resume"),
        SiteCommand::Ask { site, reason } => requests::ask(context, &door, site, &reason),
        SiteCommand::Requests => requests::list(context, &door),
        SiteCommand::Decline { id, answer } => requests::decline(context, &door, &id, &answer),
        SiteCommand::Rekey { code, request, yes } => rekey(context, &door, (&code, &request), yes),
    }
}

fn list(context: &Context, door: &Door) -> Result<Done, Problem> {
    let answer = door.json(Ask::get("/api/v1/sites"))?;
    if context.json {
        show::json(&answer);
    } else {
        let names = ["code", "name", "standing", "past_cut"];
        let row = |site: &Value| names.iter().map(|name| show::member(site, name)).collect();
        let sites = answer["sites"].as_array().map(Vec::as_slice).unwrap_or_default();
        show::table(&names, &sites.iter().map(row).collect::<Vec<_>>());
    }
    Ok(Done::Well)
}

fn rename(context: &Context, door: &Door, code: &str, name: &str) -> Result<Done, Problem> {
    let path = format!("/api/v1/sites/{}/name", percent_encoded(code));
    let answer = door.json(Ask::put(&path).json(&json!({ "name": name })))?;
    if context.json {
        show::json(&answer);
    } else {
        show::line(&format!("{code} is called {}.", crate::problem::plain(&show::member(&answer, "name"))));
    }
    Ok(Done::Well)
}

/// Shows where the cut lies or will lie, asks, and does it.
fn act(context: &Context, door: &Door, removal: &Removal, verb: &str, means: &str) -> Result<Done, Problem> {
    if !removal.yes {
        let answer = door.json(Ask::get("/api/v1/sites"))?;
        let sites = answer["sites"].as_array().map(Vec::as_slice).unwrap_or_default();
        let site = sites.iter().find(|site| site["code"] == removal.code.as_str());
        let site = site.ok_or_else(|| Problem::new(Code::NotFound, format!("There is no site {}", removal.code)))?;
        confirm::asks()?;
        confirm(site, verb, means)?;
    }
    done(context, door, &removal.code, verb)
}

/// Shows which keys become others, asks, and binds them.
fn rekey(context: &Context, door: &Door, (code, request): (&str, &str), yes: bool) -> Result<Done, Problem> {
    let path = format!("{KEYS_PATH}/rekey");
    if !yes {
        let asked = door.json(Ask::post(&format!("{path}/check")).json(&json!({ "request": request })))?;
        confirm::asks()?;
        let (of, name) = (show::member(&asked, "site"), show::member(&asked, "name"));
        show::line(&format!("New keys of {of} ({}): {}.", crate::problem::plain(&name), new_keys(&asked)));
        show::line("Ask there, by a way that you trust, whether this request is theirs.");
        confirm::typed(code)?;
    }
    let bound = door.json(Ask::post(&path).json(&json!({ "site": code, "request": request })))?;
    if context.json {
        show::json(&bound);
    } else {
        show::line(&format!(
            "{code}: its new keys ({}) are bound. It takes them up once it hears of it.",
            new_keys(&bound)
        ));
    }
    Ok(Done::Well)
}

fn confirm(site: &Value, verb: &str, means: &str) -> Result<(), Problem> {
    let names = ["scope", "writer", "held", "counts"];
    let row = |log: &Value| names.iter().map(|name| show::member(log, name)).collect();
    let logs = site["logs"].as_array().map(Vec::as_slice).unwrap_or_default();
    show::table(&names, &logs.iter().map(row).collect::<Vec<_>>());
    let (code, past) = (show::member(site, "code"), show::member(site, "past_cut"));
    show::line(&format!("{verb} {code}: {means}. Entries held past the cut now: {past}."));
    confirm::typed(&code)
}

fn done(context: &Context, door: &Door, code: &str, verb: &str) -> Result<Done, Problem> {
    let path = format!("/api/v1/sites/{}/{verb}", percent_encoded(code));
    let answer = door.json(Ask::post(&path).json(&json!({})))?;
    if context.json {
        show::json(&answer);
    } else {
        let (standing, past) = (show::member(&answer, "standing"), show::member(&answer, "past_cut"));
        show::line(&format!("{code}: {standing}. Entries held past its cut: {past}."));
    }
    Ok(Done::Well)
}
