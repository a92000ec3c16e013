//! The port on 127.0.0.1 that waits for the browser. Every program of this machine can knock, so can web pages through the
//! browser: nothing but the one good redirect has an effect, and no knocker keeps another waiting.

use super::page::Page;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::convert::Infallible;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};
use url::Url;

/// The longest request that is read: a redirect has about 500 bytes.
const LARGEST: usize = 8 << 10;
/// How long a request may take to come in, and its answer to go out.
const SLOWEST: Duration = Duration::from_secs(5);
/// How many are served at a time; the next one waits for a place.
const MOST: usize = 64;

/// What the redirect brought.
pub(super) enum Said {
    Code(String),
    Error(String),
}

/// The one good redirect.
pub(super) struct Arrival {
    pub said: Said,
    /// Takes the page that the browser shows.
    pub reply: oneshot::Sender<Page>,
    /// Ends when that page is out.
    pub gone: oneshot::Receiver<()>,
}

pub(super) struct Door {
    listener: TcpListener,
    port: u16,
    state: String,
    arrivals: mpsc::Sender<Arrival>,
    taken: AtomicBool,
}

/// What a request gets: a page, or a place in the line for one.
enum Reply {
    Now(Page),
    Later(oneshot::Receiver<Page>, oneshot::Sender<()>),
}

impl Door {
    /// The redirect is good once, where it brings `state`.
    pub(super) fn new(listener: TcpListener, port: u16, state: String, arrivals: mpsc::Sender<Arrival>) -> Door {
        Door { listener, port, state, arrivals, taken: AtomicBool::new(false) }
    }

    /// Answers whoever knocks, until it is dropped.
    pub(super) async fn serve(&self) -> Infallible {
        let mut inside = FuturesUnordered::new();
        loop {
            tokio::select! {
                knock = self.listener.accept(), if inside.len() < MOST => match knock {
                    Ok((stream, _)) => inside.push(self.greet(stream)),
                    // No descriptors left: a moment later there may be.
                    Err(_) => sleep(Duration::from_millis(100)).await,
                },
                Some(_) = inside.next(), if !inside.is_empty() => {}
            }
        }
    }

    async fn greet(&self, mut stream: TcpStream) -> io::Result<()> {
        let Ok(head) = timeout(SLOWEST, head(&mut stream)).await else { return Ok(()) };
        let (page, told) = match head?.as_deref().map_or(Reply::Now(Page::TooLong), |head| self.consider(head)) {
            Reply::Now(page) => (page, None),
            Reply::Later(page, told) => (page.await.unwrap_or(Page::Failed), Some(told)),
        };
        let answer = page.answer();
        let write = async {
            stream.write_all(answer.as_bytes()).await?;
            stream.shutdown().await
        };
        let written = timeout(SLOWEST, write).await;
        drop(told);
        written.unwrap_or(Ok(()))
    }

    fn consider(&self, head: &[u8]) -> Reply {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        let (Ok(_), Some(target)) = (request.parse(head), request.path) else { return Reply::Now(Page::NotOurs) };
        if request.method != Some("GET") {
            return Reply::Now(Page::NotGet);
        }
        // A name that was bent to 127.0.0.1 (DNS rebinding) is not our name.
        let mut hosts = request.headers.iter().filter(|h| h.name.eq_ignore_ascii_case("host"));
        let ours =
            |value: &[u8]| ["127.0.0.1", "localhost"].iter().any(|n| value == format!("{n}:{}", self.port).as_bytes());
        if !matches!((hosts.next(), hosts.next()), (Some(host), None) if ours(host.value)) {
            return Reply::Now(Page::WrongHost);
        }
        let url = target.starts_with('/').then(|| Url::parse(&format!("http://127.0.0.1{target}")).ok()).flatten();
        let Some(url) = url.filter(|url| url.path() == "/") else { return Reply::Now(Page::NotFound) };
        let once = |key: &str| {
            let mut found = url.query_pairs().filter(|(k, v)| k == key && !v.is_empty());
            found.next().filter(|_| found.next().is_none()).map(|(_, v)| v.into_owned())
        };
        let said = match (once("code"), once("error")) {
            (Some(code), None) => Said::Code(code),
            (None, Some(error)) => Said::Error(error),
            _ => return Reply::Now(Page::NotOurs),
        };
        if once("state").as_deref() != Some(&self.state) {
            return Reply::Now(Page::NotOurs);
        }
        if self.taken.swap(true, Ordering::SeqCst) {
            return Reply::Now(Page::Again);
        }
        let ((reply, page), (told, gone)) = (oneshot::channel(), oneshot::channel());
        match self.arrivals.try_send(Arrival { said, reply, gone }) {
            Ok(()) => Reply::Later(page, told),
            Err(_) => Reply::Now(Page::Failed),
        }
    }
}

/// The head of a request; none where it is longer than any that we wait for.
async fn head(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::with_capacity(1 << 10);
    while !bytes.windows(4).any(|w| w == b"\r\n\r\n") {
        let left = LARGEST - bytes.len();
        if left == 0 {
            return Ok(None);
        }
        if stream.take(left as u64).read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(Some(bytes))
}
