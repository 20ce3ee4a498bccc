//! What tests of this crate share: a seeded source of randomness, cells made by folding one change. Never in a build for use.
#![allow(clippy::unwrap_used)]

use comptoir_replica::record::{Actor, Cells, Scalar, build_change, parse_change};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The same numbers each time.
pub fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(7)
}

/// The cells of a record with one change, by actor 1.
pub fn folded(puts: &[(&str, Scalar)]) -> Cells {
    let mut cells = Cells::new();
    fold_change(&mut cells, 1, 1, puts);
    cells
}

/// Folds a change of `actor`, its `seq`th, on top of `cells`.
pub fn fold_change(cells: &mut Cells, actor: u8, seq: u64, puts: &[(&str, Scalar)]) {
    let mut puts: Vec<(String, Scalar)> =
        puts.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect();
    puts.sort_by(|one, other| one.0.cmp(&other.0));
    let built = build_change(cells, Actor([actor; 16]), seq, 0, &puts).unwrap();
    cells.fold(&parse_change(&built.bytes).unwrap());
}
