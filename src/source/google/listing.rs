//! All pages of a question, with patience for what passes.

use super::client::{Ask, Google, Page};
use crate::model::TroubleKind;
use crate::source::{Pace, Trouble, backoff};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Pages that one listing may have: 5 million events.
const PAGES: usize = 2000;
/// Tries of one page.
const TRIES: u32 = 4;
/// Longest wait inside a listing; whoever should wait longer comes again later.
const LONGEST: Duration = Duration::from_secs(60);
/// An answer that takes longer is no answer.
const SILENCE: Duration = Duration::from_secs(30);
/// All pages about a calendar, each handed to `take` as it comes. Returns the sync token of the last one, if it has one.
///
/// # Errors
/// The trouble that did not pass, at once where the wait would be longer than a minute (`retry_after` then says how long);
/// what `take` returns. Pages that were taken are then not to be used.
pub async fn list(
    google: &Google,
    calendar: &str,
    ask: &Ask<'_>,
    pace: &dyn Pace,
    take: &mut dyn FnMut(Page) -> Result<(), Trouble>,
) -> Result<Option<String>, Trouble> {
    pages(pace, async |page| google.page(calendar, ask, page).await, take).await
}

/// The account's whole list of calendars, entry by entry as they came.
///
/// # Errors
/// The trouble that did not pass.
pub async fn calendars(google: &Google, pace: &dyn Pace) -> Result<Vec<String>, Trouble> {
    let mut entries = Vec::new();
    let take = &mut |page: Page| {
        entries.extend(page.items);
        Ok(())
    };
    pages(pace, async |page| google.calendars_page(page).await, take).await?;
    Ok(entries)
}

async fn pages(
    pace: &dyn Pace,
    ask: impl AsyncFn(Option<&str>) -> Result<Page, Trouble>,
    take: &mut dyn FnMut(Page) -> Result<(), Trouble>,
) -> Result<Option<String>, Trouble> {
    let mut seen = BTreeSet::new();
    let mut at: Option<String> = None;
    while seen.len() < PAGES {
        let mut page = patiently(pace, async || ask(at.as_deref()).await).await?;
        let (next, sync) = (page.next_page.take(), page.next_sync.take());
        take(page)?;
        match next {
            None => return Ok(sync),
            Some(token) if !seen.insert(token.clone()) => {
                return Err(Trouble::new(TroubleKind::Transient, "Google's listing went round in a circle"));
            }
            some => at = some,
        }
    }
    Err(Trouble::new(TroubleKind::Unexpected, format!("Google's listing has more than {PAGES} pages")))
}

