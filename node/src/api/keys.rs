//! Keys of the roster: which are here, copies of them, root's coming and going, admins. Owns the shapes; what may be done when is custody's. All
//! of it is asked on the node's own machine alone; the guard sees to it.

use axum::Json;
use axum::extract::State;
use comptoir_replica::Removing;
use comptoir_sync_protocol::SiteId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Segments};
use crate::api::rekey::{self, RenewalShown};
use crate::api::sites::Standing;
use crate::clock;
use crate::custody::passphrase::Passphrase;
use crate::custody::{admin, root};
use crate::enrolment::removal;
use crate::node::Node;
use crate::problem::{Problem, ProblemBody};

/// All that concerns keys stands under it.
pub const KEYS_PATH: &str = "/api/v1/keys";

/// The keys of this node and of the roster.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct KeysShown {
    /// Whether the key files of this node are sealed.
    pub sealed: bool,
    /// The root key.
    pub root: RootShown,
    /// The admin key of this node.
    pub admin: AdminKeyShown,
    /// Who may write the roster, root aside, by name.
    pub admins: Vec<AdminShown>,
    /// New keys of this site that wait to be bound.
    pub renewal: Option<RenewalShown>,
}

/// The root key.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct RootShown {
    /// Under which id it writes.
    pub id: String,
    /// Whether it is on this machine.
    pub here: bool,
    /// When a copy was last opened here and was this key; RFC 3339.
    pub copy_seen: Option<String>,
    /// When it was taken off this machine; RFC 3339.
    pub removed: Option<String>,
}

/// The admin key of this node.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct AdminKeyShown {
    /// How it stands.
    pub state: AdminKeyState,
    /// Under which id it writes, if there is one.
    pub id: Option<String>,
}

/// How the admin key of this node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AdminKeyState {
    /// There is none.
    None,
    /// The roster does not name it, or not yet.
    Unknown,
    /// It works.
    Named,
}

/// An admin.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct AdminShown {
    /// Under which id the admin's key writes.
    pub id: String,
    /// What the admin is called.
    pub name: String,
    /// Whether the key is on this machine.
    pub here: bool,
    /// How the admin stands.
    pub standing: Standing,
}

/// What is done to an admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AdminRemoval {
    /// What the key writes has no effect until the admin is resumed.
    Suspend,
    /// All that the key wrote counts.
    Resume,
    /// What the key writes has no effect, for good.
    Revoke,
    /// What is here of what the key wrote counts; the admin stays removed.
    Adopt,
}

/// An admin who is removed, or let back.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdminRemovalRequest {
    /// What is done.
    pub how: AdminRemoval,
}

/// A passphrase of 12 characters at least.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PassphraseRequest {
    /// The passphrase.
    #[schema(value_type = String)]
    passphrase: Zeroizing<String>,
}

/// A copy of a key, and its passphrase.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyCopyRequest {
    /// The whole file.
    file: String,
    /// Its passphrase.
    #[schema(value_type = String)]
    passphrase: Zeroizing<String>,
}

/// A copy of a key.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct KeyCopyShown {
    /// A file of the age format, armored, which opens with the passphrase alone. It holds key, epoch and organisation, and nothing else.
    pub file: String,
}

/// An admin key that was made here.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct AdminCodeShown {
    /// Its public half, as text for whoever keeps the root key.
    pub code: String,
}

/// An admin to be.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdminRequest {
    /// What the admin is to be called.
    pub name: String,
    /// What the admin's node printed.
    pub code: String,
}

