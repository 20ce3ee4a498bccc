//! Demo data: a few made-up parties, items, a location and a delivery that is about to come, for whoever wants to look round before
//! there is anything of their own. Owns how they are written, as one act that is taken back as one, and which of them are still
//! there. Records alone, since a posting cannot be unmade.

mod records;

use std::collections::BTreeMap;

use comptoir_replica::record::{RecordId, Scalar};
use comptoir_replica::{Appended, Edit};
use comptoir_sync_protocol::ids::BatchId;
use rand_core::CryptoRng;

use crate::changes::ARCHIVED;
use crate::customising::query::check_on;
use crate::desk::{CommandError, Desk, Stopped, decide};
use crate::limits::MAX_DEMO_BATCHES;
use crate::registry::kind;

/// What the log calls it.
const NAME: &str = "demo.import";

/// The demo data that a site wrote and has not taken back.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Demo {
    /// The acts that wrote it.
    pub batches: Vec<BatchId>,
    /// How many of its records are in use.
    pub records: u32,
}

impl Desk<'_> {
    /// The demo data of this site.
    ///
    /// # Errors
    /// The store's.
    pub fn demo(&self) -> Result<Demo, CommandError> {
        let site = self.replica.site();
        let all = self.replica.batches(MAX_DEMO_BATCHES)?;
        let written = all.into_iter().filter(|batch| batch.site == site && batch.command == NAME);
        let written: Vec<BatchId> = written.map(|batch| batch.id).collect();
        self.look(|reading| {
            let mut demo = Demo::default();
            for batch in written {
                let (mut histories, mut live, mut before) = (reading.histories(), 0, None);
                while let Some(page) = histories.batch_page(&site, &batch, before)? {
                    before = Some(page.place);
                    for change in page.changes.iter().filter(|change| change.created) {
                        let stored = reading.record(&page.scope, &change.record)?;
                        let archived = stored.is_some_and(|stored| {
                            stored.cells.winner(ARCHIVED).and_then(Scalar::as_bool) == Some(true)
                        });
                        live += u32::from(!archived);
                    }
                }
                if live > 0 {
                    demo.batches.push(batch);
                    demo.records += live;
                }
            }
            Ok(demo)
        })
    }

    /// Writes demo data in the language of this site, as one act over several entries, and calls `committed` after each with what it
    /// wrote. How many records it made.
    ///
    /// # Errors
    /// [`crate::refusal::Code::HeadquartersOnly`] elsewhere, [`crate::refusal::Code::ModuleOff`], or the store's.
    pub fn write_demo(
        &self,
        rng: &mut impl CryptoRng,
        mut committed: impl FnMut(Appended),
    ) -> Result<u32, CommandError> {
        let pages = records::pages(&self.home);
        // Before anything is written.
        self.look(|reading| {
            let context = self.context(reading);
            pages.iter().flatten().try_for_each(|one| check_on(&context, kind(one.kind)?))
        })?;
        let batch = BatchId::random(rng);
        let mut ids: BTreeMap<&str, RecordId> = BTreeMap::new();
        let mut made = 0;
        for page in pages {
            let Some(first) = page.first() else { continue };
            let scope = self.scope_of(kind(first.kind)?);
            let mut mint = self.replica.mint(scope);
            let mut wanted = Vec::with_capacity(page.len());
            for one in &page {
                let id = mint.create(self.now_ms, rng);
                ids.insert(one.handle, id);
                wanted.push((kind(one.kind)?, id, one.changes(&ids).asked(rng)));
            }
            let request = self.request(scope, NAME).in_batch(batch);
            let appended = self.append(request, rng, |reading| {
                let context = self.context(reading);
                let mut edits = Vec::with_capacity(wanted.len());
                for (kind, id, asked) in &wanted {
                    edits.push(Edit::create(kind.name(), *id, decide::create(kind, &context, asked)?));
                }
                Ok::<_, Stopped>(edits)
            })?;
            made += u32::try_from(page.len()).unwrap_or(u32::MAX);
            committed(appended);
        }
        Ok(made)
    }
}
