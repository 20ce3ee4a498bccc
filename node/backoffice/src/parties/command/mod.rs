//! What can be done with a party, one verb a file. Each decides from its input and the party's present cells alone what to
//! put, or refuses; none writes, sends or notifies. The API's and the command line's only way to change a party.

pub mod archive;
pub mod change;
pub mod create;
pub mod export;
pub mod import;
