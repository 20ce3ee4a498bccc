//! The floor under the figures: what the bare parts cost on this machine for the same parties. Owns zstd over one stream of
//! JSON and SQLite's inserts with the same durability; no code of ours is in it.

use std::time::Instant;

use rusqlite::{Connection, params};

use super::figures::Figures;
use super::parties::Parties;
use crate::processes::Failure;

const ROWS_A_BATCH: usize = 100;
const ZSTD_LEVEL: i32 = 3;

/// The floor for `count` parties.
pub(super) fn measure(count: usize) -> Result<Figures, Failure> {
    let json = Parties::draw(count)?.json_lines();
    let began = Instant::now();
    let packed = zstd::bulk::compress(json.as_bytes(), ZSTD_LEVEL).map_err(Failure::system("zstd"))?;
    let packing = began.elapsed().as_secs_f64();
    Ok(Figures::default()
        .with("json_bytes", json.len() as f64)
        .with("json_mean_bytes", json.len() as f64 / count.max(1) as f64)
        .with("zstd3_bytes", packed.len() as f64)
        .with("zstd3_seconds", packing)
        .with("sqlite_insert_seconds", inserted(&json, usize::MAX)?)
        .with("sqlite_batched_insert_seconds", inserted(&json, ROWS_A_BATCH)?))
}

/// Seconds for one row a line, so many in each transaction.
fn inserted(json: &str, rows_a_batch: usize) -> Result<f64, Failure> {
    let dir = tempfile::tempdir().map_err(Failure::system("cannot make a directory"))?;
    let run = || -> rusqlite::Result<f64> {
        let mut connection = Connection::open(dir.path().join("floor.sqlite"))?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE party (id INTEGER PRIMARY KEY, json TEXT NOT NULL);",
        )?;
        let began = Instant::now();
        let mut lines = json.lines().zip(1_i64..).peekable();
        while lines.peek().is_some() {
            let transaction = connection.transaction()?;
            for (line, id) in lines.by_ref().take(rows_a_batch) {
                transaction.prepare_cached("INSERT INTO party VALUES (?, ?)")?.execute(params![id, line])?;
            }
            transaction.commit()?;
        }
        Ok(began.elapsed().as_secs_f64())
    };
    run().map_err(|error| Failure::Wrong(format!("bare SQLite: {error}")))
}
