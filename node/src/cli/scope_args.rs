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

/// A site, in a scope.
#[derive(Debug, Args)]
pub struct Member {
    /// The scope, such as staff:DKR.
    pub scope: String,
    /// The site's code.
    pub site: String,
    /// Only say what it would come to.
    #[arg(long)]
    pub trial: bool,
}

/// Scopes: who holds what, and where it may go.
#[derive(Debug, Subcommand)]
pub enum ScopeCommand {
    /// The residency map: each scope, the sites that hold it, the relays that carry it, the jurisdictions that it is confined to.
    List,
    /// Define a scope of the organisation's own, such as west-africa: its members share a key, and no other site ever receives what is
    /// written there. Only at headquarters, which need not be a member.
    Define {
        /// Its name: 2 to 32 lower-case letters, digits and hyphens.
        name: String,
        /// The codes of its members.
        #[arg(required = true, value_name = "SITE")]
        sites: Vec<String>,
        /// Let its bytes go to these jurisdictions alone: codes of countries or subdivisions, such as SN or CA-QC, or EU.
        #[arg(long, value_name = "JURISDICTION", num_args = 1..)]
        confine: Vec<String>,
        /// Only say what it would come to.
        #[arg(long)]
        trial: bool,
    },
    /// Make a site a member of a scope: it gets the keys, and all that was written there before. Only at headquarters.
    Widen(Member),
    /// Make a site a member no more: it keeps what it has, and gets nothing more. Only at headquarters.
    Narrow(Member),
    /// Give a scope a new key, for the members that stand: what is written from then on is sealed with it. Only at headquarters.
    Rotate {
        /// The scope, such as staff:DKR.
        scope: String,
    },
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
