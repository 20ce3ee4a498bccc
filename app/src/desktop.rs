//! What is asked of the desktop over its session bus: whether it shows trays, and to show a notice. Owns these two calls; where there is
//! no such bus the one is answered by what the system is known for, and the other comes to nothing.

#[cfg(target_os = "linux")]
mod bus {
    use std::collections::HashMap;

    use zbus::Connection;
    use zbus::fdo::DBusProxy;
    use zbus::names::BusName;
    use zbus::zvariant::Value;

    use crate::limits::DESKTOP_DEADLINE;

    /// The desktop's own time.
    const AS_LONG_AS_THE_DESKTOP_LIKES: i32 = -1;

    async fn has_tray() -> zbus::Result<bool> {
        let bus = Connection::session().await?;
        let watcher = BusName::try_from("org.kde.StatusNotifierWatcher")?;
        Ok(DBusProxy::new(&bus).await?.name_has_owner(watcher).await?)
    }

    async fn notify(title: &str, body: &str) -> zbus::Result<()> {
        let bus = Connection::session().await?;
        let hints: HashMap<&str, Value<'_>> = HashMap::from([("desktop-entry", Value::from("Comptoir"))]);
        let actions: [&str; 0] = [];
        let said = ("Comptoir", 0_u32, "comptoir", title, body, &actions[..], hints, AS_LONG_AS_THE_DESKTOP_LIKES);
        let service = "org.freedesktop.Notifications";
        bus.call_method(Some(service), "/org/freedesktop/Notifications", Some(service), "Notify", &said).await?;
        Ok(())
    }

    /// Whether the desktop shows trays at all: where it does not, a window that hides there would be lost.
    pub async fn shows_trays() -> bool {
        matches!(tokio::time::timeout(DESKTOP_DEADLINE, has_tray()).await, Ok(Ok(true)))
    }

    /// Shows a notice.
    pub async fn show_notice(title: &str, body: &str) {
        if let Ok(Err(error)) = tokio::time::timeout(DESKTOP_DEADLINE, notify(title, body)).await {
            tracing::debug!(error = %comptoir_node::problem::told(&error), "the desktop shows no notices");
        }
    }
}

#[cfg(target_os = "linux")]
pub use bus::{show_notice, shows_trays};

/// The other systems have a tray.
#[cfg(not(target_os = "linux"))]
pub async fn shows_trays() -> bool {
    true
}

/// The other systems' notices are not spoken yet.
#[cfg(not(target_os = "linux"))]
pub async fn show_notice(_title: &str, _body: &str) {}
