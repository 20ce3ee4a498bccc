//! Removals in the simulator: headquarters and a second admin suspend, revoke, resume and adopt, change keys and remove each
//! other, while sites are away; and who is removed goes on. Owns the acts, and what of them is over when a life ends.
//!
//! [`deed`] says what is done, and draws it; [`renewal`] gives sites new keys; [`defiance`] is what those do who will not hear of it; [`model`] reckons what counts, from
//! entries alone; [`check`] holds every site against it.

pub mod check;
mod deed;
mod defiance;
pub mod model;
mod renewal;

use std::collections::{BTreeMap, BTreeSet};

use comptoir_replica::{AppendError, Appended, RemovalError, Removing, Replica};
use comptoir_sync_protocol::roster::{self, Act, Delegate, Roster};
use comptoir_sync_protocol::{Epoch, LogHead, SiteId, Writer};

use super::failure::Failure;
use super::faults::Fault;
use super::ledger::Host;
use super::limits;
use super::site::Outcome;
use super::stock::HEADQUARTERS;
use super::world::World;
use deed::Deed;

/// In which epoch roster keys write here: what founded the organisation was written in another.
const EPOCH: Epoch = Epoch([2; 8]);
/// Who has the second admin key: a site that is admitted from the start.
const DEPUTY: Host = 3;

/// A key of the roster.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holder {
    /// At headquarters, for when no admin is left.
    Root,
    /// At headquarters.
    Admin,
    /// At the deputy's site.
    Second,
}

/// All about removals in one simulation.
#[derive(Default)]
pub struct Removals {
    /// Sites that somebody ever set about to remove.
    ever: BTreeSet<Host>,
    /// Those that hear nothing of the roster any more, and go on.
    deaf: BTreeSet<Host>,
    /// Epochs that they began.
    epochs: BTreeMap<Host, u64>,
    /// What was done: suspended, revoked, resumed, adopted, keys of scopes changed, new keys of sites bound, admins delegated.
    done: [u64; 7],
    /// Everybody with new keys wrote once more, when all had healed.
    wrote_last: bool,
    /// Entries that were handed on past the roster.
    smuggled: u64,
}

impl Removals {
    /// Whether a site was ever removed.
    pub fn were_of(&self, host: Host) -> bool {
        self.ever.contains(&host)
    }

    /// Whether a site takes no roster and calls nobody who would bring it.
    pub fn is_deaf(&self, host: Host) -> bool {
        self.deaf.contains(&host)
    }
}

impl World {
    /// Root lets the second admin write the roster, in some seeds from the start; else it is drawn when.
    pub(super) fn begin_removals(&mut self) -> Result<(), Failure> {
        if !self.options.removals || self.chance.one_in(2) {
            return Ok(());
        }
        self.act(HEADQUARTERS, Holder::Root, Deed::Delegate).map(drop)
    }

    /// Some holder of a roster key does something, and those who are removed go on.
    pub(super) fn govern(&mut self) -> Result<(), Failure> {
        if !self.options.removals && !self.options.rekeys {
            return Ok(());
        }
        if self.chance.one_in(limits::ROSTER_ACT_ONE_IN) {
            let host = if self.options.removals && self.chance.one_in(3) { DEPUTY } else { HEADQUARTERS };
            if let Some(deed) = self.draw_deed(host)? {
                self.act_as_holder(host, deed)?;
            }
        }
        self.go_on_removed()
    }

    /// The key with which somebody at this site signs.
    fn holder(&self, host: Host) -> Holder {
        let stands = |roster: &Roster| roster.is_holder(&self.id_of(Holder::Admin));
        match host {
            HEADQUARTERS if self.roster_of(host).is_none_or(|roster| stands(&roster)) => Holder::Admin,
            HEADQUARTERS => Holder::Root,
            _ => Holder::Second,
        }
    }

    fn id_of(&self, holder: Holder) -> SiteId {
        let key = match holder {
            Holder::Root => &self.organisation.root,
            Holder::Admin => &self.organisation.admin,
            Holder::Second => &self.organisation.second_admin,
        };
        SiteId::of_roster_key(&key.verifying_key().to_bytes())
    }

    /// The roster as a site whose process runs knows it.
    fn roster_of(&self, host: Host) -> Option<std::sync::Arc<Roster>> {
        self.sites[host - 1].replica().map(Replica::roster)
    }

    /// The site of this id.
    fn host_of(&self, site: SiteId) -> Option<Host> {
        self.sites.iter().position(|known| known.secrets.id == site).map(|index| index + 1)
    }

