//! What is said of a command line that cannot be read: clap's own words to people, a problem like any other to scripts. Owns
//! telling which of the two asked; knows no command.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Error;
use clap::error::ErrorKind;

use super::show;
use crate::problem::{Class, Code, Problem};

/// Prints help where it was asked for, else what is wrong, and how that ends the command.
pub fn told(error: &Error, arguments: &[OsString]) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if wants_json(arguments) {
        show::problem(&problem(error), true);
    } else {
        let _ = error.print();
    }
    ExitCode::from(Class::Usage.exit())
}

/// Whether the option stands there. The line cannot be read as a whole, or nobody would look.
fn wants_json(arguments: &[OsString]) -> bool {
    arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--json")
}

fn problem(error: &Error) -> Problem {
    let lacking = ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if error.kind() == lacking || error.kind() == ErrorKind::MissingSubcommand {
        return Problem::new(Code::BadRequest, "The command is not complete: say what to do");
    }
    // Its first paragraph says what is wrong, the others how it is used.
    let rendered = error.render().to_string();
    let paragraph = rendered.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = paragraph.split_whitespace().collect();
    Problem::new(Code::BadRequest, words.join(" ").trim_start_matches("error: "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn what_is_wrong_is_said_in_one_sentence() {
        let message = |line: &str| problem(&Cli::try_parse_from(line.split(' ')).unwrap_err()).message;
        assert_eq!(message("comptoir-node foo"), "unrecognized subcommand 'foo'");
        let revert = message("comptoir-node record revert party AD-1");
        assert!(revert.contains("CHANGE") && revert.contains("--to <DATE>"), "{revert}");
        assert_eq!(message("comptoir-node record"), "The command is not complete: say what to do");
    }

    #[test]
    fn only_an_option_asks_for_json() {
        let asked = |line: &str| wants_json(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert!(asked("comptoir-node foo --json"));
        assert!(!asked("comptoir-node foo"));
        assert!(!asked("comptoir-node foo -- --json"));
    }
}
