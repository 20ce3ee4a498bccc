//! A small file that is also held in memory: changed on the disk first, left alone while it is damaged. Owns that order; what stands
//! in it is its owner's.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::durable;
use crate::identity::write_problem;
use crate::problem::{Code, Problem};

/// A small file and what it holds.
pub struct Kept<T> {
    path: PathBuf,
    held: Mutex<T>,
    /// Why the file is not read: nothing is written then over what somebody may mend.
    damage: Option<Problem>,
}

impl<T: Clone + Default + Serialize + DeserializeOwned> Kept<T> {
    /// As the file says; what is usual where there is none.
    pub fn read(path: PathBuf) -> Self {
        let read = durable::read::<T>(&path)
            .map_err(|error| Problem::from_error(Code::Damaged, &error).with("path", path.display()));
        let (held, damage) = match read {
            Ok(held) => (held.unwrap_or_default(), None),
            Err(problem) => (T::default(), Some(problem)),
        };
        Self { path, held: Mutex::new(held), damage }
    }

    /// Why it cannot be read, if so.
    pub fn damage(&self) -> Option<&Problem> {
        self.damage.as_ref()
    }

    /// What it holds.
    pub fn held(&self) -> MutexGuard<'_, T> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes it, on the disk first; nothing is changed when that fails, or when `change` refuses.
    pub fn change<R>(&self, change: impl FnOnce(&mut T) -> Result<R, Problem>) -> Result<R, Problem> {
        self.damage.clone().map_or(Ok(()), Err)?;
        let mut held = self.held();
        let mut next = held.clone();
        let done = change(&mut next)?;
        durable::write(&self.path, &next).map_err(|error| write_problem(&error))?;
        *held = next;
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_refused_change_and_a_damaged_file_leave_all_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        let kept: Kept<Vec<u8>> = Kept::read(path.clone());
        let push = |held: &mut Vec<u8>| {
            held.push(1);
            Ok(())
        };
        kept.change(push).unwrap();
        let refused: Result<(), Problem> = kept.change(|held| {
            held.push(2);
            Err(Problem::new(Code::NotFound, "no"))
        });
        assert!(refused.is_err());
        assert_eq!((kept.held().clone(), Kept::<Vec<u8>>::read(path.clone()).held().clone()), (vec![1], vec![1]));

        std::fs::write(&path, b"nothing of ours").unwrap();
        let kept: Kept<Vec<u8>> = Kept::read(path.clone());
        assert!(kept.damage().is_some() && kept.held().is_empty());
        assert!(kept.change(push).unwrap_err().is(Code::Damaged));
        assert_eq!(std::fs::read(&path).unwrap(), b"nothing of ours");
    }
}
