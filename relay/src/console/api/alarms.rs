//! Alarms: what headquarters should know, and who has seen it. Owns the shapes; which there are is the watch's.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use comptoir_sync_protocol::SiteId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Params, Segment, code_of};
use crate::alarms::book::{Alarm, Shown};
use crate::clock::rfc3339;
use crate::console::Console;
use crate::console::book::audit::Act;
use crate::console::guard::Asking;
use crate::console::problem::{Answer, Code, Problem, ProblemBody};
use crate::front::Front;

/// Which alarms.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::console) struct AlarmParams {
    /// Those that are over, too.
    all: bool,
}

/// Alarms.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct AlarmsShown {
    /// Those that hold first, the latest of each first.
    alarms: Vec<AlarmShown>,
}

/// One alarm.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct AlarmShown {
    /// Its number.
    id: i64,
    /// `silent-site`, `growing-outbox`, `quarantine`, `fork`, `rollback`, `clock-skew`, `low-disk`, `relay-full`, `relay-damaged`.
    kind: String,
    /// The code of the site; null: the relay itself.
    site: Option<String>,
    /// How much: minutes of silence, entries, proofs, seconds of a clock, megabytes left, as the kind has it.
    measure: u64,
    /// Since when; RFC 3339.
    raised: String,
    /// Who has seen it; null: nobody yet.
    acknowledged_by: Option<String>,
    /// When; RFC 3339.
    acknowledged: Option<String>,
    /// Since when it holds no more; RFC 3339. Null while it holds.
    over: Option<String>,
}

/// What headquarters should know.
#[utoipa::path(get, path = "/api/v1/alarms", tag = "alarms", params(AlarmParams),
    responses((status = 200, body = AlarmsShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn list(
    State(console): State<Arc<Console>>,
    Params(AlarmParams { all }): Params<AlarmParams>,
) -> Answer<AlarmsShown> {
    let front = Arc::clone(&console.front);
    let alarms = console.run(move |_, _| {
        let found = front.alarms().alarms(if all { Shown::All } else { Shown::Open })?;
        let code = codes(&front);
        Ok(found.into_iter().map(|alarm| shown(alarm, &code)).collect())
    });
    Ok(Json(AlarmsShown { alarms: alarms.await? }))
}

/// Say that an alarm was seen: nobody is told of it again, unless there is more of it.
#[utoipa::path(post, path = "/api/v1/alarms/{id}/acknowledge", tag = "alarms",
    params(("id" = String, Path, description = "The alarm's number")),
    responses((status = 200, body = AlarmShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn acknowledge(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    Segment(id): Segment,
) -> Answer<AlarmShown> {
    let (front, by) = (Arc::clone(&console.front), asking.by());
    let seen = console.run(move |book, _| {
        let unknown = || Problem::new(Code::AlarmUnknown, "No such alarm holds").with("id", &id);
        let number: i64 = id.parse().map_err(|_| unknown())?;
        let who = by.account.clone().unwrap_or_default();
        let alarm = front.alarms().acknowledge(number, &who, by.at_ms)?.ok_or_else(unknown)?;
        let code = codes(&front);
        let place = alarm.site.map_or_else(|| "relay".to_owned(), |site| code(&site));
        book.note(&by, Act::AlarmAcknowledge, Some(&format!("{} {place}", alarm.kind.name())), false)?;
        Ok(shown(alarm, &code))
    });
    seen.await.map(Json)
}

/// The code of a site, its id where the roster does not name it.
fn codes(front: &Front) -> impl Fn(&SiteId) -> String + use<> {
    let roster = front.core().map(|core| core.roster()).unwrap_or_default();
    move |site| code_of(&roster, site)
}

fn shown(alarm: Alarm, code: &impl Fn(&SiteId) -> String) -> AlarmShown {
    let (acknowledged_by, acknowledged) = alarm.acknowledged.map(|(by, at)| (by, rfc3339(at))).unzip();
    AlarmShown {
        id: alarm.id,
        kind: alarm.kind.name().to_owned(),
        site: alarm.site.map(|site| code(&site)),
        measure: alarm.measure,
        raised: rfc3339(alarm.raised_ms),
        acknowledged_by,
        acknowledged,
        over: alarm.over_ms.map(rfc3339),
    }
}
