//! A Calendar API for tests: threads on 127.0.0.1 that answer what a test scripts, byte for byte.

use super::Google;
use crate::source::Trouble;
use crate::source::google::token::Credentials;
use std::future::Future;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub path: String,
    /// Sorted, because the hub's order is not stable.
    pub query: Vec<(String, String)>,
    pub token: String,
}

impl Asked {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

pub enum Says {
    /// These bytes, and the end of the connection.
    Bytes(Vec<u8>),
    /// Nothing, until the client goes.
    Silence,
    /// The end of the connection at once.
    HangUp,
}

/// An answer with its length, as a whole server gives it.
pub fn answer(status: u16, headers: &str, body: &str) -> Says {
    let length = body.len();
    Says::Bytes(
        format!("HTTP/1.1 {status} x\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}")
            .into_bytes(),
    )
}

pub fn ok(body: &str) -> Says {
    answer(200, "content-type: application/json\r\n", body)
}

/// A refusal in Google's form.
pub fn refusal(status: u16, reason: &str) -> Says {
    let body =
        serde_json::json!({ "error": { "code": status, "errors": [{ "reason": reason }], "message": "canary" } });
    answer(status, "content-type: application/json\r\n", &body.to_string())
}

pub struct Server {
    pub base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// `says` gets the number of the request, from 0, and runs for one request at a time.
    pub fn new(says: impl FnMut(usize, &Asked) -> Says + Send + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, says) = (asked.clone(), Arc::new(Mutex::new(says)));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (log, says) = (log.clone(), says.clone());
                std::thread::spawn(move || {
                    let Some(request) = read(&stream) else { return };
                    let number = {
                        let mut log = log.lock().unwrap();
                        log.push(request.clone());
                        log.len() - 1
                    };
                    let said = (says.lock().unwrap())(number, &request);
                    write(stream, said);
                });
            }
        });
        Server { base, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Small bounds: a second for a call, and 64 kB for its answer.
    pub fn google(&self, credentials: Arc<dyn Credentials>, slots: usize) -> Google {
        let bounds = (Duration::from_secs(1), 64 << 10);
        Google::bounded(Some(&self.base), credentials, slots, bounds).unwrap()
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let target = lines.next()?.split(' ').nth(1)?.to_string();
    let mut token = String::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("authorization")
        {
            token = value.trim_start_matches("Bearer ").to_string();
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut query: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    query.sort();
    Some(Asked { path: path.to_string(), query, token })
}

/// A client may go before it has read all: that is no failure of the server.
fn write(mut stream: TcpStream, says: Says) {
    match says {
        Says::Bytes(bytes) => {
            let _ = stream.write_all(&bytes);
            let _ = stream.shutdown(std::net::Shutdown::Write);
        }
        Says::Silence => {}
        Says::HangUp => return,
    }
    let _ = stream.read(&mut [0]);
}

type Token<'a> = Pin<Box<dyn Future<Output = Result<String, Trouble>> + Send + 'a>>;

/// Tokens `token-0`, `token-1` …: a new one whenever the newest was refused.
#[derive(Default)]
pub struct Tokens {
    pub refused: Mutex<Vec<String>>,
}

impl Credentials for Tokens {
    fn token<'a>(&'a self, refused: Option<&'a str>) -> Token<'a> {
        let mut list = self.refused.lock().unwrap();
        if let Some(refused) = refused
            && refused == format!("token-{}", list.len())
        {
            list.push(refused.to_string());
        }
        let token = format!("token-{}", list.len());
        Box::pin(std::future::ready(Ok(token)))
    }
}

/// Always the same.
pub struct Fixed(pub Result<String, Trouble>);

impl Credentials for Fixed {
    fn token<'a>(&'a self, _: Option<&'a str>) -> Token<'a> {
        Box::pin(std::future::ready(self.0.clone()))
    }
}

pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
