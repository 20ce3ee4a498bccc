//! `export`: all records of a kind, as CSV or JSON. Owns writing to standard output.

use std::io::Write;

use super::args::{Export, Format};
use super::door::{Ask, Door, percent_encoded};
use super::{Context, Done};
use crate::problem::{Code, Problem};

pub fn run(context: &Context, arguments: &Export) -> Result<Done, Problem> {
    let path = format!("/api/v1/records/{}/export", percent_encoded(&arguments.kind));
    let format = match arguments.format {
        Format::Csv => "csv",
        Format::Json => "json",
    };
    let bytes = Door::open(context.data()?)?.bytes(Ask::get(&path).param("format", Some(format)))?;
    let mut out = std::io::stdout().lock();
    match out.write_all(&bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Problem::from_error(Code::FileUnreadable, &error))
        }
        _ => Ok(Done::Well),
    }
}
