//! A faulty program at one site: the real replica over the site's own store, without a single rule of the back office. It
//! overdraws, sells rights twice, receives twice, forges citations, writes where another site owns. Every honest site must set
//! its entry aside, by one verdict, and the site itself does so as soon as the honest program has judged its store anew.
//! Owns the program and the verdicts; what it writes stands in [`super::forgery`].

use std::sync::LazyLock;

use comptoir_backoffice::BackOffice;
use comptoir_backoffice::stock::posting::VERSION;
use comptoir_replica::posting::{Effect, Ledger, PostingStop, PostingType, PostingView};
use comptoir_replica::record::{Cells, Scalar, WriteClass};
use comptoir_replica::{Append, Application, NewPosting, Projection, RecordType, RecordView, Write};
use comptoir_sync_protocol::LogHead;
use comptoir_sync_protocol::roster::scopes;
use rusqlite::Connection;

use super::forgery::{Forgery, Forging, Made};
use crate::simulator::failure::Failure;
use crate::simulator::faults::Planted;
use crate::simulator::ledger::Host;
use crate::simulator::world::World;

/// The back office without its rules.
pub struct Lenient;

impl Application for Lenient {
    fn record_types(&self) -> &'static [RecordType] {
        static TYPES: LazyLock<Vec<RecordType>> = LazyLock::new(|| {
            let anyones = |known: &RecordType| RecordType { write_class: WriteClass::Shared, ..*known };
            BackOffice.record_types().iter().map(anyones).collect()
        });
        &TYPES
    }

    fn projection(&self) -> &'static Projection {
        BackOffice.projection()
    }

    fn project(&self, connection: &Connection, record: &RecordView<'_>) -> rusqlite::Result<()> {
        BackOffice.project(connection, record)
    }

    fn concerns_person(&self, kind: &str, cells: &Cells, puts: &[(String, Scalar)]) -> bool {
        BackOffice.concerns_person(kind, cells, puts)
    }

    fn posting_types(&self) -> &'static [PostingType] {
        BackOffice.posting_types()
    }

    fn effects(&self, view: &PostingView<'_>) -> Result<Vec<Effect>, PostingStop> {
        BackOffice.effects(view)
    }

    fn judge(&self, _: &Ledger<'_>, _: &PostingView<'_>) -> Result<(), PostingStop> {
        Ok(())
    }

    fn project_posting(&self, connection: &Connection, view: &PostingView<'_>) -> rusqlite::Result<()> {
        BackOffice.project_posting(connection, view)
    }
}

/// An entry of a faulty program.
#[derive(Clone, Debug)]
pub struct Forged {
    /// What it must be set aside for.
    pub code: &'static str,
    /// In the words of who judged it first.
    pub reason: Option<String>,
}

impl World {
    /// Some site runs a program without rules for one command, then the honest one again.
    pub(in crate::simulator) fn misuse(&mut self, host: Host) -> Result<bool, Failure> {
        if !self.options.stock || !self.is_up(host) {
            return Ok(false);
        }
        let forgery = match self.options.planted {
            Some(Planted::RightsUnchecked) => Forgery::DoubleSpend,
            Some(Planted::StockUnchecked) => Forgery::Overdraw,
            Some(Planted::TableOneOff) => return self.spoil_table(host),
            _ => Forgery::ALL[self.chance.index(Forgery::ALL.len())],
        };
        let Some(replica) = self.sites[host - 1].replica() else { return Ok(false) };
        let code = self.sites[host - 1].secrets.code.clone();
        let writers = replica.latest_writers().map_err(Failure::program("reading writers"))?;
        let made =
            replica.read(|reading| Forging { reading, us: replica.writer(), code: &code, writers }.make(forgery));
        let Some(made) = made.map_err(Failure::program("forging"))? else { return Ok(false) };
        let scope = self.organisation.scope(scopes::TRADE);
        let wall_ms = self.wall_ms(host);
        let site = &mut self.sites[host - 1];
        let author = format!("{code}/operator");
        let appended = site.lawlessly(|replica, rng| {
            let write = match made {
                Made::Edit(edit) => Write::Edit(edit),
                Made::Post(body, cites) => {
                    let id = replica.mint(scope).create(wall_ms, rng);
                    let (kind, body) = (body.kind(), body.encode());
                    Write::Post(NewPosting { kind, version: VERSION, id, cites, body })
                }
            };
            let request = Append::new(scope, &author, "faulty");
            let appended = replica.append(request, wall_ms, rng, |_| Ok::<_, std::convert::Infallible>(vec![write]));
            appended.map_err(|error| Failure::Program { what: "forging", cause: format!("{forgery:?}: {error:?}") })
        })?;
        let Some(head) = appended.heads.last().copied() else { return Ok(false) };
        self.note(|| format!("site {host} forges {forgery:?}: {head:?}"));
        self.ledger.wrote(host, scope, &head)?;
        self.stock.forged.insert(head.hash, Forged { code: forgery.code(), reason: None });
        // Where it is planted, the faulty program stays.
        if !matches!(self.options.planted, Some(Planted::RightsUnchecked | Planted::StockUnchecked)) {
            self.judge_anew(host)?;
        }
        self.has_died(host);
        Ok(true)
    }

    /// The honest program is back, and judges what the site's store holds.
    fn judge_anew(&mut self, host: Host) -> Result<(), Failure> {
        let site = &mut self.sites[host - 1];
        site.start()?;
        if let Some(replica) = site.replica() {
            replica.rebuild().map_err(Failure::program("rebuilding"))?;
        }
        self.check_stock(host)?;
        self.sites[host - 1].die();
        Ok(())
    }

    /// One piece more lies somewhere, by the table alone: a planted mistake.
    fn spoil_table(&mut self, host: Host) -> Result<bool, Failure> {
        let one_off = "UPDATE stock_on_hand SET quantity = quantity + 1000000
                       WHERE (item, location) = (SELECT item, location FROM stock_on_hand LIMIT 1)";
        let spoiled = self.sites[host - 1].spoil(one_off)?;
        self.has_died(host);
        Ok(spoiled > 0)
    }

    /// A site set an entry aside: that must be past a cut, or a forged one, for its reason, in the same words everywhere.
    pub(in crate::simulator) fn check_aside(
        &mut self,
        host: Host,
        head: &LogHead,
        code: &str,
        reason: &str,
    ) -> Result<(), Failure> {
        if self.is_cut_off(host, head, code) {
            return Ok(());
        }
        let Some(forged) = self.stock.forged.get_mut(&head.hash) else {
            return Err(Failure::Judged(format!("site {host} sets {head:?} aside: {code}, {reason}")));
        };
        let said = forged.reason.get_or_insert_with(|| reason.to_owned());
        if forged.code == code && said == reason {
            return Ok(());
        }
        Err(Failure::Judged(format!("site {host} sets {head:?} aside for {code}, {reason}; expected {forged:?}")))
    }
}
