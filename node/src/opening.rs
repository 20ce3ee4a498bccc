//! Opening a node's replica. Owns with which identity and how durably, and what a person is told when it cannot be opened; what
//! is done with it is the node's.

use comptoir_backoffice::BackOffice;
use comptoir_daemon::os;
use comptoir_replica::{Durability, OpenError, Options, Replica};
use comptoir_sync_protocol::{Incarnation, OrganisationId};

use crate::custody::keyring::Keyring;
use crate::data_dir::DataDir;
use crate::durable::WriteError;
use crate::entropy;
use crate::identity::write_problem;
use crate::node::storage_problem;
use crate::problem::{Code, Problem, told};

/// Opens the replica of a node.
pub(crate) fn open_replica(
    data: &DataDir,
    organisation: OrganisationId,
    keyring: &Keyring,
) -> Result<Replica<BackOffice>, Problem> {
    let mut rng = entropy::os();
    let path = data.replica();
    // SQLite gives its other files the permissions of this one.
    if !path.exists() {
        let made = os::create_private(&path);
        made.map_err(|source| write_problem(&WriteError { path: path.clone(), source }))?;
    }
    let options = Options {
        organisation,
        identity: Some(keyring.identity()),
        incarnation: Incarnation::random(&mut rng),
        durability: Durability::Full,
        failpoint: None,
    };
    Replica::open(&path, BackOffice, options, &mut rng).map_err(|error| {
        let code = match &error {
            OpenError::NewerVersion { .. } => Code::DirectoryNewer,
            OpenError::Storage(error) => return storage_problem(error),
            OpenError::ProjectionTable { .. } => Code::Internal,
            _ => Code::Damaged,
        };
        Problem::new(code, told(&error)).with("path", path.display())
    })
}

/// There is no node yet: the site waits to be admitted.
pub(crate) fn not_joined() -> Problem {
    Problem::new(Code::NotJoined, "This site asked to join and was not admitted yet")
}

/// The keys are here, what they kept is not.
pub(crate) fn emptied(data: &DataDir) -> Problem {
    let path = data.replica();
    let message = format!(
        "{} holds nothing, though the keys of a site are here: put a copy of it back, and leave receipts.json as it is",
        path.display()
    );
    Problem::new(Code::Damaged, message).with("path", path.display())
}
