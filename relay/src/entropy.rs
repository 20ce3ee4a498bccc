//! The operating system's randomness: the one place of the relay that draws it, keys of TLS aside. Owns the handle; derives nothing.

use getrandom::SysRng;
use rand_core::{Rng, UnwrapErr};

/// A source that panics when the operating system has no randomness to give: nothing can be signed then.
pub(crate) fn os() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// So many random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    os().fill_bytes(&mut bytes);
    bytes
}
