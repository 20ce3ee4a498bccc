//! The arguments of `staff` and `access`, and of the first account at `create` and `join`. Owns names, options and their help; does nothing.

use clap::{Args, Subcommand};

use crate::limits::ACCESSES;

/// Commands on the accounts of this site.
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Who signs in at this site.
    List,
    /// Make an account, with its first password; that of a script has none.
    Add {
        /// The name to sign in with: small letters, digits, `.`, `-` and `_`. The same for ever.
        login: String,
        /// Their name, as people write it; the other when nothing is said.
        #[arg(long)]
        name: Option<String>,
        /// A role that they have; as often as there are roles. Without one they sign in, and see nothing.
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        /// The first password.
        #[command(flatten)]
        password: FirstPassword,
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
    /// Which roles there are, and what each grants.
    Roles,
    /// Give somebody a role. It holds from their next request on.
    Grant {
        /// The name that they sign in with.
        login: String,
        /// The role's key: `everything`, `reader`, or one of the organisation's own.
        role: String,
    },
    /// Take a role from somebody. It holds from their next request on.
    Withdraw {
        /// The name that they sign in with.
        login: String,
        /// The role's key.
        role: String,
    },
    /// Tokens for scripts: whoever bears one is its account.
    Token {
        /// What to do.
        #[command(subcommand)]
        command: TokenCommand,
    },
}

/// Commands on tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make one. Its secret is printed this once.
    Create {
        /// The name of the account.
        login: String,
        /// What it is for, for people.
        label: String,
        /// Its last day; without one it holds until it is revoked.
        #[arg(long, value_name = "YYYY-MM-DD")]
        until: Option<String>,
    },
    /// Which there are, and when each was last used.
    List,
    /// Revoke one. Whatever bears it is out at once.
    Revoke {
        /// Which (see `staff token list`).
        id: String,
    },
}

/// Commands on the access log.
#[derive(Debug, Subcommand)]
pub enum AccessCommand {
    /// Answers of this node that bore values of persons, pay, health or courts, the last ones first.
    List {
        /// How many.
        #[arg(long, default_value_t = ACCESSES)]
        limit: u32,
    },
}

/// Where a password comes from: never an argument, which every program of the machine can read.
#[derive(Clone, Copy, Debug, Args)]
pub struct FromStdin {
    /// Take the password from the first line of standard input.
    #[arg(long, required = true)]
    pub password_stdin: bool,
}

/// The first password of an account.
#[derive(Clone, Copy, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct FirstPassword {
    /// Take it from the first line of standard input.
    #[arg(long)]
    pub password_stdin: bool,
    /// It has none: nobody signs in by it, and tokens alone let in.
    #[arg(long)]
    pub without_password: bool,
}

/// The first account of a new node.
#[derive(Debug, Args)]
pub struct FirstAccount {
    /// Make a first account of this name, which has the role `everything`, and whose password is the first line of standard input.
    #[arg(long, value_name = "NAME", requires = "password_stdin")]
    pub admin: Option<String>,
    /// Take the password of that account from the first line of standard input.
    #[arg(long, requires = "admin")]
    pub password_stdin: bool,
}
