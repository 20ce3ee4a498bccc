//! `account`: who may sign in at the console. Owns the words. It writes in the console's book, beside the relay if one runs: whoever is kept
//! out or reset is signed out at their next request.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Common, Failure, print};
use crate::clock;
use crate::console::account::{Account, Role, typed_name};
use crate::console::book::Book;
use crate::console::book::accounts::LastOne;
use crate::console::book::audit::By;
use crate::console::code;
use crate::data_dir::{DirError, KEY_FILE};
use crate::entropy;
use crate::limits::SETUP_CODE_LIFETIME_MS;

/// Commands on the console's accounts.
#[derive(Debug, Subcommand)]
pub(super) enum AccountCommand {
    /// Make an account. The set-up code that is printed is good for 24 hours, once.
    Add {
        /// What they sign in with: small letters, digits, `.`, `-` and `_`.
        name: String,
        /// What they may.
        #[arg(long, value_enum)]
        role: Role,
        #[command(flatten)]
        common: Common,
    },
    /// Who may sign in.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Keep somebody out. Whoever is signed in to the account is signed out at once.
    Disable(OneAccount),
    /// Let somebody in again.
    Enable(OneAccount),
    /// Take somebody's password and second factor away, and print a new set-up code.
    Reset(OneAccount),
}

#[derive(Debug, Args)]
pub(super) struct OneAccount {
    /// What they sign in with.
    name: String,
    #[command(flatten)]
    common: Common,
}

impl AccountCommand {
    pub(super) fn json(&self) -> bool {
        self.common().json
    }

    fn common(&self) -> &Common {
        match self {
            Self::Add { common, .. } | Self::List { common } => common,
            Self::Disable(one) | Self::Enable(one) | Self::Reset(one) => &one.common,
        }
    }
}

#[derive(Serialize)]
struct Given {
    name: String,
    setup_code: String,
    until: String,
}

#[derive(Serialize)]
struct Listed {
    accounts: Vec<Account>,
}

#[derive(Serialize)]
struct Changed {
    name: String,
    disabled: bool,
}

pub(super) fn account(command: &AccountCommand) -> Result<(), Failure> {
    let common = command.common();
    let dir = &common.data;
    if !dir.join(KEY_FILE).exists() {
        return Err(DirError::NotInitialised { dir: dir.clone() }.into());
    }
    let (book, json) = (Book::open(dir)?, common.json);
    let by = By { account: None, address: None, at_ms: clock::now_ms() };
    match command {
        AccountCommand::Add { name, role, .. } => {
            let (name, setup_code) = (typed_name(name), new_code());
            book.add(&by, &name, *role, code::hash(&setup_code))?;
            given(json, &by, name, setup_code)
        }
        AccountCommand::Reset(OneAccount { name, .. }) => {
            let setup_code = new_code();
            book.reset(&by, name, code::hash(&setup_code))?;
            given(json, &by, name.clone(), setup_code)
        }
        AccountCommand::List { .. } => {
            let listed = Listed { accounts: book.accounts(by.at_ms)? };
            print(json, &listed, || words(&listed.accounts))
        }
        AccountCommand::Disable(OneAccount { name, .. }) => {
            book.disable(&by, name, true, LastOne::MayGo)?;
            let changed = Changed { name: name.clone(), disabled: true };
            print(json, &changed, || format!("{name} is kept out, and signed out everywhere."))
        }
        AccountCommand::Enable(OneAccount { name, .. }) => {
            book.disable(&by, name, false, LastOne::MayGo)?;
            print(json, &Changed { name: name.clone(), disabled: false }, || format!("{name} can sign in again."))
        }
    }
}

fn new_code() -> String {
    code::shown(&entropy::bytes::<{ code::SETUP_CODE_BYTES }>())
}

fn given(json: bool, by: &By, name: String, setup_code: String) -> Result<(), Failure> {
    let until = clock::rfc3339(by.at_ms.saturating_add(SETUP_CODE_LIFETIME_MS));
    let given = Given { name, setup_code, until };
    print(json, &given, || {
        format!(
            "Hand this code to {}, who sets password and second factor with it in the console until {}. It is good once, and not shown again:\n\n{}",
            given.name, given.until, given.setup_code
        )
    })
}

fn words(accounts: &[Account]) -> String {
    if accounts.is_empty() {
        return "Nobody has an account: `comptoir-relay account add NAME --role administrator` makes the first one."
            .into();
    }
    let state = |account: &Account| match account {
        Account { disabled: true, .. } => "kept out".to_owned(),
        Account { set_up: true, recovery_codes, .. } => format!("can sign in, {recovery_codes} recovery codes left"),
        Account { setup_until: Some(until), .. } => format!("to be set up until {until}"),
        Account { .. } => "not set up, and its code is too old".to_owned(),
    };
    let line = |account: &Account| format!("{}  {}  {}", account.name, account.role.text(), state(account));
    accounts.iter().map(line).collect::<Vec<_>>().join("\n")
}