/// Asks again after what passes by itself.
async fn patiently<T>(pace: &dyn Pace, ask: impl AsyncFn() -> Result<T, Trouble>) -> Result<T, Trouble> {
    let mut attempt = 0;
    loop {
        let begun = Instant::now();
        let trouble = match ask().await {
            Ok(done) => return Ok(done),
            Err(trouble) => trouble,
        };
        attempt += 1;
        let wait = backoff(attempt, pace.random(), trouble.retry_after);
        // Who kept silent for that long is asked again by the next sync: until this one ends, nothing else is done.
        let silent = begun.elapsed() > SILENCE;
        if !trouble.is_transient() || attempt >= TRIES || wait > LONGEST || silent {
            return Err(trouble);
        }
        pace.wait(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use super::super::client::scripted::{Server, Tokens, answer, ok, refusal};
    use super::*;
    use std::cell::{Cell, RefCell};
    use std::pin::Pin;
    use std::sync::Arc;

    /// Notes what it was asked to wait, and does not.
    #[derive(Default)]
    struct NoTime(RefCell<Vec<Duration>>);

    impl Pace for NoTime {
        fn wait(&self, how_long: Duration) -> Pin<Box<dyn Future<Output = ()> + '_>> {
            self.0.borrow_mut().push(how_long);
            Box::pin(std::future::ready(()))
        }

        fn random(&self) -> f64 {
            1.0
        }
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    fn page(next: Option<&str>) -> Page {
        Page { items: vec!["{}".into()], next_page: next.map(Into::into), ..Page::default() }
    }

    #[test]
    fn what_passes_is_waited_for_and_the_same_page_is_asked_again() {
        let (pace, asked) = (NoTime::default(), RefCell::new(Vec::new()));
        let ask = async |at: Option<&str>| {
            asked.borrow_mut().push(at.map(str::to_owned));
            match asked.borrow().len() {
                2 | 3 => Err(Trouble::new(TroubleKind::Transient, "x")),
                1 => Ok(page(Some("b"))),
                _ => Ok(Page { next_sync: Some("t".into()), ..page(None) }),
            }
        };
        let mut items = 0;
        let sync = run(pages(&pace, ask, &mut |page| {
            items += page.items.len();
            Ok(())
        }));
        assert_eq!((sync, items), (Ok(Some("t".into())), 2));
        assert_eq!(asked.into_inner(), [None, Some("b".into()), Some("b".into()), Some("b".into())]);
        assert_eq!(pace.0.into_inner(), [1, 2].map(Duration::from_secs));
    }

    #[test]
    fn patience_ends_and_long_waits_are_handed_on() {
        for (retry_after, tries) in [(None, TRIES), (Some(Duration::from_secs(3600)), 1)] {
            let (pace, count) = (NoTime::default(), Cell::new(0));
            let ask = async |_: Option<&str>| {
                count.set(count.get() + 1);
                Err::<Page, _>(Trouble { retry_after, ..Trouble::new(TroubleKind::RateLimited, "x") })
            };
            let trouble = run(pages(&pace, ask, &mut |_| Ok(()))).unwrap_err();
            assert_eq!((count.get(), trouble.retry_after), (tries, retry_after));
        }
    }

    #[test]
    fn what_does_not_pass_is_not_asked_again_and_circles_end() {
        let (pace, count) = (NoTime::default(), Cell::new(0));
        let dead = async |_: Option<&str>| {
            count.set(count.get() + 1);
            Err::<Page, _>(Trouble::new(TroubleKind::TokenDead, "x"))
        };
        assert_eq!(run(pages(&pace, dead, &mut |_| Ok(()))).unwrap_err().kind, TroubleKind::TokenDead);
        assert_eq!(count.get(), 1);
        let circle = async |_: Option<&str>| Ok(page(Some("a")));
        assert_eq!(run(pages(&pace, circle, &mut |_| Ok(()))).unwrap_err().kind, TroubleKind::Transient);
    }

    #[test]
    fn a_listing_without_an_end_is_given_up() {
        let count = Cell::new(0);
        let endless = async |_: Option<&str>| {
            count.set(count.get() + 1);
            Ok(page(Some(&count.get().to_string())))
        };
        assert_eq!(run(pages(&NoTime::default(), endless, &mut |_| Ok(()))).unwrap_err().kind, TroubleKind::Unexpected);
        assert_eq!(count.get(), PAGES);
    }

    /// A circle may be longer than a page.
    #[test]
    fn any_earlier_page_token_is_a_circle() {
        let around = async |at: Option<&str>| {
            Ok(page(Some(match at {
                None => "a",
                Some("a") => "b",
                Some("b") => "c",
                _ => "a",
            })))
        };
        assert_eq!(run(pages(&NoTime::default(), around, &mut |_| Ok(()))).unwrap_err().kind, TroubleKind::Transient);
    }

    #[test]
    fn who_takes_can_end_the_listing() {
        let full = Trouble::new(TroubleKind::Unexpected, "full");
        let count = Cell::new(0);
        let endless = async |_: Option<&str>| {
            count.set(count.get() + 1);
            Ok(page(Some("a")))
        };
        assert_eq!(run(pages(&NoTime::default(), endless, &mut |_| Err(full.clone()))), Err(full.clone()));
        assert_eq!(count.get(), 1);
    }

    /// Each page is the same question with another page token, and so is each further try. A page may be empty.
    #[test]
    fn pages_differ_in_nothing_but_their_token() {
        let server = Server::new(|number, _| match number {
            0 => ok(r#"{"kind":"calendar#events","items":[{"id":"a"}],"nextPageToken":"p1","nextSyncToken":"no"}"#),
            1 => answer(503, "", "<html>"),
            2 => refusal(403, "rateLimitExceeded"),
            3 => ok(r#"{"kind":"calendar#events","items":[],"nextPageToken":"p2"}"#),
            4 => answer(200, "", "<html>sign in"),
            _ => ok(r#"{"kind":"calendar#events","items":[{"id":"b"}],"nextSyncToken":"s2"}"#),
        });
        let (google, pace) = (server.google(Arc::new(Tokens::default()), 1), NoTime::default());
        let mut items = Vec::new();
        let sync = run(list(&google, "c", &Ask::Feed { sync_token: Some("s1") }, &pace, &mut |page| {
            items.extend(page.items);
            Ok(())
        }));
        assert_eq!((sync, items), (Ok(Some("s2".into())), vec![r#"{"id":"a"}"#.into(), r#"{"id":"b"}"#.into()]));
        let mut asked = server.asked();
        let tokens: Vec<_> = asked.iter().map(|a| a.parameter("pageToken").map(str::to_owned)).collect();
        assert_eq!(
            tokens,
            [None, Some("p1"), Some("p1"), Some("p1"), Some("p2"), Some("p2")].map(|t| t.map(str::to_owned))
        );
        for request in &mut asked {
            request.query.retain(|(name, _)| name != "pageToken");
        }
        assert!(asked.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(asked[0].parameter("syncToken"), Some("s1"));
        // The patience of each page begins anew.
        assert_eq!(pace.0.into_inner(), [1, 2, 1].map(Duration::from_secs));
    }

    #[test]
    fn a_dead_token_on_a_later_page_ends_the_listing() {
        let server = Server::new(|number, _| match number {
            0 => ok(r#"{"kind":"calendar#events","items":[],"nextPageToken":"p1"}"#),
            _ => refusal(410, "fullSyncRequired"),
        });
        let google = server.google(Arc::new(Tokens::default()), 1);
        let ask = Ask::Feed { sync_token: Some("s1") };
        let found = run(list(&google, "c", &ask, &NoTime::default(), &mut |_| Ok(())));
        assert_eq!((found.unwrap_err().kind, server.asked().len()), (TroubleKind::TokenDead, 2));
    }

    #[test]
    fn the_servers_wait_is_kept_for_whoever_comes_later() {
        for (asked, seconds, tries) in [("30", 30, 4), ("61", 61, 1), ("999999999999", 24 * 3600, 1)] {
            let server = Server::new(move |_, _| answer(429, &format!("retry-after: {asked}\r\n"), "{}"));
            let (google, pace) = (server.google(Arc::new(Tokens::default()), 1), NoTime::default());
            let found = run(calendars(&google, &pace)).unwrap_err();
            assert_eq!(found.retry_after, Some(Duration::from_secs(seconds)));
            assert_eq!(server.asked().len(), tries);
            assert!(pace.0.into_inner().iter().all(|wait| *wait == Duration::from_secs(seconds)));
        }
    }

    #[test]
    fn the_list_of_calendars_comes_whole_or_not_at_all() {
        let second = |fine: bool| {
            let server = Server::new(move |number, _| match number {
                0 => ok(r#"{"kind":"calendar#calendarList","items":[{"id":"a"}],"nextPageToken":"p"}"#),
                _ if fine => ok(r#"{"kind":"calendar#calendarList","items":[{"id":"b"}]}"#),
                _ => ok("{}"),
            });
            run(calendars(&server.google(Arc::new(Tokens::default()), 1), &NoTime::default()))
        };
        assert_eq!(second(true), Ok(vec![r#"{"id":"a"}"#.into(), r#"{"id":"b"}"#.into()]));
        assert_eq!(second(false).unwrap_err().kind, TroubleKind::Transient);
    }
}
