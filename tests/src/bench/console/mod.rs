//! `comptoir-tests bench-console`: what very many sites cost a relay, and what its console answers meanwhile. A real relay process with
//! durable storage; the sites are [simulated](crowd) in this one, on the same machine. Owns the options, the order of the scenarios and the
//! table; it judges no figure.

mod browser;
mod crowd;
mod line;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use comptoir_sync_protocol::enrolment::RelayCode;
use comptoir_transport::Pin;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::browser::Browser;
use self::crowd::SimulatedSite;
use super::figures::Figures;
use super::running::{Used, used};
use super::{machine, programs};
use crate::processes::failure::hold;
use crate::processes::limits::LOOK_AGAIN_SOON;
use crate::processes::site::{free_port, text};
use crate::processes::wait::until_every;
use crate::processes::{Failure, Relay};

/// All sites must be here, or know something, by then.
const PATIENCE: Duration = Duration::from_secs(600);
const ACCOUNT: &str = "bench";

/// Options of `comptoir-tests bench-console`.
#[derive(Debug, clap::Args)]
#[command(about = "Measures a relay with very many sites, and how soon its console answers")]
pub struct Arguments {
    /// Sites that are connected.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(2..=4_000))]
    sites: u32,
    /// Seconds that the relay is watched for, in quiet and at work.
    #[arg(long, default_value_t = 180)]
    seconds: u64,
    /// How often the console is asked for its list.
    #[arg(long, default_value_t = 200)]
    asks: u32,
    /// Writes the figures into this file, as JSON.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Then keeps all as it is for so many seconds, and prints where a browser finds the console and what it signs in with.
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    keep: u64,
    /// Takes the programs of a development build: tests that the bench works, measures nothing worth reading.
    #[arg(long)]
    dev: bool,
}

/// A relay under measurement, its sites, and who looks at them.
struct Bench {
    runtime: Runtime,
    relay: Relay,
    sites: Vec<Arc<SimulatedSite>>,
    browser: Browser,
}

