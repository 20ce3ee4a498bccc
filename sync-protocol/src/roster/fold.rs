//! The fold: acts, in one order everywhere, become the roster. Owns what each act means and who may do it.

use std::collections::{BTreeMap, BTreeSet};

use super::act::{Act, RelayAdmission, SiteKeys, SiteProfile, WrappedKey, WritersClass};
use super::history::RosterEntry;
use crate::header::LogHead;
use crate::ids::{InvitationId, KeyId, OrganisationId, ScopeId, SiteId, Writer};
use crate::limits;
use crate::roster;

/// A site as the roster knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// What is known of it.
    pub profile: SiteProfile,
    /// Its keys.
    pub keys: SiteKeys,
    /// Whether it is headquarters.
    pub headquarters: bool,
}

/// A scope as the roster knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Its id.
    pub id: ScopeId,
    /// Its name.
    pub name: String,
    /// The jurisdictions that its bytes may enter; empty: any.
    pub jurisdictions: Vec<String>,
    /// Who holds it.
    pub members: BTreeSet<SiteId>,
    /// The key for new entries.
    pub current_key: Option<KeyId>,
    /// Every key of the scope, sealed to each member.
    pub keys: BTreeMap<(KeyId, SiteId), WrappedKey>,
}

impl Scope {
    /// Whether its bytes may enter a jurisdiction.
    pub fn may_enter(&self, jurisdiction: &str) -> bool {
        self.jurisdictions.is_empty() || self.jurisdictions.iter().any(|named| named == jurisdiction)
    }
}

/// A relay as the roster knows it.
pub type Relay = RelayAdmission;

/// Who is at one end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// A site, by its id.
    Site(SiteId),
    /// A relay, by its TLS pin.
    Relay([u8; 32]),
}

/// The organisation at one point of its roster's history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// The organisation; zero while nothing is known.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// The heads that this is the fold of.
    pub heads: Vec<LogHead>,
    /// Under which id root writes.
    pub root: SiteId,
    /// Keys that may write the roster, root's among them.
    pub holders: BTreeMap<SiteId, [u8; 32]>,
    /// Sites by id.
    pub sites: BTreeMap<SiteId, Site>,
    /// Scopes by id; the roster itself is not among them.
    pub scopes: BTreeMap<ScopeId, Scope>,
    /// Relays by TLS pin.
    pub relays: BTreeMap<[u8; 32], Relay>,
    /// Kinds of records that headquarters writes by default and every member writes here.
    pub loosened: BTreeSet<String>,
    /// What admins are called, by the ids of their keys.
    pub admins: BTreeMap<SiteId, String>,
    /// Invitations that were used.
    pub burned: BTreeSet<InvitationId>,
    /// Acts of newer versions, or done without authority: they changed nothing.
    pub ignored: usize,
}

