//! What a refusal means. Google's `reason` decides, not the status: 403 alone can mean "wait", "sign in", "enable" or "no".

use crate::model::TroubleKind;
use crate::source::Trouble;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::time::Duration;

/// Longest wait that a server can ask for.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// Too much at once, or in a minute.
const RATE: &[&str] = &[
    "rateLimitExceeded",
    "rateLimitExceededUnreg",
    "userRateLimitExceeded",
    "userRateLimitExceededUnreg",
    "quotaExceeded",
    "RATE_LIMIT_EXCEEDED",
];
/// Too much in a day.
const DAILY: &[&str] = &["dailyLimitExceeded", "dailyLimitExceededUnreg"];

/// A refusal as it came.
pub(super) struct Answer<'a> {
    pub status: Option<u16>,
    pub body: Option<&'a Value>,
    pub retry_after: Option<&'a str>,
    /// The server's own time, for a `Retry-After` that is a date.
    pub now: Option<DateTime<Utc>>,
}

/// Sorts a refusal by what has to happen next (checklist items 6, 30, 31). No words of the answer are repeated.
pub(super) fn classify(answer: &Answer) -> Trouble {
    let error = answer.body.map(|body| &body["error"]);
    let code = error.and_then(|e| e["code"].as_u64()).and_then(|code| u16::try_from(code).ok());
    let status = answer.status.or(code).unwrap_or(0);
    let listed = |list: &str| {
        let entries = error.and_then(|e| e[list].as_array()).into_iter().flatten();
        entries.filter_map(|entry| entry["reason"].as_str()).map(str::to_owned).collect::<Vec<_>>()
    };
    let reasons = [listed("errors"), listed("details")].concat();
    let is = |names: &[&str]| reasons.iter().any(|reason| names.contains(&reason.as_str()));
    let says = |word: &str| error.and_then(|e| e["message"].as_str()).is_some_and(|m| m.to_lowercase().contains(word));
    let rate = is(RATE) || status == 429;
    let trouble = match status {
        // The newer quotas have one reason for all spans and name the span in the message.
        _ if is(DAILY) || (rate && says("per day")) => {
            Trouble::new(TroubleKind::DailyLimit, "the day's quota of the Google Cloud project is used up")
        }
        _ if rate => Trouble::new(TroubleKind::RateLimited, "Google asks to wait: too many requests"),
        _ if is(&["accessNotConfigured", "SERVICE_DISABLED"]) => {
            let trouble =
                Trouble::new(TroubleKind::Configuration, "the Google Calendar API is not enabled in the project");
            trouble.help("enable it at https://console.cloud.google.com/apis/library/calendar-json.googleapis.com")
        }
        _ if is(&["insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"]) => {
            let trouble = Trouble::new(TroubleKind::NeedsLogin, "the sign-in lacks a permission: a box was not ticked");
            trouble.help("run `vantage login google` again and tick both boxes")
        }
        401 => {
            let trouble = Trouble::new(TroubleKind::NeedsLogin, "Google does not accept the sign-in any more");
            trouble.help("run `vantage login google`")
        }
        // Google says why it refuses; what says nothing is a proxy's, or was cut off, and is no word about the calendar.
        400 | 403 | 404 | 410 if !error.is_some_and(Value::is_object) => {
            Trouble::new(TroubleKind::Transient, "an answer came that is not Google's")
        }
        410 | 400 if is(&["fullSyncRequired", "updatedMinTooLongAgo"]) || (says("sync token") && says("invalid")) => {
            Trouble::new(TroubleKind::TokenDead, "the sync token is no longer valid")
        }
        403 if is(&["forbidden", "forbiddenForNonOrganizer", "requiredAccessLevel"]) => {
            let trouble = Trouble::new(TroubleKind::Inaccessible, "Google does not let this account read the calendar");
            trouble.help("ask its owner, or leave it out with `vantage calendars --ignore`")
        }
        404 | 410 => {
            let trouble = Trouble::new(TroubleKind::Inaccessible, "Google does not find the calendar");
            trouble.help("leave it out with `vantage calendars --ignore` if it is gone")
        }
        400 => Trouble::new(TroubleKind::Unexpected, "Google did not understand the request")
            .help("run `vantage sync --full`; if that fails too, `vantage doctor` shows what to check"),
        // Unknown reasons are tried again, slowly.
        403 => Trouble::new(TroubleKind::Inaccessible, "Google refused to show the calendar"),
        300..=399 => {
            let sentence = "an answer came that leads elsewhere, as sign-in pages of hotel networks do";
            Trouble::new(TroubleKind::Transient, sentence)
        }
        500..=599 => Trouble::new(TroubleKind::Transient, format!("Google has trouble of its own (status {status})")),
        _ => Trouble::new(TroubleKind::Transient, "an answer came that is not Google's"),
    };
    Trouble { retry_after: answer.retry_after.and_then(|text| wait(text, answer.now)), ..trouble }
}

