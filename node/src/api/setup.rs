//! Setting a node up from its screens: founding an organisation, or joining one. Owns the shapes and the routes of a daemon that has
//! no node yet, where everything else is refused; what is under way is enrolment's.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::extract::JsonBody;
use crate::api::guard::{self, Door};
use crate::api::session::{self, Entrance};
use crate::country;
use crate::enrolment::found::Founding;
use crate::enrolment::join::JoinStep;
use crate::enrolment::setup::{Setup, Standing};
use crate::limits::MAX_BODY_BYTES;
use crate::problem::{Code, Problem, ProblemBody};
use crate::profile::ProfileRequest;

/// What handlers share where there is no node yet.
#[derive(Clone)]
struct SetupApi {
    setup: Arc<Setup>,
    entrance: Entrance,
}

impl FromRef<SetupApi> for Entrance {
    fn from_ref(api: &SetupApi) -> Self {
        api.entrance.clone()
    }
}

impl FromRef<SetupApi> for Arc<Setup> {
    fn from_ref(api: &SetupApi) -> Self {
        Arc::clone(&api.setup)
    }
}

/// The API of a set-up, behind the same door as the node's.
pub fn router(setup: Arc<Setup>, door: Door, screens: Option<Arc<str>>) -> Router {
    let entrance = Entrance { sessions: door.sessions().clone(), screens };
    Router::new()
        .route("/api/v1/setup", get(read))
        .route("/api/v1/setup/organisation", post(found))
        .route("/api/v1/setup/join", post(join).delete(give_up))
        .route("/api/v1/setup/countries", get(countries))
        .route("/api/v1/session", post(session::sign_in).delete(session::sign_out))
        .route("/api/v1/sign-in-links", post(session::link))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn(guard::short))
        .fallback(async || Problem::new(Code::NotSetUp, "This directory holds no node yet"))
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed, "The resource does not do that"))
        .layer(middleware::from_fn_with_state(door, guard::guard))
        .with_state(SetupApi { setup, entrance })
}

/// How setting this node up stands.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SetupShown {
    /// What is under way.
    pub state: SetupState,
    /// The join that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<JoinShown>,
    /// Why the last join was refused for good; what it had made is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<ProblemBody>,
}

/// What is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SetupState {
    /// Nothing: found an organisation, or join one.
    Empty,
    /// An organisation is being founded.
    Founding,
    /// This site has asked to join.
    Joining,
    /// There is a node, which is about to answer.
    Opening,
    /// The node answers: everything else of the API is there.
    Ready,
}

/// A join that is under way.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct JoinShown {
    /// The code of the site that this will be.
    pub site: String,
    /// The relay's `host:port`.
    pub relay: String,
    /// How far it is.
    pub step: JoinStep,
    /// Why the last attempt came to nothing. It is made again by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<ProblemBody>,
}

/// An organisation to found.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FoundingRequest {
    /// Its name.
    pub organisation: String,
    /// Its headquarters, which this node becomes.
    pub site: ProfileRequest,
    /// The code of a relay to take into service, as `comptoir-relay init` printed it; may come later.
    #[serde(default)]
    pub relay: Option<String>,
}

/// An organisation that was founded.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct FoundedShown {
    /// The hash of its genesis entry.
    pub organisation: String,
    /// Its name.
    pub name: String,
    /// The code of its headquarters.
    pub site: String,
    /// Where its root key lies on this machine: to be copied to a safe place.
    pub root_key: String,
}

/// The code to join with.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinRequestBody {
    /// As headquarters' invitation shows it.
    pub code: String,
}

/// What countries usually mean.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Countries {
    /// By code.
    pub countries: Vec<CountryShown>,
}

/// What a country usually means for a site.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct CountryShown {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// IANA name.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// BCP 47.
    pub locale: String,
}

