//! The description of the console's API (OpenAPI 3.1), made from the handlers themselves. Owns the list of what is described; a test holds
//! the committed copy against it.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::api;
use super::routes::{self, Needs};
use super::sessions::COOKIE;

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(title = "Comptoir relay console", description = "Headquarters' console on the relay."),
    modifiers(&Cookie),
    paths(
        api::setup::look, api::setup::password, api::setup::confirm, api::sign_in::password, api::sign_in::second_factor,
        api::session::read, api::session::sign_out, api::password::change, api::events::listen, api::relay::read, api::relay::traffic, api::scopes::list, api::sites::list, api::sites::history, api::sites::journal, api::sites::hold, api::sites::release,
        api::requests::list, api::requests::ask,
        api::alarms::list, api::alarms::acknowledge,
        api::accounts::list, api::accounts::add, api::accounts::set_role, api::accounts::disable, api::accounts::enable,
        api::accounts::reset, api::audit::read, api::audit::export,
        read,
    )
)]
struct Description;

struct Cookie;

impl Modify for Cookie {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE)));
        openapi.components.get_or_insert_default().add_security_scheme("session", scheme);
        openapi.security = Some(vec![SecurityRequirement::new("session", Vec::<String>::new())]);
    }
}

/// The description as pretty JSON.
pub fn text() -> String {
    let mut description =
        serde_json::to_value(Description::openapi()).expect("invariant: the description is plain data");
    for (path, methods) in description["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            let words = path.trim_start_matches("/api/v1/").split(|c: char| !c.is_ascii_alphanumeric());
            let words: Vec<&str> =
                std::iter::once(method.as_str()).chain(words.filter(|word| !word.is_empty())).collect();
            operation["operationId"] = words.join("_").into();
            // What a page leaves out for whom; none where nobody need be signed in.
            operation["x-role"] = match routes::needs_of(method, path) {
                Some(Needs::Role(role)) => role.text().into(),
                Some(Needs::Nothing) | None => serde_json::Value::Null,
            };
        }
    }
    serde_json::to_string_pretty(&description).expect("invariant: the description is plain data")
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "relay",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
pub(super) async fn read() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], text())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_committed_copy_is_what_the_code_gives() {
        let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json")).unwrap();
        assert!(committed.trim_end() == text(), "comptoir-relay openapi > relay/openapi.json");
    }
}
