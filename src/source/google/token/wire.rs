//! The token server over our own connector: one POST at a time, with a time limit and a size limit, its troubles sorted.

use super::app::{Client, host};
use super::refusal::Refusal;
use crate::diagnostic::Secret;
use crate::model::TroubleKind;
use crate::source::Trouble;
use crate::source::http::{self, Connector};
use http_body_util::BodyExt;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use hyper_util::client::legacy::{Client as Hyper, Error};
use hyper_util::rt::TokioExecutor;
use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, ClientId, ClientSecret, EndpointNotSet, EndpointSet, ExtraTokenFields,
    HttpRequest, HttpResponse, RequestTokenError, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// An answer of the token server is some hundred bytes.
const LARGEST: u64 = 1 << 20;
/// The longest that a server may make us wait.
const WAIT: u64 = 3600;

/// What Google adds to the standard answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Extra {
    /// Seconds until the refresh token ends, where the person gave leave for a limited time.
    pub refresh_token_expires_in: Option<u64>,
}

impl ExtraTokenFields for Extra {}

pub(crate) type Answer = StandardTokenResponse<Extra, BasicTokenType>;
pub(crate) type OauthClient = oauth2::Client<
    Refusal,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// `client` as the library wants it. Google documents its credentials in the body of the request.
pub(crate) fn client(client: &Client) -> OauthClient {
    oauth2::Client::new(ClientId::new(client.id.clone()))
        .set_client_secret(ClientSecret::new(client.secret.expose().to_string()))
        .set_auth_type(AuthType::RequestBody)
        .set_auth_uri(AuthUrl::from_url(client.auth_uri.clone()))
        .set_token_uri(TokenUrl::from_url(client.token_uri.clone()))
}

/// The scopes of an answer. One without any gave what was asked for (RFC 6749, section 5.1).
pub(crate) fn scopes(answer: &Answer) -> Vec<String> {
    let asked = || super::SCOPES.map(str::to_string).to_vec();
    answer.scopes().map_or_else(asked, |scopes| scopes.iter().map(|s| s.as_str().to_string()).collect())
}

/// The HTTP client of the token server.
#[derive(Clone)]
pub(crate) struct Http(pub Hyper<Connector<GaiResolver>, String>);

/// No answer, or none of a token server.
#[derive(Debug)]
pub(crate) struct Lost(Trouble);

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.sentence)
    }
}

impl std::error::Error for Lost {}

/// [`Http`] as the `oauth2` crate wants it. A type of its own, because a closure is not `Send` for every lifetime.
pub(crate) struct Poster {
    http: Http,
    host: String,
}

impl<'c> AsyncHttpClient<'c> for Poster {
    type Error = Lost;
    type Future = Reply<'c>;

    fn call(&'c self, request: HttpRequest) -> Reply<'c> {
        Box::pin(async move { self.http.send(request, &self.host).await.map_err(Lost) })
    }
}

type Reply<'a> = Pin<Box<dyn Future<Output = Result<HttpResponse, Lost>> + Send + 'a>>;

impl Http {
    /// # Errors
    /// [`TroubleKind::Configuration`] where the machine has no certificates.
    pub(crate) fn new() -> Result<Http, Trouble> {
        let connector = http::connector(GaiResolver::new(), LARGEST)?;
        // Requests are an hour apart: a connection is not worth keeping.
        Ok(Http(Hyper::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector)))
    }

    /// What sends the requests of the `oauth2` crate; `host` is the server in messages.
    pub(crate) fn poster(&self, host: &str) -> Poster {
        Poster { http: self.clone(), host: host.to_string() }
    }

