//! `lan`: the door on the local network. Owns its wording.

use serde_json::{Value, json};

use super::args::LanCommand;
use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done, show};
use crate::api::lan::LAN_PATH;
use crate::problem::Problem;

pub fn run(context: &Context, command: &LanCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    match command {
        LanCommand::Show => told(context, &door.json(Ask::get(LAN_PATH))?),
        LanCommand::Open { address } => {
            told(context, &door.json(Ask::put(LAN_PATH).json(&json!({ "listen": address })))?);
        }
        LanCommand::Shut => told(context, &door.json(Ask::put(LAN_PATH).json(&json!({ "listen": null })))?),
        LanCommand::Invite { address } => {
            let answer = door.json(Ask::post("/api/v1/lan/invitations").json(&json!({ "address": address })))?;
            if context.json {
                show::json(&answer);
            } else {
                show::line(&format!("In a window of Comptoir: {}", show::member(&answer, "window")));
                if !answer["browser"].is_null() {
                    show::line(&format!("In a browser: {}", show::member(&answer, "browser")));
                }
                let minutes = answer["expires_s"].as_u64().unwrap_or_default() / 60;
                show::line(&format!("Whichever comes first is let in, within {minutes} minutes."));
            }
        }
        LanCommand::SendAway { id } => {
            door.bytes(Ask::delete(&format!("/api/v1/lan/devices/{}", percent_encoded(id))))?;
            if context.json {
                show::json(&json!({ "sent_away": id }));
            } else {
                show::line("Sent away: it is let in no more.");
            }
        }
    }
    Ok(Done::Well)
}

fn told(context: &Context, lan: &Value) {
    if context.json {
        return show::json(lan);
    }
    let words = |name: &str| lan[name].as_array().into_iter().flatten().map(show::cell).collect::<Vec<_>>().join(", ");
    match lan["state"].as_str().unwrap_or_default() {
        "open" => show::line(&format!("Open to the local network at {}.", words("addresses"))),
        "failed" => {
            let trouble = &lan["trouble"];
            let (message, code) = (show::member(trouble, "message"), show::member(trouble, "code"));
            show::line(&format!("To be open at {}, and shut: {message} [{code}]", show::member(lan, "listen")));
        }
        "waiting" => show::line(&format!("Opens at {} when the daemon runs.", show::member(lan, "listen"))),
        _ => show::line("Shut to the local network."),
    }
    show::line(&format!("Certificate (SHA-256): {}", show::member(lan, "fingerprint")));
    let devices = lan["devices"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names = ["id", "name", "added", "seen"];
    let row = |device: &Value| names.iter().map(|name| show::member(device, name)).collect();
    if !devices.is_empty() {
        show::table(&names, &devices.iter().map(row).collect::<Vec<_>>());
    }
}
