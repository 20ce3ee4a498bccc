//! How long to wait before connecting again. Pure: randomness is an argument, and nothing here waits.

use std::time::Duration;

use rand_core::Rng;

use crate::limits::{BACKOFF_CAP, BACKOFF_FIRST};

/// Delays that double from 250 ms to 30 s, each shortened at random by up to half, so that sites that lost the relay at one
/// moment do not come back at one moment.
#[derive(Clone, Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Nothing has failed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A failure: how long to wait before the next attempt. Between half of the step and the step.
    pub fn next_delay(&mut self, rng: &mut impl Rng) -> Duration {
        let step = BACKOFF_FIRST.saturating_mul(1 << self.failures.min(16)).min(BACKOFF_CAP);
        self.failures = self.failures.saturating_add(1);
        let half = step / 2;
        let share = f64::from(rng.next_u32()) / f64::from(u32::MAX);
        half + half.mul_f64(share)
    }

    /// A success: the next failure begins anew.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// Failures since the last success.
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    const SEED: u64 = 20_260_101;

    #[test]
    fn delays_double_to_the_cap_with_jitter() {
        println!("seed {SEED}");
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let mut backoff = Backoff::new();
        for step_ms in [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            let delay = backoff.next_delay(&mut rng);
            assert!(delay >= Duration::from_millis(step_ms / 2), "{delay:?} of {step_ms} ms");
            assert!(delay <= Duration::from_millis(step_ms), "{delay:?} of {step_ms} ms");
        }
    }

    #[test]
    fn a_success_begins_anew() {
        println!("seed {SEED}");
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let mut backoff = Backoff::new();
        for _ in 0..100 {
            backoff.next_delay(&mut rng);
        }
        assert_eq!(backoff.failures(), 100);
        backoff.reset();
        assert!(backoff.next_delay(&mut rng) <= BACKOFF_FIRST);
    }

    #[test]
    fn two_sites_do_not_return_together() {
        let delay = |seed| Backoff { failures: 7 }.next_delay(&mut ChaCha8Rng::seed_from_u64(seed));
        let delays: std::collections::BTreeSet<Duration> = (0..100).map(delay).collect();
        assert!(delays.len() > 95, "{} different delays of 100 sites", delays.len());
    }
}
