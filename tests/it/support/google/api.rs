//! The Calendar API but for the listings of events: who may ask, the list of calendars, one calendar, colours.

use serde_json::json;

use super::fault::{What, refuse, refuse_with, token_gone};
use super::listing::{Listing, Query, signature, substance};
use super::state::{Calendar, State};
use super::wire::{Answer, Head};

const SCOPE: &str = "https://www.googleapis.com/auth/";
const LIST: &[&str] = &["calendar.calendarlist.readonly", "calendar.calendarlist", "calendar.readonly", "calendar"];
const CALENDARS: &[&str] = &["calendar.calendars.readonly", "calendar.calendars", "calendar.readonly", "calendar"];
const EVENTS: &[&str] = &["calendar.events.readonly", "calendar.events", "calendar.readonly", "calendar"];

/// Parameters of every method. Others than these and the method's own are a mistake of the client.
const COMMON: &[&str] = &["alt", "fields", "prettyPrint", "quotaUser", "key", "userIp"];

impl State {
    pub fn api(&mut self, head: &Head, fault: Option<&What>) -> Answer {
        let Some(granted) = self.granted(head) else { return unauthorized() };
        let (query, segments) = (head.query(), head.segments());
        let segments: Vec<&str> = segments.iter().skip(2).map(String::as_str).collect();
        let is_allowed = |any: &[&str]| any.iter().any(|scope| granted.contains(&format!("{SCOPE}{scope}")));
        if head.method != "GET" {
            return refuse(405, "httpMethodNotAllowed", "The fake can only be read.");
        }
        match segments[..] {
            ["users", "me", "calendarList"] if is_allowed(LIST) => self.calendar_list(head, &query, fault),
            ["calendars", id] if is_allowed(CALENDARS) => self.one_calendar(id, &query),
            ["colors"] if is_allowed(LIST) || is_allowed(EVENTS) => known(&query, &[]).unwrap_or_else(colors),
            ["calendars", id, "events"] if is_allowed(EVENTS) => self.events(id, &query, fault),
            ["calendars", id, "events", event, "instances"] if is_allowed(EVENTS) => {
                self.event_instances(id, event, &query, fault)
            }
            ["calendars", id, "events", event] if is_allowed(EVENTS) => self.one_event(id, event, &query),
            ["users", "me", "calendarList"] | ["calendars", _] | ["colors"] | ["calendars", _, "events", ..] => {
                let detail = json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com"}]);
                refuse_with(403, "insufficientPermissions", "Request had insufficient authentication scopes.", &detail)
            }
            _ => Answer::html(404, "<title>Error 404 (Not Found)!!1</title>"),
        }
    }

    /// The calendar behind an id, `primary` included, or why it is not there for this request.
    pub fn find(&self, id: &str) -> Result<(String, &Calendar), Answer> {
        let is_it = |(name, c): &(&String, &Calendar)| *name == id || (id == "primary" && c.entry["primary"] == true);
        match self.calendars.iter().find(is_it) {
            Some((_, calendar)) if calendar.removed => Err(not_found()),
            Some((_, Calendar { refused: Some(reason), .. })) if reason == "notFound" => Err(not_found()),
            Some((_, Calendar { refused: Some(reason), .. })) => Err(refuse(403, reason, "Forbidden")),
            Some((name, calendar)) => Ok((name.clone(), calendar)),
            None => Err(not_found()),
        }
    }

    fn calendar_list(&mut self, head: &Head, query: &Query, fault: Option<&What>) -> Answer {
        const KNOWN: &[&str] = &["maxResults", "minAccessRole", "pageToken", "showDeleted", "showHidden", "syncToken"];
        if let Some(wrong) = known(query, KNOWN).or_else(|| too_many(query, 250)) {
            return wrong;
        }
        let path = head.raw_path().to_string();
        if let Some(token) = query.get("pageToken") {
            return self.turn(&path, &token[0], query, fault);
        }
        let is = |name: &str, value: &str| query.get(name).is_some_and(|v| v[0] == value);
        let since = match query.get("syncToken") {
            Some(_)
                if is("showDeleted", "false") || is("showHidden", "false") || query.contains_key("minAccessRole") =>
            {
                return refuse(400, "invalid", "The parameters cannot be used with a sync token.");
            }
            Some(token) => match self.since(&token[0], &signature("calendarList", query), 0) {
                Ok(revision) => Some(revision),
                Err(wrong) => return wrong,
            },
            None => None,
        };
        let rank = |role: &str| ["freeBusyReader", "reader", "writer", "owner"].iter().position(|r| *r == role);
        let least = query.get("minAccessRole").and_then(|v| rank(&v[0]));
        let seen = |c: &&Calendar| match since {
            Some(since) => c.revision > since,
            None => {
                (!c.removed || is("showDeleted", "true"))
                    && (c.entry["hidden"] != true || is("showHidden", "true"))
                    && c.entry["accessRole"].as_str().and_then(rank) >= least
            }
        };
        let show = |c: &Calendar| match c.removed {
            true => json!({"kind": c.entry["kind"], "etag": c.entry["etag"], "id": c.entry["id"], "deleted": true}),
            false => {
                let mut entry = c.entry.clone();
                if !self.settings.labels_in_list {
                    entry.as_object_mut().map(|e| e.remove("labelProperties"));
                }
                entry
            }
        };
        let items = self.calendars.values().filter(seen).map(show).collect();
        let listing = Listing {
            asked: (path, substance(query)),
            items,
            frame: json!({"kind": "calendar#calendarList", "etag": format!("\"p{}\"", self.revision)}),
            sync_token: Some(format!("sync-{}-{}", self.revision, signature("calendarList", query))),
        };
        self.open(listing, query, fault)
    }

