//! Stock: what lies where, and how it moves. Owns the record types `item` and `item-category` (write class reference:
//! headquarters writes them, unless the organisation loosens one to shared), `location` and `move` (site-owned: a draft of a
//! move is its site's), `pool` (escrow: the keeping site's), and the postings `stock.move`, `stock.dispatch`, `stock.receipt`,
//! `stock.settlement`, `stock.revaluation` and `stock.rights`.
//!
//! Rules in words: what is posted is never changed, and corrected by a posting that takes it back. A location belongs to one
//! site, and its stock is never below zero. Goods on their way to another site are a pair, a dispatch and the receipt that
//! cites it; what did not arrive is a discrepancy until the sender settles it. Of a pool no more rights are given than stock
//! lies there, and no more is sold than a site has rights; what shrinks can always be written down, as a deficit. Cost is
//! frozen when it is posted; later cost is a posting of its own. On hand, reserved, available, in transit and value are
//! derived, never stored in a record. Every rule of a posting is judged by what its own site posted before and by what it
//! cites ([`rules`]), so that every site concludes alike. Never judges a record that another site wrote.

pub mod command;
pub mod posting;
pub mod projection;
pub mod query;
pub mod record;
pub mod rules;

pub use record::KINDS;
