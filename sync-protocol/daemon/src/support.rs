//! What helps whoever helps: facts of machine, directory and databases, for the support bundle of either daemon. Counts, sizes and names of
//! files and tables; no cell of any table. Owns these facts and how the bundle is written; what else stands in one is the daemon's.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use rusqlite::{Connection, OpenFlags};
use serde::Serialize;

use crate::os;

/// Files of a directory that are told of.
pub const MAX_FILES: usize = 1_000;
/// Lines of the system's journal that are taken along.
pub const MAX_JOURNAL_LINES: usize = 1_000;

/// The machine.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    os: &'static str,
    architecture: &'static str,
    kernel: Option<String>,
    cores: Option<usize>,
    memory: Option<String>,
    /// The process that writes this: a service manager's limits may differ.
    open_files: Option<String>,
}

/// One file.
#[derive(Clone, Debug, Serialize)]
pub struct Kept {
    name: String,
    bytes: u64,
    /// Of the permissions, what others than the owner have.
    open_to_others: bool,
    /// Unix seconds.
    modified: Option<u64>,
}

/// One database.
#[derive(Clone, Debug, Serialize)]
pub struct Database {
    name: String,
    /// Its `user_version`: the last migration.
    schema: Option<i64>,
    pages: Option<i64>,
    free_pages: Option<i64>,
    /// Rows by table.
    rows: std::collections::BTreeMap<String, i64>,
    /// Why it could not be read, if so.
    trouble: Option<String>,
}

/// The machine.
pub fn machine() -> Machine {
    let line = |path: &str| std::fs::read_to_string(path).ok()?.lines().next().map(str::to_owned);
    let limits = std::fs::read_to_string("/proc/self/limits").ok();
    let open_files = limits.and_then(|text| text.lines().find(|line| line.starts_with("Max open files")).map(squeezed));
    Machine {
        os: std::env::consts::OS,
        architecture: std::env::consts::ARCH,
        kernel: line("/proc/sys/kernel/osrelease"),
        cores: std::thread::available_parallelism().ok().map(usize::from),
        memory: line("/proc/meminfo").map(|line| squeezed(&line)),
        open_files,
    }
}

fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The files of a directory, by name.
///
/// # Errors
/// When it cannot be read.
pub fn files(dir: &Path) -> io::Result<Vec<Kept>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir)?.take(MAX_FILES) {
        let entry = entry?;
        let found = entry.metadata()?;
        let modified = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        files.push(Kept {
            name: entry.file_name().to_string_lossy().into_owned(),
            bytes: found.len(),
            open_to_others: os::is_open_to_others(&entry.path()),
            modified: modified.map(|time| time.as_secs()),
        });
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// The databases of a directory, by name. They are read as another process would, and nothing is changed.
///
/// # Errors
/// When the directory cannot be read.
pub fn databases(dir: &Path) -> io::Result<Vec<Database>> {
    let names = files(dir)?.into_iter().map(|file| file.name).filter(|name| name.ends_with(".sqlite"));
    let database = |name: String| {
        let mut found = Database {
            name: name.clone(),
            schema: None,
            pages: None,
            free_pages: None,
            rows: std::collections::BTreeMap::new(),
            trouble: None,
        };
        if let Err(error) = look(&dir.join(name), &mut found) {
            found.trouble = Some(error.to_string());
        }
        found
    };
    Ok(names.map(database).collect())
}

fn look(path: &Path, found: &mut Database) -> rusqlite::Result<()> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get(0));
    found.schema = Some(pragma("user_version")?);
    found.pages = Some(pragma("page_count")?);
    found.free_pages = Some(pragma("freelist_count")?);
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let tables: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for table in tables {
        let quoted = table.replace('"', "\"\"");
        // A table that an extension of SQLite keeps may not be counted: then it is left out.
        if let Ok(rows) = connection.query_row(&format!("SELECT count(*) FROM \"{quoted}\""), [], |row| row.get(0)) {
            found.rows.insert(table, rows);
        }
    }
    Ok(())
}

/// The last lines that a service wrote into the system's journal; none where there is no journal, or it holds none.
pub fn journal(unit: &str) -> Vec<String> {
    let lines = MAX_JOURNAL_LINES.to_string();
    let asked = Command::new("journalctl")
        .args(["--unit", unit, "--lines", &lines, "--output", "short-iso", "--no-pager", "--quiet"])
        .stdin(Stdio::null())
        .output();
    let text = asked.ok().filter(|output| output.status.success()).map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}

/// Writes a bundle, for its owner alone, as JSON that people can read before they send it.
///
/// # Errors
/// When there is such a file already, or it cannot be written.
pub fn write(path: &Path, bundle: &impl Serialize) -> io::Result<()> {
    let mut file: File = os::create_new_private(path)?;
    serde_json::to_writer_pretty(&mut file, bundle)?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_database_is_told_by_its_counts_and_by_no_cell() {
        let dir = tempfile::tempdir().unwrap();
        let connection = Connection::open(dir.path().join("a.sqlite")).unwrap();
        connection
            .execute_batch("CREATE TABLE parties (name TEXT); INSERT INTO parties VALUES ('Ndiaye'), ('Diop')")
            .unwrap();
        std::fs::write(dir.path().join("b.sqlite"), "no database, but long enough to be taken for one by its size")
            .unwrap();
        let found = databases(dir.path()).unwrap();
        let text = serde_json::to_string(&found).unwrap();
        assert!(text.contains("parties") && !text.contains("Ndiaye"), "{text}");
        assert_eq!(found[0].rows["parties"], 2);
        assert!(found[0].trouble.is_none() && found[1].trouble.is_some());
        assert_eq!(files(dir.path()).unwrap().len(), 2);
    }

    #[test]
    fn a_bundle_replaces_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bundle.json");
        write(&path, &machine()).unwrap();
        assert_eq!(write(&path, &1).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert!(!os::is_open_to_others(&path));
        assert!(std::fs::read_to_string(&path).unwrap().contains("\"architecture\""));
    }
}