impl Roster {
    /// Folds entries that stand in their order of effect.
    pub(super) fn fold<'a>(organisation: OrganisationId, entries: impl Iterator<Item = &'a RosterEntry>) -> Self {
        let mut roster = Self { organisation, ..Self::default() };
        for entry in entries {
            for act in &entry.acts {
                if !roster.apply(&entry.head.writer, act) {
                    roster.ignored += 1;
                }
            }
        }
        roster
    }

    /// Applies one act; false when it is unknown or its author may not do it.
    fn apply(&mut self, author: &Writer, act: &Act) -> bool {
        match act {
            Act::Genesis(genesis) if self.holders.is_empty() => {
                self.name = genesis.name.clone();
                self.root = SiteId::of_roster_key(&genesis.root);
                self.holders.insert(self.root, genesis.root);
                return true;
            }
            Act::Genesis(_) => return false,
            _ if !self.holders.contains_key(&author.site) => return false,
            _ => {}
        }
        match act {
            Act::Delegate(_) if author.site != self.root => return false,
            Act::Delegate(delegate) => {
                self.holders.insert(SiteId::of_roster_key(&delegate.admin), delegate.admin);
                self.admins.insert(SiteId::of_roster_key(&delegate.admin), delegate.name.clone());
            }
            Act::Admit(admission) => {
                let site = Site {
                    id: admission.site,
                    profile: admission.profile.clone(),
                    keys: admission.keys.clone(),
                    headquarters: admission.headquarters,
                };
                self.burned.extend(admission.invitation);
                // A site is admitted once; new keys are another act.
                return self.site_by_code(&site.profile.code).is_none() && self.sites.insert(site.id, site).is_none();
            }
            Act::DefineScope(definition) => {
                let scope = Scope {
                    id: definition.scope,
                    name: definition.name.clone(),
                    jurisdictions: definition.jurisdictions.clone(),
                    members: BTreeSet::new(),
                    current_key: None,
                    keys: BTreeMap::new(),
                };
                if definition.scope != ScopeId::of(&self.organisation, &definition.name) {
                    return false;
                }
                self.scopes.entry(definition.scope).or_insert(scope);
            }
            Act::AddMembers(members) => {
                let Some(scope) = self.scopes.get_mut(&members.scope) else { return false };
                scope.members.extend(members.sites.iter().copied());
            }
            Act::Writers(writers) if writers.kind.len() > limits::MAX_ROSTER_TEXT_BYTES => return false,
            Act::Writers(writers) => match writers.class {
                WritersClass::Reference => drop(self.loosened.remove(&writers.kind)),
                WritersClass::Shared => drop(self.loosened.insert(writers.kind.clone())),
                WritersClass::Newer(_) => return false,
            },
            Act::Confine(confinement) if confinement.jurisdictions.len() > limits::MAX_JURISDICTIONS => return false,
            Act::Confine(confinement) => {
                let Some(scope) = self.scopes.get_mut(&confinement.scope) else { return false };
                scope.jurisdictions.clone_from(&confinement.jurisdictions);
            }
            Act::WrapKey(wrapped) => {
                let Some(scope) = self.scopes.get_mut(&wrapped.scope) else { return false };
                scope.keys.insert((wrapped.key_id, wrapped.site), wrapped.clone());
            }
            Act::Rotate(rotation) => {
                let Some(scope) = self.scopes.get_mut(&rotation.scope) else { return false };
                scope.current_key = Some(rotation.key_id);
            }
            Act::AdmitRelay(relay) => {
                self.relays.insert(relay.tls_pin, relay.clone());
            }
            Act::RetireRelay(retirement) => {
                self.relays.remove(&retirement.tls_pin);
            }
            Act::Genesis(_) | Act::Unknown(..) => return false,
        }
        true
    }

    /// The site of this code.
    pub fn site_by_code(&self, code: &str) -> Option<&Site> {
        self.sites.values().find(|site| site.profile.code == code)
    }

    /// The scope of this name.
    pub fn scope_by_name(&self, name: &str) -> Option<&Scope> {
        self.scopes.get(&ScopeId::of(&self.organisation, name))
    }

    /// Headquarters: the first site that is.
    pub fn headquarters(&self) -> Option<&Site> {
        self.sites.values().find(|site| site.headquarters)
    }

    /// Who presents this TLS key.
    pub fn party(&self, tls_pin: &[u8; 32]) -> Option<Party> {
        if self.relays.contains_key(tls_pin) {
            return Some(Party::Relay(*tls_pin));
        }
        self.sites.values().find(|site| site.keys.tls_pin == *tls_pin).map(|site| Party::Site(site.id))
    }

    /// The key that a writer signs with in a scope; `None`: it may not write there.
    pub fn signing_key(&self, scope: &ScopeId, writer: &Writer) -> Option<[u8; 32]> {
        if *scope == roster::scope_id() {
            return self.holders.get(&writer.site).copied();
        }
        let may = self.may_hold(&Party::Site(writer.site), scope);
        may.then(|| self.sites.get(&writer.site).map(|site| site.keys.signing)).flatten()
    }

    /// Whether a site may write records of a kind that headquarters writes by default.
    pub fn may_write_reference(&self, site: &SiteId, kind: &str) -> bool {
        self.loosened.contains(kind) || self.sites.get(site).is_some_and(|site| site.headquarters)
    }

    /// Whether a party may hold a scope's bytes: a member site, or a relay, where its bytes may go.
    pub fn may_hold(&self, party: &Party, scope: &ScopeId) -> bool {
        if *scope == roster::scope_id() {
            return true;
        }
        let Some(scope) = self.scopes.get(scope) else { return false };
        match party {
            Party::Site(id) => {
                let site = self.sites.get(id).filter(|site| scope.members.contains(&site.id));
                site.is_some_and(|site| scope.may_enter(&site.profile.jurisdiction))
            }
            Party::Relay(pin) => self.relays.get(pin).is_some_and(|relay| scope.may_enter(&relay.jurisdiction)),
        }
    }

    /// The scopes that both may hold, the roster among them.
    pub fn common_scopes(&self, one: &Party, other: &Party) -> BTreeSet<ScopeId> {
        let both = |id: &&ScopeId| self.may_hold(one, id) && self.may_hold(other, id);
        self.scopes.keys().filter(both).copied().chain([roster::scope_id()]).collect()
    }
}
