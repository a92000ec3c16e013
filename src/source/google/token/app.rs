//! The OAuth client: what the console hands out for an app.

use crate::config::is_loopback;
use crate::diagnostic::{Exit, Failure, Secret};
use crate::source::google::GoogleSource;
use std::path::Path;
use url::Url;

/// A client of type "Desktop app". Its secret is not confidential (Google ships it in programs), and is shown nowhere anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub id: String,
    pub secret: Secret,
    /// Where the person agrees.
    pub auth_uri: Url,
    /// Where codes and refresh tokens become access tokens.
    pub token_uri: Url,
}

const CREATE: &str = "create a client of type `Desktop app` (console.cloud.google.com: Google Auth Platform > Clients) \
                      and download its JSON file";

impl Client {
    /// The client in the console's JSON file; endpoints in `source` win over those of the file.
    ///
    /// # Errors
    /// [`Exit::Io`] where the file cannot be read, else what [`Client::parse`] says.
    pub fn read(path: &Path, source: &GoogleSource) -> Result<Client, Failure> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| {
            let failure = Failure::new(Exit::Io, format!("the client file `{file}` could not be read")).cause(e);
            failure.help("name the JSON file from the console: `--client-secret FILE`")
        })?;
        Client::parse(&text, &file, source)
    }

    /// The same from its text; `file` is its name in messages.
    ///
    /// # Errors
    /// [`Exit::Config`] where it is none, is of another type, or would send tokens in clear.
    pub fn parse(text: &str, file: &str, source: &GoogleSource) -> Result<Client, Failure> {
        let config = |sentence: String| Failure::new(Exit::Config, sentence);
        let outline = serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
        if outline.get("web").is_some() {
            let failure = config(format!("`{file}` is a client of type `Web application`, not `Desktop app`"));
            return Err(failure.cause("Google would refuse it with `redirect_uri_mismatch`").help(CREATE));
        }
        if outline.get("type").is_some_and(|t| t == "service_account") {
            let failure = config(format!("`{file}` is the key of a service account, not an OAuth client"));
            return Err(failure.help("name it as `service_account` in the `[[source.google]]`; it needs no sign-in"));
        }
        if outline
            .get("installed")
            .is_some_and(|app| app.get("client_secret").is_none() && app.get("client_id").is_some())
        {
            let failure = config(format!("`{file}` has no `client_secret`"));
            let cause = "the console puts it only into the file that is downloaded when the client is created";
            return Err(failure
                .cause(cause)
                .help("add a secret to the client there (Clients > the client > Add secret)"));
        }
        // The parser's own words may quote the secret.
        let parsed = yup_oauth2::parse_application_secret(text).ok().filter(|app| !app.client_id.is_empty());
        let app = parsed.ok_or_else(|| {
            let expected = "a JSON object `installed` with `client_id`, `client_secret`, `auth_uri` and `token_uri`";
            config(format!("`{file}` is not the file of an OAuth client"))
                .cause(format!("expected {expected}"))
                .help(CREATE)
        })?;
        let url = |key: &str, text: &str| {
            Url::parse(text).map_err(|_| config(format!("`{key}` in `{file}` is not an address")).help(CREATE))
        };
        let (auth_uri, token_uri) = (url("auth_uri", &app.auth_uri)?, url("token_uri", &app.token_uri)?);
        Client { id: app.client_id, secret: Secret::new(app.client_secret), auth_uri, token_uri }.at(source)
    }

    /// The same client with the endpoints that `source` names.
    ///
    /// # Errors
    /// [`Exit::Config`] where an endpoint is no address, or not encrypted and not on this machine.
    pub fn at(mut self, source: &GoogleSource) -> Result<Client, Failure> {
        for (key, place, wanted) in
            [("auth_uri", &mut self.auth_uri, &source.auth_uri), ("token_uri", &mut self.token_uri, &source.token_uri)]
        {
            if let Some(text) = wanted {
                let wrong = |_| Failure::new(Exit::Config, format!("`{key}` must be an `https` address"));
                *place = Url::parse(text).map_err(wrong)?;
            }
            secure(key, place)?;
        }
        Ok(self)
    }

    /// The token server, as messages name it.
    pub(in super::super) fn host(&self) -> String {
        host(&self.token_uri)
    }

    /// Where a token is given back (RFC 7009): Google's is beside the one that hands them out.
    pub(super) fn revoke_uri(&self) -> Option<Url> {
        let mut url = self.token_uri.clone();
        let path = url.path().strip_suffix("token")?.to_string() + "revoke";
        url.set_path(&path);
        Some(url)
    }
}

