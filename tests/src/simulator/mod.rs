//! The simulator: the real protocol, replica, back office and relay core in one thread, over a seeded network and clock,
//! with crashes; checked by a ledger and checkers that share no code with them.
//!
//! Owns the command `simulate`: which seeds, on how many threads, and what is printed. One seed is one [`World`]; a failure
//! prints everything that is needed to meet it again.

mod chance;
mod check;
mod checkpoint;
mod desk;
mod ends;
mod failure;
mod faults;
mod host;
mod keyring;
mod ledger;
mod limits;
mod lines;
mod network;
mod relay;
mod removals;
mod report;
#[cfg(test)]
mod session_bytes;
mod site;
mod stock;
mod strikes;
#[cfg(test)]
mod tests;
mod workload;
mod world;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use failure::Found;
pub use faults::{Fault, Options, Planted};
pub use report::Report;
use world::World;

/// Simulates an organisation's weeks, seed by seed, and looks for broken promises.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// How many seeds to run.
    #[arg(long, default_value_t = 500)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Run this seed alone, and show what happened in it last.
    #[arg(long, conflicts_with_all = ["seeds", "first"])]
    seed: Option<u64>,
    /// So many sites, whatever the seed says.
    #[arg(long)]
    sites: Option<usize>,
    /// Begin no seed after so many minutes.
    #[arg(long)]
    minutes: Option<u64>,
    /// Simulations at one time, each in a thread of its own.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Make this mistake on purpose: it must be found, and the exit is then 1.
    #[arg(long)]
    planted: Option<Planted>,
}

impl Arguments {
    /// Runs the seeds; 0 when all of them kept every promise.
    pub fn run(self) -> ExitCode {
        let (first, seeds) = self.seed.map_or((self.first, self.seeds), |seed| (seed, 1));
        let deadline = self.minutes.map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
        let began = Instant::now();
        let (report, found) = simulate_many(&Many {
            first,
            seeds,
            sites: self.sites,
            planted: self.planted,
            threads: self.threads,
            deadline,
        });
        println!("{report}");
        println!("took {} s", began.elapsed().as_secs());
        for found in &found {
            println!("{found}");
        }
        println!("simulated: {} seeds, {} faults, {} failures", report.seeds, report.all_faults(), found.len());
        if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Seeds to run.
#[derive(Clone, Copy, Debug)]
pub struct Many {
    /// The first.
    pub first: u64,
    /// How many.
    pub seeds: u64,
    /// So many sites, whatever the seed says.
    pub sites: Option<usize>,
    /// A mistake made on purpose.
    pub planted: Option<Planted>,
    /// Threads.
    pub threads: usize,
    /// Begin no seed after this.
    pub deadline: Option<Instant>,
}

/// Runs seeds until all are done or one has failed; gives what was reached, and the failures.
pub fn simulate_many(many: &Many) -> (Report, Vec<Found>) {
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let all = Mutex::new((Report::default(), Vec::new()));
    let one_thread = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let late = many.deadline.is_some_and(|deadline| Instant::now() >= deadline);
            if index >= many.seeds || late || stop.load(Ordering::Relaxed) {
                return;
            }
            let options = Options::derive(many.first + index, many.sites, many.planted);
            let done = simulate(options);
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            match done {
                Ok(report) => all.0.add(&report),
                Err(found) => {
                    stop.store(true, Ordering::Relaxed);
                    all.1.push(*found);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..many.threads.max(1) {
            scope.spawn(one_thread);
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Runs one seed.
pub fn simulate(options: Options) -> Result<Report, Box<Found>> {
    let told = |failure: String, trace| {
        Box::new(Found { failure, options: options.to_string(), replay: options.replay(), trace })
    };
    comptoir_replica::testing::ignore_cuts(options.planted == Some(Planted::CutsIgnored));
    let disk = Disk::new().map_err(|error| told(format!("no room for the sites' files: {error}"), Vec::new()))?;
    let mut world = match caught(|| World::new(options.clone(), disk.path())) {
        Ok(Ok(world)) => world,
        Ok(Err(failure)) => return Err(told(failure.to_string(), Vec::new())),
        Err(panic) => return Err(told(panic, Vec::new())),
    };
    match caught(|| world.run()) {
        Ok(Ok(report)) => Ok(report),
        Ok(Err(failure)) => Err(told(failure.to_string(), world.trace())),
        Err(panic) => Err(told(panic, world.trace())),
    }
}

/// A panic of the program under test is a failure like any other.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| format!("a panic: {}", panic_text(&*panic)))
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("?")
}

/// Where the sites' files lie: in memory where the system offers that.
struct Disk(PathBuf);

impl Disk {
    fn new() -> std::io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = base.join(format!("comptoir-simulator-{}-{number}", std::process::id()));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // What cannot be removed is left to whoever cleans the system's temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