    fn one_calendar(&self, id: &str, query: &Query) -> Answer {
        if let Some(wrong) = known(query, &[]) {
            return wrong;
        }
        match self.find(id) {
            Err(wrong) => wrong,
            Ok((_, calendar)) => {
                let mut shown = json!({"kind": "calendar#calendar"});
                for name in ["etag", "id", "summary", "description", "location", "timeZone", "labelProperties"] {
                    if !calendar.entry[name].is_null() {
                        shown[name] = calendar.entry[name].clone();
                    }
                }
                Answer::json(200, &shown)
            }
        }
    }

    /// The revision that a sync token stands for, if it was minted for such a request and still lives.
    pub fn since(&self, token: &str, signature: &str, forgotten: u64) -> Result<u64, Answer> {
        let invalid = || refuse(400, "invalid", "Invalid sync token value.");
        let parts = token.strip_prefix("sync-").and_then(|t| t.split_once('-')).ok_or_else(invalid)?;
        let revision: u64 = parts.0.parse().map_err(|_| invalid())?;
        match revision {
            _ if revision > self.revision => Err(invalid()),
            _ if parts.1 != signature => {
                Err(refuse(400, "invalid", "The sync token was minted by a request with other parameters."))
            }
            _ if revision <= forgotten => Err(token_gone("fullSyncRequired")),
            _ => Ok(revision),
        }
    }
}

pub fn not_found() -> Answer {
    refuse(404, "notFound", "Not Found")
}

fn unauthorized() -> Answer {
    let body = json!({"error": {
        "code": 401,
        "message": "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other \
            valid authentication credential.",
        "errors": [{"message": "Invalid Credentials", "domain": "global", "reason": "authError",
            "location": "Authorization", "locationType": "header"}],
        "status": "UNAUTHENTICATED",
    }});
    Answer::json(401, &body).with("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\"")
}

/// A complaint about the first parameter that the method does not have.
pub fn known(query: &Query, names: &[&str]) -> Option<Answer> {
    let is_known = |name: &&String| names.contains(&name.as_str()) || COMMON.contains(&name.as_str());
    let unknown = query.keys().find(|name| !is_known(name))?;
    Some(refuse(400, "badRequest", &format!("Unknown name \"{unknown}\": Cannot bind query parameter.")))
}

pub fn too_many(query: &Query, most: usize) -> Option<Answer> {
    let given = query.get("maxResults")?;
    let is_right = given[0].parse().is_ok_and(|n: usize| (1..=most).contains(&n));
    (!is_right).then(|| refuse(400, "invalidParameter", &format!("Invalid value for maxResults: not in 1..{most}")))
}

fn colors() -> Answer {
    const EVENT: &[&str] = &[
        "#a4bdfc", "#7ae7bf", "#dbadff", "#ff887c", "#fbd75b", "#ffb878", "#46d6db", "#e1e1e1", "#5484ed", "#51b749",
        "#dc2127",
    ];
    const CALENDAR: &[(&str, &str)] = &[("14", "#9fe1e7"), ("16", "#4986e7"), ("17", "#9a9cff")];
    let color = |background: &str| json!({"background": background, "foreground": "#1d1d1d"});
    let mut body = json!({"kind": "calendar#colors", "updated": "2012-02-14T00:00:00.000Z"});
    for (number, background) in EVENT.iter().enumerate() {
        body["event"][(number + 1).to_string()] = color(background);
    }
    for (number, background) in CALENDAR {
        body["calendar"][*number] = color(background);
    }
    Answer::json(200, &body)
}

/// The first value of a parameter.
pub fn first<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    query.get(name).and_then(|values| values.first()).map(String::as_str)
}
