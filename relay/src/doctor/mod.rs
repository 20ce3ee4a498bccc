//! Looking for trouble of a relay, whether it runs or not. Owns which checks there are and what each advises; mends nothing, and leaves
//! nothing behind. What a running relay alone knows it is asked through its admin port.

mod console;
mod reach;
mod running;

use std::path::{Path, PathBuf};

use comptoir_daemon::checks::{Check, Examined};
use comptoir_daemon::os;
use comptoir_door::text::told;

use crate::admin::Status;
use crate::alarms::book::{AlarmBook, Shown};
use crate::alarms::watch::Watch;
use crate::changes::Changes;
use crate::clock;
use crate::data_dir::{ALARMS_FILE, DataDir, DirError, HEALTH_FILE, KEY_FILE, announced};
use crate::health::Board;
use crate::identity::RelayIdentity;
use crate::limits::DOCTOR_MIN_REPORTS;
use crate::relay::Config;

pub use running::{ask, figures};

/// A clock before this moment is wrong: this program did not exist.
const PROGRAM_BORN_MS: i64 = 1_767_225_600_000;
const HOUR_MS: i64 = 3_600_000;

/// Whether a process serves the relay.
pub enum Runs {
    /// None does.
    No,
    /// It answers; and why it takes nothing now, if so.
    Yes(Box<Status>, Option<String>),
    /// The directory is in use, and nobody answers; why.
    Unheard(String),
}

/// Makes every check. `config` is what the relay is started with, or why it would not start.
pub fn examine(dir: &Path, config: Result<Config, String>) -> Examined {
    let mut checks = vec![settings(&config)];
    let config = config.ok();
    checks.push(directory(dir));
    let identity = match RelayIdentity::read(dir) {
        Ok(identity) => identity,
        Err(error) => {
            let advice = if dir.join(KEY_FILE).exists() {
                "Put relay.json back from its copy. Without one, make a new relay, take it into service at headquarters and retire this one."
            } else {
                "Make its keys: comptoir-relay init --data DIR --address HOST:PORT. If it had some, the directory is another one."
            };
            checks.push(Check::bad("keys", told(&error), advice));
            return Examined { checks };
        }
    };
    checks.push(Check::good("keys", format!("of {}", identity.address)));
    let runs = runs(dir);
    checks.extend(running::check(&runs, config.as_ref()));
    checks.push(organisation(&identity, &runs));
    let listening =
        announced(dir).map(|run| run.listening.port()).or(config.as_ref().map(|config| config.listen.port()));
    checks.extend(reach::check(&identity, listening, &runs));
    checks.push(disk(dir, config.as_ref().map(|config| &config.watch)));
    checks.push(store(&runs));
    checks.push(clock(dir, config.as_ref().map(|config| &config.watch)));
    checks.extend(config.as_ref().map(|config| console::check(dir, config.console.as_ref())));
    checks.push(alarms(dir, config.as_ref().map(|config| &config.watch)));
    Examined { checks }
}

fn runs(dir: &Path) -> Runs {
    match (DataDir::open(dir), announced(dir)) {
        (Err(DirError::InUse { .. }), Some(run)) => {
            match ask(run.admin).and_then(|status| Ok((status, running::unready(run.admin)?))) {
                Ok((status, unready)) => Runs::Yes(Box::new(status), unready),
                Err(error) => Runs::Unheard(told(&error)),
            }
        }
        (Err(DirError::InUse { .. }), None) => Runs::Unheard("it has not said yet where".into()),
        _ => Runs::No,
    }
}

fn settings(config: &Result<Config, String>) -> Check {
    match config {
        Ok(_) => Check::good("settings", "a relay would start by them"),
        Err(error) => Check::bad(
            "settings",
            error,
            "Correct the setting that is named, and look with comptoir-relay config check.",
        ),
    }
}

fn directory(dir: &Path) -> Check {
    let open: Vec<PathBuf> =
        [dir.to_owned(), dir.join(KEY_FILE)].into_iter().filter(|path| os::is_open_to_others(path)).collect();
    if let Some(path) = open.first() {
        let detail = format!("{} can be read by others", path.display());
        return Check::bad(
            "directory",
            detail,
            "Take the right away: chmod -R go= DIR. If somebody may have read it, make a new relay.",
        );
    }
    let probe = dir.join("doctor.probe");
    match std::fs::write(&probe, [0; 4096]).and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => Check::good("directory", "it can be written, and others cannot read it"),
        Err(error) => {
            let advice = "Give the user that the relay runs as the right to write there, or free some space. Run doctor as that user.";
            Check::bad("directory", format!("{}: {error}", dir.display()), advice)
        }
    }
}

