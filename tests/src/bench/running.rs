//! A program under measurement: started, followed, asked what it used of the machine, stopped. Owns reading /proc.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::events::{Events, may_concern};
use crate::processes::failure::hold;
use crate::processes::limits::{CONVERGE, LONG_COMMAND, LOOK_AGAIN_SOON, START};
use crate::processes::site::number;
use crate::processes::wait::until_every;
use crate::processes::{Api, Daemon, Failure, Site};

/// Ticks of `/proc/PID/stat` a second: what the kernel promises to programs (`USER_HZ`).
const TICKS_A_SECOND: f64 = 100.0;

/// What a process used since it began.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Used {
    /// The most memory that it held at one time, MiB.
    pub(super) rss_mib: f64,
    /// Seconds of processor, its own and the system's for it.
    pub(super) cpu_seconds: f64,
}

/// What a running process has used so far.
pub(super) fn used(pid: u32) -> Result<Used, Failure> {
    let read = |name: &str| {
        let path = format!("/proc/{pid}/{name}");
        std::fs::read_to_string(&path).map_err(Failure::system(format!("cannot read {path}")))
    };
    let (status, stat) = (read("status")?, read("stat")?);
    let missing = || Failure::Wrong(format!("/proc/{pid} lacks a figure:\n{status}\n{stat}"));
    Ok(Used {
        rss_mib: peak_kib(&status).ok_or_else(missing)? / 1024.0,
        cpu_seconds: ticks(&stat).ok_or_else(missing)? / TICKS_A_SECOND,
    })
}

fn peak_kib(status: &str) -> Option<f64> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// User and system time; the command's name, in parentheses, may hold anything.
fn ticks(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    Some(fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?)
}

/// A node that runs.
pub(super) struct RunningNode {
    code: String,
    daemon: Daemon,
    /// Its API.
    pub(super) api: Api,
    /// What it tells.
    pub(super) events: Events,
    /// When its process was started.
    pub(super) began: Instant,
    /// From then until its API answered.
    pub(super) start_seconds: f64,
}

/// A node whose process was started and who is not asked yet.
pub(super) struct StartingNode {
    site: (String, std::path::PathBuf),
    daemon: Daemon,
    began: Instant,
}

impl StartingNode {
    /// Starts the process.
    pub(super) fn of(site: &Site) -> Result<Self, Failure> {
        // What an earlier process left there would lead nowhere.
        drop(std::fs::remove_file(site.dir.join("api.json")));
        let command = site.command(&["run", "--api", "127.0.0.1:0"]);
        let began = Instant::now();
        let daemon = Daemon::start(&format!("the node of {}", site.code), &command, &site.log)?;
        Ok(Self { site: (site.code.clone(), site.dir.clone()), daemon, began })
    }

    /// Waits until its events are followed.
    pub(super) fn followed(mut self) -> Result<RunningNode, Failure> {
        let (code, dir) = self.site;
        let api = until_every(&format!("the node of {code} answers"), START, LOOK_AGAIN_SOON, || {
            self.daemon.alive()?;
            Ok(Api::of(&code, &dir, LONG_COMMAND).ok_or_else(|| "no api.json".to_owned()))
        })?;
        let events = Events::of(&api)?;
        let start_seconds = self.began.elapsed().as_secs_f64();
        Ok(RunningNode { code, daemon: self.daemon, api, events, began: self.began, start_seconds })
    }
}

impl RunningNode {
    /// What it used.
    pub(super) fn used(&self) -> Result<Used, Failure> {
        used(self.daemon.pid())
    }

    /// Waits until a field of a record has this value here; when that was seen.
    pub(super) fn sees(&self, record: &str, field: &str, value: &str) -> Result<Instant, Failure> {
        let path = format!("/api/v1/records/party/{record}");
        let mut last = String::new();
        self.told("a record arrives", |event| {
            if event.is_some_and(|event| !may_concern(event, record)) {
                return Ok(Err(last.clone()));
            }
            let found = self.api.send("GET", &path, None)?.body;
            last = format!("{field} of {record}: {}", found["fields"][field]);
            Ok(if found["fields"][field].as_str() == Some(value) { Ok(()) } else { Err(last.clone()) })
        })
    }

