//! `import`: a file's good rows are kept, its bad ones listed. Owns opening the file, and the exit status.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use comptoir_backoffice::refusal::Refusal;
use comptoir_backoffice::transfer::Refused;
use serde_json::Value;

use super::args::Import;
use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done, show};
use crate::limits::MAX_IMPORT_BYTES;
use crate::problem::{Class, Code, Problem, plain, told};

pub fn run(context: &Context, arguments: &Import) -> Result<Done, Problem> {
    let data = context.data()?;
    let file = open(&arguments.file)?;
    let path = format!("/api/v1/records/{}/import", percent_encoded(&arguments.kind));
    let mut ask = Ask::post(&path)
        .param("dry_run", arguments.dry_run.then_some(true))
        .param("plan", arguments.plan.as_ref())
        .param("mapping", arguments.mapping.as_ref())
        .param("save_mapping", arguments.save_mapping.as_ref())
        .param("sheet", arguments.sheet.as_ref());
    for mapped in &arguments.map {
        ask = ask.param("map", Some(mapped));
    }
    let answer = Door::open(data)?.json(ask.file(file))?;
    let refused = answer["refused_rows"].as_u64().unwrap_or(0);
    if context.json {
        show::json(&answer);
    } else {
        tell(&answer, refused, arguments.dry_run);
    }
    Ok(if refused == 0 { Done::Well } else { Done::With(Class::Refused) })
}

fn tell(answer: &Value, refused: u64, dry_run: bool) {
    let count = |name: &str| show::member(answer, name);
    let mode = if dry_run { "Nothing was changed; this would be done: " } else { "" };
    let [created, changed, unchanged] = ["created", "changed", "unchanged"].map(count);
    show::line(&format!("{mode}{created} created, {changed} changed, {unchanged} unchanged, {refused} refused."));
    let listed = answer["refused"].as_array().map(Vec::as_slice).unwrap_or_default();
    if refused > 0 {
        let row = |refused: &Value| {
            let told = ["row", "column", "code"].map(|name| show::member(refused, name));
            told.into_iter().chain([why(refused)]).collect()
        };
        show::table(&["row", "column", "code", "why"], &listed.iter().map(row).collect::<Vec<_>>());
        if refused > listed.len() as u64 {
            show::line(&format!("And {} more.", refused - listed.len() as u64));
        }
        if !dry_run {
            show::line(
                "The other rows were kept. Correct these and import the file again: what is there already stays.",
            );
        }
    }
    let ignored: Vec<String> =
        answer["ignored_columns"].as_array().into_iter().flatten().filter_map(Value::as_str).map(plain).collect();
    if !ignored.is_empty() {
        show::line(&format!("Columns left out: {}.", ignored.join(", ")));
    }
    if answer["as_planned"] == false {
        show::line("Records were changed since the dry run: it had counted otherwise.");
    }
    if let Some(plan) = answer["plan"].as_str() {
        show::line(&format!("To write just this: --plan {}", plain(plan)));
    }
    if let Some(batch) = answer["batch"].as_str() {
        show::line(&format!("To take it back: undo {}", plain(batch)));
    }
}

/// The refusal in words; nothing of a code that this program does not know, which a newer daemon may send.
fn why(refused: &Value) -> String {
    let refused: Option<Refused> = serde_json::from_value(refused.clone()).ok();
    refused.map_or_else(String::new, |Refused { code, params, .. }| Refusal { code, field: None, params }.to_string())
}

fn open(path: &Path) -> Result<Box<dyn Read + Send>, Problem> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
    let (metadata, file) = opened.map_err(|error| {
        let message = format!("{} cannot be read: {}", path.display(), told(&error));
        Problem::new(Code::FileUnreadable, message).with("path", path.display())
    })?;
    if metadata.is_dir() {
        let message = format!("{} is a directory", path.display());
        return Err(Problem::new(Code::FileUnreadable, message).with("path", path.display()));
    }
    // Said before it is sent.
    if metadata.len() > MAX_IMPORT_BYTES as u64 {
        let message = format!("{} is larger than {} MiB", path.display(), MAX_IMPORT_BYTES / 1024 / 1024);
        return Err(Problem::new(Code::BodyTooLarge, message));
    }
    Ok(Box::new(file))
}
