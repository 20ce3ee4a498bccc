//! Opening a replica: the file, its migrations, and what is remembered of it.
//! Owns the checks that come before anything is read or written. Never draws randomness but for a new epoch.

use std::path::Path;
use std::sync::Arc;

use comptoir_sync_protocol::ids::{Epoch, Incarnation, OrganisationId, SiteId};
use rand_core::CryptoRng;
use rusqlite::Connection;
use thiserror::Error;

use crate::application::Application;
use crate::connections::{self, Readers};
use crate::identity::Identity;
use crate::replica::Replica;
use crate::storage::StorageError;
use crate::table::{self, meta};
use crate::writer::WriterSide;

/// How much a commit waits for the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// A commit is on the disk before it is acknowledged.
    #[default]
    Full,
    /// Commits may be lost with the machine: for simulations, never for people's work.
    Off,
}

impl Durability {
    pub(crate) fn pragma(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Off => "OFF",
        }
    }
}

/// Called at named points of a commit (`append.before-commit`, `append.after-commit`, `admit.before-commit`,
/// `admit.after-commit`), so that tests can end the process there.
pub type Failpoint = Arc<dyn Fn(&'static str) + Send + Sync>;

/// How to open a replica.
#[derive(Clone)]
pub struct Options {
    /// The organisation: the hash of its genesis entry.
    pub organisation: OrganisationId,
    /// Who writes here. `None` opens an existing database for inspection: nothing can be appended, nothing sealed read.
    pub identity: Option<Identity>,
    /// Of this process start: random, never used before.
    pub incarnation: Incarnation,
    /// How much a commit waits for the disk.
    pub durability: Durability,
    /// For crash tests.
    pub failpoint: Option<Failpoint>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("organisation", &self.organisation)
            .field("identity", &self.identity)
            .field("incarnation", &self.incarnation)
            .field("durability", &self.durability)
            .finish_non_exhaustive()
    }
}

/// Why a replica does not open. The file is as it was.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The database is of a newer version of this program.
    #[error("the database is of version {found}; this program knows versions up to {known}")]
    NewerVersion {
        /// Its version.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
    /// The database belongs to another organisation.
    #[error("the database belongs to organisation {found}")]
    OtherOrganisation {
        /// Which.
        found: OrganisationId,
    },
    /// The database is another site's.
    #[error("the database is of site {found}")]
    OtherSite {
        /// Whose.
        found: SiteId,
    },
    /// Nothing is there, and without an identity nothing is made.
    #[error("there is no database to inspect")]
    Absent,
    /// A copy is not whole.
    #[error("the copy is damaged: {found}")]
    CopyDamaged {
        /// What SQLite says of it.
        found: String,
    },
    /// A table that the state hash should cover has no column `scope`.
    #[error("projection table {table} has no column `scope`")]
    ProjectionTable {
        /// Which.
        table: &'static str,
    },
    /// A migration failed; it was rolled back.
    #[error("the database could not be brought to this version")]
    Migration(#[source] rusqlite_migration::Error),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl<A: Application> Replica<A> {
    /// Opens the replica at `path`, making it when it is absent. Whoever calls holds the data directory's lock: two
    /// processes must not write one replica.
    ///
    /// # Errors
    /// [`OpenError`]; the file is as it was.
    pub fn open(path: &Path, application: A, options: Options, rng: &mut impl CryptoRng) -> Result<Self, OpenError> {
        if options.identity.is_none() && !path.exists() {
            return Err(OpenError::Absent);
        }
        let mut connection = connections::open_writer(path, options.durability).map_err(not_opened)?;
        migrate(&mut connection)?;
        table::rosters_known::fill_once(&mut connection)?;
        let site = remember(&mut connection, &options, rng)?;
        let mut writer = WriterSide::new(connection, &options)?;
        writer.bring_up_to_date(&application)?;
        Ok(Self::assemble(application, options, site, writer, Readers::new(path)))
    }
}

/// On opening, a file that cannot be opened is one that this user may not write; later it is the disk's failure.
fn not_opened(error: rusqlite::Error) -> StorageError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::CannotOpen) => StorageError::ReadOnly(error),
        _ => error.into(),
    }
}

/// The version of a database, unless it is a newer one.
pub(crate) fn check_version(connection: &Connection) -> Result<i64, OpenError> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = table::SCHEMA_VERSION;
    if found > known { Err(OpenError::NewerVersion { found, known }) } else { Ok(found) }
}

fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    if check_version(connection)? == table::SCHEMA_VERSION {
        return Ok(());
    }
    table::migrations().to_latest(connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => OpenError::Storage(err.into()),
        error => OpenError::Migration(error),
    })
}

/// Holds what the database remembers against the options; writes it into a new one.
fn remember(connection: &mut Connection, options: &Options, rng: &mut impl CryptoRng) -> Result<SiteId, OpenError> {
    let transaction = connection.transaction()?;
    let site = match meta::get(&transaction, meta::ORGANISATION)? {
        Some(found) => {
            let found = OrganisationId::try_from(&found[..]).unwrap_or_default();
            if found != options.organisation {
                return Err(OpenError::OtherOrganisation { found });
            }
            let site = meta::get(&transaction, meta::SITE)?.unwrap_or_default();
            SiteId::try_from(&site[..]).unwrap_or_default()
        }
        None => {
            let identity = options.identity.as_ref().ok_or(OpenError::Absent)?;
            meta::set(&transaction, meta::ORGANISATION, &options.organisation.0)?;
            meta::set(&transaction, meta::SITE, &identity.site.0)?;
            meta::set(&transaction, meta::EPOCH, &Epoch::random(rng).0)?;
            identity.site
        }
    };
    match &options.identity {
        Some(identity) if identity.site != site => return Err(OpenError::OtherSite { found: site }),
        _ => {}
    }
    transaction.commit()?;
    Ok(site)
}
