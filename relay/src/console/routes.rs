//! The console's routes, and what each needs of whoever asks: one table, which is an allow-list. Owns both; a test holds the table against
//! the description of the API.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware;
use axum::routing::{get, post, put};

use super::account::Role;
use super::api::{accounts, alarms, audit, events, password, relay, requests, scopes, session, setup, sign_in, sites};
use super::{Console, guard, openapi};
use crate::limits::MAX_CONSOLE_BODY_BYTES;

/// What a route needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing but a page of ours: whoever signs in, or sets an account up.
    Nothing,
    /// A session of this role, or of a greater one.
    Role(Role),
}

const GET: &str = "GET";
const POST: &str = "POST";
const PUT: &str = "PUT";
const DELETE: &str = "DELETE";
const VIEWER: Needs = Needs::Role(Role::Viewer);
const OPERATOR: Needs = Needs::Role(Role::Operator);
const ADMINISTRATOR: Needs = Needs::Role(Role::Administrator);

/// What is not here is refused.
pub(super) const TABLE: &[(&str, &str, Needs)] = &[
    (POST, "/api/v1/setup", Needs::Nothing),
    (POST, "/api/v1/setup/password", Needs::Nothing),
    (POST, "/api/v1/setup/confirmation", Needs::Nothing),
    (POST, "/api/v1/sign-in", Needs::Nothing),
    (POST, "/api/v1/sign-in/second-factor", Needs::Nothing),
    (GET, "/api/v1/session", VIEWER),
    (DELETE, "/api/v1/session", VIEWER),
    (GET, "/api/v1/events", VIEWER),
    (POST, "/api/v1/session/password", VIEWER),
    (GET, "/api/v1/relay", VIEWER),
    (GET, "/api/v1/sites", VIEWER),
    (GET, "/api/v1/relay/traffic", VIEWER),
    (GET, "/api/v1/scopes", VIEWER),
    (GET, "/api/v1/sites/{code}/history", VIEWER),
    (GET, "/api/v1/sites/{code}/journal", VIEWER),
    (POST, "/api/v1/sites/{code}/line", OPERATOR),
    (DELETE, "/api/v1/sites/{code}/line", OPERATOR),
    (GET, "/api/v1/requests", VIEWER),
    (POST, "/api/v1/requests", OPERATOR),
    (GET, "/api/v1/alarms", VIEWER),
    (POST, "/api/v1/alarms/{id}/acknowledge", OPERATOR),
    (GET, "/api/v1/accounts", ADMINISTRATOR),
    (POST, "/api/v1/accounts", ADMINISTRATOR),
    (PUT, "/api/v1/accounts/{name}/role", ADMINISTRATOR),
    (POST, "/api/v1/accounts/{name}/disable", ADMINISTRATOR),
    (POST, "/api/v1/accounts/{name}/enable", ADMINISTRATOR),
    (POST, "/api/v1/accounts/{name}/reset", ADMINISTRATOR),
    (GET, "/api/v1/audit", ADMINISTRATOR),
    (GET, "/api/v1/audit/export", ADMINISTRATOR),
    (GET, "/api/v1/openapi.json", VIEWER),
];

/// What the resource at a route needs; none where the table says nothing.
pub(super) fn needs(method: &Method, route: &str) -> Option<Needs> {
    let method = if method == Method::HEAD { GET } else { method.as_str() };
    needs_of(method, route)
}

/// The same, by a method's name in letters of any size.
pub(super) fn needs_of(method: &str, route: &str) -> Option<Needs> {
    TABLE.iter().find(|(known, at, _)| known.eq_ignore_ascii_case(method) && *at == route).map(|(_, _, needs)| *needs)
}

/// The API, behind its guard.
pub(super) fn router(console: Arc<Console>) -> Router {
    Router::new()
        .route("/api/v1/setup", post(setup::look))
        .route("/api/v1/setup/password", post(setup::password))
        .route("/api/v1/setup/confirmation", post(setup::confirm))
        .route("/api/v1/sign-in", post(sign_in::password))
        .route("/api/v1/sign-in/second-factor", post(sign_in::second_factor))
        .route("/api/v1/session", get(session::read).delete(session::sign_out))
        .route("/api/v1/events", get(events::listen))
        .route("/api/v1/session/password", post(password::change))
        .route("/api/v1/relay", get(relay::read))
        .route("/api/v1/sites", get(sites::list))
        .route("/api/v1/relay/traffic", get(relay::traffic))
        .route("/api/v1/scopes", get(scopes::list))
        .route("/api/v1/sites/{code}/history", get(sites::history))
        .route("/api/v1/sites/{code}/journal", get(sites::journal))
        .route("/api/v1/sites/{code}/line", post(sites::hold).delete(sites::release))
        .route("/api/v1/requests", get(requests::list).post(requests::ask))
        .route("/api/v1/alarms", get(alarms::list))
        .route("/api/v1/alarms/{id}/acknowledge", post(alarms::acknowledge))
        .route("/api/v1/accounts", get(accounts::list).post(accounts::add))
        .route("/api/v1/accounts/{name}/role", put(accounts::set_role))
        .route("/api/v1/accounts/{name}/disable", post(accounts::disable))
        .route("/api/v1/accounts/{name}/enable", post(accounts::enable))
        .route("/api/v1/accounts/{name}/reset", post(accounts::reset))
        .route("/api/v1/audit", get(audit::read))
        .route("/api/v1/audit/export", get(audit::export))
        .route("/api/v1/openapi.json", get(openapi::read))
        .fallback(async || ())
        .layer(DefaultBodyLimit::max(MAX_CONSOLE_BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&console), guard::guard))
        .with_state(console)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn every_route_of_the_description_has_its_row_and_no_row_is_of_nothing() {
        let description: Value = serde_json::from_str(&openapi::text()).unwrap();
        let described: BTreeSet<(String, String)> = description["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
            })
            .collect();
        let known: BTreeSet<(String, String)> =
            TABLE.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
        assert_eq!(known.len(), TABLE.len(), "a row stands there twice");
        assert_eq!(described, known);
    }

    #[test]
    fn what_is_not_in_the_table_needs_more_than_anybody_has() {
        assert_eq!(needs(&Method::DELETE, "/api/v1/sites"), None);
        assert_eq!(needs(&Method::HEAD, "/api/v1/sites"), Some(VIEWER));
    }
}
