//! Runs a program from the top of the tree, shows what it prints as it prints it, and keeps the lines. It judges nothing.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// What a program printed (both streams, as they came) and whether it exited with 0.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) lines: Vec<String>,
    pub(super) succeeded: bool,
}

/// A command that runs at the top of the tree and finds the test tools that `.ci/setup` installed.
pub(super) fn command(program: &str, arguments: &[&str]) -> Command {
    let tree = crate::tree();
    let tools =
        ["cargo-nextest", "cargo-deny", "cargo-deb"].map(|tool| tree.join("target/tools").join(tool).join("bin"));
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&tree).stdin(Stdio::null());
    if let Ok(path) = std::env::join_paths(tools.into_iter().chain(std::env::split_paths(&inherited))) {
        command.env("PATH", path);
    }
    command
}

/// Runs `command` to its end.
pub(super) fn run(command: &mut Command) -> io::Result<Ended> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (sender, receiver) = mpsc::channel();
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>),
        child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>),
    ];
    for stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    let lines = receiver.iter().inspect(|line| println!("{line}")).collect();
    Ok(Ended { lines, succeeded: child.wait()?.success() })
}

/// Runs `command` in silence and ends it after `limit`; true if it exited with 0 before that.
pub(super) fn succeeds_within(command: &mut Command, limit: Duration) -> io::Result<bool> {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let deadline = std::time::Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if std::time::Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn both_streams_and_the_exit_are_kept() {
        let ended = run(&mut command("sh", &["-c", "echo out; echo err >&2; exit 3"])).unwrap();
        assert!(!ended.succeeded);
        let mut lines = ended.lines;
        lines.sort();
        assert_eq!(lines, ["err", "out"]);
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        assert!(
            !succeeds_within(&mut command("sh", &["-c", "exec tail -f /dev/null"]), Duration::from_millis(100))
                .unwrap()
        );
        assert!(succeeds_within(&mut command("true", &[]), Duration::from_secs(30)).unwrap());
    }
}
