//! Demo data: putting them in, and taking them out again. Owns the requests; what they are is the back office's.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::batches::Undone;
use crate::entropy;
use crate::node::Node;
use crate::problem::{Problem, ProblemBody};

/// The demo data of this site.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct DemoShown {
    /// How many of its records are in use; none, and it can be put in.
    pub records: u32,
    /// The acts that put them in, which `batches` lists too.
    pub batches: Vec<String>,
}

fn shown(node: &Node) -> Result<DemoShown, Problem> {
    let demo = node.look(|desk| desk.demo())?;
    Ok(DemoShown { records: demo.records, batches: demo.batches.iter().map(ToString::to_string).collect() })
}

/// Whether there are demo data.
#[utoipa::path(get, path = "/api/v1/demo", tag = "demo",
    responses((status = 200, body = DemoShown), (status = "default", body = ProblemBody)))]
pub async fn read(State(api): State<Api>) -> Answer<DemoShown> {
    api.run(shown).await.map(Json)
}

/// Put demo data in, as one act: made-up parties and items, a location, a delivery to be posted. At headquarters. Where some are in use
/// already nothing is written.
#[utoipa::path(post, path = "/api/v1/demo", tag = "demo",
    responses((status = 200, body = DemoShown), (status = "default", body = ProblemBody)))]
pub async fn write(State(api): State<Api>) -> Answer<DemoShown> {
    let written = api.run(|node| {
        if shown(node)?.records == 0 {
            let publish = |appended: comptoir_replica::Appended| node.publish(&appended.commits);
            node.at_desk(|desk| desk.write_demo(&mut entropy::os(), publish))?;
        }
        shown(node)
    });
    written.await.map(Json)
}

/// Take the demo data out again. What somebody changed since stays, and is told.
#[utoipa::path(delete, path = "/api/v1/demo", tag = "demo",
    responses((status = 200, body = Undone), (status = "default", body = ProblemBody)))]
pub async fn remove(State(api): State<Api>) -> Answer<Undone> {
    let removed = api.run(|node| {
        let (demo, site) = (node.look(|desk| desk.demo())?, node.replica().site());
        let mut undone = Undone::default();
        for batch in demo.batches {
            let publish = |appended: comptoir_replica::Appended| node.publish(&appended.commits);
            undone.add(node.at_desk(|desk| desk.undo_batch(&site, &batch, &mut entropy::os(), publish))?.into());
        }
        Ok(undone)
    });
    removed.await.map(Json)
}
