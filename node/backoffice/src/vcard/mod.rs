//! Parties as vCards (RFC 6350: version 4.0; on the way in 3.0 too), for address books and mail programs. Owns the form (`line`),
//! what each property is of a party (`card`, `written`), and the reading of a file card by card as rows of an import
//! ([`Cards`]). What a value may be is the party's rules', as for any other row. Never holds more than one card, and of a
//! card nothing that a party has no place for: a photograph passes by.
//!
//! | vCard | party |
//! |---|---|
//! | `UID` | reference; of a party without one its id, as `urn:uuid` |
//! | `KIND`, `FN`, `N`, `NICKNAME`, `LANG`, `NOTE`, `CATEGORIES` | kind, name, names of a person, also known as, language, notes, tags |
//! | `TEL`, `EMAIL`, `URL` with `PREF=1` | telephone, e-mail, website |
//! | other `TEL`, `EMAIL`, `URL`, `X-CONTACT` | contacts, their labels as `X-ABLABEL` of one group |
//! | `ADR` with `CC` (RFC 8605) and `TYPE` (RFC 9554) | addresses |
//! | `X-VAT`, `X-SIREN`, `X-SIRET`, `X-NINEA`, `X-BN`, `X-IBAN`, `X-IDENTIFIER`, `X-ROLES` | registrations and roles |
//!
//! Lines are met by their place, as those of a table are. A card of another program's without `UID` is known by a reference
//! made from its name, so that the same file again changes nothing. What else a party holds, a vCard cannot say.

mod card;
mod line;
mod read;
mod written;

pub use read::Cards;
pub use written::write_card;

/// As much of a file as tells whether it is one of cards.
pub const MARK_BYTES: u64 = 64;

/// Whether a file that begins so is one of cards, whatever its name.
#[must_use]
pub fn is_cards(beginning: &[u8]) -> bool {
    const BEGIN: &[u8] = b"BEGIN:VCARD";
    let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).trim_ascii_start();
    text.get(..BEGIN.len()).is_some_and(|start| start.eq_ignore_ascii_case(BEGIN))
}

/// Who wrote a card, as far as reading cares: ours says by `PREF` alone which number is the main one.
const PRODUCT: &str = "-//Comptoir//vCard//EN";

/// Fields of a party that have an extension property of their own, and its name.
const OWN: &[(&str, &str)] = &[
    ("vat", "X-VAT"),
    ("siren", "X-SIREN"),
    ("siret", "X-SIRET"),
    ("ninea", "X-NINEA"),
    ("bn", "X-BN"),
    ("iban", "X-IBAN"),
    ("roles", "X-ROLES"),
];

/// The words of an address's use that are types of `ADR`; others are so with `x-` before them.
const USES: &[&str] = &["billing", "delivery", "home"];

/// The kinds of a contact that is a number, and the type of `TEL` that says so.
const TEL_TYPES: &[(&str, &str)] = &[("phone", "voice"), ("mobile", "cell"), ("fax", "fax")];

#[cfg(test)]
mod tests;
