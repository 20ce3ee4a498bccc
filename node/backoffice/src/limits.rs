//! Bounds of the back office: what an import, a list and a field may hold. Names end in their unit.
//! Bounds on changes and cells are the replica's; nothing here judges what another site wrote.

/// A file to import, as it lies on the disk: it is read row by row, never held whole.
pub const MAX_IMPORT_BYTES: usize = 512 * 1024 * 1024;
/// Rows of one import, its header not counted.
pub const MAX_IMPORT_ROWS: usize = 1_000_000;
/// One cell of an imported file.
pub const MAX_CELL_BYTES: usize = 64 * 1024;
/// One row of an imported file, its cells added up.
pub const MAX_ROW_BYTES: usize = 1024 * 1024;
/// Columns that are read of an imported file.
pub const MAX_IMPORT_COLUMNS: usize = 1_024;
/// What is read at a time of an imported file.
pub const TABLE_BUFFER_BYTES: usize = 64 * 1024;
/// The directory of an XLSX archive, which is held whole while its few parts are looked up.
pub const MAX_ARCHIVE_DIRECTORY_BYTES: usize = 1024 * 1024;
/// Parts in an XLSX archive.
pub const MAX_ARCHIVE_ENTRIES: usize = 4_096;
/// One part of an XLSX archive, unpacked. It passes by, it is not held.
pub const MAX_PART_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// How many bytes one packed byte may give once a part is larger than `FREE_PART_BYTES`; deflate itself gives up to 1,032.
pub const MAX_UNPACKED_RATIO: u64 = 400;
/// Below this a part may unpack to any ratio.
pub const FREE_PART_BYTES: u64 = 64 * 1024 * 1024;
/// The texts that the cells of a workbook share, added up: they are held while a sheet is read.
pub const MAX_SHARED_TEXT_BYTES: usize = 64 * 1024 * 1024;
/// How many such texts.
pub const MAX_SHARED_TEXTS: usize = 4_000_000;
/// Cell styles of a workbook; Excel knows 65,490.
pub const MAX_CELL_STYLES: usize = 65_536;
/// Sheets of a workbook that are listed.
pub const MAX_SHEETS: usize = 1_024;
/// Visible sheets that are looked into for the first one that holds something.
pub const MAX_BLANK_SHEETS: usize = 8;
/// A name in a workbook: of a sheet, a part, a kind of relation.
pub const MAX_PART_NAME_BYTES: usize = 1_024;
/// One tag, text or comment in a part of a workbook.
pub const MAX_XML_EVENT_BYTES: usize = 1024 * 1024;
/// Elements within elements in a part of a workbook.
pub const MAX_XML_LEVELS: usize = 64;
/// Rows of an XLSX sheet, its header counted (ECMA-376, as Excel reads it).
pub const MAX_SHEET_ROWS: u32 = 1_048_576;
/// Columns of an XLSX sheet.
pub const MAX_SHEET_COLUMNS: usize = 16_384;
/// Text in one cell of an XLSX sheet, in UTF-16 units.
pub const MAX_SHEET_CELL_UNITS: usize = 32_767;
/// Rows that one transaction takes of an import: a kill loses at most the batch that was under way, and whoever saves
/// meanwhile waits for it, some tenths of a second. By 250, each commit wrote most pages of the indexes once more.
pub const IMPORT_BATCH_ROWS: usize = 1_000;
/// What one row puts into a record: below the bound on a change.
pub const MAX_ROW_PUT_BYTES: usize = 192 * 1024;
/// Refused rows that a report lists; all are counted.
pub const MAX_REFUSED_ROWS: usize = 1_000;
/// Columns that a report names as left out.
pub const MAX_IGNORED_COLUMNS: usize = 100;
/// Rows between two looks at whether an import is to go on.
pub const IMPORT_STEP_ROWS: u64 = 1_000;
/// A page of a list, when nothing else is asked.
pub const LIST_PAGE_ROWS: u32 = 50;
/// The longest page of a list.
pub const MAX_LIST_PAGE_ROWS: u32 = 1_000;
/// Conditions of one list.
pub const MAX_FILTERS: usize = 40;
/// Values of one condition: those of `in`.
pub const MAX_FILTER_VALUES: usize = 200;
/// One parameter of a list.
pub const MAX_QUERY_VALUE_CHARS: usize = 8_000;
/// Fields that one list is sorted by.
pub const MAX_SORT_FIELDS: usize = 8;
/// Fields that one list shows, or adds up.
pub const MAX_LIST_COLUMNS: usize = 100;
/// The key of a page of a list. One that would be longer names the record alone.
pub const MAX_PAGE_KEY_BYTES: usize = 4_096;
/// Values of lines that one cell of a list shows.
pub const MAX_LISTED_LINES: usize = 20;
/// Records up to which a condition is looked up first, and the list sorted after; beyond, the list is walked in its order.
pub const WIDE_SET_RECORDS: usize = 2_000;
/// Aliases that a filter by reference looks for.
pub const MAX_FILTER_ALIASES: usize = 1_000;
/// Records that a search through all kinds gives of each.
pub const MAX_HITS_PER_KIND: usize = 50;
/// Records that it gives of each kind when nothing is said.
pub const HITS_PER_KIND: usize = 8;
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
/// Aliases that are followed from one record to the one that is meant.
pub const MAX_ALIAS_STEPS: usize = 64;
/// Fields of its own that an organisation gives one kind of record, those in use.
pub const MAX_CUSTOM_FIELDS: usize = 500;
/// The key of a field, choice or stage.
pub const MAX_KEY_CHARS: usize = 40;
/// Digits after the decimal point that a field of the organisation's own may ask for: lists sort by millionths.
pub const MAX_CUSTOM_DECIMALS: u32 = 6;
/// Aliases of one record that are shown with it, or archived with it.
pub const MAX_SHOWN_ALIASES: usize = 200;
/// Records that an undone act left as they are of which the fields are named; all are counted.
pub const MAX_LEFT_ALONE: usize = 100;
/// Keys of likeness of one party: what is beyond finds no duplicates.
pub const MAX_LIKENESS_KEYS: usize = 64;
/// Addresses of one party that are compared.
pub const MAX_LIKENESS_PLACES: usize = 4;
/// Parties that may share one key: what more of them share says nothing (a tower of offices).
pub const MAX_BLOCK_RECORDS: usize = 24;
/// The same for keys of what several parties may well share: telephones, mail boxes, names.
pub const MAX_WEAK_BLOCK_RECORDS: usize = 4;
/// Pairs of parties that are compared for one look at the likely duplicates.
pub const MAX_CANDIDATE_PAIRS: usize = 50_000;
/// Fields that an update of reference data lists as changed.
pub const MAX_REFERENCE_DIFFERENCES: usize = 1_000;
/// One property of a vCard, unfolded, of those that are kept; a photograph, which is not, may be larger.
pub const MAX_CARD_LINE_BYTES: usize = 64 * 1024;
/// Properties of one vCard that are kept.
pub const MAX_CARD_PROPERTIES: usize = 1_000;
/// Addresses that are read of one vCard.
pub const MAX_CARD_ADDRESSES: usize = 8;
/// Ways to reach somebody that are read of one vCard, beside the main ones.
pub const MAX_CARD_CONTACTS: usize = 24;
/// Registrations that are read of one vCard, beside those with properties of their own.
pub const MAX_CARD_IDENTIFIERS: usize = 8;
/// Lines of one posting about stock.
pub const MAX_POSTING_LINES: usize = 200;
/// A lot, a piece, a unit.
pub const MAX_LOT_CHARS: usize = 64;
/// Credits that one posting of rights draws on.
pub const MAX_CREDIT_DRAWS: usize = 200;
/// Layers of cost that one line takes from.
pub const MAX_LAYER_DRAWS: usize = 200;
/// Locations from one up to the top of their tree.
pub const MAX_TREE_LEVELS: usize = 32;
/// Days before its date from which a lot is listed in the inbox.
pub const EXPIRY_NOTICE_DAYS: i64 = 30;
/// Acts over many records that are looked through for demo data.
pub const MAX_DEMO_BATCHES: usize = 1_000;
/// Rows of a list of stock when nothing is said.
pub const STOCK_PAGE_ROWS: u32 = 50;
/// The longest page of a list of stock.
pub const MAX_STOCK_PAGE_ROWS: u32 = 1_000;
/// The name that somebody signs in with.
pub const MAX_LOGIN_CHARACTERS: usize = 32;
