//! The branch's node that this window uses in place of one of its own. Owns how it is entered and left, and the file that remembers it.

use std::net::SocketAddr;

use comptoir_node::api::lan::{DEVICES_PATH, DeviceAdmitted, DeviceRequest, OWN_DEVICE_PATH};
use comptoir_node::problem::{Code, Problem};
use serde::{Deserialize, Serialize};
use tauri::http::Method;
use tauri::http::uri::PathAndQuery;

use crate::client::{self, NoAnswer};
use crate::host::Door;
use crate::limits::{ENTER_DEADLINE, MAX_DEVICE_NAME_CHARACTERS};
use crate::link::Invitation;
use crate::shell::Shell;

/// Where the node is, what it is known by, and what this window bears there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// On the local network.
    pub address: SocketAddr,
    /// The pin of its key.
    pub pin: String,
    /// This window's secret there.
    pub token: String,
    /// The code of its site.
    pub site: String,
    /// The site's name.
    pub name: String,
}

impl Branch {
    /// Its door; nothing where somebody wrote something else into the file.
    pub fn door(&self) -> Option<Door> {
        Some(Door { address: self.address, token: Some(self.token.clone()), pin: Some(self.pin.parse().ok()?) })
    }
}

/// Enters with an invitation, and stays until the window leaves or is sent away. A machine that holds a node of its own keeps it.
pub async fn enter(shell: &Shell, invitation: Invitation) -> Result<Branch, Problem> {
    if shell.host.is_own_node() {
        return Err(Problem::new(Code::AlreadyANode, "This window has a node of its own"));
    }
    let Invitation { address, pin, code } = invitation;
    let asked = serde_json::to_string(&DeviceRequest { code, name: device_name() });
    let asked = asked.map_err(|error| Problem::from_error(Code::Internal, &error))?;
    let door = Door { address, token: None, pin: Some(pin) };
    let ask = shell.client.post::<DeviceAdmitted>(&door, DEVICES_PATH, asked);
    let unreached = |why: &str| {
        let message = format!("The node at {address} does not answer: {why}");
        Problem::new(Code::DaemonUnreachable, message).with("address", address)
    };
    let admitted = match tokio::time::timeout(ENTER_DEADLINE, ask).await {
        Ok(Ok(admitted)) => admitted,
        Ok(Err(NoAnswer::NoNode(problem))) => return Err(problem),
        Ok(Err(error)) => return Err(unreached(&comptoir_node::problem::told(&error))),
        Err(_) => return Err(unreached("it takes too long")),
    };
    let DeviceAdmitted { token, site, name, .. } = admitted;
    let branch = Branch { address, pin: pin.to_string(), token, site, name };
    shell.host.enters(&branch).await?;
    Ok(branch)
}

/// Leaves: the node forgets this window if it can be told, the window forgets the node in any case.
pub async fn leave(shell: &Shell) -> Result<(), Problem> {
    let path = PathAndQuery::from_static(OWN_DEVICE_PATH);
    let told = shell.client.send(&shell.host, Method::DELETE, &path, None, client::nothing());
    if !tokio::time::timeout(ENTER_DEADLINE, told)
        .await
        .is_ok_and(|told| told.is_ok_and(|answer| answer.status().is_success()))
    {
        tracing::warn!("the branch's node was not told that this window leaves: it is sent away there");
    }
    shell.host.leaves().await
}

/// What this machine is called.
fn device_name() -> String {
    let name = gethostname::gethostname().to_string_lossy().into_owned();
    let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_DEVICE_NAME_CHARACTERS).collect();
    if name.trim().is_empty() { "Comptoir".to_owned() } else { name }
}
