//! The closed set of refusal codes with their English wording. Owns both; what a code is told with is the refusal's.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $words:literal;)*) => {
        /// Why something was refused. The text form is stable; a code is added only when somebody acts on it.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// Its stable text form.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code,)* }
            }

            /// English, with `{name}` where a parameter goes.
            pub(super) fn words(self) -> &'static str {
                match self { $(Code::$name => $words,)* }
            }
        }
    };
}

codes! {
    /// No kind of record has this name.
    UnknownKind = "unknown-kind", "there is no kind of record named {value}; known: {known}";
    /// No module has this name.
    UnknownModule = "unknown-module", "there is no module named {value}; known: {known}";
    /// No record has this id, or no live record this reference.
    NotFound = "not-found", "no {kind} is named {value}";
    /// Several live records bear this reference.
    Ambiguous = "ambiguous", "several live records bear the reference {value}: use an id ({ids})";
    /// The kind of record has no such field.
    UnknownField = "unknown-field", "there is no such field; known: {known}";
    /// A filter compares as its field cannot be compared.
    UnknownOperator = "unknown-operator", "this field is not compared by {value}; known: {known}";
    /// The key of a page is damaged, or of a list that is sorted otherwise.
    BadPageKey = "bad-page-key", "this place in the list is not known: begin at its first page again";
    /// The record has no line of this key.
    UnknownLine = "unknown-line", "there is no line {value}";
    /// The field is kept by the program.
    NotWritable = "not-writable", "this field cannot be set";
    /// An assignment that is not `field=value` or `lines+={json}`.
    BadAssignment = "bad-assignment", "write field=value, lines.KEY.field=value or lines+='{\"field\": \"value\"}', not {value}";
    /// One field assigned twice in one command.
    AssignedTwice = "assigned-twice", "the field is assigned twice";
    /// More of something than one command takes.
    TooMany = "too-many", "too many: at most {limit}";
    /// A value of another type than the field's.
    WrongType = "wrong-type", "expected {expected}";
    /// A field that must not be empty.
    Required = "required", "must not be empty";
    /// Text longer than the field takes.
    TooLong = "too-long", "longer than {limit} characters";
    /// A control character.
    ControlCharacter = "control-character", "holds the control character U+{value}";
    /// A value out of a closed list.
    NotInList = "not-in-list", "{value} is none of {known}";
    /// A country that is no ISO 3166-1 alpha-2 code.
    CountryUnknown = "country-unknown", "{value} is no country code of two letters (ISO 3166-1)";
    /// An amount of money that cannot be read.
    AmountShape = "amount-shape", "{value} is no amount of money: write it like 12.34 EUR";
    /// A currency that is none of ISO 4217 in use.
    CurrencyUnknown = "currency-unknown", "{value} is no currency in use (ISO 4217)";
    /// An amount in another currency than the field's bounds have.
    OtherCurrency = "other-currency", "amounts here are in {expected}";
    /// A part of a country that is none of ISO 3166-2, or is not of the address's country.
    SubdivisionUnknown = "subdivision-unknown", "{value} is no subdivision of {country} (ISO 3166-2): write its code, for example {example}";
    /// A language that is no tag of BCP 47.
    LanguageUnknown = "language-unknown", "{value} is no language: write its tag, for example fr or fr-SN";
    /// Two identifiers of one party that contradict each other.
    IdentifiersDisagree = "identifiers-disagree", "{value} does not belong to {other}: compare both with the original";
    /// A party that would be related to itself.
    RelatedToItself = "related-to-itself", "a party has no relation to itself: name another";
    /// A number or amount with more decimals than there is room for.
    TooManyDecimals = "too-many-decimals", "too many digits after the decimal point: at most {limit}";
    /// A number, date or amount below the least allowed.
    TooLow = "too-low", "must not be below {limit}";
    /// A number, date or amount above the greatest allowed.
    TooHigh = "too-high", "must not be above {limit}";
    /// Text that has not the form that the organisation gave the field.
    PatternMismatch = "pattern-mismatch", "{value} has not the form {pattern} (9 a digit, A a letter, X either)";
    /// Text that cannot be a key.
    KeyShape = "key-shape", "{value} is no key: write a letter, then letters, digits, - or _, at most {limit} in all";
    /// Text that is no colour.
    ColourShape = "colour-shape", "{value} is no colour: write it like #2b8a3e";
    /// A value that stays as it was when the record was made.
    Fixed = "fixed", "cannot be changed: archive the record and make another";
    /// Something that may be defined once is defined already.
    DefinedAlready = "defined-already", "{value} is defined already, by {id}: change that one, or take it out of the archive";
    /// One value given twice where each may stand once.
    ValueTwice = "value-twice", "{value} stands there twice";
    /// A rule that fields of this type do not have.
    RuleUnfit = "rule-unfit", "a field of the type {type} has no such rule";
    /// A least that is above the greatest.
    RuleEmpty = "rule-empty", "no value can be: the least is above {limit}";
    /// A field that its organisation has retired: it takes no new value.
    FieldRetired = "field-retired", "the field {value} is retired: it can be emptied, not filled";
    /// A name to sign in with begins with a small letter and holds small letters, digits, `.`, `-` and `_`; it is not `operator`.
    LoginShape = "login-shape", "{value} is no name to sign in with: write a small letter, then small letters, digits, . - or _, at most {limit} in all, and not operator";
    /// An account or a role, written by somebody who does not keep them.
    OperatorOnly = "operator-only", "accounts and roles are kept by whoever holds the key of the node, on its own machine";
    /// Something that no role of whoever works grants.
    NotGranted = "not-granted", "no role of yours grants this ({verb}, in {module}): ask whoever keeps the accounts";
    /// A record of a kind that only headquarters writes, at another site.
    HeadquartersOnly = "headquarters-only", "only headquarters writes records of this kind: ask there";
    /// A record that only the site that made it writes.
    OwnerOnly = "owner-only", "only the site that made this record changes it: ask there";
    /// A record elsewhere than those of its kind, which all live in one scope.
    FixedPlace = "fixed-place", "a {value} lives where all of its kind do: it cannot be private, or in a scope of its own";
    /// A scope that is not there for records, or not seen here.
    NoPlace = "no-place", "{value} is no scope in which this site makes records: `scope list` shows which it holds";
    /// A module that is not in use here.
    ModuleOff = "module-off", "the module {value} is switched off here: headquarters can switch it on";
    /// A module that is always in use.
    ModuleNeeded = "module-needed", "the module {value} cannot be switched off: {why}";
    /// Text that cannot be an e-mail address.
    EmailShape = "email-shape", "{value} is no e-mail address";
    /// An identifier whose form is right, but whose check digit does not follow from its other digits.
    CheckDigit = "check-digit", "the check digit of {value} is wrong: compare it with the original, digit by digit ({scheme})";
    /// Text that has not the form of such an identifier.
    IdentifierShape = "identifier-shape", "{value} is no {scheme}: write {expected}, for example {example}";
    /// Text that cannot be a telephone number of its country.
    PhoneShape = "phone-shape", "{value} is no telephone number: write {expected}, for example {example}";
    /// Text that cannot be a web address.
    WebShape = "web-shape", "{value} is no web address: write it like {example}";
    /// A postcode that its country does not have.
    PostcodeShape = "postcode-shape", "{value} is no postcode of {country}: write it like {example}";
    /// The record is archived; take it out of the archive first.
    ArchivedRecord = "archived-record", "the record is archived: take it out of the archive first";
    /// The line is archived; take it out of the archive first.
    ArchivedLine = "archived-line", "the line {value} is archived: set its `archived` to false first";
    /// The imported file has no header.
    FileEmpty = "file-empty", "the file is empty: its first line must name the columns";
    /// The imported file is too large.
    FileTooLarge = "file-too-large", "the file is larger than {limit} bytes: split it";
    /// The imported file has too many rows.
    TooManyRows = "too-many-rows", "the file has more than {limit} rows: split it";
    /// A column that must be there is not.
    MissingColumn = "missing-column", "the header lacks the column {value}";
    /// A column that this kind of record does not have.
    UnknownColumn = "unknown-column", "the header names an unknown column {value}; known: {known}";
    /// A column that stands in the header twice.
    DuplicateColumn = "duplicate-column", "the header names the column {value} twice";
    /// A row with more or fewer cells than the header.
    CellCount = "cell-count", "the row has {found} cells, the header {expected}";
    /// A quotation mark that is never closed.
    UnclosedQuote = "unclosed-quote", "a quotation mark opened in this row is never closed";
    /// A cell beyond its bound.
    CellTooLarge = "cell-too-large", "the cell is larger than {limit} bytes";
    /// A row beyond its bound.
    RowTooLarge = "row-too-large", "the row is larger than {limit} bytes: is a quotation mark missing?";
    /// A spreadsheet's cell that holds an error such as `#REF!`.
    CellError = "cell-error", "the cell holds the error {value}: mend its formula, or empty it";
    /// A workbook of another kind than XLSX, or with a password.
    WorkbookKind = "workbook-kind", "this is an old, binary or encrypted workbook: save it as .xlsx without a password, or as CSV";
    /// A workbook that is cut short or breaks the format.
    WorkbookDamaged = "workbook-damaged", "the workbook is damaged or incomplete ({part}): save it again as .xlsx, or as CSV";
    /// A workbook that would unpack beyond a bound.
    WorkbookTooLarge = "workbook-too-large", "the workbook holds more than {limit} ({part}): save the sheet as CSV";
    /// No sheet of the workbook has this name.
    UnknownSheet = "unknown-sheet", "there is no sheet {value} in the file; known: {known}";
    /// More than one XLSX sheet takes.
    SheetLimit = "sheet-limit", "an XLSX sheet takes at most {limit} {unit}: export as CSV";
    /// A vCard that is cut short or breaks the format.
    CardDamaged = "card-damaged", "the vCard is damaged ({part}): export it again as vCard 4.0";
    /// A vCard of a version that is not read.
    CardVersion = "card-version", "a vCard of version {value} is not read: export it as vCard 4.0 or 3.0";
    /// A reference that an earlier row of the same file has.
    DuplicateInFile = "duplicate-in-file", "row {first} of the same file has this reference already";
    /// A mapping of columns that cannot be read.
    BadMapping = "bad-mapping", "write COLUMN IN THE FILE=COLUMN HERE, not {value}";
    /// Another file, or other columns, than those that were tried.
    PlanChanged = "plan-changed", "this is not what was tried: make a dry run of this file with these columns first";
    /// Another import is being written.
    ImportRunning = "import-running", "another import is under way: wait until it is done";
    /// No act over several records has this id.
    UnknownBatch = "unknown-batch", "there is no import or other batch {value}: take one from the list of batches";
    /// A record merged into itself.
    MergeItself = "merge-itself", "{value} is both of the records to merge: name two";
    /// A record that was merged already.
    AlreadyMerged = "already-merged", "{value} is merged into {into} already: unmerge it first, or merge {into}";
    /// A merge that would close a circle.
    MergeCircle = "merge-circle", "{value} is merged into {into} already: unmerge it first to merge the other way round";
    /// Two records of different kinds.
    OtherKind = "other-kind", "{value} is a {kind}, not a {expected}: only records of one kind can be merged";
    /// A merge by which somebody would lose sight of a record.
    MergeNarrows = "merge-narrows", "not everyone who sees {from} sees {into}: merge the other way round, or share it first";
    /// A record that somebody would not see any more who sees it.
    ShareNarrows = "share-narrows", "not everyone who sees {from} sees {into}: a record is shared with more sites, never with fewer";
    /// A record that was not merged into another.
    NotMerged = "not-merged", "{value} is not merged into another record: there is nothing to take back";
    /// A change that the record's history does not know.
    UnknownChange = "unknown-change", "the record has no change {value}: take one from its history";
    /// A date before the record was made.
    NotYetThere = "not-yet-there", "{value} was not there yet at that date";
    /// A record that is where its kind lives.
    AlreadyShared = "already-shared", "{value} is shared already";
    /// A posting of no lines.
    NoLines = "no-lines", "there is nothing to post: add a line";
    /// A posting whose number is not the next one.
    NumberOutOfOrder = "number-out-of-order", "number {value} does not follow: {expected} is next";
    /// A posting that names another without citing it, or cites something else.
    NotCited = "not-cited", "{value} is no posting of the kind that is meant, or not here yet";
    /// A draft that was posted before.
    PostedAlready = "posted-already", "the draft is posted already: take back its posting, or make another draft";
    /// A posting that was taken back before.
    ReversedAlready = "reversed-already", "{value} is taken back already";
    /// A posting that cannot be taken back so.
    ReversalUnfit = "reversal-unfit", "{value} cannot be taken back: it is no move of this site, or takes back another one itself";
    /// A move from or to a kind of place that its type does not go.
    PlacesUnfit = "places-unfit", "{value} does not go from {from} to {to}";
    /// A line that goes nowhere.
    SamePlace = "same-place", "from and to are one place: name two";
    /// A dispatch to the site itself.
    SameSite = "same-site", "name another site than this one: within a site, transfer";
    /// A site that the organisation does not have.
    UnknownSite = "unknown-site", "the organisation has no site {value}; known: {known}";
    /// A site of which nothing was heard yet.
    SiteSilent = "site-silent", "nothing that {value} wrote is here yet: rights are given to a site as it writes, so let it write something first";
    /// A line without a location where stock lies.
    LocationMissing = "location-missing", "name a location of this site";
    /// A location of another site.
    ForeignLocation = "foreign-location", "{value} is a location of another site: only that site moves its stock";
    /// A quantity that is not above zero.
    QuantityNotPositive = "quantity-not-positive", "{value} is no quantity to move: it must be above zero";
    /// A quantity beyond what can be counted.
    QuantityTooLarge = "quantity-too-large", "the quantity is larger than can be counted";
    /// A unit that the item does not have.
    UnknownUnit = "unknown-unit", "{item} is not counted in {value}; known: {known}";
    /// Less lies there than is to leave.
    StockShort = "stock-short", "{value} of {item} are to leave {location}, where {found} are: count again, or move less";
    /// What lies there is promised to other sites.
    RightsOfOthers = "rights-of-others", "of {item} at {location} only {found} are free, not {value}: the rest is promised to other sites";
    /// Less is free in the pool than is to be granted.
    PoolShort = "pool-short", "of {item} at {location} only {found} are free to be granted, not {value}";
    /// Fewer rights than are to be drawn.
    RightsShort = "rights-short", "only {found} are left of the rights, not {value}: ask the keeper of the pool for more";
    /// Rights that were given to another site or epoch.
    CreditOfOthers = "credit-of-others", "{value} gives no rights to this site as it writes now";
    /// Rights to another pool.
    OtherPool = "other-pool", "{value} is about another pool or item";
    /// An act on rights that is not this site's to do.
    RightsUnfit = "rights-unfit", "this site cannot do {value} here: the keeper of the pool grants and retires, other sites spend, pass on and return";
    /// Rights of a site that is not revoked do not come back.
    NotRevoked = "not-revoked", "{value} is not revoked: rights come back from a site that is removed for good";
    /// Sites that may not know yet that another one is revoked.
    SitesUnheard = "sites-unheard", "what was sold is not certain before these sites were heard of, who may not know yet: {known}";
    /// More is delivered than was sold.
    MoreThanSold = "more-than-sold", "only {found} of what was sold are not delivered yet, not {value}";
    /// A transfer that is received already.
    ReceivedAlready = "received-already", "the transfer {value} is received already: what is missing or too much is settled by the sender";
    /// A transfer to another site.
    NotForThisSite = "not-for-this-site", "{value} is no transfer of this site";
    /// More arrived than was sent.
    MoreThanSent = "more-than-sent", "{value} are more than the {found} that were sent: receive what was sent, and adjust the rest";
    /// More is settled than is missing.
    MoreThanMissing = "more-than-missing", "{value} are more than the {found} that are missing";
    /// What arrives is not what was sent.
    OtherThanSent = "other-than-sent", "item, lot and piece must be those that were sent";
    /// A value below zero.
    ValueNegative = "value-negative", "a cost is not below zero";
    /// Value without quantity, or below zero.
    ValueApart = "value-apart", "the value of {item} would be {value} in minor units: it follows what is there";
    /// A revaluation of nothing, or to less than nothing.
    RevaluationUnfit = "revaluation-unfit", "{item} is worth {found} in minor units here and cannot change by {value}";
    /// A lot that is not named where lots are followed.
    LotMissing = "lot-missing", "{item} is followed by lot: name the lot";
    /// A lot or piece of an item that is not followed so.
    NotTracked = "not-tracked", "{item} is not followed by lot or piece: leave it empty";
    /// A lot that comes in without its date.
    ExpiryMissing = "expiry-missing", "lots of {item} expire: give the date";
    /// A lot that is over its date.
    LotExpired = "lot-expired", "lot {value} of {item} expired on {limit}: scrap it, or move it to quarantine";
    /// A piece that is not named where pieces are followed.
    SerialMissing = "serial-missing", "{item} is followed by piece: name the piece";
    /// More than one of one piece.
    SerialQuantity = "serial-quantity", "{value} is one piece: give it a line of its own with quantity 1";
    /// A piece that is in stock already, here or elsewhere.
    SerialElsewhere = "serial-elsewhere", "the piece {value} is in stock already: correct the number, or post first how it left";
    /// A pool that has no such thing in it.
    PoolEmpty = "pool-empty", "there is nothing to share out: nothing is free in the pool";
    /// No open item of the inbox has this id: it never was, or it is settled.
    UnknownItem = "unknown-item", "no open item of the inbox has the id {value}: it may be settled already";
    /// A choice that this item does not offer.
    UnknownChoice = "unknown-choice", "{value} is no choice here; known: {known}";
}
