//! `keys`: the seal on the key files of a directory. Owns its wording; the steps are custody's. They are done in the directory itself, while no daemon
//! holds it: what the daemon has in memory would not follow.

use serde_json::{Value, json};

use super::keys_args::{KeysCommand, Passphrase};
use super::{Context, Done, show};
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
        KeysCommand::Status => acts::standing(data)?,
        KeysCommand::Seal(passphrase) => acts::seal(data, source(passphrase)?)?,
        KeysCommand::Unseal => acts::unseal(data)?,
        KeysCommand::Change(passphrase) => acts::change(data, source(passphrase)?)?,
    };
    told(context, &standing);
    Ok(Done::Well)
}

fn source(passphrase: Passphrase) -> Result<Source, Problem> {
    passphrase.source().ok_or_else(|| Problem::new(Code::BadRequest, "Nothing says where the passphrase is"))
}

fn told(context: &Context, standing: &Standing) {
    let word = |lies| match lies {
        Lies::Nowhere => "none",
        Lies::Plain => "plain",
        Lies::Sealed => "sealed",
    };
    let files = [("keys.json", standing.keys), ("admin.json", standing.admin), ("root.json", standing.root)];
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
            &json!({ "sealed": sealed, "files": files, "passphrase_file": passphrase_file, "credential": credential }),
        );
        return;
    }
    show::table(&["file", "lies"], &files.map(|(file, lies)| vec![file.to_owned(), word(lies).to_owned()]));
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
    if standing.is_half_done() {
        show::line(
            "Some are sealed and some are not: `keys seal`, done again with the same passphrase, does the rest.",
        );
    }
}
