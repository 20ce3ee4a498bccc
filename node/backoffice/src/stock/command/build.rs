//! From lines of a draft to lines of a posting: places, units, lots and pieces, cost. Owns that; the rules judge the result.

use comptoir_replica::record::{Date, Money, RecordId};
use comptoir_sync_protocol::LogHead;
use comptoir_sync_protocol::ids::SiteId;
use rusqlite::{OptionalExtension, params};

use super::Deciding;
use crate::desk::Stopped;
use crate::refusal::{Code, Refusal};
use crate::stock::posting::{Day, Line, MoveType, Place, PlaceKind, Quantity};
use crate::stock::query::item::{Counted, Tracking};
use crate::stock::query::layers::{Taken, cost, share, worth};
use crate::stock::record::Draft;
use crate::stock::record::draft::DraftLine;
use crate::stock::rules::check_own_location;

/// What a posting is made of that a draft becomes.
pub(super) struct Building<'b> {
    deciding: &'b Deciding<'b>,
    site: SiteId,
    currency: &'b str,
    date: Date,
    taken: Taken,
    /// Entries that the lines cite.
    pub cites: Vec<LogHead>,
}

/// Where a type of move leads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Within(MoveType),
    ToSite,
}

impl<'b> Building<'b> {
    pub fn new(deciding: &'b Deciding<'b>, date: Date) -> Self {
        let site = deciding.ledger.writer().site;
        let currency = deciding.context.home.currency.as_str();
        Self { deciding, site, currency, date, taken: Taken::default(), cites: Vec::new() }
    }

    /// One line of a draft.
    pub fn line(&mut self, way: Way, draft: &Draft, line: &DraftLine) -> Result<Line, Stopped> {
        let id = line.item.ok_or_else(|| Refusal::of("item", Code::Required))?;
        let item = Counted::of(&self.deciding.reading, id)?;
        if item.record.archived {
            return Err(Refusal::of("item", Code::ArchivedRecord).into());
        }
        let number = line.quantity.ok_or_else(|| Refusal::of("quantity", Code::Required))?;
        let signed = item.in_own_unit(number, &line.unit)?;
        let (from, to) = self.places(way, draft, line, signed.0 < 0)?;
        let quantity = Quantity(signed.0.abs());
        let unit = if line.unit.is_empty() { item.record.unit.clone() } else { line.unit.clone() };
        let in_unit = Quantity::of(number.abs()).ok_or_else(|| Refusal::of("quantity", Code::TooManyDecimals))?;
        let (lot, serial) = (line.lot.trim().to_owned(), line.serial.trim().to_owned());
        let mut made = Line {
            item: id,
            from,
            to,
            quantity,
            unit,
            in_unit,
            lot,
            serial,
            expiry: line.expiry.map(Day),
            value: 0,
            draws: Vec::new(),
            fulfils: None,
        };
        self.follow(way, &item, &mut made)?;
        self.value(way, &item, line.cost, &mut made)?;
        self.fulfil(line, &mut made)?;
        Ok(made)
    }

    fn places(&self, way: Way, draft: &Draft, line: &DraftLine, missing: bool) -> Result<(Place, Place), Stopped> {
        let from = self.place(line.from.or(draft.from))?;
        let to = self.place(line.to.or(draft.to))?;
        let outside = |kind, place: Option<Place>| place.unwrap_or_else(|| Place::outside(kind));
        let needed = |field: &str, place: Option<Place>| {
            place.ok_or_else(|| Stopped::from(Refusal::of(field, Code::LocationMissing)))
        };
        let stored = |place: Option<Place>| place.filter(|place| place.stored().is_some());
        Ok(match way {
            Way::Within(MoveType::Receive) => (outside(PlaceKind::Supplier, from), needed("to", to)?),
            Way::Within(MoveType::Issue) => (needed("from", from)?, outside(PlaceKind::Customer, to)),
            Way::Within(MoveType::Transfer) => (needed("from", from)?, needed("to", to)?),
            Way::Within(MoveType::Scrap) => (needed("from", from)?, outside(PlaceKind::Loss, to)),
            // What is counted lies at one place, whichever end names it.
            Way::Within(MoveType::Adjust) => {
                let place = needed("from", stored(from).or(stored(to)))?;
                let loss = [from, to].into_iter().flatten().find(|place| place.kind == PlaceKind::Loss);
                let loss = outside(PlaceKind::Loss, loss);
                if missing { (place, loss) } else { (loss, place) }
            }
            // From a customer where it is put somewhere, else back to the supplier.
            Way::Within(MoveType::Return) => match stored(to) {
                Some(to) => (outside(PlaceKind::Customer, from), to),
                None => (needed("from", from)?, outside(PlaceKind::Supplier, to)),
            },
            Way::ToSite => (needed("from", from)?, Place::outside(PlaceKind::Transit)),
        })
    }

