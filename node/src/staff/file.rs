//! `staff.json`: what is kept of each account's password, and of its tokens. Owns the shape. It lies beside the database, never in it: nothing that reads,
//! lists, exports or sends records can come across it.

use std::collections::BTreeMap;

use comptoir_door::password::Kept;
use serde::{Deserialize, Serialize};

use super::token::Stored;

/// The whole file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct StaffFile {
    /// By the id of the account's record.
    #[serde(default)]
    pub passwords: BTreeMap<String, Kept>,
    /// In the order in which they were made.
    #[serde(default)]
    pub tokens: Vec<Stored>,
}
