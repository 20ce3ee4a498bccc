//! The audit log: what was done at the console or by a command on its accounts, by whom, when, from where. Owns its table and its bounds.
//! Refusals have places of their own, apart from acts, so that whoever guesses without end displaces nothing that was done.
//!
//! A name that nobody has is not kept: people type passwords where names belong.

use std::net::IpAddr;

use rusqlite::{Connection, Row, params};

use super::Book;
use crate::changes::Topic;
use crate::limits::{MAX_AUDITED_ACTS, MAX_AUDITED_REFUSALS};
use crate::store::StoreError;

pub(super) const TABLE: &str = "CREATE TABLE audit (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at_ms INTEGER NOT NULL,
        account TEXT,
        address TEXT,
        act TEXT NOT NULL,
        subject TEXT,
        refused INTEGER NOT NULL,
        place INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX audit_by_place ON audit (refused, place);";
pub(super) const BY_ACCOUNT: &str = "CREATE INDEX audit_by_account ON audit (account, number);";

/// What can stand in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Somebody signed in; refused: a wrong name, password or second factor.
    SignIn,
    /// The same, by a recovery code in place of the second factor.
    SignInByRecoveryCode,
    /// Somebody signed out.
    SignOut,
    /// Somebody set their account up; refused: with a wrong code.
    SetUp,
    /// Somebody changed their own password; refused: the present one or the second factor was wrong.
    PasswordChange,
    /// An account was made.
    AccountAdd,
    /// An account has another role.
    AccountRole,
    /// An account is kept out.
    AccountDisable,
    /// An account is let in again.
    AccountEnable,
    /// An account is to be set up anew.
    AccountReset,
    /// Somebody has seen an alarm.
    AlarmAcknowledge,
    /// Something was asked of a node.
    Request,
    /// The line of a site is held.
    LineHold,
    /// The line of a site is held no more.
    LineRelease,
    /// The log was exported.
    AuditExport,
    /// Somebody asked for what their role does not grant.
    Denied,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 16] = [
        Self::SignIn,
        Self::SignInByRecoveryCode,
        Self::SignOut,
        Self::SetUp,
        Self::PasswordChange,
        Self::AccountAdd,
        Self::AccountRole,
        Self::AccountDisable,
        Self::AccountEnable,
        Self::AccountReset,
        Self::AlarmAcknowledge,
        Self::Request,
        Self::LineHold,
        Self::LineRelease,
        Self::AuditExport,
        Self::Denied,
    ];

    /// As it is kept and told.
    pub fn text(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SignInByRecoveryCode => "sign-in-by-recovery-code",
            Self::SignOut => "sign-out",
            Self::SetUp => "set-up",
            Self::PasswordChange => "password-change",
            Self::AccountAdd => "account-add",
            Self::AccountRole => "account-role",
            Self::AccountDisable => "account-disable",
            Self::AccountEnable => "account-enable",
            Self::AccountReset => "account-reset",
            Self::AlarmAcknowledge => "alarm-acknowledge",
            Self::Request => "request",
            Self::LineHold => "line-hold",
            Self::LineRelease => "line-release",
            Self::AuditExport => "audit-export",
            Self::Denied => "denied",
        }
    }
}

/// Who does something, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct By {
    /// The account; none for a command, and for whoever is nobody here.
    pub account: Option<String>,
    /// The address; none for a command.
    pub address: Option<IpAddr>,
    /// When, in Unix milliseconds.
    pub at_ms: i64,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// Its number: later ones are greater.
    pub number: i64,
    /// Who.
    pub by: ByWhom,
    /// What.
    pub act: String,
    /// To what or to whom.
    pub subject: Option<String>,
    /// Whether it was refused.
    pub refused: bool,
}

/// Who did it, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByWhom {
    /// The account, if one did.
    pub account: Option<String>,
    /// From where; none for a command.
    pub address: Option<String>,
    /// When, in Unix milliseconds.
    pub at_ms: i64,
}

