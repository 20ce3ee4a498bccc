//! The relay's command. Owns nothing: arguments, commands and exit codes are [`comptoir_relay::cli`]'s.

fn main() -> std::process::ExitCode {
    comptoir_relay::cli::main()
}
