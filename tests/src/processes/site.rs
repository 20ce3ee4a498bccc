//! One site: its data directory, the commands run on it, its daemon while it runs. Each method is one command of the contract
//! for scripts; what a test needs besides goes through [`Site::run`].

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::failure::{Failure, hold};
use super::limits::{COMMAND, LONG_COMMAND, START};
use super::{Answer, Api, Daemon, Programs, until};

/// A site's node.
#[derive(Debug)]
pub struct Site {
    /// Its code: PAR.
    pub code: String,
    /// Its data directory.
    pub dir: PathBuf,
    /// What its daemon prints.
    pub log: PathBuf,
    programs: Programs,
    daemon: Option<Daemon>,
    api: Option<Api>,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// New records.
    pub created: u64,
    /// Records with new values.
    pub changed: u64,
    /// Rows that said nothing new.
    pub unchanged: u64,
    /// Rows that were refused: row, column, code.
    pub refused: Vec<(u64, String, String)>,
}

impl Site {
    /// The site `code` under `root`; nothing is made or started yet.
    pub fn new(programs: &Programs, code: &str, root: &Path) -> Self {
        let (dir, log) = (root.join(code), root.join(format!("{code}.log")));
        Self { code: code.to_owned(), dir, log, programs: programs.clone(), daemon: None, api: None }
    }

    /// `comptoir-node --data DIR --json ARGUMENTS`, not yet run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.programs.node);
        command.env_remove("COMPTOIR_DATA").arg("--data").arg(&self.dir).arg("--json").args(arguments);
        command
    }

    /// Runs a command to its end, however it leaves.
    pub fn run(&self, arguments: &[&str]) -> Result<Answer, Failure> {
        let long = ["import", "export", "verify", "rebuild", "join"].contains(arguments.first().unwrap_or(&""));
        Answer::of(self.command(arguments), if long { LONG_COMMAND } else { COMMAND })
    }

    /// Runs a command that must succeed; its JSON.
    pub fn ask(&self, arguments: &[&str]) -> Result<Value, Failure> {
        self.run(arguments)?.leaving(0)?.json()
    }

    /// Runs a command that must leave with `exit`; the code of its problem.
    pub fn refused(&self, arguments: &[&str], exit: i32) -> Result<String, Failure> {
        self.run(arguments)?.leaving(exit)?.code()
    }

    /// Starts the daemon at any free port, and waits until it answers.
    pub fn start(&mut self) -> Result<(), Failure> {
        let command = self.command(&["run", "--api", "127.0.0.1:0"]);
        self.start_as(&command, START)
    }

    /// Starts the daemon by a command of the caller's, and waits until it answers.
    pub fn start_as(&mut self, command: &Command, limit: Duration) -> Result<(), Failure> {
        let daemon = Daemon::start(&format!("the node of {}", self.code), command, &self.log)?;
        self.answers(daemon, "status", limit)
    }

    /// Starts the daemon in a directory that holds no node yet, or a join that is under way; waits until its set-up answers.
    pub fn start_to_set_up(&mut self) -> Result<(), Failure> {
        let command = self.command(&["run", "--api", "127.0.0.1:0"]);
        let daemon = Daemon::start(&format!("the set-up of {}", self.code), &command, &self.log)?;
        self.answers(daemon, "setup", START)
    }

    /// As [`Site::start_as`], for a daemon that sees file systems which others do not (`unshare --mount`): from then on the
    /// directory is the one that the daemon sees.
    pub fn start_in_its_own_view(&mut self, command: &Command, limit: Duration) -> Result<(), Failure> {
        let daemon = Daemon::start(&format!("the node of {}", self.code), command, &self.log)?;
        let inside = self.dir.strip_prefix("/").unwrap_or(&self.dir);
        self.dir = Path::new("/proc").join(daemon.pid().to_string()).join("root").join(inside);
        self.answers(daemon, "status", limit)
    }

    fn answers(&mut self, mut daemon: Daemon, resource: &str, limit: Duration) -> Result<(), Failure> {
        let what = format!("the node of {} answers", self.code);
        let api = until(&what, limit, || {
            daemon.alive()?;
            let Some(api) = Api::of(&self.code, &self.dir, LONG_COMMAND) else {
                return Ok(Err("no api.json".to_owned()));
            };
            if api.pid != u64::from(daemon.pid()) {
                return Ok(Err("the api.json of another process".to_owned()));
            }
            Ok(api.get(&format!("/api/v1/{resource}")).map(|_| api).map_err(|failure| failure.to_string()))
        })?;
        self.api = Some(api);
        self.daemon = Some(daemon);
        Ok(())
    }

    /// SIGTERM; it must leave with 0.
    pub fn stop(&mut self) -> Result<(), Failure> {
        self.api = None;
        let Some(daemon) = self.daemon.take() else { return Ok(()) };
        let exit = daemon.stop()?;
        hold(exit == Some(0), || format!("the node of {} left with {exit:?} when asked to stop", self.code))
    }

    /// kill -9, if it runs.
    pub fn kill(&mut self) -> Result<(), Failure> {
        self.api = None;
        self.daemon.take().map_or(Ok(()), Daemon::kill)
    }

    /// The running daemon.
    pub fn daemon(&mut self) -> Option<&mut Daemon> {
        self.daemon.as_mut()
    }

    /// The running daemon's API.
    pub fn api(&self) -> Result<&Api, Failure> {
        self.api.as_ref().ok_or_else(|| Failure::Wrong(format!("the node of {} does not run", self.code)))
    }

    /// `status`.
    pub fn status(&self) -> Result<Value, Failure> {
        self.ask(&["status"])
    }

    /// How its line to the relay stands.
    pub fn line(&self) -> Result<String, Failure> {
        let status = self.status()?;
        text(&self.code, &status["relay"], "state")
    }

    /// Entries that no relay has acknowledged.
    pub fn outbox(&self) -> Result<u64, Failure> {
        let status = self.status()?;
        number(&self.code, &status, "outbox")
    }

    /// `digest`.
    pub fn digest(&self) -> Result<Value, Failure> {
        self.ask(&["digest"])
    }

    /// How many live parties it has.
    pub fn parties(&self) -> Result<u64, Failure> {
        let page = self.ask(&["record", "list", "party", "--limit", "1"])?;
        number(&self.code, &page, "total")
    }

    /// The id of the only party with this reference.
    pub fn party(&self, reference: &str) -> Result<String, Failure> {
        let page = self.ask(&["record", "list", "party", "--search", reference, "--limit", "500"])?;
        let bears = |record: &&Value| record["fields"]["reference"].as_str() == Some(reference);
        let found: Vec<&Value> = page["records"].as_array().into_iter().flatten().filter(bears).collect();
        match found.as_slice() {
            [one] => text(&self.code, one, "id"),
            _ => Err(Failure::Wrong(format!("{} has {} parties with reference {reference}", self.code, found.len()))),
        }
    }

    /// `record show party ID`.
    pub fn show(&self, id: &str) -> Result<Value, Failure> {
        self.ask(&["record", "show", "party", id])
    }

    /// `record set party ID ASSIGNMENTS`.
    pub fn set(&self, id: &str, assignments: &[&str]) -> Result<Value, Failure> {
        self.ask(&[&["record", "set", "party", id], assignments].concat())
    }

    /// `import party FILE`, where no row must be refused.
    pub fn import(&self, file: &Path) -> Result<Counts, Failure> {
        let answer = self.run(&["import", "party", &file.to_string_lossy()])?.leaving(0)?;
        Counts::of(&self.code, &answer.json()?)
    }

    /// `inbox list --kind conflict`.
    pub fn conflicts(&self) -> Result<Vec<Value>, Failure> {
        let answer = self.ask(&["inbox", "list", "--kind", "conflict"])?;
        let items = answer["items"].as_array().cloned();
        items.ok_or_else(|| missing(&self.code, &answer, "items"))
    }

    /// `verify`, which must find nothing.
    pub fn verify(&self) -> Result<Value, Failure> {
        let answer = self.ask(&["verify"])?;
        hold(answer["sound"].as_bool() == Some(true), || format!("verify at {} found damage: {answer}", self.code))?;
        // A check of nothing finds nothing: the founding entry at least must have been looked at.
        let checked = number(&self.code, &answer, "entries")?;
        hold(checked > 0, || format!("verify at {} checked nothing", self.code))?;
        Ok(answer)
    }
}

