//! The watch: looks at intervals what holds, enters it in the book, and tells what is to be told. Owns the two loops, and since when a site
//! counts as silent; words nothing itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use comptoir_sync_protocol::SiteId;
use tokio::sync::Notify;

use super::book::{AlarmBook, News, Places};
use super::tell::Channels;
use super::{RelayFacts, SiteFacts, Thresholds, find};
use crate::clock;
use crate::front::{Front, Standing};
use crate::health::Told;
use crate::limits::ALARM_INTERVAL;
use crate::store::StoreError;

/// What a relay watches for, and how it tells.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// From where on something is worth an alarm.
    pub thresholds: Thresholds,
    /// The ways by which it is told.
    pub channels: Channels,
}

impl Watch {
    /// Looks and tells until the relay stops.
    pub(crate) async fn keep(self, front: Arc<Front>) {
        let (watch, stopping, news) = (Arc::new(self), front.stopping(), Notify::new());
        // A mail server that does not answer must not keep anybody from looking.
        let looking = async {
            let watched = Arc::<Mutex<Watched>>::default();
            loop {
                let (watch, watched) = (Arc::clone(&watch), Arc::clone(&watched));
                let look =
                    move |front: &Front| watch.look(front, &mut watched.lock().unwrap_or_else(PoisonError::into_inner));
                if run(&front, look).await {
                    news.notify_one();
                }
                tokio::time::sleep(ALARM_INTERVAL).await;
            }
        };
        let telling = async {
            loop {
                let watch = Arc::clone(&watch);
                run(&front, move |front| watch.tell(front)).await;
                drop(tokio::time::timeout(ALARM_INTERVAL, news.notified()).await);
            }
        };
        tokio::select! {
            () = stopping.cancelled() => {}
            () = looking => {}
            () = telling => {}
        }
    }

    /// Whether there is news.
    fn look(&self, front: &Front, watched: &mut Watched) -> Result<bool, StoreError> {
        let Some(core) = front.core() else { return Ok(false) };
        let (roster, now_ms) = (core.roster(), clock::now_ms());
        let relay = RelayFacts {
            is_full: front.is_full(),
            damaged_entries: core.damaged_entries() as u64,
            disk_free_bytes: front.dir().free_bytes(),
        };
        let findings = find(&self.facts(front, watched, now_ms)?, relay, &self.thresholds, now_ms);
        let code =
            |site: &SiteId| roster.sites.get(site).map_or_else(|| site.to_string(), |site| site.profile.code.clone());
        let address = front.address();
        let places = Places { organisation: &roster.name, relay: &address, code: &code };
        let news = front.alarms().now(&findings, (&self.channels, &places), now_ms)?;
        let is_news = !news.is_empty();
        for news in news {
            let (kind, site) = (news.alarm().kind.name(), news.alarm().site.map(|site| code(&site)));
            match news {
                News::Raised(alarm) => tracing::warn!(kind, site, measure = alarm.measure, "an alarm was raised"),
                News::Over(_) => tracing::info!(kind, site, "an alarm is over"),
            }
        }
        Ok(is_news)
    }

    /// What is known of the sites that stand.
    fn facts(&self, front: &Front, watched: &mut Watched, now_ms: i64) -> Result<Vec<SiteFacts>, StoreError> {
        let mut standings = front.standings(now_ms)?;
        standings.retain(is_watched);
        watched.look(standings.iter().map(Standing::id), now_ms);
        let raised = front.alarms().silences()?;
        let mut facts = Vec::with_capacity(standings.len());
        for standing in standings {
            let (site, connected) = (standing.id(), standing.since_ms.is_some());
            let is_behind = |told: &Told| connected && told.health.outbox_entries >= self.thresholds.outbox_entries;
            facts.push(SiteFacts {
                site,
                connected,
                silent_since_ms: self.silent_since(standing.seen_ms, watched.since(&site, now_ms), raised.get(&site)),
                samples: match standing.told.as_deref().is_some_and(is_behind) {
                    true => front.board().samples(&site, now_ms.saturating_sub(self.thresholds.outbox_ms))?,
                    false => Vec::new(),
                },
                told: standing.told,
            });
        }
        Ok(facts)
    }

    /// Since when a site that is not here is silent. A relay that was down heard nobody, which says nothing of the sites: they have as
    /// long as ever, from when it watches them. What was raised before and is not over goes on.
    fn silent_since(&self, seen_ms: Option<i64>, watched_ms: i64, raised_ms: Option<&i64>) -> i64 {
        let counted_from_ms =
            raised_ms.map_or(watched_ms, |raised_ms| raised_ms.saturating_sub(self.thresholds.silent_ms));
        seen_ms.map_or(counted_from_ms, |seen_ms| seen_ms.max(counted_from_ms))
    }

