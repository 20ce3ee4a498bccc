//! Data directories of released versions, as every later version must open them: makes the one of this version
//! (`comptoir-tests freeze-data`) and knows what is recorded beside each. A directory once committed is never made again.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::demo_data::write_csv;
use crate::processes::branches::{connected, disconnected};
use crate::processes::failure::hold;
use crate::processes::limits::CONVERGE;
use crate::processes::{Branches, Failure, Programs};

/// Parties in it.
const PARTIES: usize = 20;
/// The party that two sites changed at once.
const DISPUTED: &str = "C-000007";
/// What is recorded beside a frozen directory.
pub const EXPECTED_FILE: &str = "expected.json";
/// Files of a directory that belong to the process that ran in it.
const OF_THE_PROCESS: [&str; 4] = ["api.json", "run.json", "node.lock", "lock"];

/// Options of `comptoir-tests freeze-data`.
#[derive(Debug, clap::Args)]
#[command(about = "Makes the data directory of this version that later versions are tested with", hide = true)]
pub struct Arguments {
    /// Takes the programs as they are built.
    #[arg(long)]
    built: bool,
}

impl Arguments {
    /// Makes tests/data/vVERSION; exit 1 if it is there already or cannot be made.
    pub fn run(self) -> ExitCode {
        let programs = if self.built { Programs::as_built() } else { Programs::build() };
        match programs.and_then(|programs| freeze(&programs)) {
            Ok(made) => {
                println!("{} is made: commit it", made.display());
                ExitCode::SUCCESS
            }
            Err(failure) => {
                eprintln!("{failure:?}");
                ExitCode::FAILURE
            }
        }
    }
}

/// The frozen directories, each with its version's name.
pub fn frozen() -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(crate::tree().join("tests/data"))? {
        found.push(entry?.path());
    }
    found.retain(|path| path.join(EXPECTED_FILE).is_file());
    found.sort();
    Ok(found)
}

/// Copies the files of a directory, which has no folders in it.
pub fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let failed = |source| Failure::System { what: format!("cannot copy {}", from.display()), source };
    std::fs::create_dir_all(to).map_err(failed)?;
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        if !OF_THE_PROCESS.contains(&name.to_string_lossy().as_ref()) {
            std::fs::copy(entry.path(), to.join(&name)).map_err(failed)?;
        }
    }
    Ok(())
}

fn freeze(programs: &Programs) -> Result<PathBuf, Failure> {
    let target = crate::tree().join("tests/data").join(concat!("v", env!("CARGO_PKG_VERSION")));
    hold(!target.exists(), || format!("{} is there already: it is never made again", target.display()))?;
    let temporary = tempfile::tempdir().map_err(Failure::system("cannot make a directory"))?;
    let mut branches = Branches::found(programs, temporary.path())?;
    worked_on(&mut branches, temporary.path())?;
    let expected = recorded(&branches)?;
    branches.stop()?;
    // A command on a stopped node leaves its database in one file.
    branches.par.status()?;
    copy(&branches.par.dir, &target.join("PAR"))?;
    copy(&branches.relay.dir, &target.join("relay"))?;
    let text = serde_json::to_string_pretty(&expected).unwrap_or_default();
    std::fs::write(target.join(EXPECTED_FILE), text + "\n")
        .map_err(Failure::system("cannot write what is expected"))?;
    Ok(target)
}

/// Something of everything: an import, a creation, an added address, an archived party, a conflict, notes with a line break.
fn worked_on(branches: &mut Branches, root: &Path) -> Result<(), Failure> {
    let csv = root.join("parties.csv");
    std::fs::write(&csv, write_csv(20, PARTIES - 1, "C-")).map_err(Failure::system("cannot write the parties"))?;
    branches.par.import(&csv)?;
    branches.dkr.ask(&["record", "create", "party", "name=Chez Awa", "reference=D-1", "notes=Deux\nlignes"])?;
    branches.converge(CONVERGE)?;
    let disputed = branches.par.party(DISPUTED)?;
    branches.mtl.set(&branches.mtl.party("C-000003")?, &[r#"addresses+={"city":"Montréal","country":"CA"}"#])?;
    branches.par.ask(&["record", "archive", "party", &branches.par.party("C-000005")?])?;
    branches.relay.stop()?;
    disconnected(&branches.sites())?;
    branches.par.set(&disputed, &["phone=+33 1 99 00 11 22"])?;
    branches.dkr.set(&disputed, &["phone=+221 33 899 00 11"])?;
    branches.relay.start()?;
    connected(&branches.sites())?;
    branches.converge(CONVERGE).map(drop)
}

/// What a later version must find at headquarters.
fn recorded(branches: &Branches) -> Result<Value, Failure> {
    let par = &branches.par;
    let disputed = par.party(DISPUTED)?;
    let conflicts = par.conflicts()?;
    hold(conflicts.len() == 1, || format!("expected one conflict: {conflicts:?}"))?;
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "relay": branches.relay.address,
        "digest": par.digest()?,
        "parties": par.parties()?,
        "disputed": par.show(&disputed)?,
        "conflict": conflicts[0]["id"],
        "history": par.ask(&["record", "history", "party", &disputed])?["items"].as_array().map_or(0, Vec::len),
    }))
}
