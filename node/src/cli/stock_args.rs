//! The commands on stock as clap reads them. Owns names, options and their help; does nothing.

use clap::{Args, Subcommand, ValueEnum};

/// Commands that look at stock.
#[derive(Debug, Subcommand)]
pub enum StockCommand {
    /// What there is of an item, place by place.
    OnHand {
        /// Which item: its id or code.
        item: String,
        /// At this site alone: its code.
        #[arg(long, value_name = "SITE")]
        at_site: Option<String>,
        /// At this location alone: its id or reference.
        #[arg(long)]
        location: Option<String>,
        /// As the papers of this day had it: 2026-11-24.
        #[arg(long, value_name = "DAY")]
        at: Option<String>,
    },
    /// What there is of each item and what of it is free.
    Availability {
        /// Words of items, or beginnings of words.
        #[arg(long)]
        search: Option<String>,
        /// At this site alone: its code.
        #[arg(long, value_name = "SITE")]
        at_site: Option<String>,
        /// `next` of the page before.
        #[arg(long, value_name = "PLACE")]
        after: Option<String>,
        /// How many items: 50, at most 1,000.
        #[arg(long, value_name = "ITEMS")]
        limit: Option<u32>,
    },
    /// What stock is worth, by site and currency.
    Value {
        /// Of this site alone: its code.
        #[arg(long, value_name = "SITE")]
        at_site: Option<String>,
        /// As of this day: 2026-11-24.
        #[arg(long, value_name = "DAY")]
        at: Option<String>,
    },
    /// Pools, and who may still sell how much from them.
    Rights {
        /// This pool alone: its id or code.
        pool: Option<String>,
    },
    /// What was posted, the last one first.
    Postings {
        /// By this site alone: its code.
        #[arg(long, value_name = "SITE")]
        at_site: Option<String>,
        /// Those before this one: its id.
        #[arg(long, value_name = "POSTING")]
        before: Option<String>,
        /// How many: 50, at most 1,000.
        #[arg(long, value_name = "POSTINGS")]
        limit: Option<u32>,
    },
    /// One posting, line by line.
    Show {
        /// Its id.
        posting: String,
    },
    /// Post a cost that is known after the goods came in.
    Revalue {
        /// Which item: its id or code.
        item: String,
        /// By how much the stock is worth more: `12.34 EUR`; below zero for less.
        #[arg(allow_hyphen_values = true)]
        amount: String,
        /// Why.
        #[arg(long, default_value = "")]
        note: String,
    },
}

/// Commands on moves within a site, into it and out of it.
#[derive(Debug, Subcommand)]
pub enum MoveCommand {
    /// Prepare a move: nothing is moved until it is posted.
    Draft {
        /// What kind: receive, issue, transfer, adjust, scrap, return, send.
        #[arg(value_name = "TYPE")]
        what: String,
        /// Fields of the draft: `from=MAIN`, `party=C-1`, `reserve=yes` …
        #[arg(value_name = "FIELD=VALUE")]
        fields: Vec<String>,
        /// A line: `item=NAIL quantity=2 unit=box lot=L1 cost=12EUR`; may be given several times.
        #[arg(long = "line", value_name = "LINE")]
        lines: Vec<String>,
        /// Post it at once.
        #[arg(long)]
        post: bool,
    },
    /// Post a draft: what it says is done, and stays as it is.
    Post {
        /// The draft's id.
        draft: String,
    },
    /// Take a posted move back.
    Reverse {
        /// The posting's id.
        posting: String,
    },
}

/// Commands on transfers between sites.
#[derive(Debug, Subcommand)]
pub enum TransferCommand {
    /// Send goods to another site.
    Send {
        /// The code of the site.
        #[arg(long, value_name = "SITE")]
        to: String,
        /// Where they are taken from: a location of this site.
        #[arg(long, value_name = "LOCATION")]
        from: String,
        /// A line: `item=NAIL quantity=2 unit=box lot=L1`; may be given several times.
        #[arg(long = "line", value_name = "LINE", required = true)]
        lines: Vec<String>,
    },
    /// Receive what another site sent: all of it, unless lines say otherwise.
    Receive {
        /// The dispatch's id.
        dispatch: String,
        /// Where it is put: a location of this site.
        #[arg(long, value_name = "LOCATION")]
        to: String,
        /// What is otherwise: `line=1 quantity=30 damaged=2 to=HOLD cost=120EUR`; may be given several times.
        #[arg(long = "line", value_name = "LINE")]
        lines: Vec<String>,
    },
    /// List transfers that are under way or came short, from and to this site.
    List {
        /// Those that are done with, too.
        #[arg(long)]
        all: bool,
    },
    /// Show one, line by line.
    Show {
        /// The dispatch's id.
        dispatch: String,
    },
    /// Say what became of what did not arrive of a transfer that this site sent.
    Settle {
        /// The dispatch's id.
        dispatch: String,
        /// The line, from 1.
        #[arg(long)]
        line: u32,
        /// Lost, or found where it was sent from.
        #[arg(long)]
        outcome: Outcome,
    },
}

/// What became of goods.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Outcome {
    /// They are gone.
    Lost,
    /// They lie where they were sent from.
    Found,
}

/// Commands on rights to pools.
#[derive(Debug, Subcommand)]
pub enum RightsCommand {
    /// Give a site rights to sell from a pool that this site keeps.
    Grant(RightsTo),
    /// Give rights that this site holds to another site.
    Pass(RightsTo),
    /// Give rights back to the keeper.
    Return(RightsOf),
    /// Sell from a pool, by rights that this site holds.
    Spend {
        /// How much, from which pool.
        #[command(flatten)]
        of: RightsOf,
        /// To whom: id or reference.
        #[arg(long)]
        party: Option<String>,
    },
    /// Take rights that were given back out of the world: the stock is free again.
    Retire(RightsOf),
    /// Take back all that a site which is revoked held of a pool that this site keeps.
    Reclaim {
        /// The pool: its id or code.
        pool: String,
        /// The code of the site.
        site: String,
    },
    /// Grant what is free, by what each site sold or equally, as the pool's policy has it.
    ShareOut {
        /// The pool: its id or code.
        pool: String,
        /// The codes of the sites; all that hold rights or sold when none is named.
        #[arg(value_name = "SITE")]
        among: Vec<String>,
        /// Say what would be granted, and grant nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Rights to a pool.
#[derive(Debug, Args)]
pub struct RightsOf {
    /// The pool: its id or code.
    pub pool: String,
    /// How much.
    pub quantity: String,
    /// In which unit; the item's own when nothing is said.
    #[arg(long, default_value = "")]
    pub unit: String,
    /// What else is to be said.
    #[arg(long, default_value = "")]
    pub note: String,
}

/// Rights to a pool, for a site.
#[derive(Debug, Args)]
pub struct RightsTo {
    /// How much, from which pool.
    #[command(flatten)]
    pub of: RightsOf,
    /// The code of the site.
    #[arg(long, value_name = "SITE")]
    pub to: String,
}
