//! Relays of the organisation. Owns the shapes; a relay is taken into service by an act of the roster.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::JsonBody;
use crate::api::organisation::RelayShown;
use crate::enrolment::{found, sign_acts};
use crate::problem::ProblemBody;

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
        let pin = comptoir_transport::Pin(relay.tls_pin).to_string();
        Ok(RelayShown { pin, address: relay.address, jurisdiction: relay.jurisdiction })
    });
    added.await.map(Json)
}
