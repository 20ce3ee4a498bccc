//! Sharing: a record that only its site and headquarters see is made anew where everyone sees it, by somebody who sees all of it. A record never changes its
//! scope, so the old one becomes an alias of the new. Owns that command and the choice of where a record is made.
//!
//! Two scopes are two transactions. The alias is written first: until the new record is there, an alias of a record that is
//! not here means itself, and sharing again makes the very record that was promised. Nothing is lost or made twice by a
//! power cut in between.

use comptoir_replica::Edit;
use comptoir_replica::record::{Cells, RecordId, Scalar};
use comptoir_sync_protocol::ids::ScopeId;
use comptoir_sync_protocol::roster::scopes;
use rand_core::CryptoRng;

use super::merge::{Merged, edits};
use super::{CommandError, Desk, Stopped, stored};
use crate::alias;
use crate::changes::{ALIAS_OF, differing};
use crate::refusal::{Code, Refusal};
use crate::registry::{Kind, Module, Put, Verb};
use crate::staff::May;

/// Where a record is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Placement {
    /// In the scope of its kind.
    #[default]
    Default,
    /// Seen by this site and headquarters alone, until it is shared.
    Private,
}

impl Desk<'_> {
    /// The scope in which a record is made.
    #[must_use]
    pub fn placed(&self, kind: &Kind, placement: Placement) -> ScopeId {
        match placement {
            Placement::Default => self.scope_of(kind),
            Placement::Private => ScopeId::of(&self.replica.organisation(), &scopes::private(&self.home.code)),
        }
    }

    /// Makes a record that lives elsewhere than its kind does visible to all who see that kind: with its present values, under
    /// a new id. The old record leads to it from then on.
    ///
    /// # Errors
    /// [`CommandError`], by [`Code::AlreadyShared`], or [`Code::NotGranted`] of a record that holds what is not seen; nothing was written then.
    pub fn share(&self, kind: &'static Kind, name: &str, rng: &mut impl CryptoRng) -> Result<Merged, CommandError> {
        let (scope, old) = self.find_itself(kind, name)?;
        let to = self.scope_of(kind);
        let already = || Refusal::new(Code::AlreadyShared).with("value", old);
        if scope == to {
            return Err(already().into());
        }
        let drawn = self.replica.mint(to).create(self.now_ms, rng);
        let command = kind.command(Verb::Share);
        let mut new = drawn;
        let aliased = self.append(self.request(scope, &command), rng, |reading| {
            let cells = stored(reading, kind, scope, old)?.cells;
            if self.context(reading).mask(kind)?.hides(&cells) {
                let (verb, module) = (May::See.word(), Module::of(kind).name());
                return Err(Refusal::new(Code::NotGranted).with("verb", verb).with("module", module).into());
            }
            match cells.winner(ALIAS_OF).and_then(Scalar::as_str).map(str::parse::<RecordId>) {
                None => Ok::<_, Stopped>(edits(kind, [(old, vec![(ALIAS_OF.to_owned(), drawn.to_string().into())])])),
                Some(Ok(promised))
                    if self.promised_here(to, &promised) && reading.find_record(&promised)?.is_none() =>
                {
                    new = promised;
                    Ok(Vec::new())
                }
                Some(_) => Err(already().into()),
            }
        })?;
        let made = self.append(self.request(to, &command), rng, |reading| {
            let cells = stored(reading, kind, scope, old)?.cells;
            // Its own aliases go on meaning the old record, and so the new one.
            Ok::<_, Stopped>(vec![Edit::create(kind.name(), new, present(kind, &cells))])
        })?;
        Ok(Merged { alias: old, canonical: new, appended: vec![aliased, made] })
    }

    /// Whether this site alone can have made an id for a record of a scope.
    fn promised_here(&self, scope: ScopeId, id: &RecordId) -> bool {
        id.is_created_by(&self.replica.organisation().0, &scope.0, &self.replica.site().0)
    }
}

/// The values that show, of fields, lines and what this version does not know; not what is said of the record itself.
fn present(kind: &Kind, cells: &Cells) -> Vec<Put> {
    let own = |path: &str| path != ALIAS_OF && !path.starts_with(alias::DISTINCT_PREFIX);
    let shown = cells.winners().filter(|(path, value)| own(path) && !value.is_null());
    let puts = shown.map(|(path, value)| (path.to_owned(), value.clone())).collect();
    differing(&Cells::new(), puts, kind.schema())
}
