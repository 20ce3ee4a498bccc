//! Bounds of the back office: what an import, a list and a field may hold. Names end in their unit.
//! Bounds on changes and cells are the replica's; nothing here judges what another site wrote.

/// A file to import, as received.
pub const MAX_IMPORT_BYTES: usize = 32 * 1024 * 1024;
/// Rows of one import, its header not counted.
pub const MAX_IMPORT_ROWS: usize = 50_000;
/// One cell of an imported file.
pub const MAX_CELL_BYTES: usize = 64 * 1024;
/// Columns that are read of an imported file's header.
pub const MAX_IMPORT_COLUMNS: usize = 256;
/// Rows that one transaction, and so one entry, takes of an import: a kill loses at most the batch that was under way.
pub const IMPORT_BATCH_ROWS: usize = 250;
/// A page of a list, when nothing else is asked.
pub const LIST_PAGE_ROWS: u32 = 50;
/// The longest page of a list.
pub const MAX_LIST_PAGE_ROWS: u32 = 1_000;
/// Text to search for.
pub const MAX_SEARCH_CHARS: usize = 200;
/// Words of it that are searched for.
pub const MAX_SEARCH_WORDS: usize = 12;
/// Assignments in one change.
pub const MAX_ASSIGNMENTS: usize = 500;
/// Lines of one kind in a record (addresses of a party).
pub const MAX_LINES: usize = 500;
/// A typed code or number: reference, postcode, VAT, SIREN, IBAN.
pub const MAX_CODE_CHARS: usize = 64;
/// A name or another field of one line.
pub const MAX_LINE_CHARS: usize = 300;
/// An e-mail address (RFC 5321: 64 before the at sign, 255 after it).
pub const MAX_EMAIL_CHARS: usize = 320;
/// A street, which may have several lines.
pub const MAX_STREET_CHARS: usize = 500;
/// Notes. In UTF-8 they stay below the replica's bound on a value.
pub const MAX_NOTES_CHARS: usize = 15_000;
/// What one answer lists of the inbox.
pub const MAX_INBOX_ITEMS: usize = 1_000;
/// Conflicts in one answer of which it is looked up who wrote each value: that opens entries.
pub const MAX_ATTRIBUTED_ITEMS: usize = 100;
