//! What there is, what of it is free, what it is worth. Owns the requests.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::registry::kind;
use comptoir_backoffice::stock::query::availability::{Availability, AvailabilityQuery, availability};
use comptoir_backoffice::stock::query::on_hand::{OnHand, OnHandQuery, on_hand};
use comptoir_backoffice::stock::query::value::{SiteValue, value};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{day, site, sites};
use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{Params, Segments};
use crate::problem::ProblemBody;

/// Where and when.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OnHandParams {
    /// The code of a site.
    pub site: Option<String>,
    /// A location, by id, or by reference: `PAR/MAIN`.
    pub location: Option<String>,
    /// As the papers of this day had it.
    pub at: Option<String>,
}

/// What there is of an item, place by place.
#[utoipa::path(get, path = "/api/v1/stock/items/{item}/on-hand", tag = "stock",
    params(("item" = String, Path, description = "Id or code of the item"), OnHandParams),
    responses((status = 200, body = OnHand), (status = "default", body = ProblemBody)))]
pub async fn item(
    State(api): State<Api>,
    Segments(item): Segments<String>,
    Params(params): Params<OnHandParams>,
) -> Answer<OnHand> {
    let found = api.run(move |node| {
        let (names, only, at) = (sites(node), site(node, params.site.as_deref())?, day(params.at.as_deref())?);
        node.look(|desk| {
            let (_, id) = desk.find(kind("item")?, &item)?;
            let of = kind("location")?;
            let location = params.location.as_deref().map(|name| desk.find(of, name)).transpose()?.map(|(_, id)| id);
            desk.look(|reading| on_hand(reading, &names, id, &OnHandQuery { site: only, location, at }))
        })
    });
    found.await.map(Json)
}

/// Which items.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AvailabilityParams {
    /// Words, or beginnings of words.
    pub search: Option<String>,
    /// The code of a site; all of them when nothing is said.
    pub site: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Items to pass over from there on, to reach a far page in one step.
    pub skip: Option<u32>,
    /// How many items: 50, at most 1,000.
    pub limit: Option<u32>,
}

/// What there is of each item and what of it is free, page by page.
#[utoipa::path(get, path = "/api/v1/stock/availability", tag = "stock", params(AvailabilityParams),
    responses((status = 200, body = Availability), (status = "default", body = ProblemBody)))]
pub async fn available(State(api): State<Api>, Params(params): Params<AvailabilityParams>) -> Answer<Availability> {
    let found = api.run(move |node| {
        let (names, only) = (sites(node), site(node, params.site.as_deref())?);
        node.look(|desk| {
            let AvailabilityParams { search, after, skip, limit, .. } = params;
            let query =
                AvailabilityQuery { search, site: only, after, skip, limit, country: desk.home.country.clone() };
            desk.look_at(kind("item")?, |reading| availability(reading, &names, &query))
        })
    });
    found.await.map(Json)
}

/// Whose and when.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ValueParams {
    /// The code of a site; all of them when nothing is said.
    pub site: Option<String>,
    /// As of this day.
    pub at: Option<String>,
}

/// What stock is worth.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct StockValue {
    /// By site and currency.
    pub sites: Vec<SiteValue>,
}

/// What stock is worth, by site and currency.
#[utoipa::path(get, path = "/api/v1/stock/value", tag = "stock", params(ValueParams),
    responses((status = 200, body = StockValue), (status = "default", body = ProblemBody)))]
pub async fn worth(State(api): State<Api>, Params(params): Params<ValueParams>) -> Answer<StockValue> {
    let found = api.run(move |node| {
        let (names, only, at) = (sites(node), site(node, params.site.as_deref())?, day(params.at.as_deref())?);
        node.look(|desk| desk.look_at(kind("item")?, |reading| Ok(value(reading.connection(), &names, only, at)?)))
    });
    found.await.map(|sites| Json(StockValue { sites }))
}
