//! The pack for the language of the titles, offered where it is not extended yet.

use super::Files;
use super::context::{Setup, read};
use super::paths::{config_path, rules_path, shown};
use crate::analyze::language::{Language, language};
use crate::analyze::suggest::{Coverage, Ground};
use crate::classify::with_pack;
use crate::diagnostic::Failure;
use crate::model::{Instance, Interval, Visibility};
use std::path::Path;

/// The rules that hold where there is no file.
pub(super) const DEFAULTS: &str = "extends = \"default\"\n";

/// What a pack would change.
pub(super) struct Offer {
    pub language: &'static Language,
    /// The line of the rules that is new: `extends = ["default", "de"]`.
    pub extends: String,
    pub before: Coverage,
    pub after: Coverage,
}

impl Offer {
    /// In one line.
    pub(super) fn sentence(&self) -> String {
        let percent = |coverage: &Coverage| (coverage.permille() + 5) / 10;
        let (name, from, to) = (self.language.name, percent(&self.before), percent(&self.after));
        format!("your titles look {name}: `{}` would classify {to} % of the time instead of {from} %", self.extends)
    }
}

/// The rules that were written; none where there is no file, or an empty one: a shell makes that of `>> rules.toml` before we
/// are asked.
///
/// # Errors
/// See [`read`].
pub(super) fn rules_text(path: Option<&Path>) -> Result<Option<String>, Failure> {
    let text = path.map(|path| read(path, "rules")).transpose()?;
    Ok(text.filter(|text| !text.trim().is_empty()))
}

/// The language that most titles of these are in, of those that have a pack.
pub(super) fn spoken(instances: &[Instance]) -> Option<&'static Language> {
    let open = instances.iter().filter(|i| i.event.visibility == Visibility::Public);
    language(open.filter_map(|i| i.event.summary.as_deref()))
}

/// The pack that would classify more, if the rules do not extend it.
pub(super) fn offer(ground: &Ground<'_>) -> Option<Offer> {
    let language = spoken(ground.instances)?;
    let (text, extends) = with_pack(ground.text, language.pack)?;
    let before = ground.coverage("").ok()?;
    let after = Ground { text: &text, ..*ground }.coverage("").ok()?;
    (after.open() < before.open()).then_some(Offer { language, extends, before, after })
}

/// One line about the pack for the titles of `window`, for the start of a review; `None` where there is nothing to offer.
pub(super) fn remark(files: &Files, setup: &Setup, instances: &[Instance], window: Interval) -> Option<String> {
    let path = rules_path(files, config_path(files).as_deref());
    let text = rules_text(path.as_deref()).ok()?.unwrap_or(DEFAULTS.into());
    let file = path.as_deref().map_or("rules.toml".into(), shown);
    let (people, wishes) = (&setup.config.people, &setup.wishes);
    let offer = offer(&Ground { instances, window, people, wishes, file: &file, text: &text })?;
    Some(format!("{}; `vantage rules suggest --apply` takes it\n", offer.sentence()))
}
