//! Admin keys: made where they are used, delegated by root, copied and brought back like root's. Owns the steps; what an admin may do is the roster's.

use comptoir_sync_protocol::enrolment::AdminCode;
use comptoir_sync_protocol::roster::{Act, Delegate};
use comptoir_sync_protocol::{Epoch, SiteId};

use super::copy::{KeyCopy, Whose};
use super::passphrase::Passphrase;
use super::root;
use crate::entropy;
use crate::identity::{RosterKey, write_problem};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::profile::admin_name;

/// The admin key of this node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    /// There is none.
    No,
    /// There is one that the roster does not name, or not yet.
    Unknown(SiteId),
    /// It works.
    Named(SiteId),
}

/// How this node stands.
pub fn here(node: &Node) -> Here {
    match node.roster_keys().admin().map(|admin| admin.writer().site) {
        None => Here::No,
        Some(id) if node.roster().is_holder(&id) => Here::Named(id),
        Some(id) => Here::Unknown(id),
    }
}

/// The public half of this node's admin key, which is made if there is none, as text to be pasted where the root key is.
pub fn request(node: &Node) -> Result<String, Problem> {
    node.check_whole()?;
    let _turn = node.roster_keys().turn();
    let key = match node.roster_keys().admin() {
        Some(key) => key.signing.clone(),
        None => {
            let key = RosterKey::generate(&mut entropy::os());
            let signing = key.signing.clone();
            node.roster_keys().set_admin(key).map_err(|error| write_problem(&error))?;
            signing
        }
    };
    let code = AdminCode { organisation: node.keys().organisation, admin: key.verifying_key().to_bytes() };
    Ok(code.to_text())
}

/// Lets a key that was made elsewhere write the roster. Needs the root key. Whose id it writes under.
pub fn delegate(node: &Node, name: &str, code: &str) -> Result<SiteId, Problem> {
    let name = admin_name(name)?;
    let code = AdminCode::from_text(code).map_err(|error| Problem::from_error(Code::CodeMistyped, &error))?;
    if code.organisation != node.keys().organisation {
        return Err(Problem::new(Code::OtherKey, "The code is of a node of another organisation"));
    }
    let id = SiteId::of_roster_key(&code.admin);
    let _turn = node.roster_keys().turn();
    let roster = node.roster();
    if id == roster.root || roster.admins.get(&id) == Some(&name) {
        return Ok(id);
    }
    root::sign(node, vec![Act::Delegate(Delegate { admin: code.admin, name })], "admin.delegate")?;
    Ok(id)
}

/// A copy of this node's admin key, under a passphrase.
pub fn export(node: &Node, passphrase: &Passphrase) -> Result<String, Problem> {
    copy_here(node)?.seal(passphrase)
}

/// Opens a copy, and sees that it is of the key that is here.
pub fn check(node: &Node, file: &str, passphrase: &Passphrase) -> Result<(), Problem> {
    if KeyCopy::open(file, passphrase)?.is_of(&copy_here(node)?) {
        return Ok(());
    }
    Err(Problem::new(Code::OtherKey, "The file holds another key than the admin key that is here"))
}

fn copy_here(node: &Node) -> Result<KeyCopy, Problem> {
    let absent = || Problem::new(Code::NotHeadquarters, "The admin key is not here");
    let key = RosterKey::clone(&*node.roster_keys().admin().ok_or_else(absent)?);
    Ok(KeyCopy { whose: Whose::Admin, organisation: node.keys().organisation, key })
}

/// Brings an admin key from a copy. It writes in a new epoch: it may be at work elsewhere. One that is here already is not displaced, unless the roster
/// does not name it.
pub fn import(node: &Node, file: &str, passphrase: &Passphrase) -> Result<(), Problem> {
    node.check_whole()?;
    let _turn = node.roster_keys().turn();
    let copy = KeyCopy::open(file, passphrase)?;
    if copy.whose != Whose::Admin || copy.organisation != node.keys().organisation {
        return Err(Problem::new(Code::OtherKey, "The file does not hold an admin key of this organisation"));
    }
    let id = copy.key.writer().site;
    match here(node) {
        Here::Named(known) | Here::Unknown(known) if known == id => return Ok(()),
        Here::Named(_) => return Err(Problem::new(Code::OtherKey, "Another admin key is here, and it works")),
        Here::No | Here::Unknown(_) => {}
    }
    let key = RosterKey { signing: copy.key.signing, epoch: Epoch::random(&mut entropy::os()) };
    node.roster_keys().set_admin(key).map_err(|error| write_problem(&error))
}
