//! Load on a site that may be killed at any time: one thread edits and creates through the API, one imports files by the command
//! line. What was acknowledged goes into the ledger; what was not is tried again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use comptoir_tests::demo_data::write_csv;
use comptoir_tests::processes::{Answer, Api, Failure, Site};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use serde_json::json;

use crate::ledger::Ledger;

/// Between two requests of one thread, so that the record of a minute stays small enough to be read back whole.
const PACE: Duration = Duration::from_millis(8);
/// A request that a killed daemon never answers is given up after this.
const REQUEST: Duration = Duration::from_secs(20);
const ROWS_A_FILE: usize = 600;
/// One request in so many creates a party, the others edit one.
const CREATES: u64 = 8;

/// Threads at work.
pub struct Load {
    ledger: Arc<Ledger>,
    over: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<Result<(), Failure>>>,
}

impl Load {
    /// Nobody works yet.
    pub fn new() -> Self {
        Self { ledger: Arc::default(), over: Arc::default(), threads: Vec::new() }
    }

    /// What was acknowledged.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Edits these parties at a site, and creates others there, until the end.
    pub fn edit(&mut self, site: &Site, parties: &[String], seed: u64) {
        let (code, dir, parties) = (site.code.clone(), site.dir.clone(), parties.to_vec());
        let (ledger, over) = (self.ledger.clone(), self.over.clone());
        self.threads.push(std::thread::spawn(move || edits(&code, &dir, &parties, seed, &ledger, &over)));
    }

    /// Imports `files` files at a site, each again and again until it went through.
    pub fn import(&mut self, site: &Site, root: &Path, files: usize) {
        let commands: Vec<_> = (0..files)
            .map(|number| {
                let prefix = format!("I-{}-{number}-", site.code);
                let file = root.join(format!("{prefix}.csv"));
                std::fs::write(&file, write_csv(number as u64, ROWS_A_FILE, &prefix)).unwrap();
                (site.command(&["import", "party", &file.to_string_lossy()]), file)
            })
            .collect();
        let (ledger, over) = (self.ledger.clone(), self.over.clone());
        self.threads.push(std::thread::spawn(move || imports(commands, &ledger, &over)));
    }

    /// Tells everyone to stop, and waits until they have.
    pub fn end(self) -> Result<Arc<Ledger>, Failure> {
        self.over.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        Ok(self.ledger)
    }
}

fn edits(
    code: &str,
    dir: &Path,
    parties: &[String],
    seed: u64,
    ledger: &Ledger,
    over: &AtomicBool,
) -> Result<(), Failure> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut api = None;
    for number in 0_u64.. {
        if over.load(Ordering::SeqCst) {
            break;
        }
        pace();
        // Whoever comes back after a kill has another port and token.
        let Some(known) = api.take().or_else(|| Api::of(code, dir, REQUEST)) else { continue };
        let (note, id) = (format!("{code} {number}"), &parties[rng.next_u64() as usize % parties.len()]);
        let creates = rng.next_u64() % CREATES == 0;
        let reference = format!("K-{code}-{number}");
        let reply = if creates {
            let set = json!({ "set": { "name": format!("Made at {code}"), "reference": reference } });
            known.send("POST", "/api/v1/records/party", Some(&set))
        } else {
            known.send("PATCH", &format!("/api/v1/records/party/{id}"), Some(&json!({ "set": { "notes": note } })))
        };
        // No answer: killed under it. What it did, if anything, was not acknowledged.
        let Ok(reply) = reply else { continue };
        match reply.status {
            200 if creates => ledger.created(&reference),
            200 => ledger.edited(id, &note),
            // The port of one that was killed, taken by another.
            401 => continue,
            status => return Err(Failure::Wrong(format!("{code} answered an edit with {status}: {}", reply.body))),
        }
        api = Some(known);
    }
    Ok(())
}

fn imports(commands: Vec<(std::process::Command, PathBuf)>, ledger: &Ledger, over: &AtomicBool) -> Result<(), Failure> {
    for (command, file) in commands {
        loop {
            if over.load(Ordering::SeqCst) {
                return Ok(());
            }
            let mut again = std::process::Command::new(command.get_program());
            again.args(command.get_args()).env_remove("COMPTOIR_DATA");
            let answer = Answer::of(again, Duration::from_secs(120))?;
            if answer.exit == Some(0) {
                for row in csv::Reader::from_path(&file).unwrap().records() {
                    ledger.created(&row.unwrap()[0]);
                }
                break;
            }
            // Killed under it, or nobody there: anything else is a finding.
            if answer.exit != Some(3) && answer.code()? != "directory-in-use" {
                return Err(answer.leaving(0).map(drop).unwrap_err());
            }
            pace();
        }
    }
    Ok(())
}

fn pace() {
    std::thread::park_timeout(PACE);
}
