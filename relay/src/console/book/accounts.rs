//! Accounts: their table, how each changes, and what ends a sign-in. A sign-in bears the generation of its account, which every change of
//! role, password or standing raises: what was signed in before is over, whichever process made the change.
//!
//! Owns that a code is taken once: a step of the second factor, a recovery code, a set-up code.

use blake3::Hash;
use comptoir_door::password::Kept;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use zeroize::Zeroizing;

use super::audit::{Act, By, tell};
use super::{Book, devices};
use crate::clock::rfc3339;
use crate::console::account::{Account, Role, is_name};
use crate::console::totp::Shared;
use crate::limits::{MAX_ACCOUNT_NAME_CHARACTERS, MAX_CONSOLE_ACCOUNTS, SETUP_CODE_LIFETIME_MS, TOTP_SECRET_BYTES};
use crate::store::StoreError;

pub(super) const TABLE: &str = "CREATE TABLE accounts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL,
        disabled INTEGER NOT NULL DEFAULT 0,
        generation INTEGER NOT NULL DEFAULT 0,
        password TEXT,
        totp BLOB,
        totp_step INTEGER NOT NULL DEFAULT 0,
        setup BLOB,
        setup_until_ms INTEGER,
        added_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE recovery (
        account INTEGER NOT NULL REFERENCES accounts (id),
        code BLOB NOT NULL,
        PRIMARY KEY (account, code)
    ) STRICT;";

/// Why an account is not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The book failed.
    #[error("the console's accounts cannot be read or written")]
    Store(#[from] StoreError),
    /// There is none of this name.
    #[error("there is no account {name:?}")]
    Unknown {
        /// The name.
        name: String,
    },
    /// There is one of this name.
    #[error("there is an account {name:?} already")]
    Taken {
        /// The name.
        name: String,
    },
    /// It may not be called so.
    #[error(
        "an account is called by small letters, digits, '.', '-' and '_', a letter or digit first, at most {MAX_ACCOUNT_NAME_CHARACTERS}"
    )]
    NameUnfit,
    /// There is no room for another.
    #[error("there are {MAX_CONSOLE_ACCOUNTS} accounts already")]
    TooMany,
    /// Nobody would be left who keeps accounts.
    #[error("{name:?} is the last administrator")]
    LastAdministrator {
        /// Who.
        name: String,
    },
}

impl From<rusqlite::Error> for AccountError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// That somebody is signed in: good as long as their account's generation is this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The account.
    pub account: i64,
    /// Its generation.
    pub generation: i64,
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// How.
    pub signed: Signed,
    /// Their name.
    pub name: String,
    /// What they may.
    pub role: Role,
}

/// What a sign-in is measured by.
pub struct Credentials {
    /// Whose.
    pub known: Known,
    /// What is kept of the password.
    pub password: Kept,
    /// What the authenticator shares.
    pub totp: Shared,
}

/// A set-up that its code is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupOpen {
    /// Whose.
    pub name: String,
    /// What they may.
    pub role: Role,
    /// Until when, in Unix milliseconds.
    pub until_ms: i64,
}

/// What a set-up that is done leaves.
pub struct Finished {
    /// The hash of the set-up code.
    pub code: Hash,
    /// What is kept of the password.
    pub password: Kept,
    /// What the authenticator shares.
    pub totp: Shared,
    /// The step that confirmed it: taken.
    pub step: u64,
    /// The hashes of the recovery codes.
    pub recovery: Vec<Hash>,
}

/// Whether the last administrator may be taken away. A command may: it can make another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastOne {
    /// Refused.
    Stays,
    /// Done.
    MayGo,
}

fn role(row: &Row<'_>, column: usize) -> Result<Role, rusqlite::Error> {
    let text: String = row.get(column)?;
    let unread = || rusqlite::Error::InvalidColumnType(column, "role".into(), rusqlite::types::Type::Text);
    Role::of(&text).ok_or_else(unread)
}

/// Columns: id, generation, name, role.
fn known(row: &Row<'_>) -> Result<Known, rusqlite::Error> {
    let signed = Signed { account: row.get(0)?, generation: row.get(1)? };
    Ok(Known { signed, name: row.get(2)?, role: role(row, 3)? })
}

fn named(connection: &Connection, name: &str) -> Result<Known, AccountError> {
    let found = connection
        .prepare_cached("SELECT id, generation, name, role FROM accounts WHERE name = ?1")?
        .query_row([name], known)
        .optional()?;
    found.ok_or_else(|| AccountError::Unknown { name: name.to_owned() })
}

fn keep_an_administrator(connection: &Connection, account: &Known, last: LastOne) -> Result<(), AccountError> {
    let others: i64 = connection.query_row(
        "SELECT count(*) FROM accounts WHERE role = ?1 AND disabled = 0 AND password IS NOT NULL AND id != ?2",
        params![Role::Administrator.text(), account.signed.account],
        |row| row.get(0),
    )?;
    if last == LastOne::Stays && account.role == Role::Administrator && others == 0 {
        return Err(AccountError::LastAdministrator { name: account.name.clone() });
    }
    Ok(())
}

