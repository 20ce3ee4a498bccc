//! `keys`: the seal on the key files of a directory, and new keys for its site. Owns its wording; the steps are custody's. Those of the seal are done in
//! the directory itself, while no daemon holds it: what the daemon has in memory would not follow.

use serde_json::{Value, json};

use super::door::{Ask, Door};
use super::keys_args::{KeysCommand, Passphrase, Renewal};
use super::{Context, Done, show};
use crate::api::keys::KEYS_PATH;
use crate::custody::Lies;
use crate::custody::acts::{self, Standing};
use crate::custody::passphrase::Source;
use crate::data_dir::EnterError;
use crate::problem::{Code, Problem};

pub fn run(context: &Context, command: KeysCommand) -> Result<Done, Problem> {
    let data = context.data()?;
    if !data.is_a_node() {
        return Err(EnterError::NotANode { path: data.path().to_owned() }.into());
    }
    let standing = match command {
        KeysCommand::Renew(renewal) => return renew(context, &renewal),
        KeysCommand::Status => {
            let standing = acts::standing(data)?;
            told(context, &standing, &waiting(context, &standing));
            return Ok(Done::Well);
        }
        KeysCommand::Seal(passphrase) => acts::seal(data, source(passphrase)?)?,
        KeysCommand::Unseal => acts::unseal(data)?,
        KeysCommand::Change(passphrase) => acts::change(data, source(passphrase)?)?,
    };
    told(context, &standing, &Value::Null);
    Ok(Done::Well)
}

/// New keys that wait to be bound. A directory that cannot be opened keeps that to itself.
fn waiting(context: &Context, standing: &Standing) -> Value {
    if standing.renewed == Lies::Nowhere {
        return Value::Null;
    }
    let keys = context.data().and_then(Door::open).and_then(|door| door.json(Ask::get(KEYS_PATH)));
    keys.map_or(Value::Null, |keys| keys["renewal"].clone())
}

fn renew(context: &Context, renewal: &Renewal) -> Result<Done, Problem> {
    let (door, path) = (Door::open(context.data()?)?, format!("{KEYS_PATH}/renewal"));
    if renewal.cancel {
        let keys = door.json(Ask::delete(&path))?;
        if context.json {
            show::json(&json!({ "renewal": keys["renewal"] }));
        } else {
            show::line("The new keys are given up. Should they be bound already, they are at work all the same.");
        }
        return Ok(Done::Well);
    }
    let body = json!({ "tls": renewal.tls, "signing": renewal.signing, "sealing": renewal.sealing });
    let answer = door.json(Ask::post(&path).json(&body))?;
    if context.json {
        show::json(&answer);
        return Ok(Done::Well);
    }
    show::line(&show::member(&answer, "request"));
    show::line(&format!(
        "New keys: {}. Where an admin key is: comptoir-node site rekey CODE REQUEST",
        new_keys(&answer)
    ));
    Ok(Done::Well)
}

/// Which keys an answer says are new, in words.
pub fn new_keys(answer: &Value) -> String {
    let names = ["tls", "signing", "sealing"].into_iter().filter(|name| answer[*name] == true);
    names.collect::<Vec<_>>().join(", ")
}

fn source(passphrase: Passphrase) -> Result<Source, Problem> {
    passphrase.source().ok_or_else(|| Problem::new(Code::BadRequest, "Nothing says where the passphrase is"))
}

fn told(context: &Context, standing: &Standing, renewal: &Value) {
    let word = |lies| match lies {
        Lies::Nowhere => "none",
        Lies::Plain => "plain",
        Lies::Sealed => "sealed",
    };
    let renewed = (standing.renewed != Lies::Nowhere).then_some(("renewed-keys.json", standing.renewed));
    let roster = [("admin.json", standing.admin), ("root.json", standing.root)];
    let files: Vec<_> = [("keys.json", standing.keys)].into_iter().chain(renewed).chain(roster).collect();
    let (passphrase_file, credential) = match &standing.found_in {
        Some(Source::PassphraseFile(path)) => (json!(path.display().to_string()), Value::Null),
        Some(Source::Credential(name)) => (Value::Null, json!(name)),
        None => (Value::Null, Value::Null),
    };
    if context.json {
        let files: serde_json::Map<String, Value> =
            files.iter().map(|(file, lies)| ((*file).to_owned(), word(*lies).into())).collect();
        let sealed = standing.is_sealed();
        show::json(
            &json!({ "sealed": sealed, "files": files, "passphrase_file": passphrase_file, "credential": credential, "renewal": renewal }),
        );
        return;
    }
    let rows: Vec<_> = files.iter().map(|(file, lies)| vec![(*file).to_owned(), word(*lies).to_owned()]).collect();
    show::table(&["file", "lies"], &rows);
    match &standing.found_in {
        Some(Source::PassphraseFile(path)) => {
            show::line(&format!(
                "The passphrase is looked for in {}.",
                crate::problem::plain(&path.display().to_string())
            ));
        }
        Some(Source::Credential(name)) => {
            show::line(&format!("The passphrase is looked for in the credential {name}."))
        }
        None => show::line("Whoever can read the files has the keys: `keys seal` seals them."),
    }
    if let Some(since) = renewal["since"].as_str() {
        let new = new_keys(renewal);
        show::line(&format!("New keys ({new}) wait to be bound since {since}: `keys renew` tells the request again."));
    }
    if standing.is_half_done() {
        show::line(
            "Some are sealed and some are not: `keys seal`, done again with the same passphrase, does the rest.",
        );
    }
}
