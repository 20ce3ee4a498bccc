//! Bounds of identifiers, contacts and postal addresses, tested before anything looks at the text. Names end in their unit.

/// An identifier as typed, with its blanks and dots: twice what the longest, an IBAN, needs.
pub const MAX_IDENTIFIER_CHARS: usize = 80;
/// A telephone number as typed, with its blanks and an extension.
pub const MAX_PHONE_CHARS: usize = 60;
/// Digits of a number behind the `+` (ITU-T E.164).
pub const MAX_E164_DIGITS: usize = 15;
/// Digits of an extension behind it (RFC 3966 sets no bound; exchanges use four or five).
pub const MAX_EXTENSION_DIGITS: usize = 9;
/// A web address: what every browser takes.
pub const MAX_WEB_CHARS: usize = 2_000;
/// The part of an e-mail address before the at sign (RFC 5321 §4.5.3.1.1).
pub const MAX_MAIL_LOCAL_CHARS: usize = 64;
/// A name of a host (RFC 1035 §2.3.4).
pub const MAX_HOST_CHARS: usize = 253;
/// One label of it.
pub const MAX_HOST_LABEL_CHARS: usize = 63;
/// A postcode as typed.
pub const MAX_POSTCODE_CHARS: usize = 32;
