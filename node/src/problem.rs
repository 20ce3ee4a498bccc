//! What can go wrong, as people and scripts see it: a closed set of codes, each with its exit status and its advice.
//! Owns the set and the wording in English; other languages are worded by the UI from code and parameters.

use std::collections::BTreeMap;
use std::fmt;

use comptoir_backoffice::refusal::Refusal;
use comptoir_door::fit::Unfit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use comptoir_door::text::{plain, told};

/// How a problem ends a command, and which HTTP status an answer bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A rule says no: exit 1.
    Refused,
    /// It was asked in a way that cannot be understood: exit 2.
    Usage,
    /// Somebody else must be reached first: exit 3.
    Unreachable,
    /// Stored bytes or the machine are broken: exit 4.
    Damaged,
}

impl Class {
    /// The exit status of a command.
    pub fn exit(self) -> u8 {
        match self {
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Damaged => 4,
        }
    }

    /// The class of an HTTP status that is no success.
    pub fn of_status(status: u16) -> Self {
        match status {
            400 | 415 => Self::Usage,
            502..=504 => Self::Unreachable,
            507 => Self::Refused,
            500.. => Self::Damaged,
            _ => Self::Refused,
        }
    }
}

/// Declares the set: code, class, HTTP status, and what the reader should know and do.
macro_rules! codes {
    ($($name:ident, $text:literal, $class:ident, $status:literal, $advice:literal;)+) => {
        /// The node's own codes. Refusals of the business modules have codes of their own, in their own closed set.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $advice] $name,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as it crosses to scripts and screens.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// How it ends a command.
            pub fn class(self) -> Class {
                match self { $(Self::$name => Class::$class,)+ }
            }

            /// The status of an HTTP answer.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ }
            }

            /// Whether anything was lost, and what to do.
            pub fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)+ }
            }
        }
    };
}