    /// Waits until a relay has acknowledged everything; when that was seen.
    pub(super) fn is_empty_handed(&self) -> Result<Instant, Failure> {
        self.told("the outbox is empty", |event| {
            if event.is_some_and(|event| event["event"].as_str() != Some("status")) {
                return Ok(Err("no word of the line".to_owned()));
            }
            let outbox = number(&self.code, &self.api.get("/api/v1/status")?, "outbox")?;
            Ok(if outbox == 0 { Ok(()) } else { Err(format!("{outbox} entries")) })
        })
    }

    /// Waits until its line to the relay is there.
    pub(super) fn is_connected(&self) -> Result<Instant, Failure> {
        self.told("the line is there", |_| {
            let status = self.api.get("/api/v1/status")?;
            let state = status["relay"]["state"].as_str().unwrap_or_default().to_owned();
            Ok(if state == "connected" { Ok(()) } else { Err(state) })
        })
    }

    /// Looks once, and then at each event, until it is so; when the event came that brought it.
    fn told(
        &self,
        what: &str,
        mut look: impl FnMut(Option<&Value>) -> Result<Result<(), String>, Failure>,
    ) -> Result<Instant, Failure> {
        let mut last = match look(None)? {
            Ok(()) => return Ok(Instant::now()),
            Err(last) => last,
        };
        let ends = Instant::now() + CONVERGE;
        loop {
            let rest = ends.saturating_duration_since(Instant::now());
            let Some((came, event)) = self.events.next(rest) else {
                let what = format!("{what} at {}", self.code);
                return Err(Failure::Deadline { what, limit: CONVERGE, last });
            };
            match look(Some(&event))? {
                Ok(()) => return Ok(came),
                Err(seen) => last = seen,
            }
        }
    }

    /// How many parties it has.
    pub(super) fn parties(&self) -> Result<u64, Failure> {
        number(&self.code, &self.api.get("/api/v1/records/party?limit=1")?, "total")
    }

    /// Stops it in good order.
    pub(super) fn stop(self) -> Result<(), Failure> {
        stop(&format!("the node of {}", self.code), self.daemon)
    }
}

/// SIGTERM; it must leave with 0.
pub(super) fn stop(who: &str, daemon: Daemon) -> Result<(), Failure> {
    let exit = daemon.stop()?;
    hold(exit == Some(0), || format!("{who} left with {exit:?} when asked to stop"))
}

/// The moments at which a log says these words, as seconds of the day.
pub(super) fn moments(log: &Path, words: &str) -> Result<Vec<f64>, Failure> {
    let text = std::fs::read_to_string(log).map_err(Failure::system(format!("cannot read {}", log.display())))?;
    Ok(text.lines().filter(|line| line.contains(words)).filter_map(second_of_day).collect())
}

/// Of a line that begins with an RFC 3339 time.
fn second_of_day(line: &str) -> Option<f64> {
    let (_, time) = line.split_once('T')?;
    let (time, _) = time.split_once('Z')?;
    let mut parts = time.split(':').map(|part| part.parse::<f64>().ok());
    Some(parts.next()?? * 3600.0 + parts.next()?? * 60.0 + parts.next()??)
}

/// From one second of the day to a later one.
pub(super) fn seconds_between(from: f64, to: f64) -> f64 {
    (to - from).rem_euclid(Duration::from_secs(24 * 3600).as_secs_f64())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn figures_of_proc_are_read() {
        assert_eq!(peak_kib("Name:\tx\nVmHWM:\t  2048 kB\nVmRSS:\t 1 kB\n"), Some(2048.0));
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 100 0 0 0 12 5 0 0 20 0 1 0 9 9 9";
        assert_eq!(ticks(stat), Some(17.0));
        assert!(used(std::process::id()).unwrap().rss_mib > 0.0);
    }

    #[test]
    fn a_log_tells_its_moments() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("log");
        std::fs::write(&log, "2026-01-02T23:59:59.75Z INFO x: word\nnothing\n2026-01-03T00:00:00.25Z INFO x: word\n")
            .unwrap();
        let found = moments(&log, "word").unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(seconds_between(found[0], found[1]), 0.5);
    }
}
