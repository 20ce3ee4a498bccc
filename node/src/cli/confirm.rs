//! Asking before something is done that is not easily undone. Owns how a person confirms it.

use std::io::{self, BufRead, IsTerminal, Write};

use super::show;
use crate::problem::{Code, Problem};

/// Whether somebody can be asked.
pub fn asks() -> Result<(), Problem> {
    if io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Problem::new(Code::BadRequest, "This asks before it is done: say --yes"))
}

/// Goes on once this was typed.
pub fn typed(code: &str) -> Result<(), Problem> {
    show::line(&format!("Type {code} to go on:"));
    let _ = io::stdout().flush();
    let mut typed = String::new();
    let read = io::stdin().lock().read_line(&mut typed);
    match read {
        Ok(_) if typed.trim() == code => Ok(()),
        _ => Err(Problem::new(Code::BadRequest, "Not confirmed")),
    }
}
