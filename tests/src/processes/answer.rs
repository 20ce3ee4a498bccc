//! One command run to its end: its exit status, what it printed, how long it took. It owns the deadline, and judges nothing
//! until it is asked to.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::failure::Failure;

/// How a command ended.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The command, for messages.
    pub command: String,
    /// Its exit status; `None` when a signal ended it.
    pub exit: Option<i32>,
    /// Standard output.
    pub out: Vec<u8>,
    /// Standard error.
    pub err: String,
    /// From start to end.
    pub took: Duration,
}

impl Answer {
    /// Runs a command to its end; after `limit` it is ended and that is a failure.
    pub fn of(mut command: Command, limit: Duration) -> Result<Self, Failure> {
        let told = told(&command);
        let began = Instant::now();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(Failure::system(format!("cannot start `{told}`")))?;
        let out = collected(child.stdout.take());
        let err = collected(child.stderr.take());
        let rest = |began: Instant| limit.saturating_sub(began.elapsed());
        let printed = out.recv_timeout(limit).and_then(|out| Ok((out, err.recv_timeout(rest(began))?)));
        let Ok((out, err)) = printed else {
            drop(child.kill());
            drop(child.wait());
            return Err(Failure::Endless { command: told, limit });
        };
        let status = child.wait().map_err(Failure::system(format!("cannot wait for `{told}`")))?;
        let err = String::from_utf8_lossy(&err).into_owned();
        Ok(Self { command: told, exit: status.code(), out, err, took: began.elapsed() })
    }

    /// Fails unless the command left with this status.
    pub fn leaving(self, expected: i32) -> Result<Self, Failure> {
        if self.exit == Some(expected) {
            return Ok(self);
        }
        let found = self.exit.map_or_else(|| "a signal".to_owned(), |exit| exit.to_string());
        let said = if self.err.trim().is_empty() { self.text() } else { self.err.trim().to_owned() };
        Err(Failure::Exit { command: self.command, found, expected, said })
    }

    /// Standard output as JSON.
    pub fn json(&self) -> Result<Value, Failure> {
        serde_json::from_slice(&self.out).map_err(|error| self.without(&format!("JSON ({error})")))
    }

    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    /// The code of the problem that a command with `--json` told on standard error.
    pub fn code(&self) -> Result<String, Failure> {
        let problem = self.err.lines().rev().find_map(|line| serde_json::from_str::<Value>(line).ok());
        let code = problem.as_ref().and_then(|problem| problem["error"]["code"].as_str());
        code.map(str::to_owned).ok_or_else(|| self.without("an error code"))
    }

    fn without(&self, what: &str) -> Failure {
        let answer = format!("{}{}", self.text(), self.err);
        Failure::Answer { whose: format!("`{}`", self.command), what: what.to_owned(), answer }
    }
}

/// A command as one would type it, without the folders of the program.
fn told(command: &Command) -> String {
    let name = std::path::Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(std::ffi::OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// All that a stream holds until its end, read aside.
fn collected(stream: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // A stream that breaks off ends there: what is missing shows in the answer.
            drop(stream.read_to_end(&mut bytes));
        }
        drop(sender.send(bytes));
    });
    receiver
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<Answer, Failure> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Answer::of(command, limit)
    }

    #[test]
    fn status_and_code_are_told() {
        let script = r#"echo '{"a":1}'; echo 'a log line' >&2; echo '{"error":{"code":"no-relay"}}' >&2; exit 3"#;
        let answer = shell(script, Duration::from_secs(60)).unwrap();
        assert_eq!((answer.exit, answer.json().unwrap()["a"].as_i64()), (Some(3), Some(1)));
        assert_eq!(answer.code().unwrap(), "no-relay");
        let failure = answer.leaving(0).unwrap_err().to_string();
        assert!(failure.contains("left with 3, expected 0") && failure.contains("no-relay"), "{failure}");
    }

    #[test]
    fn what_does_not_end_is_ended() {
        let failure = shell("exec tail -f /dev/null", Duration::from_millis(50)).unwrap_err();
        assert!(matches!(failure, Failure::Endless { .. }));
    }
}
