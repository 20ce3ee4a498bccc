//! The operating system's randomness: the one place of the node that draws it, the salts of age files aside. Owns the handle; derives nothing.

use getrandom::SysRng;
use rand_core::UnwrapErr;

pub use comptoir_door::text::{hex, unhex};

/// A source that panics when the operating system has no randomness to give: nothing can be signed or sealed then.
pub type OsEntropy = UnwrapErr<SysRng>;

/// The source.
pub fn os() -> OsEntropy {
    UnwrapErr(SysRng)
}

/// 256 random bits in hex, for tokens.
pub fn token() -> String {
    let mut bytes = [0; 32];
    rand_core::Rng::fill_bytes(&mut os(), &mut bytes);
    hex(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_is_like_another() {
        assert_ne!(token(), token());
    }
}
