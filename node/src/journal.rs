//! What this program says of its own running. Owns where that goes, to standard error, and what is remembered of it for headquarters to see: the
//! last warnings and errors, each in the fixed words of its place in the program and with its code. No other field is remembered: it may hold a
//! path, a name, or words from elsewhere. Nothing here is of the log of entries.

use std::collections::VecDeque;
use std::fmt;
use std::io::IsTerminal;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use comptoir_sync_protocol::health::JournalLine;
use comptoir_sync_protocol::limits::{MAX_JOURNAL_LINES_TOLD, MAX_JOURNAL_TEXT_BYTES};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::clock;
use crate::problem::plain;

/// What begins so is said by a part of Comptoir.
const OURS: &str = "comptoir";

static OF_PROCESS: LazyLock<Journal> = LazyLock::new(Journal::default);

/// The last warnings and errors.
#[derive(Clone, Debug, Default)]
pub struct Journal(Arc<Mutex<VecDeque<JournalLine>>>);

/// Begins: what is said goes to standard error, what it holds from outside escaped by the formatter and, in messages, by `plain`.
pub fn begin(json: bool) {
    let filter = EnvFilter::try_from_env("COMPTOIR_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let said = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(!json && std::io::stderr().is_terminal());
    let said = if json { said.json().with_filter(filter).boxed() } else { said.with_filter(filter).boxed() };
    let remembered = Journal::of_process().with_filter(LevelFilter::WARN);
    // Whoever began before goes on.
    drop(tracing_subscriber::registry().with(said).with(remembered).try_init());
}

impl Journal {
    /// That of this process, since it began.
    pub fn of_process() -> Self {
        OF_PROCESS.clone()
    }

    /// The newest last; what is said again is told once, with how often.
    pub fn lines(&self) -> Vec<JournalLine> {
        self.held().iter().cloned().collect()
    }

    fn add(&self, line: JournalLine) {
        let mut held = self.held();
        let same = |other: &JournalLine| {
            (other.error, &other.part, &other.text, &other.code) == (line.error, &line.part, &line.text, &line.code)
        };
        let before = held.iter().position(same).and_then(|place| held.remove(place));
        if before.is_none() && held.len() == MAX_JOURNAL_LINES_TOLD {
            held.pop_front();
        }
        let times = before.map_or(1, |before| before.times.saturating_add(1));
        held.push_back(JournalLine { times, ..line });
    }

    fn held(&self) -> MutexGuard<'_, VecDeque<JournalLine>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Subscriber> Layer<S> for Journal {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let said = event.metadata();
        if *said.level() > Level::WARN || !said.target().starts_with(OURS) {
            return;
        }
        let mut words = Words::default();
        event.record(&mut words);
        self.add(JournalLine {
            at_ms: clock::now_ms(),
            error: *said.level() == Level::ERROR,
            part: bounded(said.target()),
            text: words.text,
            code: words.code,
            times: 1,
        });
    }
}

/// The fixed words of an event, and its code.
#[derive(Default)]
struct Words {
    text: String,
    code: Option<String>,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.text = bounded(&format!("{value:?}")),
            "code" => self.code = Some(bounded(&format!("{value:?}"))),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}

fn bounded(text: &str) -> String {
    let text = plain(text);
    text[..text.floor_char_boundary(MAX_JOURNAL_TEXT_BYTES)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(say: impl FnOnce()) -> Vec<JournalLine> {
        let journal = Journal::default();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(journal.clone()), say);
        journal.lines()
    }

    #[test]
    fn fixed_words_and_a_code_are_remembered_and_nothing_else() {
        let lines = said(|| {
            tracing::warn!(path = "/home/awa/paie.csv", code = %"disk-full", "a file was not removed");
            tracing::error!(name = "Awa Diop", "it failed");
            tracing::info!("all is well");
            tracing::warn!(target: "quinn", "somebody else's words: Awa Diop");
        });
        let told: Vec<_> = lines.iter().map(|line| (line.error, line.text.as_str(), line.code.as_deref())).collect();
        assert_eq!(told, [(false, "a file was not removed", Some("disk-full")), (true, "it failed", None)]);
        assert!(lines.iter().all(|line| line.part == "comptoir_node::journal::tests" && line.at_ms > 0));
    }

    #[test]
    fn what_is_said_again_is_told_once_and_the_oldest_goes() {
        let lines = said(|| {
            (0..3).for_each(|_| tracing::warn!(code = "one", "again"));
            tracing::warn!("between");
            tracing::warn!(code = "one", "again");
        });
        let told: Vec<_> = lines.iter().map(|line| (line.text.as_str(), line.times)).collect();
        assert_eq!(told, [("between", 1), ("again", 4)]);
        let lines = said(|| (0..=MAX_JOURNAL_LINES_TOLD).for_each(|n| tracing::warn!(code = n.to_string(), "again")));
        assert_eq!((lines.len(), lines[0].code.as_deref()), (MAX_JOURNAL_LINES_TOLD, Some("1")));
    }

    #[test]
    fn words_are_bounded_and_steer_no_terminal() {
        let code = format!("\u{1b}[31m{}", "é".repeat(MAX_JOURNAL_TEXT_BYTES));
        let lines = said(|| tracing::warn!(code, "it"));
        let code = lines[0].code.as_deref().unwrap_or_default();
        assert!(code.len() <= MAX_JOURNAL_TEXT_BYTES && !code.contains('\u{1b}'), "{code}");
    }
}
