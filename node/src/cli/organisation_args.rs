//! The command line of who belongs: founding, inviting, joining, relays, removal.

use std::time::Duration;

use clap::{Args, Subcommand};

use crate::cli::duration;
use crate::cli::staff_args::FirstAccount;
use crate::profile::ProfileRequest;

/// What is said of a site.
#[derive(Debug, Args)]
pub struct Site {
    /// Short code of the site, unique in the organisation: PAR.
    #[arg(long = "site", value_name = "CODE")]
    pub code: String,
    /// Country, ISO 3166-1 alpha-2; the other options follow from it.
    #[arg(long)]
    pub country: String,
    /// Name for people.
    #[arg(long)]
    pub name: Option<String>,
    /// Currency, ISO 4217.
    #[arg(long)]
    pub currency: Option<String>,
    /// Locale, BCP 47.
    #[arg(long)]
    pub locale: Option<String>,
    /// Time zone, IANA name.
    #[arg(long)]
    pub time_zone: Option<String>,
    /// Whose law the data is under.
    #[arg(long)]
    pub jurisdiction: Option<String>,
}

impl From<Site> for ProfileRequest {
    fn from(site: Site) -> Self {
        let Site { code, country, name, currency, locale, time_zone, jurisdiction } = site;
        Self { code, country, name, jurisdiction, time_zone, currency, locale }
    }
}

/// Options of `create`.
#[derive(Debug, Args)]
pub struct Create {
    /// Name of the organisation.
    #[arg(long)]
    pub organisation: String,
    /// The headquarters.
    #[command(flatten)]
    pub site: Site,
    /// Code of a relay to take into service, as `comptoir-relay init` printed it.
    #[arg(long, value_name = "CODE")]
    pub relay: Option<String>,
    /// The first account.
    #[command(flatten)]
    pub first: FirstAccount,
}

/// Commands on relays.
#[derive(Debug, Subcommand)]
pub enum RelayCommand {
    /// Take a relay into service.
    Add {
        /// As `comptoir-relay init` printed it.
        code: String,
    },
    /// List the relays.
    List,
    /// Retire a relay: sessions with it end, and it gets nothing more. At headquarters.
    Retire {
        /// The pin of its key, or its address (see `relay list`).
        relay: String,
        /// Also when it is the only one: sites meet directly alone then, where they reach each other.
        #[arg(long)]
        yes: bool,
    },
}

/// Options of `invite`.
#[derive(Debug, Args)]
pub struct Invite {
    /// The site that is invited.
    #[command(flatten)]
    pub site: Option<Site>,
    /// A request that is granted: its site is invited.
    #[arg(long, value_name = "ID", required_unless_present = "code", conflicts_with = "Site")]
    pub request: Option<String>,
    /// How long the code is valid.
    #[arg(long, default_value = "7d", value_parser = duration::parse, value_name = "TIME")]
    pub expires: Duration,
}

/// Commands on invitations.
#[derive(Debug, Subcommand)]
pub enum InvitationsCommand {
    /// List those that were neither used nor withdrawn. Their codes are not shown again.
    List,
    /// Withdraw one: its code is good for nothing from then on.
    Withdraw {
        /// Which, as the list names it.
        id: String,
    },
}

/// Commands on sites.
#[derive(Debug, Subcommand)]
pub enum SiteCommand {
    /// List the sites, and how many entries of each have no effect.
    List,
    /// Give a site another name; its code stays. At headquarters.
    Rename {
        /// The site's code.
        code: String,
        /// What it is to be called.
        name: String,
    },
    /// Remove a site until it is resumed: what it writes from here on has no effect. At headquarters.
    Suspend(Removal),
    /// Let a suspended site back: all that it wrote counts. At headquarters.
    Resume {
        /// The site's code.
        code: String,
    },
    /// Remove a site for good: what it writes from here on has no effect. At headquarters.
    Revoke(Removal),
    /// Let what is held of a removed site count, though it lies past its cut. At headquarters.
    Adopt(Removal),
    /// Ask headquarters for a new site. At any site.
    Ask {
        /// The site.
        #[command(flatten)]
        site: Site,
        /// Why it is wished for.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// List the sites that are asked for.
    Requests,
    /// Decline a request. At headquarters.
    Decline {
        /// Which, as the list names it.
        id: String,
        /// What to say to it.
        #[arg(long, value_name = "TEXT", default_value = "")]
        answer: String,
    },
    /// Bind new keys of a site, which its node made with `keys renew`. Where an admin key is.
    Rekey {
        /// The site's code.
        code: String,
        /// As `keys renew` printed it there.
        request: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

/// A site, and whether to ask.
#[derive(Debug, Args)]
pub struct Removal {
    /// The site's code.
    pub code: String,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
}

/// Options of `join`.
#[derive(Debug, Args)]
pub struct Join {
    /// As `invite` printed it.
    pub code: String,
    /// How long to wait for headquarters.
    #[arg(long, default_value = "60s", value_parser = duration::parse, value_name = "TIME")]
    pub wait: Duration,
    /// The first account.
    #[command(flatten)]
    pub first: FirstAccount,
}