codes! {
    BadRequest, "bad-request", Usage, 400, "Nothing was changed. See `comptoir-node help`.";
    KindUnknown, "kind-unknown", Usage, 400, "Nothing was changed. The kinds of record are listed by `comptoir-node record --help`.";
    CodeMistyped, "code-mistyped", Usage, 400, "Nothing was changed. Copy the code again, whole.";
    CountryUnknown, "country-unknown", Usage, 400, "Nothing was changed. Give a two-letter country code, and for a rare one also --currency, --locale and --time-zone.";
    ProfileInvalid, "profile-invalid", Usage, 400, "Nothing was changed. Correct the option and try again.";
    NotADataDirectory, "not-a-data-directory", Usage, 400, "Nothing was changed. Name the directory of a node with --data, or make one with `create` or `join`.";
    FileUnreadable, "file-unreadable", Usage, 400, "Nothing was changed. Check the path and its permissions.";
    SettingsUnfit, "settings-unfit", Usage, 400, "Nothing was started. Correct the setting, and look with `comptoir-node config check`.";
    NotFound, "not-found", Refused, 404, "Nothing was changed.";
    Unauthorised, "unauthorised", Refused, 401, "Nothing was changed. The token stands in api.json in the node's data directory.";
    SignInUnknown, "sign-in-unknown", Refused, 401, "Nothing was changed. A sign-in link works once and for ten minutes: `comptoir-node open` makes a new one.";
    SignInWrong, "sign-in-wrong", Refused, 401, "Nothing was changed. Type both again; whoever keeps the accounts sets a new password: `comptoir-node staff password NAME`.";
    SignInNeeded, "sign-in-needed", Refused, 401, "Nothing was changed. Sign in with your name and password.";
    AccountLocked, "account-locked", Refused, 403, "Nothing was changed. Whoever keeps the accounts unlocks it: `comptoir-node staff unlock NAME`.";
    TokenExpired, "token-expired", Refused, 401, "Nothing was changed. Whoever keeps the accounts makes a new one: `comptoir-node staff token create NAME LABEL`.";
    TooManyTokens, "too-many-tokens", Refused, 409, "Nothing was changed. Revoke tokens that no script uses any more: `comptoir-node staff token revoke ID`.";
    TooManyAttempts, "too-many-attempts", Refused, 429, "Nothing was changed. Wait, then try again; nobody is shut out for good.";
    PasswordUnfit, "password-unfit", Refused, 422, "Nothing was changed. Several words in a row are long and easily remembered.";
    PasswordCommon, "password-common", Refused, 422, "Nothing was changed. Choose another: several words in a row are long and easily remembered.";
    PasswordGuessable, "password-guessable", Refused, 422, "Nothing was changed. Choose another, or put other words beside it.";
    TooManyAccounts, "too-many-accounts", Refused, 409, "Nothing was changed.";
    OperatorOnly, "operator-only", Refused, 403, "Nothing was changed. Use `comptoir-node` on the node's own machine, or a browser that a link of `comptoir-node open` signed in.";
    NotGranted, "not-granted", Refused, 403, "Nothing was changed. Whoever keeps the accounts gives roles: `comptoir-node staff grant NAME ROLE`.";
    OnlyHere, "only-here", Refused, 403, "Nothing was changed. Do this at the machine that the node runs on.";
    AddressInvalid, "address-invalid", Usage, 400, "Nothing was changed. Give an IP address and a port, such as 0.0.0.0:7443.";
    JurisdictionUnknown, "jurisdiction-unknown", Usage, 400, "Nothing was changed. Give codes of countries or subdivisions, such as SN or CA-QC, or EU.";
    ScopeNeeded, "scope-needed", Refused, 409, "Nothing was changed. That site cannot work without it.";
    LawForbids, "law-forbids", Refused, 409, "Nothing was changed. Confine the scope to the law of that site as well, or leave the site out.";
    ConfinedTooFar, "confined-too-far", Refused, 409, "Nothing was changed. Name the jurisdictions of the sites that cannot work without it, too.";
    ScopeNameUnfit, "scope-name-unfit", Usage, 400, "Nothing was changed. Give 2 to 32 lower-case letters, digits and hyphens, beginning with a letter, such as west-africa.";
    ScopeNameTaken, "scope-name-taken", Refused, 409, "Nothing was changed. Choose another name, or let more sites into that scope.";
    ScopeEmpty, "scope-empty", Usage, 400, "Nothing was changed. Name a site at least.";
    ScopeKeysElsewhere, "scope-keys-elsewhere", Refused, 409, "Nothing was changed. Define a new scope with that site as a member, and let a site that holds the records share them there.";
    LanShut, "lan-shut", Refused, 409, "Nothing was changed. Open the node to the local network first.";
    TooManyDevices, "too-many-devices", Refused, 409, "Nothing was changed. Send devices away that are not used any more.";
    TooManyPeers, "too-many-peers", Refused, 409, "Nothing was changed. Stop dialling a site that is not needed any more.";
    NoScreens, "no-screens", Refused, 409, "Nothing was changed. Start the node with --ui DIR, where DIR holds the built interface.";
    HostForbidden, "host-forbidden", Refused, 403, "Nothing was changed. Speak to the node by the address in api.json.";
    OriginForbidden, "origin-forbidden", Refused, 403, "Nothing was changed. Only pages that this node serves itself may speak to it.";
    MethodNotAllowed, "method-not-allowed", Refused, 405, "Nothing was changed. The API is described in openapi.json.";
    BodyTooLarge, "body-too-large", Refused, 413, "Nothing was changed. Send less in one request.";
    TooManyStreams, "too-many-streams", Refused, 429, "Nothing was lost. Close other event streams first.";
    AlreadyANode, "already-a-node", Refused, 409, "Nothing was changed. One directory holds one node: choose an empty one.";
    DirectoryInUse, "directory-in-use", Refused, 409, "Nothing was lost. Stop the program that uses it, or wait until it has ended.";
    DirectoryReadOnly, "directory-read-only", Refused, 409, "Nothing was lost and nothing was changed. Give this user the right to write there.";
    DirectoryNewer, "directory-newer", Refused, 409, "Nothing was lost and nothing was changed. Install the newer version again.";
    DiskFull, "disk-full", Refused, 507, "What was acknowledged is safe; this was not written. Free some space; the node goes on by itself.";
    PortInUse, "port-in-use", Refused, 409, "Nothing was changed. Choose another port, or 0 for any free one.";
    NotHeadquarters, "not-headquarters", Refused, 409, "Nothing was changed. Do this at headquarters, where the admin key is.";
    RootAbsent, "root-key-absent", Refused, 409, "Nothing was changed. Bring the root key back with `comptoir-node root import FILE`, and take it away again afterwards.";
    AdminNeeded, "admin-key-needed", Refused, 409, "Nothing was changed. Daily work needs an admin key: make one with `comptoir-node admin request`, and let root delegate it with `admin delegate`.";
    AdminUnknown, "admin-key-unknown", Refused, 409, "Nothing was changed. Give what `comptoir-node admin request` prints to whoever keeps the root key; the key works once the roster has arrived.";
    RenewalPending, "renewal-pending", Refused, 409, "Nothing was changed. `comptoir-node keys renew` tells the request again; `keys renew --cancel` gives it up.";
    OtherKey, "other-key", Refused, 409, "Nothing was changed. Look for the file of the key that is asked for.";
    PassphraseWrong, "passphrase-wrong", Refused, 403, "Nothing was lost and nothing was changed. Try again with the right passphrase.";
    PassphraseUnfit, "passphrase-unfit", Usage, 400, "Nothing was changed. A passphrase is text of 12 characters at least.";
    KeyFileUnfit, "key-file-unfit", Usage, 400, "Nothing was changed. Give the whole file that `root export` or `admin export` wrote.";
    BackupUnfit, "backup-unfit", Usage, 400, "Nothing was changed. Give a whole file that `comptoir-node backup create` wrote.";
    OtherBackup, "other-backup", Refused, 409, "Nothing was changed. Look for the backup of this very site.";
    NoBackup, "no-backup", Refused, 409, "Nothing was changed. `comptoir-node backup create FILE` makes one.";
    KeysSealed, "keys-sealed", Refused, 409, "Nothing was lost and nothing was changed. Say where the passphrase is with --keys-passphrase-file FILE or --keys-credential NAME.";
    KeysNotSealed, "keys-not-sealed", Refused, 409, "Nothing was changed. Seal them first with `comptoir-node keys seal`.";
    NoRelay, "no-relay", Refused, 409, "Nothing was changed. Add one with `comptoir-node relay add CODE`.";
    LastRelay, "last-relay", Refused, 409, "Nothing was changed. Take another one into service first with `comptoir-node relay add CODE`, or say --yes.";
    NotAMember, "not-a-member", Refused, 409, "Nothing was changed. Headquarters decides who may write there.";
    SiteRemoved, "site-removed", Refused, 409, "Nothing that was written here is lost, and what is here can be read. Ask headquarters.";
    NoScopeKey, "no-scope-key", Refused, 409, "Nothing was changed. The key comes from headquarters with the roster: wait until the line is up.";
    ChangeRefused, "change-refused", Refused, 422, "Nothing was changed.";
    SiteCodeTaken, "site-code-taken", Refused, 409, "Nothing was changed. Choose another code for the site.";
    DecidedAlready, "decided-already", Refused, 409, "Nothing was changed. Who asked sees what was decided; a new request can be made.";
    TooManyInvitations, "too-many-invitations", Refused, 409, "Nothing was changed. Wait until open invitations are used or expire.";
    NotJoined, "not-joined", Refused, 409, "Nothing was lost. Run `comptoir-node join` with the same code again; it goes on where it stopped.";
    NotSetUp, "not-set-up", Refused, 409, "Nothing was changed. Set the node up first: `comptoir-node open` makes a link to its screens; or stop it, and use `create` or `join`.";
    JoinUsed, "join-code-used", Refused, 409, "Nothing was changed. Ask headquarters for a new code.";
    JoinExpired, "join-code-expired", Refused, 409, "Nothing was changed. Ask headquarters for a new code.";
    JoinUnknown, "join-code-unknown", Refused, 409, "Nothing was changed. Ask headquarters for a new code.";
    JoinAdmitted, "join-admitted", Refused, 409, "Nothing was changed. The site belongs to the organisation: wait until the rest has arrived.";
    OtherJoin, "other-join-under-way", Refused, 409, "Nothing was changed. Go on with the code that this directory began with, or choose an empty directory.";
    RelayRefused, "relay-refused", Refused, 409, "Nothing was lost. Check that the relay belongs to this organisation.";
    JoinWaiting, "join-waiting", Unreachable, 503, "Nothing was lost: resume with the same command. Headquarters' node must be running and connected.";
    RelayUnreachable, "relay-unreachable", Unreachable, 503, "Nothing was lost: try the same command again when the line is up.";
    DaemonUnreachable, "daemon-unreachable", Unreachable, 503, "What was acknowledged is safe. Look whether the daemon is running, and try again.";
    OtherNode, "other-node", Unreachable, 503, "Nothing was changed. Ask for a new link at the node's machine, and look at its fingerprint there.";
    TimedOut, "timed-out", Unreachable, 504, "What was acknowledged is safe; this may still take effect. Look before doing it again.";
    Stopping, "stopping", Unreachable, 503, "What was acknowledged is safe; this was not done. Try again when the node runs.";
    Damaged, "damaged", Damaged, 500, "Do not write here. Run `comptoir-node verify`; what other sites or the relay hold can be fetched again.";
    StorageFailed, "storage-failed", Damaged, 500, "What was acknowledged before is safe; this was not acknowledged. The node stops: check the disk, then start it again.";
    Internal, "internal", Damaged, 500, "What was acknowledged is safe. This is an error of the program: please report it.";
}

