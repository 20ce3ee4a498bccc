//! Events (server-sent): what changed, so that a screen reads only that again. Owns their shapes and the stream; never
//! carries a value of a record.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Instant;

use axum::Extension;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event as Frame, KeepAlive};
use comptoir_backoffice::registry;
use comptoir_backoffice::staff::Standing;
use futures_util::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use tokio_stream::wrappers::BroadcastStream;
use utoipa::ToSchema;

use crate::api::guard::{Asking, Bears};
use crate::api::{Api, account};
use crate::limits::{EVENT_KEEP_ALIVE, MAX_RECORDS_PER_EVENT};
use crate::problem::{Code, Problem};
use crate::who::Who;

/// One event. The stream's `event` field is the name of the variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// Records of one kind changed.
    Records {
        /// The scope's name.
        scope: String,
        /// The kind.
        kind: String,
        /// Which records; empty when too many to name.
        ids: Vec<String>,
    },
    /// The organisation changed: sites, scopes, relays.
    Organisation,
    /// Headquarters' console asks something, or what it asked is decided.
    Console,
    /// A file is being imported, or tried.
    Import {
        /// The kind.
        kind: String,
        /// The act, if whoever asked for it named it: by it they know their own from others'.
        batch: Option<String>,
        /// It is tried alone: nothing is written.
        dry_run: bool,
        /// Rows that are done; while `of` is null, rows that were looked through.
        rows: u64,
        /// Rows of the file.
        of: Option<u64>,
    },
    /// The line to the relay, the outbox or what was received changed: read the status again.
    Status,
    /// Events were missed: read everything again.
    Missed,
}

impl Event {
    /// Whether whoever stands so may hear it: what is about records of a kind, who sees those.
    fn is_heard(&self, standing: &Standing) -> bool {
        match self {
            Self::Records { kind, .. } | Self::Import { kind, .. } => {
                registry::kind(kind).map_or_else(|_| standing.may_everything(), |kind| standing.sees(kind))
            }
            Self::Organisation | Self::Console | Self::Status | Self::Missed => true,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Records { .. } => "records",
            Self::Organisation => "organisation",
            Self::Console => "console",
            Self::Import { .. } => "import",
            Self::Status => "status",
            Self::Missed => "missed",
        }
    }

    /// One event for each kind among these records.
    pub fn of_records(scope: &str, records: impl IntoIterator<Item = (String, String)>) -> Vec<Self> {
        let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (kind, id) in records {
            kinds.entry(kind).or_default().push(id);
        }
        let event = |(kind, mut ids): (String, Vec<String>)| {
            ids.sort_unstable();
            ids.dedup();
            if ids.len() > MAX_RECORDS_PER_EVENT {
                ids.clear();
            }
            Self::Records { scope: scope.to_owned(), kind, ids }
        };
        kinds.into_iter().map(event).collect()
    }
}

/// Opens a stream of events.
#[utoipa::path(get, path = "/api/v1/events", tag = "node", responses(
    (status = 200, description = "Server-sent events", body = Event, content_type = "text/event-stream"),
    (status = "default", body = crate::problem::ProblemBody)))]
pub async fn listen(
    State(api): State<Api>,
    Extension(asking): Extension<Asking>,
) -> Result<Sse<impl Stream<Item = Result<Frame, Infallible>>>, Problem> {
    let place = api.streams.clone().try_acquire_owned();
    let place = place.map_err(|_| Problem::new(Code::TooManyStreams, "Too many event streams are open"))?;
    let stopping = api.node.stopping().clone();
    // The stream ends when whoever follows it may see something else.
    let standing = Who::now().standing;
    let events = BroadcastStream::new(api.node.listen()).filter_map(move |event| {
        let _held = &place;
        // A listener that was too slow has missed some.
        let event = event.unwrap_or(Event::Missed);
        let frame = event.is_heard(&standing).then(|| {
            let text = serde_json::to_string(&event).unwrap_or_default();
            Ok(Frame::default().event(event.name()).data(text))
        });
        std::future::ready(frame)
    });
    let node = api.node.clone();
    let ends = async move {
        let sent_away = async {
            match asking.device() {
                Some(device) => node.lan().without(device).await,
                None => std::future::pending().await,
            }
        };
        let outlived = async {
            match &asking.bears {
                Bears::Account(token) => node.staff().outlived(token).await,
                _ => std::future::pending().await,
            }
        };
        // Nor is anybody heard of who is not signed in any more, or has to be from now on.
        let who = || account::who(&node, &asking, Instant::now()).ok();
        let at_first = who();
        let signed_out = node.staff().until(|| who() != at_first);
        tokio::select! {
            () = stopping.cancelled() => {}
            // Who is sent away hears nothing more.
            () = sent_away => {}
            () = signed_out => {}
            // A token whose day is over.
            () = outlived => {}
        }
    };
    let events = events.take_until(ends);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(EVENT_KEEP_ALIVE)))
}

#[cfg(test)]
mod tests {
    use comptoir_backoffice::registry::Module;
    use comptoir_backoffice::staff::{Classes, Grant, May};

    use super::*;

    #[test]
    fn nobody_hears_of_records_that_they_do_not_see() {
        let clerk = Standing::staff(Grant::nothing().and_in(Module::Parties, &[May::See], Classes::ORDINARY));
        let records = |kind: &str| Event::of_records("organisation", [(kind.to_owned(), "a".to_owned())]);
        let hears = |standing: &Standing, kind: &str| records(kind).iter().all(|event| event.is_heard(standing));
        assert!(hears(&clerk, "party") && !hears(&clerk, "item") && !hears(&clerk, "robot"));
        assert!(hears(&Standing::Operator, "item") && hears(&Standing::Operator, "robot"));
        assert!(Event::Organisation.is_heard(&Standing::staff(Grant::nothing())));
    }

    #[test]
    fn records_are_named_by_kind_up_to_a_bound() {
        let few = Event::of_records("organisation", [("party".into(), "b".into()), ("party".into(), "a".into())]);
        let Some(Event::Records { ids, .. }) = few.first() else { panic!("{few:?}") };
        assert_eq!(ids, &["a", "b"]);
        let many = (0..=MAX_RECORDS_PER_EVENT).map(|n| ("party".to_owned(), n.to_string()));
        assert_eq!(
            Event::of_records("trade", many),
            [Event::Records { scope: "trade".into(), kind: "party".into(), ids: vec![] }]
        );
    }
}
