//! Renewing the keys of this site: making them, the text by which an admin is asked to bind them, and binding. Owns the steps, and
//! their order: keys lie on the disk before their request is told.

use comptoir_sync_protocol::enrolment::RekeyCode;
use comptoir_sync_protocol::keys::{SealingSecret, generate_signing_key};
use comptoir_sync_protocol::roster::{Party, Rekey, Site, SiteKeys};
use comptoir_transport::TlsIdentity;

use super::keyring::KeySet;
use crate::enrolment::removal;
use crate::identity::{KeysError, write_problem};
use crate::limits::MAX_RENEWALS;
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::{clock, entropy};

/// Which keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Which {
    /// The one that proves who is at the end of a connection.
    pub tls: bool,
    /// The one that signs entries.
    pub signing: bool,
    /// The one that opens what is sealed to the site.
    pub sealing: bool,
}

impl Which {
    /// All three.
    pub const ALL: Self = Self { tls: true, signing: true, sealing: true };
    /// None.
    pub const NONE: Self = Self { tls: false, signing: false, sealing: false };

    /// Those in which two sets differ.
    pub fn between(one: &SiteKeys, other: &SiteKeys) -> Self {
        Self {
            tls: one.tls_pin != other.tls_pin,
            signing: one.signing != other.signing,
            sealing: one.sealing != other.sealing,
        }
    }
}

/// Keys that were made here and wait to be bound.
pub struct Pending {
    /// When they were made; Unix milliseconds.
    pub since_ms: i64,
    /// Which of them are new.
    pub which: Which,
    /// The text for an admin.
    pub request: String,
}

/// What binding a request does.
pub struct Asked {
    /// The site, as the roster knows it.
    pub site: Site,
    /// Which of its keys become others.
    pub which: Which,
    rekey: Rekey,
}

/// What waits at this node.
pub fn pending(node: &Node) -> Option<Pending> {
    let named = node.own_site()?.keys;
    Some(told(node, &named, &node.keyring().pending(&named)?))
}

fn told(node: &Node, named: &SiteKeys, set: &KeySet) -> Pending {
    let keys = node.keys();
    let rekey = Rekey::new(&keys.organisation, keys.site, set.public.clone(), &set.signing);
    let request = RekeyCode { organisation: keys.organisation, rekey }.to_text();
    Pending { since_ms: set.made_ms, which: Which::between(named, &set.public), request }
}

/// Makes new keys, or tells again of those that wait; all three when none is named. The others stay as they are.
pub fn renew(node: &Node, which: Which) -> Result<Pending, Problem> {
    node.check_whole()?;
    let _turn = node.roster_keys().turn();
    if let Some(pending) = pending(node) {
        if which != Which::NONE && which != pending.which {
            let message = "Other keys that were made here wait to be bound";
            return Err(Problem::new(Code::RenewalPending, message));
        }
        return Ok(pending);
    }
    let named = named(node)?;
    let which = if which == Which::NONE { Which::ALL } else { which };
    let ring = node.keyring();
    let unknown = || Problem::new(Code::OtherKey, "The roster names other keys than those that are here");
    let now = ring.at_work(&named).ok_or_else(unknown)?;
    let mut renewed: Vec<KeySet> = ring.sets().iter().skip(1).cloned().collect();
    if renewed.len() >= MAX_RENEWALS {
        let message = format!("The keys of this site were made anew {MAX_RENEWALS} times");
        return Err(Problem::new(Code::ChangeRefused, message).with("limit", MAX_RENEWALS));
    }
    let (rng, tls) = (&mut entropy::os(), which.tls.then(TlsIdentity::generate).transpose());
    let tls = tls.map_err(KeysError::from)?.unwrap_or(now.tls);
    let signing = if which.signing { generate_signing_key(rng) } else { now.signing };
    let sealing = if which.sealing { SealingSecret::generate(rng) } else { now.sealing };
    let set = KeySet::new(clock::now_ms(), tls, signing, sealing).map_err(KeysError::from)?;
    renewed.push(set.clone());
    keep(node, renewed)?;
    Ok(told(node, &named, &set))
}

/// The keys that wait are not wanted any more. They are kept, in case that they were bound already.
pub fn cancel(node: &Node) -> Result<(), Problem> {
    node.check_whole()?;
    let _turn = node.roster_keys().turn();
    let Some(pending) = node.keyring().pending(&named(node)?) else {
        return Err(Problem::new(Code::NotFound, "No new keys wait to be bound"));
    };
    let mut renewed: Vec<KeySet> = node.keyring().sets().iter().skip(1).cloned().collect();
    let waiting = renewed.iter_mut().filter(|set| !set.cancelled && set.public == pending.public);
    waiting.for_each(|set| set.cancelled = true);
    keep(node, renewed)
}

fn named(node: &Node) -> Result<SiteKeys, Problem> {
    let absent = || Problem::new(Code::NotJoined, "The roster does not name this site");
    node.own_site().map(|site| site.keys).ok_or_else(absent)
}

fn keep(node: &Node, renewed: Vec<KeySet>) -> Result<(), Problem> {
    node.roster_keys().files().write_renewed(&renewed).map_err(|error| write_problem(&error))?;
    node.keyring().set_renewed(renewed);
    let known = node.replica().set_identity(node.keyring().identity());
    known.map_err(|error| node.storage_problem(&error))
}

/// What a request asks for. Needs no key.
pub fn read(node: &Node, request: &str) -> Result<Asked, Problem> {
    let code = RekeyCode::from_text(request).map_err(|error| Problem::from_error(Code::CodeMistyped, &error))?;
    if code.organisation != node.keys().organisation {
        return Err(Problem::new(Code::OtherKey, "The request is of a site of another organisation"));
    }
    let (roster, rekey) = (node.roster(), code.rekey);
    let unknown = || Problem::new(Code::NotFound, "The roster knows no site of this request");
    let site = roster.sites.get(&rekey.site).cloned().ok_or_else(unknown)?;
    let of_another = roster.party(&rekey.keys.tls_pin).is_some_and(|party| party != Party::Site(rekey.site));
    if of_another || !rekey.is_proven(&roster.organisation) {
        let message = "Nothing proves that the keys of the request are that site's own";
        return Err(Problem::new(Code::OtherKey, message).with("site", &site.profile.code));
    }
    let which = Which::between(&site.keys, &rekey.keys);
    Ok(Asked { site, which, rekey })
}

/// Binds what a request asks for, signed with the admin key; the site is the one that was meant. Where it is so already, nothing is done.
pub fn bind(node: &Node, code: &str, request: &str) -> Result<Asked, Problem> {
    node.check_whole()?;
    let signer = node.signer()?;
    let asked = read(node, request)?;
    let meant = removal::site(node, code)?;
    if meant.id != asked.site.id {
        let message = format!("The request is of the site {}", asked.site.profile.code);
        return Err(Problem::new(Code::OtherKey, message).with("site", &asked.site.profile.code));
    }
    let (signing, by) = ((&signer.signing, signer.epoch), node.author());
    let (now_ms, rekey) = (clock::now_ms(), asked.rekey.clone());
    let done = node.replica().rekey(signing, rekey, (&by, "site.rekey"), now_ms, &mut entropy::os());
    let appended = done.map_err(|error| removal::problem(node, code, error))?;
    node.publish(&appended.commits);
    Ok(asked)
}
