//! Commands about stock at the desk of a site: each append of one is answered, refused, or died over.
//! Owns the way from a deed to the desk's call, and what the checkers are told of its answer.

use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::{CommandError, Desk};
use comptoir_backoffice::refusal::Refusal;
use comptoir_backoffice::registry::{self, Home};
use comptoir_backoffice::staff::{Borne, Standing};
use comptoir_backoffice::stock::command::Posted;
use comptoir_backoffice::stock::command::receive::{Arrived, ArrivedLine};
use comptoir_backoffice::stock::command::rights::RightsRequest;
use comptoir_backoffice::stock::posting::RightsAct;
use comptoir_replica::Appended;
use comptoir_replica::record::{Cells, RecordId};
use comptoir_sync_protocol::ScopeId;
use comptoir_sync_protocol::roster::scopes;
use rand_chacha::ChaCha20Rng;

use super::deed::{Deed, Spot, Told};
use super::doubt::Attempt;
use super::{BOX, POOL};
use crate::simulator::check::Shown;
use crate::simulator::desk::{differences, is_no_member};
use crate::simulator::failure::Failure;
use crate::simulator::faults::{Fault, Planted};
use crate::simulator::ledger::Host;
use crate::simulator::site::Outcome;
use crate::simulator::workload::Doubt;
use crate::simulator::world::World;

/// What an append came to.
pub enum Step<T> {
    /// It is kept.
    Done(T),
    /// A rule says no, or the site writes nothing yet.
    Refused(Option<Refusal>),
    /// The process died over it.
    Died,
}

impl World {
    /// Makes a record of stock. `None` when it was refused or the process died.
    pub(in crate::simulator) fn make(
        &mut self,
        host: Host,
        kind: &'static str,
        assignments: &[&str],
    ) -> Result<Option<RecordId>, Failure> {
        let scope = self.scope_of_kind(kind);
        let step = self.at_stock_desk(host, |desk, rng| {
            let done = desk.create(registry::kind(kind)?, Changes::parse(assignments)?, rng)?;
            Ok((done.record, done.appended))
        })?;
        match step {
            Step::Done((record, appended)) => {
                self.stock.records.insert(record);
                self.acknowledge(host, scope, &appended, record, &Cells::new())?;
                Ok(Some(record))
            }
            Step::Refused(_) => {
                self.report.refused += 1;
                Ok(None)
            }
            Step::Died => {
                self.doubts.insert(host, Doubt::Stock(Attempt { scope, ..Attempt::default() }));
                Ok(None)
            }
        }
    }

    fn scope_of_kind(&self, kind: &str) -> ScopeId {
        self.organisation.scope(if kind == "item" { scopes::ORGANISATION } else { scopes::TRADE })
    }

