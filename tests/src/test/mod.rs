//! `comptoir-tests test`: every check there is, as stages one after the other. It goes on after a failure, so that one run
//! shows all that is wrong, and closes with `N passed, N failed`. What a stage checks stands in `stages.rs`.

mod stages;
mod summary;
mod watch;

use std::process::ExitCode;
use std::time::Instant;

use summary::Tally;

/// Options of `comptoir-tests test`: runs every check of the tree.
#[derive(Debug, clap::Args)]
#[command(about = "Runs every check of the tree, stage by stage")]
pub struct Arguments {
    /// Runs only the stages of these names; `app` runs only so.
    #[arg(long, value_name = "STAGE")]
    only: Vec<String>,
    /// Prints the names of the stages and stops.
    #[arg(long)]
    list: bool,
}

impl Arguments {
    /// Runs the stages; exit 0 if none failed and at least one check was made.
    pub fn run(self) -> ExitCode {
        let every = || stages::ALL.iter().chain(stages::WHEN_NAMED);
        let known: Vec<&str> = every().map(|stage| stage.name).collect();
        if self.list {
            println!("{}", known.join("\n"));
            return ExitCode::SUCCESS;
        }
        if let Some(unknown) = self.only.iter().find(|name| !known.contains(&name.as_str())) {
            eprintln!("there is no stage '{unknown}'; there are: {}", known.join(", "));
            return ExitCode::from(2);
        }
        let is_named = |stage: &&stages::Stage| self.only.iter().any(|name| name == stage.name);
        let total =
            if self.only.is_empty() { run_each(stages::ALL.iter()) } else { run_each(every().filter(is_named)) };
        if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn run_each<'a>(chosen: impl Iterator<Item = &'a stages::Stage>) -> Tally {
    let began = Instant::now();
    let mut total = Tally::default();
    let mut report = Vec::new();
    for stage in chosen {
        println!("\n=== {}: {}", stage.name, stage.about);
        let stage_began = Instant::now();
        let tally = (stage.run)();
        let line = format!("{:<12} {:>6.1} s  {tally}", stage.name, stage_began.elapsed().as_secs_f32());
        println!("=== {line}");
        report.push(line);
        total.add(&tally);
    }
    println!("\n=== all stages, {:.0} s\n{}\n", began.elapsed().as_secs_f32(), report.join("\n"));
    println!("{} passed, {} failed", total.passed, total.failed);
    total
}
