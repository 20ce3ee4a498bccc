//! The operating system's randomness: the one place of the node that draws it, the salts of age files aside. Owns the handle; derives nothing.

use getrandom::SysRng;
use rand_core::UnwrapErr;

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

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads lower- or upper-case hex.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_and_back() {
        assert_eq!(unhex(&hex(&[0, 1, 0xff])), Some(vec![0, 1, 0xff]));
        assert_eq!(unhex("abc"), None);
        assert_eq!(unhex("zz"), None);
        assert_ne!(token(), token());
    }
}
