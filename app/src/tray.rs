//! The tray: opens the window, says how the node stands, quits. Owns its menu; the words are those of the page's chip.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tauri::image::Image;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry};

use crate::quit;
use crate::shell::Shell;
use crate::watch::Standing;
use crate::window;
use crate::words::Language;

const OPEN: &str = "open";
const STATE: &str = "state";
const QUIT: &str = "quit";

/// The items whose words change.
struct Items {
    open: MenuItem<Wry>,
    state: MenuItem<Wry>,
    quit: MenuItem<Wry>,
}

/// Puts the program into the tray.
pub fn build(app: &AppHandle) -> tauri::Result<()> {
    let item = |id: &str, enabled: bool| MenuItem::with_id(app, id, "", enabled, None::<&str>);
    let items = Items { open: item(OPEN, true)?, state: item(STATE, false)?, quit: item(QUIT, true)? };
    let menu = Menu::with_items(app, &[&items.open, &items.state, &items.quit])?;
    TrayIconBuilder::with_id("comptoir")
        .icon(Image::from_bytes(include_bytes!("../icons/32x32.png"))?)
        .menu(&menu)
        .on_menu_event(|app, event| match event.id().as_ref() {
            OPEN => window::show(app),
            QUIT => quit::ask(app),
            _ => {}
        })
        .build(app)?;
    app.manage(items);
    reword(app);
    Ok(())
}

/// Says how the node stands now, in the language that is spoken now.
pub fn reword(app: &AppHandle) {
    let Some(items) = app.try_state::<Items>() else { return };
    let shell = app.state::<Shell>();
    let language = shell.speech.language();
    let state = sentence(language, shell.seen.standing().as_ref(), Timestamp::now(), &TimeZone::system());
    let said = [
        (&items.open, language.text("window.tray.open", &[])),
        (&items.state, state),
        (&items.quit, language.text("window.quit", &[])),
    ];
    for (item, text) in said {
        if let Err(error) = item.set_text(text) {
            tracing::debug!(error = %comptoir_node::problem::told(&error), "the tray is not reworded");
        }
    }
}

/// The sentence of the page's chip.
fn sentence(language: Language, standing: Option<&Standing>, now: Timestamp, zone: &TimeZone) -> String {
    let Some(standing) = standing else { return language.text("sync.away", &[]) };
    let sent = match standing.outbox {
        0 if standing.relay.state == "none" => language.text("sync.noRelay", &[]),
        0 => language.text("sync.allSent", &[]),
        count => language.text("sync.toSend", &[("count", &count.to_string())]),
    };
    let mut parts = vec![language.text("sync.saved", &[]), sent];
    if let Some(at) = standing.relay.received_up_to.as_ref().and_then(|at| at.parse::<Timestamp>().ok()) {
        let (at, today) = (at.to_zoned_datetime(zone.clone()), now.to_zoned_datetime(zone.clone()).date());
        let form = if at.date() == today { "%H:%M" } else { "%Y-%m-%d %H:%M" };
        parts.push(language.text("sync.received", &[("time", &at.strftime(form).to_string())]));
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::watch::Line;

    #[test]
    fn it_says_what_the_chip_says() {
        let now: Timestamp = "2026-03-01T15:00:00Z".parse().unwrap();
        let said = |outbox, state: &str, received: Option<&str>| {
            let relay = Line { state: state.to_owned(), received_up_to: received.map(str::to_owned) };
            sentence(Language::English, Some(&Standing { outbox, inbox: 0, relay }), now, &TimeZone::UTC)
        };
        assert_eq!(said(3, "offline", Some("2026-03-01T14:02:10.5Z")), "Saved here · 3 to send · received up to 14:02");
        assert_eq!(
            said(0, "connected", Some("2026-02-27T08:00:00Z")),
            "Saved here · everything sent · received up to 2026-02-27 08:00"
        );
        assert_eq!(said(0, "none", None), "Saved here · no relay");
        assert_eq!(sentence(Language::French, None, now, &TimeZone::UTC), "Le nœud ne répond pas");
    }
}
