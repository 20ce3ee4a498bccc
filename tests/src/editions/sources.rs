//! The packages that an edition is made of: which, of which version, how they are fetched, and what is read of them. It
//! judges nothing that it reads.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Packages of npm, with their versions. Whoever raises one looks at EDITION in node/backoffice/src/editions/mod.rs too.
const PACKAGES: [(&str, &str); 6] = [
    ("cldr-core", "48.2.0"),
    ("cldr-localenames-full", "48.2.0"),
    ("cldr-numbers-full", "48.2.0"),
    ("cldr-subdivisions-full", "48.2.0"),
    ("currency-codes", "2.2.0"),
    ("libphonenumber-js", "1.13.16"),
];
/// A Debian package of an older CLDR: it has French names of subdivisions, which later ones left out.
const OLDER_CLDR: (&str, &str) = ("unicode-cldr-core", "41-0.1");
const OLDER_FRENCH: &str = "usr/share/unicode/cldr/common/subdivisions/fr.xml";

/// Why an edition cannot be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unmade {
    /// A file cannot be read or written.
    #[error("{path}")]
    File { path: PathBuf, source: std::io::Error },
    /// A file is not JSON.
    #[error("{path} is not as it was")]
    Json { path: PathBuf, source: serde_json::Error },
    /// A file has not what is looked for.
    #[error("{0} is missing")]
    Missing(String),
    /// A package cannot be fetched.
    #[error("{0}")]
    Fetch(String),
}

/// What an edition is made of.
pub(super) struct Sources {
    /// Names of territories by alpha-2 code, in English and French.
    pub(super) territories: Names,
    /// Names of currencies by code.
    pub(super) currencies: Names,
    /// Names of subdivisions by the CLDR's code (`fr75c`).
    pub(super) subdivisions: Names,
    /// More French names of subdivisions, of the older CLDR.
    pub(super) older_french: BTreeMap<String, String>,
    /// Other codes of territories and currencies, by code.
    pub(super) codes: Value,
    /// Codes that stand for others: territoryAlias, subdivisionAlias.
    pub(super) aliases: Value,
    /// The parts of a country or of a subdivision.
    pub(super) parts: Value,
    /// Which currencies were used where and when, and their digits.
    pub(super) money: Value,
    /// ISO 4217's list one.
    pub(super) iso_4217: Vec<Value>,
    /// Countries by telephone country code.
    pub(super) calling_codes: Value,
}

/// Names in English and French.
pub(super) struct Names {
    pub(super) english: BTreeMap<String, String>,
    pub(super) french: BTreeMap<String, String>,
}

impl Sources {
    /// Reads the unpacked packages in that folder.
    pub(super) fn open(from: &Path) -> Result<Self, Unmade> {
        let json = |path: &str, pointer: &str| part(from, path, pointer);
        let supplemental = |file: &str, pointer: &str| json(&format!("cldr-core/supplemental/{file}.json"), pointer);
        Ok(Sources {
            territories: Names::of(|lang| {
                let pointer = format!("/main/{lang}/localeDisplayNames/territories");
                Ok(texts(&json(&format!("cldr-localenames-full/main/{lang}/territories.json"), &pointer)?, ""))
            })?,
            currencies: Names::of(|lang| {
                let pointer = format!("/main/{lang}/numbers/currencies");
                let names = json(&format!("cldr-numbers-full/main/{lang}/currencies.json"), &pointer)?;
                Ok(texts(&names, "/displayName"))
            })?,
            subdivisions: Names::of(|lang| {
                let path = format!("cldr-subdivisions-full/subdivisions/{lang}/{lang}.json");
                Ok(texts(&json(&path, "/subdivisions/localeDisplayNames/subdivisions")?, ""))
            })?,
            older_french: older_names(&text(&from.join(OLDER_CLDR.0).join(OLDER_FRENCH))?),
            codes: supplemental("codeMappings", "/supplemental/codeMappings")?,
            aliases: supplemental("aliases", "/supplemental/metadata/alias")?,
            parts: supplemental("subdivisionContainment", "/supplemental/subdivisionContainment")?,
            money: supplemental("currencyData", "/supplemental/currencyData")?,
            iso_4217: list_one(&from.join("currency-codes/data.js"))?,
            calling_codes: json("libphonenumber-js/metadata.min.json", "/country_calling_codes")?,
        })
    }
}

