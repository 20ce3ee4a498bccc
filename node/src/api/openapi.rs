//! The description of the API (OpenAPI 3.1), made from the handlers themselves. Owns the list of what is described; a test
//! holds the committed copy against it.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use comptoir_backoffice::refusal::Code as Refused;
use comptoir_backoffice::registry::kinds;
use serde_json::Value;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::api;

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(title = "Comptoir node", description = "The node's only door: one site's back office."),
    modifiers(&Token),
    components(schemas(api::transfer::export::ExportFormat)),
    paths(
        api::status::read, api::digest::read, api::organisation::read, api::outbox::read, api::verify::verify,
        api::rebuild::rebuild, api::doctor::examine, api::events::listen, api::console_requests::list, api::console_requests::approve, api::console_requests::decline, api::site_requests::list, api::site_requests::ask, api::site_requests::decline, api::invitations::list, api::invitations::create, api::invitations::withdraw, api::relays::add, api::relays::retire, api::scopes::define, api::scopes::rotate, api::scopes::confine, api::scopes::widen, api::scopes::narrow, api::scopes::holding,
        api::backups::take, api::backups::kept,
        api::direct::read, api::direct::set, api::direct::add, api::direct::remove,
        api::keys::read, api::keys::export_root, api::keys::check_root, api::keys::remove_root, api::keys::import_root, api::keys::delegate,
        api::keys::remove_admin, api::keys::request_admin, api::keys::export_admin, api::keys::check_admin, api::keys::import_admin,
        api::rekey::renew, api::rekey::cancel, api::rekey::check, api::rekey::bind,
        api::account::read, api::account::entry, api::account::enter, api::account::leave, api::account::password,
        api::staff::list, api::staff::add, api::staff::password, api::staff::lock, api::staff::roles, api::staff::grant, api::tokens::list, api::tokens::create, api::tokens::revoke, api::access::read,
        api::sites::list, api::sites::rename, api::sites::suspend, api::sites::resume, api::sites::revoke, api::sites::adopt,
        api::lan::read, api::lan::set, api::lan::invite, api::lan::enter, api::lan::send_away,
        api::search::search, api::records::kinds::kinds, api::records::kinds::schema, api::records::list::list, api::records::one::create,
        api::records::one::show, api::records::one::change, api::records::one::archive, api::records::history::history,
        api::records::history::revert,
        api::records::aliases::merge, api::records::aliases::unmerge, api::records::aliases::share, api::transfer::import::import, api::transfer::export::export, api::transfer::automerge::automerge, api::batches::list, api::batches::undo, api::inbox::list, api::inbox::resolve,
        api::envelope::read, api::reference::update, api::stock::look::item, api::stock::look::available,
        api::stock::look::worth, api::stock::moves::list, api::stock::moves::one, api::stock::moves::draft,
        api::stock::moves::reverse, api::stock::moves::revalue, api::stock::transfers::list, api::stock::transfers::one,
        api::stock::transfers::receive, api::stock::transfers::settle, api::stock::rights::list, api::stock::rights::act,
        api::stock::rights::share_out, api::stock::rights::reclaim,
        api::log::read, api::merges::list, api::session::sign_in, api::session::sign_out,
        api::session::link, api::setup::read, api::setup::found, api::setup::join, api::setup::give_up,
        api::setup::countries, api::demo::read, api::demo::write, api::demo::remove,
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

/// The description as pretty JSON, with the kinds of record that the registry knows.
pub fn text() -> String {
    let mut description =
        serde_json::to_value(Description::openapi()).expect("invariant: the description is plain data");
    let components = description["components"]["schemas"].as_object_mut();
    let components = components.expect("invariant: some answer has a schema");
    for kind in kinds() {
        let mut schema = kind.schema_json();
        // What a schema defines for itself stands beside it here.
        for (name, mut defined) in schema["$defs"].as_object_mut().map(std::mem::take).unwrap_or_default() {
            place_references(&mut defined);
            components.insert(name, defined);
        }
        if let Some(members) = schema.as_object_mut() {
            members.remove("$defs");
            members.remove("$schema");
        }
        place_references(&mut schema);
        components.insert(component_name(kind.name()), schema);
    }
    // The derive sees the codes' names, not their texts.
    components["Code"]["enum"] = Refused::ALL.iter().map(|code| code.as_str()).collect();
    name_operations(&mut description["paths"]);
    serde_json::to_string_pretty(&description).expect("invariant: the description is plain data")
}

/// Gives each operation a name that no other has: `get_records_kind_id_history`.
fn name_operations(paths: &mut Value) {
    for (path, methods) in paths.as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            let words = path.trim_start_matches("/api/v1/").split(|c: char| !c.is_ascii_alphanumeric());
            let words: Vec<&str> =
                std::iter::once(method.as_str()).chain(words.filter(|word| !word.is_empty())).collect();
            operation["operationId"] = words.join("_").into();
        }
    }
}

/// `custom-field` becomes `CustomField`.
fn component_name(kind: &str) -> String {
    let capital = |word: &str| {
        let mut characters = word.chars();
        characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect::<String>()
    };
    kind.split('-').map(capital).collect()
}

/// Lets references lead to where components stand.
fn place_references(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match member {
                    Value::String(target) if name == "$ref" => {
                        *target = target.replace("#/$defs/", "#/components/schemas/");
                    }
                    other => place_references(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(place_references),
        _ => {}
    }
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

    #[test]
    fn every_kind_of_record_is_a_component_that_displaces_no_other() {
        let description: Value = serde_json::from_str(&text()).unwrap();
        let components = &description["components"]["schemas"];
        let own = Description::openapi().components.unwrap().schemas;
        for kind in kinds() {
            let name = component_name(kind.name());
            assert_eq!(components[&name]["x-kind"], kind.name());
            assert!(!own.contains_key(&name), "{name} is a shape of the API's own");
        }
        let mut references = Vec::new();
        collect_references(&description, &mut references);
        assert!(references.len() > 50);
        for reference in references {
            let target = description.pointer(reference.trim_start_matches('#'));
            assert!(target.is_some(), "{reference} leads nowhere");
        }
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let description: Value = serde_json::from_str(&text()).unwrap();
        let paths = description["paths"].as_object().unwrap().values();
        let operations = paths.flat_map(|methods| methods.as_object().unwrap().values());
        let mut names: Vec<&str> = operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert!(names.len() == count && names.contains(&"get_records_kind_id_history"), "{names:?}");
    }

    fn collect_references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| collect_references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
            _ => {}
        }
    }
}