/// `Retry-After` in seconds or as a date.
fn wait(text: &str, now: Option<DateTime<Utc>>) -> Option<Duration> {
    let seconds = text.trim().parse::<u64>().ok().map(Duration::from_secs);
    let date = || (DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now?).to_std().ok();
    seconds.or_else(date).map(|wait| wait.min(PATIENCE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn kind(status: u16, body: &Value) -> TroubleKind {
        classify(&Answer { status: Some(status), body: Some(body), retry_after: None, now: None }).kind
    }

    fn reason(code: u16, reason: &str) -> Value {
        json!({ "error": { "code": code, "message": "m", "errors": [{ "reason": reason }] } })
    }

    #[test]
    fn the_reason_decides() {
        for (status, why, expected) in [
            (403, "rateLimitExceeded", TroubleKind::RateLimited),
            (403, "userRateLimitExceeded", TroubleKind::RateLimited),
            (403, "quotaExceeded", TroubleKind::RateLimited),
            (429, "anything", TroubleKind::RateLimited),
            (403, "dailyLimitExceeded", TroubleKind::DailyLimit),
            (403, "accessNotConfigured", TroubleKind::Configuration),
            (403, "insufficientPermissions", TroubleKind::NeedsLogin),
            (403, "forbidden", TroubleKind::Inaccessible),
            (403, "neverHeardOf", TroubleKind::Inaccessible),
            (404, "notFound", TroubleKind::Inaccessible),
            (401, "authError", TroubleKind::NeedsLogin),
            (410, "fullSyncRequired", TroubleKind::TokenDead),
            (410, "updatedMinTooLongAgo", TroubleKind::TokenDead),
            (410, "deleted", TroubleKind::Inaccessible),
            (400, "badRequest", TroubleKind::Unexpected),
            (500, "backendError", TroubleKind::Transient),
            (503, "x", TroubleKind::Transient),
        ] {
            assert_eq!(kind(status, &reason(status, why)), expected, "{status} {why}");
        }
        for (why, expected) in [
            ("ACCESS_TOKEN_SCOPE_INSUFFICIENT", TroubleKind::NeedsLogin),
            ("SERVICE_DISABLED", TroubleKind::Configuration),
            ("RATE_LIMIT_EXCEEDED", TroubleKind::RateLimited),
        ] {
            let details = json!({ "error": { "code": 403, "errors": [{ "reason": "forbidden" }],
                "details": [{ "@type": "help" }, { "reason": why }] } });
            assert_eq!(kind(403, &details), expected, "{why}");
        }
        let mut daily = reason(429, "rateLimitExceeded");
        daily["error"]["message"] = "Quota exceeded for limit 'Queries per day'".into();
        assert_eq!(kind(429, &daily), TroubleKind::DailyLimit);
        let dead = json!({ "error": { "code": 400, "message": "Invalid sync token value.", "errors": [{ "reason": "invalid" }] } });
        assert_eq!(kind(400, &dead), TroubleKind::TokenDead);
    }

    /// A web page, an answer that was cut off, a proxy's own JSON: no word about the calendar.
    #[test]
    fn a_refusal_without_googles_words_is_no_lost_calendar() {
        for status in [400, 403, 404, 410] {
            for body in [None, Some(json!({ "error": "forbidden" })), Some(json!([])), Some(json!({}))] {
                let answer = Answer { status: Some(status), body: body.as_ref(), retry_after: None, now: None };
                assert_eq!(classify(&answer).kind, TroubleKind::Transient, "{status} {body:?}");
            }
        }
    }

    #[test]
    fn what_is_not_googles_is_transient() {
        for status in [Some(302), Some(503), Some(200), None] {
            let answer = Answer { status, body: None, retry_after: None, now: None };
            assert_eq!(classify(&answer).kind, TroubleKind::Transient, "{status:?}");
        }
    }

    #[test]
    fn a_wait_has_an_end() {
        let now = "2026-11-23T06:00:00Z".parse().ok();
        assert_eq!(wait("120", now), Some(Duration::from_secs(120)));
        assert_eq!(wait("999999999999", now), Some(PATIENCE));
        assert_eq!(wait("Mon, 23 Nov 2026 06:01:00 GMT", now), Some(Duration::from_secs(60)));
        assert_eq!(wait("Mon, 23 Nov 2026 05:00:00 GMT", now), None);
        assert_eq!(wait("soon", now), None);
    }
}
