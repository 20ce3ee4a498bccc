//! What holders of roster keys do, and which of it is drawn: something that makes sense by the roster that their site shows. Owns
//! the choice and its weights; does nothing itself.

use comptoir_replica::Removing;
use comptoir_sync_protocol::roster::{Roster, scopes};
use comptoir_sync_protocol::{ScopeId, SiteId};

use super::{Holder, is_for_good};
use crate::simulator::failure::Failure;
use crate::simulator::ledger::Host;
use crate::simulator::limits;
use crate::simulator::stock::HEADQUARTERS;
use crate::simulator::world::World;

/// What a holder does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Deed {
    /// Root lets the second admin write.
    Delegate,
    /// To a site or an admin.
    Remove(SiteId, Removing),
    /// A scope gets a new key.
    Rotate(ScopeId),
    /// A site has the new keys for which it asks.
    Rekey(SiteId),
    /// Members get the keys that they lack, and who is removed has no present one.
    SettleKeys,
}

impl World {
    /// Something that makes sense by the roster that the site shows.
    pub(super) fn draw_deed(&mut self, host: Host) -> Result<Option<Deed>, Failure> {
        let Some(roster) = self.roster_of(host) else { return Ok(None) };
        let is_alone = !roster.holders.contains_key(&self.id_of(Holder::Second));
        if self.options.removals && host == HEADQUARTERS && is_alone && self.chance.one_in(limits::DELEGATE_ONE_IN) {
            return Ok(Some(Deed::Delegate));
        }
        let all: Vec<SiteId> = roster.sites.keys().filter(|site| roster.removal(site).is_none()).copied().collect();
        let others = (1..=self.sites.len()).filter(|other| *other != HEADQUARTERS && *other != host);
        let others: Vec<SiteId> = others.map(|other| self.sites[other - 1].secrets.id).collect();
        let (removed, standing): (Vec<SiteId>, Vec<SiteId>) =
            others.into_iter().partition(|site| roster.removal(site).is_some());
        let suspended: Vec<SiteId> = removed.iter().filter(|site| !is_for_good(&roster, site)).copied().collect();
        let many = removed.len() >= self.sites.len() / 2;
        let remove = |subject: Option<&SiteId>, how| Some(Deed::Remove(*subject?, how));
        let drawn = self.chance.below(if self.options.rekeys { 23 } else { 20 });
        Ok(match drawn {
            0..=14 | 18 | 19 if !self.options.removals => None,
            0..=5 if !many => remove(self.chance.pick(&standing), Removing::Suspend),
            6 if !many => remove(self.chance.pick(&standing), Removing::Revoke),
            7 => remove(self.chance.pick(&suspended), Removing::Revoke),
            8..=11 => remove(self.chance.pick(&suspended), Removing::Resume),
            12..=14 => remove(self.chance.pick(&removed), Removing::Adopt),
            15..=17 => {
                let scope = [scopes::ORGANISATION, scopes::TRADE][self.chance.index(2)];
                Some(Deed::Rotate(self.organisation.scope(scope)))
            }
            // With an admin go the keys that he bound, and no cut says what of it others built on: the model knows nothing of that.
            18 if !self.options.rekeys => self.draw_quarrel(host, &roster),
            19 => Some(Deed::SettleKeys),
            20.. => return self.draw_renewal(&all),
            _ => None,
        })
    }

    /// Admins fall out with each other.
    fn draw_quarrel(&mut self, host: Host, roster: &Roster) -> Option<Deed> {
        let other = self.id_of(if host == HEADQUARTERS { Holder::Second } else { Holder::Admin });
        let how = match roster.removal(&other) {
            None if self.chance.one_in(3) => Removing::Revoke,
            None => Removing::Suspend,
            Some(removal) if removal.revoked => return None,
            Some(_) => [Removing::Resume, Removing::Adopt][self.chance.index(2)],
        };
        roster.holders.contains_key(&other).then_some(Deed::Remove(other, how))
    }
}
