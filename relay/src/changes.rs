//! What changes of what the console shows, told to whoever has it open. Owns how often a listener is told: what changes many times is told once, when
//! its time has come. Names topics alone, never what became of them; whoever hears of one reads it again.
//!
//! Parts that change something are handed a [`Changes`] and say so after it is done. Nobody waits for a listener, and none can be behind: what is
//! kept for it is how often each topic changed, whatever it heard of that.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::limits::{CHANGE_GAP, FIGURES_GAP};

/// What may change under an open page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// The sites: who they are, whether they are here, how they stand.
    Sites,
    /// The relay itself.
    Relay,
    /// Alarms.
    Alarms,
    /// What is asked of nodes.
    Requests,
    /// Who may sign in.
    Accounts,
    /// The audit log.
    Audit,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 6] = [Self::Sites, Self::Relay, Self::Alarms, Self::Requests, Self::Accounts, Self::Audit];

    /// As it is told.
    pub fn text(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Relay => "relay",
            Self::Alarms => "alarms",
            Self::Requests => "requests",
            Self::Accounts => "accounts",
            Self::Audit => "audit",
        }
    }
}

/// How often something changed since the relay started; by topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    changes: u64,
    figures: u64,
}

type Counts = [Count; Topic::ALL.len()];

/// Where changes are told. Its clones tell the same listeners.
#[derive(Clone, Debug, Default)]
pub struct Changes(Arc<watch::Sender<Counts>>);

impl Changes {
    /// These changed.
    pub fn tell(&self, topics: &[Topic]) {
        self.0.send_modify(|counts| topics.iter().for_each(|topic| counts[*topic as usize].changes += 1));
    }

    /// Numbers changed that the sites and the relay show, as they do with each entry: nobody waits for those.
    pub fn tell_figures(&self) {
        self.0.send_modify(|counts| {
            [Topic::Sites, Topic::Relay].into_iter().for_each(|topic| counts[topic as usize].figures += 1);
        });
    }

    /// Everything of these topics from now on.
    pub fn listen(&self, topics: impl IntoIterator<Item = Topic>) -> Listener {
        let receiver = self.0.subscribe();
        let counts = *receiver.borrow();
        let told = |topic| Told { topic, count: counts[topic as usize], at: None };
        Listener { told: topics.into_iter().map(told).collect(), receiver, looked: None }
    }
}

/// One topic, as far as a listener was told of it.
#[derive(Debug)]
struct Told {
    topic: Topic,
    count: Count,
    at: Option<Instant>,
}

impl Told {
    /// From when on it may be told again; none where there is nothing new. What was not told before may be told at once.
    fn due(&self, counts: &Counts, now: Instant) -> Option<Instant> {
        let count = counts[self.topic as usize];
        let gap = match (count.changes != self.count.changes, count.figures != self.count.figures) {
            (true, _) => CHANGE_GAP,
            (false, true) => FIGURES_GAP,
            (false, false) => return None,
        };
        Some(self.at.map_or(now, |at| at + gap))
    }
}

/// One listener: waits by [`Listener::wait`], then takes what it is to be told by [`Listener::due`].
#[derive(Debug)]
pub struct Listener {
    receiver: watch::Receiver<Counts>,
    told: Vec<Told>,
    looked: Option<Instant>,
}

impl Listener {
    /// Waits until there may be something to tell, but no longer than this; however much changes, it looks no more often than a topic is told.
    pub async fn wait(&mut self, most: Duration) {
        let latest = tokio::time::Instant::now() + most;
        if let Some(looked) = self.looked {
            tokio::time::sleep_until((looked + CHANGE_GAP).into()).await;
        }
        let again = self.again().map_or(latest, |again| latest.min(again.into()));
        // Of a relay that ends no more is heard; then the time passes all the same.
        drop(tokio::time::timeout_at(again, self.receiver.changed()).await);
    }

    /// When something is to be told that was told too lately before.
    fn again(&self) -> Option<Instant> {
        let (counts, looked) = (*self.receiver.borrow(), self.looked?);
        self.told.iter().filter_map(|told| told.due(&counts, looked)).min()
    }

    /// What is to be told now, and is told with that.
    pub fn due(&mut self, now: Instant) -> Vec<Topic> {
        let counts = *self.receiver.borrow_and_update();
        self.looked = Some(now);
        let is_due = |told: &&mut Told| told.due(&counts, now).is_some_and(|due| due <= now);
        let tell = |told: &mut Told| {
            (told.count, told.at) = (counts[told.topic as usize], Some(now));
            told.topic
        };
        self.told.iter_mut().filter(is_due).map(tell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_many_times_is_told_once_a_gap() {
        let (changes, begun) = (Changes::default(), Instant::now());
        let mut listener = changes.listen(Topic::ALL);
        assert_eq!(listener.due(begun), []);
        changes.tell(&[Topic::Alarms]);
        assert_eq!(listener.due(begun), [Topic::Alarms], "the first at once");
        (0..1_000).for_each(|_| changes.tell(&[Topic::Alarms]));
        changes.tell(&[Topic::Requests]);
        assert_eq!(listener.due(begun), [Topic::Requests], "each topic by itself");
        assert_eq!(listener.due(begun + CHANGE_GAP / 2), []);
        assert_eq!(listener.due(begun + CHANGE_GAP), [Topic::Alarms]);
        assert_eq!(listener.due(begun + 2 * CHANGE_GAP), [], "and nothing is told twice");
    }

    #[test]
    fn figures_are_told_more_seldom_and_with_what_is_told_of_their_topic() {
        let (changes, begun) = (Changes::default(), Instant::now());
        let mut listener = changes.listen(Topic::ALL);
        changes.tell_figures();
        assert_eq!(listener.due(begun), [Topic::Sites, Topic::Relay]);
        changes.tell_figures();
        assert_eq!(listener.due(begun + CHANGE_GAP), []);
        changes.tell(&[Topic::Sites]);
        assert_eq!(listener.due(begun + CHANGE_GAP), [Topic::Sites]);
        assert_eq!(listener.due(begun + FIGURES_GAP), [Topic::Relay], "the sites were read since");
    }

    #[test]
    fn a_listener_hears_of_its_topics_from_when_it_listens() {
        let (changes, now) = (Changes::default(), Instant::now());
        changes.tell(&Topic::ALL);
        let mut listener = changes.listen([Topic::Sites]);
        assert_eq!(listener.due(now), []);
        changes.tell(&Topic::ALL);
        assert_eq!(listener.due(now), [Topic::Sites]);
    }

    #[test]
    fn what_waits_its_turn_is_looked_at_again_when_it_comes() {
        let (changes, begun) = (Changes::default(), Instant::now());
        let mut listener = changes.listen(Topic::ALL);
        listener.due(begun);
        assert_eq!(listener.again(), None, "nothing waits");
        for gap in [FIGURES_GAP, CHANGE_GAP] {
            changes.tell_figures();
            changes.tell(&[Topic::Relay, Topic::Sites][..usize::from(gap == CHANGE_GAP)]);
            listener.due(begun);
        }
        assert_eq!(listener.again(), Some(begun + CHANGE_GAP));
        assert_eq!(listener.due(begun + CHANGE_GAP), [Topic::Relay]);
        assert_eq!(listener.again(), Some(begun + FIGURES_GAP));
        assert_eq!(listener.due(begun + FIGURES_GAP), [Topic::Sites]);
    }
}
