//! `comptoir-node`: reads the command line and leaves with the command's status. Owns nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    comptoir_node::cli::main(std::env::args_os())
}
