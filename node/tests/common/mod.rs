//! What the tests of the commands share: running the real binary in a directory of its own. Owns no test.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used)]

pub mod classed;
pub mod guest;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// What a command left.
#[derive(Debug)]
pub struct Ran {
    pub exit: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Its standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of the problem that it ended with.
    pub fn code(&self) -> String {
        let error: Value = serde_json::from_str(&self.err).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        error["error"]["code"].as_str().unwrap().to_owned()
    }

    /// It was done.
    #[track_caller]
    pub fn well(self) -> Self {
        assert_eq!(self.exit, 0, "{self:?}");
        self
    }

    /// It ended with this status and this code.
    #[track_caller]
    pub fn failed(self, exit: i32, code: &str) -> Self {
        assert_eq!((self.exit, self.code().as_str()), (exit, code), "{self:?}");
        self
    }
}

/// Runs the binary with these arguments as they are.
pub fn bare(arguments: &[&str]) -> Ran {
    ran(Command::new(env!("CARGO_BIN_EXE_comptoir-node")).args(arguments), b"")
}

fn ran(command: &mut Command, input: &[u8]) -> Ran {
    let mut child = command
        .env_remove("COMPTOIR_DATA")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Ran {
        exit: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// One node in a directory of its own.
pub struct TestNode {
    dir: tempfile::TempDir,
}

impl TestNode {
    /// An empty directory.
    pub fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A headquarters.
    pub fn founded() -> Self {
        let node = Self::empty();
        node.run(&["create", "--organisation", "Négoce & Fils", "--site", "PAR", "--country", "FR"]).well();
        node
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("node")
    }

    /// A file beside it.
    pub fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs a command in it, answering in JSON.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"")
    }

    /// Runs a command with something on its standard input.
    pub fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ran {
        ran(command(&self.data()).arg("--json").args(arguments), input)
    }

    /// Runs a command with these variables in its environment.
    pub fn run_where(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
        ran(command(&self.data()).envs(variables.iter().copied()).arg("--json").args(arguments), b"")
    }

    /// Runs a command in it, answering to people.
    pub fn say(&self, arguments: &[&str]) -> Ran {
        ran(command(&self.data()).args(arguments), b"")
    }

    /// Starts its daemon, and waits until its address stands in its directory, which is before it says so itself.
    pub fn start_unheard(&self) -> Daemon {
        let child = self.spawn_daemon(&[], &[]);
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while !self.data().join("api.json").exists() {
            assert!(std::time::Instant::now() < deadline, "the daemon does not come up");
        }
        Daemon { child, address: String::new(), ready: Value::Null }
    }

    fn spawn_daemon(&self, variables: &[(&str, &str)], options: &[&str]) -> Child {
        let mut run = command(&self.data());
        run.envs(variables.iter().copied())
            .args(["--json", "run", "--api", "127.0.0.1:0"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        run.spawn().unwrap()
    }

    /// Starts its daemon, and waits until it answers.
    pub fn start(&self) -> Daemon {
        self.start_with(&[])
    }

    /// Starts its daemon with further options.
    pub fn start_with(&self, options: &[&str]) -> Daemon {
        self.start_where(&[], options)
    }

    /// Starts its daemon with these variables in its environment.
    pub fn start_where(&self, variables: &[(&str, &str)], options: &[&str]) -> Daemon {
        let mut child = self.spawn_daemon(variables, options);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        Daemon { child, address: ready["api"].as_str().unwrap().to_owned(), ready }
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comptoir-node"));
    let others = [
        "COMPTOIR_DATA",
        "COMPTOIR_NODE_CONFIG",
        "COMPTOIR_NODE__UI",
        "COMPTOIR_KEYS_PASSPHRASE_FILE",
        "COMPTOIR_KEYS_CREDENTIAL",
    ];
    for variable in others {
        command.env_remove(variable);
    }
    command.env_remove("CREDENTIALS_DIRECTORY").env("COMPTOIR_LOG", "off").arg("--data").arg(data);
    command
}

/// A daemon that runs; killed when dropped.
pub struct Daemon {
    child: Child,
    pub address: String,
    /// The first line that it printed.
    pub ready: Value,
}

impl Daemon {
    /// Kills it as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop; its exit status.
    #[cfg(unix)]
    pub fn terminate(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
    }
}
