//! Telling of alarms, to programs by a signed webhook and to people by mail. Owns what is still to be told, when it is tried again, and when it is
//! given up; knows no threshold.
//!
//! What is to be told lies in the book's file, written in the transaction that raised the alarm: a kill between the two loses nothing, and a
//! receiver may hear twice, by the same id, but never not at all while it can be reached within [`limits::NOTICE_KEPT_MS`].

mod mail;
mod quiet;
mod webhook;
mod words;

use std::error::Error;

use rusqlite::{Connection, Transaction, params};

use crate::limits;

pub use mail::{Mail, MailServer, MailTls, mailbox};
pub use quiet::QuietHours;
pub use webhook::Webhook;
pub use words::{Language, Notice, Turn};

/// Why something was not told. It is tried again.
#[derive(Debug, thiserror::Error)]
pub enum TellError {
    /// It could not be sent.
    #[error("it could not be sent")]
    Unsent(#[source] Box<dyn Error + Send + Sync>),
    /// The receiver did not take it.
    #[error("the receiver answered {0}")]
    Refused(String),
}

/// By which way something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// To a program.
    Webhook,
    /// To people.
    Mail,
}

impl Channel {
    fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Mail => "mail",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Webhook, Self::Mail].into_iter().find(|channel| channel.name() == name)
    }
}

/// The ways that are set up.
#[derive(Clone, Debug, Default)]
pub struct Channels {
    /// To a program.
    pub webhook: Option<Webhook>,
    /// To people.
    pub mail: Option<Mail>,
    /// When people are left in peace.
    pub quiet: Option<QuietHours>,
}

impl Channels {
    /// The ways, and when what happens now may be told by each.
    pub(super) fn due(&self, now_ms: i64) -> Vec<(Channel, i64)> {
        let webhook = self.webhook.as_ref().map(|_| (Channel::Webhook, now_ms));
        let waking = self.quiet.as_ref().map_or(now_ms, |quiet| quiet.told_ms(now_ms));
        let mail = self.mail.as_ref().map(|_| (Channel::Mail, waking));
        webhook.into_iter().chain(mail).collect()
    }

    /// Tells one thing once. Blocks, within bounds.
    pub fn tell(&self, delivery: &Delivery, now_ms: i64) -> Result<(), TellError> {
        let id = format!("alarm-{}-{}", delivery.notice.alarm, delivery.id);
        match delivery.channel {
            Channel::Webhook => {
                self.webhook.as_ref().map_or(Ok(()), |webhook| webhook.tell(&id, &delivery.notice, now_ms))
            }
            Channel::Mail => self.mail.as_ref().map_or(Ok(()), |mail| mail.tell(&id, &delivery.notice)),
        }
    }
}

/// Something that is still to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// By which way.
    pub channel: Channel,
    /// What.
    pub notice: Notice,
    /// How often it was tried.
    pub tries: u32,
    /// When it was first to be told; Unix milliseconds.
    pub since_ms: i64,
}

/// The table of what is still to be told.
pub(super) const TABLE: &str = "CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        alarm INTEGER NOT NULL,
        channel TEXT NOT NULL,
        notice TEXT NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        since_ms INTEGER NOT NULL,
        due_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX deliveries_due ON deliveries (due_ms);";

/// Puts something on the list. What is over before anybody was told of it is told to nobody.
pub(super) fn put(
    transaction: &Transaction<'_>,
    notice: &Notice,
    (channel, due_ms): (Channel, i64),
    now_ms: i64,
) -> rusqlite::Result<()> {
    if notice.turn == Turn::Over {
        let untold = "DELETE FROM deliveries WHERE alarm = ?1 AND channel = ?2 AND tries = 0 AND due_ms > ?3";
        if transaction.execute(untold, params![notice.alarm, channel.name(), now_ms])? > 0 {
            return Ok(());
        }
    }
    let text =
        serde_json::to_string(notice).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    transaction
        .execute(
            "INSERT INTO deliveries (alarm, channel, notice, since_ms, due_ms) VALUES (?1, ?2, ?3, ?4, ?4)",
            params![notice.alarm, channel.name(), text, due_ms],
        )
        .map(drop)
}

/// What is to be told by now, the oldest first. One that cannot be read is of a later version, and dropped.
pub(super) fn due(connection: &Connection, now_ms: i64) -> rusqlite::Result<Vec<Delivery>> {
    let mut query = connection.prepare_cached(
        "SELECT id, channel, notice, tries, since_ms FROM deliveries WHERE due_ms <= ?1 ORDER BY id LIMIT ?2",
    )?;
    let rows = query.query_map(params![now_ms, limits::MAX_NOTICES_AT_ONCE], |row| {
        let (channel, text): (String, String) = (row.get(1)?, row.get(2)?);
        Ok((row.get(0)?, Channel::named(&channel), serde_json::from_str(&text).ok(), row.get(3)?, row.get(4)?))
    })?;
    let mut found = Vec::new();
    for row in rows {
        let (id, channel, notice, tries, since_ms) = row?;
        match (channel, notice) {
            (Some(channel), Some(notice)) => found.push(Delivery { id, channel, notice, tries, since_ms }),
            _ => drop(connection.execute("DELETE FROM deliveries WHERE id = ?1", [id])?),
        }
    }
    Ok(found)
}

/// It was told, or not: then it is tried again, ever less often, until it is old news. Whether it is given up.
pub(super) fn done(connection: &Connection, delivery: &Delivery, told: bool, now_ms: i64) -> rusqlite::Result<bool> {
    let is_old = now_ms.saturating_sub(delivery.since_ms) >= limits::NOTICE_KEPT_MS;
    if told || is_old {
        connection.execute("DELETE FROM deliveries WHERE id = ?1", [delivery.id])?;
        return Ok(!told);
    }
    let pause = limits::NOTICE_PAUSE_MS << delivery.tries.min(limits::MOST_NOTICE_DOUBLINGS);
    connection.execute(
        "UPDATE deliveries SET tries = tries + 1, due_ms = ?2 WHERE id = ?1",
        params![delivery.id, now_ms.saturating_add(pause)],
    )?;
    Ok(false)
}