    /// Whoever holds the key at a site does something; others are away meanwhile, and who is removed may not hear of it.
    fn act_as_holder(&mut self, host: Host, deed: Deed) -> Result<(), Failure> {
        let subject = match deed {
            Deed::Remove(subject, how) => self.host_of(subject).map(|subject| (subject, how)),
            _ => None,
        };
        if let Some((subject, Removing::Suspend | Removing::Revoke)) = subject {
            // Before it is known whether the process survives it.
            self.removals.ever.insert(subject);
            self.checker.excuse(subject);
            self.part_somebody();
        }
        if let Deed::Rekey(site) = deed {
            self.part_for_rekey(site);
        }
        let holder = if deed == Deed::Delegate { Holder::Root } else { self.holder(host) };
        let done = self.act(host, holder, deed)?;
        match subject {
            Some((subject, Removing::Suspend | Removing::Revoke)) if done && !self.chance.one_in(3) => {
                self.note(|| format!("site {subject} will not hear that it is removed"));
                self.removals.deaf.insert(subject);
                self.lines_of(subject).into_iter().for_each(|line| self.cut(line));
            }
            Some((subject, Removing::Resume)) if done => self.hear_again(subject)?,
            _ => {}
        }
        Ok(())
    }

    /// Does it with this key. Whether anything was kept for certain.
    fn act(&mut self, host: Host, holder: Holder, deed: Deed) -> Result<bool, Failure> {
        self.note(|| format!("site {host} as {holder:?}: {deed:?}"));
        let wall_ms = self.wall_ms(host);
        let (root, admin) = (self.organisation.root.clone(), self.organisation.admin.clone());
        let second = self.organisation.second_admin.clone();
        let asked = if let Deed::Rekey(site) = deed { self.asked(site) } else { None };
        let outcome = self.sites[host - 1].run(|replica, rng| {
            let signing = match holder {
                Holder::Root => &root,
                Holder::Admin => &admin,
                Holder::Second => &second,
            };
            let delegate =
                Act::Delegate(Delegate { admin: second.verifying_key().to_bytes(), name: "another".to_owned() });
            let appended = match deed {
                Deed::Delegate => replica
                    .append_roster((signing, EPOCH), vec![delegate], ("root", "admin.delegate"), wall_ms, rng)
                    .map_err(RemovalError::from),
                Deed::Remove(subject, how) => {
                    replica.remove((signing, EPOCH), subject, how, ("admin", "site.remove"), wall_ms, rng)
                }
                Deed::Rotate(scope) => replica.rotate((signing, EPOCH), scope, ("admin", "scope.rotate"), wall_ms, rng),
                Deed::Rekey(_) => match asked {
                    Some(rekey) => replica.rekey((signing, EPOCH), rekey, ("admin", "site.rekey"), wall_ms, rng),
                    None => return Ok(None),
                },
                Deed::SettleKeys => replica.settle_keys((signing, EPOCH), ("admin", "keys.settle"), wall_ms, rng),
            };
            match appended {
                Ok(appended) => Ok(Some(appended)),
                Err(RemovalError::Append(refused)) if may_not_act(&refused) => Ok(None),
                Err(error) => Err(Failure::program("an act of the roster")(error)),
            }
        })?;
        let appended = match outcome {
            Outcome::Done(None) => {
                self.report.refused += 1;
                return Ok(false);
            }
            Outcome::Done(Some(appended)) => appended,
            Outcome::Died => {
                self.report.struck(Fault::CrashInCommit);
                self.has_died(host);
                return Ok(false);
            }
        };
        if appended.heads.is_empty() {
            return Ok(false);
        }
        self.removals.count(deed);
        self.has_acted(host, &appended)?;
        Ok(true)
    }

    fn has_acted(&mut self, host: Host, appended: &Appended) -> Result<(), Failure> {
        for head in &appended.heads {
            self.ledger.wrote(host, roster::scope_id(), head)?;
        }
        appended.commits.iter().for_each(|committed| self.publish(host, &committed.commit));
        self.check_outbox(host)
    }

    /// A process that died over an act runs again: the act was kept whole or not at all, and nobody was told.
    pub(super) fn settle_acts(&mut self, host: Host) -> Result<(), Failure> {
        let holders: &[Holder] = match host {
            _ if !self.options.removals && !self.options.rekeys => &[],
            HEADQUARTERS => &[Holder::Root, Holder::Admin],
            DEPUTY => &[Holder::Second],
            _ => &[],
        };
        let scope = roster::scope_id();
        let vectors = self.vectors(host).unwrap_or_default();
        let Some(vector) = vectors.get(&scope) else { return Ok(()) };
        for holder in holders {
            let writer = Writer { site: self.id_of(*holder), epoch: EPOCH };
            if let Some(head) = vector.get(&writer) {
                self.ledger.wrote(host, scope, &head)?;
            }
        }
        Ok(())
    }

