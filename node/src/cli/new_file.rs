//! A file that a command writes for its owner alone, and that replaces none. Owns what is said when it cannot be.

use std::io;
use std::path::Path;

use crate::durable::WriteError;
use crate::identity::write_problem;
use crate::problem::{Code, Problem};

/// Why it was not written.
pub fn unwritten(file: &Path, source: io::Error) -> Problem {
    if source.kind() == io::ErrorKind::AlreadyExists {
        let message = format!("{} is there already: name another file", file.display());
        return Problem::new(Code::BadRequest, message).with("path", file.display());
    }
    write_problem(&WriteError { path: file.to_owned(), source })
}
