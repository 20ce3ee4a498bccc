//! Whether people get into the console: its certificate, its pages, its accounts. Owns when a certificate is worth a look.

use std::path::Path;

use comptoir_daemon::checks::Check;
use comptoir_door::text::told;

use crate::clock;
use crate::console::ConsoleConfig;
use crate::console::account::{Account, Role};
use crate::console::book::{BOOK_FILE, Book};
use crate::console::certificate;
use crate::limits::CERTIFICATE_LOOK_MS;

pub(super) fn check(dir: &Path, config: Option<&ConsoleConfig>) -> Check {
    let Some(config) = config else {
        return Check::good("console", "it is shut: console.listen in the settings would open it");
    };
    let mut detail = match &config.certificate {
        None => "it shows a certificate of its own".to_owned(),
        Some(given) => match certificate::ends_ms(given) {
            Err(error) => return Check::bad("console", told(&error), "Give a certificate and its key, both in PEM."),
            Ok(ends_ms) => {
                let (now, ends) = (clock::now_ms(), clock::rfc3339(ends_ms));
                let advice = "Renew the certificate, and start the relay again: it is read at the start.";
                if ends_ms <= now {
                    return Check::bad("console", format!("its certificate ended at {ends}"), advice);
                }
                if ends_ms.saturating_sub(now) < CERTIFICATE_LOOK_MS {
                    return Check::look("console", format!("its certificate ends at {ends}"), advice);
                }
                format!("its certificate is good until {ends}")
            }
        },
    };
    if config.ui.is_none() {
        let advice = "There is an API alone: name the folder of the built pages as console.ui.";
        return Check::look("console", format!("{detail}, and it has no pages"), advice);
    }
    let accounts = match accounts(dir) {
        Ok(accounts) => accounts,
        Err(error) => {
            let advice = "Put console.sqlite back from its copy, or move it away and make accounts anew.";
            return Check::bad("console", error, advice);
        }
    };
    let keeps = |account: &Account| account.role == Role::Administrator && account.set_up && !account.disabled;
    detail.push_str(&format!("; {} accounts", accounts.len()));
    if accounts.iter().any(keeps) {
        return Check::good("console", detail);
    }
    let advice = "Nobody keeps accounts there: comptoir-relay account add NAME --role administrator.";
    Check::look("console", format!("{detail}, and no administrator is set up"), advice)
}

/// Who may sign in. Where there is no book, to look makes none.
fn accounts(dir: &Path) -> Result<Vec<Account>, String> {
    if !dir.join(BOOK_FILE).exists() {
        return Ok(Vec::new());
    }
    let book = Book::open(dir).map_err(|error| told(&error))?;
    book.accounts(clock::now_ms()).map_err(|error| told(&error))
}
