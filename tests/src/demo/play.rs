//! The telling of a demo: a line per step with its time. It owns the form of those lines and the clock behind them.

use std::io::Write;
use std::time::Instant;

use crate::processes::Failure;

/// Tells steps as they happen.
#[derive(Debug)]
pub(super) struct Play {
    began: Instant,
    last: String,
}

impl Play {
    /// Starts the clock.
    pub(super) fn begin() -> Self {
        Self { began: Instant::now(), last: String::new() }
    }

    /// Carries out one step, and tells it with its time; the step's text is what there is to say of it besides.
    pub(super) fn step<T>(
        &mut self,
        what: &str,
        act: impl FnOnce() -> Result<(T, String), Failure>,
    ) -> Result<T, Failure> {
        what.clone_into(&mut self.last);
        let step_began = Instant::now();
        let (done, more) = act()?;
        let more = if more.is_empty() { more } else { format!(": {more}") };
        let seconds = step_began.elapsed().as_secs_f32();
        println!("{:>6.1} s  {seconds:>6.2} s  {what}{more}", self.began.elapsed().as_secs_f32());
        // Whoever reads through a pipe reads along; one that went away does not stop the demo.
        drop(std::io::stdout().flush());
        Ok(done)
    }

    /// The step that was begun last.
    pub(super) fn last(&self) -> &str {
        &self.last
    }
}
