//! `comptoir-tests packages FOLDER`: installs the Debian packages of a folder on machines made for it, each a Debian in a folder with a
//! systemd and a network of its own, and plays them there as they are shipped: units, settings, users, directories. It owns that all of it
//! ends with it: machines, mounts and processes live in namespaces that go when it goes. It needs root, and a Debian.

mod debian;
mod installed;
mod machine;
mod story;

use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use crate::processes::Failure;
use crate::processes::failure::hold;
use crate::processes::wait::until_every;

/// Until a new Debian stands in its folder, on a slow line and a busy machine.
const DEBIAN: Duration = Duration::from_secs(600);
/// Until the packages and what they want are installed.
const INSTALL: Duration = Duration::from_secs(300);
/// Until a machine is up, or down again.
const BOOT: Duration = Duration::from_secs(180);
/// A command of the system that has little to do.
const SYSTEM: Duration = Duration::from_secs(60);
/// All of the above and the story.
const EVERYTHING: Duration = Duration::from_secs(1800);
/// Between two looks whether all has ended.
const SELDOM: Duration = Duration::from_millis(200);
/// What all machines may hold together, in memory.
const MACHINES_MEBIBYTES: u64 = 3072;

/// Options of `comptoir-tests packages`.
#[derive(Debug, clap::Args)]
#[command(about = "Installs Debian packages on machines made for it, and plays them there; as root, on a Debian")]
pub struct Arguments {
    /// The folder that holds the two packages.
    folder: PathBuf,
    /// Where machines may stand: given to what is in namespaces of its own already.
    #[arg(long, hide = true)]
    apart: Option<PathBuf>,
}

impl Arguments {
    /// Exit 0 if all went as it should.
    pub fn run(self) -> ExitCode {
        let played = match &self.apart {
            Some(place) => story::play(&self.folder, place),
            None => missing().map_or_else(|| self.run_apart(), |why| Err(Failure::Wrong(why))),
        };
        match played {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("{failure:?}");
                ExitCode::FAILURE
            }
        }
    }

    /// The same again, as the first process of namespaces of its own: the kernel ends and unmounts what is left in them.
    fn run_apart(&self) -> Result<(), Failure> {
        let this = std::env::current_exe().map_err(Failure::system("cannot tell where this program lies"))?;
        let place = tempfile::tempdir().map_err(Failure::system("cannot make a folder for machines"))?;
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--", "unshare", "--mount", "--pid", "--fork", "--kill-child=KILL"]);
        command.arg("--mount-proc").arg(this).arg("packages").arg(&self.folder).arg("--apart").arg(place.path());
        let mut child = command.stdin(Stdio::null()).spawn().map_err(Failure::system("cannot start setpriv"))?;
        let look = |child: &mut Child| child.try_wait().map_err(Failure::system("cannot look after the machines"));
        let ended = until_every("packages are played", EVERYTHING, SELDOM, || {
            Ok(look(&mut child)?.ok_or_else(|| "they are being played".to_owned()))
        });
        if ended.is_err() {
            drop(child.kill());
            drop(child.wait());
        }
        let ended = ended?;
        hold(ended.success(), || format!("packages were not played to the end: {ended}"))
    }
}

/// Why packages cannot be tried on this machine; nothing if they can.
pub fn missing() -> Option<String> {
    if debian::said("id", &["-u"]).as_deref().map(str::trim) != Some("0") {
        return Some("a Debian to install packages in is made by root alone".to_owned());
    }
    if debian::said("unshare", &["--mount", "--net", "--pid", "--fork", "--mount-proc", "true"]).is_none() {
        return Some("this system lets nobody make namespaces".to_owned());
    }
    debian::Mirror::of_this_system().err()
}
