//! Events (server-sent): what changed, so that an open page reads only that again. Owns their shape, who hears of what, and when a stream ends; never
//! carries a value.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::sse::{Event as Frame, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::changes::{Listener, Topic};
use crate::console::Console;
use crate::console::account::Role;
use crate::console::book::accounts::Known;
use crate::console::guard::Asking;
use crate::console::problem::{Code, Problem, ProblemBody};
use crate::console::streams::StreamPlace;
use crate::limits::{EVENT_KEEP_ALIVE, EVENT_LOOK_INTERVAL};

/// One event. The stream's `event` field is the topic, too.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct Event {
    /// What changed: read it again.
    event: Topic,
}

/// What somebody may read, they hear of.
fn is_heard(topic: Topic, role: Role) -> bool {
    let least = match topic {
        Topic::Sites | Topic::Relay | Topic::Alarms | Topic::Requests => Role::Viewer,
        Topic::Accounts | Topic::Audit => Role::Administrator,
    };
    role >= least
}

/// What changes from now on: each topic about once a second at most. It ends with the session, which does not live on by it.
#[utoipa::path(get, path = "/api/v1/events", tag = "relay", responses(
    (status = 200, description = "Server-sent events", body = Event, content_type = "text/event-stream"),
    (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn listen(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
) -> Result<Response, Problem> {
    let Asking { known: Some(known), borne: Some(borne), .. } = asking else {
        return Err(Problem::new(Code::Unauthorised, "Nobody is signed in"));
    };
    let place = console.streams.enter(&borne);
    let place = place.ok_or_else(|| Problem::new(Code::TooManyStreams, "Too many event streams are open"))?;
    let listener = console.front.changes().listen(Topic::ALL.into_iter().filter(|topic| is_heard(*topic, known.role)));
    let stopping = console.front.stopping().cancelled_owned();
    let following = Following { console, known, borne, listener, due: VecDeque::new(), _place: place };
    let frames = stream::unfold(following, Following::next).take_until(stopping);
    // What stands between must hold nothing back.
    let headers = [(CACHE_CONTROL.as_str(), "no-store"), ("x-accel-buffering", "no")];
    Ok((headers, Sse::new(frames).keep_alive(KeepAlive::new().interval(EVENT_KEEP_ALIVE))).into_response())
}

/// Somebody who follows what changes.
struct Following {
    console: Arc<Console>,
    known: Known,
    borne: String,
    listener: Listener,
    due: VecDeque<Topic>,
    _place: StreamPlace,
}

impl Following {
    /// The next event; none once the session is over.
    async fn next(mut self) -> Option<(Result<Frame, Infallible>, Self)> {
        loop {
            if let Some(event) = self.due.pop_front() {
                let text = serde_json::to_string(&Event { event }).unwrap_or_default();
                return Some((Ok(Frame::default().event(event.text()).data(text)), self));
            }
            self.listener.wait(EVENT_LOOK_INTERVAL).await;
            if !self.is_in().await {
                return None;
            }
            self.due.extend(self.listener.due(Instant::now().into_std()));
        }
    }

    /// Whether the session goes on. The book is asked, too: a command beside the relay may have kept its account out.
    async fn is_in(&self) -> bool {
        let signed = self.console.sessions.still(Some(&self.borne), self.console.clock.now().instant);
        if signed != Some(self.known.signed) {
            return false;
        }
        let signed = self.known.signed;
        let still = self.console.run(move |book, _| Ok(book.who(&signed)?)).await;
        still.is_ok_and(|known| known.as_ref() == Some(&self.known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_hears_of_what_they_may_not_read() {
        let heard = |role| Topic::ALL.into_iter().filter(move |topic| is_heard(*topic, role)).count();
        assert_eq!(Role::ALL.map(heard), [4, 4, 6]);
    }

    #[test]
    fn an_event_is_called_as_it_says() {
        for topic in Topic::ALL {
            let text = serde_json::to_value(Event { event: topic }).unwrap_or_default();
            assert_eq!(text, serde_json::json!({ "event": topic.text() }));
        }
    }
}
