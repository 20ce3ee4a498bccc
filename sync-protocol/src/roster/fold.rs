//! The fold: acts, in one order everywhere, become the roster. Owns what each act means and who may do it.
//!
//! Two things come of it: what stands, from acts that are not void; and whose entries are carried, from all acts. The
//! second never shrinks, so that whoever removes whom changes verdicts and never what travels.

use std::collections::{BTreeMap, BTreeSet};

use super::act::{Act, RelayAdmission, SiteKeys, SiteProfile, WrappedKey, WritersClass};
use super::history::RosterEntry;
use super::removal::{self, Removal, Struck};
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

/// Whom any act named, void or not. What they sign is carried, whatever is concluded of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The signing key of each site, as it was first admitted, or as it was last renewed.
    pub sites: BTreeMap<SiteId, [u8; 32]>,
    /// The members of each scope.
    pub members: BTreeMap<ScopeId, BTreeSet<SiteId>>,
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
    /// Keys that were given the roster to write, root's among them, those of removed admins too.
    pub holders: BTreeMap<SiteId, [u8; 32]>,
    /// Sites by id.
    pub sites: BTreeMap<SiteId, Site>,
    /// Scopes by id; the roster itself is not among them.
    pub scopes: BTreeMap<ScopeId, Scope>,
    /// Sites and admins that are suspended or revoked. Admins by all that is known of the roster, at whatever heads.
    pub removed: BTreeMap<SiteId, Removal>,
    /// Whose entries are carried.
    pub named: Named,
    /// Relays by TLS pin.
    pub relays: BTreeMap<[u8; 32], Relay>,
    /// Relays that were retired, by TLS pin: they are told so, and nothing else.
    pub retired: BTreeSet<[u8; 32]>,
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
    pub(super) fn fold<'a>(
        organisation: OrganisationId,
        entries: impl Iterator<Item = &'a RosterEntry>,
        struck: &Struck,
    ) -> Self {
        let mut roster = Self { organisation, ..Self::default() };
        for entry in entries {
            let void = struck.is_void(&entry.head);
            for act in &entry.acts {
                roster.carry(&entry.head.writer, act, void);
                if void || !roster.apply(&entry.head, act) {
                    roster.ignored += 1;
                }
            }
        }
        let holders = &roster.holders;
        roster
            .removed
            .extend(struck.admins.iter().filter(|(id, _)| holders.contains_key(id)).map(|(id, r)| (*id, r.clone())));
        roster
    }

    /// Notes whom an act names, whether it is void or not.
    fn carry(&mut self, author: &Writer, act: &Act, void: bool) {
        if !self.holders.contains_key(&author.site) {
            return;
        }
        match act {
            Act::Admit(admission) => {
                self.named.sites.entry(admission.site).or_insert(admission.keys.signing);
            }
            Act::AddMembers(members) => {
                self.named.members.entry(members.scope).or_default().extend(members.sites.iter().copied());
            }
            Act::Rekey(rekey) => {
                if let Some(signing) = self.named.sites.get_mut(&rekey.site) {
                    *signing = rekey.keys.signing;
                }
            }
            // Those who knew no better sealed with it: it must stay readable. It displaces no key that stands.
            Act::WrapKey(wrapped) if void => {
                if let Some(scope) = self.scopes.get_mut(&wrapped.scope) {
                    scope.keys.entry((wrapped.key_id, wrapped.site)).or_insert_with(|| wrapped.clone());
                }
            }
            _ => {}
        }
    }

    /// Applies one act; false when it is unknown or its author may not do it.
    fn apply(&mut self, by: &LogHead, act: &Act) -> bool {
        let author = by.writer;
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
                if self.holders.contains_key(&site.id) {
                    return false;
                }
                // A site is admitted once; new keys are an act of their own.
                return self.site_by_code(&site.profile.code).is_none() && self.sites.insert(site.id, site).is_none();
            }
            Act::Suspend(_) | Act::Resume(_) | Act::Revoke(_) | Act::Adopt(_) => return self.remove(by, act),
            Act::Rekey(rekey) => {
                // Two parties of one TLS key could not be told apart.
                let free = self.party(&rekey.keys.tls_pin).is_none_or(|party| party == Party::Site(rekey.site));
                let Some(site) = self.sites.get_mut(&rekey.site).filter(|_| free) else { return false };
                site.keys = rekey.keys.clone();
            }
            Act::Rename(rename) if rename.name.is_empty() || rename.name.len() > limits::MAX_ROSTER_TEXT_BYTES => {
                return false;
            }
            Act::Rename(rename) => {
                let Some(site) = self.sites.get_mut(&rename.site) else { return false };
                site.profile.name.clone_from(&rename.name);
            }
            Act::DefineScope(definition)
                if definition.name.len() > limits::MAX_ROSTER_TEXT_BYTES
                    || definition.jurisdictions.len() > limits::MAX_JURISDICTIONS =>
            {
                return false;
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
            Act::DropMembers(members) => {
                let Some(scope) = self.scopes.get_mut(&members.scope) else { return false };
                scope.members.retain(|site| !members.sites.contains(site));
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
                self.retired.remove(&relay.tls_pin);
            }
            Act::RetireRelay(retirement) => {
                if self.relays.remove(&retirement.tls_pin).is_some() {
                    self.retired.insert(retirement.tls_pin);
                }
            }
            Act::Genesis(_) | Act::Unknown(..) => return false,
        }
        true
    }

    /// Applies an act of removal. Those of admins took effect before all others ([`Struck`]).
    fn remove(&mut self, by: &LogHead, act: &Act) -> bool {
        let Some(subject) = act.removes() else { return false };
        if self.holders.contains_key(&subject) {
            return subject != self.root && subject != by.writer.site;
        }
        self.sites.contains_key(&subject) && removal::apply(&mut self.removed, act, *by)
    }

    /// Whether this is the fold of all that the other is the fold of.
    pub fn covers(&self, other: &Self) -> bool {
        other.heads.iter().all(|head| self.holds(head))
    }

    /// Whether an entry is among those that this is the fold of.
    pub fn holds(&self, entry: &LogHead) -> bool {
        self.heads.iter().any(|head| head.writer == entry.writer && head.seq >= entry.seq)
    }

    /// How a site or an admin is removed; `None`: it stands, or is not known.
    pub fn removal(&self, of: &SiteId) -> Option<&Removal> {
        self.removed.get(of)
    }

    /// How admins are removed.
    pub fn removals_of_admins(&self) -> impl Iterator<Item = &Removal> {
        self.removed.iter().filter(|(id, _)| self.holders.contains_key(id)).map(|(_, removal)| removal)
    }

    /// How a party is removed.
    pub fn removal_of(&self, party: &Party) -> Option<&Removal> {
        match party {
            Party::Site(site) => self.removal(site),
            Party::Relay(_) => None,
        }
    }

    /// Whether a party is out: a site that is removed, a relay that is retired.
    pub fn is_out(&self, party: &Party) -> bool {
        match party {
            Party::Site(site) => self.removal(site).is_some(),
            Party::Relay(pin) => self.retired.contains(pin),
        }
    }

    /// The site of this code.
    pub fn site_by_code(&self, code: &str) -> Option<&Site> {
        self.sites.values().find(|site| site.profile.code == code)
    }

    /// The scope of this name.
    pub fn scope_by_name(&self, name: &str) -> Option<&Scope> {
        self.scopes.get(&ScopeId::of(&self.organisation, name))
    }

    /// Headquarters: the first site that is, and is not removed.
    pub fn headquarters(&self) -> Option<&Site> {
        self.sites.values().find(|site| self.is_headquarters(&site.id))
    }

    /// Whether a key may write the roster, and is not removed.
    pub fn is_holder(&self, id: &SiteId) -> bool {
        self.holders.contains_key(id) && self.removal(id).is_none()
    }

    /// Whether a site is headquarters, and not removed.
    pub fn is_headquarters(&self, site: &SiteId) -> bool {
        self.sites.get(site).is_some_and(|site| site.headquarters) && self.removal(site).is_none()
    }

    /// Who presents this TLS key; removed sites and retired relays too.
    pub fn party(&self, tls_pin: &[u8; 32]) -> Option<Party> {
        if self.relays.contains_key(tls_pin) || self.retired.contains(tls_pin) {
            return Some(Party::Relay(*tls_pin));
        }
        self.sites.values().find(|site| site.keys.tls_pin == *tls_pin).map(|site| Party::Site(site.id))
    }

    /// Whether this is the TLS key of a party still: a site's may have been renewed.
    pub fn is_pinned(&self, party: &Party, tls_pin: &[u8; 32]) -> bool {
        match party {
            Party::Site(id) => self.sites.get(id).is_some_and(|site| site.keys.tls_pin == *tls_pin),
            Party::Relay(pin) => pin == tls_pin,
        }
    }

    /// The key that a writer signs with in a scope, as far as it must be known to carry its entries: that of whoever was
    /// named, by acts that are void too. Whether they have effect is for [`Roster::may_write`] and the cuts to say.
    pub fn signing_key(&self, scope: &ScopeId, writer: &Writer) -> Option<[u8; 32]> {
        if *scope == roster::scope_id() {
            return self.holders.get(&writer.site).copied();
        }
        let member = self.named.members.get(scope)?.contains(&writer.site);
        member.then(|| self.named.sites.get(&writer.site).copied()).flatten()
    }

    /// Whether acts that stand let a site write in a scope, with the key by which its entries are carried. Cuts are another
    /// question.
    pub fn may_write(&self, scope: &ScopeId, site: &SiteId) -> bool {
        let stands = self.sites.get(site).map(|site| site.keys.signing);
        stands == self.named.sites.get(site).copied() && self.may_hold(&Party::Site(*site), scope)
    }

    /// Whether a site may write records of a kind that headquarters writes by default.
    pub fn may_write_reference(&self, site: &SiteId, kind: &str) -> bool {
        self.loosened.contains(kind) || self.sites.get(site).is_some_and(|site| site.headquarters)
    }

    /// Whether a party may hold a scope's bytes: a member site, or a relay, where its bytes may go. A removed site keeps what
    /// it has; nobody gives it more ([`Roster::common_scopes`]).
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

    /// The scopes that both may hold, the roster among them; with a site that is removed the roster alone.
    pub fn common_scopes(&self, one: &Party, other: &Party) -> BTreeSet<ScopeId> {
        let removed = self.removal_of(one).is_some() || self.removal_of(other).is_some();
        let both = |id: &&ScopeId| !removed && self.may_hold(one, id) && self.may_hold(other, id);
        self.scopes.keys().filter(both).copied().chain([roster::scope_id()]).collect()
    }
}
