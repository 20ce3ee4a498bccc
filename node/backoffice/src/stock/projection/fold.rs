//! What a posting adds to the tables. Owns the way from a body to rows.

use comptoir_replica::posting::PostingView;
use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ids::SiteId;
use rusqlite::{Connection, params};

use super::statements::{
    ARRIVED, CREDIT, DELIVERED, DRAWN, EPOCH, GRANTED, LAYER, LINE, ON_HAND, POSTING, RECEIVED, REVERSED, SALE,
    SETTLED, TRANSIT, WORTH,
};
use crate::stock::posting::{
    Body, Dispatch, Line, Move, Outcome, Quantity, Receipt, Revaluation, Rights, RightsAct, Settlement,
};

/// Writes what follows from a posting.
pub(in crate::stock) fn project(connection: &Connection, view: &PostingView<'_>, body: &Body) -> rusqlite::Result<()> {
    let fold = Fold { connection, view };
    fold.heading(body)?;
    match body {
        Body::Move(body) => fold.moved(body),
        Body::Dispatch(body) => fold.dispatched(body),
        Body::Receipt(body) => fold.received(body),
        Body::Settlement(body) => fold.settled(body),
        Body::Revaluation(body) => fold.revalued(body),
        Body::Rights(body) => fold.rights(body),
    }
}

struct Fold<'f> {
    connection: &'f Connection,
    view: &'f PostingView<'f>,
}

/// What `stock_postings` says of a posting beside what every one has.
#[derive(Default)]
struct Heading<'h> {
    kind: &'static str,
    number: u64,
    date: String,
    reference: &'h str,
    note: &'h str,
    currency: &'h str,
    party: Option<RecordId>,
    draft: Option<RecordId>,
    /// The posting that it is about.
    other: Option<RecordId>,
    to_site: Option<SiteId>,
}

fn heading(body: &Body) -> Heading<'_> {
    match body {
        Body::Move(body) => Heading {
            kind: body.what.word(),
            number: body.number,
            date: body.date.to_string(),
            reference: &body.reference,
            note: &body.note,
            currency: &body.currency,
            party: body.party,
            draft: body.draft,
            other: body.reverses,
            ..Heading::default()
        },
        Body::Dispatch(body) => Heading {
            kind: "dispatch",
            number: body.number,
            date: body.date.to_string(),
            reference: &body.reference,
            note: &body.note,
            currency: &body.currency,
            draft: body.draft,
            to_site: Some(body.to),
            ..Heading::default()
        },
        Body::Receipt(body) => Heading {
            kind: "receipt",
            number: body.number,
            date: body.date.to_string(),
            note: &body.note,
            currency: &body.currency,
            other: Some(body.dispatch),
            ..Heading::default()
        },
        Body::Settlement(body) => Heading {
            kind: "settlement",
            number: body.number,
            date: body.date.to_string(),
            note: &body.note,
            currency: &body.currency,
            other: Some(body.receipt),
            ..Heading::default()
        },
        Body::Revaluation(body) => Heading {
            kind: "revaluation",
            number: body.number,
            date: body.date.to_string(),
            note: &body.note,
            currency: &body.currency,
            other: body.layer,
            ..Heading::default()
        },
        Body::Rights(body) => Heading {
            kind: body.act.word(),
            number: body.number,
            date: body.date.to_string(),
            note: &body.note,
            party: body.party,
            other: Some(body.pool),
            to_site: body.to.map(|to| to.site),
            ..Heading::default()
        },
    }
}

