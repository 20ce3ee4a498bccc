//! The word lists, read from the text files beside it (lists/LICENCES.md says whose they are). Lines that begin with `#`
//! are notes. It owns the files' format and draws nothing.

use std::sync::LazyLock;

/// The lists of one country.
pub(super) struct Lists {
    pub(super) given_names: Vec<&'static str>,
    pub(super) family_names: Vec<&'static str>,
    /// What a postcode begins with, or a whole one, before its town.
    pub(super) towns: Vec<(&'static str, &'static str)>,
    pub(super) streets: Vec<&'static str>,
}

/// The lists of France.
pub(super) static FRANCE: LazyLock<Lists> = LazyLock::new(|| Lists {
    given_names: lines(include_str!("lists/fr_given.txt")),
    family_names: lines(include_str!("lists/fr_family.txt")),
    towns: pairs(include_str!("lists/fr_cities.txt")),
    streets: lines(include_str!("lists/fr_streets.txt")),
});

/// The lists of Senegal.
pub(super) static SENEGAL: LazyLock<Lists> = LazyLock::new(|| Lists {
    given_names: lines(include_str!("lists/sn_given.txt")),
    family_names: lines(include_str!("lists/sn_family.txt")),
    towns: pairs(include_str!("lists/sn_cities.txt")),
    streets: lines(include_str!("lists/sn_streets.txt")),
});

/// The lists of Canada.
pub(super) static CANADA: LazyLock<Lists> = LazyLock::new(|| Lists {
    given_names: lines(include_str!("lists/ca_given.txt")),
    family_names: lines(include_str!("lists/ca_family.txt")),
    towns: pairs(include_str!("lists/ca_cities.txt")),
    streets: lines(include_str!("lists/ca_streets.txt")),
});

fn lines(text: &'static str) -> Vec<&'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

fn pairs(text: &'static str) -> Vec<(&'static str, &'static str)> {
    lines(text).into_iter().map(|line| line.split_once('\t').expect("invariant: a tab between code and town")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_filled_and_clean() {
        for (lists, least) in [(&*FRANCE, 200), (&*SENEGAL, 100), (&*CANADA, 150)] {
            assert!(lists.given_names.len() > least && lists.family_names.len() > least);
            assert!(lists.towns.len() > 40 && lists.streets.len() > 20);
            for name in lists.given_names.iter().chain(&lists.family_names).chain(&lists.streets) {
                assert_eq!(name.trim(), *name);
                assert!(!name.contains('\t') && !name.contains('’'), "{name}");
            }
        }
    }
}
