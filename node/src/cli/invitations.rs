//! `invitations`: those that are open, and withdrawing one. Owns its wording.

use serde_json::{Value, json};

use super::args::InvitationsCommand;
use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done, show};
use crate::problem::Problem;

pub fn run(context: &Context, command: &InvitationsCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    match command {
        InvitationsCommand::List => {
            let answer = door.json(Ask::get("/api/v1/invitations"))?;
            if context.json {
                show::json(&answer);
            } else {
                let invitations = answer["invitations"].as_array().map(Vec::as_slice).unwrap_or_default();
                let names = ["id", "site", "name", "country", "expires"];
                let row = |invitation: &Value| names.iter().map(|name| show::member(invitation, name)).collect();
                show::table(&names, &invitations.iter().map(row).collect::<Vec<_>>());
            }
        }
        InvitationsCommand::Withdraw { id } => {
            door.bytes(Ask::delete(&format!("/api/v1/invitations/{}", percent_encoded(id))))?;
            if context.json {
                show::json(&json!({ "withdrawn": id }));
            } else {
                show::line("Withdrawn: its code is good for nothing now.");
            }
        }
    }
    Ok(Done::Well)
}
