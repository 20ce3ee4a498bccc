//! `relay`: relays of the organisation. Owns its wording.

use serde_json::{Value, json};

use super::args::RelayCommand;
use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done, show};
use crate::problem::Problem;

pub fn run(context: &Context, command: RelayCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    match command {
        RelayCommand::Add { code } => {
            let answer = door.json(Ask::post("/api/v1/relays").json(&json!({ "code": code })))?;
            if context.json {
                show::json(&answer);
            } else {
                let address = show::member(&answer, "address");
                show::line(&format!("The relay at {address} belongs to this organisation once the daemon reaches it."));
            }
        }
        RelayCommand::List => {
            let answer = door.json(Ask::get("/api/v1/organisation"))?;
            let relays = answer["relays"].as_array().map(Vec::as_slice).unwrap_or_default();
            if context.json {
                show::json(&json!({ "relays": relays }));
            } else {
                let names = ["address", "jurisdiction", "pin"];
                let row = |relay: &Value| names.iter().map(|name| show::member(relay, name)).collect();
                show::table(&names, &relays.iter().map(row).collect::<Vec<_>>());
            }
        }
        RelayCommand::Retire { relay, yes } => {
            let path = format!("/api/v1/relays/{}", percent_encoded(&relay));
            door.bytes(Ask::delete(&path).param("last", yes.then_some(true)))?;
            if context.json {
                show::json(&json!({ "retired": relay }));
            } else {
                show::line(&format!("{relay} is retired: sessions with it end once it has heard of that."));
            }
        }
    }
    Ok(Done::Well)
}
