//! Signals, and tasks that never end.

use super::event::{Event, Events, Signal};
use crate::diagnostic::{Exit, Failure};
use tokio::signal::unix::{SignalKind, signal};

/// Signals as events.
///
/// # Errors
/// [`Exit::Io`].
pub(super) fn signals(events: &Events) -> Result<(), Failure> {
    let listen = |kind: SignalKind| {
        signal(kind).map_err(|e| Failure::new(Exit::Io, "signals could not be listened for").cause(e))
    };
    let (mut term, mut int) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    let mut hup = listen(SignalKind::hangup())?;
    let out = events.clone();
    let task = async move {
        loop {
            let (came, signal) = tokio::select! {
                came = term.recv() => (came, Signal::Stop),
                came = int.recv() => (came, Signal::Stop),
                came = hup.recv() => (came, Signal::Reload),
            };
            if came.is_none() || out.send(Event::Signal(signal)).is_err() {
                return;
            }
        }
    };
    never_ends("signals", task, events);
    Ok(())
}

/// Runs a task whose end, or panic, is the end of the daemon.
pub(super) fn never_ends(name: &'static str, task: impl Future<Output = ()> + Send + 'static, events: &Events) {
    let (task, events) = (tokio::spawn(task), events.clone());
    tokio::spawn(async move {
        let _ = task.await;
        let _ = events.send(Event::Lost(name));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;

    #[test]
    fn a_task_that_ends_or_panics_is_noticed() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (events, mut inbox) = mpsc::unbounded_channel();
            never_ends("one", async {}, &events);
            assert!(matches!(inbox.recv().await, Some(Event::Lost("one"))));
            never_ends("two", async { panic!("a title") }, &events);
            assert!(matches!(inbox.recv().await, Some(Event::Lost("two"))));
        });
    }
}
