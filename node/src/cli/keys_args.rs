//! The command line of keys: root's, admins', and the seal on key files. Owns names, options and their help; does nothing.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::custody::passphrase::Source;

/// How sealed keys are opened, for every command that opens the directory itself.
#[derive(Debug, Args)]
pub struct KeysOpened {
    /// Where the passphrase of sealed keys is; else COMPTOIR_KEYS_PASSPHRASE_FILE says it, or the directory itself.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "keys_credential")]
    pub keys_passphrase_file: Option<PathBuf>,
    /// The same, in a credential that the service manager hands over (LoadCredential=); else COMPTOIR_KEYS_CREDENTIAL says it.
    #[arg(long, global = true, value_name = "NAME")]
    pub keys_credential: Option<String>,
}

impl KeysOpened {
    /// What was said, if anything was.
    pub fn source(self) -> Option<Source> {
        self.keys_passphrase_file.map(Source::PassphraseFile).or(self.keys_credential.map(Source::Credential))
    }
}

/// Commands on the keys of this site, and on the seal on key files. The seal is put on and taken off while the daemon does not run.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Which key files are here, whether they are sealed, and whether new keys wait to be bound.
    Status,
    /// Make new keys for this site, and print the request that an admin binds with `site rekey`. The present ones stay until then.
    Renew(Renewal),
    /// Seal them: from then on they open with the passphrase alone.
    Seal(Passphrase),
    /// Put them back in clear.
    Unseal,
    /// Let another passphrase open them, or the same one from another place.
    Change(Passphrase),
}

/// Which keys are made anew: all where none is named.
#[derive(Debug, Args)]
pub struct Renewal {
    /// The key that proves who is at the end of a connection.
    #[arg(long)]
    pub tls: bool,
    /// The key that signs what is written here.
    #[arg(long)]
    pub signing: bool,
    /// The key that opens what is sealed to this site.
    #[arg(long)]
    pub sealing: bool,
    /// Give up the keys that wait to be bound.
    #[arg(long, conflicts_with_all = ["tls", "signing", "sealing"])]
    pub cancel: bool,
}

/// Where a passphrase is found, now and at each start.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Passphrase {
    /// A file that holds it and nothing else; better not in the data directory.
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// A credential that the service manager hands over (LoadCredential=).
    #[arg(long, value_name = "NAME")]
    pub credential: Option<String>,
}

impl Passphrase {
    /// Where.
    pub fn source(self) -> Option<Source> {
        self.passphrase_file.map(Source::PassphraseFile).or(self.credential.map(Source::Credential))
    }
}

/// Commands on the root key.
#[derive(Debug, Subcommand)]
pub enum RootCommand {
    /// Whether it is on this machine, and when a copy was last seen to be good.
    Status,
    /// Copy it into a file under a passphrase, and see that the file is good. The `age` tool opens it too.
    Export(KeyCopy),
    /// Take it off this machine, with a copy that opens and is this key.
    Remove {
        /// The copy.
        #[command(flatten)]
        copy: KeyCopy,
        /// Make the copy first.
        #[arg(long)]
        export: bool,
    },
    /// Bring it back from a copy.
    Import(KeyCopy),
}

/// Commands on admin keys.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// List who may write the roster, and how this node's own admin key stands.
    List,
    /// Make an admin key for this node, if it has none, and print its public half for who keeps the root key.
    Request,
    /// Let a key write the roster. Needs the root key.
    Delegate {
        /// What the admin is to be called.
        name: String,
        /// As `admin request` printed it.
        code: String,
    },
    /// Remove an admin until resumed: what the key writes from here on has no effect. By another admin, or root.
    Suspend(AdminNamed),
    /// Let a suspended admin back: all that the key wrote counts.
    Resume(AdminNamed),
    /// Remove an admin for good.
    Revoke(AdminNamed),
    /// Let what is held of a removed admin's acts count, though they lie past the cut.
    Adopt(AdminNamed),
    /// Copy this node's admin key into a file under a passphrase, and see that the file is good.
    Export(KeyCopy),
    /// Bring an admin key from a copy.
    Import(KeyCopy),
}

/// An admin, and whether to ask.
#[derive(Debug, Args)]
pub struct AdminNamed {
    /// The name, or the id where several bear it.
    pub admin: String,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
}

/// A copy of a key, and its passphrase.
#[derive(Debug, Args)]
pub struct KeyCopy {
    /// The file.
    pub file: PathBuf,
    /// Read the passphrase from standard input.
    #[arg(long, required_unless_present = "passphrase_file")]
    pub passphrase_stdin: bool,
    /// Read the passphrase from a file.
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_stdin")]
    pub passphrase_file: Option<PathBuf>,
}
