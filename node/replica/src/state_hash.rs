//! State hashes: what a scope's records, conflicts and projections are, in 32 bytes.
//! Owns the canonical order. Equal histories must give equal hashes; nothing local goes in.

use std::collections::BTreeMap;

use comptoir_sync_protocol::ids::{Hash, ScopeId};
use comptoir_sync_protocol::roster::{self, Party};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

use crate::application::Application;
use crate::replica::{Replica, name_of};
use crate::state::State;
use crate::storage::StorageError;
use crate::table::{conflicts, postings, records};

const CONTEXT: &str = "Comptoir 2026-01 state of a scope v1";

impl<A: Application> Replica<A> {
    /// The digest of each scope's vector, by the scope's name: equal at two sites that hold the same entries.
    pub fn digests(&self) -> BTreeMap<String, Hash> {
        let view = self.view();
        let digest = |(scope, vector): (&ScopeId, &std::sync::Arc<comptoir_sync_protocol::Vector>)| {
            (name_of(&view.roster, scope), vector.digest(scope, &[]))
        };
        view.vectors.iter().map(digest).collect()
    }

    /// The state hash of each scope, by the scope's name: equal at two sites that hold the same entries and whose
    /// programs are alike.
    ///
    /// # Errors
    /// When the store fails.
    pub fn states(&self) -> Result<BTreeMap<String, Hash>, StorageError> {
        let view = self.view();
        let tables = self.application().projection().tables;
        let states = self.readers().read(|connection| {
            let scopes = view.vectors.keys().filter(|scope| **scope != roster::scope_id());
            scopes
                .map(|scope| Ok((name_of(&view.roster, scope), state(connection, scope, tables)?)))
                .collect::<rusqlite::Result<_>>()
        })?;
        Ok(states)
    }
}

/// The same, within the writer's transaction.
pub(crate) fn states(
    connection: &Connection,
    of: &State,
    application: &dyn Application,
) -> rusqlite::Result<BTreeMap<String, Hash>> {
    let (roster, us) = (of.history.current(), Party::Site(of.site));
    let tables = application.projection().tables;
    let scopes = roster.scopes.keys().filter(|scope| roster.may_hold(&us, scope));
    scopes.map(|scope| Ok((name_of(&roster, scope), state(connection, scope, tables)?))).collect()
}

fn state(connection: &Connection, scope: &ScopeId, tables: &[&str]) -> rusqlite::Result<Hash> {
    let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
    hasher.update(&scope.0);
    hasher.update(b"records");
    records::for_each_bytes(connection, scope, |id, kind, cells| {
        hasher.update(id);
        update_sized(&mut hasher, kind.as_bytes());
        update_sized(&mut hasher, cells);
    })?;
    hasher.update(b"conflicts");
    conflicts::for_each_of(connection, scope, |id, key| {
        hasher.update(id);
        update_sized(&mut hasher, key.as_bytes());
    })?;
    hasher.update(b"postings");
    postings::for_each_bytes(connection, scope, |id, kind, version, cites, body| {
        hasher.update(id);
        update_sized(&mut hasher, kind.as_bytes());
        hasher.update(&version.to_be_bytes());
        update_sized(&mut hasher, cites);
        update_sized(&mut hasher, body);
    })?;
    for table in tables {
        hasher.update(b"projection");
        update_sized(&mut hasher, table.as_bytes());
        for row in rows(connection, scope, table)? {
            hasher.update(&row);
        }
    }
    Ok(Hash(*hasher.finalize().as_bytes()))
}

fn update_sized(hasher: &mut blake3::Hasher, bytes: &[u8]) {
    hasher.update(&(bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}

/// The hashes of a table's rows in one scope, ascending: so no order of rows matters.
fn rows(connection: &Connection, scope: &ScopeId, table: &str) -> rusqlite::Result<Vec<[u8; 32]>> {
    let mut statement = connection.prepare_cached(&format!("SELECT * FROM \"{table}\" WHERE scope = ?1"))?;
    let columns = statement.column_count();
    let mut found = statement.query(params![scope.0])?;
    let mut hashes = Vec::new();
    let mut canonical = Vec::new();
    while let Some(row) = found.next()? {
        canonical.clear();
        for column in 0..columns {
            write_canonical(&mut canonical, row.get_ref(column)?);
        }
        hashes.push(*blake3::hash(&canonical).as_bytes());
    }
    hashes.sort_unstable();
    Ok(hashes)
}

fn write_canonical(out: &mut Vec<u8>, value: ValueRef<'_>) {
    let (kind, bytes): (u8, &[u8]) = match value {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(number) => {
            out.push(1);
            return out.extend_from_slice(&number.to_be_bytes());
        }
        ValueRef::Real(number) => {
            out.push(2);
            return out.extend_from_slice(&number.to_bits().to_be_bytes());
        }
        ValueRef::Text(text) => (3, text),
        ValueRef::Blob(blob) => (4, blob),
    };
    out.push(kind);
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Whether a table has a column `scope`.
pub(crate) fn has_scope(connection: &Connection, table: &str) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare("SELECT count(*) FROM pragma_table_info(?1) WHERE name = 'scope'")?;
    statement.query_row(params![table], |row| row.get::<_, i64>(0)).map(|count| count > 0)
}
