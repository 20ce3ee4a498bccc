//! What people at the console ask of nodes, and the lines that they hold, where both meet the sessions. Owns when a request is carried and whose answer
//! is taken.

use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::console::{ConsoleAnswer, ConsoleRequest};
use comptoir_sync_protocol::roster::Party;
use comptoir_sync_protocol::session::Event;
use comptoir_transport::CloseCode;

use super::Front;
use crate::admin::events::TurnedAway;
use crate::clock;
use crate::requests::{Addressee, HeldLine, Posted};
use crate::store::StoreError;

impl Front {
    /// Keeps a request until it is answered, and carries it to whom it is for, if they are here.
    pub(crate) fn ask(&self, request: &ConsoleRequest) -> Result<Posted, StoreError> {
        let posted = self.requests().post(request)?;
        if posted == Posted::Kept {
            self.registry.tell(Addressee::of(&request.act), &Event::ConsoleRequest(request.clone()));
        }
        Ok(posted)
    }

    /// Holds the line of a site: its sessions end now, and none is taken until the line is released. False: it is held already.
    pub(crate) fn hold(&self, site: &SiteId, line: &HeldLine) -> Result<bool, StoreError> {
        let news = self.requests().hold(site, line)?;
        self.registry.cut_off(site, CloseCode::Held, "the line of this site is held");
        Ok(news)
    }

    /// A site is here: what waits for it is carried, unless its line is held.
    pub(super) fn site_is_here(&self, site: SiteId, headquarters: bool) -> Result<Vec<ConsoleRequest>, StoreError> {
        if self.requests().is_held(&site)? {
            self.meters.count(TurnedAway::Held);
            self.registry.cut_off(&site, CloseCode::Held, "the line of this site is held");
            return Ok(Vec::new());
        }
        let mut waiting = self.requests().waiting(Addressee::Site(site))?;
        if headquarters {
            waiting.extend(self.requests().waiting(Addressee::Headquarters)?);
        }
        Ok(waiting)
    }

    /// Somebody answers. It counts if it was they who were asked.
    pub(super) fn answered_by(
        &self,
        peer: Option<Party>,
        headquarters: bool,
        answer: &ConsoleAnswer,
    ) -> Result<(), StoreError> {
        let Some(Party::Site(site)) = peer else { return Ok(()) };
        let of_headquarters = headquarters.then_some(Addressee::Headquarters);
        for from in [Addressee::Site(site)].into_iter().chain(of_headquarters) {
            if self.requests().answer(from, answer, clock::now_ms())?.is_some() {
                tracing::info!(request = %answer.id, outcome = ?answer.outcome, "what the console asked is answered");
                return Ok(());
            }
        }
        tracing::warn!(request = %answer.id, %site, "an answer to what that site was not asked, or had answered");
        Ok(())
    }
}