pub(in super::super) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_string()
}

/// Tokens go there: encrypted, or not off this machine.
///
/// # Errors
/// [`Exit::Config`].
pub(in super::super) fn secure(key: &str, url: &Url) -> Result<(), Failure> {
    if url.scheme() == "https" && url.has_host() || url.scheme() == "http" && is_loopback(url) {
        return Ok(());
    }
    let failure = Failure::new(Exit::Config, format!("`{key}` must be an `https` address"));
    Err(failure.cause("plain `http` would show the sign-in to everybody on the way; it is for 127.0.0.1 only"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTALLED: &str = r#"{"installed":{"client_id":"x.apps.googleusercontent.com","project_id":"p","auth_uri":"AUTH",
        "token_uri":"https://oauth2.googleapis.com/token","client_secret":"secret-canary","redirect_uris":["http://localhost"]}}"#;

    #[test]
    fn the_consoles_file_is_read() {
        let text = INSTALLED.replace("AUTH", "https://accounts.google.com/o/oauth2/auth");
        let client = Client::parse(&text, "client.json", &GoogleSource::named("work")).unwrap();
        assert_eq!(client.revoke_uri().unwrap().as_str(), "https://oauth2.googleapis.com/revoke");
        assert_eq!(
            (client.id.as_str(), client.host().as_str()),
            ("x.apps.googleusercontent.com", "oauth2.googleapis.com")
        );
        let source =
            GoogleSource { token_uri: Some("http://127.0.0.1:8080/token".into()), ..GoogleSource::named("work") };
        let client = Client::parse(&text, "client.json", &source).unwrap();
        assert_eq!(client.token_uri.as_str(), "http://127.0.0.1:8080/token");
    }

    #[test]
    fn another_file_from_the_console_is_told_apart() {
        let parse = |text: &str| {
            let text = Client::parse(text, "client.json", &GoogleSource::named("work")).unwrap_err().render(false);
            assert!(!text.contains("canary"), "{text}");
            text
        };
        insta::assert_snapshot!(parse(&INSTALLED.replace("installed", "web")), @"
        error: `client.json` is a client of type `Web application`, not `Desktop app`
         |
         = cause: Google would refuse it with `redirect_uri_mismatch`
         = help: create a client of type `Desktop app` (console.cloud.google.com: Google Auth Platform > Clients) and download its JSON file
        ");
        insta::assert_snapshot!(parse(r#"{"type":"service_account","private_key":"canary"}"#), @"
        error: `client.json` is the key of a service account, not an OAuth client
         |
         = help: name it as `service_account` in the `[[source.google]]`; it needs no sign-in
        ");
        insta::assert_snapshot!(parse(r#"{"installed":{"client_id":"x","auth_uri":"canary"}}"#), @"
        error: `client.json` has no `client_secret`
         |
         = cause: the console puts it only into the file that is downloaded when the client is created
         = help: add a secret to the client there (Clients > the client > Add secret)
        ");
        insta::assert_snapshot!(parse(r#"{"installed":"canary"}"#), @"
        error: `client.json` is not the file of an OAuth client
         |
         = cause: expected a JSON object `installed` with `client_id`, `client_secret`, `auth_uri` and `token_uri`
         = help: create a client of type `Desktop app` (console.cloud.google.com: Google Auth Platform > Clients) and download its JSON file
        ");
        insta::assert_snapshot!(parse(&INSTALLED.replace("AUTH", "http://accounts.example/auth")), @"
        error: `auth_uri` must be an `https` address
         |
         = cause: plain `http` would show the sign-in to everybody on the way; it is for 127.0.0.1 only
        ");
    }
}
