//! `export`: records of a kind as a file. Owns writing it to standard output or where it is wanted.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::args::{Export, Format};
use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done};
use crate::problem::{Code, Problem, told};

pub fn run(context: &Context, arguments: &Export) -> Result<Done, Problem> {
    let path = format!("/api/v1/records/{}/export", percent_encoded(&arguments.kind));
    let format = match arguments.format {
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
        Some(file) => save(&door, ask, file)?,
        None => door.write(ask, &mut std::io::stdout().lock())?,
    }
    Ok(Done::Well)
}

/// The file is there whole, or as it was.
fn save(door: &Door, ask: Ask<'_>, path: &Path) -> Result<(), Problem> {
    let failed = |error: std::io::Error| {
        let message = format!("{} cannot be written: {}", path.display(), told(&error));
        Problem::new(Code::FileUnreadable, message).with("path", path.display())
    };
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