/// How keys stand.
pub fn shown(node: &Node) -> Result<KeysShown, Problem> {
    let (roster, here) = (node.roster(), admin::here(node));
    let (state, id) = match here {
        admin::Here::No => (AdminKeyState::None, None),
        admin::Here::Unknown(id) => (AdminKeyState::Unknown, Some(id)),
        admin::Here::Named(id) => (AdminKeyState::Named, Some(id)),
    };
    let remembered = root::remembered(node)?;
    let root_here = root::is_here(node);
    let mut admins: Vec<AdminShown> = roster.admins.keys().map(|id| admin_shown(node, *id)).collect();
    admins.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    Ok(KeysShown {
        sealed: node.roster_keys().files().is_sealed(),
        root: RootShown {
            id: roster.root.to_string(),
            here: root_here,
            copy_seen: remembered.seen_ms.map(clock::rfc3339),
            removed: remembered.removed_ms.filter(|_| !root_here).map(clock::rfc3339),
        },
        admin: AdminKeyShown { state, id: id.map(|id| id.to_string()) },
        admins,
        renewal: rekey::pending(node),
    })
}

/// Does something with a copy, then shows how keys stand.
async fn with_copy(
    api: Api,
    request: KeyCopyRequest,
    act: fn(&Node, &str, &Passphrase) -> Result<(), Problem>,
) -> Answer<KeysShown> {
    let done = api.run(move |node| {
        act(node, &request.file, &Passphrase::new(&request.passphrase)?)?;
        shown(node)
    });
    done.await.map(Json)
}

async fn copied(
    api: Api,
    request: PassphraseRequest,
    copy: fn(&Node, &Passphrase) -> Result<String, Problem>,
) -> Answer<KeyCopyShown> {
    let copied = api.run(move |node| Ok(KeyCopyShown { file: copy(node, &Passphrase::new(&request.passphrase)?)? }));
    copied.await.map(Json)
}

/// Which keys of the roster are here, and who may write it.
#[utoipa::path(get, path = "/api/v1/keys", tag = "keys",
    responses((status = 200, body = KeysShown), (status = "default", body = ProblemBody)))]
pub async fn read(State(api): State<Api>) -> Answer<KeysShown> {
    api.run(shown).await.map(Json)
}

/// A copy of the root key, to be kept outside of this machine. It is opened again before it is given.
#[utoipa::path(post, path = "/api/v1/keys/root/export", tag = "keys", request_body = PassphraseRequest,
    responses((status = 200, body = KeyCopyShown), (status = "default", body = ProblemBody)))]
pub async fn export_root(
    State(api): State<Api>,
    JsonBody(request): JsonBody<PassphraseRequest>,
) -> Answer<KeyCopyShown> {
    copied(api, request, root::export).await
}

/// See that a copy, as it was kept, opens and is the root key that is here. It is remembered when that was.
#[utoipa::path(post, path = "/api/v1/keys/root/check", tag = "keys", request_body = KeyCopyRequest,
    responses((status = 200, body = KeysShown), (status = "default", body = ProblemBody)))]
pub async fn check_root(State(api): State<Api>, JsonBody(request): JsonBody<KeyCopyRequest>) -> Answer<KeysShown> {
    with_copy(api, request, root::check).await
}

/// Take the root key off this machine: only with a copy that opens and is this key, and where an admin key does the daily work.
#[utoipa::path(post, path = "/api/v1/keys/root/remove", tag = "keys", request_body = KeyCopyRequest,
    responses((status = 200, body = KeysShown), (status = "default", body = ProblemBody)))]
pub async fn remove_root(State(api): State<Api>, JsonBody(request): JsonBody<KeyCopyRequest>) -> Answer<KeysShown> {
    with_copy(api, request, root::remove).await
}

/// Bring the root key back from a copy. It writes on in a new epoch.
#[utoipa::path(post, path = "/api/v1/keys/root/import", tag = "keys", request_body = KeyCopyRequest,
    responses((status = 200, body = KeysShown), (status = "default", body = ProblemBody)))]
pub async fn import_root(State(api): State<Api>, JsonBody(request): JsonBody<KeyCopyRequest>) -> Answer<KeysShown> {
    with_copy(api, request, root::import).await
}

