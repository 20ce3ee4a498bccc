//! The sites of the organisation by the codes that people know them by. Owns the way between codes and ids; the roster says
//! which there are.

use std::collections::BTreeMap;

use comptoir_replica::Replica;
use comptoir_sync_protocol::ids::SiteId;

use crate::back_office::BackOffice;
use crate::refusal::{Code, Refusal};

/// The sites of the organisation, by id.
#[derive(Clone, Debug, Default)]
pub struct Sites(pub BTreeMap<SiteId, String>);

impl Sites {
    /// As the roster has them.
    #[must_use]
    pub fn of(replica: &Replica<BackOffice>) -> Self {
        let roster = replica.roster();
        Self(roster.sites.iter().map(|(id, site)| (*id, site.profile.code.clone())).collect())
    }

    /// The code of a site.
    #[must_use]
    pub fn code(&self, site: &[u8; 16]) -> String {
        let id = SiteId(*site);
        self.0.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// The site of this code.
    ///
    /// # Errors
    /// [`Code::UnknownSite`].
    pub fn id(&self, code: &str) -> Result<SiteId, Refusal> {
        let code = code.trim();
        let found = self.0.iter().find(|(_, known)| known.eq_ignore_ascii_case(code)).map(|(id, _)| *id);
        found.ok_or_else(|| {
            let known: Vec<&str> = self.0.values().map(String::as_str).collect();
            Refusal::new(Code::UnknownSite).with("value", code).with("known", known.join(", "))
        })
    }
}
