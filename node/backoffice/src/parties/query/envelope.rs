//! A party's address as it stands on an envelope. Owns what goes into which part; the order of the lines is the country's postal
//! format. Writes nothing.

use comptoir_replica::record::LineKey;
use rusqlite::Connection;

use crate::desk::Stopped;
use crate::editions::Lang;
use crate::identifiers::postal::{self, Parts};
use crate::parties::record::Party;
use crate::reference;
use crate::refusal::{Code, Refusal};
use crate::registry::Home;

/// The lines of an envelope to a party, posted at `home`: to the address of this key, or to its first in use. Abroad the
/// country stands below, in the sender's language.
///
/// # Errors
/// [`Code::UnknownLine`]; [`Code::Required`] for a party without an address; or those of SQL.
pub fn envelope(
    connection: &Connection,
    home: &Home,
    party: &Party,
    address: Option<&str>,
) -> Result<Vec<String>, Stopped> {
    let line = match address {
        Some(key) => {
            let line = key.parse::<LineKey>().ok().and_then(|key| party.addresses.get(&key));
            line.ok_or_else(|| Refusal::of("address", Code::UnknownLine).with("value", key))?
        }
        None => party.main_address().ok_or_else(|| Refusal::of("addresses", Code::Required))?,
    };
    let country = if line.country.is_empty() { &home.country } else { &line.country };
    let lang = if home.locale.starts_with("fr") { Lang::Fr } else { Lang::En };
    let country_name = reference::query::name(connection, country, lang)?.unwrap_or_default();
    let titled = [party.honorific.trim(), party.name.trim()].join(" ");
    let recipient = format!("{}\n{}", titled.trim(), line.recipient);
    let parts = Parts {
        recipient: &recipient,
        street: &line.street,
        postcode: &line.postcode,
        city: &line.city,
        region: &line.subdivision,
    };
    Ok(postal::format(&parts, country, &home.country, &country_name))
}
