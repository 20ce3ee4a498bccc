//! Where the built programs are, and building them with cargo. It never looks for installed ones: what is tested is what the
//! tree says.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use super::failure::Failure;

/// Names a folder with built programs to use as they are.
pub const PROGRAMS_VARIABLE: &str = "COMPTOIR_PROGRAMS";

/// The two programs.
#[derive(Clone, Debug)]
pub struct Programs {
    /// `comptoir-node`.
    pub node: PathBuf,
    /// `comptoir-relay`.
    pub relay: PathBuf,
}

impl Programs {
    /// The programs of the folder that [`PROGRAMS_VARIABLE`] names, else those beside this one: as they are if no source that
    /// went into them is newer, else built first.
    pub fn ready() -> Result<Self, Failure> {
        if std::env::var_os(PROGRAMS_VARIABLE).is_some() {
            return Self::as_built();
        }
        let programs = Self::in_folder(&folder()?);
        if programs.each().into_iter().all(is_current) { Ok(programs) } else { Self::build() }
    }

    /// The programs as they lie there.
    pub fn as_built() -> Result<Self, Failure> {
        let folder = std::env::var_os(PROGRAMS_VARIABLE).map_or_else(folder, |named| Ok(PathBuf::from(named)))?;
        let programs = Self::in_folder(&folder);
        if let Some(missing) = programs.each().into_iter().find(|path| !path.exists()) {
            return Err(Failure::Build { what: format!("there is no {}", missing.display()) });
        }
        Ok(programs)
    }

    /// Builds both with cargo. `comptoir-tests` is named with them, so that all three agree on the features of what they lean
    /// on and nothing is compiled twice.
    pub fn build() -> Result<Self, Failure> {
        let folder = folder()?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["build", "--locked", "--quiet", "--bins"]);
        command.args(["-p", "comptoir-node", "-p", "comptoir-relay", "-p", "comptoir-tests"]);
        if folder.file_name().is_some_and(|name| name == "release") {
            command.arg("--release");
        }
        if let Some(target) = folder.parent() {
            command.env("CARGO_TARGET_DIR", target);
        }
        let built = command.current_dir(crate::tree()).stdin(Stdio::null()).output();
        let built = built.map_err(Failure::system("cannot start cargo"))?;
        if !built.status.success() {
            let what = String::from_utf8_lossy(&built.stderr).into_owned();
            return Err(Failure::Build { what });
        }
        Ok(Self::in_folder(&folder))
    }

    fn in_folder(folder: &Path) -> Self {
        let program = |name: &str| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        Self { node: program("comptoir-node"), relay: program("comptoir-relay") }
    }

    fn each(&self) -> [&Path; 2] {
        [&self.node, &self.relay]
    }
}

/// The folder that cargo puts programs in: this one's own, or the one above it for a test.
fn folder() -> Result<PathBuf, Failure> {
    let this = std::env::current_exe().map_err(Failure::system("cannot tell where this program lies"))?;
    let folder = this.parent().unwrap_or(Path::new("."));
    let is_test = folder.file_name().is_some_and(|name| name == "deps");
    Ok(if is_test { folder.parent().unwrap_or(folder) } else { folder }.to_owned())
}

/// Whether a program is at least as new as each source that cargo lists beside it (`NAME.d`: `program: source source`).
fn is_current(program: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    let (Some(built), Ok(list)) = (changed(program), std::fs::read_to_string(program.with_extension("d"))) else {
        return false;
    };
    sources(&list).all(|source| changed(&source).unwrap_or(SystemTime::UNIX_EPOCH) <= built)
}

fn sources(list: &str) -> impl Iterator<Item = PathBuf> {
    const ESCAPED_SPACE: &str = "\\ ";
    let sources = list.lines().next().and_then(|line| line.split_once(": ")).map_or("", |(_, sources)| sources);
    let joined = sources.replace(ESCAPED_SPACE, "\0");
    let paths: Vec<PathBuf> =
        joined.split(' ').filter(|path| !path.is_empty()).map(|path| path.replace('\0', " ").into()).collect();
    paths.into_iter()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn sources_are_read_from_cargos_list() {
        let found: Vec<PathBuf> = sources("/t/debug/x: /a/lib.rs /b\\ c/main.rs\n").collect();
        assert_eq!(found, [Path::new("/a/lib.rs"), Path::new("/b c/main.rs")]);
    }

    #[test]
    fn a_program_older_than_its_source_is_not_current() {
        let dir = tempfile::tempdir().unwrap();
        let [program, list, source] = ["x", "x.d", "x.rs"].map(|name| dir.path().join(name));
        std::fs::write(&program, "").unwrap();
        assert!(!is_current(&program), "without a list nobody knows");
        std::fs::write(&source, "").unwrap();
        std::fs::write(&list, format!("{}: {}\n", program.display(), source.display())).unwrap();
        let old = SystemTime::UNIX_EPOCH;
        std::fs::File::options().write(true).open(&source).unwrap().set_modified(old).unwrap();
        assert!(is_current(&program));
        std::fs::File::options().write(true).open(&program).unwrap().set_modified(old).unwrap();
        std::fs::File::options().write(true).open(&source).unwrap().set_modified(SystemTime::now()).unwrap();
        assert!(!is_current(&program));
    }
}
