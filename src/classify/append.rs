use super::{RuleSet, parse, with_rule};
use crate::model::Mistake;

/// The text of a rules file with `rules` (TOML, `[[rule]]` tables) after everything it holds, and what it then says.
///
/// `[[rule]]` ends whatever stands before it, so the text itself is extended: every byte the user wrote stays, comments
/// where they were. Edited as a tree (toml_edit), a comment under the last rule would end up below the new ones.
///
/// # Errors
/// The whole text with every mistake in it, as where the file writes its rules as `rule = [{ … }]`.
pub fn append(
    file: &str,
    text: &str,
    rules: &str,
    groups: &[&str],
) -> Result<(String, RuleSet), (String, Vec<Mistake>)> {
    let whole = if rules.is_empty() { text.to_owned() } else { with_rule(text, rules, None) };
    match parse(file, &whole, groups) {
        Ok(set) => Ok((whole, set)),
        Err(mistakes) => Err((whole, mistakes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "[[rule]]\nname = \"New\"\nclass = \"execution\"\ntitle = [\"falcon\"]\n";

    #[test]
    fn everything_that_was_written_stays() {
        let texts = [
            "",
            "# mine",
            "[[rule]]\nclass = \"strategy\"\ntitle = \"a\" # why\n# end\n",
            "[labels]\nDeep = { class = \"strategy\" }\n",
        ];
        for text in texts {
            let (whole, set) = append("rules.toml", text, RULE, &[]).unwrap();
            assert!(whole.starts_with(text) && whole.ends_with(RULE), "{whole}");
            assert_eq!(&*set.rules().last().unwrap().name, "New");
        }
    }

    #[test]
    fn what_cannot_follow_is_refused_as_a_whole() {
        let list = "rule = [{ class = \"strategy\", title = \"a\" }]\n";
        assert!(!append("rules.toml", list, RULE, &[]).unwrap_err().1.is_empty());
        let (whole, _) = append("rules.toml", "", RULE, &[]).unwrap();
        let (_, mistakes) = append("rules.toml", &whole, RULE, &[]).unwrap_err();
        assert!(mistakes[0].message.contains("same name"), "{mistakes:?}");
    }
}
