//! Reading a page as steps. It owns the three forms that a step has: a file to write (``Write `PATH`:`` before a block), a line
//! to add (``In `PATH`, after `LINE`, add:`` before a block), and commands with their answers (a `console` block).

use std::fmt;

/// The line that ends an answer of a command that does not exit with 0.
const EXIT: &str = "[exit ";

/// One thing to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A new file.
    Write { path: String, text: String },
    /// Lines to add behind another.
    Add { path: String, after: String, text: String },
    /// A command, and what it says: `None` when the page shows nothing, which asks for nothing but success.
    Run { command: String, answer: Option<Answer> },
}

/// What a command says.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Answer {
    /// On either stream, without the last line's end.
    pub text: String,
    /// How it exits.
    pub status: i32,
}

impl Answer {
    /// Whether a command said this: line by line, `…` at the end of a line standing for anything.
    pub fn is(&self, said: &str) -> bool {
        let (mut expected, mut said) = (self.text.lines(), said.lines());
        loop {
            match (expected.next(), said.next()) {
                (None, None) => return true,
                (Some(expected), Some(line)) => {
                    let open = expected.strip_suffix('…');
                    if !open.map_or(line == expected, |beginning| line.starts_with(beginning)) {
                        return false;
                    }
                }
                _ => return false,
            }
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write { path, .. } => write!(f, "write {path}"),
            Self::Add { path, text, .. } => write!(f, "add to {path}: {}", text.trim()),
            Self::Run { command, .. } => write!(f, "$ {command}"),
        }
    }
}

/// The steps of a page, in order.
pub(super) fn steps(page: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut sentence = "";
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            if !line.trim().is_empty() {
                sentence = line;
            }
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match language {
            "console" => steps.extend(commands(&block)?),
            _ => steps.extend(edit(sentence, &block)),
        }
    }
    if steps.is_empty() { Err("the page says nothing to do".to_owned()) } else { Ok(steps) }
}

/// What to do with a block, if the sentence before it says so.
fn edit(sentence: &str, block: &[&str]) -> Option<Step> {
    let quoted: Vec<&str> = sentence.split('`').skip(1).step_by(2).collect();
    let text = format!("{}\n", block.join("\n"));
    match quoted.as_slice() {
        [path] if sentence.starts_with("Write ") => Some(Step::Write { path: (*path).to_owned(), text }),
        [path, after] if sentence.starts_with("In ") && sentence.ends_with("add:") => {
            Some(Step::Add { path: (*path).to_owned(), after: (*after).to_owned(), text })
        }
        _ => None,
    }
}

fn commands(block: &[&str]) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    for line in block {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step::Run { command: command.to_owned(), answer: None });
            continue;
        }
        let Some(Step::Run { answer, .. }) = steps.last_mut() else {
            return Err(format!("an answer without a command: {line}"));
        };
        let answer = answer.get_or_insert_default();
        match line.strip_prefix(EXIT).and_then(|rest| rest.strip_suffix(']')) {
            Some(status) => answer.status = status.parse().map_err(|_| format!("no exit status: {line}"))?,
            None if answer.text.is_empty() => (*line).clone_into(&mut answer.text),
            None => answer.text = format!("{}\n{line}", answer.text),
        }
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_page_is_read_as_steps() {
        let page = "# A\n\nWrite `a/b.rs`:\n\n```rust\nstruct B;\n```\n\nIn `a/mod.rs`, after `  x,`, add:\n\n```rust\n  b,\n```\n\nSee:\n\n```text\nnot a step\n```\n\n```console\n$ one\n$ two 'x'\nfirst\nsecond\n[exit 1]\n```\n";
        let steps = steps(page).unwrap();
        assert_eq!(steps.len(), 4);
        assert_eq!(steps[0], Step::Write { path: "a/b.rs".into(), text: "struct B;\n".into() });
        assert_eq!(steps[1], Step::Add { path: "a/mod.rs".into(), after: "  x,".into(), text: "  b,\n".into() });
        assert_eq!(steps[2], Step::Run { command: "one".into(), answer: None });
        let answer = Answer { text: "first\nsecond".into(), status: 1 };
        assert_eq!(steps[3], Step::Run { command: "two 'x'".into(), answer: Some(answer) });
    }

    #[test]
    fn an_answer_is_compared_line_by_line() {
        let answer = Answer { text: "one\ntwo …".into(), status: 0 };
        assert!(answer.is("one\ntwo 2") && answer.is("one\ntwo "));
        assert!(!answer.is("one\nthree") && !answer.is("one") && !answer.is("one\ntwo 2\nmore"));
    }

    #[test]
    fn a_page_without_steps_and_an_answer_without_a_command_are_noticed() {
        assert!(steps("# Nothing\n").is_err());
        assert!(steps("```console\nhello\n```\n").is_err());
    }
}