impl Arguments {
    /// Measures; exit 1 when something does not hold.
    pub fn run(self) -> ExitCode {
        match self.measured() {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("the bench failed: {failure}");
                ExitCode::FAILURE
            }
        }
    }

    fn measured(&self) -> Result<(), Failure> {
        let programs = programs(self.dev)?;
        let made = tempfile::Builder::new().prefix("comptoir-bench-console-").tempdir();
        let root = made.map_err(Failure::system("cannot make a directory"))?;
        let mut relay = Relay::new(&programs, root.path())?;
        let code = RelayCode::from_text(&relay.init()?).map_err(|_| Failure::Wrong("the relay's code".to_owned()))?;
        let console = free_port()?;
        relay.settings = vec![("CONSOLE__LISTEN", console.clone())];
        let pages = crate::tree().join("relay/console/dist");
        relay.settings.extend(pages.is_dir().then(|| ("CONSOLE__UI", pages.display().to_string())));
        told("founding an organisation");
        let sites = crowd::found(self.sites as usize, &code)?;
        relay.start()?;
        let account = relay.run(&["account", "add", ACCOUNT, "--role", "viewer"])?.leaving(0)?.json()?;
        let setup = text("comptoir-relay account add", &account, "setup_code")?;
        let browser = Browser::signed_in(&console, &relay.dir, ACCOUNT, &setup, now_ms())?;
        let runtime = Runtime::new().map_err(Failure::system("cannot run tasks"))?;
        let mut bench = Bench { runtime, relay, sites, browser };
        let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
        let mut found: Vec<(&'static str, Figures)> = Vec::new();

        told("the sites connect");
        let address = bench.relay.address.parse().map_err(|_| Failure::Wrong("the relay's address".to_owned()))?;
        let line = line::Relay { address, pin: Pin(code.tls_pin), claim: code.claim.0 };
        found.push(("connect", bench.connect(line, &stop, &mut tasks)?));
        told("nobody writes");
        found.push(("quiet", bench.watched(self, |_, _| Ok(()))?));
        told("each site writes once a minute");
        let mut written = 0;
        found.push(("work", bench.watched(self, |bench, elapsed| bench.write_in_turn(elapsed, &mut written))?));
        told("one site writes to all");
        found.push(("spread", bench.spread()?));
        self.tell(&found)?;
        if self.keep > 0 {
            println!("https://{console}/  {}", bench.browser.cookie());
            std::thread::sleep(Duration::from_secs(self.keep));
        }
        stop.cancel();
        bench.runtime.block_on(async { while tasks.join_next().await.is_some() {} });
        bench.relay.stop()
    }

    fn tell(&self, found: &[(&'static str, Figures)]) -> Result<(), Failure> {
        let mut all =
            json!({ "machine": machine::described("the loopback", if self.dev { "dev" } else { "release" }) });
        all["sites"] = self.sites.into();
        for (name, figures) in found {
            all[*name] = figures.json();
            for (figure, value) in figures.each() {
                println!("{name:<8} {figure:<28} {value:.3}");
            }
        }
        let Some(out) = &self.out else { return Ok(()) };
        let text = serde_json::to_string_pretty(&all).unwrap_or_default() + "\n";
        std::fs::write(out, text).map_err(Failure::system(format!("cannot write {}", out.display())))
    }
}

impl Bench {
    /// Until the console shows every site as connected; then, beside the figures, until each has said how it stands.
    fn connect(
        &mut self,
        line: line::Relay,
        stop: &CancellationToken,
        tasks: &mut JoinSet<Result<(), Failure>>,
    ) -> Result<Figures, Failure> {
        let (began, before) = (Instant::now(), self.used()?);
        let _inside = self.runtime.enter();
        // Headquarters first: the others are strangers until the relay has the roster.
        line::keep(&self.sites[..1], line, stop, tasks);
        self.shown(|site| site["connected"] == true, 1)?;
        line::keep(&self.sites[1..], line, stop, tasks);
        let wanted = self.sites.len();
        self.shown(|site| site["connected"] == true, wanted)?;
        let figures = Figures::default().with("seconds", began.elapsed().as_secs_f64());
        self.shown(|site| site["health"].is_object(), wanted)?;
        Ok(figures
            .with("cpu_seconds", self.used()?.cpu_seconds - before.cpu_seconds)
            .with("rss_mib", self.used()?.rss_mib))
    }

    /// The relay for so long, the list asked for in between.
    fn watched(
        &mut self,
        arguments: &Arguments,
        mut act: impl FnMut(&Self, Duration) -> Result<(), Failure>,
    ) -> Result<Figures, Failure> {
        let (began, before) = (Instant::now(), self.used()?);
        let lasts = Duration::from_secs(arguments.seconds);
        let (mut times, mut bytes) = (Vec::new(), 0);
        while began.elapsed() < lasts {
            act(self, began.elapsed())?;
            let due = lasts.mul_f64(times.len() as f64 / f64::from(arguments.asks));
            if times.len() < arguments.asks as usize && began.elapsed() >= due {
                let asked = Instant::now();
                let list = self.browser.get("/api/v1/sites")?;
                times.push(asked.elapsed());
                bytes = list.body.len();
            }
            std::thread::park_timeout(Duration::from_millis(10));
        }
        let cpu = self.used()?.cpu_seconds - before.cpu_seconds;
        let minutes = began.elapsed().as_secs_f64() / 60.0;
        let connected = count(&self.browser.get("/api/v1/sites")?.json()?, |site| site["connected"] == true);
        hold(connected == self.sites.len(), || format!("{connected} of {} sites are connected", self.sites.len()))?;
        let figures =
            Figures::default().with("cpu_seconds_a_minute", cpu / minutes).with("rss_mib", self.used()?.rss_mib);
        Ok(figures.with("list_bytes", bytes as f64).times(["list_p50_ms", "list_p99_ms"], &times))
    }

    /// Each site once a minute, evenly apart.
    fn write_in_turn(&self, elapsed: Duration, written: &mut usize) -> Result<(), Failure> {
        let due = (elapsed.as_secs_f64() / 60.0 * self.sites.len() as f64) as usize;
        for number in *written..due {
            self.sites[number % self.sites.len()].write(false, number as u64)?;
        }
        *written = due.max(*written);
        Ok(())
    }

    /// An entry in the scope that all share: until every site has it.
    fn spread(&self) -> Result<Figures, Failure> {
        let (began, before) = (Instant::now(), self.used()?);
        self.sites[0].write(true, u64::MAX)?;
        until_every("every site has it", PATIENCE, LOOK_AGAIN_SOON, || {
            let here = self.sites.iter().filter(|site| site.shared_entries() == 1).count();
            Ok(if here == self.sites.len() { Ok(()) } else { Err(format!("{here} have")) })
        })?;
        let seconds = began.elapsed().as_secs_f64();
        let cpu = self.used()?.cpu_seconds - before.cpu_seconds;
        Ok(Figures::default().with("seconds", seconds).with("cpu_seconds", cpu))
    }

    /// Waits until the console shows so many sites of which this holds.
    fn shown(&mut self, holds: impl Fn(&Value) -> bool, wanted: usize) -> Result<(), Failure> {
        let browser = &mut self.browser;
        until_every("the console shows the sites", PATIENCE, Duration::from_millis(250), || {
            let found = count(&browser.get("/api/v1/sites")?.json()?, &holds);
            Ok(if found >= wanted { Ok(()) } else { Err(format!("{found} of {wanted}")) })
        })
    }

    fn used(&self) -> Result<Used, Failure> {
        used(self.relay.pid()?)
    }
}

fn count(list: &Value, holds: impl Fn(&Value) -> bool) -> usize {
    list["sites"].as_array().map_or(0, |sites| sites.iter().filter(|site| holds(site)).count())
}

fn now_ms() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis() as i64
}

fn told(what: &str) {
    eprintln!("bench: {what}");
}