/// The public half of this node's admin key, which is made if there is none: for whoever keeps the root key to delegate.
#[utoipa::path(post, path = "/api/v1/keys/admin/request", tag = "keys",
    responses((status = 200, body = AdminCodeShown), (status = "default", body = ProblemBody)))]
pub async fn request_admin(State(api): State<Api>) -> Answer<AdminCodeShown> {
    api.run(|node| Ok(AdminCodeShown { code: admin::request(node)? })).await.map(Json)
}

/// Let an admin key that was made at another node, or at this one, write the roster. Needs the root key.
#[utoipa::path(post, path = "/api/v1/keys/admins", tag = "keys", request_body = AdminRequest,
    responses((status = 200, body = AdminShown), (status = "default", body = ProblemBody)))]
pub async fn delegate(State(api): State<Api>, JsonBody(request): JsonBody<AdminRequest>) -> Answer<AdminShown> {
    let delegated = api.run(move |node| {
        let id = admin::delegate(node, &request.name, &request.code)?;
        Ok(admin_shown(node, id))
    });
    delegated.await.map(Json)
}

/// Remove an admin, at what of the key's acts is here, or let one back. By another admin, or root.
#[utoipa::path(post, path = "/api/v1/keys/admins/{admin}/removal", tag = "keys", request_body = AdminRemovalRequest,
    params(("admin" = String, Path, description = "The id of the admin's key, or the name where one alone bears it")),
    responses((status = 200, body = AdminShown), (status = "default", body = ProblemBody)))]
pub async fn remove_admin(
    State(api): State<Api>,
    Segments(named): Segments<String>,
    JsonBody(AdminRemovalRequest { how }): JsonBody<AdminRemovalRequest>,
) -> Answer<AdminShown> {
    let how = match how {
        AdminRemoval::Suspend => Removing::Suspend,
        AdminRemoval::Resume => Removing::Resume,
        AdminRemoval::Revoke => Removing::Revoke,
        AdminRemoval::Adopt => Removing::Adopt,
    };
    api.run(move |node| Ok(admin_shown(node, removal::remove_admin(node, &named, how)?))).await.map(Json)
}

fn admin_shown(node: &Node, id: SiteId) -> AdminShown {
    let roster = node.roster();
    let here = node.roster_keys().admin().is_some_and(|admin| admin.writer().site == id);
    let name = roster.admins.get(&id).cloned().unwrap_or_default();
    AdminShown { id: id.to_string(), name, here, standing: Standing::of(&roster, &id) }
}

/// A copy of this node's admin key. It is opened again before it is given.
#[utoipa::path(post, path = "/api/v1/keys/admin/export", tag = "keys", request_body = PassphraseRequest,
    responses((status = 200, body = KeyCopyShown), (status = "default", body = ProblemBody)))]
pub async fn export_admin(
    State(api): State<Api>,
    JsonBody(request): JsonBody<PassphraseRequest>,
) -> Answer<KeyCopyShown> {
    copied(api, request, admin::export).await
}

/// See that a copy, as it was kept, opens and is the admin key that is here.
#[utoipa::path(post, path = "/api/v1/keys/admin/check", tag = "keys", request_body = KeyCopyRequest,
    responses((status = 200, body = KeysShown), (status = "default", body = ProblemBody)))]
pub async fn check_admin(State(api): State<Api>, JsonBody(request): JsonBody<KeyCopyRequest>) -> Answer<KeysShown> {
    with_copy(api, request, admin::check).await
}

/// Bring an admin key from a copy. It writes on in a new epoch.
#[utoipa::path(post, path = "/api/v1/keys/admin/import", tag = "keys", request_body = KeyCopyRequest,
    responses((status = 200, body = KeysShown), (status = "default", body = ProblemBody)))]
pub async fn import_admin(State(api): State<Api>, JsonBody(request): JsonBody<KeyCopyRequest>) -> Answer<KeysShown> {
    with_copy(api, request, admin::import).await
}
