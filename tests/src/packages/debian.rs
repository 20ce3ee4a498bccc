//! Making a Debian in a folder, of the edition that this system is of and from where its apt fetches packages. It owns the keeping of what was
//! fetched, for the next time.

use std::path::Path;
use std::process::Command;

use super::{DEBIAN, INSTALL, SYSTEM};
use crate::processes::{Answer, Failure};

/// Where this system's apt fetches the edition that it is of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mirror {
    address: String,
    edition: String,
}

impl Mirror {
    /// As apt's own settings say; why not, if this is no Debian or the mirror cannot be reached.
    pub fn of_this_system() -> Result<Self, String> {
        let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
        let format = ["indextargets", "--format", "$(RELEASE) $(COMPONENT) $(SITE)", "Created-By: Packages"];
        let targets = said("apt-get", &format).unwrap_or_default();
        let mirror = Self::read(&release, &targets).ok_or("this is no Debian, or its apt has no mirror")?;
        let index = format!("{}/dists/{}/InRelease", mirror.address, mirror.edition);
        let fetched = tempfile::tempdir().map_err(|error| error.to_string())?;
        let file = fetched.path().join("InRelease").to_string_lossy().into_owned();
        match said("/usr/lib/apt/apt-helper", &["download-file", &index, &file]) {
            Some(_) => Ok(mirror),
            None => Err(format!("no Debian can be fetched: {index} is not reached from here")),
        }
    }

    fn read(release: &str, targets: &str) -> Option<Self> {
        let value = |name: &str| {
            let said = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            said.map(|value| value.trim_matches('"').to_owned())
        };
        if value("ID").as_deref() != Some("debian") {
            return None;
        }
        let edition = value("VERSION_CODENAME")?;
        let main = format!("{edition} main ");
        let address = targets.lines().find_map(|line| line.strip_prefix(main.as_str()))?;
        Some(Self { address: address.trim_end_matches('/').to_owned(), edition })
    }

    /// Makes the smallest Debian that has an apt, and starts by a systemd.
    pub fn install(&self, root: &Path) -> Result<(), Failure> {
        let kept = crate::tree().join("target/packages/debian");
        std::fs::create_dir_all(&kept).map_err(Failure::system(format!("cannot make {}", kept.display())))?;
        let kept = kept.canonicalize().map_err(Failure::system(format!("cannot find {}", kept.display())))?;
        let mut command = Command::new("debootstrap");
        command.args(["--variant=minbase", "--include=systemd-sysv"]).arg(format!("--cache-dir={}", kept.display()));
        command.arg(&self.edition).arg(root).arg(&self.address);
        Answer::of(command, DEBIAN)?.leaving(0)?;
        // Names are looked up there as they are here.
        run("cp", &["--dereference", "/etc/resolv.conf"], &[&root.join("etc/resolv.conf")])
    }
}

/// Another machine that is like the first.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    run("cp", &["--archive", "--one-file-system"], &[from, to])
}

/// A file system in memory: what is written there is soon read again and then thrown away.
pub(super) fn mount_memory(at: &Path, mebibytes: u64) -> Result<(), Failure> {
    run("mount", &["-t", "tmpfs", "-o", &format!("size={mebibytes}m,mode=755"), "comptoir-packages"], &[at])
}

/// Keeps to itself what is noted of containers that run here, in this system's own folder for it.
pub(super) fn hide_containers() -> Result<(), Failure> {
    let noted = Path::new("/run/systemd/nspawn");
    std::fs::create_dir_all(noted).map_err(Failure::system(format!("cannot make {}", noted.display())))?;
    mount_memory(noted, 1)
}

/// Does something in a machine that is off and has the processes of this system before it, as maintainer scripts expect.
pub(super) fn with_proc<T>(root: &Path, act: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let proc = root.join("proc");
    run("mount", &["-t", "proc", "proc"], &[&proc])?;
    let done = act()?;
    run("umount", &[], &[&proc])?;
    Ok(done)
}

fn run(program: &str, arguments: &[&str], paths: &[&Path]) -> Result<(), Failure> {
    let mut command = Command::new(program);
    command.args(arguments).args(paths);
    Answer::of(command, INSTALL)?.leaving(0).map(drop)
}

/// What a command of this system prints, if it leaves well.
pub(super) fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments);
    Some(Answer::of(command, SYSTEM).ok()?.leaving(0).ok()?.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_the_one_of_the_systems_own_edition() {
        let release = "ID=debian\nVERSION_CODENAME=bookworm\n";
        let targets =
            "bookworm-security main http://a/security/\nbookworm contrib http://a/x\nbookworm main http://a/debian/\n";
        let found = Mirror::read(release, targets);
        assert_eq!(found, Some(Mirror { address: "http://a/debian".to_owned(), edition: "bookworm".to_owned() }));
        assert_eq!(Mirror::read("ID=ubuntu\nVERSION_CODENAME=bookworm\n", targets), None);
        assert_eq!(Mirror::read("ID=\"debian\"\nVERSION_CODENAME=trixie\n", targets), None);
    }
}
