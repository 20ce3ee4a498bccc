//! The statements that write the tables. Owns their wording, and that what they leave does not depend on the order in which
//! postings of different logs come. Two epochs of a faulty site may give one id to two postings: then amounts add up and the
//! lesser of the texts stays, at every site alike.

pub(super) const EPOCH: &str = "INSERT OR IGNORE INTO stock_epochs VALUES (?1, ?2, ?3)";

pub(super) const POSTING: &str = "
INSERT INTO stock_postings VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, NULL)
ON CONFLICT DO UPDATE SET epoch = excluded.epoch, kind = excluded.kind, type = excluded.type, number = excluded.number,
    date = excluded.date, at_ms = excluded.at_ms, author = excluded.author, reference = excluded.reference,
    note = excluded.note, currency = excluded.currency, party = excluded.party, draft = excluded.draft,
    other = excluded.other, to_site = excluded.to_site
WHERE excluded.epoch < epoch";

pub(super) const REVERSED: &str =
    "UPDATE stock_postings SET reversed_by = min(ifnull(reversed_by, ?2), ?2) WHERE id = ?1 AND scope = ?3";

pub(super) const LINE: &str = "
INSERT INTO stock_lines VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
ON CONFLICT DO UPDATE SET location = min(location, excluded.location), counter = min(counter, excluded.counter),
    lot = min(lot, excluded.lot), serial = min(serial, excluded.serial), expiry = max(expiry, excluded.expiry),
    quantity = quantity + excluded.quantity, value = value + excluded.value, worth = worth + excluded.worth";

pub(super) const ON_HAND: &str = "
INSERT INTO stock_on_hand VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity, expiry = max(expiry, excluded.expiry),
    kind = min(kind, excluded.kind)";

pub(super) const WORTH: &str = "
INSERT INTO stock_worth VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity, value = value + excluded.value";

pub(super) const LAYER: &str = "
INSERT INTO stock_layers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity, value = value + excluded.value,
    taken = taken + excluded.taken";

pub(super) const TRANSIT: &str = "
INSERT INTO stock_transit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, NULL, 0, 0, 0, 0)
ON CONFLICT DO UPDATE SET to_site = min(to_site, excluded.to_site), item = min(item, excluded.item),
    location = min(location, excluded.location), lot = min(lot, excluded.lot), serial = min(serial, excluded.serial),
    expiry = max(expiry, excluded.expiry), currency = min(currency, excluded.currency),
    quantity = quantity + excluded.quantity, value = value + excluded.value";

pub(super) const RECEIVED: &str =
    "UPDATE stock_transit SET receipt = min(ifnull(receipt, ?2), ?2) WHERE dispatch = ?1 AND scope = ?3";

pub(super) const ARRIVED: &str = "
UPDATE stock_transit SET arrived = arrived + ?3, damaged = damaged + ?4 WHERE dispatch = ?1 AND line = ?2 AND scope = ?5";

/// What became of what a receipt lacks: one of the two amounts is zero.
pub(super) const SETTLED: &str = "
UPDATE stock_transit SET lost = lost + ?3, found = found + ?4 WHERE line = ?2 AND scope = ?5
    AND dispatch = (SELECT other FROM stock_postings WHERE id = ?1 AND scope = ?5)";

pub(super) const DRAWN: &str = "UPDATE stock_credits SET drawn = drawn + ?2 WHERE id = ?1 AND scope = ?3";

pub(super) const CREDIT: &str = "
INSERT INTO stock_credits VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)
ON CONFLICT DO UPDATE SET pool = min(pool, excluded.pool), item = min(item, excluded.item),
    location = min(location, excluded.location), act = min(act, excluded.act), to_site = min(to_site, excluded.to_site),
    to_epoch = min(to_epoch, excluded.to_epoch), quantity = quantity + excluded.quantity";

pub(super) const SALE: &str = "
INSERT INTO stock_sales VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)
ON CONFLICT DO UPDATE SET pool = min(pool, excluded.pool), item = min(item, excluded.item),
    location = min(location, excluded.location), party = min(party, excluded.party),
    quantity = quantity + excluded.quantity";

pub(super) const DELIVERED: &str = "UPDATE stock_sales SET delivered = delivered + ?2 WHERE id = ?1 AND scope = ?3";

pub(super) const GRANTED: &str = "
INSERT INTO stock_pools VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET granted = granted + excluded.granted";
