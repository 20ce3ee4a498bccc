//! `comptoir-tests demo`: a relay and three branches on this machine, with the demo data. Without options it starts them and
//! says where to look until Ctrl-C; with `--check` it plays the whole story (story.rs) without a person and leaves with 0 or 1.
//! It owns the options, the folder and what is said of a failure.

mod play;
mod shown;
mod story;
mod trade;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crate::processes::Programs;
use play::Play;

/// The demo's parties are the same at every run.
const SEED: u64 = 1;
/// Parties that headquarters imports.
const PARTIES: usize = 10_000;

/// Options of `comptoir-tests demo`.
#[derive(Debug, clap::Args)]
#[command(about = "A relay and three branches on this machine, with demo data")]
pub struct Arguments {
    /// Plays the whole story without a person; exit 0 if it ends well.
    #[arg(long)]
    check: bool,
    /// Takes the programs as they are built.
    #[arg(long)]
    built: bool,
    /// Keeps everything in this directory, and goes on with what an earlier demo left there; else a temporary one is used.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Stops by itself after this many seconds.
    #[arg(long = "for", value_name = "SECONDS", conflicts_with = "check")]
    seconds: Option<u64>,
}

impl Arguments {
    /// Runs the demo; exit 1 if a step fails.
    pub fn run(self) -> ExitCode {
        let (root, temporary) = match self.folder() {
            Ok(folder) => folder,
            Err(error) => {
                eprintln!("cannot make a directory for the demo: {error}");
                return ExitCode::FAILURE;
            }
        };
        let mut play = Play::begin();
        let built = self.built;
        let programs = play.step("node and relay are built", || {
            if built { Programs::as_built() } else { Programs::build() }.map(|programs| (programs, String::new()))
        });
        let ended = programs.and_then(|programs| {
            if self.check {
                story::play(&mut play, &programs, &root)
            } else {
                shown::show(&mut play, &programs, &root, self.seconds.map(Duration::from_secs))
            }
        });
        match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                println!("FAILED at the step \"{}\": {failure}", play.last());
                // A failure is looked into: what it left behind stays.
                let kept = temporary.map_or(root, tempfile::TempDir::keep);
                println!("logs and data lie in {}", kept.display());
                ExitCode::FAILURE
            }
        }
    }

    fn folder(&self) -> std::io::Result<(PathBuf, Option<tempfile::TempDir>)> {
        match &self.data {
            Some(named) => {
                std::fs::create_dir_all(named)?;
                Ok((named.canonicalize()?, None))
            }
            None => {
                let made = tempfile::Builder::new().prefix("comptoir-demo-").tempdir()?;
                Ok((made.path().to_owned(), Some(made)))
            }
        }
    }
}
