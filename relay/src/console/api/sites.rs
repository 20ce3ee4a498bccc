//! The sites of the organisation, as the roster, this relay's own lines and what they say of themselves tell: who they are, whether they are here,
//! how they stand. Owns the shapes. Nothing of it is read from what sites write: that is sealed.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::health::{JournalLine, SetAsideHealth};
use comptoir_sync_protocol::roster::Roster;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::requests::{site_of, text};
use super::{JsonBody, Params, Segment, code_of};
use crate::admin::ScopeStatus;
use crate::clock::{moment, rfc3339};
use crate::console::Console;
use crate::console::book::audit::Act;
use crate::console::guard::Asking;
use crate::console::problem::{Answer, Code, Problem, ProblemBody};
use crate::front::{Front, Standing};
use crate::health::{Sample, Told};
use crate::limits::{HISTORY_SHOWN_MS, MAX_REASON_BYTES};
use crate::requests::HeldLine;
use crate::store::StoreError;

/// The sites.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct SitesShown {
    /// By code; none while the relay belongs to nobody, or has no roster yet.
    sites: Vec<SiteShown>,
}

/// One site.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::console) struct SiteShown {
    /// Its id.
    id: String,
    /// Its short code: `PAR`.
    code: String,
    /// Its name.
    name: String,
    /// ISO 3166-1 alpha-2.
    country: String,
    /// Whose law its data is under.
    jurisdiction: String,
    /// Whether it is headquarters.
    headquarters: bool,
    /// `suspended` or `revoked`; null while it stands.
    removed: Option<String>,
    /// Whether a session of it is open now.
    connected: bool,
    /// Since when; RFC 3339.
    connected_since: Option<String>,
    /// When it was last here; RFC 3339. Null where it never was.
    seen: Option<String>,
    /// How far this relay holds the site's own logs.
    scopes: Vec<ScopeStatus>,
    /// Who holds its line; null where nobody does.
    held: Option<HeldLineShown>,
    /// What it last said of itself; null where it never did.
    health: Option<HealthShown>,
}

/// A line that is held: the relay takes no session of that site.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::console) struct HeldLineShown {
    /// The account that holds it.
    by: String,
    /// Why.
    reason: String,
    /// Since when; RFC 3339.
    since: String,
}

/// Why a line is to be held.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::console) struct LineHold {
    /// For whoever wonders.
    reason: String,
}

/// An entry that a site has set aside.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::console) struct SetAsideShown {
    /// Its hash.
    entry: String,
    /// Its scope, by its name.
    scope: String,
    /// Who wrote it: the site's code, or its id where the roster names it no more.
    site: String,
    /// The how-manieth of its writer's log.
    seq: u64,
    /// Why, as a code that never changes.
    code: String,
    /// Whether it may count in a later version, or once more has arrived; else it breaks a rule.
    parked: bool,
}

/// What a site says of itself, by its own signature.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::console) struct HealthShown {
    /// When it arrived; RFC 3339.
    at: String,
    /// Its program and version.
    software: String,
    /// Entries written there that no relay has acknowledged.
    outbox: u64,
    /// Entries that are at this relay and not there, of the scopes that it may hold.
    lag: u64,
    /// Open items of its inbox.
    inbox: u64,
    /// Those of them that are conflicts.
    conflicts: u64,
    /// Entries that every replica judges invalid.
    quarantined: u64,
    /// Entries that its version cannot read yet.
    parked: u64,
    /// Entries that build on others that are not there yet.
    waiting: u64,
    /// Bytes that its database takes.
    store_bytes: u64,
    /// Bytes that are free on its disk; null where its system does not tell.
    disk_free_bytes: Option<u64>,
    /// As of when the last backup is that was kept there, by this relay's clock; RFC 3339. Null where none is known.
    backup: Option<String>,
    /// How far its clock is ahead of this relay's, in milliseconds; the way of the report is in it.
    clock_skew_ms: i64,
    /// Whether its database was older than what relays had acknowledged.
    restored: bool,
    /// Proofs of two histories that it holds.
    forks: u64,
    /// Entries that it has set aside, some of them where there are many.
    set_aside: Vec<SetAsideShown>,
}

/// What a site's program last said of its running.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct JournalShown {
    /// Warnings and errors since it began, newest last, some of them where there are many. None of a site that never told any.
    lines: Vec<JournalLineShown>,
}

/// A warning or an error, in the program's own fixed words.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct JournalLineShown {
    /// When it was last said, by this relay's clock; RFC 3339.
    at: String,
    /// An error; else a warning.
    error: bool,
    /// Which part of the program says so.
    part: String,
    /// What it says, in English.
    text: String,
    /// As a code that never changes, where there is one.
    code: Option<String>,
    /// How often it was said.
    times: u64,
}

