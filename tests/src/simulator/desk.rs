//! What people do at the back office's own desk: import files, settle what the inbox lists, merge, unmerge, take back.
//!
//! Owns those commands. What they put is not known beforehand, so that it is read off what the site showed before and after;
//! the inbox itself must be the same at all sites in the end.

use std::io::Cursor;
use std::ops::ControlFlow;

use comptoir_backoffice::BackOffice;
use comptoir_backoffice::changes::ALIAS_OF;
use comptoir_backoffice::desk::{CommandError, Desk};
use comptoir_backoffice::inbox::{Decision, ItemKind};
use comptoir_backoffice::registry::{self, Home};
use comptoir_backoffice::staff::{Borne, Standing};
use comptoir_backoffice::transfer::{Import, ImportRequest, ImportStopped, OpenFailed, StopReason};
use comptoir_replica::record::{Cells, RecordId};
use comptoir_replica::{AppendError, Appended, Replica};
use rand_chacha::ChaCha20Rng;

use super::check::{Intent, Shown};
use super::failure::Failure;
use super::faults::Fault;
use super::ledger::Host;
use super::limits;
use super::site::Outcome;
use super::workload::Doubt;
use super::world::World;

impl World {
    /// Somebody settles one item of the inbox, if there is one.
    pub(super) fn settle_at_desk(&mut self, host: Host, which: u64, take: u64) -> Result<(), Failure> {
        self.at_desk(host, |desk, rng| {
            let mut items = desk.inbox(None)?;
            // What came short is settled by a command that the checker of stock is told of.
            items.retain(|item| item.kind != ItemKind::Discrepancy);
            let Some(item) = items.get(which as usize % items.len().max(1)) else { return Ok(Vec::new()) };
            let take = 1 + take as usize % item.values.len().max(1);
            desk.settle(&item.id, &Decision { take: Some(take), value: None }, rng)
        })
    }

    /// Somebody imports a file.
    pub(super) fn import_at_desk(&mut self, host: Host, csv: Vec<u8>) -> Result<(), Failure> {
        self.at_desk(host, |desk, rng| {
            let going = |_| ControlFlow::Continue(());
            let file = || Ok(Cursor::new(csv.clone()));
            let import = Import::open(desk, registry::kind("party")?, file, ImportRequest::default(), going);
            let import = import.map_err(|failed| match failed {
                OpenFailed::Refused(mut refused) => CommandError::from(refused.remove(0)),
                OpenFailed::Command(error) => error,
                other => panic!("a file in memory: {other}"),
            })?;
            let mut all = Vec::new();
            let written = desk.import(&import, rng, |step| {
                all.extend(step.appended);
                ControlFlow::Continue(())
            });
            match written {
                Ok(_) => Ok(all),
                Err(ImportStopped { source: StopReason::Command(error), .. }) => Err(error),
                Err(stopped) => panic!("a file in memory: {}", stopped.source),
            }
        })
    }

    /// Somebody finds that two parties are one.
    pub(super) fn merge_at_desk(&mut self, host: Host, from: RecordId, into: RecordId) -> Result<(), Failure> {
        self.at_desk(host, |desk, rng| {
            let (from, into) = (from.to_string(), into.to_string());
            Ok(desk.merge(registry::kind("party")?, &from, &into, &[], rng)?.appended)
        })
    }

    /// Somebody takes apart what was merged, if anything was.
    pub(super) fn unmerge_at_desk(&mut self, host: Host, which: u64) -> Result<(), Failure> {
        self.at_desk(host, |desk, rng| {
            let kind = registry::kind("party")?;
            let mut aliases = Vec::new();
            desk.replica.read(|reading| {
                reading.for_each_record(|record| {
                    let target = record.cells.winner(ALIAS_OF);
                    aliases.extend(target.is_some_and(|target| !target.is_null()).then_some(record.id));
                    Ok(())
                })
            })?;
            let Some(alias) = aliases.get(which as usize % aliases.len().max(1)) else { return Ok(Vec::new()) };
            Ok(vec![desk.unmerge(kind, &alias.to_string(), which.is_multiple_of(2), rng)?.appended])
        })
    }

