//! Verification of everything that is stored. Owns the shape of the answer; the checking is the replica's.

use axum::Json;
use axum::extract::State;
use comptoir_replica::{Finding, VerifyReport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::node::Node;
use crate::problem::{ProblemBody, plain};

/// What verification found.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Verified {
    /// Whether nothing was found.
    pub sound: bool,
    /// How many entries were checked.
    pub entries: u64,
    /// How many records were held against Automerge.
    pub records: u64,
    /// What was found, for people.
    pub findings: Vec<String>,
}

/// Check chains, signatures, chunks, records and projections.
#[utoipa::path(post, path = "/api/v1/verify", tag = "node",
    responses((status = 200, body = Verified), (status = "default", body = ProblemBody)))]
pub async fn verify(State(api): State<Api>) -> Answer<Verified> {
    let verified = api.run(|node| {
        let report = node.replica().verify().map_err(|error| node.storage_problem(&error))?;
        Ok(Verified {
            sound: report.is_sound(),
            entries: report.entries,
            records: report.records,
            findings: findings(node, &report),
        })
    });
    verified.await.map(Json)
}

fn findings(node: &Node, report: &VerifyReport) -> Vec<String> {
    let entry = |what: &str, finding: &Finding| {
        let (scope, head) = (node.scope_name(&finding.scope), finding.head);
        format!("{what}: entry {} of {} in {scope} ({}): {}", head.seq, head.writer, head.hash, finding.what)
    };
    let damaged = report.damaged.iter().map(|finding| entry("damaged", finding));
    let broken = report.broken.iter().map(|finding| entry("broken", finding));
    let records = report.records_differ.iter().map(|differs| {
        format!("record {} in {}: {} differs", differs.record, node.scope_name(&differs.scope), differs.what)
    });
    let states = report.states_differ.iter().map(|scope| format!("{scope}: rebuilt, its state is another"));
    damaged.chain(broken).chain(records).chain(states).map(|finding| plain(&finding)).collect()
}
