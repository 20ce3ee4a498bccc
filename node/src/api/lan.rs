//! The door on the local network: open or shut, who was let in, letting one more in. Owns the shapes; the door is [`crate::lan`]'s.
//! All but the coming and going of a device itself is done on the node's own machine; the guard sees to it.

use std::time::Instant;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Segments};
use crate::api::guard::Asking;
use crate::clock;
use crate::lan::{self, Standing};
use crate::limits::SIGN_IN_CODE_LIFETIME;
use crate::problem::{Code, Problem, ProblemBody};

/// All that concerns the door stands under it.
pub const LAN_PATH: &str = "/api/v1/lan";
/// Where a code is exchanged for a device's secret: asks for no token.
pub const DEVICES_PATH: &str = "/api/v1/lan/devices";
/// A device itself, as it calls itself.
pub const OWN_DEVICE_PATH: &str = "/api/v1/lan/devices/self";

/// The door on the local network.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct LanShown {
    /// Where it is to be, `address:port`; nothing while it is to be shut.
    pub listen: Option<String>,
    /// How it stands.
    pub state: DoorState,
    /// Why it is shut although it is to be open.
    pub trouble: Option<ProblemBody>,
    /// Where it is found, the likeliest first.
    pub addresses: Vec<String>,
    /// SHA-256 of the certificate, as browsers show it: `AB:CD:…`.
    pub fingerprint: String,
    /// Whether browsers are served the screens.
    pub screens: bool,
    /// Who was let in for good.
    pub devices: Vec<DeviceShown>,
}

/// How a door stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DoorState {
    /// Nobody comes in.
    Shut,
    /// It is open.
    Open,
    /// It is to be open and is not; it is tried again.
    Failed,
    /// It opens when the daemon runs.
    Waiting,
}

impl DoorState {
    /// Of a door that stands thus and is wished open or not; and why it is shut although it is to be open.
    pub fn of(standing: Standing, wished: bool) -> (Self, Option<ProblemBody>) {
        match standing {
            Standing::Failed(problem) => (Self::Failed, Some(problem.body())),
            Standing::Open(_) => (Self::Open, None),
            Standing::Shut if wished => (Self::Waiting, None),
            Standing::Shut => (Self::Shut, None),
        }
    }
}

/// A device that was let in.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct DeviceShown {
    /// Which.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// When it was let in; RFC 3339.
    pub added: String,
    /// When it was last seen, to the hour; RFC 3339.
    pub seen: String,
}

/// What is wished of the door.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LanWish {
    /// Where it is to be, `address:port`; nothing to shut it.
    pub listen: Option<String>,
}

/// Which of the door's addresses an invitation names.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LanInvitationRequest {
    /// One of its addresses; the likeliest when it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// Lets one more in: a browser or a window, whichever comes first.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct LanInvitation {
    /// For a window of Comptoir on another machine: `comptoir://node/ADDRESS/PIN/CODE`.
    pub window: String,
    /// For a browser on another machine; nothing where no screens are served.
    pub browser: Option<String>,
    /// For how long it is valid, in seconds.
    pub expires_s: u64,
}

/// A device that comes in.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceRequest {
    /// The code of the invitation.
    pub code: String,
    /// What the device is called.
    pub name: String,
}

/// What a device that was let in must know. The secret is told this once.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct DeviceAdmitted {
    /// Which it is.
    pub id: String,
    /// What its requests bear.
    pub token: String,
    /// The site that it works at.
    pub site: String,
    /// The site's name.
    pub name: String,
}

fn shown(api: &Api) -> LanShown {
    let lan = api.node.lan();
    let wished = lan.wished();
    let (state, trouble) = DoorState::of(lan.standing(), wished.is_some());
    let devices = lan.devices().into_iter().map(|device| DeviceShown {
        id: device.id,
        name: device.name,
        added: clock::rfc3339(device.added_ms),
        seen: clock::rfc3339(device.seen_ms),
    });
    LanShown {
        listen: wished.map(|address| address.to_string()),
        state,
        trouble,
        addresses: lan.addresses().iter().map(ToString::to_string).collect(),
        fingerprint: fingerprint(&lan.certificate()),
        screens: api.entrance.screens.is_some(),
        devices: devices.collect(),
    }
}

fn fingerprint(certificate: &[u8]) -> String {
    let bytes: Vec<String> = Sha256::digest(certificate).iter().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(":")
}

