//! The description of the API (OpenAPI 3.1), made from the handlers themselves. Owns the list of what is described; a test
//! holds the committed copy against it.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::api;

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(title = "Comptoir node", description = "The node's only door: one site's back office."),
    modifiers(&Token),
    paths(
        api::status::read, api::digest::read, api::organisation::read, api::outbox::read, api::verify::verify,
        api::rebuild::rebuild, api::doctor::examine, api::events::listen, api::invitations::create, api::relays::add,
        api::records::list, api::records::create, api::records::show, api::records::change, api::records::history,
        api::records::archive, api::transfer::import, api::transfer::export, api::transfer::automerge, api::inbox::list, api::inbox::resolve,
        read,
    )
)]
pub struct Description;

struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        openapi.components.get_or_insert_default().add_security_scheme("token", scheme);
        openapi.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    }
}

/// The description as pretty JSON.
pub fn text() -> String {
    let description = Description::openapi();
    serde_json::to_string_pretty(&description).expect("invariant: the description is plain data")
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "node",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
pub async fn read() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], text())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_committed_copy_is_what_the_code_gives() {
        let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json")).unwrap();
        assert!(committed.trim_end() == text(), "comptoir-node openapi > node/openapi.json");
    }

    #[test]
    fn every_route_is_described() {
        let source = include_str!("mod.rs");
        let routes = source.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")?.split('"').next());
        let described = Description::openapi().paths.paths;
        let mut count = 0;
        for route in routes {
            assert!(described.contains_key(route), "{route} is not described");
            count += 1;
        }
        assert_eq!(count, described.len());
    }
}
