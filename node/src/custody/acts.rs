//! Sealing the key files of a directory, unsealing them, and changing the passphrase. Owns the order of the steps: after a crash between any
//! two of them each file opens, and the same act done again goes on.

use std::path::PathBuf;

use super::KeyFiles;
use super::file::{self, Lies};
use super::passphrase::Source;
use super::seal::{self, Seal};
use crate::data_dir::DataDir;
use crate::durable;
use crate::entropy;
use crate::identity::{KeysError, write_problem};
use crate::problem::{Code, Problem};

/// How the key files of a directory lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The site's keys.
    pub keys: Lies,
    /// The keys that the site has made since.
    pub renewed: Lies,
    /// The admin key.
    pub admin: Lies,
    /// The root key.
    pub root: Lies,
    /// Where the passphrase is found when nobody says.
    pub found_in: Option<Source>,
}

impl Standing {
    /// Whether every file that there is is sealed.
    pub fn is_sealed(&self) -> bool {
        let all = self.all();
        all.contains(&Lies::Sealed) && !all.contains(&Lies::Plain)
    }

    /// Whether some are, and some are not: an act was interrupted.
    pub fn is_half_done(&self) -> bool {
        let all = self.all();
        all.contains(&Lies::Sealed) && all.contains(&Lies::Plain)
    }

    fn all(&self) -> [Lies; 4] {
        [self.keys, self.renewed, self.admin, self.root]
    }
}

/// How they lie. Opens nothing, and disturbs nobody who is in the directory.
pub fn standing(data: &DataDir) -> Result<Standing, Problem> {
    let lies = |path: PathBuf| file::lies(&path).map_err(Problem::from);
    Ok(Standing {
        keys: lies(data.keys())?,
        renewed: lies(data.renewed_keys())?,
        admin: lies(data.admin_key())?,
        root: lies(data.root_key())?,
        found_in: seal::found_in(data).map_err(KeysError::from)?,
    })
}

/// Seals every key file under the passphrase that is found there. The seal lies on the disk before anything is put under it. Done again
/// with the same passphrase, it seals what is plain still.
pub fn seal(data: &DataDir, found_in: Source) -> Result<Standing, Problem> {
    let found_in = found_in.anywhere();
    let data = data.clone().with_passphrase(Some(found_in.clone()));
    let _lock = data.enter()?;
    let passphrase = found_in.read()?;
    let lie = KeyFiles::open(&data)?;
    let seal = match lie.seal.clone() {
        Some(seal) => seal,
        None => {
            let seal = Seal::generate(&mut entropy::os());
            seal.keep(&data, &passphrase, found_in).map_err(|error| write_problem(&error))?;
            seal
        }
    };
    write_all(&lie, &KeyFiles { data: data.clone(), seal: Some(seal) }, Lies::Plain)?;
    standing(&data)
}

/// Puts every key file back in clear, then removes the seal. Where nothing is sealed it changes nothing.
pub fn unseal(data: &DataDir) -> Result<Standing, Problem> {
    let _lock = data.enter()?;
    let lie = KeyFiles::open(data)?;
    write_all(&lie, &KeyFiles { data: data.clone(), seal: None }, Lies::Sealed)?;
    durable::remove_for_good(&data.seal()).map_err(|error| write_problem(&error))?;
    standing(data)
}

/// Lets another passphrase open the seal, or the same one from another place: one file is replaced.
pub fn change(data: &DataDir, found_in: Source) -> Result<Standing, Problem> {
    let found_in = found_in.anywhere();
    let _lock = data.enter()?;
    let lie = KeyFiles::open(data)?;
    let seal =
        lie.seal.ok_or_else(|| Problem::new(Code::KeysNotSealed, "The keys of this directory are not sealed"))?;
    let passphrase = found_in.read()?;
    seal.keep(data, &passphrase, found_in).map_err(|error| write_problem(&error))?;
    standing(data)
}

/// Writes every key file that lies so in another way, one by one, the site's own last: it is what opens a node.
fn write_all(from: &KeyFiles, to: &KeyFiles, that_lie: Lies) -> Result<(), Problem> {
    let data = &from.data;
    let lies_so = |path: PathBuf| Ok::<_, KeysError>(file::lies(&path)? == that_lie);
    if lies_so(data.root_key())?
        && let Some(root) = from.root()?
    {
        to.write_root(&root).map_err(|error| write_problem(&error))?;
    }
    if lies_so(data.admin_key())?
        && let Some(admin) = from.admin()?
    {
        to.write_admin(&admin).map_err(|error| write_problem(&error))?;
    }
    if lies_so(data.renewed_keys())? {
        to.write_renewed(&from.renewed()?).map_err(|error| write_problem(&error))?;
    }
    if lies_so(data.keys())?
        && let Some(keys) = from.node()?
    {
        to.write_node(&keys).map_err(|error| write_problem(&error))?;
    }
    Ok(())
}
