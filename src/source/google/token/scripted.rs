//! A token server for tests: a thread on 127.0.0.1 that says what a test tells it to say.

use super::{Client, Grant, SCOPES};
use crate::diagnostic::Secret;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use url::Url;

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub form: BTreeMap<String, String>,
}

pub struct Scripted {
    pub base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// Status, content type, body.
pub type Says = (u16, &'static str, String);

pub fn json(status: u16, body: impl ToString) -> Says {
    (status, "application/json; charset=utf-8", body.to_string())
}

/// A good answer, with `more` fields.
pub fn tokens(access: &str, more: &str) -> Says {
    let scope = SCOPES.join(" ");
    json(
        200,
        format!(r#"{{"access_token":"{access}","expires_in":3599,"token_type":"Bearer","scope":"{scope}"{more}}}"#),
    )
}

impl Scripted {
    pub fn new(mut says: impl FnMut(usize, &Asked) -> Says + Send + 'static) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let (mut line, mut length) = (String::new(), 0);
                stream.read_line(&mut line).unwrap();
                let path = line.split(' ').nth(1).unwrap_or_default().to_string();
                while line.trim() != "" {
                    line.clear();
                    stream.read_line(&mut line).unwrap();
                    if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = text.trim().parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                stream.read_exact(&mut body).unwrap();
                let form = url::form_urlencoded::parse(&body).into_owned().collect();
                let request = Asked { path, form };
                let count = log.lock().unwrap().len();
                log.lock().unwrap().push(request.clone());
                let (status, kind, text) = says(count, &request);
                let _ = write!(
                    stream.get_mut(),
                    "HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
                    text.len()
                );
            }
        });
        Scripted { base, asked }
    }

    pub fn always(says: Says) -> Scripted {
        Scripted::new(move |_, _| says.clone())
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn client(&self) -> Client {
        client(&self.base)
    }

    /// A sign-in of `age`, whose access token has ended.
    pub fn grant(&self, now: DateTime<Utc>, age: TimeDelta) -> Grant {
        Grant {
            client: self.client(),
            refresh_token: Secret::new("refresh-canary"),
            access_token: Secret::new("access-canary"),
            expires_at: now - TimeDelta::hours(1),
            scopes: SCOPES.map(str::to_string).to_vec(),
            obtained_at: now - age,
            refresh_expires_at: None,
        }
    }
}

pub fn client(base: &str) -> Client {
    let url = |path: &str| Url::parse(&format!("{base}/{path}")).unwrap();
    Client {
        id: "app.example".into(),
        secret: Secret::new("secret-canary"),
        auth_uri: url("auth"),
        token_uri: url("token"),
    }
}