/// How a site stood.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct HistoryShown {
    /// Oldest first, about one in five minutes.
    samples: Vec<SampleShown>,
}

/// How a site stood at a moment.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct SampleShown {
    /// RFC 3339.
    at: String,
    /// Entries that it had not sent.
    outbox: u64,
    /// Entries that were here and not there.
    lag: u64,
    /// Open items of its inbox.
    inbox: u64,
    /// Entries that it had set aside as invalid.
    quarantined: u64,
    /// How far its clock was ahead, in milliseconds.
    clock_skew_ms: i64,
    /// Bytes that were free on its disk.
    disk_free_bytes: Option<u64>,
}

/// Since when.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::console) struct HistoryParams {
    /// RFC 3339; a day ago when nothing is said. Samples are kept for a month.
    since: Option<String>,
}

impl HistoryParams {
    /// The moment; Unix milliseconds.
    pub fn since_ms(self, now_ms: i64) -> Result<i64, Problem> {
        let Some(since) = self.since else { return Ok(now_ms.saturating_sub(HISTORY_SHOWN_MS)) };
        moment(&since).ok_or_else(|| {
            Problem::new(Code::BadRequest, "A moment is written as 2026-11-24T10:00:00Z").with("name", "since")
        })
    }
}

/// The sites, and how each stands with this relay.
#[utoipa::path(get, path = "/api/v1/sites", tag = "sites",
    responses((status = 200, body = SitesShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn list(State(console): State<Arc<Console>>) -> Answer<SitesShown> {
    let (front, now_ms) = (Arc::clone(&console.front), console.clock.now().ms);
    Ok(Json(SitesShown { sites: console.run(move |_, _| Ok(sites(&front, now_ms, |_| true)?)).await? }))
}

/// How a site stood, in samples.
#[utoipa::path(get, path = "/api/v1/sites/{code}/history", tag = "sites",
    params(("code" = String, Path, description = "The site's code"), HistoryParams),
    responses((status = 200, body = HistoryShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn history(
    State(console): State<Arc<Console>>,
    Segment(code): Segment,
    Params(params): Params<HistoryParams>,
) -> Answer<HistoryShown> {
    let since_ms = params.since_ms(console.clock.now().ms)?;
    let front = Arc::clone(&console.front);
    let samples = console.run(move |_, _| {
        let (site, _) = site(&front, &code)?;
        Ok(front.board().samples(&site, since_ms)?)
    });
    Ok(Json(HistoryShown { samples: samples.await?.into_iter().map(SampleShown::from).collect() }))
}

/// What a site's program last said of its running.
#[utoipa::path(get, path = "/api/v1/sites/{code}/journal", tag = "sites",
    params(("code" = String, Path, description = "The site's code")),
    responses((status = 200, body = JournalShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn journal(
    State(console): State<Arc<Console>>,
    Segment(code): Segment,
) -> Answer<JournalShown> {
    let (site, _) = site(&console.front, &code)?;
    let lines = console.front.board().last(&site).map(|told| told.journal()).unwrap_or_default();
    Ok(Json(JournalShown { lines: lines.into_iter().map(JournalLineShown::from).collect() }))
}

impl From<JournalLine> for JournalLineShown {
    fn from(JournalLine { at_ms, error, part, text, code, times }: JournalLine) -> Self {
        Self { at: rfc3339(at_ms), error, part, text, code, times }
    }
}

impl From<Sample> for SampleShown {
    fn from(sample: Sample) -> Self {
        Self {
            at: rfc3339(sample.at_ms),
            outbox: sample.outbox_entries,
            lag: sample.lag_entries,
            inbox: sample.inbox_items,
            quarantined: sample.quarantined_entries,
            clock_skew_ms: sample.clock_skew_ms,
            disk_free_bytes: sample.disk_free_bytes,
        }
    }
}

impl HealthShown {
    fn of(told: &Told, lag: u64, roster: &Roster) -> Self {
        let health = &told.health;
        Self {
            at: rfc3339(told.at_ms),
            software: health.software.clone(),
            outbox: health.outbox_entries,
            lag,
            inbox: health.inbox_items,
            conflicts: health.conflicts,
            quarantined: health.quarantined_entries,
            parked: health.parked_entries,
            waiting: health.waiting_entries,
            store_bytes: health.store_bytes,
            disk_free_bytes: health.disk_free_bytes,
            backup: told.backup_ms().map(rfc3339),
            clock_skew_ms: told.clock_skew_ms(),
            restored: health.restored,
            forks: health.forks,
            set_aside: health.set_aside.iter().flatten().map(|entry| SetAsideShown::of(entry, roster)).collect(),
        }
    }
}

impl SetAsideShown {
    fn of(SetAsideHealth { scope, head, code, parked }: &SetAsideHealth, roster: &Roster) -> Self {
        Self {
            entry: head.hash.to_string(),
            scope: roster.scopes.get(scope).map_or_else(|| scope.to_string(), |scope| scope.name.clone()),
            site: code_of(roster, &head.writer.site),
            seq: head.seq,
            code: code.clone(),
            parked: *parked,
        }
    }
}

/// Hold the line of a site: its sessions end now, and none is taken until the line is released. The roster says nothing of it.
#[utoipa::path(post, path = "/api/v1/sites/{code}/line", tag = "sites", request_body = LineHold,
    params(("code" = String, Path, description = "The site's code")),
    responses((status = 200, body = SiteShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn hold(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    Segment(code): Segment,
    JsonBody(LineHold { reason }): JsonBody<LineHold>,
) -> Answer<SiteShown> {
    let (front, by) = (Arc::clone(&console.front), asking.by());
    let held = console.run(move |book, _| {
        let (site, roster) = site(&front, &code)?;
        if roster.is_headquarters(&site) {
            let message = "The line of headquarters is not held: it decides on what is asked here";
            return Err(Problem::new(Code::Headquarters, message).with("site", &code));
        }
        let reason = text("reason", reason, MAX_REASON_BYTES)?;
        let line = HeldLine { by: by.account.clone().unwrap_or_default(), reason, since_ms: by.at_ms };
        if front.hold(&site, &line)? {
            book.note(&by, Act::LineHold, Some(&code), false)?;
        }
        one(&front, &site, by.at_ms)
    });
    held.await.map(Json)
}

/// Release the line of a site, which comes back by itself.
#[utoipa::path(delete, path = "/api/v1/sites/{code}/line", tag = "sites",
    params(("code" = String, Path, description = "The site's code")),
    responses((status = 200, body = SiteShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn release(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    Segment(code): Segment,
) -> Answer<SiteShown> {
    let (front, by) = (Arc::clone(&console.front), asking.by());
    let released = console.run(move |book, _| {
        let (site, _) = site(&front, &code)?;
        if front.requests().release(&site)? {
            book.note(&by, Act::LineRelease, Some(&code), false)?;
        }
        one(&front, &site, by.at_ms)
    });
    released.await.map(Json)
}

/// The site of a code, and the roster that names it.
fn site(front: &Front, code: &str) -> Result<(SiteId, Arc<Roster>), Problem> {
    let roster = front.core().map(|core| core.roster()).unwrap_or_default();
    site_of(&roster, code).map(|site| (site, roster))
}

/// One site: whoever acts on many at once is not sent all of them each time.
fn one(front: &Front, site: &SiteId, now_ms: i64) -> Result<SiteShown, Problem> {
    let gone = || Problem::new(Code::NotFound, "There is no such site");
    sites(front, now_ms, |shown| shown == site)?.pop().ok_or_else(gone)
}

fn sites(front: &Front, now_ms: i64, is_shown: impl Fn(&SiteId) -> bool) -> Result<Vec<SiteShown>, StoreError> {
    let roster = front.core().map(|core| core.roster()).unwrap_or_default();
    let mut holdings = front.core().map(|core| core.holdings()).unwrap_or_default();
    let shown = |standing: Standing| {
        let held = holdings.remove(&standing.id()).unwrap_or_default();
        let health =
            standing.told.as_ref().map(|told| HealthShown::of(told, standing.lag.unwrap_or_default(), &roster));
        let profile = standing.site.profile;
        SiteShown {
            id: standing.site.id.to_string(),
            code: profile.code,
            name: profile.name,
            country: profile.country,
            jurisdiction: profile.jurisdiction,
            headquarters: standing.site.headquarters,
            removed: standing.removed.map(|revoked| if revoked { "revoked" } else { "suspended" }.to_owned()),
            connected: standing.since_ms.is_some(),
            connected_since: standing.since_ms.map(rfc3339),
            seen: standing.seen_ms.map(rfc3339),
            scopes: held.into_iter().map(ScopeStatus::from).collect(),
            held: standing.held.map(|line| HeldLineShown {
                by: line.by,
                reason: line.reason,
                since: rfc3339(line.since_ms),
            }),
            health,
        }
    };
    Ok(front.standings(now_ms)?.into_iter().filter(|standing| is_shown(&standing.id())).map(shown).collect())
}