    /// A location of this site, with its kind.
    pub fn place(&self, location: Option<RecordId>) -> Result<Option<Place>, Stopped> {
        let Some(location) = location else { return Ok(None) };
        let kind = check_own_location(&self.deciding.context, location)?;
        Ok(Some(Place { location: Some(location), kind }))
    }

    /// Lots and pieces are named where they are followed, and nowhere else; what is over its date goes to nobody.
    fn follow(&self, way: Way, item: &Counted, line: &mut Line) -> Result<(), Stopped> {
        let sku = || item.record.sku.as_str();
        match item.tracking() {
            Tracking::None if !line.lot.is_empty() || !line.serial.is_empty() => {
                return Err(Refusal::of("lot", Code::NotTracked).with("item", sku()).into());
            }
            Tracking::Lot if line.lot.is_empty() => {
                return Err(Refusal::of("lot", Code::LotMissing).with("item", sku()).into());
            }
            Tracking::Lot if !line.serial.is_empty() => {
                return Err(Refusal::of("serial", Code::NotTracked).with("item", sku()).into());
            }
            Tracking::Serial if line.serial.is_empty() => {
                return Err(Refusal::of("serial", Code::SerialMissing).with("item", sku()).into());
            }
            _ => {}
        }
        if let Some(known) = self.expiry(line)? {
            line.expiry = Some(known);
        }
        let enters = line.from.stored().is_none();
        if enters && item.record.expires && line.expiry.is_none() {
            return Err(Refusal::of("expiry", Code::ExpiryMissing).with("item", sku()).into());
        }
        if enters && !line.serial.is_empty() && self.is_in_stock(line)? {
            return Err(Refusal::of("serial", Code::SerialElsewhere).with("value", &line.serial).into());
        }
        let given = matches!(way, Way::ToSite | Way::Within(MoveType::Issue));
        if let Some(expiry) = line.expiry.filter(|expiry| given && expiry.0 < self.date) {
            let refusal = Refusal::of("lot", Code::LotExpired).with("value", &line.lot).with("item", sku());
            return Err(refusal.with("limit", expiry).into());
        }
        Ok(())
    }

    /// The date of a lot that is in stock somewhere.
    fn expiry(&self, line: &Line) -> Result<Option<Day>, Stopped> {
        if line.lot.is_empty() && line.serial.is_empty() {
            return Ok(None);
        }
        let sql = "SELECT max(expiry) FROM stock_on_hand WHERE item = ?1 AND lot = ?2 AND serial = ?3";
        let mut statement = self.deciding.reading.connection().prepare_cached(sql)?;
        let found: Option<String> =
            statement.query_row(params![line.item.0, line.lot, line.serial], |row| row.get(0))?;
        Ok(found.and_then(|day| day.parse().ok()))
    }

    /// Whether a piece is in stock, at whatever site.
    fn is_in_stock(&self, line: &Line) -> Result<bool, Stopped> {
        let sql = "SELECT 1 FROM stock_on_hand WHERE serial = ?1 AND item = ?2 AND quantity > 0";
        let mut statement = self.deciding.reading.connection().prepare_cached(sql)?;
        Ok(statement.query_row(params![line.serial, line.item.0], |_| Ok(())).optional()?.is_some())
    }

    fn value(&mut self, way: Way, item: &Counted, given: Option<Money>, line: &mut Line) -> Result<(), Stopped> {
        if line.from.stored().is_some() {
            if line.to.stored().is_none() {
                let connection = self.deciding.reading.connection();
                let at = (&self.site, self.currency);
                (line.value, line.draws) = cost(connection, at, item, line.quantity, &mut self.taken)?;
            }
            return Ok(());
        }
        line.value = match given {
            Some(money) if money.currency() == self.currency => money.minor(),
            Some(_) => return Err(Refusal::of("cost", Code::OtherCurrency).with("expected", self.currency).into()),
            None if way == Way::Within(MoveType::Receive) => self.usual_cost(item, line.quantity),
            // What comes back, or was found, is worth what its like are.
            None => match worth(self.deciding.reading.connection(), &self.site, &item.id, self.currency)? {
                (there, value) if there > 0 && value > 0 => share(value, line.quantity.0, there),
                _ => self.usual_cost(item, line.quantity),
            },
        };
        Ok(())
    }

    /// What an item usually costs here; nothing where nobody said.
    pub fn usual_cost(&self, item: &Counted, quantity: Quantity) -> i64 {
        let price = item.record.price("cost", &self.deciding.context.home.code, self.currency, self.date);
        price.map_or(0, |price| share(price.minor(), quantity.0, Quantity::ONE.0))
    }

    fn fulfil(&mut self, draft: &DraftLine, line: &mut Line) -> Result<(), Stopped> {
        let text = draft.fulfils.trim();
        if text.is_empty() {
            return Ok(());
        }
        let unknown = || Refusal::of("fulfils", Code::NotCited).with("value", text);
        let sale: RecordId = text.parse().map_err(|_| unknown())?;
        let (stored, _) = self.deciding.posting(&sale)?;
        self.cites.push(stored.entry);
        line.fulfils = Some(sale);
        Ok(())
    }
}
