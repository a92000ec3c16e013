//! The Unix socket: who may ask, and one line each way. There is no other way in; nothing listens on a port.

use super::event::{Event, Events};
use super::wire::{Answer, Head, PROTOCOL, Question};
use crate::diagnostic::{Exit, Failure};
use crate::disk;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, oneshot};

/// In the state folder: where the socket of the daemon is that works on it. Whoever asks need not know the daemon's variables.
pub(super) const POINTER: &str = "vantage.socket";
const NAME: &str = "vantage.sock";
/// Longest question.
const LONGEST: u64 = 64 * 1024;
/// How long a question may take to come.
const PATIENCE: Duration = Duration::from_secs(10);
/// Questions at once.
const AT_ONCE: usize = 16;

/// Where the socket is, as far as the variables say: systemd's folder, the user's own, or the state folder.
pub fn usual(state: &Path) -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let own = || variable("XDG_RUNTIME_DIR").map(|folder| folder.join("vantage"));
    variable("RUNTIME_DIRECTORY").or_else(own).unwrap_or_else(|| state.into()).join(NAME)
}

/// An open socket. Its file and the note about it go when it is dropped.
pub(super) struct Door {
    path: PathBuf,
    pointer: PathBuf,
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
        let _ = std::fs::remove_file(&self.pointer);
    }
}

/// Listens. The caller holds the lock of `state`: what lies at the path is left over, unless a daemon of another state folder
/// answers there, which keeps it; ours is then in the state folder.
///
/// # Errors
/// [`Exit::Io`].
pub(super) fn open(state: &Path) -> Result<(UnixListener, Door), Failure> {
    let mut path = usual(state);
    if path.parent() != Some(state) && std::os::unix::net::UnixStream::connect(&path).is_ok() {
        path = state.join(NAME);
    }
    disk::private_folder(path.parent().unwrap_or(state))?;
    let bound = || {
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(listener)
    };
    let listener = bound()
        .map_err(|e| Failure::new(Exit::Io, format!("the socket `{}` could not be opened", path.display())).cause(e))?;
    let pointer = state.join(POINTER);
    disk::write(&pointer, path.as_os_str().as_encoded_bytes())?;
    Ok((listener, Door { path, pointer }))
}

/// Takes questions for ever.
pub(super) async fn serve(listener: UnixListener, state: PathBuf, events: Events) {
    let (slots, state) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::new(state));
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: that passes.
            tokio::time::sleep(Duration::from_secs(1)).await;
            continue;
        };
        let (events, state) = (events.clone(), state.clone());
        tokio::spawn(async move {
            // One who goes away is nobody's trouble.
            let _ = talk(stream, &state, &events).await;
            drop(slot);
        });
    }
}

async fn talk(mut stream: UnixStream, state: &Path, events: &Events) -> std::io::Result<()> {
    let who = stream.peer_cred()?.uid();
    let (reader, mut writer) = stream.split();
    let answer = if who == 0 || who == rustix::process::geteuid().as_raw() {
        let mut line = String::new();
        let mut reader = BufReader::new(reader.take(LONGEST));
        tokio::time::timeout(PATIENCE, reader.read_line(&mut line)).await??;
        answer(&line, state, events).await
    } else {
        Answer::from(Failure::new(Exit::Failed, "the daemon serves its own user and root only"))
    };
    writer.write_all(format!("{}\n", serde_json::to_string(&answer)?).as_bytes()).await
}

async fn answer(line: &str, state: &Path, events: &Events) -> Answer {
    let head: Head = match serde_json::from_str(line) {
        Ok(head) => head,
        Err(e) => return other_version().cause(e).into(),
    };
    // Somebody else's daemon is none, whatever its version.
    if head.state.is_some_and(|meant| meant != state) {
        return Answer::Elsewhere;
    }
    if head.protocol != PROTOCOL {
        return other_version().into();
    }
    let question: Question = match serde_json::from_str(line) {
        Ok(question) => question,
        Err(e) => return other_version().cause(e).into(),
    };
    let (reply, answer) = oneshot::channel();
    let _ = events.send(Event::Ask(question.request, reply));
    let stopped = || Answer::from(Failure::new(Exit::Later, "the daemon is stopping"));
    answer.await.unwrap_or_else(|_| stopped())
}

fn other_version() -> Failure {
    let message = format!("the question could not be understood: the daemon is Vantage {}", env!("CARGO_PKG_VERSION"));
    Failure::new(Exit::Usage, message).help("restart it, so that it is the version of this command")
}