    /// Somebody takes back one of a record's changes.
    pub(super) fn revert_at_desk(&mut self, host: Host, record: RecordId, which: u64) -> Result<(), Failure> {
        self.at_desk(host, |desk, rng| {
            let history = desk.replica.history(record)?;
            let Some(item) = history.get(which as usize % history.len().max(1)) else { return Ok(Vec::new()) };
            let kind = registry::kind("party")?;
            Ok(vec![desk.revert(kind, &record.to_string(), &item.change, rng)?.done.appended])
        })
    }

    fn at_desk(
        &mut self,
        host: Host,
        work: impl FnOnce(&Desk<'_>, &mut ChaCha20Rng) -> Result<Vec<Appended>, CommandError>,
    ) -> Result<(), Failure> {
        let before = self.sites[host - 1].shown()?;
        let (now_ms, author) = (self.wall_ms(host), format!("{}/operator", self.sites[host - 1].secrets.code));
        let home = Home { code: self.sites[host - 1].secrets.code.clone(), ..Home::default() };
        let outcome = self.sites[host - 1].run(|replica: &Replica<BackOffice>, rng| {
            let (standing, borne) = (Standing::Operator, Borne::default());
            match work(&Desk { replica, home, author: &author, standing, borne, now_ms }, rng) {
                Ok(appended) => Ok(Some(appended)),
                Err(CommandError::Refused(_)) => Ok(None),
                Err(CommandError::Append(refused)) if is_no_member(&refused) => Ok(None),
                Err(error) => Err(Failure::program("a command at the desk")(error)),
            }
        })?;
        match outcome {
            Outcome::Done(None) => self.report.refused += 1,
            Outcome::Done(Some(appended)) => {
                let shown = self.sites[host - 1].shown()?;
                let intents = differences(&before, &shown);
                for appended in &appended {
                    let scope = appended.commits.first().map_or_else(Default::default, |done| done.commit.scope);
                    self.acknowledged(host, scope, appended, &[], &shown)?;
                }
                self.checker.kept(host, &intents, &shown)?;
            }
            Outcome::Died => {
                self.report.struck(Fault::CrashInCommit);
                self.has_died(host);
                self.doubts.insert(host, Doubt::AtDesk(before));
            }
        }
        Ok(())
    }

    /// The inbox is the same everywhere, to the ids.
    pub(super) fn check_inboxes(&self) -> Result<(), Failure> {
        let mut first = None;
        let now_ms = limits::WALL_CLOCK_START_MS;
        for (number, site) in self.sites.iter().enumerate() {
            let Some(replica) = site.replica().filter(|_| self.stands(number + 1)) else { continue };
            let (home, standing, borne) = (Home::default(), Standing::Operator, Borne::default());
            let desk = Desk { replica, home, author: "", standing, borne, now_ms };
            let items = desk.inbox(None).map_err(Failure::program("listing the inbox"))?;
            match &first {
                None => first = Some(items),
                Some(first) if *first == items => {}
                Some(first) => {
                    return Err(Failure::State(format!("inboxes differ: {first:?}, at site {} {items:?}", number + 1)));
                }
            }
        }
        Ok(())
    }
}

/// A site that is not admitted yet, or is removed, writes nothing.
pub(super) fn is_no_member<R>(refused: &AppendError<R>) -> bool {
    matches!(refused, AppendError::NotMember(_) | AppendError::NoKey(_) | AppendError::Removed { .. })
}

/// What a site shows now and did not before, as if somebody had been told to put it.
pub(super) fn differences(before: &Shown, now: &Shown) -> Vec<Intent> {
    let none = Cells::new();
    let differing = |(record, cells): (&RecordId, &Cells)| {
        let before = before.get(record).unwrap_or(&none);
        let changed = cells.iter().filter(|(path, visible)| before.visible(path) != *visible);
        let puts: Vec<_> =
            changed.filter_map(|(path, visible)| Some((path.to_owned(), visible.last()?.value.clone()))).collect();
        (!puts.is_empty()).then(|| Intent { record: *record, puts, before: before.clone() })
    };
    now.iter().filter_map(differing).collect()
}
