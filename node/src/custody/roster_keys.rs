//! The keys of the roster that this node holds: the admin key in memory, root's in its file alone, if it is here at all. Owns which of them signs
//! daily acts; what is signed is enrolment's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use comptoir_sync_protocol::roster::Roster;
use comptoir_sync_protocol::{Epoch, Writer};

use super::KeyFiles;
use crate::durable::WriteError;
use crate::entropy;
use crate::identity::{KeysError, RosterKey, write_problem};
use crate::problem::{Code, Problem};

/// The keys of the roster that are here.
pub struct RosterKeys {
    files: KeyFiles,
    admin: Mutex<Option<Arc<RosterKey>>>,
    /// One act on key files at a time.
    turn: Mutex<()>,
}

impl RosterKeys {
    /// Those of a directory.
    pub fn read(files: KeyFiles) -> Result<Self, KeysError> {
        let admin = files.admin()?.map(Arc::new);
        Ok(Self { files, admin: Mutex::new(admin), turn: Mutex::new(()) })
    }

    /// Where they lie.
    pub fn files(&self) -> &KeyFiles {
        &self.files
    }

    /// Alone with the files, until what is returned is dropped.
    pub fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The admin key, whether the roster names it or not.
    pub fn admin(&self) -> Option<Arc<RosterKey>> {
        self.admin.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps an admin key, which is used from now on.
    pub fn set_admin(&self, key: RosterKey) -> Result<(), WriteError> {
        self.files.write_admin(&key)?;
        *self.admin.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(key));
        Ok(())
    }

    /// The key that signs daily acts: an admin's. Root's is taken where there is no other: nobody had delegated one.
    pub fn signer(&self, roster: &Roster) -> Result<Arc<RosterKey>, Problem> {
        let named = |key: &RosterKey| roster.is_holder(&key.writer().site);
        let admin = self.admin();
        if let Some(admin) = admin.as_ref().filter(|admin| named(admin)) {
            return Ok(Arc::clone(admin));
        }
        match (self.files.root()?, admin) {
            (Some(root), _) if named(&root) => Ok(Arc::new(root)),
            (_, Some(_)) => {
                Err(Problem::new(Code::AdminUnknown, "The roster does not name the admin key that is here"))
            }
            (_, None) => Err(Problem::new(Code::NotHeadquarters, "The admin key is not here")),
        }
    }

    /// Lets each key whose log is older than what was acknowledged write on in a new epoch. Whether there was one.
    pub fn renew(&self, is_older: impl Fn(Writer) -> Result<bool, Problem>) -> Result<bool, Problem> {
        let mut renewed = false;
        let fresh =
            |key: &RosterKey| RosterKey { signing: key.signing.clone(), epoch: Epoch::random(&mut entropy::os()) };
        if let Some(admin) = self.admin()
            && is_older(admin.writer())?
        {
            self.set_admin(fresh(&admin)).map_err(|error| write_problem(&error))?;
            renewed = true;
        }
        if let Some(root) = self.files.root()?
            && is_older(root.writer())?
        {
            self.files.write_root(&fresh(&root)).map_err(|error| write_problem(&error))?;
            renewed = true;
        }
        Ok(renewed)
    }
}
