//! Rights to pools: who may still sell how much; granting, passing on, giving back, spending, sharing out, taking back. Owns the
//! requests.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::registry::kind;
use comptoir_backoffice::stock::command::reclaim::Reclaimed;
use comptoir_backoffice::stock::command::rights::RightsRequest;
use comptoir_backoffice::stock::command::share_out::Share;
use comptoir_backoffice::stock::posting::RightsAct;
use comptoir_backoffice::stock::query::postings::PostingShown;
use comptoir_backoffice::stock::query::rights::{PoolRights, Present, rights};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{post, sites};
use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Params, Segments};
use crate::entropy;
use crate::problem::{Code, Problem, ProblemBody, plain};

/// Pools.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Pools {
    /// By code.
    pub pools: Vec<PoolRights>,
}

/// Which pools.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PoolsParams {
    /// This one alone: its id or code.
    pub pool: Option<String>,
}

/// Pools, and who holds rights to them.
#[utoipa::path(get, path = "/api/v1/stock/rights", tag = "stock", params(PoolsParams),
    responses((status = 200, body = Pools), (status = "default", body = ProblemBody)))]
pub async fn list(State(api): State<Api>, Params(params): Params<PoolsParams>) -> Answer<Pools> {
    let found = api.run(move |node| {
        let (names, present) = (sites(node), Present::of(node.replica()));
        let present = present.map_err(|error| node.storage_problem(&error))?;
        node.look(|desk| {
            let of = kind("pool")?;
            let only = params.pool.as_deref().map(|name| desk.find(of, name)).transpose()?.map(|(_, id)| id);
            desk.look_at(of, |reading| rights(reading.connection(), &names, &present, only))
        })
    });
    found.await.map(|pools| Json(Pools { pools }))
}

/// An act on rights to a pool.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightsBody {
    /// `grant`, `pass`, `return`, `spend` or `retire`.
    pub act: String,
    /// How much.
    #[schema(value_type = String)]
    pub quantity: Decimal,
    /// In which unit; the item's own when nothing is said.
    #[serde(default)]
    pub unit: String,
    /// The code of the site that receives, of a grant or what is passed on.
    #[serde(default)]
    pub to: Option<String>,
    /// Of a sale: to whom, by id or reference.
    #[serde(default)]
    pub party: Option<String>,
    /// What else is to be said.
    #[serde(default)]
    pub note: String,
}

/// Grant, pass on, return, spend or retire rights to a pool.
#[utoipa::path(post, path = "/api/v1/stock/rights/{pool}", tag = "stock", request_body = RightsBody,
    params(("pool" = String, Path, description = "Id or code of the pool")),
    responses((status = 200, body = PostingShown), (status = "default", body = ProblemBody)))]
pub async fn act(
    State(api): State<Api>,
    Segments(pool): Segments<String>,
    JsonBody(body): JsonBody<RightsBody>,
) -> Answer<PostingShown> {
    let done = api.run(move |node| {
        let unknown = || Problem::new(Code::BadRequest, format!("Nobody can {} rights", plain(&body.act)));
        let act = RightsAct::of_word(&body.act).ok_or_else(unknown)?;
        let request = RightsRequest {
            act,
            pool: &pool,
            to: body.to.as_deref(),
            quantity: body.quantity,
            unit: &body.unit,
            party: body.party.as_deref(),
            note: &body.note,
        };
        post(node, |desk| desk.rights(&request, &mut entropy::os()))
    });
    done.await.map(Json)
}

/// How to share out.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ShareOut {
    /// The codes of the sites; all that hold rights or sold when none is named.
    pub among: Vec<String>,
    /// Say what would be granted, and grant nothing.
    pub dry_run: bool,
}

/// What each site was granted.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Shares {
    /// Site by site.
    pub shares: Vec<Share>,
}

/// Grant what is free of a pool, by what each site sold or equally, as the pool's policy has it.
#[utoipa::path(post, path = "/api/v1/stock/rights/{pool}/share-out", tag = "stock", request_body = ShareOut,
    params(("pool" = String, Path, description = "Id or code of the pool")),
    responses((status = 200, body = Shares), (status = "default", body = ProblemBody)))]
pub async fn share_out(
    State(api): State<Api>,
    Segments(pool): Segments<String>,
    JsonBody(ShareOut { among, dry_run }): JsonBody<ShareOut>,
) -> Answer<Shares> {
    let shares = api.run(move |node| {
        if dry_run {
            return node.look(|desk| desk.try_share_out(&pool, &among));
        }
        node.at_desk(|desk| {
            desk.share_out(&pool, &among, &mut entropy::os(), |posted| node.publish(&posted.appended.commits))
        })
    });
    shares.await.map(|shares| Json(Shares { shares }))
}

/// Whose rights to take back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reclaim {
    /// The code of the site, which is revoked.
    pub site: String,
}

/// Take back all that a revoked site held of a pool when it was cut off, once every other site was heard of that writes there.
#[utoipa::path(post, path = "/api/v1/stock/rights/{pool}/reclaim", tag = "stock", request_body = Reclaim,
    params(("pool" = String, Path, description = "Id or code of the pool")),
    responses((status = 200, body = Reclaimed), (status = "default", body = ProblemBody)))]
pub async fn reclaim(
    State(api): State<Api>,
    Segments(pool): Segments<String>,
    JsonBody(Reclaim { site }): JsonBody<Reclaim>,
) -> Answer<Reclaimed> {
    let done = api.run(move |node| {
        node.at_desk(|desk| {
            desk.reclaim(&pool, &site, &mut entropy::os(), |posted| node.publish(&posted.appended.commits))
        })
    });
    done.await.map(Json)
}
