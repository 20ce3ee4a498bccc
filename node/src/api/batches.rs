//! Batches: acts over many records, such as imports, and taking one back as one. Owns the requests and the shapes.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::desk::BatchUndone;
use comptoir_backoffice::refusal::{Code as Why, Refusal};
use comptoir_replica::BatchSummary;
use comptoir_sync_protocol::ids::{BatchId, SiteId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::answer::Answer;
use super::extract::{Params, Segments};
use crate::limits::{BATCHES, MAX_BATCHES};
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};
use crate::who::Who;
use crate::{clock, entropy};

/// Acts over many records.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Batches {
    /// Those that went on last come first.
    pub batches: Vec<Batch>,
}

/// One act over many records.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Batch {
    /// Its id: what undoing it names.
    pub id: String,
    /// The code of the site that did it.
    pub site: String,
    /// The person, or `SITE/operator`.
    pub author: String,
    /// By which command: `party.import`.
    pub command: String,
    /// When it began, by the author's clock; RFC 3339.
    pub first: String,
    /// When it ended.
    pub last: String,
    /// Entries of the log.
    pub entries: u64,
    /// Changes of records.
    pub changes: u64,
}

/// How many.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BatchesParams {
    /// How many; 50 when nothing is said, at most 1,000.
    pub limit: Option<usize>,
}

/// Whose.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UndoParams {
    /// The code of the site that did it; needed only where several sites did something under this id.
    pub site: Option<String>,
}

/// What undoing an act did. Taking it back is an act itself, and can be taken back in turn.
#[derive(Default, Serialize, Deserialize, ToSchema)]
pub struct Undone {
    /// Records that were changed back.
    pub reverted: u64,
    /// Records that the act had made, which are archived now.
    pub archived: u64,
    /// Records of which something stays because somebody changed it since.
    pub left: u64,
    /// The first of them.
    pub examples: Vec<LeftAlone>,
}

/// A record of which something stays.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct LeftAlone {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The fields that stay.
    pub fields: Vec<String>,
}

/// List acts over many records, such as imports.
#[utoipa::path(get, path = "/api/v1/batches", tag = "records", params(BatchesParams),
    responses((status = 200, body = Batches), (status = "default", body = ProblemBody)))]
pub async fn list(State(api): State<Api>, Params(params): Params<BatchesParams>) -> Answer<Batches> {
    let batches = api.run(move |node| {
        let limit = params.limit.unwrap_or(BATCHES).min(MAX_BATCHES);
        let found = node.replica().batches(limit).map_err(|error| node.storage_problem(&error))?;
        let standing = Who::now().standing;
        let heard = found.into_iter().filter(|batch| standing.hears_of(&batch.command));
        Ok(Batches { batches: heard.map(|batch| shown(node, batch)).collect() })
    });
    batches.await.map(Json)
}

/// Undo an act as one. What somebody changed since stays, and is told. Asked for again it does what is left, if anything.
#[utoipa::path(post, path = "/api/v1/batches/{id}/undo", tag = "records",
    params(("id" = String, Path, description = "The batch, as an import or the list named it"), UndoParams),
    responses((status = 200, body = Undone), (status = "default", body = ProblemBody)))]
pub async fn undo(
    State(api): State<Api>,
    Segments(id): Segments<String>,
    Params(params): Params<UndoParams>,
) -> Answer<Undone> {
    let undone = api.run(move |node| {
        let (site, batch) = find(node, &id, params.site.as_deref())?;
        let publish = |appended: comptoir_replica::Appended| node.publish(&appended.commits);
        let undone = node.at_desk(|desk| desk.undo_batch(&site, &batch, &mut entropy::os(), publish))?;
        Ok(undone.into())
    });
    undone.await.map(Json)
}

/// The id that a client drew for an act of its own.
pub(crate) fn named_batch(id: &str) -> Result<BatchId, Problem> {
    let bad = |_| Problem::new(Code::BadRequest, "batch is 32 hexadecimal digits").with("field", "batch");
    id.parse().map_err(bad)
}

fn shown(node: &Node, batch: BatchSummary) -> Batch {
    Batch {
        id: batch.id.to_string(),
        site: code_of(node, &batch.site),
        author: batch.author,
        command: batch.command,
        first: clock::rfc3339(batch.first_ms),
        last: clock::rfc3339(batch.last_ms),
        entries: batch.entries,
        changes: batch.changes,
    }
}

/// A site's code; the id of one that the roster does not name.
fn code_of(node: &Node, site: &SiteId) -> String {
    node.roster().sites.get(site).map_or_else(|| site.to_string(), |site| site.profile.code.clone())
}

/// The batch of this id, which must have done something: of the site that is named, else of this one, else of the only one
/// that has such a batch.
fn find(node: &Node, id: &str, site: Option<&str>) -> Result<(SiteId, BatchId), Problem> {
    let unknown = || Problem::from(Refusal::new(Why::UnknownBatch).with("value", id));
    let batch: BatchId = id.trim().parse().map_err(|_| unknown())?;
    let roster = node.roster();
    let sites: Vec<SiteId> = match site {
        None => roster.sites.keys().copied().collect(),
        Some(code) => {
            let known = roster.sites.iter().find(|(_, site)| site.profile.code == code.trim());
            vec![known.map(|(site, _)| *site).ok_or_else(unknown)?]
        }
    };
    let found = node.replica().read(|reading| {
        let mut histories = reading.histories();
        let mut found = Vec::new();
        for site in sites {
            if histories.batch_page(&site, &batch, None)?.is_some() {
                found.push(site);
            }
        }
        Ok(found)
    });
    let found = found.map_err(|error| node.storage_problem(&error))?;
    let own = node.replica().site();
    match found.as_slice() {
        [site] => Ok((*site, batch)),
        several if several.contains(&own) => Ok((own, batch)),
        _ => Err(unknown()),
    }
}

impl Undone {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.reverted += other.reverted;
        self.archived += other.archived;
        self.left += other.left;
        self.examples.extend(other.examples);
    }
}

impl From<BatchUndone> for Undone {
    fn from(undone: BatchUndone) -> Self {
        let BatchUndone { reverted, archived, left, examples } = undone;
        let example = |(kind, id, fields): (String, comptoir_replica::record::RecordId, Vec<String>)| LeftAlone {
            kind,
            id: id.to_string(),
            fields,
        };
        Self { reverted, archived, left, examples: examples.into_iter().map(example).collect() }
    }
}
