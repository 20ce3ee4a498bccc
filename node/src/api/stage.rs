//! Which API answers on a listener: that of a set-up, and from the moment that there is a node the node's own. Owns the change from
//! one to the other, which no connection and no session notices.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::Request;
use tower::ServiceExt;

/// The API that answers now.
#[derive(Clone)]
pub struct Stage(Arc<RwLock<Router>>);

impl Stage {
    /// This one answers at first.
    pub fn new(router: Router) -> Self {
        Self(Arc::new(RwLock::new(router)))
    }

    /// From now on this one answers. Requests that are being answered are answered by the one before.
    pub fn becomes(&self, router: Router) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = router;
    }

    fn now(&self) -> Router {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Hands every request to whichever answers when it comes.
    pub fn router(&self) -> Router {
        let stage = self.clone();
        Router::new().fallback(move |request: Request| {
            let router = stage.now();
            async move { router.oneshot(request).await }
        })
    }
}
