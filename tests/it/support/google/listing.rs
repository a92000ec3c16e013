//! Listings and their pages. A listing is fixed when its first page is asked for; what changes meanwhile is for the delta.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::fault::{What, refuse};
use super::state::State;
use super::wire::Answer;

pub type Query = BTreeMap<String, Vec<String>>;

pub struct Listing {
    /// The path and the parameters: each page must be asked for with the same.
    pub asked: (String, Query),
    pub items: Vec<Value>,
    /// All of an answer but items and tokens.
    pub frame: Value,
    pub sync_token: Option<String>,
}

/// `page-<listing>-<offset>-<number>-<turn>`.
#[derive(Clone, Debug)]
pub struct PageToken {
    pub listing: u64,
    pub offset: usize,
    /// The first page is 1 and has no token.
    pub number: usize,
    pub turn: Turn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Next,
    /// After an empty page.
    Again,
    /// Leads to itself for ever.
    Loop,
}

impl PageToken {
    pub fn parse(text: &str) -> Option<PageToken> {
        let mut parts = text.strip_prefix("page-")?.split('-');
        let mut number = || parts.next()?.parse().ok();
        let (listing, offset, page) = (number()?, number()?, number()?);
        let turn = match parts.next()? {
            "next" => Turn::Next,
            "again" => Turn::Again,
            _ => Turn::Loop,
        };
        Some(PageToken { listing, offset: offset as usize, number: page as usize, turn })
    }

    fn text(&self) -> String {
        let turn = match self.turn {
            Turn::Next => "next",
            Turn::Again => "again",
            Turn::Loop => "loop",
        };
        format!("page-{}-{}-{}-{turn}", self.listing, self.offset, self.number)
    }
}

/// Parameters that say how an answer is sent, not what is in it.
const MANNER: &[&str] = &["pageToken", "maxResults", "fields", "prettyPrint", "alt", "quotaUser", "key", "userIp"];
/// Parameters of a first request that its token does not remember.
const FIRST_ONLY: &[&str] = &["syncToken", "timeMin", "timeMax", "updatedMin"];

/// What two pages of one listing have in common.
pub fn substance(query: &Query) -> Query {
    query.iter().filter(|(name, _)| !MANNER.contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect()
}

/// What a token remembers of the request that minted it.
pub fn signature(path: &str, query: &Query) -> String {
    let mut said = substance(query);
    said.retain(|name, values| {
        values.sort();
        let is_default = values.len() == 1 && values[0] == "false";
        !is_default && !FIRST_ONLY.contains(&name.as_str())
    });
    let digest = Sha256::digest(format!("{path} {said:?}"));
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

impl State {
    /// Fixes a listing and answers with its first page.
    pub fn open(&mut self, mut listing: Listing, query: &Query, fault: Option<&What>) -> Answer {
        if let Some(seed) = self.settings.shuffle {
            let salted = |item: &Value| Sha256::digest(format!("{seed} {} {item}", self.listings.len()));
            listing.items.sort_by_cached_key(salted);
        }
        if self.settings.duplicates {
            let again: Vec<_> = listing.items.iter().step_by(3).cloned().collect();
            listing.items.extend(again);
        }
        self.minted += 1;
        let number = self.minted;
        self.listings.insert(number, listing);
        // Nobody pages through old listings, and property tests make many.
        while self.listings.len() > 500 {
            self.listings.pop_first();
        }
        let first = PageToken { listing: number, offset: 0, number: 1, turn: Turn::Next };
        self.page(&first, query, fault, false)
    }

    /// The page that the query's `pageToken` leads to.
    pub fn turn(&mut self, path: &str, token: &str, query: &Query, fault: Option<&What>) -> Answer {
        let wrong = || refuse(400, "invalid", "Invalid page token value.");
        let Some(token) = PageToken::parse(token) else { return wrong() };
        let Some(listing) = self.listings.get(&token.listing) else { return wrong() };
        if listing.asked != (path.to_string(), substance(query)) {
            return refuse(400, "invalid", "A page must be asked for with the parameters of the first one.");
        }
        self.page(&token, query, fault, true)
    }

    fn page(&self, token: &PageToken, query: &Query, fault: Option<&What>, is_turn: bool) -> Answer {
        let listing = &self.listings[&token.listing];
        let given = query.get("maxResults").and_then(|n| n[0].parse().ok());
        let most: usize = given.unwrap_or(if listing.frame["kind"] == "calendar#events" { 250 } else { 100 });
        let most = most.min(self.settings.page_size).max(1);
        let end = listing.items.len().min(token.offset.saturating_add(most));
        let mut body = listing.frame.clone();
        let next = |offset, turn| PageToken { listing: token.listing, offset, number: token.number + 1, turn }.text();
        let is_empty =
            matches!(fault, Some(What::EmptyPage)) || (self.settings.empty_pages && token.turn == Turn::Next);
        body["items"] = if is_empty { json!([]) } else { json!(listing.items[token.offset.min(end)..end]) };
        match (fault, token.turn) {
            (Some(What::RepeatPageToken), _) if is_turn => body["nextPageToken"] = token.text().into(),
            (Some(What::RepeatPageToken), _) => body["nextPageToken"] = next(end, Turn::Loop).into(),
            (_, Turn::Loop) => body["nextPageToken"] = token.text().into(),
            _ if is_empty => body["nextPageToken"] = next(token.offset, Turn::Again).into(),
            _ if end < listing.items.len() => body["nextPageToken"] = next(end, Turn::Next).into(),
            _ => {
                if let Some(token) = &listing.sync_token {
                    body["nextSyncToken"] = token.clone().into();
                }
            }
        }
        if let Some(fields) = query.get("fields") {
            keep(&mut body, &fields[0]);
        }
        Answer::json(200, &body)
    }
}

/// `fields`, as far as the first level goes: what is not named is not sent.
fn keep(body: &mut Value, fields: &str) {
    let mut depth = 0;
    let mut flat = String::new();
    for c in fields.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 => flat.push(c),
            _ => {}
        }
    }
    let named: Vec<&str> = flat.split(',').map(|f| f.split('/').next().unwrap_or(f).trim()).collect();
    if let (Some(all), false) = (body.as_object_mut(), named.contains(&"*")) {
        all.retain(|name, _| named.contains(&name.as_str()));
    }
}
