//! `comptoir-tests guide`: follows docs' *Adding a record type, and a module* to the letter, in a copy of the tree: writes the
//! files that it says, adds the lines that it says, runs the commands that it shows and compares their answers. It owns the
//! reading of the page and the copy; what the page says is the page's.

mod page;
mod workplace;

use std::process::ExitCode;

use page::Step;
use workplace::Workplace;

use crate::processes::Failure;

/// The page that is followed.
const PAGE: &str = "docs/src/adding-a-module.md";

/// Options of `comptoir-tests guide`: none.
#[derive(Debug, clap::Args)]
#[command(about = "Follows docs' guide to adding a record type, step by step")]
pub struct Arguments {}

impl Arguments {
    /// Exit 0 if every step gave what the page says.
    pub fn run(self) -> ExitCode {
        match follow() {
            Ok(steps) => {
                println!("{steps} steps of {PAGE} did what it says");
                ExitCode::SUCCESS
            }
            Err(failure) => {
                eprintln!("{failure}");
                ExitCode::FAILURE
            }
        }
    }
}

fn follow() -> Result<usize, Failure> {
    let text =
        std::fs::read_to_string(crate::tree().join(PAGE)).map_err(Failure::system(format!("cannot read {PAGE}")))?;
    let steps = page::steps(&text).map_err(Failure::Wrong)?;
    let workplace = Workplace::copy()?;
    let mut wrong = Vec::new();
    for step in &steps {
        println!("{step}");
        match step {
            Step::Write { path, text } => workplace.write(path, text)?,
            Step::Add { path, after, text } => workplace.add(path, after, text)?,
            // Whoever mends the page wants to see every answer that is another, not the first alone.
            Step::Run { command, answer } => match workplace.run(command, answer) {
                Err(Failure::Wrong(what)) => wrong.push(what),
                other => other?,
            },
        }
    }
    if wrong.is_empty() { Ok(steps.len()) } else { Err(Failure::Wrong(wrong.join("\n\n"))) }
}
