//! The commands on records as clap reads them. Owns names, options and their help; does nothing.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

/// Commands on records.
#[derive(Debug, Subcommand)]
pub enum RecordCommand {
    /// List records: filtered, sorted, page by page.
    List(RecordList),
    /// Show one record.
    Show {
        /// Which record.
        #[command(flatten)]
        record: RecordRef,
        /// As it stood then: 2026-11-24, or 2026-11-24T10:00:00Z (RFC 3339).
        #[arg(long, value_name = "DATE")]
        at: Option<String>,
        /// The record of this very id, though it was merged into another.
        #[arg(long)]
        itself: bool,
    },
    /// Show what was done to a record, by whom and when.
    History(RecordRef),
    /// Change fields: `phone=…`, `addresses.KEY.city=…`, `addresses+='{"city":"…"}'`.
    Set {
        /// Which record.
        #[command(flatten)]
        record: RecordRef,
        /// What to change.
        #[arg(required = true, value_name = "FIELD=VALUE")]
        assignments: Vec<String>,
    },
    /// Create a record: `name=… kind=organisation …`.
    Create {
        /// Kind of record, such as party (see `kinds`).
        kind: String,
        /// Where it lives, instead of where all of its kind do: `private`, seen by this site and headquarters alone, or a scope that
        /// the organisation defined.
        #[arg(long, value_name = "SCOPE")]
        scope: Option<String>,
        /// Its fields.
        #[arg(required = true, value_name = "FIELD=VALUE")]
        assignments: Vec<String>,
    },
    /// Write a record as one Automerge document, which any Automerge program opens.
    Export {
        /// Which record.
        #[command(flatten)]
        record: RecordRef,
        /// The form: there is one.
        #[arg(long, required = true)]
        automerge: bool,
        /// Where to write it.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Set a record aside; nothing is deleted.
    Archive {
        /// Which record.
        #[command(flatten)]
        record: RecordRef,
        /// Take it back instead.
        #[arg(long)]
        undo: bool,
    },
    /// Take back one change of a record, or all since a moment, where nobody has put anything else since.
    #[command(group(ArgGroup::new("what").args(["change", "to"]).required(true)))]
    Revert {
        /// Which record.
        #[command(flatten)]
        record: RecordRef,
        /// The change, as `record history` names it.
        change: Option<String>,
        /// Make the record what it was then: 2026-11-24, or 2026-11-24T10:00:00Z (RFC 3339).
        #[arg(long, value_name = "DATE")]
        to: Option<String>,
    },
    /// Merge a record into another, which stands for both from then on; nothing is moved.
    Merge {
        /// Kind of record, such as party (see `kinds`).
        kind: String,
        /// The record that becomes an alias.
        from: String,
        /// The record that stands for both.
        into: String,
        /// Let it take over the value of this field; may be given several times.
        #[arg(long, value_name = "FIELD")]
        take: Vec<String>,
    },
    /// Make a merged record one of its own again.
    Unmerge {
        /// Which record.
        #[command(flatten)]
        record: RecordRef,
        /// They are different: do not propose them as duplicates again.
        #[arg(long)]
        distinct: bool,
    },
    /// Let more sites see records that were created with --scope. Each is made anew there; the old one leads to it.
    Share {
        /// Kind of record, such as party (see `kinds`).
        kind: String,
        /// Their ids or references.
        #[arg(required = true)]
        ids: Vec<String>,
        /// A scope that the organisation defined; where all of their kind live when nothing is said.
        #[arg(long, value_name = "SCOPE")]
        scope: Option<String>,
    },
    /// Print a party's address as it stands on an envelope.
    Envelope {
        /// Which party: its id, or a reference that one live party bears.
        party: String,
        /// The key of the address; the first in use when nothing is said.
        #[arg(long, value_name = "KEY")]
        address: Option<String>,
    },
}

/// Names one record.
#[derive(Debug, Args)]
pub struct RecordRef {
    /// Kind of record, such as party (see `kinds`).
    pub kind: String,
    /// Its id, or a reference that one live record bears.
    pub id: String,
}

/// Options of `record list`.
#[derive(Debug, Args)]
pub struct RecordList {
    /// Kind of record, such as party (see `kinds`).
    pub kind: String,
    /// Words to look for, accents and case aside.
    #[arg(long)]
    pub search: Option<String>,
    /// A condition, such as addresses.country=FR, credit[gte]=100, custom.size[in]=S|M; may be given several times. Operators:
    /// eq ne in starts contains empty lt lte gt gte between.
    #[arg(long = "filter", value_name = "FIELD[OPERATOR]=VALUE", value_parser = condition)]
    pub filters: Vec<(String, String)>,
    /// Fields to sort by, such as -customer,name.
    #[arg(long, value_name = "FIELDS", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// Fields to show, separated by commas.
    #[arg(long, value_name = "FIELDS")]
    pub columns: Option<String>,
    /// Fields to add up over all records that match, separated by commas.
    #[arg(long, value_name = "FIELDS")]
    pub totals: Option<String>,
    /// A saved view, by id or name.
    #[arg(long)]
    pub view: Option<String>,
    /// Only archived ones, instead of live ones.
    #[arg(long)]
    pub archived: bool,
    /// Only those with conflicts.
    #[arg(long)]
    pub conflicts: bool,
    /// How many.
    #[arg(long, value_name = "RECORDS")]
    pub limit: Option<u32>,
    /// From after this place on, as the page before named it.
    #[arg(long, value_name = "PLACE")]
    pub after: Option<String>,
    /// Up to this place, as the page after named it.
    #[arg(long, value_name = "PLACE", conflicts_with = "after")]
    pub before: Option<String>,
}

/// The name and the value of a condition.
pub(super) fn condition(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(name, _)| !name.trim().is_empty());
    let (name, value) = parts.ok_or("write FIELD=VALUE or FIELD[OPERATOR]=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}