fn shown(standing: Standing) -> SetupShown {
    let of = |state| SetupShown { state, join: None, refused: None };
    match standing {
        Standing::Empty { refused } => {
            SetupShown { refused: refused.map(|problem| problem.body()), ..of(SetupState::Empty) }
        }
        Standing::Founding => of(SetupState::Founding),
        Standing::Joining { site, relay, progress } => {
            let trouble = progress.trouble.map(|problem| problem.body());
            SetupShown {
                join: Some(JoinShown { site, relay, step: progress.step, trouble }),
                ..of(SetupState::Joining)
            }
        }
        Standing::Done => of(SetupState::Opening),
    }
}

/// Runs what blocks (files, SQLite) where blocking is no harm.
async fn run<T: Send + 'static>(
    setup: Arc<Setup>,
    work: impl FnOnce(&Setup) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(move || work(&setup)).await;
    done.unwrap_or_else(|error| Err(Problem::new(Code::Internal, format!("The work ended early: {error}"))))
}

/// How setting this node up stands. Answered before there is a node, and after.
#[utoipa::path(get, path = "/api/v1/setup", tag = "setup",
    responses((status = 200, body = SetupShown), (status = "default", body = ProblemBody)))]
pub async fn read(State(setup): State<Arc<Setup>>) -> Answer<SetupShown> {
    run(setup, |setup| Ok(Json(shown(setup.standing())))).await
}

/// As [`read`], once there is a node.
pub async fn finished() -> Json<SetupShown> {
    Json(SetupShown { state: SetupState::Ready, join: None, refused: None })
}

/// Found an organisation, of which this node becomes the headquarters. Only where there is no node yet; moments later the same
/// address answers as that node.
#[utoipa::path(post, path = "/api/v1/setup/organisation", tag = "setup", request_body = FoundingRequest,
    responses((status = 200, body = FoundedShown), (status = "default", body = ProblemBody)))]
pub async fn found(
    State(setup): State<Arc<Setup>>,
    JsonBody(request): JsonBody<FoundingRequest>,
) -> Answer<FoundedShown> {
    let FoundingRequest { organisation, site, relay } = request;
    let founded = run(setup, move |setup| setup.found(Founding { organisation, site, relay })).await?;
    Ok(Json(FoundedShown {
        organisation: founded.organisation.to_string(),
        name: founded.name,
        site: founded.site_code,
        root_key: founded.root_key.display().to_string(),
    }))
}

/// Join an organisation with a code from its headquarters. Only where there is no node yet. It goes on by itself, also when the
/// daemon was stopped meanwhile, until headquarters has answered; moments later the same address answers as that node.
#[utoipa::path(post, path = "/api/v1/setup/join", tag = "setup", request_body = JoinRequestBody,
    responses((status = 200, body = SetupShown), (status = "default", body = ProblemBody)))]
pub async fn join(
    State(setup): State<Arc<Setup>>,
    JsonBody(JoinRequestBody { code }): JsonBody<JoinRequestBody>,
) -> Answer<SetupShown> {
    run(setup, move |setup| setup.join(&code).map(|()| Json(shown(setup.standing())))).await
}

/// Give up a join that headquarters has not granted yet, so that another code can be used.
#[utoipa::path(delete, path = "/api/v1/setup/join", tag = "setup",
    responses((status = 200, body = SetupShown), (status = "default", body = ProblemBody)))]
pub async fn give_up(State(setup): State<Arc<Setup>>) -> Answer<SetupShown> {
    run(setup, |setup| setup.give_up().map(|()| Json(shown(setup.standing())))).await
}

/// Founding and joining, where there is a node already.
pub async fn taken() -> Problem {
    Problem::new(Code::AlreadyANode, "This node is set up already")
}

/// What countries usually mean for a site: its time zone, currency and locale.
#[utoipa::path(get, path = "/api/v1/setup/countries", tag = "setup",
    responses((status = 200, body = Countries), (status = "default", body = ProblemBody)))]
pub async fn countries() -> Json<Countries> {
    let shown = country::all().map(|(code, usual)| CountryShown {
        code: code.to_owned(),
        time_zone: usual.time_zone.to_owned(),
        currency: usual.currency.to_owned(),
        locale: usual.locale.to_owned(),
    });
    Json(Countries { countries: shown.collect() })
}