    /// Does a deed at a site. Whether it was kept; `None` when the process died over it.
    pub(super) fn do_deed(&mut self, host: Host, deed: Deed) -> Result<Option<bool>, Failure> {
        let moves = match &deed {
            Deed::Receive(..)
            | Deed::Issue(..)
            | Deed::Deliver(..)
            | Deed::Shift(..)
            | Deed::Adjust(..)
            | Deed::Send(..) => Some(self.draft_of(&deed)),
            _ => None,
        };
        let draft = match moves {
            None => None,
            Some(assignments) => {
                let assignments: Vec<&str> = assignments.iter().map(String::as_str).collect();
                let Some(draft) = self.make(host, "move", &assignments)? else {
                    return Ok(self.is_up(host).then_some(false));
                };
                Some(draft)
            }
        };
        let codes: Vec<String> = self.sites.iter().map(|site| site.secrets.code.clone()).collect();
        let code = |site: Host| codes[site - 1].as_str();
        let work = |desk: &Desk<'_>, rng: &mut ChaCha20Rng, posted: &mut Vec<Posted>| {
            let rights = |act, to, quantity: i64, rng: &mut ChaCha20Rng| {
                let quantity = quantity.into();
                desk.rights(&RightsRequest { act, pool: POOL, to, quantity, unit: "", party: None, note: "" }, rng)
            };
            posted.push(match &deed {
                Deed::Reverse(of) => desk.reverse_move(*of, rng)?,
                Deed::Accept(dispatch, to, arrived, damaged) => {
                    let line = ArrivedLine {
                        line: 1,
                        quantity: Some((*arrived).into()),
                        damaged: Some((*damaged).into()),
                        ..ArrivedLine::default()
                    };
                    let arrived = Arrived { to: to.to_string(), lines: vec![line], note: String::new() };
                    desk.receive_transfer(*dispatch, &arrived, rng)?
                }
                Deed::Settle(dispatch, found) => desk.settle_transfer(*dispatch, 1, *found, rng)?,
                Deed::Grant(to, quantity, _) => rights(RightsAct::Grant, Some(code(*to)), *quantity, rng)?,
                Deed::Spend(quantity) => rights(RightsAct::Spend, None, *quantity, rng)?,
                Deed::Pass(to, quantity) => rights(RightsAct::Pass, Some(code(*to)), *quantity, rng)?,
                Deed::Return(quantity) => rights(RightsAct::Return, None, *quantity, rng)?,
                Deed::Retire(quantity) => rights(RightsAct::Retire, None, *quantity, rng)?,
                _ => desk.post_draft(&draft.map(|draft| draft.to_string()).unwrap_or_default(), rng)?,
            });
            Ok(())
        };
        self.post(host, vec![deed.clone()], draft, work)
    }

    /// The draft of a move: what a clerk types.
    fn draft_of(&mut self, deed: &Deed) -> Vec<String> {
        let by_the_box = self.chance.one_in(2);
        let is_boxed = |item| self.stock.deeds.all.pool.is_some_and(|(_, pool)| pool.item == item);
        let line = |spot: &Spot, quantity: i64, more: &str| {
            format!(r#"lines+={{"item":"{}","quantity":"{quantity}"{more}}}"#, spot.item)
        };
        let from = |spot: &Spot| format!("from={}", spot.location);
        let to = |location: &RecordId| format!("to={location}");
        let kind = |word: &str| format!("type={word}");
        match deed {
            Deed::Receive(spot, quantity) => {
                let cost = format!(r#","cost":"{}.{:02} EUR""#, quantity / 3, quantity % 100);
                let line = match quantity % BOX {
                    0 if by_the_box && is_boxed(spot.item) => {
                        line(spot, quantity / BOX, &format!(r#","unit":"box"{cost}"#))
                    }
                    _ => line(spot, *quantity, &cost),
                };
                vec![kind("receive"), to(&spot.location), line]
            }
            Deed::Issue(spot, quantity) => vec![kind("issue"), from(spot), line(spot, *quantity, "")],
            Deed::Deliver(spot, quantity, sale) => {
                vec![kind("issue"), from(spot), line(spot, *quantity, &format!(r#","fulfils":"{sale}""#))]
            }
            Deed::Shift(spot, into, quantity) => {
                vec![kind("transfer"), from(spot), to(into), line(spot, *quantity, "")]
            }
            Deed::Adjust(spot, more) => vec![kind("adjust"), from(spot), line(spot, *more, "")],
            Deed::Send(spot, site, quantity) => {
                let code = &self.sites[site - 1].secrets.code;
                vec![kind("send"), from(spot), format!("to_site={code}"), line(spot, *quantity, "")]
            }
            other => unreachable!("{other:?} has no draft"),
        }
    }

    /// Posts what `work` posts, one posting for each deed. Whether all were kept; `None` when the process died.
    pub(super) fn post(
        &mut self,
        host: Host,
        deeds: Vec<Deed>,
        draft: Option<RecordId>,
        work: impl FnOnce(&Desk<'_>, &mut ChaCha20Rng, &mut Vec<Posted>) -> Result<(), CommandError>,
    ) -> Result<Option<bool>, Failure> {
        let scope = self.organisation.scope(scopes::TRADE);
        let before = match draft {
            Some(draft) => Some((draft, self.cells(host, draft)?)),
            None => None,
        };
        let deeds = self.out_of_returned(host, deeds)?;
        let mut posted = Vec::new();
        let step = self.at_stock_desk(host, |desk, rng| work(desk, rng, &mut posted))?;
        let answered = posted.len();
        // All that one call wrote is there when its first answer is looked at.
        for head in posted.iter().flat_map(|posted: &Posted| &posted.appended.heads) {
            self.ledger.wrote(host, scope, head)?;
        }
        for (posted, deed) in posted.into_iter().zip(&deeds) {
            self.told(host, deed, &posted, before.as_ref())?;
        }
        self.check_stock(host)?;
        match step {
            Step::Done(()) if answered == deeds.len() => Ok(Some(true)),
            Step::Done(()) => Err(Failure::Stock(format!("site {host} answers {answered} of {deeds:?}"))),
            Step::Refused(refusal) => {
                self.report.refused += 1;
                self.note(|| format!("site {host} refuses {deeds:?}: {refusal:?}"));
                Ok(Some(false))
            }
            Step::Died => {
                let deed = deeds.get(answered).cloned();
                let planted = self.options.planted == Some(Planted::SaleBeforeCommit);
                let acknowledged = planted && matches!(deed, Some(Deed::Spend(_)));
                self.doubts.insert(host, Doubt::Stock(Attempt { scope, deed, draft: before, acknowledged }));
                Ok(None)
            }
        }
    }

    /// Grants with what of them the site can give again: rights that it knows to have come back go first.
    fn out_of_returned(&self, host: Host, mut deeds: Vec<Deed>) -> Result<Vec<Deed>, Failure> {
        let mut returned = self.model_at(host)?.held.get(&host).copied().unwrap_or(0);
        for deed in &mut deeds {
            if let Deed::Grant(_, quantity, again) = deed {
                *again = returned.min(*quantity);
                returned -= *again;
            }
        }
        Ok(deeds)
    }

    /// What sharing the pool out would grant: codes of sites and amounts. `None` when it is refused.
    pub(super) fn tried_share_out(
        &mut self,
        host: Host,
        among: &[String],
    ) -> Result<Option<Vec<(String, String)>>, Failure> {
        let step = self.at_stock_desk(host, |desk, _| desk.try_share_out(POOL, among))?;
        Ok(match step {
            Step::Done(shares) => Some(shares.into_iter().map(|share| (share.site, share.granted)).collect()),
            Step::Refused(_) | Step::Died => {
                self.report.refused += 1;
                None
            }
        })
    }

    /// A client was told that a deed is kept.
    fn told(
        &mut self,
        host: Host,
        deed: &Deed,
        posted: &Posted,
        draft: Option<&(RecordId, Cells)>,
    ) -> Result<(), Failure> {
        let scope = self.organisation.scope(scopes::TRADE);
        let Some(head) = posted.appended.heads.last().copied() else {
            return Err(Failure::Lost(format!("site {host} answers {deed:?} and wrote nothing")));
        };
        self.stock.deeds.tell(Told { posting: posted.posting, site: host, head, deed: deed.clone() })?;
        match draft {
            None => self.acknowledged(host, scope, &posted.appended, &[], &Shown::new())?,
            Some((draft, before)) => {
                self.acknowledge(host, scope, &posted.appended, *draft, before)?;
                names(&self.cells(host, *draft)?, posted.posting)?;
            }
        }
        Ok(())
    }

    /// The client hears that an edit of a record is kept.
    fn acknowledge(
        &mut self,
        host: Host,
        scope: ScopeId,
        appended: &Appended,
        record: RecordId,
        before: &Cells,
    ) -> Result<(), Failure> {
        let shown: Shown = [(record, self.cells(host, record)?)].into();
        let intents = differences(&[(record, before.clone())].into(), &shown);
        self.acknowledged(host, scope, appended, &intents, &shown)
    }

    /// What a site shows of a record.
    pub(super) fn cells(&self, host: Host, record: RecordId) -> Result<Cells, Failure> {
        let Some(replica) = self.sites[host - 1].replica() else { return Ok(Cells::new()) };
        let found = replica.find_record(record).map_err(Failure::program("reading a record"))?;
        Ok(found.map(|found| found.cells).unwrap_or_default())
    }

    fn at_stock_desk<T>(
        &mut self,
        host: Host,
        work: impl FnOnce(&Desk<'_>, &mut ChaCha20Rng) -> Result<T, CommandError>,
    ) -> Result<Step<T>, Failure> {
        let code = self.sites[host - 1].secrets.code.clone();
        let (now_ms, author) = (self.wall_ms(host), format!("{code}/operator"));
        let home = Home { code, country: "FR".into(), currency: "EUR".into(), ..Home::default() };
        let outcome = self.sites[host - 1].run(|replica, rng| {
            let (standing, borne) = (Standing::Operator, Borne::default());
            match work(&Desk { replica, home, author: &author, standing, borne, now_ms }, rng) {
                Ok(done) => Ok(Step::Done(done)),
                Err(CommandError::Refused(refusal)) => Ok(Step::Refused(Some(refusal))),
                Err(CommandError::Append(refused)) if is_no_member(&refused) => Ok(Step::Refused(None)),
                Err(error) => Err(Failure::program("a command about stock")(error)),
            }
        })?;
        Ok(match outcome {
            Outcome::Done(step) => step,
            Outcome::Died => {
                self.report.struck(Fault::CrashInCommit);
                self.has_died(host);
                Step::Died
            }
        })
    }
}

/// A draft that was posted names its posting.
pub fn names(draft: &Cells, posting: RecordId) -> Result<(), Failure> {
    let named = draft.winner("posted").and_then(|value| value.as_str());
    if named == Some(posting.to_string().as_str()) {
        return Ok(());
    }
    Err(Failure::Seen(format!("a draft became {posting} and names {named:?}")))
}
