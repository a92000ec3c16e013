//! The page of all pictures: one static file, without scripts, that asks nobody for anything.

use crate::deliver::escaped;
use crate::model::Week;

/// A picture on the page.
pub(super) struct Entry {
    pub week: Week,
    pub alt: String,
}

const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Vantage</title>
<style>
body { max-width: 1200px; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; }
figure { margin: 0 0 3rem; }
figcaption { margin-bottom: .5rem; font-weight: 600; }
img { display: block; width: 100%; height: auto; border: 1px solid #8884; border-radius: 6px; }
</style>
</head>
<body>
<h1>Vantage</h1>
"#;

/// The page with `entries` in their order.
pub(super) fn page(entries: &[Entry]) -> String {
    let mut page = HEAD.to_string();
    for Entry { week, alt } in entries {
        let alt = escaped(alt);
        page += &format!(
            "<figure id=\"{week}\">\n<figcaption>{week}</figcaption>\n<a href=\"{week}.png\"><img src=\"{week}.png\" \
             width=\"1600\" height=\"1000\" loading=\"lazy\" alt=\"{alt}\"></a>\n</figure>\n"
        );
    }
    page + "</body>\n</html>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Weekday;

    #[test]
    fn nothing_from_a_calendar_leaves_its_quotes() {
        let week = Week::from_iso(2026, 47, Weekday::Mon).unwrap();
        let alt = "\"><script>alert('1')</script> & `javascript:`".to_string();
        let page = page(&[Entry { week, alt }]);
        assert!(page.contains("alt=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; `javascript:`\""));
        assert!(!page.contains("<script"));
        assert!(page.contains("default-src 'none'"));
    }
}
