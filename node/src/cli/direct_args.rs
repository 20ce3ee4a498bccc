//! The commands on other sites without a relay between, as clap reads them. Owns names, options and their help; does nothing.

use clap::Subcommand;

/// Commands on other sites without a relay between.
#[derive(Debug, Subcommand)]
pub enum DirectCommand {
    /// Whether other sites come in here, where sites are dialled, and how that stands.
    List,
    /// Let other sites of the organisation in.
    Listen {
        /// Where: an address of this machine, 0.0.0.0 for all that it has; over UDP.
        #[arg(default_value = crate::direct::USUAL_ADDRESS, value_name = "ADDRESS:PORT")]
        address: String,
    },
    /// Let other sites in no more. Those that are dialled from here are still met.
    Shut,
    /// Dial a site at an address from now on.
    Add {
        /// The site's code.
        site: String,
        /// Where it listens.
        #[arg(value_name = "HOST:PORT")]
        address: String,
    },
    /// Dial a site no more.
    Remove {
        /// The site's code.
        site: String,
    },
}
