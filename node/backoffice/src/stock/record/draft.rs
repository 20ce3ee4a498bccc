//! A move as it is being prepared: who, what, from where to where. Owns the type and its lines. A draft moves nothing; once it
//! is posted it names its posting and is not changed any more.

use comptoir_replica::record::{Date, Line, Lines, Money, Record, RecordId};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A move of stock that is being prepared.
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "move", class = "site-owned", scope = "trade")]
#[serde(default)]
pub struct Draft {
    /// A number of somebody else's: of the delivery note, of the order.
    #[field(label = "move.reference", group = "what", order = 10, searchable, filterable, listed, widget = "code")]
    pub reference: String,
    /// What kind of move it is; `send` brings goods on their way to another site.
    #[field(
        label = "move.type",
        group = "what",
        order = 20,
        required,
        filterable,
        listed,
        choices("receive", "issue", "transfer", "adjust", "scrap", "return", "send")
    )]
    pub r#type: String,
    /// The day of the papers; the day of posting when nothing is said.
    #[field(label = "move.date", group = "what", order = 30, filterable, listed)]
    pub date: Option<Date>,
    /// Supplier or customer.
    #[field(label = "move.party", group = "what", order = 40, filterable, listed, of = "party")]
    pub party: Option<RecordId>,
    /// From where, for lines that do not say it.
    #[field(label = "move.from", group = "where", order = 110, filterable, listed, of = "location")]
    pub from: Option<RecordId>,
    /// To where, for lines that do not say it.
    #[field(label = "move.to", group = "where", order = 120, filterable, listed, of = "location")]
    pub to: Option<RecordId>,
    /// Of `send`: the code of the site to which it goes.
    #[field(label = "move.to_site", group = "where", order = 130, filterable, listed, widget = "code")]
    pub to_site: String,
    /// What is set aside for it is not available to others.
    #[field(label = "move.reserve", group = "what", order = 50, filterable)]
    pub reserve: bool,
    /// What is moved.
    #[field(label = "move.lines", group = "lines", order = 210)]
    pub lines: Lines<DraftLine>,
    /// What else is to be said of it.
    #[field(label = "move.note", group = "what", order = 60, searchable, widget = "multiline")]
    pub note: String,
    /// The posting that it became; set by posting alone.
    #[field(label = "move.posted", group = "what", order = 70, filterable, listed)]
    pub posted: String,
    /// Out of use.
    #[field(label = "move.archived", filterable)]
    pub archived: bool,
}

/// One line of a draft.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "move-line")]
#[serde(default)]
pub struct DraftLine {
    /// What is moved.
    #[field(label = "move_line.item", required, filterable, listed, of = "item")]
    pub item: Option<RecordId>,
    /// How many; of an adjustment the difference, negative for what is missing.
    #[field(label = "move_line.quantity", required, listed)]
    pub quantity: Option<Decimal>,
    /// In which unit; the item's own when nothing is said.
    #[field(label = "move_line.unit", listed, widget = "code")]
    pub unit: String,
    /// From where.
    #[field(label = "move_line.from", of = "location")]
    pub from: Option<RecordId>,
    /// To where.
    #[field(label = "move_line.to", of = "location")]
    pub to: Option<RecordId>,
    /// Of an item that is tracked by lot: which.
    #[field(label = "move_line.lot", searchable, listed)]
    pub lot: String,
    /// Of a lot that comes in: until when it can be used.
    #[field(label = "move_line.expiry", listed)]
    pub expiry: Option<Date>,
    /// Of an item that is tracked by piece: its number.
    #[field(label = "move_line.serial", searchable, listed)]
    pub serial: String,
    /// Of what comes in: what the whole line cost.
    #[field(label = "move_line.cost", listed)]
    pub cost: Option<Money>,
    /// Of what goes out of a shared pool: the posting that sold it.
    #[field(label = "move_line.fulfils")]
    pub fulfils: String,
    /// Its place among the lines.
    #[field(label = "line.position")]
    pub position: i64,
    /// Out of use.
    #[field(label = "line.archived")]
    pub archived: bool,
}
