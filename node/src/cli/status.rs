//! `status`: how the node stands. Owns its wording.

use serde_json::Value;

use super::door::{Ask, Door};
use super::{Context, Done, show};
use crate::problem::Problem;

pub fn run(context: &Context) -> Result<Done, Problem> {
    let answer = Door::open(context.data()?)?.json(Ask::get("/api/v1/status"))?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    let text = |name: &str| show::member(&answer, name);
    let organisation = &answer["organisation"];
    show::line(&format!("{} of {}", text("site"), crate::problem::plain(&show::member(organisation, "name"))));
    if let done @ ("suspended" | "revoked") = text("standing").as_str() {
        show::line(&format!(
            "Headquarters has {done} this site: what is here can be read, and nothing is lost. Set aside: {}.",
            text("past_cut")
        ));
    }
    let relay = &answer["relay"];
    let line = match show::member(relay, "state").as_str() {
        "none" => "No relay: this organisation has none yet".to_owned(),
        "stopped" => "The daemon does not run: nothing is sent or received".to_owned(),
        state => format!("Relay {}: {state}", show::member(relay, "address")),
    };
    let received = match show::member(relay, "received_up_to").as_str() {
        "" => "nothing was received from a relay yet".to_owned(),
        time => format!("everything up to {time} was received"),
    };
    show::line(&format!("{line}; {received}."));
    show::line(&format!(
        "Outbox {}, inbox {}, quarantined {}, parked {}, waiting {}.",
        text("outbox"),
        text("inbox"),
        text("quarantined"),
        text("parked"),
        text("waiting")
    ));
    show::line(&match text("last_backup").as_str() {
        "" => "No backup was kept yet, as far as is known here.".to_owned(),
        time => format!("The last backup that was kept is of {time}."),
    });
    super::direct::peers(answer["direct"].as_array().map(Vec::as_slice).unwrap_or_default());
    let scopes = answer["scopes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |scope: &Value| {
        let digest: String = show::member(scope, "digest").chars().take(12).collect();
        vec![show::member(scope, "name"), show::member(scope, "entries"), digest]
    };
    show::table(&["scope", "entries", "digest"], &scopes.iter().map(row).collect::<Vec<_>>());
    Ok(Done::Well)
}
