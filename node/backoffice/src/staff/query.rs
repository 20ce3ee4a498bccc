//! What signing in and its screens read of accounts. Owns SELECTs on the table of accounts. Writes nothing.

use comptoir_replica::record::RecordId;
use rusqlite::{Connection, OptionalExtension};

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
    let known = |row: &rusqlite::Row<'_>| {
        Ok(Known {
            id: RecordId(row.get(0)?),
            reference: row.get(1)?,
            login: row.get(2)?,
            name: row.get(3)?,
            locked: row.get(4)?,
            archived: row.get(5)?,
        })
    };
    connection
        .prepare_cached(
            "SELECT id, f_reference, f_login, f_name, f_locked, archived = 1 OR alias_of IS NOT NULL
             FROM of_account WHERE f_site = ?1 ORDER BY f_login, id",
        )?
        .query_map([site], known)?
        .collect()
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
