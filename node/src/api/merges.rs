//! What was merged without asking: records of which several sites changed different fields at once. Owns the shape of the answer.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::registry;
use comptoir_backoffice::shown::named;
use comptoir_replica::{Merge, MergeSide};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::answer::Answer;
use super::extract::Params;
use crate::clock;
use crate::limits::{MAX_MERGES, MERGES};
use crate::node::Node;
use crate::problem::{Problem, ProblemBody};
use crate::who::Who;

/// What was merged without asking.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Merges {
    /// One a record, the one that arrived last first.
    pub merges: Vec<Merged>,
    /// What arrived before this moment was not looked at, or not all of it; RFC 3339. Null: everything was.
    pub since: Option<String>,
}

/// The last time that several sites' changes of one record came together.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Merged {
    /// The kind of record.
    pub kind: String,
    /// The record.
    pub id: String,
    /// Its name; none of a kind that this version does not know.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The scope's name.
    pub scope: String,
    /// When the last of the changes was here, by our clock; RFC 3339.
    pub received: String,
    /// What each did, in causal order.
    pub sides: Vec<MergedSide>,
}

/// What one person of one site did.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct MergedSide {
    /// The site's code.
    pub site: String,
    /// Whether it is this one.
    pub here: bool,
    /// The person, or `SITE/operator`.
    pub author: String,
    /// When last, by the author's clock; RFC 3339. It orders nothing.
    pub time: String,
    /// The fields that were put, as `set` takes them, but for those that another put at the same time: the inbox asks
    /// about these. Empty when there are no others.
    pub fields: Vec<String>,
}

/// How many.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MergesParams {
    /// How many records; 50 when nothing is said, at most 1,000.
    pub limit: Option<usize>,
}

/// List records of which several sites changed different fields at once, so that nobody was asked.
#[utoipa::path(get, path = "/api/v1/merges", tag = "inbox", params(MergesParams),
    responses((status = 200, body = Merges), (status = "default", body = ProblemBody)))]
pub async fn list(State(api): State<Api>, Params(MergesParams { limit }): Params<MergesParams>) -> Answer<Merges> {
    let merges = api.run(move |node| {
        let limit = limit.unwrap_or(MERGES).min(MAX_MERGES);
        let found = node.replica().merges(limit).map_err(|error| node.storage_problem(&error))?;
        let mut merges = Vec::with_capacity(found.items.len());
        for merge in found.items {
            merges.extend(shown(node, merge)?);
        }
        Ok(Merges { merges, since: found.since_ms.map(clock::rfc3339) })
    });
    merges.await.map(Json)
}

/// What was merged, as far as whoever asks sees it.
fn shown(node: &Node, merge: Merge) -> Result<Option<Merged>, Problem> {
    // Of a kind that this version does not know nobody can say who may see it.
    let Ok(kind) = registry::kind(&merge.kind) else {
        let all = Who::now().standing.may_everything();
        return Ok(all.then(|| merged(node, merge, None, |_| true)));
    };
    let mask = node.look(|desk| desk.mask(kind))?;
    if !mask.sees_records() {
        return Ok(None);
    }
    let stored = node.replica().record(merge.scope, merge.record).map_err(|error| node.storage_problem(&error))?;
    let name = stored.map(|stored| mask.name(&stored.cells));
    Ok(Some(merged(node, merge, name, |key| mask.sees(key))))
}

fn merged(node: &Node, merge: Merge, name: Option<String>, seen: impl Fn(&str) -> bool) -> Merged {
    Merged {
        name,
        id: merge.record.to_string(),
        kind: merge.kind,
        scope: node.scope_name(&merge.scope),
        received: clock::rfc3339(merge.received_ms),
        sides: merge.sides.into_iter().map(|side| of_side(node, side, &seen)).collect(),
    }
}

fn of_side(node: &Node, side: MergeSide, seen: impl Fn(&str) -> bool) -> MergedSide {
    let code = node.roster().sites.get(&side.site).map(|site| site.profile.code.clone());
    MergedSide {
        site: code.unwrap_or_else(|| side.site.to_string()),
        here: side.site == node.replica().site(),
        author: side.author,
        time: clock::rfc3339(side.wall_clock_ms),
        fields: side.keys.iter().filter(|key| seen(key)).map(|key| named(key)).collect(),
    }
}
