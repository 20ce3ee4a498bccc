//! The book of alarms: raised, acknowledged, over. Owns its file and what of a finding is news; sends nothing.
//!
//! One alarm stands for one kind at one site for as long as it holds. What was acknowledged is news again only when there is more
//! of what can grow anew; what is over and comes back is another alarm.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use comptoir_sync_protocol::SiteId;
use rusqlite::{Connection, OptionalExtension, Row, params};
use rusqlite_migration::M;

use super::tell::{self, Channels, Delivery, Notice, Turn};
use super::{AlarmKind, Finding};
use crate::changes::{Changes, Topic};
use crate::clock;
use crate::limits::{ALARM_KEPT_MS, MAX_ALARMS_SHOWN};
use crate::store::{OpenError, StoreError, open_small};

const MIGRATIONS: &[M<'static>] = &[
    M::up(
        "CREATE TABLE alarms (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        site BLOB,
        measure INTEGER NOT NULL,
        raised_ms INTEGER NOT NULL,
        acknowledged_ms INTEGER,
        acknowledged_by TEXT,
        acknowledged_measure INTEGER,
        over_ms INTEGER
    ) STRICT;
    CREATE INDEX alarms_open ON alarms (kind, site) WHERE over_ms IS NULL;",
    ),
    M::up(tell::TABLE),
];

const OPEN: &str = "WHERE over_ms IS NULL ORDER BY id";

/// One alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Its number.
    pub id: i64,
    /// What it is about.
    pub kind: AlarmKind,
    /// Of which site; none: of the relay.
    pub site: Option<SiteId>,
    /// How much, when it was last looked at.
    pub measure: u64,
    /// Since when; Unix milliseconds.
    pub raised_ms: i64,
    /// Who has seen it, and when.
    pub acknowledged: Option<(String, i64)>,
    /// Since when it holds no more.
    pub over_ms: Option<i64>,
}

/// What is news of an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// It holds, and did not before; or there is more of it than was acknowledged.
    Raised(Alarm),
    /// It holds no more.
    Over(Alarm),
}

impl News {
    /// The alarm.
    pub fn alarm(&self) -> &Alarm {
        match self {
            Self::Raised(alarm) | Self::Over(alarm) => alarm,
        }
    }

    fn notice(&self, places: &Places<'_>) -> Notice {
        let alarm = self.alarm();
        Notice {
            alarm: alarm.id,
            turn: if matches!(self, Self::Raised(_)) { Turn::Raised } else { Turn::Over },
            kind: alarm.kind,
            site: alarm.site.map(|site| (places.code)(&site)),
            measure: alarm.measure,
            raised: clock::rfc3339(alarm.raised_ms),
            over: alarm.over_ms.map(clock::rfc3339),
            organisation: places.organisation.to_owned(),
            relay: places.relay.to_owned(),
        }
    }
}

/// What notices call things.
pub struct Places<'a> {
    /// The organisation.
    pub organisation: &'a str,
    /// The relay's address, as sites are told.
    pub relay: &'a str,
    /// The code of a site.
    pub code: &'a dyn Fn(&SiteId) -> String,
}

/// Which alarms are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Those that hold.
    Open,
    /// Those that are over too, the latest first.
    All,
}

/// The book. Calls block.
#[derive(Debug)]
pub struct AlarmBook {
    connection: Mutex<Connection>,
    changes: Changes,
}

impl AlarmBook {
    /// Opens its file, or makes one.
    pub fn open(path: &Path, changes: Changes) -> Result<Self, OpenError> {
        Ok(Self { connection: Mutex::new(open_small(path, MIGRATIONS)?), changes })
    }

    /// Everything that holds now is this. What is news of it, which is put on the list of what is to be told.
    pub fn now(
        &self,
        findings: &[Finding],
        (channels, places): (&Channels, &Places<'_>),
        now_ms: i64,
    ) -> Result<Vec<News>, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let mut news = Vec::new();
        for alarm in read(&transaction, OPEN, [])? {
            let holds = findings.iter().any(|finding| (finding.kind, finding.site) == (alarm.kind, alarm.site));
            if !holds {
                transaction.execute("UPDATE alarms SET over_ms = ?2 WHERE id = ?1", params![alarm.id, now_ms])?;
                news.push(News::Over(Alarm { over_ms: Some(now_ms), ..alarm }));
            }
        }
        for finding in findings {
            news.extend(raise(&transaction, finding, now_ms)?);
        }
        for news in &news {
            for due in channels.due(now_ms) {
                tell::put(&transaction, &news.notice(places), due, now_ms)?;
            }
        }
        let kept = now_ms.saturating_sub(ALARM_KEPT_MS);
        transaction.execute("DELETE FROM alarms WHERE over_ms < ?1", [kept])?;
        transaction.commit()?;
        if !news.is_empty() {
            self.changes.tell(&[Topic::Alarms]);
        }
        Ok(news)
    }

