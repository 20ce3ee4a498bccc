//! The HTTP API: the node's only door, for the desktop app, browsers, scripts and our own commands alike. Owns the router and
//! what all resources share; each resource has a file. Never speaks SQL, never decides a business rule.

pub mod access;
pub mod account;
pub mod allowed;
pub mod answer;
pub mod backups;
pub mod batches;
pub mod console_requests;
pub mod demo;
pub mod digest;
pub mod direct;
pub mod doctor;
pub mod envelope;
pub mod events;
mod extract;
pub mod guard;
pub mod inbox;
pub mod invitations;
pub mod keys;
pub mod lan;
pub mod log;
pub mod merges;
pub mod openapi;
pub mod organisation;
pub mod outbox;
pub mod rebuild;
pub mod records;
pub mod reference;
pub mod rekey;
pub mod relays;
pub mod scopes;
pub mod screens;
pub mod search;
pub mod session;
pub mod setup;
pub mod site_requests;
pub mod sites;
pub mod staff;
pub mod stage;
pub mod status;
pub mod stock;
pub mod tokens;
pub mod transfer;
pub mod verify;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{delete, get, post, put};
use tokio::sync::Semaphore;

use crate::limits::{MAX_BODY_BYTES, MAX_EVENT_STREAMS, MAX_IMPORT_BYTES};
use crate::node::Node;
use crate::problem::{Code, Problem};
use guard::Door;
use screens::Screens;
use session::Entrance;

use crate::who::Who;

/// What handlers share.
#[derive(Clone)]
pub struct Api {
    /// The node.
    pub node: Arc<Node>,
    /// Places for event streams.
    pub streams: Arc<Semaphore>,
    /// How browsers are signed in.
    pub entrance: Entrance,
}

/// An API with the files of the interface before it, if there are any.
pub fn with_screens(api: Router, door: Door, screens: Option<Arc<Screens>>) -> Router {
    match screens {
        Some(screens) => api.layer(middleware::from_fn_with_state((screens, door), screens::serve)),
        None => api,
    }
}

