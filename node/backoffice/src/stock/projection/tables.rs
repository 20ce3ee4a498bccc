//! The definition of the tables. Quantities are in millionths of the item's own unit, values in minor units.

use crate::projection::ModuleTables;

/// `stock_postings`: a row a posting. `stock_lines`: a row for each place that a line takes from or adds to, `quantity` and
/// `value` with their sign, `counter` what stood at the other end. `stock_on_hand`, `stock_worth`: their sums. `stock_layers`:
/// what came in by one line, and how much of it has left. `stock_transit`: lines of dispatches, and what became of them.
/// `stock_credits`: rights that were given, `drawn` of them by their holder or taken back; `stock_sales`: what was sold by rights, `delivered` of it;
/// `stock_pools`: rights that are out. `stock_epochs`: in which epochs sites posted.
pub static TABLES: ModuleTables = ModuleTables {
    create: "
CREATE TABLE stock_postings (id BLOB NOT NULL, scope BLOB NOT NULL, site BLOB NOT NULL, epoch BLOB NOT NULL,
    kind TEXT NOT NULL, type TEXT NOT NULL, number INTEGER NOT NULL, date TEXT NOT NULL, at_ms INTEGER NOT NULL,
    author TEXT NOT NULL, reference TEXT NOT NULL, note TEXT NOT NULL, currency TEXT NOT NULL, party BLOB, draft BLOB,
    other BLOB, to_site BLOB, reversed_by BLOB, PRIMARY KEY (id, scope)) WITHOUT ROWID;
CREATE INDEX stock_postings_by_date ON stock_postings (date, id);
CREATE INDEX stock_postings_by_other ON stock_postings (other) WHERE other IS NOT NULL;
CREATE TABLE stock_lines (item BLOB NOT NULL, site BLOB NOT NULL, date TEXT NOT NULL, posting BLOB NOT NULL,
    line INTEGER NOT NULL, side INTEGER NOT NULL, scope BLOB NOT NULL, location BLOB NOT NULL, counter TEXT NOT NULL,
    lot TEXT NOT NULL, serial TEXT NOT NULL, expiry TEXT NOT NULL, quantity INTEGER NOT NULL, value INTEGER NOT NULL,
    worth INTEGER NOT NULL, PRIMARY KEY (item, site, date, posting, line, side)) WITHOUT ROWID;
CREATE INDEX stock_lines_by_posting ON stock_lines (posting);
CREATE TABLE stock_epochs (site BLOB NOT NULL, epoch BLOB NOT NULL, scope BLOB NOT NULL,
    PRIMARY KEY (site, epoch, scope)) WITHOUT ROWID;
CREATE TABLE stock_on_hand (item BLOB NOT NULL, location BLOB NOT NULL, lot TEXT NOT NULL, serial TEXT NOT NULL,
    site BLOB NOT NULL, scope BLOB NOT NULL, expiry TEXT NOT NULL, kind TEXT NOT NULL, quantity INTEGER NOT NULL,
    PRIMARY KEY (item, location, lot, serial, scope)) WITHOUT ROWID;
CREATE INDEX stock_on_hand_by_location ON stock_on_hand (location, item);
CREATE INDEX stock_on_hand_by_serial ON stock_on_hand (serial, item) WHERE serial <> '';
CREATE INDEX stock_on_hand_by_expiry ON stock_on_hand (expiry) WHERE expiry <> '' AND quantity > 0;
CREATE INDEX stock_on_hand_short ON stock_on_hand (item) WHERE quantity < 0;
CREATE TABLE stock_worth (site BLOB NOT NULL, item BLOB NOT NULL, currency TEXT NOT NULL, scope BLOB NOT NULL,
    quantity INTEGER NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (site, item, currency, scope)) WITHOUT ROWID;
CREATE TABLE stock_layers (item BLOB NOT NULL, site BLOB NOT NULL, posting BLOB NOT NULL, line INTEGER NOT NULL,
    scope BLOB NOT NULL, quantity INTEGER NOT NULL, value INTEGER NOT NULL, taken INTEGER NOT NULL,
    PRIMARY KEY (item, site, posting, line, scope)) WITHOUT ROWID;
CREATE TABLE stock_transit (dispatch BLOB NOT NULL, line INTEGER NOT NULL, scope BLOB NOT NULL, from_site BLOB NOT NULL,
    to_site BLOB NOT NULL, item BLOB NOT NULL, location BLOB NOT NULL, lot TEXT NOT NULL, serial TEXT NOT NULL,
    expiry TEXT NOT NULL, currency TEXT NOT NULL, quantity INTEGER NOT NULL, value INTEGER NOT NULL, receipt BLOB,
    arrived INTEGER NOT NULL, damaged INTEGER NOT NULL, lost INTEGER NOT NULL, found INTEGER NOT NULL,
    PRIMARY KEY (dispatch, line, scope)) WITHOUT ROWID;
CREATE INDEX stock_transit_by_item ON stock_transit (item, to_site);
CREATE INDEX stock_transit_short ON stock_transit (from_site) WHERE receipt IS NOT NULL AND arrived + lost + found < quantity;
CREATE TABLE stock_credits (id BLOB NOT NULL, scope BLOB NOT NULL, pool BLOB NOT NULL, item BLOB NOT NULL,
    location BLOB NOT NULL, act TEXT NOT NULL, from_site BLOB NOT NULL, to_site BLOB NOT NULL, to_epoch BLOB NOT NULL,
    quantity INTEGER NOT NULL, drawn INTEGER NOT NULL, PRIMARY KEY (id, scope)) WITHOUT ROWID;
CREATE INDEX stock_credits_by_pool ON stock_credits (pool, to_site, to_epoch);
CREATE INDEX stock_credits_overdrawn ON stock_credits (pool) WHERE drawn > quantity;
CREATE TABLE stock_sales (id BLOB NOT NULL, scope BLOB NOT NULL, pool BLOB NOT NULL, item BLOB NOT NULL,
    location BLOB NOT NULL, site BLOB NOT NULL, party BLOB, quantity INTEGER NOT NULL, delivered INTEGER NOT NULL,
    PRIMARY KEY (id, scope)) WITHOUT ROWID;
CREATE INDEX stock_sales_by_pool ON stock_sales (pool, site);
CREATE TABLE stock_pools (location BLOB NOT NULL, item BLOB NOT NULL, scope BLOB NOT NULL, granted INTEGER NOT NULL,
    PRIMARY KEY (location, item, scope)) WITHOUT ROWID;
",
    drop: "
DROP TABLE IF EXISTS stock_postings; DROP TABLE IF EXISTS stock_lines; DROP TABLE IF EXISTS stock_on_hand;
DROP TABLE IF EXISTS stock_worth; DROP TABLE IF EXISTS stock_layers; DROP TABLE IF EXISTS stock_transit;
DROP TABLE IF EXISTS stock_epochs; DROP TABLE IF EXISTS stock_credits; DROP TABLE IF EXISTS stock_sales; DROP TABLE IF EXISTS stock_pools;
",
    state: &[
        "stock_postings",
        "stock_epochs",
        "stock_lines",
        "stock_on_hand",
        "stock_worth",
        "stock_layers",
        "stock_transit",
        "stock_credits",
        "stock_sales",
        "stock_pools",
    ],
    write: |_, _, _| Ok(()),
};
