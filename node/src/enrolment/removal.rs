//! Headquarters removes a site, lets it back, or takes over what it wrote since. Owns who may, how a refusal is told, and when
//! keys are looked after; the cut and the keys that follow are the replica's.

use comptoir_replica::{AppendError, RemovalError, Removing};
use comptoir_sync_protocol::roster::Site;

use crate::node::Node;
use crate::problem::{Code, Problem, told};
use crate::{clock, entropy};

/// The site of this code.
pub fn site(node: &Node, code: &str) -> Result<Site, Problem> {
    let found = node.roster().site_by_code(code.trim()).cloned();
    found.ok_or_else(|| Problem::new(Code::NotFound, format!("There is no site {code}")).with("site", code))
}

/// Does it, signed with the admin key, and tells everyone. Where it is so already, nothing is done.
pub fn remove(node: &Node, code: &str, how: Removing) -> Result<(), Problem> {
    node.check_whole()?;
    let signer = node.signer()?;
    let subject = site(node, code)?;
    let command = match how {
        Removing::Suspend => "site.suspend",
        Removing::Resume => "site.resume",
        Removing::Revoke => "site.revoke",
        Removing::Adopt => "site.adopt",
    };
    let (signing, by) = ((&signer.signing, signer.epoch), node.author());
    let done = node.replica().remove(signing, subject.id, how, (&by, command), clock::now_ms(), &mut entropy::os());
    let appended = done.map_err(|error| problem(node, code, error))?;
    node.publish(&appended.commits);
    Ok(())
}

/// Why nothing was done to a site, as a problem.
pub fn problem(node: &Node, code: &str, error: RemovalError) -> Problem {
    match error {
        RemovalError::Append(error) => match *error {
            AppendError::Storage(error) => node.storage_problem(&error),
            error @ AppendError::Removed { .. } => Problem::from_error(Code::SiteRemoved, &error),
            error => Problem::from_error(Code::Internal, &error),
        },
        refused => Problem::from_error(Code::ChangeRefused, &refused).with("site", code),
    }
}

/// Brings scope keys in line with a roster that just arrived, where a key that signs it is here. What fails now is done when the
/// roster changes next.
pub fn settle_keys(node: &Node) {
    let (Ok(()), Ok(signer)) = (node.check_whole(), node.signer()) else { return };
    let (signing, by) = ((&signer.signing, signer.epoch), node.author());
    match node.replica().settle_keys(signing, (&by, "keys.settle"), clock::now_ms(), &mut entropy::os()) {
        Ok(appended) => node.publish(&appended.commits),
        Err(error) => tracing::warn!(error = %told(&error), "scope keys could not be brought in line with the roster"),
    }
}