fn organisation(identity: &RelayIdentity, runs: &Runs) -> Check {
    let name = match runs {
        Runs::Yes(status, _) => status.organisation_name.clone(),
        _ => None,
    };
    match (&identity.organisation, name) {
        (Some(_), Some(name)) => Check::good("organisation", name),
        (Some(organisation), None) if matches!(runs, Runs::Yes(..)) => {
            let detail = format!("the roster of {organisation} is not here yet");
            Check::look("organisation", detail, "It comes with the first site that connects: start headquarters' node.")
        }
        (Some(organisation), None) => Check::good("organisation", organisation.to_string()),
        (None, _) => {
            let advice = "At headquarters: comptoir-node relay add CODE, with the code that init printed.";
            Check::look("organisation", "nobody has taken it into service", advice)
        }
    }
}

fn disk(dir: &Path, watch: Option<&Watch>) -> Check {
    let least = watch.map_or(0, |watch| watch.thresholds.disk_free_bytes);
    match os::free_bytes(dir) {
        Ok(free) if free < least => {
            let detail = format!("{free} bytes are free, fewer than alarms.disk_free_bytes, {least}");
            Check::look(
                "disk",
                detail,
                "Free some space. Without room it acknowledges nothing: sites keep what they write, and go on.",
            )
        }
        Ok(free) => Check::good("disk", format!("{free} bytes are free")),
        Err(error) => Check::look("disk", error.to_string(), "Look yourself how much room there is."),
    }
}

fn store(runs: &Runs) -> Check {
    let Runs::Yes(status, _) = runs else { return Check::good("store", "it is looked at while the relay runs") };
    let detail = format!("{} bytes, {} entries damaged", status.store_bytes, status.damaged_entries);
    if status.damaged_entries > 0 {
        let advice = "Check the disk. Nothing is lost: sites push again what the relay lacks.";
        return Check::bad("store", detail, advice);
    }
    Check::good("store", detail)
}

/// A clock that most sites contradict is the one that is wrong.
fn clock(dir: &Path, watch: Option<&Watch>) -> Check {
    let (now, most) = (clock::now_ms(), watch.map_or(HOUR_MS, |watch| watch.thresholds.clock_skew_ms));
    let advice =
        "Set this machine's clock, best by NTP. Time orders nothing here, but alarms, sign-ins and dates go by it.";
    if now < PROGRAM_BORN_MS {
        return Check::bad("clock", clock::rfc3339(now), advice);
    }
    let path = dir.join(HEALTH_FILE);
    let board = path.exists().then(|| Board::open(&path, Changes::default()).ok()).flatten();
    let mut skews = board.map(|board| board.skews_since(now.saturating_sub(HOUR_MS))).unwrap_or_default();
    skews.sort_unstable();
    match skews.get(skews.len() / 2) {
        Some(median) if skews.len() >= DOCTOR_MIN_REPORTS && median.abs() > most => {
            Check::bad("clock", format!("most of {} sites differ by {} s", skews.len(), median / 1_000), advice)
        }
        _ => Check::good("clock", clock::rfc3339(now)),
    }
}

fn alarms(dir: &Path, watch: Option<&Watch>) -> Check {
    let path = dir.join(ALARMS_FILE);
    let counted = || -> Result<(usize, u32), String> {
        if !path.exists() {
            return Ok((0, 0));
        }
        let book = AlarmBook::open(&path, Changes::default()).map_err(|error| told(&error))?;
        let open = book.alarms(Shown::Open).map_err(|error| told(&error))?;
        Ok((open.len(), book.untold().map_err(|error| told(&error))?))
    };
    let (open, untold) = match counted() {
        Ok(counted) => counted,
        Err(error) => {
            let advice =
                "Stop the relay and move alarms.sqlite away: a new book is begun, and what holds is raised again.";
            return Check::bad("alarms", error, advice);
        }
    };
    let told_to_nobody = watch.is_none_or(|watch| watch.channels.mail.is_none() && watch.channels.webhook.is_none());
    let detail = format!("{open} hold");
    if untold > 0 {
        let advice = "The mail server or the webhook's receiver does not take them: look at the relay's log. It is tried again for three days.";
        return Check::bad("alarms", format!("{detail}, {untold} could not be told"), advice);
    }
    if told_to_nobody {
        let advice =
            "Nobody hears of a silent site but who looks at the console: set [alarms.mail] or [alarms.webhook].";
        return Check::look("alarms", format!("{detail}, and nobody is told"), advice);
    }
    match open {
        0 => Check::good("alarms", detail),
        _ => Check::look("alarms", detail, "See them in the console, or alarms in the figures."),
    }
}
