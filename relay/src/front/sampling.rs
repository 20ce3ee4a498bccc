//! How busy the relay is, in samples. Owns when one is taken; keeping them is the board's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Front;
use crate::clock;
use crate::health::{Busy, Counted};
use crate::limits::HEALTH_SAMPLE_INTERVAL_MS;

/// Takes samples until the relay stops.
pub(super) async fn keep(front: Arc<Front>) {
    let (stop, pause) = (front.stopping(), Duration::from_millis(HEALTH_SAMPLE_INTERVAL_MS.unsigned_abs()));
    let (mut since, mut before) = (Instant::now(), Counted::default());
    while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        let now = front.counted();
        let busy = Busy { at_ms: clock::now_ms(), span: since.elapsed(), counted: now.after(&before) };
        (since, before) = (Instant::now(), now);
        let board = Arc::clone(&front);
        match tokio::task::spawn_blocking(move || board.board().busy(&busy)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(?error, "how busy the relay was is not kept"),
            Err(_) => tracing::error!("keeping how busy the relay was failed"),
        }
    }
}
