//! What people change of their own account. Owns that a new password ends every other sign-in to it, those included that were only begun.

use comptoir_door::password::Kept;
use rusqlite::{OptionalExtension, params};

use super::accounts::Signed;
use super::audit::{Act, By, tell};
use super::{Book, devices};
use crate::store::StoreError;

impl Book {
    /// Sets the password of who is signed in so, by a step of their second factor that was not taken before, nor a later one. How they are
    /// signed in from then on; none where that step or that sign-in is over.
    pub fn change_password(
        &self,
        by: &By,
        signed: &Signed,
        (step, kept): (u64, &Kept),
    ) -> Result<Option<Signed>, StoreError> {
        let kept = serde_json::to_string(kept).map_err(|error| StoreError::Damaged(Box::new(error)))?;
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        self.act(|transaction| {
            let changed = transaction
                .query_row(
                    "UPDATE accounts SET password = ?4, totp_step = ?3, generation = generation + 1
                        WHERE id = ?1 AND generation = ?2 AND disabled = 0 AND totp_step < ?3 RETURNING generation",
                    params![signed.account, signed.generation, step, kept],
                    |row| Ok(Signed { account: signed.account, generation: row.get(0)? }),
                )
                .optional()?;
            if changed.is_some() {
                devices::forget(transaction, signed.account)?;
            }
            tell(transaction, by, Act::PasswordChange, (None, changed.is_none()))?;
            Ok(changed)
        })
    }
}
