//! Copies of the whole database: one state of it, in a file of its own. Owns how one is made, and what is seen of one before it is trusted;
//! where copies are kept, and who may open them, is nobody's here.

use std::path::Path;

use comptoir_sync_protocol::ids::{OrganisationId, SiteId};
use rusqlite::{Connection, OpenFlags};

use crate::application::Application;
use crate::open::{OpenError, check_version};
use crate::replica::Replica;
use crate::storage::StorageError;
use crate::table::meta;

/// Whose database a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyOf {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The site.
    pub site: SiteId,
}

impl<A: Application> Replica<A> {
    /// Writes all that is held, as of one moment, into a file that is empty or absent. Others read and write meanwhile. What was
    /// deleted is not in it.
    ///
    /// # Errors
    /// When the store fails, or the place of the copy does; the file is of no use then.
    pub fn copy_to(&self, path: &Path) -> Result<(), StorageError> {
        let connection = self.readers().connect()?;
        // A path that is no text would not name the same file.
        let text = path.to_str().ok_or_else(|| rusqlite::Error::InvalidPath(path.to_owned()))?;
        connection.execute("VACUUM INTO ?1", [text])?;
        Ok(())
    }
}

impl CopyOf {
    /// Looks through a whole copy: that it is one, of a version that is known here, and not damaged. Changes nothing in it.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn examine(path: &Path) -> Result<Self, OpenError> {
        // A read-only handle leaves what SQLite laid beside the file.
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "query_only", true)?;
        check_version(&connection)?;
        let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if found != "ok" {
            return Err(OpenError::CopyDamaged { found });
        }
        let of = |key| meta::get(&connection, key).ok().flatten().ok_or(OpenError::Absent);
        Ok(Self {
            organisation: OrganisationId::try_from(&of(meta::ORGANISATION)?[..]).unwrap_or_default(),
            site: SiteId::try_from(&of(meta::SITE)?[..]).unwrap_or_default(),
        })
    }
}