impl Book {
    /// Makes an account, to be set up by who has the code of this hash.
    pub fn add(&self, by: &By, name: &str, role: Role, code: Hash) -> Result<(), AccountError> {
        if !is_name(name) {
            return Err(AccountError::NameUnfit);
        }
        self.act(|transaction| {
            let (all, taken): (i64, bool) =
                transaction.query_row("SELECT count(*), coalesce(max(name = ?1), 0) FROM accounts", [name], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            if taken {
                return Err(AccountError::Taken { name: name.to_owned() });
            }
            if all >= MAX_CONSOLE_ACCOUNTS as i64 {
                return Err(AccountError::TooMany);
            }
            transaction.execute(
                "INSERT INTO accounts (name, role, setup, setup_until_ms, added_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![name, role.text(), code.as_bytes(), by.at_ms.saturating_add(SETUP_CODE_LIFETIME_MS), by.at_ms],
            )?;
            Ok(tell(transaction, by, Act::AccountAdd, (Some(&format!("{name} {}", role.text())), false))?)
        })
    }

    /// Everybody, by name.
    pub fn accounts(&self, now_ms: i64) -> Result<Vec<Account>, StoreError> {
        let connection = self.reading();
        let mut statement = connection.prepare_cached(
            "SELECT name, role, disabled, password IS NOT NULL, CASE WHEN setup_until_ms > ?1 THEN setup_until_ms END,
                    (SELECT count(*) FROM recovery WHERE account = id), added_ms FROM accounts ORDER BY name",
        )?;
        let accounts = statement.query_map([now_ms], |row| {
            Ok(Account {
                name: row.get(0)?,
                role: role(row, 1)?,
                disabled: row.get(2)?,
                set_up: row.get(3)?,
                setup_until: row.get::<_, Option<i64>>(4)?.map(rfc3339),
                recovery_codes: row.get(5)?,
                added: rfc3339(row.get(6)?),
            })
        })?;
        Ok(accounts.collect::<Result<_, _>>()?)
    }

    /// Gives somebody another role; they are signed out.
    pub fn set_role(&self, by: &By, name: &str, role: Role, last: LastOne) -> Result<(), AccountError> {
        self.act(|transaction| {
            let account = named(transaction, name)?;
            if role != Role::Administrator {
                keep_an_administrator(transaction, &account, last)?;
            }
            if account.role != role {
                let sql = "UPDATE accounts SET role = ?2, generation = generation + 1 WHERE id = ?1";
                transaction.execute(sql, params![account.signed.account, role.text()])?;
            }
            Ok(tell(transaction, by, Act::AccountRole, (Some(&format!("{name} {}", role.text())), false))?)
        })
    }

    /// Keeps somebody out, or lets them in again; they are signed out.
    pub fn disable(&self, by: &By, name: &str, disabled: bool, last: LastOne) -> Result<(), AccountError> {
        self.act(|transaction| {
            let account = named(transaction, name)?;
            if disabled {
                keep_an_administrator(transaction, &account, last)?;
            }
            let sql = "UPDATE accounts SET disabled = ?2, generation = generation + 1 WHERE id = ?1";
            transaction.execute(sql, params![account.signed.account, disabled])?;
            let act = if disabled { Act::AccountDisable } else { Act::AccountEnable };
            Ok(tell(transaction, by, act, (Some(name), false))?)
        })
    }

    /// Takes somebody's password and second factor away: who has the code of this hash sets them anew.
    pub fn reset(&self, by: &By, name: &str, code: Hash) -> Result<(), AccountError> {
        self.act(|transaction| {
            let id = named(transaction, name)?.signed.account;
            transaction.execute(
                "UPDATE accounts SET password = NULL, totp = NULL, setup = ?2, setup_until_ms = ?3,
                    generation = generation + 1 WHERE id = ?1",
                params![id, code.as_bytes(), by.at_ms.saturating_add(SETUP_CODE_LIFETIME_MS)],
            )?;
            transaction.execute("DELETE FROM recovery WHERE account = ?1", [id])?;
            devices::forget(transaction, id)?;
            Ok(tell(transaction, by, Act::AccountReset, (Some(name), false))?)
        })
    }

    /// What the sign-in of this name is measured by; none of who is unknown, kept out, or not set up.
    pub fn credentials(&self, name: &str) -> Result<Option<Credentials>, StoreError> {
        let connection = self.reading();
        let found = connection
            .prepare_cached(
                "SELECT id, generation, name, role, password, totp FROM accounts
                    WHERE name = ?1 AND disabled = 0 AND password IS NOT NULL AND totp IS NOT NULL",
            )?
            .query_row([name], |row| {
                let shared = Zeroizing::new(row.get::<_, [u8; TOTP_SECRET_BYTES]>(5)?);
                Ok((known(row)?, Zeroizing::new(row.get::<_, String>(4)?), shared))
            })
            .optional()?;
        let Some((known, password, totp)) = found else { return Ok(None) };
        let password = serde_json::from_str(&password).map_err(|error| StoreError::Damaged(Box::new(error)))?;
        Ok(Some(Credentials { known, password, totp }))
    }

    /// Whether somebody has this name.
    pub fn is_known(&self, name: &str) -> Result<bool, StoreError> {
        let connection = self.reading();
        let sql = "SELECT EXISTS (SELECT 1 FROM accounts WHERE name = ?1)";
        Ok(connection.prepare_cached(sql)?.query_row([name], |row| row.get(0))?)
    }

    /// Who is signed in so, if they still are.
    pub fn who(&self, signed: &Signed) -> Result<Option<Known>, StoreError> {
        let connection = self.reading();
        let mut statement = connection.prepare_cached(
            "SELECT id, generation, name, role FROM accounts WHERE id = ?1 AND generation = ?2 AND disabled = 0",
        )?;
        Ok(statement.query_row([signed.account, signed.generation], known).optional()?)
    }

    /// Signs somebody in by a step of their second factor, if it was not taken before, nor a later one.
    pub fn take_step(&self, by: &By, signed: &Signed, step: u64) -> Result<bool, StoreError> {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        let sql = "UPDATE accounts SET totp_step = ?3
            WHERE id = ?1 AND generation = ?2 AND disabled = 0 AND totp_step < ?3";
        self.sign_in(by, Act::SignIn, |transaction| {
            transaction.execute(sql, params![signed.account, signed.generation, step])
        })
    }

    /// The same by a recovery code, which is gone then.
    pub fn take_recovery(&self, by: &By, signed: &Signed, code: &Hash) -> Result<bool, StoreError> {
        let sql = "DELETE FROM recovery WHERE account = ?1 AND code = ?3
            AND EXISTS (SELECT 1 FROM accounts WHERE id = ?1 AND generation = ?2 AND disabled = 0)";
        self.sign_in(by, Act::SignInByRecoveryCode, |transaction| {
            transaction.execute(sql, params![signed.account, signed.generation, code.as_bytes()])
        })
    }

    fn sign_in(
        &self,
        by: &By,
        act: Act,
        take: impl FnOnce(&Transaction<'_>) -> Result<usize, rusqlite::Error>,
    ) -> Result<bool, StoreError> {
        self.act(|transaction| {
            let taken = take(transaction)? == 1;
            tell(transaction, by, act, (None, !taken))?;
            Ok(taken)
        })
    }

    /// What a set-up code is good for.
    pub fn setup(&self, code: &Hash, now_ms: i64) -> Result<Option<SetupOpen>, StoreError> {
        let connection = self.reading();
        let mut statement = connection.prepare_cached(
            "SELECT name, role, setup_until_ms FROM accounts WHERE setup = ?1 AND setup_until_ms > ?2 AND disabled = 0",
        )?;
        let open = statement.query_row(params![code.as_bytes(), now_ms], |row| {
            Ok(SetupOpen { name: row.get(0)?, role: role(row, 1)?, until_ms: row.get(2)? })
        });
        Ok(open.optional()?)
    }

    /// Ends a set-up: from now on its owner signs in. Whose it was; none where the code is good for nothing any more.
    pub fn finish_setup(&self, by: &By, finished: &Finished) -> Result<Option<String>, StoreError> {
        let kept = serde_json::to_string(&finished.password).map_err(|error| StoreError::Damaged(Box::new(error)))?;
        let step = i64::try_from(finished.step).unwrap_or(i64::MAX);
        self.act(|transaction| {
            let owner: Option<(i64, String)> = transaction
                .query_row(
                    "UPDATE accounts SET password = ?3, totp = ?4, totp_step = ?5, setup = NULL, setup_until_ms = NULL,
                        generation = generation + 1
                        WHERE setup = ?1 AND setup_until_ms > ?2 AND disabled = 0 RETURNING id, name",
                    params![finished.code.as_bytes(), by.at_ms, kept, &finished.totp[..], step],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            let Some((id, name)) = owner else { return Ok(None) };
            transaction.execute("DELETE FROM recovery WHERE account = ?1", [id])?;
            for code in &finished.recovery {
                transaction
                    .execute("INSERT INTO recovery (account, code) VALUES (?1, ?2)", params![id, code.as_bytes()])?;
            }
            let by = By { account: Some(name.clone()), ..by.clone() };
            tell(transaction, &by, Act::SetUp, (None, false))?;
            Ok(Some(name))
        })
    }
}