    fn tell(&self, front: &Front) -> Result<(), StoreError> {
        let book: &AlarmBook = front.alarms();
        for delivery in book.due(clock::now_ms())? {
            if front.stopping().is_cancelled() {
                return Ok(());
            }
            let told = self.channels.tell(&delivery, clock::now_ms());
            if let Err(error) = &told {
                tracing::warn!(channel = ?delivery.channel, tries = delivery.tries, ?error, "an alarm could not be told");
            }
            if book.done(&delivery, told.is_ok(), clock::now_ms())? {
                tracing::error!(channel = ?delivery.channel, "telling of an alarm is given up: it is old news");
            }
        }
        Ok(())
    }
}

/// Whether a site should be here. Whose line is held is silent because somebody here will have it so.
fn is_watched(standing: &Standing) -> bool {
    standing.removed.is_none() && standing.held.is_none()
}

/// Since when this process has watched each site that stands; Unix milliseconds.
#[derive(Debug, Default)]
struct Watched(HashMap<SiteId, i64>);

impl Watched {
    fn look(&mut self, standing: impl Iterator<Item = SiteId>, now_ms: i64) {
        self.0 = standing.map(|site| (site, self.since(&site, now_ms))).collect();
    }

    fn since(&self, site: &SiteId, now_ms: i64) -> i64 {
        self.0.get(site).copied().unwrap_or(now_ms)
    }
}

async fn run<T: Default + Send + 'static>(
    front: &Arc<Front>,
    act: impl FnOnce(&Front) -> Result<T, StoreError> + Send + 'static,
) -> T {
    let front = Arc::clone(front);
    match tokio::task::spawn_blocking(move || act(&front)).await {
        Ok(Ok(done)) => return done,
        Ok(Err(error)) => tracing::error!(?error, "the book of alarms cannot be used"),
        Err(_) => tracing::error!("looking for alarms failed"),
    }
    T::default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used)]
    use comptoir_sync_protocol::testing::TestOrganisation;

    use super::*;
    use crate::requests::HeldLine;

    #[test]
    fn a_relay_that_was_down_gives_the_sites_their_time() {
        let watch = Watch::default();
        assert_eq!(watch.silent_since(Some(5_000), 70_000, None), 70_000, "it was seen before the relay was down");
        assert_eq!(watch.silent_since(None, 70_000, None), 70_000, "it never was here");
        assert_eq!(watch.silent_since(Some(80_000), 70_000, None), 80_000);
    }

    #[test]
    fn a_silence_that_was_raised_goes_on_when_the_relay_starts_again() {
        let watch = Watch { thresholds: Thresholds { silent_ms: 1_000, ..Thresholds::default() }, ..Watch::default() };
        assert_eq!(watch.silent_since(Some(5_000), 70_000, Some(&6_001)), 5_001);
        assert_eq!(watch.silent_since(None, 70_000, Some(&6_001)), 5_001);
        assert_eq!(watch.silent_since(Some(9_000), 70_000, Some(&6_001)), 9_000, "it was here in between");
    }

    #[test]
    fn whose_line_is_held_and_who_is_removed_is_not_expected_here() {
        let roster = TestOrganisation::found(1, 1).history().current();
        let site = roster.sites.values().next().expect("it has a site").clone();
        let standing =
            Standing { site, removed: None, since_ms: None, seen_ms: None, held: None, told: None, lag: None };
        assert!(is_watched(&standing));
        let line = HeldLine { by: "paul".into(), reason: String::new(), since_ms: 1 };
        assert!(!is_watched(&Standing { held: Some(line), ..standing.clone() }));
        assert!(!is_watched(&Standing { removed: Some(false), ..standing }));
    }

    #[test]
    fn a_site_is_watched_from_when_it_stands() {
        let (site, mut watched) = (SiteId([1; 16]), Watched::default());
        watched.look([site].into_iter(), 1_000);
        watched.look([site].into_iter(), 2_000);
        assert_eq!(watched.since(&site, 2_000), 1_000);
        watched.look(std::iter::empty(), 3_000);
        watched.look([site].into_iter(), 4_000);
        assert_eq!(watched.since(&site, 4_000), 4_000, "it was removed, and stands again");
    }
}
