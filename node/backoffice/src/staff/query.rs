//! What signing in and its screens read of accounts and roles. Owns SELECTs on their tables. Writes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use comptoir_replica::record::{LineKey, Lines, RecordId};
use rusqlite::{Connection, OptionalExtension};

use super::record::Role;
use super::record::role::Granted;
use super::rules::grant::Grant;

/// An account as signing in sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// Its record.
    pub id: RecordId,
    /// Who is named as the author of what they do: `PAR/aminata`.
    pub reference: String,
    /// The name that they sign in with.
    pub login: String,
    /// Their name, as people write it.
    pub name: String,
    /// They cannot sign in for now.
    pub locked: bool,
    /// They work here no longer; what was merged into another account too.
    pub archived: bool,
    /// The keys of their roles, in order; also of roles that are not there.
    pub roles: Vec<String>,
    /// What these grant together.
    pub grant: Arc<Grant>,
}

impl Known {
    /// Whether they may sign in at all.
    #[must_use]
    pub fn may_enter(&self) -> bool {
        !self.locked && !self.archived
    }
}

/// The accounts of a site, by the name that they sign in with; of several with one name the smallest id first.
///
/// # Errors
/// Those of SQL.
pub fn accounts_of(connection: &Connection, site: &str) -> rusqlite::Result<Vec<Known>> {
    let roles: BTreeMap<String, Grant> =
        roles(connection)?.into_iter().map(|(key, role)| (key, Grant::of_role(&role))).collect();
    let known = |row: &rusqlite::Row<'_>| {
        let has = roles_of(connection, row.get(6)?)?;
        let granted = has.iter().filter_map(|key| Grant::built_in(key).or_else(|| roles.get(key).cloned()));
        Ok(Known {
            id: RecordId(row.get(0)?),
            reference: row.get(1)?,
            login: row.get(2)?,
            name: row.get(3)?,
            locked: row.get(4)?,
            archived: row.get(5)?,
            grant: Arc::new(granted.fold(Grant::nothing(), Grant::and)),
            roles: has,
        })
    };
    connection
        .prepare_cached(
            "SELECT id, f_reference, f_login, f_name, f_locked, archived = 1 OR alias_of IS NOT NULL, number
             FROM of_account WHERE f_site = ?1 ORDER BY f_login, id",
        )?
        .query_map([site], known)?
        .collect()
}

/// The keys of the roles of the account that has this number.
fn roles_of(connection: &Connection, number: i64) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT f_role FROM of_account_roles WHERE record = ?1 AND archived = 0 ORDER BY position, key";
    let mut keys: Vec<String> =
        connection.prepare_cached(sql)?.query_map([number], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut seen = Vec::with_capacity(keys.len());
    keys.retain(|key| {
        let first = !seen.contains(key);
        seen.push(key.clone());
        first
    });
    Ok(keys)
}

/// The live roles by their keys; of several with one key that with the smallest id.
///
/// # Errors
/// Those of SQL.
pub fn roles(connection: &Connection) -> rusqlite::Result<Vec<(String, Role)>> {
    let mut select = connection.prepare_cached(
        "SELECT number, f_key, f_name, f_personal, f_pay, f_medical, f_legal FROM of_role
         WHERE archived = 0 AND alias_of IS NULL ORDER BY f_key, id",
    )?;
    let found = select.query_map([], |row| {
        let role = Role {
            key: row.get(1)?,
            name: row.get(2)?,
            grants: grants(connection, row.get(0)?)?,
            personal: row.get(3)?,
            pay: row.get(4)?,
            medical: row.get(5)?,
            legal: row.get(6)?,
            archived: false,
        };
        Ok((role.key.clone(), role))
    })?;
    let mut found = found.collect::<rusqlite::Result<Vec<_>>>()?;
    found.dedup_by(|later, first| later.0 == first.0);
    Ok(found)
}

/// What the role that has this number grants.
fn grants(connection: &Connection, number: i64) -> rusqlite::Result<Lines<Granted>> {
    let mut select = connection.prepare_cached(
        "SELECT key, position, f_module, f_see, f_edit, f_post, f_import, f_export FROM of_role_grants
         WHERE record = ?1 AND archived = 0",
    )?;
    let line = |row: &rusqlite::Row<'_>| {
        let line = Granted {
            position: row.get(1)?,
            module: row.get(2)?,
            see: row.get(3)?,
            edit: row.get(4)?,
            post: row.get(5)?,
            import: row.get(6)?,
            export: row.get(7)?,
            archived: false,
        };
        Ok((row.get::<_, String>(0)?, line))
    };
    let lines = select.query_map([number], line)?.collect::<rusqlite::Result<Vec<_>>>()?;
    // The projection writes lines under keys alone.
    Ok(lines.into_iter().filter_map(|(key, line)| Some((key.parse::<LineKey>().ok()?, line))).collect())
}

/// The role of this key, out of use or not: its id, and whether it is in use.
///
/// # Errors
/// Those of SQL.
pub(super) fn role_of_key(connection: &Connection, key: &str) -> rusqlite::Result<Option<(RecordId, bool)>> {
    connection
        .prepare_cached(
            "SELECT id, archived FROM of_role WHERE reference = ?1 AND alias_of IS NULL ORDER BY archived, id LIMIT 1",
        )?
        .query_row([key], |row| Ok((RecordId(row.get(0)?), !row.get::<_, bool>(1)?)))
        .optional()
}

/// The account of this reference, out of use or not.
///
/// # Errors
/// Those of SQL.
pub(super) fn bearer(connection: &Connection, reference: &str) -> rusqlite::Result<Option<RecordId>> {
    connection
        .prepare_cached("SELECT id FROM of_account WHERE reference = ?1 ORDER BY id LIMIT 1")?
        .query_row([reference], |row| row.get(0).map(RecordId))
        .optional()
}