/// One problem: what happened, in a code with parameters and in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How it ends a command.
    pub class: Class,
    /// The status of an HTTP answer.
    pub status: u16,
    /// Out of a closed set.
    pub code: String,
    /// What the words are filled with.
    pub params: BTreeMap<String, String>,
    /// What happened, in English.
    pub message: String,
    /// Whether anything was lost, and what to do, in English.
    pub advice: String,
}

/// A problem as JSON.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// Out of a closed set.
    pub code: String,
    /// What the words are filled with.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
    /// What happened, in English, for logs and scripts.
    #[serde(default)]
    pub message: String,
    /// Whether anything was lost, and what to do.
    #[serde(default)]
    pub advice: String,
}

impl Problem {
    /// A problem of this code.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            class: code.class(),
            status: code.status(),
            code: code.text().to_owned(),
            params: BTreeMap::new(),
            message: message.into(),
            advice: code.advice().to_owned(),
        }
    }

    /// A problem of this code, told by an error and all its causes.
    pub fn from_error(code: Code, error: &dyn std::error::Error) -> Self {
        Self::new(code, told(error))
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// As JSON.
    pub fn body(&self) -> ProblemBody {
        ProblemBody {
            code: self.code.clone(),
            params: self.params.clone(),
            message: self.message.clone(),
            advice: self.advice.clone(),
        }
    }

    /// From an HTTP answer.
    pub fn from_answer(status: u16, body: ProblemBody) -> Self {
        let ProblemBody { code, params, message, advice } = body;
        Self { class: Class::of_status(status), status, code, params, message, advice }
    }

    /// Whether it is of this code.
    pub fn is(&self, code: Code) -> bool {
        self.code == code.text()
    }
}

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Self {
        let message = unfit.to_string();
        match unfit {
            Unfit::Length { least_characters, most_bytes } => {
                Self::new(Code::PasswordUnfit, message).with("least", least_characters).with("most", most_bytes)
            }
            Unfit::Common => Self::new(Code::PasswordCommon, message),
            Unfit::Context { word, least_beside } => {
                Self::new(Code::PasswordGuessable, message).with("value", word).with("least", least_beside)
            }
        }
    }
}

