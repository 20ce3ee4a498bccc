//! The command line of whole files and of acts over many records, as clap reads it. Owns names, options and their help.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::record_args::condition;

/// Options of `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Kind of record, such as party (see `kinds`).
    pub kind: String,
    /// A CSV file, a workbook (XLSX) or a file of vCards; - for standard input.
    pub file: PathBuf,
    /// Say what would be done, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Write just what the dry run said: refused when the file, or its columns, are other ones now.
    #[arg(long, value_name = "PLAN", conflicts_with = "dry_run")]
    pub plan: Option<String>,
    /// A saved mapping: which column of the file is which.
    #[arg(long, value_name = "NAME")]
    pub mapping: Option<String>,
    /// Which column of the file is which, where its name does not tell: 'Nom du client=name'; nothing after = leaves it out. May
    /// be given several times.
    #[arg(long, value_name = "COLUMN IN THE FILE=COLUMN HERE")]
    pub map: Vec<String>,
    /// Save the mapping under this name.
    #[arg(long, value_name = "NAME", requires = "map")]
    pub save_mapping: Option<String>,
    /// The sheet of a workbook; the first that holds something when nothing is said.
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
}

/// Forms of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values, as `import` takes them.
    Csv,
    /// JSON: whole records.
    Json,
    /// A workbook, as `import` takes it.
    Xlsx,
    /// Parties as cards for address books (vCard 4.0), as `import` takes them.
    Vcard,
}

/// Options of `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// Kind of record, such as party (see `kinds`).
    pub kind: String,
    /// Form; when nothing is said, what the ending of FILE says: .csv, .json, .xlsx or .vcf; else csv.
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Where to write it, instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Only records that contain these words.
    #[arg(long)]
    pub search: Option<String>,
    /// Only records that meet this condition, as for `record list`; may be given several times.
    #[arg(long = "filter", value_name = "FIELD[OPERATOR]=VALUE", value_parser = condition)]
    pub filters: Vec<(String, String)>,
    /// Fields to sort by, such as -customer,name.
    #[arg(long, value_name = "FIELDS", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// Columns to write, separated by commas; all when nothing is said.
    #[arg(long, value_name = "COLUMNS")]
    pub columns: Option<String>,
    /// A saved view, by id or name.
    #[arg(long)]
    pub view: Option<String>,
    /// Only archived records, instead of live ones.
    #[arg(long)]
    pub archived: bool,
    /// Columns for every line of a record, contacts.2.value.
    #[arg(long)]
    pub all_lines: bool,
}

/// Options of `undo`.
#[derive(Debug, Args)]
pub struct Undo {
    /// The batch, as `import` or `batches` named it.
    pub batch: String,
    /// The code of the site that did it; this one when nothing is said.
    #[arg(long, value_name = "CODE")]
    pub site: Option<String>,
}
