//! The tables of the board: what each site last said, when it was here, and samples of it. Owns them, and how long samples are
//! kept.

use std::collections::HashMap;
use std::sync::Arc;

use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::codec;
use comptoir_sync_protocol::health::Health;
use rusqlite::{Connection, OptionalExtension, params};
use rusqlite_migration::M;

use super::{Told, traffic};
use crate::limits::{HEALTH_SAMPLE_INTERVAL_MS, HEALTH_SAMPLE_KEPT_MS};

pub(super) const MIGRATIONS: &[M<'static>] = &[
    M::up(
        "CREATE TABLE told (
        site BLOB PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE seen (
        site BLOB PRIMARY KEY,
        at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE samples (
        site BLOB NOT NULL,
        at_ms INTEGER NOT NULL,
        outbox INTEGER NOT NULL,
        lag INTEGER NOT NULL,
        inbox INTEGER NOT NULL,
        quarantined INTEGER NOT NULL,
        clock_skew_ms INTEGER NOT NULL,
        disk_free INTEGER,
        PRIMARY KEY (site, at_ms)
    ) STRICT, WITHOUT ROWID;",
    ),
    M::up(traffic::CREATE),
];

/// How a site stood at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When, by the relay's clock; Unix milliseconds.
    pub at_ms: i64,
    /// Entries that it had not sent.
    pub outbox_entries: u64,
    /// Entries that were here and not there.
    pub lag_entries: u64,
    /// Open items of its inbox.
    pub inbox_items: u64,
    /// Entries that it had set aside as invalid.
    pub quarantined_entries: u64,
    /// How far its clock was ahead.
    pub clock_skew_ms: i64,
    /// Bytes that were free on its disk.
    pub disk_free_bytes: Option<u64>,
}

pub(super) fn told(connection: &Connection) -> rusqlite::Result<HashMap<SiteId, Arc<Told>>> {
    let mut query = connection.prepare("SELECT site, at_ms, body FROM told")?;
    let rows = query.query_map([], |row| Ok((SiteId(row.get(0)?), row.get(1)?, row.get::<_, Vec<u8>>(2)?)))?;
    let mut told = HashMap::new();
    for row in rows {
        let (site, at_ms, body) = row?;
        // What cannot be read any more will be told anew.
        if let Ok(health) = codec::from_bytes::<Health>("health report", &body) {
            told.insert(site, Arc::new(Told { at_ms, health }));
        }
    }
    Ok(told)
}

/// Keeps what a site said, and a sample of it when the last one is old enough.
pub(super) fn keep(
    connection: &mut Connection,
    site: &SiteId,
    told: &Told,
    body: &[u8],
    lag: u64,
) -> rusqlite::Result<()> {
    let (transaction, health) = (connection.transaction()?, &told.health);
    transaction.execute(
        "INSERT INTO told (site, at_ms, body) VALUES (?1, ?2, ?3)
         ON CONFLICT (site) DO UPDATE SET at_ms = excluded.at_ms, body = excluded.body",
        params![site.0, told.at_ms, body],
    )?;
    let last: Option<i64> = transaction
        .query_row("SELECT at_ms FROM samples WHERE site = ?1 ORDER BY at_ms DESC LIMIT 1", [site.0], |row| row.get(0))
        .optional()?;
    // A clock that was set back does not stop the samples.
    if last.is_none_or(|last| told.at_ms.abs_diff(last) >= HEALTH_SAMPLE_INTERVAL_MS.unsigned_abs()) {
        transaction.execute(
            "INSERT OR REPLACE INTO samples (site, at_ms, outbox, lag, inbox, quarantined, clock_skew_ms, disk_free)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                site.0,
                told.at_ms,
                stored(health.outbox_entries),
                stored(lag),
                stored(health.inbox_items),
                stored(health.quarantined_entries),
                told.clock_skew_ms(),
                health.disk_free_bytes.map(stored),
            ],
        )?;
        let kept = told.at_ms.saturating_sub(HEALTH_SAMPLE_KEPT_MS);
        transaction.execute("DELETE FROM samples WHERE site = ?1 AND at_ms < ?2", params![site.0, kept])?;
    }
    transaction.commit()
}

pub(super) fn see(connection: &Connection, site: &SiteId, now_ms: i64) -> rusqlite::Result<()> {
    let seen = "INSERT INTO seen (site, at_ms) VALUES (?1, ?2) ON CONFLICT (site) DO UPDATE SET at_ms = excluded.at_ms";
    connection.execute(seen, params![site.0, now_ms]).map(drop)
}

pub(super) fn seen(connection: &Connection) -> rusqlite::Result<HashMap<SiteId, i64>> {
    let mut query = connection.prepare("SELECT site, at_ms FROM seen")?;
    query.query_map([], |row| Ok((SiteId(row.get(0)?), row.get(1)?)))?.collect()
}

pub(super) fn samples(connection: &Connection, site: &SiteId, since_ms: i64) -> rusqlite::Result<Vec<Sample>> {
    let mut query = connection.prepare(
        "SELECT at_ms, outbox, lag, inbox, quarantined, clock_skew_ms, disk_free FROM samples
         WHERE site = ?1 AND at_ms >= ?2 ORDER BY at_ms",
    )?;
    let sample = |row: &rusqlite::Row<'_>| {
        let count = |column: usize| row.get::<_, i64>(column).map(i64::unsigned_abs);
        Ok(Sample {
            at_ms: row.get(0)?,
            outbox_entries: count(1)?,
            lag_entries: count(2)?,
            inbox_items: count(3)?,
            quarantined_entries: count(4)?,
            clock_skew_ms: row.get(5)?,
            disk_free_bytes: row.get::<_, Option<i64>>(6)?.map(i64::unsigned_abs),
        })
    };
    query.query_map(params![site.0, since_ms], sample)?.collect()
}

/// A count as SQLite stores one: what a hostile site exaggerates stays the greatest there is.
pub(super) fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
