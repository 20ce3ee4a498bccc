//! The root key: its copy outside of this machine, taking it off, bringing it back, and what it alone signs. Owns when it may be taken off: when a copy
//! was opened and is it, and daily work goes on without it.

use comptoir_sync_protocol::Epoch;
use comptoir_sync_protocol::roster::Act;
use serde::{Deserialize, Serialize};

use super::copy::{KeyCopy, Whose};
use super::passphrase::Passphrase;
use crate::durable::ReadError;
use crate::enrolment::sign_acts_by;
use crate::identity::{RosterKey, write_problem};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::{clock, durable, entropy};

/// `root-copy.json`: what is remembered of the copy. Nothing of it is secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// When a copy was last opened here and was this key; Unix milliseconds.
    #[serde(default)]
    pub seen_ms: Option<i64>,
    /// When the key was taken off this machine.
    #[serde(default)]
    pub removed_ms: Option<i64>,
}

/// Whether the root key is here.
pub fn is_here(node: &Node) -> bool {
    node.data().root_key().exists()
}

/// What is remembered of its copy. A note that cannot be read is none: it must not stand between anybody and the key.
pub fn remembered(node: &Node) -> Result<Remembered, Problem> {
    match durable::read(&node.data().root_copy()) {
        Ok(read) => Ok(read.unwrap_or_default()),
        Err(ReadError::Damaged { .. }) => Ok(Remembered::default()),
        Err(error) => Err(Problem::from_error(Code::StorageFailed, &error)),
    }
}

/// The key itself.
fn here(node: &Node) -> Result<RosterKey, Problem> {
    let absent = || Problem::new(Code::RootAbsent, "The root key is not on this machine");
    node.roster_keys().files().root()?.ok_or_else(absent)
}

/// A copy of it, under a passphrase.
pub fn export(node: &Node, passphrase: &Passphrase) -> Result<String, Problem> {
    let _turn = node.roster_keys().turn();
    copy_of(node, here(node)?).seal(passphrase)
}

fn copy_of(node: &Node, key: RosterKey) -> KeyCopy {
    KeyCopy { whose: Whose::Root, organisation: node.keys().organisation, key }
}

/// Opens a copy, and sees that it is of the key that is here. This is remembered.
pub fn check(node: &Node, file: &str, passphrase: &Passphrase) -> Result<(), Problem> {
    let _turn = node.roster_keys().turn();
    proven(node, file, passphrase)?;
    remember(node, |remembered| Remembered { seen_ms: Some(clock::now_ms()), ..remembered })
}

fn proven(node: &Node, file: &str, passphrase: &Passphrase) -> Result<(), Problem> {
    let ours = copy_of(node, here(node)?);
    if KeyCopy::open(file, passphrase)?.is_of(&ours) {
        return Ok(());
    }
    Err(Problem::new(Code::OtherKey, "The file holds another key than the root key that is here"))
}

/// Takes the key off this machine, once a copy is opened and is this key.
pub fn remove(node: &Node, file: &str, passphrase: &Passphrase) -> Result<(), Problem> {
    let _turn = node.roster_keys().turn();
    let roster = node.roster();
    let admin = node.roster_keys().admin();
    if !admin.is_some_and(|admin| roster.is_holder(&admin.writer().site)) {
        return Err(Problem::new(Code::AdminNeeded, "There is no admin key here that the roster names"));
    }
    proven(node, file, passphrase)?;
    // Remembered first: a crash leaves the key, never a key that is gone and that nobody remembers a copy of.
    let now = Some(clock::now_ms());
    remember(node, |_| Remembered { seen_ms: now, removed_ms: now })?;
    node.roster_keys().files().remove_root().map_err(|error| write_problem(&error))
}

/// Brings the key back from a copy. It goes on in a new epoch: what it wrote elsewhere since may not be here.
pub fn import(node: &Node, file: &str, passphrase: &Passphrase) -> Result<(), Problem> {
    node.check_whole()?;
    let _turn = node.roster_keys().turn();
    let copy = KeyCopy::open(file, passphrase)?;
    let ours = copy.whose == Whose::Root
        && copy.organisation == node.keys().organisation
        && copy.key.writer().site == node.roster().root;
    if !ours {
        return Err(Problem::new(Code::OtherKey, "The file does not hold the root key of this organisation"));
    }
    if node.roster_keys().files().root()?.is_none() {
        let key = RosterKey { signing: copy.key.signing, epoch: Epoch::random(&mut entropy::os()) };
        node.roster_keys().files().write_root(&key).map_err(|error| write_problem(&error))?;
    }
    remember(node, |_| Remembered { seen_ms: Some(clock::now_ms()), removed_ms: None })
}

/// Signs acts that are root's alone, and tells everyone.
pub(super) fn sign(node: &Node, acts: Vec<Act>, command: &str) -> Result<(), Problem> {
    node.check_whole()?;
    sign_acts_by(node, &here(node)?, acts, command)
}

fn remember(node: &Node, change: impl FnOnce(Remembered) -> Remembered) -> Result<(), Problem> {
    let remembered = change(remembered(node)?);
    durable::write(&node.data().root_copy(), &remembered).map_err(|error| write_problem(&error))
}
