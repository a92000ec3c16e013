//! What can go wrong, and when.

use std::time::Duration;

use serde_json::{Value, json};

use super::listing::PageToken;
use super::state::State;
use super::wire::{Answer, Head};

/// The next requests that match are answered with `what`: after `after` that are not, `times` times.
#[derive(Clone, Debug)]
pub struct Fault {
    /// A part of the path; else any path of the Calendar API.
    pub on: Option<String>,
    /// Names of query parameters that must be there.
    pub with: Vec<String>,
    pub after: usize,
    pub times: usize,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    /// The connection ends in the middle of the body.
    CutBody,
    /// A page for people instead of an answer: the captive portal of a hotel.
    Html(u16),
    /// An error as the API words it.
    Status {
        code: u16,
        reason: String,
        message: String,
        retry_after: Option<String>,
        details: Value,
    },
    PlainStatus(u16),
    /// An error as the token endpoint words it.
    OAuth {
        code: u16,
        error: String,
        description: String,
    },
    /// No answer until the client gives up or the fake is dropped.
    Silence,
    Reset,
    EmptyObject,
    /// A page whose `nextPageToken` leads back to that page.
    RepeatPageToken,
    /// A last page without `nextSyncToken`.
    NoSyncToken,
    /// An empty page that has a next one.
    EmptyPage,
    /// The sync token dies, on this page of the delta.
    TokenGone {
        on_page: usize,
    },
    /// An item more, which cannot be decoded. See [`bad_items`].
    BadItem(Value),
    /// As many bytes of JSON string.
    HugeBody(usize),
    /// The right answer, late.
    Slow(Duration),
}

/// When a fault is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Instead of an answer.
    Before,
    /// While a page is made.
    Page,
    /// On an answer that is there.
    After,
}

impl Fault {
    /// Once, on the next request to the Calendar API.
    pub fn new(what: What) -> Fault {
        Fault { on: None, with: Vec::new(), after: 0, times: 1, what }
    }

    /// An error as the API words it.
    pub fn status(code: u16, reason: &str) -> Fault {
        Fault::new(What::Status {
            code,
            reason: reason.into(),
            message: format!("The fake was told to say {reason}."),
            retry_after: None,
            details: Value::Null,
        })
    }

    /// An error of the token endpoint.
    pub fn oauth(code: u16, error: &str) -> Fault {
        let description = format!("The fake was told to say {error}.");
        Fault::new(What::OAuth { code, error: error.into(), description }).on("/token")
    }

    pub fn retry_after(mut self, seconds: &str) -> Fault {
        if let What::Status { retry_after, .. } = &mut self.what {
            *retry_after = Some(seconds.into());
        }
        self
    }

    pub fn details(mut self, given: Value) -> Fault {
        if let What::Status { details, .. } = &mut self.what {
            *details = given;
        }
        self
    }

    /// Only where the path (decoded) has this in it, the paths of the token endpoint included.
    pub fn on(mut self, part: &str) -> Fault {
        self.on = Some(part.into());
        self
    }

    /// Only where the query names this.
    pub fn with(mut self, parameter: &str) -> Fault {
        self.with.push(parameter.into());
        self
    }

    pub fn after(mut self, requests: usize) -> Fault {
        self.after = requests;
        self
    }

    pub fn times(mut self, times: usize) -> Fault {
        self.times = times;
        self
    }

    pub fn for_ever(self) -> Fault {
        self.times(usize::MAX)
    }

    /// Any fault after which a later undisturbed sync has all it needs, and which takes no time to notice.
    pub fn random(next: &mut impl FnMut() -> u64) -> Fault {
        let mut below = |n: u64| next() % n;
        let fault = match below(18) {
            0 => Fault::new(What::CutBody),
            1 => Fault::new(What::Html(200)),
            2 => Fault::new(What::Html(503)),
            3 => Fault::status(403, "rateLimitExceeded"),
            4 => Fault::status(403, "userRateLimitExceeded"),
            5 => Fault::status(429, "rateLimitExceeded").retry_after("1"),
            6 => Fault::status(500, "backendError"),
            7 => Fault::status(429, "userRateLimitExceeded"),
            8 => Fault::new(What::PlainStatus([500, 502, 503, 504][below(4) as usize])),
            9 => Fault::new(What::Reset),
            10 => Fault::new(What::EmptyObject),
            11 => Fault::new(What::RepeatPageToken),
            12 => Fault::new(What::NoSyncToken),
            13 => Fault::new(What::EmptyPage),
            14 => Fault::new(What::Slow(Duration::from_millis(1 + below(20)))),
            15 => Fault::status(401, "authError"),
            _ => Fault::new(What::TokenGone { on_page: 1 + below(3) as usize }),
        };
        let fault = match below(3) {
            0 => fault.on("/events"),
            1 => fault.on("/instances"),
            _ => fault,
        };
        let times = match fault.what {
            // Twice in a row these mean more than a disturbance: no access, or a calendar without sync tokens.
            What::TokenGone { .. } | What::Status { code: 401, .. } => 1,
            _ => 1 + below(3) as usize,
        };
        fault.after(below(4) as usize).times(times)
    }

