//! Scopes: which sites hold a record, defining a scope, letting sites in and out, new keys, and confining it to jurisdictions. Owns the requests; the rules are
//! residency's.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use comptoir_replica::Membership;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Params, Segments};
use crate::api::organisation::ScopeShown;
use crate::api::records::{find_itself, known};
use crate::enrolment::removal;
use crate::problem::{Code, Problem, ProblemBody};
use crate::residency;

/// Where a scope's bytes may go.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confining {
    /// Codes of countries or subdivisions, or `EU`; empty: everywhere.
    pub jurisdictions: Vec<String>,
}

/// A scope of the organisation's own.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Defining {
    /// Its name: lower-case letters, digits and hyphens.
    pub name: String,
    /// The codes of its members. Headquarters need not be one.
    pub sites: Vec<String>,
    /// Where its bytes may go, as in [`Confining`].
    #[serde(default)]
    pub jurisdictions: Vec<String>,
}

/// How it is asked.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConfiningParams {
    /// Only say what it would come to.
    pub trial: bool,
}

/// Define a scope of the organisation's own: its members share its key, and no other site ever receives what is written there. Only at
/// headquarters, which need not be a member.
#[utoipa::path(post, path = "/api/v1/scopes", tag = "organisation", request_body = Defining, params(ConfiningParams),
    responses((status = 200, body = ScopeShown), (status = "default", body = ProblemBody)))]
pub async fn define(
    State(api): State<Api>,
    Params(ConfiningParams { trial }): Params<ConfiningParams>,
    JsonBody(Defining { name, sites, jurisdictions }): JsonBody<Defining>,
) -> Answer<ScopeShown> {
    let shown = api.run(move |node| {
        node.signer()?;
        let codes: BTreeSet<String> = sites.into_iter().collect();
        let sites = codes.iter().map(|code| removal::site(node, code)).collect::<Result<Vec<_>, _>>()?;
        let (next, scope) = residency::defined(&node.roster(), &name, &sites, &jurisdictions)?;
        if !trial {
            residency::define(node, &name, &sites, &jurisdictions)?;
        }
        Ok(ScopeShown::of(&next, &scope))
    });
    shown.await.map(Json)
}

/// Confine a scope to jurisdictions: from here on its bytes go to sites and relays there alone. Only at headquarters. What is elsewhere
/// already stays there.
#[utoipa::path(put, path = "/api/v1/scopes/{name}/jurisdictions", tag = "organisation", request_body = Confining,
    params(("name" = String, Path, description = "The scope's name, such as `staff:DKR`"), ConfiningParams),
    responses((status = 200, body = ScopeShown), (status = "default", body = ProblemBody)))]
pub async fn confine(
    State(api): State<Api>,
    Segments(name): Segments<String>,
    Params(ConfiningParams { trial }): Params<ConfiningParams>,
    JsonBody(Confining { jurisdictions }): JsonBody<Confining>,
) -> Answer<ScopeShown> {
    let shown = api.run(move |node| {
        node.signer()?;
        let (next, scope) = residency::confined(&node.roster(), &name, &jurisdictions)?;
        if !trial {
            residency::confine(node, &name, &jurisdictions)?;
        }
        Ok(ScopeShown::of(&next, &scope))
    });
    shown.await.map(Json)
}

/// Make a site a member of a scope: it gets the keys, and all that was written there before. Only at headquarters.
#[utoipa::path(put, path = "/api/v1/scopes/{name}/members/{site}", tag = "organisation",
    params(("name" = String, Path, description = "The scope's name, such as `staff:DKR`"),
           ("site" = String, Path, description = "The site's code"), ConfiningParams),
    responses((status = 200, body = ScopeShown), (status = "default", body = ProblemBody)))]
pub async fn widen(
    State(api): State<Api>,
    Segments((name, site)): Segments<(String, String)>,
    Params(ConfiningParams { trial }): Params<ConfiningParams>,
) -> Answer<ScopeShown> {
    member(&api, name, site, trial, Membership::Join).await
}

/// Make a site a member of a scope no more: it keeps what it has and gets nothing more, and the others get a new key. Only at
/// headquarters.
#[utoipa::path(delete, path = "/api/v1/scopes/{name}/members/{site}", tag = "organisation",
    params(("name" = String, Path, description = "The scope's name, such as `staff:DKR`"),
           ("site" = String, Path, description = "The site's code"), ConfiningParams),
    responses((status = 200, body = ScopeShown), (status = "default", body = ProblemBody)))]
pub async fn narrow(
    State(api): State<Api>,
    Segments((name, site)): Segments<(String, String)>,
    Params(ConfiningParams { trial }): Params<ConfiningParams>,
) -> Answer<ScopeShown> {
    member(&api, name, site, trial, Membership::Leave).await
}

async fn member(api: &Api, name: String, site: String, trial: bool, membership: Membership) -> Answer<ScopeShown> {
    let shown = api.run(move |node| {
        node.signer()?;
        let site = removal::site(node, &site)?;
        let (next, scope) = residency::with_member(&node.roster(), node.replica().site(), &name, &site, membership)?;
        if !trial {
            residency::set_member(node, &name, &site, membership)?;
        }
        Ok(ScopeShown::of(&next, &scope))
    });
    shown.await.map(Json)
}

/// Give a scope a new key, sealed to the members that stand: what is written from then on is sealed with it. What was written stays readable
/// to who has the old one. Only at headquarters.
#[utoipa::path(post, path = "/api/v1/scopes/{name}/rotate", tag = "organisation",
    params(("name" = String, Path, description = "The scope's name, such as `staff:DKR`")),
    responses((status = 200, body = ScopeShown), (status = "default", body = ProblemBody)))]
pub async fn rotate(State(api): State<Api>, Segments(name): Segments<String>) -> Answer<ScopeShown> {
    let shown = api.run(move |node| {
        residency::rotate(node, &name)?;
        let roster = node.roster();
        let unknown = || Problem::new(Code::NotFound, format!("There is no scope {name}")).with("value", &name);
        Ok(ScopeShown::of(&roster, roster.scope_by_name(&name).ok_or_else(unknown)?))
    });
    shown.await.map(Json)
}

/// Which sites hold a record, and which relays carry it, sealed: those of its scope.
#[utoipa::path(get, path = "/api/v1/records/{kind}/{id}/where", tag = "records",
    params(("kind" = String, Path, description = "Kind of record"), ("id" = String, Path, description = "Id or reference")),
    responses((status = 200, body = ScopeShown), (status = "default", body = ProblemBody)))]
pub async fn holding(State(api): State<Api>, Segments((kind, id)): Segments<(String, String)>) -> Answer<ScopeShown> {
    let shown = api.run(move |node| {
        let (scope, _) = find_itself(node, known(&kind)?, &id)?;
        let roster = node.roster();
        let unknown = || Problem::new(Code::Internal, format!("the roster knows no scope {scope}"));
        Ok(ScopeShown::of(&roster, roster.scopes.get(&scope).ok_or_else(unknown)?))
    });
    shown.await.map(Json)
}
