//! The command line as clap reads it: a contract for scripts. Owns names, options and their help; does nothing.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::cli::backup::BackupCommand;
use crate::cli::config::ConfigCommand;
use crate::cli::direct_args::DirectCommand;
pub use crate::cli::file_args::{Export, Format, Import, Undo};
use crate::cli::keys_args::{AdminCommand, KeysCommand, KeysOpened, RootCommand};
pub use crate::cli::organisation_args::{Create, InvitationsCommand, Invite, Join, RelayCommand, Removal, SiteCommand};
use crate::cli::record_args::RecordCommand;
use crate::cli::scope_args::{ScopeCommand, Where};
use crate::cli::staff_args::{AccessCommand, StaffCommand};
use crate::cli::stock_args::{MoveCommand, RightsCommand, StockCommand, TransferCommand};
use crate::cli::support_bundle::SupportBundle;
use crate::cli::told::Told;

/// One site's back office: works without a line, reconciles when there is one.
///
/// Exit status: 0 done, 1 refused by a rule, 2 wrong usage, 3 unreachable, 4 damaged.
#[derive(Debug, Parser)]
#[command(name = "comptoir-node", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    /// The node's data directory.
    #[arg(long, global = true, env = "COMPTOIR_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Answer in JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// How sealed keys are opened.
    #[command(flatten)]
    pub keys: KeysOpened,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Found an organisation; this node becomes its headquarters.
    Create(Create),
    /// Relays of the organisation.
    Relay {
        /// What to do.
        #[command(subcommand)]
        command: RelayCommand,
    },
    /// Invite a new site: prints the code that it joins with.
    Invite(Invite),
    /// Invitations that are open.
    Invitations {
        /// What to do.
        #[command(subcommand)]
        command: InvitationsCommand,
    },
    /// The seal on this node's key files.
    Keys {
        /// What to do.
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// The organisation's root key: its copy, taking it off this machine, bringing it back.
    Root {
        /// What to do.
        #[command(subcommand)]
        command: RootCommand,
    },
    /// Admin keys, which do the daily work of headquarters.
    Admin {
        /// What to do.
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Sites of the organisation: how they stand, removing and letting back.
    Site {
        /// What to do.
        #[command(subcommand)]
        command: SiteCommand,
    },
    /// Join an organisation with a code from headquarters.
    Join(Join),
    /// Run the daemon until it is asked to stop; in an empty directory, set a node up from its screens first.
    Run(Told),
    /// Look at the daemon's settings.
    Config {
        /// What to do.
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Make a link that signs a browser on this machine in, once.
    Open,
    /// The door on the local network, for browsers and windows on other machines of the branch.
    Lan {
        /// What to do.
        #[command(subcommand)]
        command: LanCommand,
    },
    /// Scopes: who holds what, and where it may go.
    Scope {
        /// What to do.
        #[command(subcommand)]
        command: ScopeCommand,
    },
    /// Which sites hold a record.
    Where(Where),
    /// Other sites without a relay between.
    Direct {
        /// What to do.
        #[command(subcommand)]
        command: DirectCommand,
    },
    /// Who signs in at this site by name and password.
    Staff {
        /// What to do.
        #[command(subcommand)]
        command: StaffCommand,
    },
    /// Who was shown what of persons, pay, health and courts here.
    Access {
        /// What to do.
        #[command(subcommand)]
        command: AccessCommand,
    },
    /// How the node stands.
    Status,
    /// Hashes over what is held and what it amounts to, to compare with another node's.
    Digest,
    /// Import records from a CSV file or a workbook; good rows are kept, bad ones listed.
    Import(Import),
    /// Export records.
    Export(Export),
    /// List imports and other acts over many records.
    Batches {
        /// How many.
        #[arg(long, value_name = "BATCHES")]
        limit: Option<usize>,
    },
    /// Take back an import, or another act over many records, as one.
    Undo(Undo),
    /// Search through records of all kinds.
    Search {
        /// What to look for: words or their beginnings, accents and case aside.
        #[arg(required = true)]
        words: Vec<String>,
        /// How many of each kind.
        #[arg(long, value_name = "RECORDS")]
        limit: Option<usize>,
    },
    /// The kinds of record that there are.
    Kinds,
    /// What records of a kind are made of: JSON Schema with hints for forms and lists.
    Schema {
        /// Kind of record, such as party (see `kinds`).
        kind: String,
        /// Language of names: fr or en; the site's own when nothing is said.
        #[arg(long)]
        lang: Option<String>,
    },
    /// Countries, subdivisions and currencies.
    Reference {
        /// What to do.
        #[command(subcommand)]
        command: ReferenceCommand,
    },
    /// Made-up records to look round with.
    Demo {
        /// What to do.
        #[command(subcommand)]
        command: DemoCommand,
    },
    /// Lists of records, and single ones.
    Record {
        /// What to do.
        #[command(subcommand)]
        command: RecordCommand,
    },
    /// What lies where, what of it is free, what it is worth.
    Stock {
        /// What to look at.
        #[command(subcommand)]
        command: StockCommand,
    },
    /// Moves of stock within this site, into it and out of it.
    Move {
        /// What to do.
        #[command(subcommand)]
        command: MoveCommand,
    },
    /// Transfers of stock between sites.
    Transfer {
        /// What to do.
        #[command(subcommand)]
        command: TransferCommand,
    },
    /// Rights to sell from a shared pool.
    Rights {
        /// What to do.
        #[command(subcommand)]
        command: RightsCommand,
    },
    /// Conflicts, duplicates and other work made of broken expectations.
    Inbox {
        /// What to do.
        #[command(subcommand)]
        command: InboxCommand,
    },
    /// What no relay has acknowledged as durable yet.
    Outbox,
    /// Records of which several sites changed different fields at once, so that nobody was asked.
    Merges {
        /// How many.
        #[arg(long, value_name = "RECORDS")]
        limit: Option<usize>,
    },
    /// Check everything that is stored, and rebuild what follows from it beside it to compare.
    Verify,
    /// Copies of all that this node holds, and putting one back.
    Backup {
        /// What to do.
        #[command(subcommand)]
        command: BackupCommand,
    },
    /// Make cells and tables anew from the log.
    Rebuild,
    /// Look for trouble: disk, clock, keys, line, inbox.
    Doctor,
    /// Write what helps whoever helps into one file: checks, counts, settings; no keys, nothing of any record.
    SupportBundle(SupportBundle),
    /// Print the description of the HTTP API (OpenAPI 3.1).
    Openapi,
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one for each command into a directory.
    Man {
        /// Where to write the pages.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// Commands on demo data.
#[derive(Debug, Subcommand)]
pub enum DemoCommand {
    /// Put them in, as one act. At headquarters.
    Add,
    /// Take them out again; what somebody changed since stays.
    Remove,
}

/// Commands on the door on the local network.
#[derive(Debug, Subcommand)]
pub enum LanCommand {
    /// Whether it is open, what its certificate is, who was let in.
    Show,
    /// Open it.
    Open {
        /// Where: an address of this machine, 0.0.0.0 for all that it has.
        #[arg(default_value = crate::lan::USUAL_ADDRESS, value_name = "ADDRESS:PORT")]
        address: String,
    },
    /// Shut it. Devices stay let in, for when it is opened again.
    Shut,
    /// Make a link that lets one browser or window in, once.
    Invite {
        /// By which of the node's addresses; the likeliest when nothing is said.
        #[arg(long, value_name = "ADDRESS:PORT")]
        address: Option<String>,
    },
    /// Let a device in no more.
    SendAway {
        /// Which (see `lan show`).
        id: String,
    },
}

/// Commands on reference data.
#[derive(Debug, Subcommand)]
pub enum ReferenceCommand {
    /// Make or change the records that differ from the edition that this program ships. At headquarters.
    Update {
        /// Say what would be done, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Commands on the inbox.
#[derive(Debug, Subcommand)]
pub enum InboxCommand {
    /// List what is in it.
    List {
        /// Only this kind: conflict, duplicate-reference, edited-archived, merged-both-ways, merged-into-archived, possible-duplicate,
        /// discrepancy, deficit, sold-after-all, stock-below-zero, expiring-lot, uncosted, quarantined, parked.
        #[arg(long)]
        kind: Option<String>,
    },
    /// Settle an item.
    Resolve(InboxResolve),
}

/// Options of `inbox resolve`.
#[derive(Debug, Args)]
pub struct InboxResolve {
    /// Which item.
    pub id: String,
    /// Keep the value in this place of the item's list, from 1; the last is the one that is shown everywhere now.
    #[arg(long, conflicts_with = "value", value_name = "N")]
    pub take: Option<usize>,
    /// Set this value instead.
    #[arg(long)]
    pub value: Option<String>,
}