impl Counts {
    /// From an import's answer.
    pub fn of(whose: &str, answer: &Value) -> Result<Self, Failure> {
        let refused = answer["refused"].as_array().ok_or_else(|| missing(whose, answer, "refused"))?;
        let row = |refusal: &Value| {
            let column = refusal["column"].as_str().unwrap_or_default().to_owned();
            Ok((number(whose, refusal, "row")?, column, text(whose, refusal, "code")?))
        };
        Ok(Self {
            created: number(whose, answer, "created")?,
            changed: number(whose, answer, "changed")?,
            unchanged: number(whose, answer, "unchanged")?,
            refused: refused.iter().map(row).collect::<Result<_, Failure>>()?,
        })
    }
}

/// An address of the loopback at whose port nobody listens for datagrams.
pub fn free_port() -> Result<String, Failure> {
    let socket = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    Ok(socket.map_err(Failure::system("cannot find a free port"))?.to_string())
}

/// The number that an answer holds under a name.
pub fn number(whose: &str, answer: &Value, name: &str) -> Result<u64, Failure> {
    answer[name].as_u64().ok_or_else(|| missing(whose, answer, name))
}

/// The text that an answer holds under a name.
pub fn text(whose: &str, answer: &Value, name: &str) -> Result<String, Failure> {
    answer[name].as_str().map(str::to_owned).ok_or_else(|| missing(whose, answer, name))
}

fn missing(whose: &str, answer: &Value, name: &str) -> Failure {
    Failure::Answer { whose: whose.to_owned(), what: format!("\"{name}\""), answer: answer.to_string() }
}
