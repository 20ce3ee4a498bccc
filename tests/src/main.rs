//! `comptoir-tests`: one door to the tests, the demo, the simulator and the demo data. It owns the list of subcommands
//! and nothing else; each is a module with `Arguments` (its options, a `clap::Args`) and `Arguments::run`.

use std::process::ExitCode;

use clap::Parser;

/// Runs Comptoir's tests, demo and simulations.
#[derive(Parser)]
#[command(name = "comptoir-tests", version, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    subcommand: Subcommand,
}

/// Declares the subcommands: one line each, from its name to its module's options. The name's words become the command.
macro_rules! subcommands {
    ($($(#[$where:meta])? $name:ident => $arguments:ty,)+) => {
        #[derive(clap::Subcommand)]
        enum Subcommand { $($(#[$where])? $name($arguments),)+ }

        impl Subcommand {
            fn run(self) -> ExitCode {
                match self { $($(#[$where])? Subcommand::$name(arguments) => arguments.run(),)+ }
            }
        }
    };
}

subcommands! {
    Test => comptoir_tests::test::Arguments,
    Demo => comptoir_tests::demo::Arguments,
    FreezeData => comptoir_tests::old_data::Arguments,
    DemoData => comptoir_tests::demo_data::Arguments,
    Guide => comptoir_tests::guide::Arguments,
    MakeEdition => comptoir_tests::editions::Arguments,
    #[cfg(unix)]
    Packages => comptoir_tests::packages::Arguments,
    Simulate => comptoir_tests::simulator::Arguments,
    Bench => comptoir_tests::bench::Arguments,
    BenchConsole => comptoir_tests::bench::console::Arguments,
    BenchStock => comptoir_tests::bench::stock::Arguments,
}

fn main() -> ExitCode {
    CommandLine::parse().subcommand.run()
}
