//! The fake Google of the other tests, told as stories.
mod support;
