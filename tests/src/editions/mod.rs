//! The edition of reference data that the back office ships, made from what it is made of (`comptoir-tests make-edition`):
//! packages of the Unicode CLDR and two lists of the MIT licence, unpacked in a folder. The same packages give the same
//! files. It owns which packages, and writes under node/backoffice/src/editions/; how a row is read there is not its own.

mod corrections;
mod countries;
mod currencies;
mod sources;
mod subdivisions;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sources::{Sources, Unmade};

/// Where the files stand, from the top of the tree.
const FOLDER: &str = "node/backoffice/src/editions";

/// Options of `comptoir-tests make-edition`.
#[derive(Debug, clap::Args)]
#[command(about = "Makes the reference data that the back office ships", hide = true)]
pub struct Arguments {
    /// The folder with the unpacked packages, one folder each, named as they are.
    #[arg(long)]
    from: PathBuf,
    /// Fetches the packages into that folder first, with npm and apt.
    #[arg(long)]
    fetch: bool,
}

impl Arguments {
    /// Writes the files; exit 1 if a package is missing, or is not as it was.
    pub fn run(self) -> ExitCode {
        match make(&self.from, self.fetch) {
            Ok(rows) => {
                println!("{FOLDER}: {rows} rows");
                ExitCode::SUCCESS
            }
            Err(unmade) => {
                eprintln!("{unmade:?}");
                ExitCode::FAILURE
            }
        }
    }
}

/// Writes the three files, and says how many rows they have.
fn make(from: &Path, fetch: bool) -> Result<usize, Unmade> {
    if fetch {
        sources::fetch(from)?;
    }
    let sources = Sources::open(from)?;
    let files = [
        ("countries.csv", countries::rows(&sources)?, countries::COLUMNS.as_slice()),
        ("subdivisions.csv", subdivisions::rows(&sources)?, subdivisions::COLUMNS.as_slice()),
        ("currencies.csv", currencies::rows(&sources)?, currencies::COLUMNS.as_slice()),
    ];
    let mut count = 0;
    for (name, mut rows, columns) in files {
        rows.sort();
        count += rows.len();
        let path = crate::tree().join(FOLDER).join(name);
        let text = csv_of(columns, &rows);
        std::fs::write(&path, text).map_err(|source| Unmade::File { path, source })?;
    }
    Ok(count)
}

/// CSV of RFC 4180, but with single line feeds.
fn csv_of(columns: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).expect("invariant: writing into memory does not fail");
    for row in rows {
        writer.write_record(row).expect("invariant: every row has its columns");
    }
    writer.into_inner().expect("invariant: writing into memory does not fail")
}
