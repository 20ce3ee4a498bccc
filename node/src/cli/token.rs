//! `staff token`: tokens for scripts. Owns their wording; the tokens are the API's.

use serde_json::{Value, json};

use super::door::{Ask, Door, percent_encoded};
use super::staff_args::TokenCommand;
use super::{Context, show};
use crate::api::tokens::TOKENS_PATH;
use crate::problem::Problem;

pub fn run(context: &Context, door: &Door, command: &TokenCommand) -> Result<(), Problem> {
    match command {
        TokenCommand::List => {
            let answer = door.json(Ask::get(TOKENS_PATH))?;
            if context.json {
                show::json(&answer);
            } else {
                listed(answer["tokens"].as_array().map(Vec::as_slice).unwrap_or_default());
            }
        }
        TokenCommand::Create { login, label, until } => {
            let mut request = json!({ "account": login, "label": label });
            if let Some(until) = until {
                request["until"] = until.as_str().into();
            }
            let made = door.json(Ask::post(TOKENS_PATH).json(&request))?;
            if context.json {
                show::json(&made);
            } else {
                show::line(&show::member(&made, "secret"));
                let author = show::member(&made["token"], "author");
                show::line(&format!(
                    "Whoever bears it is {author}: `Authorization: Bearer SECRET`. It is shown this once."
                ));
            }
        }
        TokenCommand::Revoke { id } => {
            door.bytes(Ask::post(&format!("{TOKENS_PATH}/{}/revoke", percent_encoded(id))))?;
            if context.json {
                show::json(&json!({ "revoked": id }));
            } else {
                show::line("The token is revoked; what it followed has ended.");
            }
        }
    }
    Ok(())
}

fn listed(tokens: &[Value]) {
    if tokens.is_empty() {
        return show::line("There is no token: `comptoir-node staff token create NAME LABEL` makes one.");
    }
    let state = |token: &Value| match token["state"].as_str() {
        Some("good") => "lets in".to_owned(),
        Some("expired") => "its day is over".to_owned(),
        Some("locked") => "its account is locked".to_owned(),
        _ => show::member(token, "state"),
    };
    let row = |token: &Value| {
        let told = |name: &str| show::member(token, name);
        vec![told("id"), told("account"), told("label"), told("made"), told("until"), told("used"), state(token)]
    };
    let names = ["id", "account", "label", "made", "until", "used", "state"];
    show::table(&names, &tokens.iter().map(row).collect::<Vec<_>>());
}
