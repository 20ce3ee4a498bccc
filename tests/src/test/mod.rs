//! `comptoir-tests test`: every check there is, as stages one after the other; what mostly waits runs beside those that
//! follow. It goes on after a failure, so that one run shows all that is wrong, and closes with `N passed, N failed`. What a
//! stage checks stands in `stages.rs`.

mod stages;
mod summary;
mod watch;

use std::process::ExitCode;
use std::time::Instant;

use stages::Stage;
use summary::Tally;

/// Options of `comptoir-tests test`: runs every check of the tree.
#[derive(Debug, clap::Args)]
#[command(about = "Runs every check of the tree, stage by stage")]
pub struct Arguments {
    /// Runs only the stages of these names.
    #[arg(long, value_name = "STAGE")]
    only: Vec<String>,
    /// Prints the names of the stages and stops.
    #[arg(long)]
    list: bool,
}

impl Arguments {
    /// Runs the stages; exit 0 if none failed and at least one check was made.
    pub fn run(self) -> ExitCode {
        let known: Vec<&str> = stages::ALL.iter().map(|stage| stage.name).collect();
        if self.list {
            println!("{}", known.join("\n"));
            return ExitCode::SUCCESS;
        }
        if let Some(unknown) = self.only.iter().find(|name| !known.contains(&name.as_str())) {
            eprintln!("there is no stage '{unknown}'; there are: {}", known.join(", "));
            return ExitCode::from(2);
        }
        let chosen =
            stages::ALL.iter().filter(|stage| self.only.is_empty() || self.only.iter().any(|name| name == stage.name));
        let total = run_each(chosen);
        if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn run_each(chosen: impl Iterator<Item = &'static Stage>) -> Tally {
    let began = Instant::now();
    let (mut ran, mut beside) = (Vec::new(), Vec::new());
    for stage in chosen {
        if stage.beside {
            beside.push((stage, std::thread::spawn(|| run_one(stage))));
        } else {
            ran.push(run_one(stage));
        }
    }
    for (stage, thread) in beside {
        let panicked = |_| (format!("{:<12} panicked", stage.name), Tally::one(false));
        ran.push(thread.join().unwrap_or_else(panicked));
    }
    let mut total = Tally::default();
    println!("\n=== all stages, {:.0} s", began.elapsed().as_secs_f32());
    for (line, tally) in &ran {
        println!("{line}");
        total.add(tally);
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    total
}

/// Runs a stage; its line in the report, and what it counted.
fn run_one(stage: &Stage) -> (String, Tally) {
    println!("\n=== {}: {}", stage.name, stage.about);
    let began = Instant::now();
    let tally = (stage.run)();
    let line = format!("{:<12} {:>6.1} s  {tally}", stage.name, began.elapsed().as_secs_f32());
    println!("=== {line}");
    (line, tally)
}