    /// When each silence that is not over was raised, by site; Unix milliseconds.
    pub fn silences(&self) -> Result<HashMap<SiteId, i64>, StoreError> {
        let open = read(&self.connection(), OPEN, [])?;
        let silences = open.into_iter().filter(|alarm| alarm.kind == AlarmKind::SilentSite);
        Ok(silences.filter_map(|alarm| Some((alarm.site?, alarm.raised_ms))).collect())
    }

    /// Somebody has seen an alarm. It is nobody's news until there is more of it. `None`: there is no such alarm that holds.
    pub fn acknowledge(&self, id: i64, by: &str, now_ms: i64) -> Result<Option<Alarm>, StoreError> {
        let connection = self.connection();
        let done = connection.execute(
            "UPDATE alarms SET acknowledged_ms = ?3, acknowledged_by = ?2, acknowledged_measure = measure
             WHERE id = ?1 AND over_ms IS NULL",
            params![id, by, now_ms],
        )?;
        if done == 0 {
            return Ok(None);
        }
        self.changes.tell(&[Topic::Alarms]);
        Ok(read(&connection, "WHERE id = ?1", [id])?.pop())
    }

    /// The alarms.
    pub fn alarms(&self, shown: Shown) -> Result<Vec<Alarm>, StoreError> {
        let which = match shown {
            Shown::Open => "WHERE over_ms IS NULL ORDER BY raised_ms DESC, id DESC LIMIT ?1",
            Shown::All => "ORDER BY over_ms IS NOT NULL, raised_ms DESC, id DESC LIMIT ?1",
        };
        Ok(read(&self.connection(), which, [MAX_ALARMS_SHOWN])?)
    }

    /// What is to be told by now.
    pub fn due(&self, now_ms: i64) -> Result<Vec<Delivery>, StoreError> {
        Ok(tell::due(&self.connection(), now_ms)?)
    }

    /// How much was tried to be told in vain, and is tried again.
    pub fn untold(&self) -> Result<u32, StoreError> {
        let count = "SELECT count(*) FROM deliveries WHERE tries > 0";
        Ok(self.connection().query_row(count, [], |row| row.get(0))?)
    }

