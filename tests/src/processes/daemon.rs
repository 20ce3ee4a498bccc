//! A long-lived child: started with its output in a log file, stopped by SIGTERM or killed with -9, and killed when its owner
//! is dropped. On Linux it also dies with the thread that started it (`setpriv --pdeathsig`, where there is one), so that
//! nothing outlives a test or a demo that is itself killed: start daemons from a thread that lives as long as they should.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;

use super::failure::Failure;
use super::limits::{LOG_TAIL_LINES, STOP};
use super::wait::until;

/// A running process of ours.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    who: String,
    log: PathBuf,
}

impl Daemon {
    /// Starts `command`; what it prints is appended to `log`.
    pub fn start(who: &str, command: &Command, log: &Path) -> Result<Self, Failure> {
        let opened = File::options().create(true).append(true).open(log);
        let file = opened.map_err(Failure::system(format!("cannot open {}", log.display())))?;
        let twin = file.try_clone().map_err(Failure::system(format!("cannot open {}", log.display())))?;
        let mut bound = bound_to_this_thread(command);
        bound.stdin(Stdio::null()).stdout(file).stderr(twin);
        let child = bound.spawn().map_err(Failure::system(format!("cannot start {who}")))?;
        Ok(Self { child, who: who.to_owned(), log: log.to_owned() })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its log.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// How it left, if it did.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>, Failure> {
        self.child.try_wait().map_err(Failure::system(format!("cannot look after {}", self.who)))
    }

    /// Fails if it has left.
    pub fn alive(&mut self) -> Result<(), Failure> {
        match self.ended()? {
            None => Ok(()),
            Some(status) => Err(Failure::Died {
                who: self.who.clone(),
                status: status.to_string(),
                log: self.log.clone(),
                tail: tail(&self.log),
            }),
        }
    }

    /// Waits until it has left.
    pub fn left(&mut self) -> Result<ExitStatus, Failure> {
        let what = format!("{} has ended", self.who);
        until(&what, STOP, || Ok(self.ended()?.ok_or_else(|| "it runs".to_owned())))
    }

    /// SIGKILL: no code of its own runs any more.
    pub fn kill(mut self) -> Result<(), Failure> {
        self.child.kill().map_err(Failure::system(format!("cannot kill {}", self.who)))?;
        self.child.wait().map_err(Failure::system(format!("cannot wait for {}", self.who))).map(drop)
    }

    /// SIGKILL, unless it has left by itself; whether it had to be killed.
    pub fn kill_if_running(mut self) -> Result<bool, Failure> {
        match self.ended()? {
            Some(_) => Ok(false),
            None => self.kill().map(|()| true),
        }
    }

    /// SIGTERM, and its exit status; killed if it does not heed.
    pub fn stop(mut self) -> Result<Option<i32>, Failure> {
        self.ask_to_stop()?;
        self.left().map(|status| status.code())
    }

    /// SIGTERM, without waiting.
    pub fn ask_to_stop(&mut self) -> Result<(), Failure> {
        if self.ended()?.is_some() {
            return Ok(());
        }
        // std sends only SIGKILL; the shell's own `kill` is everywhere.
        let sent = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &self.pid().to_string()]).status();
        sent.map(drop).map_err(Failure::system(format!("cannot ask {} to stop", self.who)))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The last lines of a log.
pub fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n")
}

fn bound_to_this_thread(command: &Command) -> Command {
    static SETPRIV: OnceLock<bool> = OnceLock::new();
    let has_setpriv = *SETPRIV.get_or_init(|| {
        let tried = Command::new("setpriv").args(["--pdeathsig", "KILL", "true"]).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    });
    let mut bound = if has_setpriv {
        let mut bound = Command::new("setpriv");
        bound.args(["--pdeathsig", "KILL", "--"]).arg(command.get_program());
        bound
    } else {
        Command::new(command.get_program())
    };
    bound.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => bound.env(name, value),
            None => bound.env_remove(name),
        };
    }
    bound
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shell(dir: &Path, script: &str) -> Daemon {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Daemon::start("a shell", &command, &dir.join("log")).unwrap()
    }

    #[test]
    fn it_stops_when_asked_and_its_words_are_in_the_log() {
        let dir = tempfile::tempdir().unwrap();
        let daemon =
            shell(dir.path(), "trap 'echo bye; exit 7' TERM; echo up; while :; do tail -f /dev/null & wait $!; done");
        until("it is up", STOP, || Ok(if tail(daemon.log()).contains("up") { Ok(()) } else { Err(String::new()) }))
            .unwrap();
        assert_eq!(daemon.stop().unwrap(), Some(7));
        assert!(tail(&dir.path().join("log")).contains("bye"));
    }

    #[test]
    fn one_that_ends_by_itself_is_told_with_its_last_words() {
        let dir = tempfile::tempdir().unwrap();
        let mut daemon = shell(dir.path(), "echo no such port >&2; exit 1");
        daemon.left().unwrap();
        let died = daemon.alive().unwrap_err().to_string();
        assert!(died.contains("no such port") && died.contains("exit status: 1"), "{died}");
    }

    #[test]
    fn it_dies_with_the_thread_that_started_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_owned();
        // The thread waits for the child's first word: were it gone before `setpriv` has asked for the signal, none would come.
        let starter = std::thread::spawn(move || {
            let daemon = shell(&path, "echo up; exec tail -f /dev/null");
            until("it is up", STOP, || Ok(if tail(daemon.log()).contains("up") { Ok(()) } else { Err(String::new()) }))
                .unwrap();
            daemon
        });
        let mut daemon = starter.join().unwrap();
        if Command::new("setpriv").arg("--version").output().is_ok() {
            assert!(daemon.left().unwrap().code().is_none());
        }
    }
}
