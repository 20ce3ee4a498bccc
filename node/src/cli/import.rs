//! `import`: a file's good rows are kept, its bad ones listed. Owns reading the file, and the exit status.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::Value;

use super::args::Import;
use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done, show};
use crate::limits::MAX_IMPORT_BYTES;
use crate::problem::{Class, Code, Problem, told};

pub fn run(context: &Context, arguments: &Import) -> Result<Done, Problem> {
    let data = context.data()?;
    let bytes = read(&arguments.file)?;
    let path = format!("/api/v1/records/{}/import", percent_encoded(&arguments.kind));
    let ask = Ask::post(&path).param("dry_run", arguments.dry_run.then_some(true)).csv(bytes);
    let answer = Door::open(data)?.json(ask)?;
    let refused = answer["refused"].as_array().map(Vec::as_slice).unwrap_or_default();
    if context.json {
        show::json(&answer);
    } else {
        tell(&answer, refused, arguments.dry_run);
    }
    Ok(if refused.is_empty() { Done::Well } else { Done::With(Class::Refused) })
}

fn tell(answer: &Value, refused: &[Value], dry_run: bool) {
    let count = |name: &str| show::member(answer, name);
    let mode = if dry_run { "Nothing was changed; this would be done: " } else { "" };
    show::line(&format!(
        "{mode}{} created, {} changed, {} unchanged, {} refused.",
        count("created"),
        count("changed"),
        count("unchanged"),
        refused.len()
    ));
    if !refused.is_empty() {
        let names = ["row", "column", "code"];
        let row = |refusal: &Value| names.iter().map(|name| show::member(refusal, name)).collect();
        show::table(&names, &refused.iter().map(row).collect::<Vec<_>>());
        if !dry_run {
            show::line(
                "The other rows were kept. Correct these and import the file again: what is there already stays.",
            );
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let most = MAX_IMPORT_BYTES as u64 + 1;
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.map_err(|error| {
        let message = format!("{} cannot be read: {}", path.display(), told(&error));
        Problem::new(Code::FileUnreadable, message).with("path", path.display())
    })?;
    if bytes.len() > MAX_IMPORT_BYTES {
        let message = format!("{} is larger than {} MiB", path.display(), MAX_IMPORT_BYTES / 1024 / 1024);
        return Err(Problem::new(Code::BodyTooLarge, message));
    }
    Ok(bytes)
}