    /// It was told, or not. Whether it is given up.
    pub fn done(&self, delivery: &Delivery, told: bool, now_ms: i64) -> Result<bool, StoreError> {
        Ok(tell::done(&self.connection(), delivery, told, now_ms)?)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn raise(connection: &Connection, finding: &Finding, now_ms: i64) -> rusqlite::Result<Option<News>> {
    let measure = i64::try_from(finding.measure).unwrap_or(i64::MAX);
    let site = finding.site.map(|site| site.0);
    let known: Option<(i64, Option<i64>)> = connection
        .query_row(
            "SELECT id, acknowledged_measure FROM alarms WHERE kind = ?1 AND site IS ?2 AND over_ms IS NULL",
            params![finding.kind.name(), site],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((id, acknowledged)) = known else {
        connection.execute(
            "INSERT INTO alarms (kind, site, measure, raised_ms) VALUES (?1, ?2, ?3, ?4)",
            params![finding.kind.name(), site, measure, now_ms],
        )?;
        let id = connection.last_insert_rowid();
        return Ok(read(connection, "WHERE id = ?1", [id])?.pop().map(News::Raised));
    };
    connection.execute("UPDATE alarms SET measure = ?2 WHERE id = ?1", params![id, measure])?;
    if !(finding.kind.grows_anew() && acknowledged.is_some_and(|seen| measure > seen)) {
        return Ok(None);
    }
    connection.execute(
        "UPDATE alarms SET acknowledged_ms = NULL, acknowledged_by = NULL, acknowledged_measure = NULL WHERE id = ?1",
        [id],
    )?;
    Ok(read(connection, "WHERE id = ?1", [id])?.pop().map(News::Raised))
}

fn read<const N: usize>(connection: &Connection, which: &str, values: [i64; N]) -> rusqlite::Result<Vec<Alarm>> {
    let columns = "SELECT id, kind, site, measure, raised_ms, acknowledged_by, acknowledged_ms, over_ms FROM alarms";
    let mut query = connection.prepare(&format!("{columns} {which}"))?;
    let rows = query.query_map(rusqlite::params_from_iter(values), of_row)?;
    // A kind of a later version is passed over.
    rows.filter_map(Result::transpose).collect()
}

fn of_row(row: &Row<'_>) -> rusqlite::Result<Option<Alarm>> {
    let Some(kind) = AlarmKind::named(&row.get::<_, String>(1)?) else { return Ok(None) };
    let (by, at): (Option<String>, Option<i64>) = (row.get(5)?, row.get(6)?);
    Ok(Some(Alarm {
        id: row.get(0)?,
        kind,
        site: row.get::<_, Option<[u8; 16]>>(2)?.map(SiteId),
        measure: row.get::<_, i64>(3)?.unsigned_abs(),
        raised_ms: row.get(4)?,
        acknowledged: by.zip(at),
        over_ms: row.get(7)?,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NOW_MS: i64 = 1_780_000_000_000;

    fn book() -> (AlarmBook, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        (AlarmBook::open(&directory.path().join("alarms.sqlite"), Changes::default()).unwrap(), directory)
    }

    fn finding(kind: AlarmKind, measure: u64) -> Finding {
        Finding { kind, site: Some(SiteId([1; 16])), measure }
    }

    fn now(book: &AlarmBook, findings: &[Finding], now_ms: i64) -> Vec<News> {
        let places = Places { organisation: "Maison", relay: "relay.example:4433", code: &|site| site.to_string() };
        book.now(findings, (&Channels::default(), &places), now_ms).unwrap()
    }

    fn words(news: &[News]) -> Vec<(bool, AlarmKind, u64)> {
        let word = |news: &News| match news {
            News::Raised(alarm) => (true, alarm.kind, alarm.measure),
            News::Over(alarm) => (false, alarm.kind, alarm.measure),
        };
        news.iter().map(word).collect()
    }

    #[test]
    fn an_alarm_is_told_once_and_again_when_it_comes_back() {
        let (book, directory) = book();
        let silent = finding(AlarmKind::SilentSite, 16);
        assert_eq!(words(&now(&book, &[silent], NOW_MS)), [(true, AlarmKind::SilentSite, 16)]);
        let longer = finding(AlarmKind::SilentSite, 30);
        assert_eq!(now(&book, &[longer], NOW_MS + 1), []);
        let again = AlarmBook::open(&directory.path().join("alarms.sqlite"), Changes::default()).unwrap();
        assert_eq!(now(&again, &[longer], NOW_MS + 2), [], "it outlives the process");
        let open = again.alarms(Shown::Open).unwrap();
        assert_eq!((open.len(), open[0].measure, open[0].raised_ms), (1, 30, NOW_MS));
        assert_eq!(words(&now(&again, &[], NOW_MS + 3)), [(false, AlarmKind::SilentSite, 30)]);
        assert_eq!(words(&now(&again, &[silent], NOW_MS + 4)), [(true, AlarmKind::SilentSite, 16)]);
        let all = again.alarms(Shown::All).unwrap();
        assert_eq!(all.iter().map(|alarm| alarm.over_ms).collect::<Vec<_>>(), [None, Some(NOW_MS + 3)]);
    }

    #[test]
    fn what_was_acknowledged_is_news_only_when_more_is_wrong() {
        let (book, _directory) = book();
        let findings = |many: u64| [finding(AlarmKind::Quarantine, many), finding(AlarmKind::SilentSite, many)];
        now(&book, &findings(20), NOW_MS);
        for alarm in book.alarms(Shown::Open).unwrap() {
            let seen = book.acknowledge(alarm.id, "awa", NOW_MS + 1).unwrap().unwrap();
            assert_eq!(seen.acknowledged, Some(("awa".into(), NOW_MS + 1)));
        }
        assert_eq!(now(&book, &findings(19), NOW_MS + 2), []);
        assert_eq!(words(&now(&book, &findings(21), NOW_MS + 3)), [(true, AlarmKind::Quarantine, 21)]);
        let open = book.alarms(Shown::Open).unwrap();
        assert!(open.iter().all(|alarm| alarm.acknowledged.is_none() == (alarm.kind == AlarmKind::Quarantine)));
        assert_eq!(book.acknowledge(99, "awa", NOW_MS).unwrap(), None);
    }

    #[test]
    fn the_same_at_two_sites_and_at_the_relay_are_three_alarms() {
        let (book, _directory) = book();
        let one = finding(AlarmKind::Fork, 1);
        let all = [one, Finding { site: Some(SiteId([2; 16])), ..one }, Finding { site: None, ..one }];
        assert_eq!(now(&book, &all, NOW_MS).len(), 3);
        assert_eq!(now(&book, &all, NOW_MS + 1), []);
        assert_eq!(now(&book, &all[..2], NOW_MS + 2).len(), 1);
        let late = NOW_MS + 3 + ALARM_KEPT_MS;
        now(&book, &all[..2], late);
        assert_eq!(book.alarms(Shown::All).unwrap().len(), 2, "what is long over goes");
    }
}
