//! The commands: one file each. A command words a request to the HTTP API and shows its answer; it speaks to the daemon when
//! one runs, else it opens the directory itself and calls the same API in process ([`door`]). Owns no rule.

mod access;
mod args;
mod backup;
mod batches;
mod config;
mod confirm;
mod create;
mod demo;
mod digest;
mod direct;
mod direct_args;
mod doctor;
mod door;
mod duration;
mod envelope;
mod export;
mod file_args;
mod generate;
mod import;
mod inbox;
mod invitations;
mod invite;
mod join;
mod keys;
mod keys_args;
mod kinds;
mod lan;
mod merges;
mod moves;
mod new_file;
mod open;
mod organisation_args;
mod outbox;
mod rebuild;
mod record;
mod record_args;
mod record_list;
mod reference;
mod relay;
mod requests;
mod root;
mod run;
mod scope;
mod scope_args;
mod search;
mod show;
mod site;
mod staff;
mod staff_args;
mod status;
mod stock;
mod stock_args;
mod support_bundle;
mod token;
mod told;
mod usage;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::data_dir::DataDir;
use crate::problem::{Class, Code, Problem};

pub use args::{Cli, Command};

/// What every command is given.
pub struct Context {
    data: Option<DataDir>,
    json: bool,
}

/// How a command that ran to its end leaves: done, or (an import with refused rows) refused by a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Exit 0.
    Well,
    /// Exit with this class.
    With(Class),
}

impl Context {
    /// The data directory that was named.
    fn data(&self) -> Result<&DataDir, Problem> {
        let missing = || Problem::new(Code::NotADataDirectory, "No data directory was named");
        self.data.as_ref().ok_or_else(missing)
    }
}

/// Reads the command line, runs the command, says what came of it.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage::told(&error, &arguments),
    };
    let found_in = cli.keys.source();
    let data = cli.data.map(|data| DataDir::new(data).with_passphrase(found_in));
    let context = Context { data, json: cli.json };
    match dispatch(&context, cli.command) {
        Ok(Done::Well) => ExitCode::SUCCESS,
        Ok(Done::With(class)) => ExitCode::from(class.exit()),
        Err(problem) => {
            show::problem(&problem, context.json);
            ExitCode::from(problem.class.exit())
        }
    }
}

fn dispatch(context: &Context, command: Command) -> Result<Done, Problem> {
    match command {
        Command::Create(arguments) => create::run(context, arguments),
        Command::Backup { command } => backup::run(context, command),
        Command::Relay { command } => relay::run(context, command),
        Command::Invite(arguments) => invite::run(context, arguments),
        Command::Invitations { command } => invitations::run(context, &command),
        Command::Keys { command } => keys::run(context, command),
        Command::Root { command } => root::run(context, command),
        Command::Admin { command } => root::admin(context, command),
        Command::Site { command } => site::run(context, command),
        Command::Join(arguments) => join::run(context, arguments),
        Command::Run(arguments) => run::run(context, &arguments),
        Command::Config { command } => config::run(context, &command),
        Command::Open => open::run(context),
        Command::Lan { command } => lan::run(context, &command),
        Command::Direct { command } => direct::run(context, &command),
        Command::Staff { command } => staff::run(context, &command),
        Command::Access { command } => access::run(context, &command),
        Command::Status => status::run(context),
        Command::Digest => digest::run(context),
        Command::Scope { command } => scope::run(context, &command),
        Command::Where(arguments) => scope::holding(context, &arguments),
        Command::Import(arguments) => import::run(context, &arguments),
        Command::Export(arguments) => export::run(context, &arguments),
        Command::Batches { limit } => batches::list(context, limit),
        Command::Undo(arguments) => batches::undo(context, &arguments),
        Command::Search { words, limit } => search::run(context, &words, limit),
        Command::Kinds => kinds::list(context),
        Command::Schema { kind, lang } => kinds::schema(context, &kind, lang),
        Command::Reference { command } => reference::run(context, &command),
        Command::Demo { command } => demo::run(context, &command),
        Command::Record { command } => record::run(context, command),
        Command::Stock { command } => stock::run(context, command),
        Command::Move { command } => moves::run(context, command),
        Command::Transfer { command } => moves::transfer(context, command),
        Command::Rights { command } => moves::rights(context, command),
        Command::Inbox { command } => inbox::run(context, command),
        Command::Outbox => outbox::run(context),
        Command::Merges { limit } => merges::run(context, limit),
        Command::Verify => verify::run(context),
        Command::Rebuild => rebuild::run(context),
        Command::Doctor => doctor::run(context),
        Command::SupportBundle(arguments) => support_bundle::run(context, &arguments),
        Command::Openapi => generate::openapi(),
        Command::Completions { shell } => generate::completions(shell, Cli::command()),
        Command::Man { out } => generate::man(out.as_deref(), Cli::command()),
    }
}
