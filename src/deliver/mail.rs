use super::{Handover, escaped};
use crate::config::{Mail, Security};
use crate::diagnostic::{Exit, Failure, Secret};
use crate::disk;
use lettre::message::{Attachment, Body, MultiPart, SinglePart, header::ContentTransferEncoding};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};
use std::error::Error;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The name of the systemd credential that holds the password.
const CREDENTIAL: &str = "vantage-mail";

/// Sends the picture inline, with its alternative text as the plain form. The connection is encrypted and the server's
/// certificate is checked, always. `credentials` is `$CREDENTIALS_DIRECTORY`.
///
/// # Errors
/// [`Exit::Config`] and [`Exit::Io`] for the files of the configuration, [`Exit::Later`] where the server asks to wait or
/// cannot be reached, [`Exit::Failed`]. No address, no password and no word of the server is in them.
pub fn mail(mail: &Mail, handover: &Handover, credentials: Option<&Path>) -> Result<(), Failure> {
    let message = message(mail, handover).map_err(|e| failure(Exit::Bug, "could not be written").cause(e))?;
    let mut server = SmtpTransport::builder_dangerous(mail.host.as_str())
        .port(mail.port)
        .timeout(Some(mail.timeout))
        .tls(encrypted(mail)?);
    if let Some(name) = &mail.username {
        let password = password(mail, credentials)?;
        server = server.credentials(Credentials::new(name.clone(), password.expose().to_string()));
    }
    server.build().send(&message).map(|_| ()).map_err(|e| refused(&e))
}

fn failure(exit: Exit, what: &str) -> Failure {
    Failure::new(exit, format!("the weekly mail {what}")).note("the picture itself is drawn")
}

fn encrypted(mail: &Mail) -> Result<Tls, Failure> {
    let mut parameters = TlsParameters::builder(mail.host.clone());
    if let Some(path) = &mail.ca_file {
        let unread = |e: &dyn std::fmt::Display| {
            let message = format!("the `ca_file` `{path}` could not be read");
            Failure::new(Exit::Io, message).cause(e).help("name a file that holds a certificate in PEM form")
        };
        let pem = std::fs::read(path).map_err(|e| unread(&e))?;
        parameters = parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(|e| unread(&e))?);
    }
    let parameters =
        parameters.build_rustls().map_err(|e| failure(Exit::Failed, "could not be encrypted").cause(causes(&e)))?;
    Ok(match mail.security {
        Security::Tls => Tls::Wrapper(parameters),
        Security::StartTls => Tls::Required(parameters),
    })
}

fn password(mail: &Mail, kept: Option<&Path>) -> Result<Secret, Failure> {
    let path = match (&mail.password_file, kept) {
        (Some(file), _) => Some(PathBuf::from(file)),
        (None, folder) => folder.map(|folder| folder.join(CREDENTIAL)),
    };
    let text = match &path {
        Some(path) => disk::read_secret_but(path, "mail password", kept)?,
        None => None,
    };
    // An editor ends the line; no password does.
    let text = text.map(|text| Secret::new(text.trim_end_matches(['\n', '\r'])));
    text.filter(|text| !text.expose().is_empty()).ok_or_else(|| {
        let place = path.as_deref().map_or(format!("the credential `{CREDENTIAL}`"), named);
        let failure = Failure::new(Exit::Config, format!("the password of `[mail]` is not there: {place}"));
        failure.help("put it alone into a file that only you can read, and name that as `password_file`")
    })
}

fn named(path: &Path) -> String {
    format!("`{}`", path.display())
}

/// Plain text for readers of text, and a page that shows nothing but the picture.
fn message(mail: &Mail, handover: &Handover) -> Result<Message, Box<dyn Error>> {
    let Handover { week, headline, alt, picture, .. } = handover;
    let mut message = Message::builder().from(mail.from.clone()).subject(format!("Vantage {week}: {headline}"));
    for to in &mail.to {
        message = message.to(to.clone());
    }
    let domain = mail.from.email.domain();
    message = message.message_id(Some(format!("<{week}.{}@{domain}>", id(handover))));
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><body><img src=\"cid:picture\" width=\"800\" style=\"max-width:100%\" alt=\"{}\">\
         </body></html>",
        escaped(alt)
    );
    let png = Body::new_with_encoding(picture.clone(), ContentTransferEncoding::Base64);
    let png = png.map_err(|_| "the picture does not fit a mail")?;
    let inline = Attachment::new_inline_with_name("picture".into(), format!("{week}.png"));
    let related =
        MultiPart::related().singlepart(SinglePart::html(page)).singlepart(inline.body(png, "image/png".parse()?));
    let body = MultiPart::alternative().singlepart(SinglePart::plain(alt.clone())).multipart(related);
    Ok(message.multipart(body)?)
}

/// The same picture of the same week is the same mail.
fn id(handover: &Handover) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(&handover.picture).iter().take(12).map(|b| format!("{b:02x}")).collect()
}

/// What a server said may hold addresses: its code is enough.
fn refused(e: &smtp::Error) -> Failure {
    let code = e.status().map(|code| code.to_string()).unwrap_or_default();
    let code = code.as_str();
    match () {
        () if matches!(encryption(e), Some(rustls::Error::InvalidCertificate(_))) => {
            failure(Exit::Failed, "was not sent: the server's certificate is not trusted")
                .cause(causes(e))
                .help("check `host` of `[mail]`; a server of your own needs its certificate as `ca_file`")
        }
        () if encryption(e).is_some() => failure(Exit::Failed, "was not sent: the connection could not be encrypted")
            .cause(causes(e))
            .help("check `port` and `security` of `[mail]`: 465 goes with \"tls\", 587 with \"starttls\""),
        () if matches!(code, "530" | "534" | "535" | "538") => {
            failure(Exit::Failed, &format!("was not sent: the server refuses the sign-in (code {code})"))
                .help("check `username` and the password of `[mail]`; some services want a password made for an app")
        }
        () if e.is_permanent() => failure(Exit::Failed, &format!("was not sent: the server refuses it (code {code})"))
            .help("check `from` and `to` of `[mail]`"),
        () if e.is_transient() => {
            failure(Exit::Later, &format!("was not sent: the server asks to come again later (code {code})"))
        }
        () if e.is_response() => failure(Exit::Failed, "was not sent: the server gives an answer that is none")
            .help("check `host`, `port` and `security` of `[mail]`"),
        () if is_timeout(e) => failure(Exit::Later, "was not sent: the server does not answer")
            .help("check `host`, `port` and `security` of `[mail]`"),
        () => failure(Exit::Later, "was not sent: the server could not be spoken to")
            .cause(causes(e))
            .help("check `host`, `port` and `security` of `[mail]`"),
    }
}

/// What TLS says, where it is what failed: it comes wrapped as trouble of the connection.
fn encryption(e: &smtp::Error) -> Option<&rustls::Error> {
    chain(e).find_map(|e| e.downcast_ref::<std::io::Error>()?.get_ref()?.downcast_ref())
}

/// A read that took too long is said to block (socket(7), SO_RCVTIMEO), which lettre does not count.
fn is_timeout(e: &smtp::Error) -> bool {
    let mut kinds = chain(e).filter_map(|e| e.downcast_ref()).map(std::io::Error::kind);
    kinds.any(|kind| matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut))
}

/// Why a connection failed, in the words of the system or of TLS; the server has said nothing yet.
fn causes(e: &smtp::Error) -> String {
    chain(e).last().map_or("unknown".into(), |e| e.to_string())
}

fn chain(e: &smtp::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(e.source(), |e| (*e).source())
}
