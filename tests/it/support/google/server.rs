//! The listener, its connections, and how they all end.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::Request;
use super::fault::{Stage, What, instead, spoil};
use super::state::State;
use super::wire::{Answer, Head, read_body, read_head};

pub struct Shared {
    state: Mutex<State>,
    stopped: AtomicBool,
    connections: Mutex<(usize, BTreeMap<usize, Arc<TcpStream>>)>,
    busy: AtomicUsize,
    pub peak: AtomicUsize,
}

impl Shared {
    /// A test that fails while it edits must not make all others fail with a poisoned lock.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connections(&self) -> MutexGuard<'_, (usize, BTreeMap<usize, Arc<TcpStream>>)> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The threads. When this is dropped they end, whatever their clients do.
pub struct Running {
    pub shared: Arc<Shared>,
    address: SocketAddr,
    listener: Option<JoinHandle<()>>,
}

impl Running {
    pub fn start() -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(format!("http://{address}"))),
            stopped: AtomicBool::new(false),
            connections: Mutex::new((0, BTreeMap::new())),
            busy: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        });
        let inside = shared.clone();
        let listener = std::thread::spawn(move || accept(&listener, &inside));
        Running { shared, address, listener: Some(listener) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // The listener sleeps in `accept`: a visitor wakes it.
        let _ = TcpStream::connect(self.address);
        for stream in self.shared.connections().1.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut threads = Vec::new();
    for stream in listener.incoming() {
        if shared.stopped.load(Ordering::SeqCst) {
            break;
        }
        let Ok(stream) = stream else { continue };
        let _ = stream.set_nodelay(true);
        let stream = Arc::new(stream);
        let number = {
            let mut connections = shared.connections();
            connections.0 += 1;
            let number = connections.0;
            connections.1.insert(number, stream.clone());
            number
        };
        let inside = shared.clone();
        threads.push(std::thread::spawn(move || {
            let _ = serve(&inside, &stream);
            // Both owners must let go before the kernel closes.
            inside.connections().1.remove(&number);
        }));
        threads.retain(|thread| !thread.is_finished());
    }
    for stream in shared.connections().1.values() {
        let _ = stream.shutdown(Shutdown::Both);
    }
    for thread in threads {
        let _ = thread.join();
    }
}

/// What to do with a connection once the answer is known.
enum Then {
    Send(Answer),
    Cut(Answer),
    Reset,
    Silence,
}

fn serve(shared: &Shared, stream: &TcpStream) -> std::io::Result<()> {
    while let Some(head) = read_head(stream)? {
        let busy = shared.busy.fetch_add(1, Ordering::SeqCst) + 1;
        shared.peak.fetch_max(busy, Ordering::SeqCst);
        let then = decide(shared, stream, &head);
        // Before the answer: a client may ask again as soon as it has it, and that is not at the same time.
        shared.busy.fetch_sub(1, Ordering::SeqCst);
        match then? {
            Then::Reset => return Ok(()),
            Then::Silence => {
                let mut rest = [0; 64];
                while (&mut &*stream).read(&mut rest)? > 0 {}
                return Ok(());
            }
            Then::Cut(answer) => {
                let mut out = answer.head(false).into_bytes();
                out.extend(&answer.body[..answer.body.len() / 2]);
                (&mut &*stream).write_all(&out)?;
                return stream.shutdown(Shutdown::Both);
            }
            Then::Send(answer) => {
                let keep = !head.header("connection").eq_ignore_ascii_case("close");
                let mut out = answer.head(keep).into_bytes();
                out.extend(&answer.body);
                (&mut &*stream).write_all(&out)?;
                if !keep {
                    return stream.shutdown(Shutdown::Write);
                }
            }
        }
    }
    Ok(())
}

fn decide(shared: &Shared, stream: &TcpStream, head: &Head) -> std::io::Result<Then> {
    let (fault, latency) = {
        let mut state = shared.state();
        let authorized = state.granted(head).is_some();
        let path = super::wire::decode(head.raw_path());
        state.requests.push(Request { method: head.method.clone(), path, query: head.query(), authorized });
        (state.fault(Stage::Before, head, None), state.settings.latency)
    };
    if let Some(What::Reset) = fault {
        return Ok(Then::Reset);
    }
    let body = read_body(stream, head)?;
    sleep(shared, latency);
    let answer = match fault {
        Some(What::Silence) => return Ok(Then::Silence),
        Some(What::Slow(time)) => {
            sleep(shared, time);
            None
        }
        Some(what) => instead(&what),
        None => None,
    };
    let mut state = shared.state();
    let is_right = answer.is_none();
    let mut answer = answer.unwrap_or_else(|| route(&mut state, head, &body));
    let date = state.settings.now + state.settings.skew;
    answer = answer.with("Date", date.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    let after = if is_right { state.fault(Stage::After, head, Some(&answer)) } else { None };
    Ok(match after {
        Some(What::CutBody) => Then::Cut(answer),
        Some(what) => Then::Send(spoil(answer, &what)),
        None => Then::Send(answer),
    })
}

/// In small steps, so that the end of the fake is not put off.
fn sleep(shared: &Shared, mut time: Duration) {
    let step = Duration::from_millis(20);
    while !time.is_zero() && !shared.stopped.load(Ordering::SeqCst) {
        std::thread::sleep(time.min(step));
        time = time.saturating_sub(step);
    }
}

fn route(state: &mut State, head: &Head, body: &str) -> Answer {
    match (head.method.as_str(), head.raw_path()) {
        ("GET", "/o/oauth2/v2/auth") => state.authorize(&head.query()),
        ("POST", "/token") => state.token(head, body),
        ("POST", "/revoke") => state.revoke(&head.query(), body),
        (_, path) if path.starts_with("/calendar/v3/") => {
            let fault = state.fault(Stage::Page, head, None);
            state.api(head, fault.as_ref())
        }
        _ => Answer::html(404, "<title>Error 404 (Not Found)!!1</title>"),
    }
}