/// How the door on the local network stands, and who was let in.
#[utoipa::path(get, path = "/api/v1/lan", tag = "lan",
    responses((status = 200, body = LanShown), (status = "default", body = ProblemBody)))]
pub async fn read(State(api): State<Api>) -> Answer<LanShown> {
    let shared = api.clone();
    api.run(move |_| Ok(shown(&shared))).await.map(Json)
}

/// Open the door on the local network, or shut it. Devices stay let in; browsers through it are cut when it is shut.
#[utoipa::path(put, path = "/api/v1/lan", tag = "lan", request_body = LanWish,
    responses((status = 200, body = LanShown), (status = "default", body = ProblemBody)))]
pub async fn set(State(api): State<Api>, JsonBody(LanWish { listen }): JsonBody<LanWish>) -> Answer<LanShown> {
    let listen = listen.as_deref().map(lan::address).transpose()?;
    let number = api.run(move |node| node.lan().wish(listen)).await?;
    if api.node.is_daemon() {
        api.node.lan().settled(number).await;
    }
    read(State(api)).await
}

/// Make a code that lets one more browser or window of the local network in, once.
#[utoipa::path(post, path = "/api/v1/lan/invitations", tag = "lan", request_body = LanInvitationRequest,
    responses((status = 200, body = LanInvitation), (status = "default", body = ProblemBody)))]
pub async fn invite(
    State(api): State<Api>,
    JsonBody(LanInvitationRequest { address }): JsonBody<LanInvitationRequest>,
) -> Answer<LanInvitation> {
    let lan = api.node.lan();
    let found = lan.addresses();
    let shut = || Problem::new(Code::LanShut, "The node is not open to the local network");
    let address = match address.as_deref().map(lan::address).transpose()? {
        None => *found.first().ok_or_else(shut)?,
        Some(named) if found.contains(&named) => named,
        Some(named) if found.is_empty() => return Err(shut().with("address", named)),
        Some(named) => {
            let message = format!("The node is not found at {named}");
            return Err(Problem::new(Code::BadRequest, message).with("address", named));
        }
    };
    let code = lan.sessions().offer(Instant::now());
    let browser = api.entrance.screens.is_some().then(|| format!("https://{address}/#sign-in={code}"));
    let window = format!("comptoir://node/{address}/{}/{code}", lan.pin());
    Ok(Json(LanInvitation { window, browser, expires_s: SIGN_IN_CODE_LIFETIME.as_secs() }))
}

/// Come in as a device: exchange the code of an invitation for a secret of one's own. Asks for no token.
#[utoipa::path(post, path = "/api/v1/lan/devices", tag = "lan", request_body = DeviceRequest, security(()),
    responses((status = 200, body = DeviceAdmitted), (status = "default", body = ProblemBody)))]
pub async fn enter(
    State(api): State<Api>,
    JsonBody(DeviceRequest { code, name }): JsonBody<DeviceRequest>,
) -> Answer<DeviceAdmitted> {
    let admitted = api.run(move |node| {
        let (device, token) = node.lan().admit(code.trim(), &name)?;
        let site = node.own_site().map(|site| site.profile);
        let (site, name) = site.map(|profile| (profile.code, profile.name)).unwrap_or_default();
        Ok(DeviceAdmitted { id: device.id, token, site, name })
    });
    admitted.await.map(Json)
}

/// Send a device away: its secret is good for nothing from then on. `self` is whoever asks.
#[utoipa::path(delete, path = "/api/v1/lan/devices/{id}", tag = "lan",
    params(("id" = String, Path, description = "Which device, or `self`")),
    responses((status = 204, description = "Sent away"), (status = "default", body = ProblemBody)))]
pub async fn send_away(
    State(api): State<Api>,
    Segments(id): Segments<String>,
    Extension(asking): Extension<Asking>,
) -> Result<StatusCode, Problem> {
    let own = asking.device().filter(|_| id == "self");
    let id = own.map_or(id, str::to_owned);
    api.run(move |node| node.lan().send_away(&id)).await.map(|()| StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_spelled_as_browsers_spell_it() {
        // SHA-256 of "abc", FIPS 180-4.
        assert!(fingerprint(b"abc").starts_with("BA:78:16:BF:8F:01:CF:EA:41:41:40:DE"));
    }
}