impl Fold<'_> {
    fn run(&self, sql: &str, values: impl rusqlite::Params) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute(values).map(drop)
    }

    fn site(&self) -> [u8; 16] {
        self.view.writer.site.0
    }

    fn scope(&self) -> [u8; 16] {
        self.view.scope.0
    }

    fn heading(&self, body: &Body) -> rusqlite::Result<()> {
        let of = heading(body);
        let optional = |id: Option<RecordId>| id.map(|id| id.0);
        self.run(EPOCH, params![self.site(), self.view.writer.epoch.0, self.scope()])?;
        self.run(
            POSTING,
            params![
                self.view.posting.id,
                self.scope(),
                self.site(),
                self.view.writer.epoch.0,
                body.kind(),
                of.kind,
                of.number as i64,
                of.date,
                self.view.at_ms,
                self.view.author,
                of.reference,
                of.note,
                of.currency,
                optional(of.party),
                optional(of.draft),
                optional(of.other),
                of.to_site.map(|site| site.0),
            ],
        )
    }

    fn moved(&self, body: &Move) -> rusqlite::Result<()> {
        let date = body.date.to_string();
        for (index, line) in body.lines.iter().enumerate() {
            self.line(index, line, &date, &body.currency, body.reverses.is_some())?;
        }
        let Some(original) = body.reverses else { return Ok(()) };
        self.run(REVERSED, params![original.0, self.view.posting.id, self.scope()])
    }

    /// Both ends of a line, what it is worth, and its layers.
    fn line(&self, index: usize, line: &Line, date: &str, currency: &str, back: bool) -> rusqlite::Result<()> {
        let expiry = line.expiry.map(|day| day.to_string()).unwrap_or_default();
        for (side, place, other, sign) in [(0, &line.from, &line.to, -1), (1, &line.to, &line.from, 1)] {
            let Some(location) = place.stored() else { continue };
            let (quantity, value) = (sign * line.quantity.0, sign * line.value);
            let crosses = other.stored().is_none();
            self.run(
                LINE,
                params![
                    line.item.0,
                    self.site(),
                    date,
                    self.view.posting.id,
                    index as i64,
                    side,
                    self.scope(),
                    location.0,
                    other.kind.word(),
                    line.lot,
                    line.serial,
                    expiry,
                    quantity,
                    value,
                    if crosses { value } else { 0 },
                ],
            )?;
            self.run(
                ON_HAND,
                params![
                    line.item.0,
                    location.0,
                    line.lot,
                    line.serial,
                    self.site(),
                    self.scope(),
                    expiry,
                    place.kind.word(),
                    quantity
                ],
            )?;
            if crosses {
                self.worth(&line.item, currency, quantity, value)?;
                self.layers(index, line, sign > 0, back)?;
            }
        }
        let Some((spend, location, delivered)) = line.delivers() else { return Ok(()) };
        self.run(DELIVERED, params![spend.0, delivered.0, self.scope()])?;
        self.granted(&location, &line.item, -delivered.0)
    }

    fn worth(&self, item: &RecordId, currency: &str, quantity: i64, value: i64) -> rusqlite::Result<()> {
        self.run(WORTH, params![self.site(), item.0, currency, self.scope(), quantity, value])
    }

    /// What comes in is a layer, what leaves is taken from some; a line that is taken back puts back what it took.
    fn layers(&self, index: usize, line: &Line, enters: bool, back: bool) -> rusqlite::Result<()> {
        if enters && (!back || line.draws.is_empty()) {
            return self.layer(&line.item, (RecordId(self.view.posting.id), index as u32), line.quantity.0, line.value);
        }
        let sign = if enters { -1 } else { 1 };
        line.draws.iter().try_for_each(|draw| {
            self.write_layer(&line.item, (draw.posting, draw.line), (0, 0, sign * draw.quantity.0))
        })
    }

    fn layer(&self, item: &RecordId, of: (RecordId, u32), quantity: i64, value: i64) -> rusqlite::Result<()> {
        self.write_layer(item, of, (quantity, value, 0))
    }

    fn write_layer(
        &self,
        item: &RecordId,
        (posting, line): (RecordId, u32),
        (quantity, value, taken): (i64, i64, i64),
    ) -> rusqlite::Result<()> {
        let values = params![item.0, self.site(), posting.0, line, self.scope(), quantity, value, taken];
        self.run(LAYER, values)
    }

    fn dispatched(&self, body: &Dispatch) -> rusqlite::Result<()> {
        let date = body.date.to_string();
        for (index, line) in body.lines.iter().enumerate() {
            self.line(index, line, &date, &body.currency, false)?;
            let Some(location) = line.from.stored() else { continue };
            self.run(
                TRANSIT,
                params![
                    self.view.posting.id,
                    index as i64,
                    self.scope(),
                    self.site(),
                    body.to.0,
                    line.item.0,
                    location.0,
                    line.lot,
                    line.serial,
                    line.expiry.map(|day| day.to_string()).unwrap_or_default(),
                    body.currency,
                    line.quantity.0,
                    line.value,
                ],
            )?;
        }
        Ok(())
    }

    fn received(&self, body: &Receipt) -> rusqlite::Result<()> {
        self.run(RECEIVED, params![body.dispatch.0, self.view.posting.id, self.scope()])?;
        let date = body.date.to_string();
        for (index, line) in body.lines.iter().enumerate() {
            self.run(
                ARRIVED,
                params![body.dispatch.0, line.line, line.arrived.quantity.0, line.damaged.0, self.scope()],
            )?;
            if line.arrived.quantity.0 > 0 {
                self.line(index, &line.arrived, &date, &body.currency, false)?;
            }
        }
        Ok(())
    }

    fn settled(&self, body: &Settlement) -> rusqlite::Result<()> {
        let date = body.date.to_string();
        for (index, line) in body.lines.iter().enumerate() {
            let Quantity(amount) = line.quantity;
            let (lost, found) = if line.outcome == Outcome::Lost { (amount, 0) } else { (0, amount) };
            self.run(SETTLED, params![body.receipt.0, line.line, lost, found, self.scope()])?;
            if let Some(found) = &line.found {
                self.line(index, found, &date, &body.currency, false)?;
            }
        }
        Ok(())
    }

    fn revalued(&self, body: &Revaluation) -> rusqlite::Result<()> {
        self.worth(&body.item, &body.currency, 0, body.amount)?;
        let (date, nowhere, none) = (body.date.to_string(), [0_u8; 0], "");
        self.run(
            LINE,
            params![
                body.item.0,
                self.site(),
                date,
                self.view.posting.id,
                0,
                2,
                self.scope(),
                nowhere,
                none,
                none,
                none,
                none,
                0,
                0,
                body.amount,
            ],
        )?;
        body.layer.map_or(Ok(()), |layer| self.layer(&body.item, (layer, body.layer_line), 0, body.amount))
    }

    fn rights(&self, body: &Rights) -> rusqlite::Result<()> {
        // What is taken back of a credit is drawn of it, too: where its holder turns out to have drawn the same, that is too much.
        let sign = if body.act == RightsAct::Honour { -1 } else { 1 };
        for draw in &body.draws {
            self.run(DRAWN, params![draw.credit.0, sign * draw.quantity.0, self.scope()])?;
        }
        match body.act {
            RightsAct::Grant => self.granted(&body.location, &body.item, body.minted.0)?,
            RightsAct::Retire | RightsAct::Reclaim => self.granted(&body.location, &body.item, -body.quantity.0)?,
            RightsAct::Honour => self.granted(&body.location, &body.item, body.quantity.0)?,
            RightsAct::Spend => {
                return self.run(
                    SALE,
                    params![
                        self.view.posting.id,
                        self.scope(),
                        body.pool.0,
                        body.item.0,
                        body.location.0,
                        self.site(),
                        body.party.map(|party| party.0),
                        body.quantity.0,
                    ],
                );
            }
            RightsAct::Pass | RightsAct::Return => {}
        }
        let Some(to) = body.to else { return Ok(()) };
        self.run(
            CREDIT,
            params![
                self.view.posting.id,
                self.scope(),
                body.pool.0,
                body.item.0,
                body.location.0,
                body.act.word(),
                self.site(),
                to.site.0,
                to.epoch.0,
                body.quantity.0,
            ],
        )
    }

    fn granted(&self, location: &RecordId, item: &RecordId, amount: i64) -> rusqlite::Result<()> {
        self.run(GRANTED, params![location.0, item.0, self.scope(), amount])
    }
}
