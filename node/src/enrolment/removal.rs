//! Headquarters renames a site, removes a site or an admin, lets it back, or takes over what it wrote since. Owns who may, how a refusal is told, and when
//! keys are looked after; the cut and the keys that follow are the replica's.

use comptoir_replica::{AppendError, RemovalError, Removing};
use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::roster::{Act, Rename, Site};

use crate::enrolment::sign_acts;
use crate::node::Node;
use crate::problem::{Code, Problem, told};
use crate::profile::site_name;
use crate::{clock, entropy};

/// The site of this code.
pub fn site(node: &Node, code: &str) -> Result<Site, Problem> {
    let found = node.roster().site_by_code(code.trim()).cloned();
    found.ok_or_else(|| Problem::new(Code::NotFound, format!("There is no site {code}")).with("site", code))
}

/// Gives a site another name, and tells everyone. Where it is called so already, nothing is done.
pub fn rename(node: &Node, code: &str, name: &str) -> Result<(), Problem> {
    let (subject, name) = (site(node, code)?, site_name(name)?);
    if subject.profile.name == name {
        return Ok(());
    }
    sign_acts(node, vec![Act::Rename(Rename { site: subject.id, name })], "site.rename")
}

/// The admin of this id, or of this name where only one bears it.
pub fn admin(node: &Node, named: &str) -> Result<SiteId, Problem> {
    let (roster, named) = (node.roster(), named.trim());
    let bear = |(id, name): &(&SiteId, &String)| *name == named || id.to_string() == named;
    let mut found = roster.admins.iter().filter(bear).map(|(id, _)| *id);
    match (found.next(), found.next()) {
        (Some(id), None) => Ok(id),
        (None, _) => Err(Problem::new(Code::NotFound, format!("There is no admin {named}")).with("value", named)),
        (Some(_), Some(_)) => {
            Err(Problem::new(Code::BadRequest, format!("Several admins are called {named}: say which by the id")))
        }
    }
}

/// Does it to a site, signed with the admin key, and tells everyone. Where it is so already, nothing is done.
pub fn remove(node: &Node, code: &str, how: Removing) -> Result<(), Problem> {
    let command = match how {
        Removing::Suspend => "site.suspend",
        Removing::Resume => "site.resume",
        Removing::Revoke => "site.revoke",
        Removing::Adopt => "site.adopt",
    };
    act(node, (site(node, code)?.id, code), how, command)
}

/// The same to an admin.
pub fn remove_admin(node: &Node, named: &str, how: Removing) -> Result<SiteId, Problem> {
    let command = match how {
        Removing::Suspend => "admin.suspend",
        Removing::Resume => "admin.resume",
        Removing::Revoke => "admin.revoke",
        Removing::Adopt => "admin.adopt",
    };
    let id = admin(node, named)?;
    act(node, (id, named), how, command)?;
    Ok(id)
}

fn act(node: &Node, (subject, named): (SiteId, &str), how: Removing, command: &str) -> Result<(), Problem> {
    node.check_whole()?;
    let signer = node.signer()?;
    let (signing, by) = ((&signer.signing, signer.epoch), node.author());
    let done = node.replica().remove(signing, subject, how, (&by, command), clock::now_ms(), &mut entropy::os());
    let appended = done.map_err(|error| problem(node, named, error))?;
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
