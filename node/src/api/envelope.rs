//! A party's address as it stands on an envelope. Owns the request; the lines are the back office's.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::find::{find, not_found};
use comptoir_backoffice::parties::query::envelope::envelope;
use comptoir_backoffice::parties::record::Party;
use comptoir_replica::record::Record;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{Params, Segments};
use crate::api::records::known;
use crate::problem::ProblemBody;

/// Which address.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EnvelopeParams {
    /// The key of its line; the first in use when nothing is said.
    pub address: Option<String>,
}

/// What stands on an envelope.
#[derive(Serialize, ToSchema)]
pub struct Envelope {
    /// Its lines, from above.
    pub lines: Vec<String>,
}

/// An address of a party as its country's post wants it on an envelope from this site.
#[utoipa::path(get, path = "/api/v1/records/party/{id}/envelope", tag = "records",
    params(("id" = String, Path, description = "Id or reference"), EnvelopeParams),
    responses((status = 200, body = Envelope), (status = "default", body = ProblemBody)))]
pub async fn read(
    State(api): State<Api>,
    Segments(id): Segments<String>,
    Params(EnvelopeParams { address }): Params<EnvelopeParams>,
) -> Answer<Envelope> {
    let lines = api.run(move |node| {
        let kind = known(Party::KIND)?;
        node.look(|desk| {
            let mask = desk.mask(kind)?;
            desk.look_at(kind, |reading| {
                let (scope, record) = find(reading.connection(), kind, &id)?;
                let stored = reading.record(&scope, &record)?.ok_or_else(|| not_found(kind, &id))?;
                let party = Party::from_cells(&mask.cells(&stored.cells));
                envelope(reading.connection(), &desk.home, &party, address.as_deref())
            })
        })
    });
    Ok(Json(Envelope { lines: lines.await? }))
}
