//! The invariants of the tree, as tests.
