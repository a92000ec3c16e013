//! A service account: no person signs in, a key file does. yup-oauth2 signs the request (RFC 7523).

use super::super::Trouble;
use super::token::refusal::{self, Refusal};
use super::token::wire::{self, Http};
use super::token::{Credentials, SCOPES, host, secure};
use crate::diagnostic::{Exit, Failure};
use crate::disk;
use crate::model::TroubleKind;
use crate::source::google::GoogleSource;
use crate::source::http;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use tokio::sync::Mutex;
use url::Url;
use yup_oauth2::authenticator::Authenticator;
use yup_oauth2::client::SendError;
use yup_oauth2::error::AuthErrorCode;
use yup_oauth2::{CustomHyperClientBuilder, Error, ServiceAccountAuthenticator};

/// The key of a service account, and whom it acts for.
pub struct ServiceAccount {
    authenticator: Authenticator<http::Connector<GaiResolver>>,
    host: String,
    /// The account's number, by which an admin trusts it.
    client_id: Option<String>,
    acts_for_somebody: bool,
    /// One request at a time: yup-oauth2 would send one for each who asks. Holds the token that was last handed out.
    last: Mutex<Option<String>>,
}

impl ServiceAccount {
    /// The account whose key is in `path`; it acts for `source.subject`, and `source.token_uri` wins over the key's.
    ///
    /// # Errors
    /// [`Exit::Config`] where others can read the file, or it holds no key; [`Exit::Io`].
    pub async fn open(path: &Path, source: &GoogleSource) -> Result<ServiceAccount, Failure> {
        let file = path.display();
        let wrong = || {
            let help = "create a JSON key (console.cloud.google.com: IAM & Admin > Service accounts > Keys)";
            Failure::new(Exit::Config, format!("`{file}` is not the key file of a service account")).help(help)
        };
        let text = disk::read_secret(path, "key")?.ok_or_else(|| {
            Failure::new(Exit::Io, format!("there is no key file `{file}`")).help("check `service_account`")
        })?;
        // The parser's own words may quote the key.
        let mut key = yup_oauth2::parse_service_account_key(text).map_err(|_| wrong())?;
        if let Some(uri) = &source.token_uri {
            key.token_uri.clone_from(uri);
        }
        let url = Url::parse(&key.token_uri).map_err(|_| wrong())?;
        secure("token_uri", &url)?;
        let client_id = key.client_id.clone();
        let http = CustomHyperClientBuilder::from(Http::new().map_err(Trouble::failure)?.0);
        let mut builder = ServiceAccountAuthenticator::with_client(key, http);
        if let Some(subject) = &source.subject {
            builder = builder.subject(subject);
        }
        let authenticator = builder.build().await.map_err(|_| wrong().cause("its private key cannot be read"))?;
        let (acts_for_somebody, last) = (source.subject.is_some(), Mutex::new(None));
        Ok(ServiceAccount { authenticator, host: host(&url), client_id, acts_for_somebody, last })
    }

    async fn usable(&self, refused: Option<&str>) -> Result<String, Trouble> {
        let mut last = self.last.lock().await;
        let asked = async {
            // Only the token that was refused is replaced: another may have done so already.
            match refused.is_some() && refused == last.as_deref() {
                true => self.authenticator.force_refreshed_token(&SCOPES).await,
                false => self.authenticator.token(&SCOPES).await,
            }
        };
        // yup-oauth2 has no time limit of its own here.
        let answer = tokio::time::timeout(http::CALL, asked).await.map_err(|_| wire::silent(&self.host))?;
        let token = answer.map_err(|e| self.trouble(e))?.token().map(str::to_string);
        let token = token.ok_or_else(|| wire::strange(&self.host))?;
        *last = Some(token.clone());
        Ok(token)
    }

    fn trouble(&self, error: Error) -> Trouble {
        match error {
            Error::HttpClientError(SendError::Timeout) => wire::silent(&self.host),
            Error::HttpClientError(SendError::Hyper(e)) => wire::unreached(&e, &self.host),
            Error::HttpError(_) => {
                Trouble::new(TroubleKind::Transient, format!("the connection to `{}` broke off", self.host))
            }
            Error::AuthError(e) => {
                let code = match &e.error {
                    AuthErrorCode::Other(code) => code.clone(),
                    known => known.as_str().to_string(),
                };
                self.refusal(&Refusal::described(code, e.error_description))
            }
            Error::LowLevelError(_) => {
                Trouble::new(TroubleKind::Configuration, "the key of the service account cannot sign")
                    .help("create a new key")
            }
            // These quote the answer, in which a token may be.
            _ => wire::strange(&self.host),
        }
    }

    fn refusal(&self, refusal: &Refusal) -> Trouble {
        let config = |sentence: &str| Trouble::new(TroubleKind::Configuration, sentence);
        let id = self.client_id.as_deref().unwrap_or("in the key file, as `client_id`");
        match refusal.code() {
            "invalid_grant" if refusal.says("timeframe") => refusal::clock(&self.host),
            "invalid_grant" if refusal.says("signature") => {
                config("Google does not know the key of the service account")
                    .cause("the key was deleted or disabled")
                    .help("create a JSON key (console.cloud.google.com: IAM & Admin > Service accounts > Keys)")
            }
            "invalid_grant" if self.acts_for_somebody => config("the service account cannot act for its `subject`")
                .cause("no such person is in the organisation, or the service account was deleted")
                .help("set `subject` to the address of a person of the organisation"),
            "unauthorized_client" | "access_denied" if self.acts_for_somebody => {
                config("the service account may not act for its `subject`")
                    .cause("domain-wide delegation is missing for this account or for one of the two scopes")
                    .help(format!(
                        "have an admin add the client id ({id}) with the scopes `{}` (Admin console > Security > API \
                         controls > Domain-wide delegation)",
                        SCOPES.join(",")
                    ))
            }
            "server_error" | "temporarily_unavailable" | "internal_failure" | "backend_error" => {
                Trouble::new(TroubleKind::Transient, format!("`{}` cannot serve us now", self.host))
            }
            _ => config("Google refuses the service account")
                .cause("it was deleted or disabled, or its key was")
                .help("check it (console.cloud.google.com: IAM & Admin > Service accounts)"),
        }
    }
}

impl Credentials for ServiceAccount {
    fn token<'a>(
        &'a self,
        refused: Option<&'a str>,
    ) -> Pin<Box<dyn Future<Output = Result<String, Trouble>> + Send + 'a>> {
        Box::pin(self.usable(refused))
    }
}

#[cfg(test)]
mod tests;
