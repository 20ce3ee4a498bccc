//! A command about stock that a process did not live to answer: when it runs again, it was kept whole or not at all.
//! Owns the settling of that doubt.

use std::collections::BTreeSet;

use comptoir_replica::record::{Cells, RecordId};
use comptoir_sync_protocol::{LogHead, ScopeId};

use super::deed::{Deed, Told};
use super::desk::names;
use crate::simulator::check::Shown;
use crate::simulator::desk::differences;
use crate::simulator::failure::Failure;
use crate::simulator::ledger::Host;
use crate::simulator::world::World;

/// One append that was not answered.
#[derive(Default)]
pub struct Attempt {
    /// Where it would stand.
    pub scope: ScopeId,
    /// What it was told to do; `None` when it makes a record.
    pub deed: Option<Deed>,
    /// The draft that it posts, as it was.
    pub draft: Option<(RecordId, Cells)>,
    /// Its client was told that it is kept, all the same: a planted mistake.
    pub acknowledged: bool,
}

impl World {
    /// The process runs again. `advanced` is the entry that its log has and no client was told of.
    pub(in crate::simulator) fn settle_attempt(
        &mut self,
        host: Host,
        attempt: Attempt,
        advanced: Option<LogHead>,
    ) -> Result<(), Failure> {
        let Attempt { scope, deed, draft, acknowledged } = attempt;
        let shown = self.sites[host - 1].shown()?;
        let mut before: Shown = draft.iter().cloned().collect();
        let is_new = |record: &RecordId| self.checker.records().binary_search(record).is_err();
        let touched = |record: &RecordId| is_new(record) || before.contains_key(record);
        let now: Shown = shown.iter().filter(|(id, _)| touched(id)).map(|(id, cells)| (*id, cells.clone())).collect();
        before.retain(|record, _| now.contains_key(record));
        let intents = differences(&before, &now);
        let told = self.stock.deeds.ids_of(host);
        let posted: Vec<RecordId> = self.own_postings(host)?.difference(&told).copied().collect();
        let expected = advanced.is_some();
        let posting = posted.len() == usize::from(expected && deed.is_some());
        let edited = intents.is_empty() != (expected && (deed.is_none() || draft.is_some()));
        if !posting || !edited {
            return Err(Failure::Seen(format!(
                "site {host}: of {deed:?} the entry {advanced:?} is there, the postings {posted:?}, and {} edits",
                intents.len()
            )));
        }
        let Some(head) = advanced else {
            let lost = || Failure::Lost(format!("site {host} acknowledged {deed:?} and did not keep it"));
            return if acknowledged { Err(lost()) } else { Ok(()) };
        };
        self.ledger.wrote(host, scope, &head)?;
        self.stock.records.extend(now.keys().filter(|record| !before.contains_key(*record)));
        self.checker.kept(host, &intents, &shown)?;
        if let (Some(deed), Some(posting)) = (deed, posted.first().copied()) {
            if let Some((draft, _)) = &draft {
                names(&shown.get(draft).cloned().unwrap_or_default(), posting)?;
            }
            self.stock.deeds.tell(Told { posting, site: host, head, deed })?;
        }
        Ok(())
    }

    /// The postings of its own that a site shows.
    fn own_postings(&self, host: Host) -> Result<BTreeSet<RecordId>, Failure> {
        let Some(replica) = self.sites[host - 1].replica() else { return Ok(BTreeSet::new()) };
        let site = self.sites[host - 1].secrets.id.0;
        let read = replica.read(|reading| {
            let mut statement = reading.prepare_cached("SELECT id FROM stock_postings WHERE site = ?1")?;
            statement.query_map([site], |row| row.get(0).map(RecordId))?.collect()
        });
        read.map_err(Failure::program("reading postings"))
    }
}
