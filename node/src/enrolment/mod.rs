//! How an organisation begins and grows: founding, invitations, joining, approval, removal, and setting a node up from its screens. Owns the order of these steps and their
//! files; the messages are the protocol's, the roster's rules its fold's.

pub mod approve;
pub mod found;
pub mod invitations;
pub mod invite;
pub mod join;
pub mod removal;
pub mod requests;
pub mod scopes;
pub mod setup;

use comptoir_replica::AppendError;
use comptoir_sync_protocol::roster::Act;

use crate::clock;
use crate::entropy;
use crate::identity::RosterKey;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Signs acts with the key of daily work, and tells everyone.
pub(crate) fn sign_acts(node: &Node, acts: Vec<Act>, command: &str) -> Result<(), Problem> {
    node.check_whole()?;
    let signer = node.signer()?;
    sign_acts_by(node, &signer, acts, command)
}

/// As [`sign_acts`], with a key of the roster that is named.
pub(crate) fn sign_acts_by(node: &Node, signer: &RosterKey, acts: Vec<Act>, command: &str) -> Result<(), Problem> {
    let appended = node.replica().append_roster(
        (&signer.signing, signer.epoch),
        acts,
        (&node.author(), command),
        clock::now_ms(),
        &mut entropy::os(),
    );
    match appended {
        Ok(appended) => {
            node.publish(&appended.commits);
            Ok(())
        }
        Err(AppendError::Storage(error)) => Err(node.storage_problem(&error)),
        Err(error @ AppendError::Removed { .. }) => Err(Problem::from_error(Code::SiteRemoved, &error)),
        Err(error) => Err(Problem::from_error(Code::Internal, &error)),
    }
}
