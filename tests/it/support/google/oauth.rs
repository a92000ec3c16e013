//! The side of Google that hands out tokens: consent page, codes, grants, revocation.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::listing::Query;
use super::state::State;
use super::wire::{Answer, Head, form};

pub const CLIENT_ID: &str = "1234-fake.apps.googleusercontent.com";
pub const CLIENT_SECRET: &str = "GOCSPX-not-a-secret-of-anybody";
pub const SERVICE_ACCOUNT: &str = "robot@fake-project.iam.gserviceaccount.com";
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What the person in front of the consent page does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    Yes,
    /// "Cancel".
    No,
    /// Leaves these boxes unticked.
    Without(Vec<String>),
}

struct Code {
    redirect_uri: String,
    challenge: String,
    scopes: BTreeSet<String>,
}

struct Access {
    scopes: BTreeSet<String>,
    expires: DateTime<Utc>,
}

pub struct OAuth {
    token_uri: String,
    pub consent: Consent,
    pub expires_in: i64,
    pub refresh_expires_in: Option<i64>,
    pub rotates: bool,
    /// Whom service accounts have acted for.
    pub subjects: Vec<Option<String>>,
    /// What the client is called since the console made a new secret.
    pub client: (String, String),
    codes: BTreeMap<String, Code>,
    refresh: BTreeMap<String, BTreeSet<String>>,
    access: BTreeMap<String, Access>,
    minted: usize,
}

impl OAuth {
    pub fn new(base: &str) -> OAuth {
        OAuth {
            token_uri: format!("{base}/token"),
            consent: Consent::Yes,
            expires_in: 3599,
            refresh_expires_in: None,
            rotates: false,
            subjects: Vec::new(),
            client: (CLIENT_ID.into(), CLIENT_SECRET.into()),
            codes: BTreeMap::new(),
            refresh: BTreeMap::new(),
            access: BTreeMap::new(),
            minted: 0,
        }
    }

    fn name(&mut self, kind: &str) -> String {
        self.minted += 1;
        format!("{kind}{:04}", self.minted)
    }

    pub fn refresh_token(&mut self, scopes: BTreeSet<String>) -> String {
        let token = self.name("1//refresh-");
        self.refresh.insert(token.clone(), scopes);
        token
    }

    pub fn access_token(&mut self, scopes: BTreeSet<String>, now: DateTime<Utc>) -> String {
        let token = self.name("ya29.access-");
        let expires = now + TimeDelta::seconds(self.expires_in);
        self.access.insert(token.clone(), Access { scopes, expires });
        token
    }

    pub fn expire_access(&mut self) {
        self.access.clear();
    }

    /// What the user does on the page of the account, or an administrator for them.
    pub fn revoke_all(&mut self) {
        self.access.clear();
        self.refresh.clear();
    }

    pub fn is_alive(&self, refresh_token: &str) -> bool {
        self.refresh.contains_key(refresh_token)
    }
}

impl State {
    /// The scopes that a request's bearer token stands for.
    pub fn granted(&self, head: &Head) -> Option<BTreeSet<String>> {
        let token = head.header("authorization").strip_prefix("Bearer ")?;
        let access = self.oauth.access.get(token).filter(|a| a.expires > self.settings.now)?;
        Some(access.scopes.clone())
    }

