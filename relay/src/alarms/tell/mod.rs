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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::Time;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::alarms::AlarmKind;

    /// 2026-05-28, 20:26:40 UTC.
    const NOW_MS: i64 = 1_780_000_000_000;

    fn table() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(TABLE).unwrap();
        connection
    }

    fn mail() -> Mail {
        let server = MailServer {
            host: "127.0.0.1".into(),
            port: 9,
            tls: MailTls::None,
            roots: Vec::new(),
            credentials: None,
            from: mailbox("relay@example.org").unwrap(),
            to: vec![mailbox("awa@example.org").unwrap()],
            language: Language::En,
        };
        Mail::new(server).unwrap()
    }

    fn notice(turn: Turn) -> Notice {
        Notice {
            alarm: 7,
            turn,
            kind: AlarmKind::SilentSite,
            site: Some("DKR".into()),
            measure: 16,
            raised: "2026-05-28T20:26:40Z".into(),
            over: None,
            organisation: "Maison".into(),
            relay: "relay.example:4433".into(),
        }
    }

    fn put_at(connection: &mut Connection, turn: Turn, due: (Channel, i64), now_ms: i64) {
        let transaction = connection.transaction().unwrap();
        put(&transaction, &notice(turn), due, now_ms).unwrap();
        transaction.commit().unwrap();
    }

    fn due_at(connection: &Connection, now_ms: i64) -> Vec<(Channel, Turn)> {
        let due = due(connection, now_ms).unwrap();
        due.into_iter().map(|delivery| (delivery.channel, delivery.notice.turn)).collect()
    }

    #[test]
    fn people_are_told_in_the_morning_of_what_still_holds_and_programs_at_once() {
        let webhook = Webhook::new("http://127.0.0.1:9/".into(), "secret", &[]);
        let quiet =
            QuietHours { from: Time::constant(20, 0, 0, 0), to: Time::constant(6, 0, 0, 0), zone: TimeZone::UTC };
        let channels = Channels { webhook: Some(webhook), mail: Some(mail()), quiet: Some(quiet) };
        let mut connection = table();
        for way in channels.due(NOW_MS) {
            put_at(&mut connection, Turn::Raised, way, NOW_MS);
        }
        assert_eq!(due_at(&connection, NOW_MS), [(Channel::Webhook, Turn::Raised)]);
        let morning_ms = channels.due(NOW_MS)[1].1;
        assert_eq!(due_at(&connection, morning_ms - 1).len(), 1);
        assert_eq!(due_at(&connection, morning_ms).len(), 2);
        // Over before the morning: people hear neither, the program both.
        let later_ms = NOW_MS + 60_000;
        for way in channels.due(later_ms) {
            put_at(&mut connection, Turn::Over, way, later_ms);
        }
        assert_eq!(due_at(&connection, morning_ms), [(Channel::Webhook, Turn::Raised), (Channel::Webhook, Turn::Over)]);
    }

    #[test]
    fn what_cannot_be_told_is_tried_ever_less_often_and_given_up_when_it_is_old() {
        let mut connection = table();
        put_at(&mut connection, Turn::Raised, (Channel::Mail, NOW_MS), NOW_MS);
        let (mut now_ms, mut pauses) = (NOW_MS, Vec::new());
        loop {
            let delivery = due(&connection, now_ms).unwrap().remove(0);
            if done(&connection, &delivery, false, now_ms).unwrap() {
                break;
            }
            assert_eq!(due_at(&connection, now_ms), [], "not at once");
            let again: i64 = connection.query_row("SELECT due_ms FROM deliveries", [], |row| row.get(0)).unwrap();
            pauses.push(again - now_ms);
            now_ms = again;
        }
        assert_eq!(pauses[..3], [limits::NOTICE_PAUSE_MS, 2 * limits::NOTICE_PAUSE_MS, 4 * limits::NOTICE_PAUSE_MS]);
        assert_eq!(pauses.last(), Some(&(limits::NOTICE_PAUSE_MS << limits::MOST_NOTICE_DOUBLINGS)));
        assert!(now_ms - NOW_MS >= limits::NOTICE_KEPT_MS && now_ms - NOW_MS < limits::NOTICE_KEPT_MS + pauses[10]);
        assert_eq!(due_at(&connection, i64::MAX), []);
    }

    #[test]
    fn what_was_told_is_told_no_more_and_what_was_tried_is_followed_by_its_end() {
        let mut connection = table();
        put_at(&mut connection, Turn::Raised, (Channel::Webhook, NOW_MS), NOW_MS);
        let delivery = due(&connection, NOW_MS).unwrap().remove(0);
        done(&connection, &delivery, false, NOW_MS).unwrap();
        // It may have arrived all the same.
        put_at(&mut connection, Turn::Over, (Channel::Webhook, NOW_MS + 1), NOW_MS + 1);
        assert_eq!(due_at(&connection, i64::MAX), [(Channel::Webhook, Turn::Raised), (Channel::Webhook, Turn::Over)]);
        for delivery in due(&connection, i64::MAX).unwrap() {
            assert!(!done(&connection, &delivery, true, NOW_MS + 2).unwrap());
        }
        assert_eq!(due_at(&connection, i64::MAX), []);
    }
}
