//! Tables as wholes: both forms, out and in again, bounds, and files made to do harm.
#![allow(clippy::unwrap_used)]

mod csv;
mod hostile;
mod round_trip;

use std::io::Cursor;

use super::*;
use crate::refusal::{Code, Refusal};

/// Small xorshift, so that a failure names the one number that replays it.
struct Draws(u64);

impl Draws {
    fn of_seed(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    fn pick<'a>(&mut self, pieces: &[&'a str]) -> &'a str {
        pieces[self.below(pieces.len())]
    }
}

fn open(bytes: &[u8]) -> Result<TableReader<Cursor<&[u8]>>, Refusal> {
    TableReader::open(Cursor::new(bytes)).map_err(refusal)
}

fn refusal(failed: ReadFailed) -> Refusal {
    match failed {
        ReadFailed::Refused(refusal) => refusal,
        ReadFailed::Io(error) => panic!("{error}"),
    }
}

/// Header and rows, all of which can be told.
fn read(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = open(bytes).unwrap();
    let rows = reader.by_ref().map(|row| row.unwrap().cells.unwrap()).collect();
    (reader.header().to_vec(), rows)
}

/// Why opening or reading on stopped.
fn stopped(bytes: &[u8]) -> Code {
    match open(bytes) {
        Err(refusal) => refusal.code,
        Ok(reader) => {
            let mut failed = reader.filter_map(Result::err);
            refusal(failed.next().expect("reading stops")).code
        }
    }
}
