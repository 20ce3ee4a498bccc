//! The arguments of `staff`, and of the first account at `create` and `join`. Owns names, options and their help; does nothing.

use clap::{Args, Subcommand};

/// Commands on the accounts of this site.
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Who signs in at this site.
    List,
    /// Make an account, with its first password.
    Add {
        /// The name to sign in with: small letters, digits, `.`, `-` and `_`. The same for ever.
        login: String,
        /// Their name, as people write it; the other when nothing is said.
        #[arg(long)]
        name: Option<String>,
        /// The password is the first line of standard input.
        #[command(flatten)]
        password: FromStdin,
    },
    /// Set an account's password. Whoever is signed in to it is signed out.
    Password {
        /// The name that they sign in with.
        login: String,
        /// The password is the first line of standard input.
        #[command(flatten)]
        password: FromStdin,
    },
    /// Lock an account. Whoever is signed in to it is signed out at once.
    Lock {
        /// The name that they sign in with.
        login: String,
    },
    /// Let a locked account in again.
    Unlock {
        /// The name that they sign in with.
        login: String,
    },
}

/// Where a password comes from: never an argument, which every program of the machine can read.
#[derive(Clone, Copy, Debug, Args)]
pub struct FromStdin {
    /// Take the password from the first line of standard input.
    #[arg(long, required = true)]
    pub password_stdin: bool,
}

/// The first account of a new node.
#[derive(Debug, Args)]
pub struct FirstAccount {
    /// Make a first account of this name, whose password is the first line of standard input.
    #[arg(long, value_name = "NAME", requires = "password_stdin")]
    pub admin: Option<String>,
    /// Take the password of that account from the first line of standard input.
    #[arg(long, requires = "admin")]
    pub password_stdin: bool,
}
