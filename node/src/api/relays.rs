//! Relays of the organisation. Owns the shapes; a relay is taken into service, and retired, by an act of the roster.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use comptoir_sync_protocol::roster::{Act, Relay, RelayRetirement, Roster};
use comptoir_transport::Pin;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Params, Segments};
use crate::api::organisation::RelayShown;
use crate::enrolment::{found, sign_acts};
use crate::problem::{Code, Problem, ProblemBody};

/// A relay to take into service.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelayRequest {
    /// As `comptoir-relay init` printed it.
    pub code: String,
}

/// Take a relay into service. Only at headquarters. Done again with the same code, it changes nothing.
#[utoipa::path(post, path = "/api/v1/relays", tag = "organisation", request_body = RelayRequest,
    responses((status = 200, body = RelayShown), (status = "default", body = ProblemBody)))]
pub async fn add(State(api): State<Api>, JsonBody(request): JsonBody<RelayRequest>) -> Answer<RelayShown> {
    let added = api.run(move |node| {
        let relay = found::relay_code(&request.code)?;
        node.signer()?;
        // The claim comes first: once the roster names the relay, the daemon dials it.
        found::keep_claim(node.data(), &relay)?;
        let known = node.roster().relays.get(&relay.tls_pin).cloned();
        if known.is_none_or(|known| known.address != relay.address || known.jurisdiction != relay.jurisdiction) {
            sign_acts(node, vec![found::relay_act(&relay)], "relay.admit")?;
        }
        let pin = Pin(relay.tls_pin).to_string();
        Ok(RelayShown { pin, address: relay.address, jurisdiction: relay.jurisdiction })
    });
    added.await.map(Json)
}

/// Whether a relay may be the last one.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RetireParams {
    /// It may: sites meet without a relay then, where they reach each other.
    #[serde(default)]
    pub last: bool,
}

/// The relay of this pin or address.
fn named(roster: &Roster, text: &str) -> Result<Relay, Problem> {
    let is_meant = |relay: &&Relay| relay.address == text || Pin(relay.tls_pin).to_string() == text;
    let mut found = roster.relays.values().filter(is_meant);
    match (found.next(), found.next()) {
        (Some(relay), None) => Ok(relay.clone()),
        (Some(_), Some(_)) => {
            let message = "Several relays have this address: name one by its pin";
            Err(Problem::new(Code::BadRequest, message).with("value", text))
        }
        (None, _) => Err(Problem::new(Code::NotFound, "There is no such relay").with("value", text)),
    }
}

/// Retire a relay: it is told so, sessions with it end, and it gets nothing more. Only at headquarters.
#[utoipa::path(delete, path = "/api/v1/relays/{relay}", tag = "organisation",
    params(("relay" = String, Path, description = "The pin of its key, or its address"), RetireParams),
    responses((status = 204, description = "Retired"), (status = "default", body = ProblemBody)))]
pub async fn retire(
    State(api): State<Api>,
    Segments(relay): Segments<String>,
    Params(RetireParams { last }): Params<RetireParams>,
) -> Result<StatusCode, Problem> {
    let retired = api.run(move |node| {
        node.signer()?;
        let roster = node.roster();
        let Relay { tls_pin, address, .. } = named(&roster, relay.trim())?;
        if roster.relays.len() == 1 && !last {
            let message = "It is the only relay: without it sites meet directly alone, where they reach each other";
            return Err(Problem::new(Code::LastRelay, message).with("address", address));
        }
        sign_acts(node, vec![Act::RetireRelay(RelayRetirement { tls_pin })], "relay.retire")
    });
    retired.await.map(|()| StatusCode::NO_CONTENT)
}
