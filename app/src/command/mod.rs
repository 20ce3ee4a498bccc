//! What the page may ask of this program: one command a file. Owns what they share, the shape of an answer; `build.rs` lists them all,
//! and the capability allows each by name.

pub mod branch;
pub mod call;
pub mod channel;
pub mod leave;
pub mod save;
pub mod speak;
pub mod upload;

use comptoir_node::problem::{Code, Problem};
use serde::Serialize;
use tauri::ipc::Response;

use crate::client::NoAnswer;

/// What an answer begins with.
#[derive(Debug, Default, Serialize)]
pub struct Head {
    status: u16,
    headers: Vec<(String, String)>,
    /// Where a file lies now that was saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

/// An answer as the page reads it: four bytes that say how long the head is, the head as JSON, the body.
fn packed(head: &Head, body: &[u8]) -> Vec<u8> {
    let head = serde_json::to_vec(head).unwrap_or_default();
    let mut packed = Vec::with_capacity(4 + head.len() + body.len());
    packed.extend_from_slice(&u32::try_from(head.len()).unwrap_or_default().to_be_bytes());
    packed.extend_from_slice(&head);
    packed.extend_from_slice(body);
    packed
}

/// A problem, as the node would have answered with it.
fn refused(problem: &Problem) -> Response {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let head = Head { status: problem.status, headers, place: None };
    Response::new(packed(&head, &serde_json::to_vec(&problem.body()).unwrap_or_default()))
}

/// The answer in place of one that did not come, or the message with which the page's request fails as one that nobody answered.
fn unanswered(error: NoAnswer) -> Result<Response, String> {
    match error {
        NoAnswer::NoNode(problem) => Ok(refused(&problem)),
        NoAnswer::Silent(_) | NoAnswer::Broken(_) => Err(comptoir_node::problem::told(&error)),
        NoAnswer::Shape(_) => Ok(refused(&Problem::from_error(Code::Internal, &error))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_packed_with_its_head_first() {
        let head = Head { status: 200, headers: vec![("etag".into(), "1".into())], place: None };
        let packed = packed(&head, b"body");
        let length = u32::from_be_bytes([packed[0], packed[1], packed[2], packed[3]]) as usize;
        assert_eq!(&packed[4..4 + length], br#"{"status":200,"headers":[["etag","1"]]}"#);
        assert_eq!(&packed[4 + length..], b"body");
    }
}
