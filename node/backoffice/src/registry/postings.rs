//! What a module says of its postings. Owns the shape of that and the list of all kinds; judges nothing itself.

use std::sync::LazyLock;

use comptoir_replica::posting::{Effect, Ledger, PostingStop, PostingType, PostingView};
use rusqlite::Connection;

use super::Module;

/// The postings of a module.
#[derive(Clone, Copy, Debug)]
pub struct ModulePostings {
    /// Their kinds.
    pub types: &'static [PostingType],
    /// What one adds to the accounts of its site.
    pub effects: fn(&PostingView<'_>) -> Result<Vec<Effect>, PostingStop>,
    /// Judges one.
    pub judge: fn(&Ledger<'_>, &PostingView<'_>) -> Result<(), PostingStop>,
    /// Writes what follows from one into the module's tables.
    pub project: fn(&Connection, &PostingView<'_>) -> rusqlite::Result<()>,
}

/// The kinds of posting of every module.
pub fn posting_types() -> &'static [PostingType] {
    static TYPES: LazyLock<Vec<PostingType>> = LazyLock::new(|| {
        let own = Module::ALL.iter().filter_map(|module| module.postings());
        own.flat_map(|postings| postings.types.iter().cloned()).collect()
    });
    &TYPES
}

/// The module of this kind of posting.
#[must_use]
pub fn module_of_posting(kind: &str) -> Option<Module> {
    let owns = |module: &Module| module.postings().is_some_and(|own| own.types.iter().any(|known| known.kind == kind));
    Module::ALL.iter().copied().find(owns)
}

/// What the module of this kind of posting says of it.
#[must_use]
pub fn postings_of(kind: &str) -> Option<&'static ModulePostings> {
    let mut own = Module::ALL.iter().filter_map(|module| module.postings());
    own.find(|postings| postings.types.iter().any(|known| known.kind == kind))
}