impl Names {
    fn of(read: impl Fn(&str) -> Result<BTreeMap<String, String>, Unmade>) -> Result<Self, Unmade> {
        Ok(Names { english: read("en")?, french: read("fr")? })
    }
}

fn text(path: &Path) -> Result<String, Unmade> {
    std::fs::read_to_string(path).map_err(|source| Unmade::File { path: path.to_owned(), source })
}

fn part(from: &Path, path: &str, pointer: &str) -> Result<Value, Unmade> {
    let path = from.join(path);
    let mut whole: Value =
        serde_json::from_str(&text(&path)?).map_err(|source| Unmade::Json { path: path.clone(), source })?;
    let found = whole.pointer_mut(pointer).map(Value::take);
    found.ok_or_else(|| Unmade::Missing(format!("{pointer} of {}", path.display())))
}

/// The texts that stand at `pointer` under each key.
fn texts(names: &Value, pointer: &str) -> BTreeMap<String, String> {
    let entries = names.as_object().into_iter().flatten();
    entries.filter_map(|(code, value)| Some((code.clone(), value.pointer(pointer)?.as_str()?.to_owned()))).collect()
}

/// The list is the one statement of a script.
fn list_one(path: &Path) -> Result<Vec<Value>, Unmade> {
    let script = text(path)?;
    let list = script.split_once("module.exports = ").map(|(_, list)| list.trim_end().trim_end_matches(';'));
    let list = list.ok_or_else(|| Unmade::Missing(format!("the list in {}", path.display())))?;
    serde_json::from_str(list).map_err(|source| Unmade::Json { path: path.to_owned(), source })
}

/// The names of a CLDR file of subdivisions in XML, where each stands on a line of its own.
fn older_names(xml: &str) -> BTreeMap<String, String> {
    let name = |line: &str| {
        let (code, rest) = line.trim().strip_prefix("<subdivision type=\"")?.split_once('"')?;
        let (_, rest) = rest.split_once('>')?;
        let (name, _) = rest.split_once("</subdivision>")?;
        Some((code.to_owned(), name.replace("&amp;", "&")))
    };
    xml.lines().filter_map(name).collect()
}

/// Fetches the packages and unpacks each in a folder of its name.
pub(super) fn fetch(into: &Path) -> Result<(), Unmade> {
    for (name, version) in PACKAGES {
        let folder = into.join(name);
        std::fs::create_dir_all(&folder).map_err(|source| Unmade::File { path: folder.clone(), source })?;
        run(into, "npm", ["pack", "--silent", &format!("{name}@{version}")])?;
        let unpack = ["-xzf", &format!("{name}-{version}.tgz"), "-C", name, "--strip-components=1"];
        run(into, "tar", unpack)?;
    }
    let (name, version) = OLDER_CLDR;
    run(into, "apt-get", ["download", "-qq", &format!("{name}={version}")])?;
    run(into, "dpkg-deb", ["-x", &format!("{name}_{version}_all.deb"), name])
}

fn run(within: &Path, program: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<(), Unmade> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(within);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Unmade::Fetch(format!("{command:?}: {status}"))),
        Err(error) => Err(Unmade::Fetch(format!("{command:?}: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_xml() {
        let xml =
            "<ldml>\n\t<subdivision type=\"fr75c\" draft=\"contributed\">A &amp; B</subdivision>\n<subdivision>\n";
        assert_eq!(older_names(xml), BTreeMap::from([("fr75c".to_owned(), "A & B".to_owned())]));
    }
}
