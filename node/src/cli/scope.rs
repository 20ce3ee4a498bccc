//! `scope` and `where`: who holds what, and where it may go. Owns how they are shown.

use serde_json::{Value, json};

use super::door::{Ask, Door, percent_encoded};
use super::scope_args::{Member, ScopeCommand, Where};
use super::{Context, Done, show};
use crate::problem::Problem;

const HEADINGS: [&str; 4] = ["scope", "held by", "carried by", "confined to"];

pub fn run(context: &Context, command: &ScopeCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    match command {
        ScopeCommand::List => {
            let answer = door.json(Ask::get("/api/v1/organisation"))?;
            let scopes = answer["scopes"].as_array().map(Vec::as_slice).unwrap_or_default();
            if context.json {
                show::json(&json!({ "scopes": scopes }));
            } else {
                show::table(&HEADINGS, &scopes.iter().map(row).collect::<Vec<_>>());
            }
        }
        ScopeCommand::Define { name, sites, confine, trial } => {
            let body = json!({ "name": name, "sites": sites, "jurisdictions": confine });
            let ask = Ask::post("/api/v1/scopes").param("trial", trial.then_some(true));
            told(context, &door.json(ask.json(&body))?);
        }
        ScopeCommand::Widen(member) => {
            let path = path_of(member);
            told(context, &door.json(Ask::put(&path).param("trial", member.trial.then_some(true)))?);
        }
        ScopeCommand::Narrow(member) => {
            let path = path_of(member);
            told(context, &door.json(Ask::delete(&path).param("trial", member.trial.then_some(true)))?);
        }
        ScopeCommand::Rotate { scope } => {
            told(context, &door.json(Ask::post(&format!("/api/v1/scopes/{}/rotate", percent_encoded(scope))))?);
        }
        ScopeCommand::Confine { scope, jurisdictions, trial } => {
            let path = format!("/api/v1/scopes/{}/jurisdictions", percent_encoded(scope));
            let ask = Ask::put(&path).param("trial", trial.then_some(true));
            told(context, &door.json(ask.json(&json!({ "jurisdictions": jurisdictions })))?);
        }
    }
    Ok(Done::Well)
}

fn path_of(member: &Member) -> String {
    format!("/api/v1/scopes/{}/members/{}", percent_encoded(&member.scope), percent_encoded(&member.site))
}

pub fn holding(context: &Context, Where { kind, record }: &Where) -> Result<Done, Problem> {
    let path = format!("/api/v1/records/{}/{}/where", percent_encoded(kind), percent_encoded(record));
    told(context, &Door::open(context.data()?)?.json(Ask::get(&path))?);
    Ok(Done::Well)
}

fn told(context: &Context, scope: &Value) {
    match context.json {
        true => show::json(scope),
        false => show::table(&HEADINGS, &[row(scope)]),
    }
}

fn row(scope: &Value) -> Vec<String> {
    let list = |name: &str| scope[name].as_array().into_iter().flatten().map(show::cell).collect::<Vec<_>>().join(" ");
    vec![show::member(scope, "name"), list("holders"), list("relays"), list("jurisdictions")]
}
