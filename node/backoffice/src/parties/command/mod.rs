//! What can be done with a party beyond what every kind of record has, one verb a file. Each decides from its input and the
//! present cells alone what to put, or refuses; none writes, sends or notifies.

pub mod import;
