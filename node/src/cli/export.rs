//! `export`: records of a kind as a file. Owns writing it to standard output or where it is wanted.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::json;

use super::args::{Export, Format};
use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done, show};
use crate::problem::{Code, Problem, told};

pub fn run(context: &Context, arguments: &Export) -> Result<Done, Problem> {
    let path = format!("/api/v1/records/{}/export", percent_encoded(&arguments.kind));
    let format = match form(arguments)? {
        Format::Csv => "csv",
        Format::Json => "json",
        Format::Xlsx => "xlsx",
        Format::Vcard => "vcard",
    };
    let mut ask = Ask::get(&path)
        .param("format", Some(format))
        .param("all_lines", arguments.all_lines.then_some(true))
        .param("search", arguments.search.as_ref())
        .param("sort", arguments.sort.as_ref())
        .param("columns", arguments.columns.as_ref())
        .param("view", arguments.view.as_ref())
        .param("archived", arguments.archived.then_some(true));
    for (name, value) in &arguments.filters {
        // In brackets, it is never taken for one of the parameters above.
        let name = if name.ends_with(']') { name.clone() } else { format!("{name}[eq]") };
        ask = ask.owned_param(name, value.clone());
    }
    let door = Door::open(context.data()?)?;
    match &arguments.out {
        Some(file) => {
            save(&door, ask, file)?;
            tell(context, file)?;
        }
        None => door.write(ask, &mut std::io::stdout().lock())?,
    }
    Ok(Done::Well)
}

/// The form that was asked for, or that the file's ending names.
fn form(arguments: &Export) -> Result<Format, Problem> {
    let Some(file) = arguments.out.as_deref().filter(|_| arguments.format.is_none()) else {
        return Ok(arguments.format.unwrap_or(Format::Csv));
    };
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        None | Some("csv") => Ok(Format::Csv),
        Some("json") => Ok(Format::Json),
        Some("xlsx") => Ok(Format::Xlsx),
        Some("vcf") => Ok(Format::Vcard),
        Some(ending) => {
            let message = format!("The ending .{ending} names no form: say --format csv, json, xlsx or vcard");
            Err(Problem::new(Code::BadRequest, message).with("path", file.display()))
        }
    }
}

/// Says how much was written.
fn tell(context: &Context, path: &Path) -> Result<(), Problem> {
    let bytes = std::fs::metadata(path).map_err(|error| unwritable(path, &error))?.len();
    if context.json {
        show::json(&json!({ "bytes": bytes }));
    } else {
        show::line(&format!("{bytes} bytes were written to {}.", path.display()));
    }
    Ok(())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Problem {
    let message = format!("{} cannot be written: {}", path.display(), told(error));
    Problem::new(Code::FileUnreadable, message).with("path", path.display())
}

/// The file is there whole, or as it was.
fn save(door: &Door, ask: Ask<'_>, path: &Path) -> Result<(), Problem> {
    let failed = |error: std::io::Error| unwritable(path, &error);
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = Path::new(&name);
    let mut out = BufWriter::new(File::create(part).map_err(failed)?);
    let written = door.write(ask, &mut out).and_then(|()| out.flush().map_err(failed));
    let placed = written.and_then(|()| std::fs::rename(part, path).map_err(failed));
    if placed.is_err() {
        let _ = std::fs::remove_file(part);
    }
    placed
}
