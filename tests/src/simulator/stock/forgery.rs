//! What a faulty program at a site writes: postings and edits, put together by hand of what the site has, each of which breaks one
//! rule and no other. Owns the forgeries; passes no command.

use comptoir_backoffice::stock::posting::{
    Body, CreditDraw, Day, Holder, Line, Move, MoveType, Place, PlaceKind, Quantity, Receipt, ReceiptLine, Rights,
    RightsAct,
};
use comptoir_replica::record::{RecordId, Scalar};
use comptoir_replica::{Edit, Reading};
use comptoir_sync_protocol::{LogHead, Writer};
use rusqlite::{OptionalExtension, params};

/// What a faulty program writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Forgery {
    /// More leaves a location than lies there.
    Overdraw,
    /// More is sold by a right than it gives.
    DoubleSpend,
    /// A transfer is received again.
    SecondReceipt,
    /// A receipt cites an entry that is no dispatch.
    FalseCitation,
    /// Goods are put at another site's location.
    ForeignLocation,
    /// Another site's location gets another name.
    ForeignRecord,
    /// More rights are given than stock lies in the pool.
    OverGrant,
}

impl Forgery {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Overdraw,
        Self::DoubleSpend,
        Self::SecondReceipt,
        Self::FalseCitation,
        Self::ForeignLocation,
        Self::ForeignRecord,
        Self::OverGrant,
    ];

    /// The code of the verdict that it comes to everywhere.
    pub fn code(self) -> &'static str {
        match self {
            Self::Overdraw => "stock-short",
            Self::DoubleSpend => "rights-short",
            Self::SecondReceipt => "received-already",
            Self::FalseCitation => "not-cited",
            Self::ForeignLocation => "foreign-location",
            Self::ForeignRecord => "not_owner",
            Self::OverGrant => "pool-short",
        }
    }
}

/// What it comes to.
pub enum Made {
    /// An edit of a record.
    Edit(Edit),
    /// A posting, with what it cites.
    Post(Body, Vec<LogHead>),
}

/// What a forger looks at.
pub struct Forging<'f> {
    /// The site's store.
    pub reading: &'f Reading<'f>,
    /// Who writes.
    pub us: Writer,
    /// The site's code.
    pub code: &'f str,
    /// All sites as they write now.
    pub writers: Vec<Writer>,
}

