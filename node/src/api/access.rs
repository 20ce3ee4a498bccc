//! The access log: who was shown what of persons, pay, health and courts. Owns the shapes, and what of an answer is kept.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::Access;
use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::Params;
use crate::clock;
use crate::limits::{ACCESSES, MAX_ACCESSES_SHOWN};
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};
use crate::who::Who;

/// What the paths of records begin with.
const RECORDS_PATH: &str = "/api/v1/records/";

/// What was shown.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct AccessLogShown {
    /// The last ones first.
    pub accesses: Vec<AccessShown>,
    /// `before` of the ones before; null when there are none.
    pub next: Option<i64>,
}

/// An answer that bore values of a class other than ordinary. The values themselves are not kept.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct AccessShown {
    /// When, by this node's clock; RFC 3339.
    pub time: String,
    /// Who asked: `PAR/aminata`, or `PAR/operator`.
    pub author: String,
    /// What they asked: method and route.
    pub surface: String,
    /// The kind of record, where one was named.
    pub kind: Option<String>,
    /// The record as it was named, by id or reference; null of a list, a search or a file.
    pub record: Option<String>,
    /// Of how many records the answer bore such a value; of a history, how many values.
    pub records: u64,
    /// Of which classes: `personal`, `pay`, `medical`, `legal`.
    pub classes: Vec<String>,
}

/// Which.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccessLogParams {
    /// Those before this number: `next` of an answer before.
    pub before: Option<i64>,
    /// How many; 100 when nothing is said, at most 1,000.
    pub limit: Option<u32>,
}

/// Answers of this node that bore values of a class other than ordinary, the last ones first. It is kept on this node alone; the oldest
/// go.
#[utoipa::path(get, path = "/api/v1/access-log", tag = "staff", params(AccessLogParams),
    responses((status = 200, body = AccessLogShown), (status = "default", body = ProblemBody)))]
pub async fn read(State(api): State<Api>, Params(params): Params<AccessLogParams>) -> Answer<AccessLogShown> {
    let found = api.run(move |node| {
        let most = params.limit.unwrap_or(ACCESSES).clamp(1, MAX_ACCESSES_SHOWN);
        let found = node.accesses().latest(params.before, most + 1);
        let mut found = found.map_err(|error| Problem::from_error(Code::Internal, &error))?;
        let more = found.len() > most as usize;
        found.truncate(most as usize);
        let next = found.last().map(|(number, _)| *number).filter(|_| more);
        Ok(AccessLogShown { accesses: found.into_iter().map(|(_, access)| shown(access)).collect(), next })
    });
    found.await.map(Json)
}

fn shown(access: Access) -> AccessShown {
    let Access { at_ms, author, surface, kind, record, records, classes } = access;
    let named = |text: String| (!text.is_empty()).then_some(text);
    let (time, kind, record) = (clock::rfc3339(at_ms), named(kind), named(record));
    AccessShown { time, author, surface, kind, record, records, classes }
}

/// What of an answer to somebody is kept, if it bore anything: asked at this route, about the record that the path names.
pub fn kept(node: &Node, who: &Who, surface: String, named: (Option<String>, Option<String>)) -> Option<Access> {
    let (classes, records) = who.borne.until_now();
    let (kind, record) = named;
    (!classes.are_ordinary()).then(|| Access {
        at_ms: clock::now_ms(),
        author: who.author.clone().unwrap_or_else(|| crate::author::operator(&node.site_code())),
        surface,
        kind: kind.unwrap_or_default(),
        record: record.unwrap_or_default(),
        records,
        classes: Access::of(classes),
    })
}

/// The kind and the record that the path of a route names, where it is one of records.
pub fn of_record(route: &str, named: impl Fn(&str) -> Option<String>) -> (Option<String>, Option<String>) {
    let Some(rest) = route.strip_prefix(RECORDS_PATH) else { return (None, None) };
    // A route of one kind says which.
    let fixed = rest.split('/').next().filter(|part| !part.starts_with('{')).map(str::to_owned);
    (fixed.or_else(|| named("kind")), named("id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_path_names_is_kept_with_it() {
        let named = |name: &str| Some(name.to_uppercase());
        let of = |route: &str| of_record(route, named);
        let both = |kind: &str, record: &str| (Some(kind.to_owned()), Some(record.to_owned()));
        assert_eq!(of("/api/v1/records/{kind}/{id}/history"), both("KIND", "ID"));
        assert_eq!(of("/api/v1/records/party/{id}/envelope"), both("party", "ID"));
        assert_eq!(of("/api/v1/inbox/{id}/resolve"), (None, None));
    }
}
