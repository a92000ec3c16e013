//! What systemd is told (sd_notify(3)). Without systemd nothing is said, and nothing fails.

use sd_notify::NotifyState;
use std::time::Duration;

fn tell(states: &[NotifyState]) {
    // systemd that is not there, or does not listen, is told again with the next tick.
    let _ = sd_notify::notify(states);
}

/// How often the watchdog wants to hear from us, if it does: a third of its limit.
pub(super) fn rhythm() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 3)
}

pub(super) fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

pub(super) fn status(status: &str) {
    tell(&[NotifyState::Status(status)]);
}

/// `MONOTONIC_USEC` belongs into the same datagram: systemd 253 and later end a service that leaves it out.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

pub(super) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("Stopping")]);
}

pub(super) fn alive() {
    tell(&[NotifyState::Watchdog]);
}