    fn stage(&self) -> Stage {
        match self.what {
            What::RepeatPageToken | What::EmptyPage => Stage::Page,
            What::NoSyncToken | What::BadItem(_) | What::CutBody => Stage::After,
            _ => Stage::Before,
        }
    }

    fn matches(&self, head: &Head, answer: Option<&Answer>) -> bool {
        let path = super::wire::decode(head.raw_path());
        let query = head.query();
        let there = match &self.on {
            Some(part) => path.contains(part.as_str()),
            None => path.starts_with("/calendar/v3/"),
        };
        let page = || query.get("pageToken").and_then(|t| PageToken::parse(&t[0])).map_or(1, |t| t.number);
        let has = |name: &str| answer.is_some_and(|a| body(a).is_some_and(|b| !b[name].is_null()));
        there
            && self.with.iter().all(|name| query.contains_key(name))
            && match self.what {
                What::RepeatPageToken | What::EmptyPage => {
                    path.ends_with("/events") || path.ends_with("/instances") || path.ends_with("/calendarList")
                }
                What::TokenGone { on_page } => query.contains_key("syncToken") && page() == on_page,
                What::NoSyncToken => has("nextSyncToken"),
                What::BadItem(_) => has("items"),
                _ => true,
            }
    }
}

impl State {
    /// The fault for this request, if its time has come.
    pub fn fault(&mut self, stage: Stage, head: &Head, answer: Option<&Answer>) -> Option<What> {
        let mut found = None;
        for fault in self.faults.iter_mut().filter(|f| f.stage() == stage && f.times > 0) {
            if !fault.matches(head, answer) {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
            } else if found.is_none() {
                fault.times = if fault.times == usize::MAX { usize::MAX } else { fault.times - 1 };
                found = Some(fault.what.clone());
            }
        }
        self.faults.retain(|f| f.times > 0);
        found
    }
}

/// The answer that a fault is, where it is one.
pub fn instead(what: &What) -> Option<Answer> {
    Some(match what {
        What::Html(status) => {
            Answer::html(*status, "<!DOCTYPE html><title>Welcome to our hotel</title><p>Room number?")
        }
        What::Status { code, reason, message, retry_after, details } => {
            let mut answer = refuse_with(*code, reason, message, details);
            if let Some(seconds) = retry_after {
                answer = answer.with("Retry-After", seconds);
            }
            answer
        }
        What::PlainStatus(status) => Answer::empty(*status),
        What::OAuth { code, error, description } => {
            Answer::json(*code, &json!({"error": error, "error_description": description}))
        }
        What::EmptyObject => Answer::json(200, &json!({})),
        What::TokenGone { .. } => token_gone("fullSyncRequired"),
        What::HugeBody(bytes) => {
            Answer::json(200, &json!({"kind": "calendar#events", "summary": "x".repeat(*bytes), "items": []}))
        }
        _ => return None,
    })
}

/// The answer with what the fault does to it.
pub fn spoil(mut answer: Answer, what: &What) -> Answer {
    let Some(mut json) = body(&answer) else { return answer };
    match what {
        What::NoSyncToken => {
            json.as_object_mut().map(|fields| fields.remove("nextSyncToken"));
        }
        What::BadItem(item) => {
            if let Some(items) = json["items"].as_array_mut() {
                items.insert(items.len() / 2, item.clone());
            }
        }
        _ => {}
    }
    answer.body = json.to_string().into();
    answer
}

fn body(answer: &Answer) -> Option<Value> {
    serde_json::from_slice(&answer.body).ok()
}

pub fn token_gone(reason: &str) -> Answer {
    let message = match reason {
        "updatedMinTooLongAgo" => "The requested minimum modification time lies too far in the past.",
        _ => "Sync token is no longer valid, a full sync is required.",
    };
    refuse(410, reason, message)
}

pub fn refuse(code: u16, reason: &str, message: &str) -> Answer {
    refuse_with(code, reason, message, &Value::Null)
}

/// An error as the API words it.
pub fn refuse_with(code: u16, reason: &str, message: &str, details: &Value) -> Answer {
    let mut error = json!({
        "errors": [{"domain": "global", "reason": reason, "message": message}],
        "code": code,
        "message": message,
    });
    if !details.is_null() {
        error["details"] = details.clone();
    }
    Answer::json(code, &json!({"error": error}))
}

/// Items of each kind that has been seen to spoil a whole page.
pub fn bad_items() -> Vec<Value> {
    let item = |more: Value| {
        let mut item = json!({"kind": "calendar#event", "id": "bad", "status": "confirmed", "summary": "Bad",
            "start": {"dateTime": "2026-11-24T09:00:00Z"}, "end": {"dateTime": "2026-11-24T10:00:00Z"}});
        for (name, value) in more.as_object().expect("an object") {
            item[name] = value.clone();
        }
        item
    };
    vec![
        item(json!({"start": {"dateTime": "2026-11-24T09:00:00"}})),
        item(json!({"start": {"dateTime": "1890-01-01T09:00:00+00:53:28"}})),
        item(json!({"start": {"date": "2026-02-30"}})),
        item(json!({"start": {"dateTime": "12026-11-24T09:00:00Z"}})),
        item(json!({"sequence": 99_999_999_999_u64})),
        item(json!({"reminders": {"overrides": [{"method": "popup", "minutes": "ten"}]}})),
        json!("not even an object"),
    ]
}