    pub fn authorize(&mut self, query: &Query) -> Answer {
        let get = |name: &str| query.get(name).map_or("", |v| v[0].as_str());
        let page =
            |error: &str| Answer::html(400, &format!("<title>Error 400: {error}</title>Access blocked: {error}"));
        let Ok(redirect) = Url::parse(get("redirect_uri")) else { return page("redirect_uri_mismatch") };
        let is_loopback = matches!(redirect.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        let is_bare = redirect.path() == "/" && redirect.query().is_none() && redirect.fragment().is_none();
        let scopes: BTreeSet<String> = get("scope").split_whitespace().map(str::to_string).collect();
        let known = |s: &String| s == "openid" || s == "email" || s.starts_with("https://www.googleapis.com/auth/");
        let challenge = get("code_challenge");
        let wrong = match () {
            _ if get("client_id") != self.oauth.client.0 => Some("invalid_client"),
            _ if get("response_type") != "code" => Some("unsupported_response_type"),
            _ if redirect.scheme() != "http" || !is_loopback || !is_bare => Some("redirect_uri_mismatch"),
            _ if redirect.port().is_none() => Some("redirect_uri_mismatch"),
            _ if scopes.is_empty() => Some("invalid_request: Missing required parameter: scope"),
            _ if !scopes.iter().all(known) => Some("invalid_scope"),
            _ if get("code_challenge_method") != "S256" => Some("invalid_request: code_challenge_method must be S256"),
            _ if challenge.len() != 43 || !challenge.bytes().all(|b| ALPHABET.contains(&b)) => {
                Some("invalid_request: Invalid code_challenge")
            }
            // Google would let these two pass. A client of ours that forgets them is wrong all the same.
            _ if get("state").is_empty() => Some("invalid_request: the fake insists on state"),
            _ if get("access_type") != "offline" => Some("invalid_request: the fake insists on access_type=offline"),
            _ => None,
        };
        if let Some(wrong) = wrong {
            return page(wrong);
        }
        let granted: BTreeSet<String> = match &self.oauth.consent {
            Consent::Yes => scopes,
            Consent::Without(unticked) => scopes.into_iter().filter(|s| !unticked.contains(s)).collect(),
            Consent::No => BTreeSet::new(),
        };
        let mut back = redirect.clone();
        back.query_pairs_mut().append_pair("state", get("state"));
        if granted.is_empty() {
            back.query_pairs_mut().append_pair("error", "access_denied");
            return Answer::redirect(&back);
        }
        let code = self.oauth.name("4/0code-");
        let said = granted.iter().cloned().collect::<Vec<_>>().join(" ");
        back.query_pairs_mut().append_pair("code", &code).append_pair("scope", &said);
        back.query_pairs_mut().append_pair("authuser", "0").append_pair("prompt", "consent");
        let code_of = Code { redirect_uri: get("redirect_uri").into(), challenge: challenge.into(), scopes: granted };
        self.oauth.codes.insert(code, code_of);
        Answer::redirect(&back)
    }

    pub fn token(&mut self, head: &Head, body: &str) -> Answer {
        if !head.header("content-type").starts_with("application/x-www-form-urlencoded") {
            return refuse(400, "invalid_request", "The body must be a form.");
        }
        let query = form(body);
        let get = |name: &str| query.get(name).map_or("", |v| v[0].as_str());
        let (id, secret) = basic(head).unwrap_or_else(|| (get("client_id").into(), get("client_secret").into()));
        let is_client = (id, secret) == self.oauth.client;
        match get("grant_type") {
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => self.assertion(get("assertion")),
            "authorization_code" | "refresh_token" if !is_client => {
                refuse(401, "invalid_client", "The OAuth client was not found.")
            }
            "authorization_code" => {
                let Some(code) = self.oauth.codes.remove(get("code")) else {
                    return refuse(400, "invalid_grant", "Malformed auth code.");
                };
                let verifier = base64url(&Sha256::digest(get("code_verifier")));
                match () {
                    _ if code.redirect_uri != get("redirect_uri") => {
                        refuse(400, "redirect_uri_mismatch", "Bad Request")
                    }
                    _ if get("code_verifier").is_empty() => refuse(400, "invalid_grant", "Missing code verifier."),
                    _ if !(43..=128).contains(&get("code_verifier").len()) || verifier != code.challenge => {
                        refuse(400, "invalid_grant", "Invalid code verifier.")
                    }
                    _ => {
                        let refresh = self.oauth.refresh_token(code.scopes.clone());
                        let mut answer = self.grant(code.scopes);
                        answer["refresh_token"] = refresh.into();
                        if let Some(seconds) = self.oauth.refresh_expires_in {
                            answer["refresh_token_expires_in"] = seconds.into();
                        }
                        Answer::json(200, &answer)
                    }
                }
            }
            "refresh_token" => {
                let Some(scopes) = self.oauth.refresh.get(get("refresh_token")).cloned() else {
                    return refuse(400, "invalid_grant", "Token has been expired or revoked.");
                };
                let mut answer = self.grant(scopes.clone());
                if self.oauth.rotates {
                    self.oauth.refresh.remove(get("refresh_token"));
                    answer["refresh_token"] = self.oauth.refresh_token(scopes).into();
                }
                Answer::json(200, &answer)
            }
            _ => refuse(400, "unsupported_grant_type", "Invalid grant_type."),
        }
    }

    fn grant(&mut self, scopes: BTreeSet<String>) -> Value {
        let said = scopes.iter().cloned().collect::<Vec<_>>().join(" ");
        let token = self.oauth.access_token(scopes, self.settings.now);
        json!({"access_token": token, "expires_in": self.oauth.expires_in, "scope": said, "token_type": "Bearer"})
    }

    /// A service account's own word. The signature is not checked: only Google could.
    fn assertion(&mut self, text: &str) -> Answer {
        let invalid = |why: &str| refuse(400, "invalid_grant", why);
        let parts: Vec<&str> = text.split('.').collect();
        let read = |part: &str| serde_json::from_slice::<Value>(&from_base64url(part)?).ok();
        let [header, claims, signature] = parts[..] else { return invalid("Invalid JWT: three parts are needed.") };
        let (Some(header), Some(claims)) = (read(header), read(claims)) else { return invalid("Invalid JWT.") };
        let life = claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat);
        let scopes: BTreeSet<String> =
            claims["scope"].as_str().unwrap_or_default().split_whitespace().map(str::to_string).collect();
        match () {
            _ if header["alg"] != "RS256" || from_base64url(signature).is_none_or(|s| s.len() != 256) => {
                invalid("Invalid JWT Signature.")
            }
            _ if claims["iss"] != SERVICE_ACCOUNT => invalid("Invalid grant: account not found"),
            _ if claims["aud"] != self.oauth.token_uri.as_str() => invalid("Invalid JWT: wrong audience."),
            _ if !life.is_some_and(|life| (1..=3600).contains(&life)) => {
                invalid("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.")
            }
            _ if scopes.is_empty() => {
                refuse(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.")
            }
            _ => {
                self.oauth.subjects.push(claims["sub"].as_str().map(str::to_string));
                let answer = self.grant(scopes);
                Answer::json(200, &answer)
            }
        }
    }

    pub fn revoke(&mut self, query: &Query, body: &str) -> Answer {
        let token = form(body).get("token").or(query.get("token")).map_or(String::new(), |v| v[0].clone());
        let access = self.oauth.access.remove(&token).is_some();
        let refresh = self.oauth.refresh.remove(&token).is_some();
        if refresh {
            // With the grant die the access tokens that came of it; the fake has one user.
            self.oauth.access.clear();
        }
        match access || refresh {
            true => Answer::json(200, &json!({})),
            false => refuse(400, "invalid_token", "Token expired or revoked"),
        }
    }
}

fn refuse(code: u16, error: &str, description: &str) -> Answer {
    Answer::json(code, &json!({"error": error, "error_description": description}))
}

/// The client's name and secret where they come as a header.
fn basic(head: &Head) -> Option<(String, String)> {
    let coded = head.header("authorization").strip_prefix("Basic ")?;
    let text = String::from_utf8(from_base64url(&coded.replace('+', "-").replace('/', "_"))?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let plain = |text: &str| form(&format!("x={text}"))["x"][0].clone();
    Some((plain(id), plain(secret)))
}

pub fn base64url(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0, |n, byte| n << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(number >> (18 - 6 * place)) as usize & 63]));
        }
    }
    text
}

/// Padded or not: clients are known to do both.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut number, mut bits) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = ALPHABET.iter().position(|b| *b == byte)?;
        (number, bits) = ((number << 6 | digit as u32) & 0xffff, bits + 6);
        if bits >= 8 {
            bits -= 8;
            bytes.push((number >> bits) as u8);
        }
    }
    Some(bytes)
}
