//! `[[source.ics]]`.

use crate::config::{Entry, Format, feed_address, feed_help};
use crate::diagnostic::Secret;
use std::sync::Arc;

/// How a file, a folder or a feed is written in a configuration.
pub const FORMAT: Format = Format {
    name: "ics",
    keys: &["name", "path", "url", "allow_private"],
    read: |e| {
        let source = read(e)?;
        Some((source.name.clone(), Arc::new(source)))
    },
};

/// One `[[source.ics]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcsSource {
    pub name: String,
    pub place: Place,
}

/// Where iCalendar text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file or a folder, with `~/` resolved.
    Path(String),
    /// A feed. Its address is as good as a password.
    Url {
        url: Secret,
        /// The feed may be on this machine or in a private network.
        allow_private: bool,
    },
}

fn read(e: &mut Entry) -> Option<IcsSource> {
    let place = place(e);
    let name = match (e.has("name"), e.text("name"), &place) {
        (_, Some(name), _) => e.name(name),
        // A path may be its own name; an address may not.
        (false, _, Some(Place::Path(_))) => {
            let path = e.text("path")?;
            e.once(path)
        }
        (false, _, Some(Place::Url { .. })) => {
            let help = Some("the address is as good as a password and is shown nowhere; the name is");
            e.wrong("name", "a `[[source.ics]]` with a `url` needs a `name`", "no `name` here", help);
            return None;
        }
        _ => return None,
    };
    Some(IcsSource { name, place: place? })
}

fn place(e: &mut Entry) -> Option<Place> {
    let allow_private = e.flag("allow_private").unwrap_or(false);
    if e.has("allow_private") && !e.has("url") {
        e.wrong("allow_private", "`allow_private` belongs to a `url`", "this source has none", None);
    }
    match (e.has("path"), e.secret("url")) {
        (true, Some(_)) => {
            e.wrong("name", "a `[[source.ics]]` must have a `path` or a `url`, not both", "both are here", None);
            None
        }
        (false, None) => {
            let help = Some("add `path = \"~/calendars/team.ics\"`, a file or a folder");
            e.wrong("name", "a `[[source.ics]]` needs a `path` or a `url`", "neither is here", help);
            None
        }
        (true, None) => {
            let path = e.path("path")?;
            if path.contains("://") {
                e.wrong("name", "`path` must be a file or a folder", "it is an address", Some("write it as `url`"));
            }
            Some(Place::Path(path))
        }
        (false, Some(text)) => {
            let checked = text.ok_or("it is not a text in quotes").and_then(|t| feed_address(t, allow_private));
            if let Err(why) = checked {
                let help = text.map_or("put the address in quotes", feed_help);
                e.wrong("name", "the `url` of this source must be the `https` address of a feed", why, Some(help));
            }
            Some(Place::Url { url: Secret::new(text.unwrap_or_default()), allow_private })
        }
    }
}