    /// Headquarters lets back who is suspended, in some seeds; who is not revoked hears again, and some who are.
    pub(super) fn end_removals(&mut self) -> Result<(), Failure> {
        if !self.options.removals {
            return Ok(());
        }
        if self.chance.one_in(2) {
            let roster = self.roster_of(HEADQUARTERS);
            let suspended = roster.iter().flat_map(|roster| roster.removed.iter());
            let suspended: Vec<SiteId> =
                suspended.filter(|(_, removal)| !removal.revoked).map(|(subject, _)| *subject).collect();
            for subject in suspended {
                self.act_as_holder(HEADQUARTERS, Deed::Remove(subject, Removing::Resume))?;
            }
        }
        for host in self.removals.deaf.clone() {
            if !self.is_for_good(host) || self.chance.one_in(2) {
                self.hear_again(host)?;
            }
        }
        Ok(())
    }

    /// All agree so far: headquarters brings keys in line with who stands. Whether there is more to agree on.
    pub(super) fn settle_keys(&mut self) -> Result<bool, Failure> {
        let holder = self.holder(HEADQUARTERS);
        if self.options.removals && self.act(HEADQUARTERS, holder, Deed::SettleKeys)? {
            return Ok(true);
        }
        Ok(self.options.rekeys && self.settle_renewals()?)
    }

    fn is_for_good(&self, host: Host) -> bool {
        let roster = self.roster_of(HEADQUARTERS);
        roster.is_some_and(|roster| is_for_good(&roster, &self.sites[host - 1].secrets.id))
    }

    /// Whether a site is not removed, by the word of headquarters.
    pub(super) fn stands(&self, host: Host) -> bool {
        let removed = |roster: &Roster| roster.removal(&self.sites[host - 1].secrets.id).is_some();
        !self.removals.were_of(host) || self.roster_of(HEADQUARTERS).is_none_or(|roster| !removed(&roster))
    }

    /// What a removed site still has to hear before all is well. One that turns out to stand hears again.
    pub(super) fn apart_from_removed(&mut self) -> Result<Option<String>, Failure> {
        for host in self.removals.ever.clone() {
            match self.stands(host) {
                true if self.removals.is_deaf(host) => {
                    self.hear_again(host)?;
                    return Ok(Some(format!("site {host} stands and did not hear")));
                }
                false if !self.removals.is_deaf(host) && !self.was_told(host) => {
                    return Ok(Some(format!("site {host} has not heard that it is removed")));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Whether a removed site was told so. It may think otherwise by an act that headquarters never hears: of an admin whose
    /// site is removed as well, and who hands on what nobody takes in.
    fn was_told(&self, host: Host) -> bool {
        let id = self.sites[host - 1].secrets.id;
        let (Some(known), Some(own)) = (self.roster_of(HEADQUARTERS), self.roster_of(host)) else { return false };
        let Some(removal) = known.removal(&id) else { return true };
        own.removal(&id).is_some() || (own.holds(&removal.by) && !known.covers(&own))
    }

    /// Whether a site knows that it is removed.
    pub(super) fn knows_that_it_is_removed(&self, host: Host) -> bool {
        let id = self.sites[host - 1].secrets.id;
        self.removals.were_of(host) && self.roster_of(host).is_some_and(|roster| roster.removal(&id).is_some())
    }

    /// Whether removals explain that a site sets an entry aside: past a cut, or without a key for who was removed.
    pub(super) fn is_cut_off(&self, host: Host, head: &LogHead, code: &str) -> bool {
        match code {
            "past_cut" => self.host_of(head.writer.site).is_some_and(|writer| self.removals.were_of(writer)),
            "no_key" | "behind_parked" => self.removals.were_of(host),
            _ => false,
        }
    }
}

impl Removals {
    fn count(&mut self, deed: Deed) {
        let index = match deed {
            Deed::Remove(_, Removing::Suspend) => 0,
            Deed::Remove(_, Removing::Revoke) => 1,
            Deed::Remove(_, Removing::Resume) => 2,
            Deed::Remove(_, Removing::Adopt) => 3,
            Deed::Rotate(_) => 4,
            Deed::Rekey(_) => 5,
            Deed::Delegate => 6,
            Deed::SettleKeys => return,
        };
        self.done[index] += 1;
    }
}

fn is_for_good(roster: &Roster, subject: &SiteId) -> bool {
    roster.removal(subject).is_some_and(|removal| removal.revoked)
}

/// An admin who is removed, or not known yet to be one, writes nothing.
fn may_not_act<R>(refused: &AppendError<R>) -> bool {
    matches!(refused, AppendError::Removed { .. } | AppendError::Roster(_))
}
