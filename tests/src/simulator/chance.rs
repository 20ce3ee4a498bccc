//! Draws from a seeded generator: the only source of chance in a simulation. It knows nothing of what is drawn.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

/// A seeded source of choices.
pub struct Chance(ChaCha20Rng);

impl Chance {
    /// The same seed draws the same sequence on every machine.
    pub fn seeded(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }

    /// A generator of its own for somebody who draws an unknown number of times.
    pub fn fork(&mut self) -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(self.0.next_u64())
    }

    /// From 0 to `bound - 1`; 0 when the bound is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.0.next_u64() % bound }
    }

    /// From `least` to `most`, both included.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    /// True once in `n` draws.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// An index into something of this length.
    pub fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// One of the choices; `None` when there are none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let index = self.index(choices.len());
        choices.get(index)
    }

    /// A waiting time with this mean, as between strokes that know nothing of each other; at least 1.
    pub fn wait(&mut self, mean: u64) -> u64 {
        let unit = (self.below(1 << 53) as f64 + 1.0) / (1_u64 << 53) as f64;
        ((mean as f64 * -unit.ln()) as u64).clamp(1, mean.saturating_mul(12).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_have_their_mean_and_seeds_repeat() {
        let mut chance = Chance::seeded(3);
        let mean = (0..20_000).map(|_| chance.wait(1_000)).sum::<u64>() / 20_000;
        assert!((950..1_050).contains(&mean), "{mean}");
        let draws = |seed| {
            let mut chance = Chance::seeded(seed);
            [0; 4].map(|_| chance.between(5, 500))
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
        assert!(draws(7).iter().all(|draw| (5..=500).contains(draw)));
    }
}
