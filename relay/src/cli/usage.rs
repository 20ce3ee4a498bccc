//! What is said of a command line that cannot be read: clap's own words to people, one line of JSON to scripts. Owns telling
//! which of the two asked.

use std::ffi::OsString;

use clap::Error;
use clap::error::ErrorKind;

use super::failure::{self, exit};

/// Prints help where it was asked for, else what is wrong, and how that ends the command.
pub fn told(error: &Error, arguments: &[OsString]) -> u8 {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return exit::DONE;
    }
    if arguments.iter().any(|argument| argument == "--json") {
        eprintln!("{}", failure::line("bad-request", message(error)));
    } else {
        let _ = error.print();
    }
    exit::USAGE
}

/// What is wrong, in one sentence.
fn message(error: &Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "the command is not complete: say what to do".to_owned();
    }
    // The first paragraph says what is wrong, the others how it is used.
    let rendered = error.render().to_string();
    let paragraph = rendered.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = paragraph.split_whitespace().collect();
    words.join(" ").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use clap::Parser;

    use super::*;
    use crate::cli::Arguments;

    #[test]
    fn what_is_wrong_is_said_in_one_sentence() {
        let message = |line: &str| message(&Arguments::try_parse_from(line.split(' ')).unwrap_err());
        assert_eq!(message("comptoir-relay foo"), "unrecognized subcommand 'foo'");
        assert!(message("comptoir-relay init --data D --json").contains("--address <HOST:PORT>"));
        assert_eq!(message("comptoir-relay"), "the command is not complete: say what to do");
    }
}
