//! HTTP/1.1 as far as both sides need it: the server's half, and a client so small that it can be trusted.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use url::Url;

/// What was asked, with names in lower case.
pub struct Head {
    pub method: String,
    pub target: String,
    pub headers: BTreeMap<String, String>,
}

impl Head {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The path as sent, still encoded.
    pub fn raw_path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub fn segments(&self) -> Vec<String> {
        self.raw_path().split('/').skip(1).map(decode).collect()
    }

    pub fn query(&self) -> BTreeMap<String, Vec<String>> {
        form(self.target.split_once('?').map_or("", |(_, query)| query))
    }
}

pub fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

pub fn form(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, value) in url::form_urlencoded::parse(text.as_bytes()) {
        found.entry(key.into_owned()).or_default().push(value.into_owned());
    }
    found
}

/// The head of the next request but for its last byte. The byte stays unread, so that a connection dropped now is
/// reset: the kernel says so when somebody closes without having read everything.
pub fn read_head(mut stream: &TcpStream) -> io::Result<Option<Head>> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r") {
        if stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        bytes.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (first.next().unwrap_or_default().to_string(), first.next().unwrap_or_default().to_string());
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_string()))
        .collect();
    Ok(Some(Head { method, target, headers }))
}

pub fn read_body(mut stream: &TcpStream, head: &Head) -> io::Result<String> {
    stream.read_exact(&mut [0])?;
    if head.header("expect").eq_ignore_ascii_case("100-continue") {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let mut bytes = Vec::new();
    if head.header("transfer-encoding").eq_ignore_ascii_case("chunked") {
        loop {
            let size = usize::from_str_radix(line(stream)?.split(';').next().unwrap_or_default().trim(), 16)
                .map_err(io::Error::other)?;
            let mut chunk = vec![0; size];
            stream.read_exact(&mut chunk)?;
            line(stream)?;
            bytes.extend(chunk);
            if size == 0 {
                break;
            }
        }
    } else {
        bytes = vec![0; head.header("content-length").parse().unwrap_or(0)];
        stream.read_exact(&mut bytes)?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn line(mut stream: &TcpStream) -> io::Result<String> {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while byte[0] != b'\n' {
        stream.read_exact(&mut byte)?;
        bytes.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What the server says.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(status: u16, body: &Value) -> Answer {
        Answer { status, headers: vec![typed("application/json; charset=UTF-8")], body: body.to_string().into() }
    }

    pub fn html(status: u16, body: &str) -> Answer {
        Answer { status, headers: vec![typed("text/html; charset=UTF-8")], body: body.into() }
    }

    pub fn empty(status: u16) -> Answer {
        Answer { status, headers: Vec::new(), body: Vec::new() }
    }

    pub fn redirect(to: &Url) -> Answer {
        Answer { headers: vec![("Location".into(), to.to_string())], ..Answer::empty(302) }
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Answer {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The head with the length that the body ought to have, whatever will be sent of it.
    pub fn head(&self, keep_alive: bool) -> String {
        let reason = match self.status {
            200 => "OK",
            302 => "Found",
            _ => "Other",
        };
        let mut text = format!("HTTP/1.1 {} {reason}\r\n", self.status);
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        let connection = if keep_alive { "keep-alive" } else { "close" };
        text + &format!("Content-Length: {}\r\nConnection: {connection}\r\n\r\n", self.body.len())
    }
}

fn typed(kind: &str) -> (String, String) {
    ("Content-Type".into(), kind.into())
}

/// What the client heard.
#[derive(Debug)]
pub struct Heard {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Heard {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

/// Asks once, on a connection of its own, and follows nothing.
pub fn ask(method: &str, url: &Url, headers: &[(&str, &str)], body: &str) -> io::Result<Heard> {
    let port = url.port_or_known_default().unwrap_or(80);
    let stream = TcpStream::connect((url.host_str().unwrap_or_default().trim_matches(['[', ']']), port))?;
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: {}:{port}\r\nConnection: close\r\nContent-Length: {}\r\n{more}\r\n{body}",
        url.host_str().unwrap_or_default(),
        body.len()
    );
    (&stream).write_all(request.as_bytes())?;
    hear(&stream)
}

/// Reads one answer. A body shorter than announced is an error.
pub fn hear(stream: &TcpStream) -> io::Result<Heard> {
    // A test that waits for ever tells nobody why.
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let first = line(stream)?;
    let status =
        first.split(' ').nth(1).and_then(|s| s.trim().parse().ok()).ok_or_else(|| io::Error::other("no status"))?;
    let mut headers = BTreeMap::new();
    loop {
        let line = line(stream)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_string());
    }
    let mut body = Vec::new();
    let mut reader = stream;
    match headers.get("content-length").and_then(|l| l.parse::<usize>().ok()) {
        Some(length) => {
            body = vec![0; length];
            reader.read_exact(&mut body)?;
        }
        None => {
            reader.read_to_end(&mut body)?;
        }
    }
    Ok(Heard { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
}
