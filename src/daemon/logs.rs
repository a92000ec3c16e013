//! The log. `error` is for what someone must act on, `warn` for what passes by itself, `info` for what was done. No title, no
//! address, no name of a calendar and no secret is ever an argument of it; other crates' logs, which may hold such, are not
//! let in at any level.

use std::io::{self, IsTerminal, Write};
use tracing::field::Field;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::fmt::{FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry, fmt};

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// To the journal with its fields under systemd, else as text.
    Auto,
    /// Lines of text.
    Text,
    /// One object a line.
    Json,
}

/// Begins to log. A second call changes nothing.
pub(super) fn begin(form: Form) {
    let journal = form == Form::Auto && journal_listens();
    match form {
        Form::Json => take(fmt::layer().json().with_target(false).with_current_span(false).with_writer(io::stderr)),
        Form::Auto if journal => match tracing_journald::layer() {
            Ok(layer) => take(layer.with_syslog_identifier("vantage".into()).with_field_prefix(Some("VANTAGE".into()))),
            Err(_) => {
                take(plain().without_time().with_level(false).with_writer(Prefixed));
            }
        },
        Form::Auto | Form::Text => take(plain().with_writer(io::stderr)),
    }
    std::panic::set_hook(Box::new(|panic| {
        // A panic's message may hold a title: its place and the way there are told.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let trace = std::backtrace::Backtrace::force_capture();
        tracing::error!(place, "vantage ran into a bug of its own at {place}; report it with these lines\n{trace}");
    }));
}

/// The sentence alone: the fields that it is made of would say everything twice.
fn plain() -> fmt::Layer<Registry, impl for<'w> FormatFields<'w> + Send + Sync + 'static> {
    let sentence = |writer: &mut Writer<'_>, field: &Field, value: &dyn std::fmt::Debug| match field.name() {
        "message" => write!(writer, "{value:?}"),
        _ => Ok(()),
    };
    fmt::layer().with_target(false).fmt_fields(debug_fn(sentence))
}

fn take(layer: impl Layer<Registry> + Send + Sync) {
    let ours = Targets::new().with_target("vantage", Level::INFO);
    let subscriber: Box<dyn Subscriber + Send + Sync> = Box::new(tracing_subscriber::registry().with(layer).with(ours));
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Standard error leads to the journal, as systemd says: `JOURNAL_STREAM` is its device and inode (systemd.exec(5)).
fn journal_listens() -> bool {
    let Some(stream) = std::env::var("JOURNAL_STREAM").ok() else { return false };
    let own = rustix::fs::fstat(io::stderr()).map(|stat| format!("{}:{}", stat.st_dev, stat.st_ino));
    !io::stderr().is_terminal() && own.is_ok_and(|own| own == stream)
}

/// Standard error with the priority before each message (sd-daemon(3)).
struct Prefixed;

impl<'a> MakeWriter<'a> for Prefixed {
    type Writer = io::Stderr;

    fn make_writer(&'a self) -> io::Stderr {
        io::stderr()
    }

    fn make_writer_for(&'a self, of: &Metadata<'_>) -> io::Stderr {
        let priority = match *of.level() {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            _ => 7,
        };
        let _ = write!(io::stderr(), "<{priority}>");
        io::stderr()
    }
}
