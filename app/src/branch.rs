//! The branch's node that this window uses in place of one of its own. Owns how it is entered and left, and the file that remembers it.

use std::net::SocketAddr;

use comptoir_node::api::lan::{DEVICES_PATH, DeviceAdmitted, DeviceRequest, OWN_DEVICE_PATH};
use comptoir_node::problem::{Code, Problem, plain};
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
    let told = tokio::time::timeout(ENTER_DEADLINE, told).await;
    if !matches!(told, Ok(Ok(answer)) if answer.status().is_success()) {
        tracing::warn!("the branch's node was not told that this window leaves: it is sent away there");
    }
    shell.host.leaves().await
}

/// What this machine is called.
fn device_name() -> String {
    let name = plain(&gethostname::gethostname().to_string_lossy());
    let name: String = name.chars().take(MAX_DEVICE_NAME_CHARACTERS).collect();
    if name.trim().is_empty() { "Comptoir".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use comptoir_node::daemon::{self, Config, Running};
    use comptoir_node::data_dir::DataDir;
    use comptoir_node::lan::Pin;
    use serde_json::{Value, json};
    use tauri::http::HeaderValue;

    use super::*;
    use crate::link::{self, Link};

    /// The node of a branch, open to the local network; and a way to ask it on its own machine.
    async fn branch_node(dir: &Path) -> (Running, Shell) {
        let api = "127.0.0.1:0".parse().unwrap();
        let running = daemon::start(Config { data: DataDir::new(dir), api, ui: None }).await.unwrap();
        // Finds the daemon by its directory, as a window beside it does.
        let here = Shell::new(DataDir::new(dir), dir.join("none.json"));
        let site = json!({ "code": "PAR", "name": "Paris", "country": "FR" });
        asked(&here, Method::POST, "/api/v1/setup/organisation", json!({ "organisation": "Négoce", "site": site }))
            .await;
        while here.client.read::<Value>(&here.host, "/api/v1/status").await.is_err() {
            tokio::task::yield_now().await;
        }
        asked(&here, Method::PUT, "/api/v1/lan", json!({ "listen": "127.0.0.1:0" })).await;
        (running, here)
    }

    async fn asked(shell: &Shell, method: Method, path: &'static str, body: Value) -> Value {
        let (path, json) = (PathAndQuery::from_static(path), Some(HeaderValue::from_static("application/json")));
        let answer = shell.client.send(&shell.host, method, &path, json, client::text(body.to_string())).await.unwrap();
        let status = answer.status();
        let body: Value = serde_json::from_slice(&client::whole(answer).await.unwrap()).unwrap();
        assert!(status.is_success(), "{body}");
        body
    }

    async fn invitation(here: &Shell) -> Invitation {
        let made = asked(here, Method::POST, "/api/v1/lan/invitations", json!({})).await;
        match link::read(made["window"].as_str().unwrap()) {
            Some(Link::Node(invitation)) => invitation,
            other => panic!("{made}: {other:?}"),
        }
    }

    #[tokio::test]
    async fn a_window_enters_works_there_and_leaves() {
        let dir = tempfile::tempdir().unwrap();
        let (running, here) = branch_node(&dir.path().join("branch")).await;
        let guest = Shell::new(DataDir::new(dir.path().join("guest")), dir.path().join("branch.json"));

        let impostor = Invitation { pin: Pin([7; 32]), ..invitation(&here).await };
        assert_eq!(enter(&guest, impostor).await.unwrap_err().code, "other-node");
        let used = invitation(&here).await;
        assert_eq!(
            enter(&guest, Invitation { code: "0".into(), ..used.clone() }).await.unwrap_err().code,
            "sign-in-unknown"
        );
        assert!(guest.host.branch().is_none());

        let mut moved = guest.host.moved();
        assert_eq!(enter(&guest, used.clone()).await.unwrap().site, "PAR");
        assert!(moved.has_changed().unwrap());
        moved.mark_unchanged();
        let status: Value = guest.client.read(&guest.host, "/api/v1/status").await.unwrap();
        assert_eq!(status["site"], "PAR");
        let again = Shell::new(DataDir::new(dir.path().join("guest")), dir.path().join("branch.json"));
        let status: Value = again.client.read(&again.host, "/api/v1/status").await.unwrap();
        assert_eq!(status["site"], "PAR", "it is remembered");

        leave(&guest).await.unwrap();
        assert!(guest.host.branch().is_none() && moved.has_changed().unwrap());
        let lan: Value = here.client.read(&here.host, "/api/v1/lan").await.unwrap();
        assert_eq!(lan["devices"], json!([]));
        let refused = again.client.read::<Value>(&again.host, "/api/v1/status").await;
        assert!(matches!(refused, Err(NoAnswer::NoNode(problem)) if problem.code == "unauthorised"));
        running.stop().await.unwrap();
    }

    #[tokio::test]
    async fn a_window_with_a_node_of_its_own_keeps_to_it() {
        let dir = tempfile::tempdir().unwrap();
        let (running, here) = branch_node(&dir.path().join("branch")).await;
        let invited = invitation(&here).await;
        assert_eq!(enter(&here, invited).await.unwrap_err().code, "already-a-node");
        running.stop().await.unwrap();
    }
}
