//! A new rule in the text of a rules file, every other byte of which stays.
//!
//! An editing TOML library cannot put a table between two others and leave the comments where people wrote them; lines of
//! text can, and the real parser then judges the whole.

use toml::Value;

/// A rule by title alone.
pub struct TitleRule<'a> {
    pub name: &'a str,
    /// A word that `class` takes.
    pub class: &'a str,
    pub theme: Option<&'a str>,
    pub title: &'a str,
}

impl TitleRule<'_> {
    /// Its `[[rule]]`.
    pub fn text(&self) -> String {
        let line = |key: &str, value: &str| format!("{key} = {}\n", Value::from(value));
        let theme = self.theme.map(|theme| line("theme", theme)).unwrap_or_default();
        let (name, class) = (line("name", self.name), line("class", self.class));
        format!("[[rule]]\n{name}{class}{theme}title = [{}]\n", Value::from(self.title))
    }
}

/// `text` with `rule` at its end, or before the rule whose `[[rule]]` stands on the line `before` (from 1) and the comments
/// that belong to that one.
pub fn with_rule(text: &str, rule: &str, before: Option<usize>) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let header = before.and_then(|line| line.checked_sub(1));
    let Some(header) = header.filter(|at| lines.get(*at).is_some_and(|line| line.trim_start().starts_with("[[")))
    else {
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let space = if text.trim().is_empty() { "" } else { "\n" };
        return format!("{text}{end}{space}{rule}");
    };
    let comments = lines[..header].iter().rev().take_while(|line| line.trim_start().starts_with('#')).count();
    let at: usize = lines[..header - comments].iter().map(|line| line.len()).sum();
    format!("{}{rule}\n{}", &text[..at], &text[at..])
}

/// The rule whose `[[rule]]` stands on `line` of `text`, from 1: up to the next table that is none of its own, without the
/// comments before that.
pub(super) fn rule_at(text: &str, line: usize) -> &str {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let first = (line - 1).min(lines.len());
    // Where a line only looks like the head of a table, as in a text of several lines, what stands before it is no TOML yet.
    let starts: usize = lines[..first].iter().map(|line| line.len()).sum();
    let mut end = starts;
    for (number, line) in lines[first..].iter().enumerate() {
        let bare: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        let heads = bare.starts_with('[') && !bare.starts_with("[rule.") && !bare.starts_with("[[rule.");
        if number > 0 && heads && text[starts..end].parse::<toml::Table>().is_ok() {
            break;
        }
        end += line.len();
    }
    let is_comment = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let after: usize = text[starts..end].split_inclusive('\n').rev().take_while(is_comment).map(str::len).sum();
    text[starts..end - after].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: TitleRule<'_> = TitleRule { name: "say \"hi\"", class: "strategy", theme: None, title: "say hi" };

    #[test]
    fn a_rule_is_shown_whole_and_alone() {
        let text = "[[rule]]\nname = \"a\" # why\ntitle = [\n  \"x\",\n]\nunless = [\n  { title = \"y\" },\n]\n\n# Next.\n[[rule]]\n\
                    name = '''\n[[rule]]\n'''\n[rule.unless]\ntitle = \"z\"\n# End.\n[labels]\n";
        let first = "[[rule]]\nname = \"a\" # why\ntitle = [\n  \"x\",\n]\nunless = [\n  { title = \"y\" },\n]";
        assert_eq!(rule_at(text, 1), first);
        assert_eq!(rule_at(text, 11), "[[rule]]\nname = '''\n[[rule]]\n'''\n[rule.unless]\ntitle = \"z\"");
        assert_eq!(rule_at("[[rule]]", 1), "[[rule]]");
    }

    #[test]
    fn a_rule_goes_to_the_end_or_before_another_and_its_comments() {
        let text = "# Mine.\nextends = \"default\"\n\n# Sync is work.\n# Really.\n[[rule]] # first\ntitle = \"sync\"";
        insta::assert_snapshot!(with_rule(text, &RULE.text(), None), @r##"
        # Mine.
        extends = "default"

        # Sync is work.
        # Really.
        [[rule]] # first
        title = "sync"

        [[rule]]
        name = 'say "hi"'
        class = "strategy"
        title = ["say hi"]
        "##);
        insta::assert_snapshot!(with_rule(text, &RULE.text(), Some(6)), @r##"
        # Mine.
        extends = "default"

        [[rule]]
        name = 'say "hi"'
        class = "strategy"
        title = ["say hi"]

        # Sync is work.
        # Really.
        [[rule]] # first
        title = "sync"
        "##);
        assert_eq!(with_rule("", "[[rule]]\n", Some(1)), "[[rule]]\n");
        assert_eq!(with_rule("rule = []", "[[rule]]\n", Some(1)), "rule = []\n\n[[rule]]\n");
    }
}
