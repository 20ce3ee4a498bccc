//! Who works, within the request that is being answered. Owns the one place where that stands: the door's guard says it once for a
//! request, and every entry that the request writes bears it, whichever handler writes. Outside of requests the operator works.

use comptoir_backoffice::staff::{Borne, Standing};

tokio::task_local! {
    static NOW: Who;
}

/// Who works.
#[derive(Clone, Debug)]
pub struct Who {
    /// Who is named as the author: `SITE/NAME` of an account; `None` for the operator.
    pub author: Option<String>,
    /// What they are to the site.
    pub standing: Standing,
    /// Of what classes the values are that they are shown by this request.
    pub borne: Borne,
}

/// The same person who may do the same, whatever they were shown.
impl PartialEq for Who {
    fn eq(&self, other: &Self) -> bool {
        self.author == other.author && self.standing == other.standing
    }
}

impl Who {
    /// Somebody who begins to work.
    pub fn new(author: Option<String>, standing: Standing) -> Self {
        Self { author, standing, borne: Borne::default() }
    }

    /// Whoever holds the key of the node.
    pub fn operator() -> Self {
        Self::new(None, Standing::Operator)
    }

    /// Who works now.
    pub fn now() -> Self {
        NOW.try_with(Self::clone).unwrap_or_else(|_| Self::operator())
    }

    /// They work, for as long as this takes.
    pub async fn during<T>(self, work: impl Future<Output = T>) -> T {
        NOW.scope(self, work).await
    }

    /// As [`Who::during`], for work that blocks.
    pub fn at<T>(self, work: impl FnOnce() -> T) -> T {
        NOW.sync_scope(self, work)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_backoffice::staff::Grant;

    use super::*;

    #[tokio::test]
    async fn one_request_knows_nothing_of_another() {
        let of = |name: &str| Who::new(Some(name.to_owned()), Standing::staff(Grant::nothing()));
        assert_eq!(Who::now(), Who::operator());
        let (one, other) = (of("PAR/one").during(async { Who::now() }), of("PAR/other").during(async { Who::now() }));
        assert_eq!(tokio::join!(one, other), (of("PAR/one"), of("PAR/other")));
        assert_eq!((of("PAR/one").at(Who::now), Who::now()), (of("PAR/one"), Who::operator()));
    }

    /// A task that a handler began would work as the operator: there is one place that begins any, and it hands on who works.
    #[test]
    fn no_handler_begins_a_task_that_forgets_who_works() {
        fn sources(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() { sources(&entry, found) } else { found.push(entry) }
            }
        }
        let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/api"));
        let mut found = Vec::new();
        sources(folder, &mut found);
        let begins = found.iter().filter(|path| std::fs::read_to_string(path).unwrap().contains("spawn"));
        let begins: std::collections::BTreeSet<&str> =
            begins.map(|path| path.strip_prefix(folder).unwrap().to_str().unwrap()).collect();
        // Where there is no node yet nobody has an account.
        assert_eq!(begins, ["mod.rs", "setup.rs"].into());
    }
}