/// The API of a node, behind its door. `screens` is where its screens are, if they are served.
pub fn router(node: Arc<Node>, door: Door, screens: Option<Arc<str>>) -> Router {
    let streams = Arc::new(Semaphore::new(MAX_EVENT_STREAMS));
    let api = Api { node, streams, entrance: Entrance { sessions: door.sessions().clone(), screens } };
    let short = Router::new()
        .route("/api/v1/status", get(status::read))
        .route("/api/v1/organisation", get(organisation::read))
        .route("/api/v1/session", post(session::sign_in).delete(session::sign_out))
        .route("/api/v1/sign-in-links", post(session::link))
        .route("/api/v1/account", get(account::read))
        .route("/api/v1/account/entry", get(account::entry).post(account::enter).delete(account::leave))
        .route("/api/v1/account/password", post(account::password))
        .route("/api/v1/staff", get(staff::list).post(staff::add))
        .route("/api/v1/staff/{name}/password", post(staff::password))
        .route("/api/v1/staff/{name}/lock", post(staff::lock))
        .route("/api/v1/access-log", get(access::read))
        .route("/api/v1/staff/roles", get(staff::roles))
        .route("/api/v1/staff/{name}/roles", post(staff::grant))
        .route("/api/v1/staff/tokens", get(tokens::list).post(tokens::create))
        // Not a part of `tokens` itself: somebody may have that name, too.
        .route("/api/v1/staff/tokens/{id}/revoke", post(tokens::revoke))
        .route("/api/v1/setup", get(setup::finished))
        .route("/api/v1/setup/organisation", post(setup::taken))
        .route("/api/v1/setup/join", post(setup::taken).delete(setup::taken))
        .route("/api/v1/setup/countries", get(setup::countries))
        .route("/api/v1/backups/kept", post(backups::kept))
        .route("/api/v1/outbox", get(outbox::read))
        .route("/api/v1/log", get(log::read))
        .route("/api/v1/merges", get(merges::list))
        .route("/api/v1/inbox", get(inbox::list))
        .route("/api/v1/inbox/{id}/resolve", post(inbox::resolve))
        .route("/api/v1/console-requests", get(console_requests::list))
        .route("/api/v1/console-requests/{id}/approve", post(console_requests::approve))
        .route("/api/v1/console-requests/{id}/decline", post(console_requests::decline))
        .route("/api/v1/site-requests", get(site_requests::list).post(site_requests::ask))
        .route("/api/v1/site-requests/{id}/decline", post(site_requests::decline))
        .route("/api/v1/invitations", get(invitations::list).post(invitations::create))
        .route("/api/v1/invitations/{id}", delete(invitations::withdraw))
        .route("/api/v1/keys", get(keys::read))
        .route("/api/v1/keys/root/export", post(keys::export_root))
        .route("/api/v1/keys/root/check", post(keys::check_root))
        .route("/api/v1/keys/root/remove", post(keys::remove_root))
        .route("/api/v1/keys/root/import", post(keys::import_root))
        .route("/api/v1/keys/admins", post(keys::delegate))
        .route("/api/v1/keys/admins/{admin}/removal", post(keys::remove_admin))
        .route("/api/v1/keys/admin/request", post(keys::request_admin))
        .route("/api/v1/keys/admin/export", post(keys::export_admin))
        .route("/api/v1/keys/admin/check", post(keys::check_admin))
        .route("/api/v1/keys/admin/import", post(keys::import_admin))
        .route("/api/v1/keys/renewal", post(rekey::renew).delete(rekey::cancel))
        .route("/api/v1/keys/rekey/check", post(rekey::check))
        .route("/api/v1/keys/rekey", post(rekey::bind))
        .route("/api/v1/lan", get(lan::read).put(lan::set))
        .route("/api/v1/lan/invitations", post(lan::invite))
        .route("/api/v1/lan/devices", post(lan::enter))
        .route("/api/v1/lan/devices/{id}", delete(lan::send_away))
        .route("/api/v1/direct", get(direct::read).put(direct::set))
        .route("/api/v1/direct/peers/{site}", put(direct::add).delete(direct::remove))
        .route("/api/v1/relays", post(relays::add))
        .route("/api/v1/relays/{relay}", delete(relays::retire))
        .route("/api/v1/scopes", post(scopes::define))
        .route("/api/v1/scopes/{name}/rotate", post(scopes::rotate))
        .route("/api/v1/scopes/{name}/jurisdictions", put(scopes::confine))
        .route("/api/v1/scopes/{name}/members/{site}", put(scopes::widen).delete(scopes::narrow))
        .route("/api/v1/sites", get(sites::list))
        .route("/api/v1/sites/{code}/suspend", post(sites::suspend))
        .route("/api/v1/sites/{code}/name", put(sites::rename))
        .route("/api/v1/sites/{code}/resume", post(sites::resume))
        .route("/api/v1/sites/{code}/revoke", post(sites::revoke))
        .route("/api/v1/sites/{code}/adopt", post(sites::adopt))
        .route("/api/v1/batches", get(batches::list))
        .route("/api/v1/search", get(search::search))
        .route("/api/v1/kinds", get(records::kinds::kinds))
        .route("/api/v1/kinds/{kind}/schema", get(records::kinds::schema))
        .route("/api/v1/records/{kind}", get(records::list::list).post(records::one::create))
        .route("/api/v1/records/{kind}/{id}", get(records::one::show).patch(records::one::change))
        .route("/api/v1/records/party/{id}/envelope", get(envelope::read))
        .route("/api/v1/records/{kind}/{id}/history", get(records::history::history))
        .route("/api/v1/records/{kind}/{id}/revert", post(records::history::revert))
        .route("/api/v1/records/{kind}/{id}/merge", post(records::aliases::merge))
        .route("/api/v1/records/{kind}/{id}/unmerge", post(records::aliases::unmerge))
        .route("/api/v1/records/{kind}/{id}/share", post(records::aliases::share))
        .route("/api/v1/records/{kind}/{id}/automerge", get(transfer::automerge::automerge))
        .route("/api/v1/records/{kind}/{id}/archive", post(records::one::archive))
        .route("/api/v1/records/{kind}/{id}/where", get(scopes::holding))
        .route("/api/v1/stock/items/{item}/on-hand", get(stock::look::item))
        .route("/api/v1/stock/items/{item}/revalue", post(stock::moves::revalue))
        .route("/api/v1/stock/availability", get(stock::look::available))
        .route("/api/v1/stock/value", get(stock::look::worth))
        .route("/api/v1/stock/moves/{id}/post", post(stock::moves::draft))
        .route("/api/v1/stock/postings", get(stock::moves::list))
        .route("/api/v1/stock/postings/{id}", get(stock::moves::one))
        .route("/api/v1/stock/postings/{id}/reverse", post(stock::moves::reverse))
        .route("/api/v1/stock/transfers", get(stock::transfers::list))
        .route("/api/v1/stock/transfers/{id}", get(stock::transfers::one))
        .route("/api/v1/stock/transfers/{id}/receive", post(stock::transfers::receive))
        .route("/api/v1/stock/transfers/{id}/settle", post(stock::transfers::settle))
        .route("/api/v1/stock/rights", get(stock::rights::list))
        .route("/api/v1/stock/rights/{pool}", post(stock::rights::act))
        .route("/api/v1/stock/rights/{pool}/share-out", post(stock::rights::share_out))
        .route("/api/v1/stock/rights/{pool}/reclaim", post(stock::rights::reclaim))
        .route("/api/v1/events", get(events::listen))
        .route("/api/v1/openapi.json", get(openapi::read))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn(guard::short));
    let long = Router::new()
        .route("/api/v1/backups", post(backups::take))
        .route("/api/v1/digest", get(digest::read))
        .route("/api/v1/doctor", get(doctor::examine))
        .route("/api/v1/verify", post(verify::verify))
        .route("/api/v1/rebuild", post(rebuild::rebuild))
        .route("/api/v1/reference/update", post(reference::update))
        .route("/api/v1/records/{kind}/import", post(transfer::import::import))
        .route("/api/v1/records/{kind}/export", get(transfer::export::export))
        .route("/api/v1/batches/{id}/undo", post(batches::undo))
        .route("/api/v1/demo", get(demo::read).post(demo::write).delete(demo::remove))
        .layer(DefaultBodyLimit::max(MAX_IMPORT_BYTES))
        .layer(middleware::from_fn(guard::long));
    short
        .merge(long)
        .fallback(async || Problem::new(Code::NotFound, "There is no such resource"))
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed, "The resource does not do that"))
        .layer(middleware::from_fn_with_state(Arc::clone(&api.node), account::identify))
        .layer(middleware::from_fn_with_state(door.before(Arc::clone(&api.node)), guard::guard))
        .with_state(api)
}

impl Api {
    /// Runs work that blocks (SQLite) where blocking is no harm, for whoever asks.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Node) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (node, who) = (Arc::clone(&self.node), Who::now());
        let done = tokio::task::spawn_blocking(move || who.at(|| work(&node))).await;
        done.unwrap_or_else(|error| Err(Problem::new(Code::Internal, format!("The work ended early: {error}"))))
    }
}