/// What somebody who signs in should hear of their account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// When somebody last signed in to it, in Unix milliseconds, as far as the log goes back.
    pub signed_in_ms: Option<i64>,
    /// How many wrong passwords and codes were given for it since.
    pub refused: u32,
}

/// Which lines are wanted; what is not said matters not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// By this account.
    pub account: Option<String>,
    /// Of this act.
    pub act: Option<String>,
    /// From this moment on.
    pub since_ms: Option<i64>,
    /// Before this moment.
    pub until_ms: Option<i64>,
    /// Before this number.
    pub before: Option<i64>,
}

/// Adds a line, within the transaction of what it tells.
pub(super) fn tell(
    connection: &Connection,
    by: &By,
    act: Act,
    (subject, refused): (Option<&str>, bool),
) -> Result<(), StoreError> {
    let address = by.address.map(|ip| ip.to_string());
    connection
        .prepare_cached(
            "INSERT INTO audit (at_ms, account, address, act, subject, refused, place) VALUES (?1, ?2, ?3, ?4, ?5, ?6,
                1 + coalesce((SELECT max(place) FROM audit WHERE refused = ?6), 0))",
        )?
        .execute(params![by.at_ms, by.account, address, act.text(), subject, refused])?;
    let most = if refused { MAX_AUDITED_REFUSALS } else { MAX_AUDITED_ACTS };
    connection
        .prepare_cached(
            "DELETE FROM audit
                WHERE refused = ?1 AND place <= (SELECT max(place) FROM audit WHERE refused = ?1) - ?2",
        )?
        .execute(params![refused, most])?;
    Ok(())
}

fn line(row: &Row<'_>) -> Result<Audited, rusqlite::Error> {
    let by = ByWhom { at_ms: row.get(1)?, account: row.get(2)?, address: row.get(3)? };
    Ok(Audited { number: row.get(0)?, by, act: row.get(4)?, subject: row.get(5)?, refused: row.get(6)? })
}

impl Book {
    /// Tells what changes nothing else in the book.
    pub fn note(&self, by: &By, act: Act, subject: Option<&str>, refused: bool) -> Result<(), StoreError> {
        self.write(|transaction| tell(transaction, by, act, (subject, refused)))?;
        self.changes.tell(&[Topic::Audit]);
        Ok(())
    }

    /// The last sign-in to an account, and what was refused since.
    pub fn before(&self, account: &str) -> Result<Before, StoreError> {
        let connection = self.reading();
        let mut statement = connection.prepare_cached(
            "WITH own AS (SELECT number, at_ms, act, refused FROM audit WHERE account = ?1),
                last AS (SELECT number, at_ms FROM own WHERE refused = 0 AND act IN (?2, ?3) ORDER BY number DESC LIMIT 1)
                SELECT (SELECT at_ms FROM last), count(*) FROM own
                    WHERE refused = 1 AND act IN (?2, ?3, ?4) AND number > coalesce((SELECT number FROM last), 0)",
        )?;
        let acts = [Act::SignIn, Act::SignInByRecoveryCode, Act::PasswordChange].map(Act::text);
        let before = statement.query_row(params![account, acts[0], acts[1], acts[2]], |row| {
            Ok(Before { signed_in_ms: row.get(0)?, refused: row.get(1)? })
        });
        Ok(before?)
    }

