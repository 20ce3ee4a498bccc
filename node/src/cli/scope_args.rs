//! Scopes on the command line. Owns names, options and their help; does nothing.

use clap::{Args, Subcommand};

/// Which record.
#[derive(Debug, Args)]
pub struct Where {
    /// Kind of record, such as party (see `kinds`).
    pub kind: String,
    /// Its id or reference.
    pub record: String,
}

/// Scopes: who holds what, and where it may go.
#[derive(Debug, Subcommand)]
pub enum ScopeCommand {
    /// The residency map: each scope, the sites that hold it, the relays that carry it, the jurisdictions that it is confined to.
    List,
    /// Let a scope's bytes go to these jurisdictions alone from here on; to every one when none is named. Only at headquarters. What
    /// is elsewhere already stays there.
    Confine {
        /// The scope, such as staff:DKR.
        scope: String,
        /// Codes of countries or subdivisions, such as SN or CA-QC, or EU.
        jurisdictions: Vec<String>,
        /// Only say what it would come to.
        #[arg(long)]
        trial: bool,
    },
}
