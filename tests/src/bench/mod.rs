//! `comptoir-tests bench`: what the programs cost, measured on real release processes with durable storage, in a network of
//! their own. It owns the options, the order of the scenarios and the median; it judges no figure.
//!
//! Bytes are those of the line between sites and relay alone, as the system's interface counts them: the relay stands in a
//! network namespace of its own, so that nothing of the HTTP API is among them. Where that is not allowed, all runs on the
//! loopback of the machine, API included, and the report says so.

pub mod console;
mod events;
mod figures;
mod floor;
mod large;
mod live;
mod machine;
mod network;
mod noop;
mod parties;
mod report;
mod running;
pub mod stock;
mod transfer;
mod world;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::processes::programs::PROGRAMS_VARIABLE;
use crate::processes::{Failure, Programs};
use figures::{Figures, median};
use network::Network;
use report::Report;
use world::World;

/// Options of `comptoir-tests bench`.
#[derive(Debug, clap::Args)]
#[command(about = "Measures bootstrap, push, reconnect, offline work and live edits, and what lists and imports cost")]
pub struct Arguments {
    /// Parties that are carried.
    #[arg(long, default_value_t = 10_000)]
    n: usize,
    /// Parties that each of two sites edits while it is apart from the other.
    #[arg(long, default_value_t = 1_000)]
    k: usize,
    /// Parties of the large site, where imports, lists and searches are measured; 0 leaves them out.
    #[arg(long, default_value_t = 100_000)]
    large: usize,
    /// Edits that are followed from one site to the other.
    #[arg(long, default_value_t = 200)]
    edits: usize,
    /// How often each scenario runs; the median counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=99))]
    runs: u8,
    /// Writes the figures into this file, as JSON.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Prints a table for a page of the book.
    #[arg(long)]
    markdown: bool,
    /// Takes the programs of a development build: tests that the bench works, measures nothing worth reading.
    #[arg(long)]
    dev: bool,
    /// The bench is in its network namespace already.
    #[arg(long, hide = true)]
    inside: bool,
}

impl Arguments {
    /// Measures; exit 1 if a scenario does not come to its end.
    pub fn run(self) -> ExitCode {
        if !self.inside
            && let Some(exit) = network::again_in_a_namespace()
        {
            return exit;
        }
        match self.measured() {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("the bench failed: {failure:?}");
                ExitCode::FAILURE
            }
        }
    }

    fn measured(&self) -> Result<(), Failure> {
        let programs = programs(self.dev)?;
        let made = tempfile::Builder::new().prefix("comptoir-bench-").tempdir();
        let root = made.map_err(Failure::system("cannot make a directory"))?;
        let network = Network::laid(self.inside, &root.path().join("network.log"))?;
        let mut report = Report::new(self, network.told(), &programs);
        let scenarios = match self.scenarios(&programs, &network, root.path()) {
            Ok(scenarios) => scenarios,
            Err(failure) => {
                eprintln!("logs and data lie in {}", root.keep().display());
                return Err(failure);
            }
        };
        report.scenarios = scenarios;
        report.floor = floor::measure(self.n)?;
        if let Some(out) = &self.out {
            let failed = Failure::system(format!("cannot write {}", out.display()));
            std::fs::write(out, report.json()).map_err(failed)?;
        }
        print!("{}", if self.markdown { report.markdown() } else { report.text() });
        Ok(())
    }

    fn scenarios(
        &self,
        programs: &Programs,
        network: &Network,
        root: &Path,
    ) -> Result<BTreeMap<&'static str, Figures>, Failure> {
        let mut found = BTreeMap::new();
        let mut world = World::found(programs, network, &root.join("small"))?;
        transfer::prepare(&mut world, self.n)?;
        self.repeat(&mut found, "push", || transfer::push(&mut world))?;
        transfer::keep_pushed(&mut world)?;
        self.repeat(&mut found, "bootstrap", || transfer::bootstrap(&mut world, self.n))?;
        self.repeat(&mut found, "noop", || noop::reconnect(&mut world))?;
        self.repeat(&mut found, "live", || live::follow(&mut world, self.edits))?;
        for (name, one_by_one) in [("offline", true), ("offline_import", false)] {
            let last = transfer::edit_apart(&mut world, self.k, one_by_one)?;
            self.repeat(&mut found, name, || transfer::meet_again(&mut world, &last))?;
        }
        if self.large > 0 {
            let mut world = World::found(programs, network, &root.join("large"))?;
            told("import, list, filter, search", &format!("with {} parties", self.large));
            found.extend(large::measure(&mut world, self.large)?);
            self.repeat(&mut found, "noop_large", || noop::reconnect(&mut world))?;
        }
        Ok(found)
    }

    fn repeat(
        &self,
        found: &mut BTreeMap<&'static str, Figures>,
        name: &'static str,
        mut scenario: impl FnMut() -> Result<Figures, Failure>,
    ) -> Result<(), Failure> {
        let mut runs = Vec::new();
        for run in 1..=self.runs {
            let figures = scenario()?;
            told(name, &format!("run {run} of {}: {:.3} s", self.runs, figures.seconds()));
            runs.push(figures);
        }
        found.insert(name, median(&runs));
        Ok(())
    }
}

/// Says on standard error how far the bench is.
fn told(scenario: &str, what: &str) {
    eprintln!("bench: {scenario} {what}");
}

/// The two programs: those that are named, those of a development build, else built for release.
fn programs(dev: bool) -> Result<Programs, Failure> {
    let named = std::env::var_os(PROGRAMS_VARIABLE).is_some();
    if dev || named { Programs::ready() } else { released() }
}

/// The two programs as cargo builds them for release.
fn released() -> Result<Programs, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["build", "--locked", "--release", "--bins", "-p", "comptoir-node", "-p", "comptoir-relay"];
    let built = Command::new(cargo).args(arguments).current_dir(crate::tree()).status();
    if !built.map_err(Failure::system("cannot start cargo"))?.success() {
        return Err(Failure::Build { what: "cargo build --release failed".to_owned() });
    }
    let this = std::env::current_exe().map_err(Failure::system("cannot tell where this program lies"))?;
    let target = this.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    let program = |name: &str| target.join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    Ok(Programs { node: program("comptoir-node"), relay: program("comptoir-relay") })
}