    /// Lines of the log, the last ones first.
    pub fn audited(&self, wanted: &Wanted, most: u32) -> Result<Vec<Audited>, StoreError> {
        let connection = self.reading();
        let mut statement = connection.prepare_cached(
            "SELECT number, at_ms, account, address, act, subject, refused FROM audit
                WHERE (?1 IS NULL OR account = ?1) AND (?2 IS NULL OR act = ?2) AND (?3 IS NULL OR at_ms >= ?3)
                  AND (?4 IS NULL OR at_ms < ?4) AND (?5 IS NULL OR number < ?5)
                ORDER BY number DESC LIMIT ?6",
        )?;
        let Wanted { account, act, since_ms, until_ms, before } = wanted;
        let lines = statement.query_map(params![account, act, since_ms, until_ms, before, most], line)?;
        Ok(lines.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn by(account: &str, at_ms: i64) -> By {
        By { account: Some(account.into()), address: Some([192, 0, 2, 1].into()), at_ms }
    }

    #[test]
    fn what_is_wanted_is_found_the_last_first() {
        let dir = tempfile::tempdir().unwrap();
        let book = Book::open(dir.path()).unwrap();
        book.note(&by("awa", 1_000), Act::SignIn, None, false).unwrap();
        book.note(&by("paul", 2_000), Act::SignIn, None, true).unwrap();
        book.note(&by("awa", 3_000), Act::SignOut, None, false).unwrap();
        let found = |wanted: Wanted| -> Vec<i64> {
            book.audited(&wanted, 10).unwrap().into_iter().map(|line| line.by.at_ms).collect()
        };
        let all = Wanted::default();
        assert_eq!(found(all.clone()), [3_000, 2_000, 1_000]);
        assert_eq!(found(Wanted { account: Some("awa".into()), ..all.clone() }), [3_000, 1_000]);
        assert_eq!(found(Wanted { act: Some("sign-in".into()), ..all.clone() }), [2_000, 1_000]);
        assert_eq!(found(Wanted { since_ms: Some(2_000), until_ms: Some(3_000), ..all.clone() }), [2_000]);
        let last = book.audited(&all, 1).unwrap().remove(0);
        assert_eq!((last.by.address.as_deref(), last.act.as_str()), (Some("192.0.2.1"), "sign-out"));
        assert_eq!(found(Wanted { before: Some(last.number), ..all }), [2_000, 1_000]);
    }

    #[test]
    fn what_was_refused_since_somebody_signed_in_is_counted_for_them_alone() {
        let dir = tempfile::tempdir().unwrap();
        let book = Book::open(dir.path()).unwrap();
        let note = |account: &str, at_ms: i64, act: Act, refused: bool| {
            book.note(&by(account, at_ms), act, None, refused).unwrap();
        };
        note("awa", 1_000, Act::SignIn, true);
        assert_eq!(book.before("awa").unwrap(), Before { signed_in_ms: None, refused: 1 });
        note("awa", 2_000, Act::SignInByRecoveryCode, false);
        note("awa", 3_000, Act::SignIn, true);
        note("awa", 3_000, Act::PasswordChange, true);
        note("awa", 3_000, Act::Denied, true);
        note("paul", 4_000, Act::SignIn, false);
        note("paul", 4_000, Act::SignIn, true);
        assert_eq!(book.before("awa").unwrap(), Before { signed_in_ms: Some(2_000), refused: 2 });
        assert_eq!(book.before("nobody").unwrap(), Before::default());
    }

    #[test]
    fn f33_refusals_are_bounded_and_displace_no_act() {
        let dir = tempfile::tempdir().unwrap();
        let book = Book::open(dir.path()).unwrap();
        book.note(&by("awa", 0), Act::SignIn, None, false).unwrap();
        book.act(|transaction| {
            (0..=MAX_AUDITED_REFUSALS).try_for_each(|n| tell(transaction, &by("awa", n), Act::SignIn, (None, true)))
        })
        .unwrap();
        let count = |refused: bool| -> i64 {
            let sql = "SELECT count(*) FROM audit WHERE refused = ?1";
            book.reading().query_row(sql, [refused], |row| row.get(0)).unwrap()
        };
        assert_eq!((count(true), count(false)), (MAX_AUDITED_REFUSALS, 1));
    }

    #[test]
    fn acts_are_told_apart() {
        let texts: std::collections::BTreeSet<_> = Act::ALL.iter().map(|act| act.text()).collect();
        assert_eq!(texts.len(), Act::ALL.len());
    }
}
