//! Mistakes that a test makes on purpose inside the replica, to see that its checks find them. Each concerns the replicas of the
//! thread that asked for it.

use std::cell::Cell;

thread_local! {
    static IGNORES_CUTS: Cell<bool> = const { Cell::new(false) };
}

/// From here on the replicas of this thread give effect to what lies past a cut, or no longer do.
pub fn ignore_cuts(ignore: bool) {
    IGNORES_CUTS.set(ignore);
}

pub(crate) fn ignores_cuts() -> bool {
    IGNORES_CUTS.get()
}
