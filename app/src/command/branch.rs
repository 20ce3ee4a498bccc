//! `branch`, `enter_branch` and `leave_branch`: whether this window uses a branch's node, and letting it. The secret that the window bears
//! there stays on this side.

use comptoir_node::problem::{Code, Problem, ProblemBody};
use serde::Serialize;
use tauri::State;

use crate::branch::{self, Branch};
use crate::link::{self, Link};
use crate::shell::Shell;

/// The branch's node, as the page knows it.
#[derive(Serialize)]
pub struct Shown {
    site: String,
    name: String,
    address: String,
}

impl From<Branch> for Shown {
    fn from(Branch { site, name, address, .. }: Branch) -> Self {
        Self { site, name, address: address.to_string() }
    }
}

/// The node that this window uses; nothing where it has its own.
#[tauri::command]
pub fn branch(shell: State<'_, Shell>) -> Option<Shown> {
    shell.host.branch().map(Shown::from)
}

/// Uses the node that a link names from now on.
#[tauri::command]
pub async fn enter_branch(shell: State<'_, Shell>, link: String) -> Result<Shown, ProblemBody> {
    let Some(Link::Node(invitation)) = link::read(&link) else {
        return Err(Problem::new(Code::CodeMistyped, "This is no link to a node, or not all of one").body());
    };
    branch::enter(&shell, invitation).await.map(Shown::from).map_err(|problem| problem.body())
}

/// Uses it no more.
#[tauri::command]
pub async fn leave_branch(shell: State<'_, Shell>) -> Result<(), ProblemBody> {
    branch::leave(&shell).await.map_err(|problem| problem.body())
}
