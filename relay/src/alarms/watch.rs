//! The watch: looks at intervals what holds, enters it in the book, and tells what is to be told. Owns the two loops; judges nothing and words
//! nothing itself.

use std::sync::Arc;

use comptoir_sync_protocol::SiteId;
use tokio::sync::Notify;

use super::book::{AlarmBook, News, Places};
use super::tell::Channels;
use super::{RelayFacts, SiteFacts, Thresholds, find};
use crate::clock;
use crate::front::Front;
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
            loop {
                if run(&front, &watch, Self::look).await {
                    news.notify_one();
                }
                tokio::time::sleep(ALARM_INTERVAL).await;
            }
        };
        let telling = async {
            loop {
                run(&front, &watch, Self::tell).await;
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
    fn look(&self, front: &Front) -> Result<bool, StoreError> {
        let Some(core) = front.core() else { return Ok(false) };
        let (roster, now_ms) = (core.roster(), clock::now_ms());
        let relay = RelayFacts {
            is_full: front.unready() == Some("disk_full"),
            damaged_entries: core.damaged_entries() as u64,
        };
        let findings = find(&self.facts(front, now_ms)?, relay, &self.thresholds, now_ms);
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

    /// What is known of the sites that stand. One that was never here could be here from now on.
    fn facts(&self, front: &Front, now_ms: i64) -> Result<Vec<SiteFacts>, StoreError> {
        let (standings, board) = (front.standings(now_ms)?, front.board());
        let mut facts = Vec::with_capacity(standings.len());
        for standing in standings.into_iter().filter(|standing| standing.removed.is_none()) {
            let site = standing.id();
            if standing.seen_ms.is_none() {
                board.seen(&site, now_ms)?;
            }
            facts.push(SiteFacts {
                site,
                connected: standing.since_ms.is_some(),
                seen_ms: standing.seen_ms.unwrap_or(now_ms),
                samples: board.samples(&site, now_ms.saturating_sub(self.thresholds.outbox_ms))?,
                told: standing.told,
            });
        }
        Ok(facts)
    }

    fn tell(&self, front: &Front) -> Result<bool, StoreError> {
        let book: &AlarmBook = front.alarms();
        for delivery in book.due(clock::now_ms())? {
            if front.stopping().is_cancelled() {
                return Ok(false);
            }
            let told = self.channels.tell(&delivery, clock::now_ms());
            if let Err(error) = &told {
                tracing::warn!(channel = ?delivery.channel, tries = delivery.tries, ?error, "an alarm could not be told");
            }
            if book.done(&delivery, told.is_ok(), clock::now_ms())? {
                tracing::error!(channel = ?delivery.channel, "telling of an alarm is given up: it is old news");
            }
        }
        Ok(false)
    }
}

async fn run(front: &Arc<Front>, watch: &Arc<Watch>, act: fn(&Watch, &Front) -> Result<bool, StoreError>) -> bool {
    let (front, watch) = (Arc::clone(front), Arc::clone(watch));
    match tokio::task::spawn_blocking(move || act(&watch, &front)).await {
        Ok(Ok(is_news)) => is_news,
        Ok(Err(error)) => {
            tracing::error!(?error, "the book of alarms cannot be used");
            false
        }
        Err(_) => {
            tracing::error!("looking for alarms failed");
            false
        }
    }
}
