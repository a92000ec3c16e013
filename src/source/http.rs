//! The one HTTP connector, for Google and for feeds: TLS by rustls with ring and the system's certificates, plain HTTP only
//! where the caller allowed it, ten seconds to connect, and a cap on what one answer may hold.

use super::Trouble;
use crate::model::TroubleKind;
use hyper::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tower_service::Service;

/// How long a connection may take.
pub(super) const CONNECT: Duration = Duration::from_secs(10);
/// How long a whole request may take, body included.
pub(super) const CALL: Duration = Duration::from_secs(60);

pub(super) type Connector<R> = Capped<HttpsConnector<HttpConnector<R>>>;

/// A connector whose names `resolver` looks up, and whose answers hold at most `most` bytes.
///
/// # Errors
/// [`TroubleKind::Configuration`] where the system has no certificates to check servers with.
pub(super) fn connector<R>(resolver: R, most: u64) -> Result<Connector<R>, Trouble>
where
    HttpConnector<R>: Service<Uri>,
{
    let mut http = HttpConnector::new_with_resolver(resolver);
    http.enforce_http(false);
    http.set_connect_timeout(Some(CONNECT));
    let provider = rustls::crypto::ring::default_provider();
    let builder = HttpsConnectorBuilder::new().with_provider_and_native_roots(provider).map_err(|e| {
        let sentence = format!("this machine has no certificates to check servers with: {e}");
        Trouble::new(TroubleKind::Configuration, sentence).help("install the package `ca-certificates`")
    })?;
    // HTTP/1 only: the cap counts the bytes of one answer between two requests.
    Ok(Capped { inner: builder.https_or_http().enable_http1().wrap_connector(http), most })
}

/// A connector that breaks a connection off when more than `most` bytes come in after a request.
#[derive(Clone)]
pub(super) struct Capped<C> {
    inner: C,
    most: u64,
}

type Boxed<T> = Pin<Box<dyn Future<Output = Result<T, Box<dyn Error + Send + Sync>>> + Send>>;

impl<C> Service<Uri> for Capped<C>
where
    C: Service<Uri>,
    C::Future: Send + 'static,
    C::Error: Into<Box<dyn Error + Send + Sync>>,
    C::Response: Send,
{
    type Response = Counted<C::Response>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Boxed<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (connecting, most) = (self.inner.call(uri), self.most);
        Box::pin(async move {
            let stream = connecting.await.map_err(Into::into)?;
            Ok(Counted { stream, most, left: most })
        })
    }
}

/// A stream that counts what comes in.
pub(super) struct Counted<S> {
    stream: S,
    most: u64,
    left: u64,
}

impl<S: Connection> Connection for Counted<S> {
    fn connected(&self) -> Connected {
        self.stream.connected()
    }
}

impl<S: Read + Unpin> Read for Counted<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, mut into: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        // A buffer of our own, because a cursor tells its fill only to unsafe code.
        let mut bytes = [0_u8; 16 << 10];
        let room = into.remaining().min(bytes.len());
        let mut buffer = hyper::rt::ReadBuf::new(bytes.get_mut(..room).unwrap_or_default());
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer.unfilled()))?;
        let filled = buffer.filled();
        self.left = self.left.checked_sub(filled.len() as u64).ok_or_else(|| {
            io::Error::other(format!("the answer is larger than {} MB and was not read further", self.most >> 20))
        })?;
        into.put_slice(filled);
        Poll::Ready(Ok(()))
    }
}

impl<S: Write + Unpin> Write for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.left = self.most;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
