//! `direct`: other sites without a relay between. Owns its wording.

use serde_json::{Value, json};

use super::direct_args::DirectCommand;
use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done, show};
use crate::api::direct::DIRECT_PATH;
use crate::problem::Problem;

pub fn run(context: &Context, command: &DirectCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    let of_site = |site: &str| format!("{DIRECT_PATH}/peers/{}", percent_encoded(site));
    let shown = match command {
        DirectCommand::List => door.json(Ask::get(DIRECT_PATH))?,
        DirectCommand::Listen { address } => door.json(Ask::put(DIRECT_PATH).json(&json!({ "listen": address })))?,
        DirectCommand::Shut => door.json(Ask::put(DIRECT_PATH).json(&json!({ "listen": null })))?,
        DirectCommand::Add { site, address } => {
            door.json(Ask::put(&of_site(site)).json(&json!({ "address": address })))?
        }
        DirectCommand::Remove { site } => door.json(Ask::delete(&of_site(site)))?,
    };
    told(context, &shown);
    Ok(Done::Well)
}

fn told(context: &Context, direct: &Value) {
    if context.json {
        return show::json(direct);
    }
    let listen = show::member(direct, "listen");
    match direct["state"].as_str().unwrap_or_default() {
        "open" => show::line(&format!("Other sites come in at {} (UDP).", show::member(direct, "address"))),
        "failed" => {
            let trouble = &direct["trouble"];
            let (message, code) = (show::member(trouble, "message"), show::member(trouble, "code"));
            show::line(&format!("Other sites are to come in at {listen}, and do not: {message} [{code}]"));
        }
        "waiting" => show::line(&format!("Other sites come in at {listen} when the daemon runs.")),
        _ => show::line("No other site comes in here."),
    }
    let last = &direct["last_turned_away"];
    if !last.is_null() {
        let [from, pin, code] = ["address", "pin", "code"].map(|name| show::member(last, name));
        let count = show::member(direct, "turned_away");
        show::line(&format!("{count} turned away since the start, the last from {from} with key {pin} [{code}]."));
    }
    peers(direct["peers"].as_array().map(Vec::as_slice).unwrap_or_default());
}

/// The table of sites that are met without a relay, if there are any.
pub fn peers(peers: &[Value]) {
    let names = ["site", "state", "address", "last_contact", "holds", "trouble"];
    let row = |peer: &Value| names.iter().map(|name| show::member(peer, name)).collect();
    if !peers.is_empty() {
        show::table(&names, &peers.iter().map(row).collect::<Vec<_>>());
    }
}