impl Forging<'_> {
    /// A forgery of what the site has; `None` when it has nothing for it.
    pub fn make(&self, forgery: Forgery) -> rusqlite::Result<Option<Made>> {
        match forgery {
            Forgery::Overdraw => self.overdraw(),
            Forgery::DoubleSpend => self.double_spend(),
            Forgery::SecondReceipt => self.second_receipt(),
            Forgery::FalseCitation => self.false_citation(),
            Forgery::ForeignLocation => self.foreign_location(),
            Forgery::ForeignRecord => {
                let Some(location) = self.location("<>")? else { return Ok(None) };
                let puts = vec![("name".to_owned(), Scalar::from("Ours now"))];
                Ok(Some(Made::Edit(Edit::change("location", location, puts))))
            }
            Forgery::OverGrant => self.over_grant(),
        }
    }

    fn overdraw(&self) -> rusqlite::Result<Option<Made>> {
        let sql = "SELECT item, location, quantity FROM stock_on_hand WHERE site = ?1 ORDER BY item, location LIMIT 1";
        let row = self.one(sql, |row| Ok((RecordId(row.get(0)?), RecordId(row.get(1)?), row.get::<_, i64>(2)?)))?;
        let Some((item, location, there)) = row else { return Ok(None) };
        let from = Place { location: Some(location), kind: PlaceKind::Internal };
        let line = line(item, from, Place::outside(PlaceKind::Customer), there + Quantity::ONE.0);
        self.moved(MoveType::Issue, line)
    }

    fn foreign_location(&self) -> rusqlite::Result<Option<Made>> {
        let (Some(location), Some(item)) = (self.location("<>")?, self.item()?) else { return Ok(None) };
        let to = Place { location: Some(location), kind: PlaceKind::Internal };
        self.moved(MoveType::Receive, line(item, Place::outside(PlaceKind::Supplier), to, Quantity::ONE.0))
    }

    fn double_spend(&self) -> rusqlite::Result<Option<Made>> {
        let sql = "SELECT id, pool, item, location, quantity, drawn FROM stock_credits
                   WHERE to_site = ?1 AND act <> 'return' AND drawn > 0 ORDER BY id LIMIT 1";
        let found = self.one(sql, |row| {
            let ids = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?].map(RecordId);
            Ok((ids, row.get::<_, i64>(4)? - row.get::<_, i64>(5)?))
        })?;
        let Some(([credit, pool, item, location], left)) = found else { return Ok(None) };
        let quantity = Quantity(left + Quantity::ONE.0);
        let Some(given) = self.reading.find_posting(&credit)? else { return Ok(None) };
        let rights = Rights {
            draws: vec![CreditDraw { credit, quantity }],
            ..self.rights(RightsAct::Spend, (pool, item, location), quantity)?
        };
        Ok(Some(Made::Post(Body::Rights(rights), vec![given.entry])))
    }

    fn over_grant(&self) -> rusqlite::Result<Option<Made>> {
        let sql = "SELECT h.location, h.item, sum(h.quantity) FROM stock_on_hand h JOIN stock_pools p
                   ON p.location = h.location AND p.item = h.item WHERE h.site = ?1 GROUP BY 1, 2 LIMIT 1";
        let row = self.one(sql, |row| Ok((RecordId(row.get(0)?), RecordId(row.get(1)?), row.get::<_, i64>(2)?)))?;
        let other = self.writers.iter().find(|writer| writer.site != self.us.site);
        let (Some((location, item, there)), Some(other)) = (row, other) else { return Ok(None) };
        let quantity = Quantity(there + Quantity::ONE.0);
        let sql = "SELECT id FROM of_pool WHERE ?1 IS NOT NULL LIMIT 1";
        let Some(pool) = self.one(sql, |row| row.get(0).map(RecordId))? else { return Ok(None) };
        let rights = Rights {
            to: Some(Holder { site: other.site, epoch: other.epoch }),
            minted: quantity,
            ..self.rights(RightsAct::Grant, (pool, item, location), quantity)?
        };
        Ok(Some(Made::Post(Body::Rights(rights), Vec::new())))
    }

    fn second_receipt(&self) -> rusqlite::Result<Option<Made>> {
        let sql =
            "SELECT dispatch FROM stock_transit WHERE to_site = ?1 AND receipt IS NOT NULL ORDER BY dispatch LIMIT 1";
        let Some(dispatch) = self.one(sql, |row| row.get(0).map(RecordId))? else { return Ok(None) };
        let Some(sent) = self.reading.find_posting(&dispatch)? else { return Ok(None) };
        let Ok(Body::Dispatch(body)) = Body::read(&sent.posting) else { return Ok(None) };
        let Some(location) = self.location("=")? else { return Ok(None) };
        let to = Place { location: Some(location), kind: PlaceKind::Internal };
        let arrived = Line { from: Place::outside(PlaceKind::Transit), to, ..body.lines[0].clone() };
        self.receipt(dispatch, arrived, sent.entry)
    }

    fn false_citation(&self) -> rusqlite::Result<Option<Made>> {
        let sql = "SELECT id FROM stock_postings WHERE ?1 IS NOT NULL AND kind = 'stock.move' ORDER BY id LIMIT 1";
        let Some(other) = self.one(sql, |row| row.get(0).map(RecordId))? else { return Ok(None) };
        let Some(cited) = self.reading.find_posting(&other)? else { return Ok(None) };
        let (Some(location), Some(item)) = (self.location("=")?, self.item()?) else { return Ok(None) };
        let to = Place { location: Some(location), kind: PlaceKind::Internal };
        let arrived = line(item, Place::outside(PlaceKind::Transit), to, Quantity::ONE.0);
        // The entry is there and stands; it is no dispatch.
        self.receipt(RecordId([0xfa; 16]), arrived, cited.entry)
    }

    fn receipt(&self, dispatch: RecordId, arrived: Line, cited: LogHead) -> rusqlite::Result<Option<Made>> {
        let receipt = Receipt {
            number: self.number("stock.receipt")?,
            date: day(),
            currency: "EUR".into(),
            dispatch,
            note: String::new(),
            lines: vec![ReceiptLine { line: 0, arrived, damaged: Quantity(0) }],
        };
        Ok(Some(Made::Post(Body::Receipt(receipt), vec![cited])))
    }

    fn moved(&self, what: MoveType, line: Line) -> rusqlite::Result<Option<Made>> {
        let body = Move {
            number: self.number("stock.move")?,
            what,
            date: day(),
            currency: "EUR".into(),
            draft: None,
            party: None,
            reverses: None,
            reference: String::new(),
            note: String::new(),
            lines: vec![line],
        };
        Ok(Some(Made::Post(Body::Move(body), Vec::new())))
    }

    fn rights(
        &self,
        act: RightsAct,
        (pool, item, location): (RecordId, RecordId, RecordId),
        quantity: Quantity,
    ) -> rusqlite::Result<Rights> {
        Ok(Rights {
            number: self.number("stock.rights")?,
            date: day(),
            act,
            pool,
            item,
            location,
            to: None,
            quantity,
            minted: Quantity(0),
            draws: Vec::new(),
            party: None,
            note: String::new(),
        })
    }

    fn number(&self, kind: &str) -> rusqlite::Result<u64> {
        let sql = "SELECT count(*) FROM stock_postings WHERE site = ?1 AND epoch = ?2 AND kind = ?3";
        let values = params![self.us.site.0, self.us.epoch.0, kind];
        let made: i64 = self.reading.prepare_cached(sql)?.query_row(values, |row| row.get(0))?;
        Ok(made.unsigned_abs() + 1)
    }

    fn item(&self) -> rusqlite::Result<Option<RecordId>> {
        self.one("SELECT id FROM of_item WHERE ?1 IS NOT NULL ORDER BY id LIMIT 1", |row| row.get(0).map(RecordId))
    }

    /// A location that is this site's, or is not.
    fn location(&self, is: &str) -> rusqlite::Result<Option<RecordId>> {
        let sql = format!("SELECT id FROM of_location WHERE f_site {is} ?1 ORDER BY id LIMIT 1");
        self.reading.prepare_cached(&sql)?.query_row([self.code], |row| row.get(0).map(RecordId)).optional()
    }

    /// The first row of a question about this site.
    fn one<T>(
        &self,
        sql: &str,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        self.reading.prepare_cached(sql)?.query_row([self.us.site.0], read).optional()
    }
}

fn line(item: RecordId, from: Place, to: Place, quantity: i64) -> Line {
    Line {
        item,
        from,
        to,
        quantity: Quantity(quantity),
        unit: "pce".into(),
        in_unit: Quantity(quantity),
        lot: String::new(),
        serial: String::new(),
        expiry: None,
        value: 0,
        draws: Vec::new(),
        fulfils: None,
    }
}

fn day() -> Day {
    "2026-01-02".parse().expect("invariant: a day of the calendar")
}