/// A refusal of the back office keeps its own code.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        use comptoir_backoffice::refusal::Code as Why;
        let like = match refusal.code {
            Why::NotFound | Why::UnknownItem | Why::UnknownBatch => Code::NotFound,
            Why::OperatorOnly => Code::OperatorOnly,
            Why::NotGranted => Code::NotGranted,
            Why::UnknownKind | Why::BadAssignment | Why::AssignedTwice | Why::BadMapping => Code::BadRequest,
            _ => Code::ChangeRefused,
        };
        let mut problem = Self::new(like, refusal.to_string());
        refusal.code.as_str().clone_into(&mut problem.code);
        problem.params = refusal.params;
        problem.params.extend(refusal.field.map(|field| ("field".to_owned(), field)));
        problem
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = plain(&self.message);
        let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
        write!(f, "{message}{end}")?;
        if !self.advice.is_empty() {
            write!(f, " {}", plain(&self.advice))?;
        }
        write!(f, " [{}]", plain(&self.code))
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_told_apart_and_statuses_keep_the_class() {
        let texts: BTreeSet<_> = Code::ALL.iter().map(|code| code.text()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        for code in Code::ALL {
            assert_eq!(Class::of_status(code.status()), code.class(), "{}", code.text());
            assert!(code.advice().ends_with('.'), "{}", code.text());
        }
    }

    #[test]
    fn f38_what_comes_from_outside_cannot_steer_a_terminal() {
        let problem = Problem::new(Code::NotFound, "no\u{1b}[31m\nrecord \u{202e}x");
        let shown = problem.to_string();
        assert!(!shown.contains(['\u{1b}', '\n', '\u{202e}']), "{shown}");
        assert!(shown.ends_with("[not-found]"));
    }
}