    async fn send(&self, request: HttpRequest, host: &str) -> Result<HttpResponse, Trouble> {
        // A form is ASCII.
        let request = request.map(|body| String::from_utf8(body).unwrap_or_default());
        let call = async {
            let (head, body) = self.0.request(request).await.map_err(|e| unreached(&e, host))?.into_parts();
            let broken = |e: hyper::Error| {
                Trouble::new(TroubleKind::Transient, format!("the connection to `{host}` broke off")).cause(root(&e))
            };
            Ok::<_, Trouble>(hyper::Response::from_parts(
                head,
                body.collect().await.map_err(broken)?.to_bytes().to_vec(),
            ))
        };
        let response = tokio::time::timeout(http::CALL, call).await.map_err(|_| silent(host))??;
        let status = response.status();
        let wait = response.headers().get("retry-after").and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
        let kind = match status.as_u16() {
            429 => TroubleKind::RateLimited,
            500.. => TroubleKind::Transient,
            200 | 400..500 => return Ok(response),
            _ => return Err(strange(host)),
        };
        let trouble =
            Trouble::new(kind, format!("`{host}` cannot serve us now: it answered with status {}", status.as_u16()));
        Err(Trouble { retry_after: wait.map(|wait| Duration::from_secs(wait.min(WAIT))), ..trouble })
    }
}

/// Gives `token` back.
///
/// # Errors
/// What the network or the server said.
pub(crate) async fn revoke(http: &Http, client: &Client, token: &Secret) -> Result<(), Trouble> {
    let Some(url) = client.revoke_uri() else {
        let sentence = format!("`{}` has no known place to give a sign-in back", client.host());
        return Err(Trouble::new(TroubleKind::Configuration, sentence)
            .help("set `token_uri` to an address that ends in `/token`"));
    };
    let host = host(&url);
    let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("token", token.expose()).finish();
    let request = hyper::Request::post(url.as_str()).header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(body.into_bytes()).map_err(|_| strange(&host))?;
    let response = http.send(request, &host).await?;
    let refusal = serde_json::from_slice::<Refusal>(response.body()).ok();
    match (response.status().as_u16(), refusal) {
        (200, _) => Ok(()),
        // It has ended already.
        (400, Some(refusal)) if refusal.code() == "invalid_token" => Ok(()),
        _ => Err(Trouble::new(TroubleKind::Unexpected, format!("`{host}` did not take the sign-in back"))
            .help("remove Vantage at myaccount.google.com/connections")),
    }
}

/// What the server said, or what kept us from hearing it.
///
/// # Errors
/// Whatever is no refusal.
pub(crate) fn refused(error: RequestTokenError<Lost, Refusal>, host: &str) -> Result<Refusal, Trouble> {
    match error {
        RequestTokenError::ServerResponse(refusal) => Ok(refusal),
        RequestTokenError::Request(Lost(trouble)) => Err(trouble),
        // These quote the answer, in which a token may be.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Err(strange(host)),
    }
}

/// The answer is none that a token server gives.
pub(crate) fn strange(host: &str) -> Trouble {
    let sentence = format!("the answer in the name of `{host}` is not one of a token server");
    Trouble::new(TroubleKind::Transient, sentence)
        .cause("a proxy, or the sign-in page of a public network, may have answered")
}

/// The server took the request and said nothing.
pub(crate) fn silent(host: &str) -> Trouble {
    Trouble::new(TroubleKind::Transient, format!("`{host}` did not answer within {} seconds", http::CALL.as_secs()))
}

/// No request arrived.
pub(crate) fn unreached(error: &Error, host: &str) -> Trouble {
    let cause = root(error);
    if !error.is_connect() {
        return Trouble::new(TroubleKind::Transient, format!("the connection to `{host}` broke off")).cause(cause);
    }
    let certificate = cause.contains("certificate");
    let trouble = Trouble::new(TroubleKind::Offline, format!("`{host}` could not be reached")).cause(cause);
    if certificate {
        trouble.help("check the clock of this machine, and what stands between it and the network")
    } else {
        trouble
    }
}

/// The innermost cause; those of hyper and rustls hold no address and nothing of an answer.
fn root(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
