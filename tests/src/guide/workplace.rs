//! A copy of the tree to work in, with a copy of what is compiled already, so that only what the guide changes is compiled. It
//! owns both and removes them; the tree itself is never touched.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::page::Answer;
use crate::processes::Failure;

/// Cargo's settings for the copy: the crates that the guide changes, or that stand on them.
const UNOPTIMISED: &str = "[profile.dev.package]
comptoir-backoffice = { opt-level = 0 }
comptoir-node = { opt-level = 0 }
";

/// The copy.
#[derive(Debug)]
pub(super) struct Workplace {
    // Removed with it.
    _root: tempfile::TempDir,
    tree: PathBuf,
    target: PathBuf,
    scratch: PathBuf,
}

impl Workplace {
    /// Copies what git knows of the tree, and links what cargo has compiled beside this program.
    pub fn copy() -> Result<Self, Failure> {
        let built = std::env::current_exe().map_err(Failure::system("cannot tell where this program lies"))?;
        let profile = built.parent().unwrap_or(Path::new(".")).to_owned();
        // On the same file system as what is compiled, for that is linked and not copied.
        let root = tempfile::tempdir_in(&profile).map_err(Failure::system("cannot make a folder to work in"))?;
        let [tree, target, scratch] = ["tree", "target", "scratch"].map(|name| root.path().join(name));
        // Cargo reads the settings of every folder above the tree: what is compiled here runs once, and is not optimised for it.
        let settings = root.path().join(".cargo");
        std::fs::create_dir_all(&settings)
            .and_then(|()| std::fs::write(settings.join("config.toml"), UNOPTIMISED))
            .map_err(Failure::system("cannot write the settings of the copy"))?;
        let linked = target.join(profile.file_name().unwrap_or_default());
        for folder in [&tree, &linked, &scratch] {
            std::fs::create_dir_all(folder).map_err(Failure::system("cannot make a folder to work in"))?;
        }
        let copy = "git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for f; do if [ -e \"$f\" ]; then cp --parents \"$f\" \"$TO\"; fi; done' sh";
        shell(&crate::tree(), copy, &[("TO", &tree)])?;
        // Old artefacts of our own crates are named by the path of the tree: those of the copy do not meet them.
        shell(&profile, "cp -al deps build .fingerprint \"$TO\"", &[("TO", &linked)])?;
        Ok(Self { _root: root, tree, target, scratch })
    }

    /// Writes a new file.
    pub fn write(&self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.tree.join(path);
        if path.exists() {
            return Err(Failure::Wrong(format!("{} is there already", path.display())));
        }
        std::fs::write(&path, text).map_err(Failure::system(format!("cannot write {}", path.display())))
    }

    /// Adds lines behind the one line that reads so.
    pub fn add(&self, path: &str, after: &str, text: &str) -> Result<(), Failure> {
        let path = self.tree.join(path);
        let old = std::fs::read_to_string(&path).map_err(Failure::system(format!("cannot read {}", path.display())))?;
        if old.lines().filter(|line| *line == after).count() != 1 {
            return Err(Failure::Wrong(format!("{} has not one line {after:?}", path.display())));
        }
        let new: String = old
            .lines()
            .map(|line| if line == after { format!("{line}\n{text}") } else { format!("{line}\n") })
            .collect();
        std::fs::write(&path, new).map_err(Failure::system(format!("cannot write {}", path.display())))
    }

    /// Runs a command as a person would, beside the programs that the copy's build made.
    pub fn run(&self, command: &str, expected: &Option<Answer>) -> Result<(), Failure> {
        let programs = self.target.join(if cfg!(debug_assertions) { "debug" } else { "release" });
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
        // Cargo is given the copy; everything else works in a folder of its own.
        let folder = if command.starts_with("cargo ") { &self.tree } else { &self.scratch };
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1; {command}")])
            .current_dir(folder)
            .env("PATH", path)
            .env("DIR", self.scratch.join("data"))
            .env("CARGO_TARGET_DIR", &self.target)
            .stdin(Stdio::null())
            .output()
            .map_err(Failure::system("cannot start a shell"))?;
        let said = String::from_utf8_lossy(&output.stdout).trim_end().replace("\r\n", "\n");
        let status = output.status.code().unwrap_or(-1);
        match expected {
            None if status == 0 => Ok(()),
            Some(answer) if answer.status == status && answer.is(&said) => Ok(()),
            _ => Err(Failure::Wrong(format!("`{command}` left with {status} and said:\n{said}"))),
        }
    }
}

fn shell(folder: &Path, script: &str, named: &[(&str, &Path)]) -> Result<(), Failure> {
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(folder).stdin(Stdio::null());
    command.envs(named.iter().copied());
    let output = command.output().map_err(Failure::system("cannot start a shell"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Failure::Wrong(format!("{script}: {}", String::from_utf8_lossy(&output.stderr))))
}
