use serde::{Deserialize, Serialize};
use std::ops::Range;

/// One thing wrong in a text that a person wrote, with its place. `diagnostic` draws it; all of a file are shown at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// Bytes of the text that the caret marks.
    pub span: Range<usize>,
    /// Lower-case sentence with the exact thing in backticks.
    pub message: String,
    /// A few words beside the caret.
    pub label: String,
    /// One thing to type or change.
    pub help: Option<String>,
}

impl Mistake {
    /// A mistake without help.
    pub fn new(span: Range<usize>, message: impl Into<String>, label: impl Into<String>) -> Mistake {
        Mistake { span, message: message.into(), label: label.into(), help: None }
    }

    /// The same with one thing to type or change.
    pub fn help(self, help: impl Into<String>) -> Mistake {
        Mistake { help: Some(help.into()), ..self }
    }
}
