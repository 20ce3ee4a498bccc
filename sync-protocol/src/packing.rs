//! Packed entries: a frame of entries compressed as a whole, because the headers of neighbours are much alike. Owns the form,
//! `[9, bytes]`, and the bound on what it may inflate to; a session never sees it, it is undone where frames are read.

use minicbor::decode::Error;
use minicbor::{Decoder, Encoder};

use crate::codec::{self, CodecError};
use crate::limits;

/// The number of the frame.
pub(crate) const NUMBER: u16 = 9;
/// Entries are sealed; what is left to find are the headers, and any level finds those.
const LEVEL: i32 = 1;

/// The packed form of a frame's bytes; `None` where it is not shorter.
pub(crate) fn pack(frame: &[u8]) -> Option<Vec<u8>> {
    let packed = zstd::bulk::compress(frame, LEVEL).ok()?;
    let mut bytes = Vec::with_capacity(packed.len() + 8);
    let mut encoder = Encoder::new(&mut bytes);
    encoder.array(2).and_then(|e| e.u16(NUMBER)).and_then(|e| e.bytes(&packed)).ok()?;
    (bytes.len() < frame.len()).then_some(bytes)
}

/// The bytes of the frame within, if these are a packed one.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Option<Vec<u8>>, CodecError> {
    let malformed = |source| CodecError::Malformed { what: "packed frame", source };
    // What is no frame at all is found out by who reads frames.
    let Ok((NUMBER, body)) = codec::number_and_body(&mut Decoder::new(bytes)) else { return Ok(None) };
    let packed = Decoder::new(body).bytes().map_err(malformed)?;
    let declared = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten();
    let declared = declared.ok_or_else(|| malformed(Error::message("no declared size")))?;
    let size = usize::try_from(declared).unwrap_or(usize::MAX);
    codec::bounded("packed frame bytes", size, limits::MAX_FRAME_BYTES)?;
    let frame = zstd::bulk::decompress(packed, size).map_err(|_| malformed(Error::message("it does not inflate")))?;
    Ok(Some(frame))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::frame::{Entries, Frame};
    use crate::ids::ScopeId;

    fn entries(count: usize) -> Frame {
        let entries = (0..count).map(|n| [[7; 300].as_slice(), &[n as u8]].concat().into()).collect();
        Frame::Entries(Entries { scope: ScopeId([1; 16]), entries })
    }

    fn framed(packed: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        Encoder::new(&mut bytes).array(2).unwrap().u16(NUMBER).unwrap().bytes(packed).unwrap();
        bytes
    }

    #[test]
    fn several_entries_travel_packed_and_arrive_as_they_were() {
        let frame = entries(20);
        let (plain, packed) = (frame.encode(), frame.encode_packed());
        assert!(packed.len() * 4 < plain.len(), "{} of {} bytes", packed.len(), plain.len());
        assert_eq!(Frame::decode(&packed).unwrap(), frame);
    }

    #[test]
    fn one_entry_and_other_frames_travel_as_ever() {
        for frame in [entries(1), Frame::Digest(crate::ids::Hash([3; 32]))] {
            assert_eq!(frame.encode_packed(), frame.encode());
        }
    }

    #[test]
    fn the_form_is_golden() {
        // A zstd frame (RFC 8878) of one raw block: [5, {0: scope, 1: []}].
        let mut inner = vec![0x82, 5, 0xa2, 0, 0x50];
        inner.extend_from_slice(&[1; 16]);
        inner.extend_from_slice(&[1, 0x80]);
        let size = inner.len() as u8;
        let mut packed = vec![0x28, 0xb5, 0x2f, 0xfd, 0x20, size, (size << 3) | 1, 0, 0];
        packed.extend_from_slice(&inner);
        let bytes = framed(&packed);
        assert_eq!(bytes[..2], [0x82, 9]);
        assert_eq!(Frame::decode(&bytes).unwrap(), entries(0));
    }

    #[test]
    fn f22_a_bomb_is_refused_by_its_declared_size() {
        let bomb = zstd::bulk::compress(&vec![0; 64 * 1024 * 1024], 3).unwrap();
        assert!(bomb.len() < 16 * 1024, "small outside");
        assert!(matches!(Frame::decode(&framed(&bomb)), Err(CodecError::OverBound { .. })));
        let mut hiding = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
        std::io::Write::write_all(&mut hiding, &entries(3).encode()).unwrap();
        assert!(Frame::decode(&framed(&hiding.finish().unwrap())).is_err());
    }

    #[test]
    fn only_entries_travel_packed() {
        let within = |frame: &[u8]| framed(&zstd::bulk::compress(frame, 3).unwrap());
        assert!(Frame::decode(&within(&entries(2).encode())).is_ok());
        assert!(Frame::decode(&within(&Frame::Digest(crate::ids::Hash([3; 32])).encode())).is_err());
        assert!(Frame::decode(&within(&within(&entries(2).encode()))).is_err(), "not twice");
        let mut cut = within(&entries(9).encode());
        cut.pop();
        assert!(Frame::decode(&cut).is_err());
    }
}
