//! The latest week on its way out, to whom the configuration says.

use super::render::Latest;
use crate::chart::{self, Painter, Privacy, Style};
use crate::config::Config;
use crate::deliver::{self, Handover, Paths};
use crate::diagnostic::Failure;
use crate::disk;

/// Runs the notify command and sends the mail, each where there is one, and returns what went wrong. It waits for both, up
/// to their limits: nothing else should have to wait meanwhile.
pub fn hand_over(latest: &Latest, config: &Config, paths: &Paths<'_>) -> Vec<Failure> {
    let it = |privacy| handover(latest, privacy);
    let told = config.notify.as_ref().map(|to| it(to.privacy).and_then(|it| deliver::notify(to, &it, paths)));
    let sent = config.mail.as_ref().map(|to| it(to.privacy).and_then(|it| deliver::mail(to, &it, paths)));
    [told, sent].into_iter().flatten().filter_map(Result::err).collect()
}

/// Draws `latest` anew at the privacy of a hand-over. Its picture lies in a file that stays, because what a command
/// started may look at it later.
///
/// # Errors
/// The disk's.
pub fn handover(latest: &Latest, privacy: Privacy) -> Result<Handover, Failure> {
    let style = Style { privacy, ..latest.style.clone() };
    let picture = chart::weekly(&latest.report, &style, &mut Painter::default());
    let path = match privacy == latest.style.privacy {
        true => latest.picture.clone(),
        false => latest.picture.with_file_name(format!("handover-{}.png", Privacy::NAMES[privacy as usize])),
    };
    disk::write(&path, &picture)?;
    Ok(Handover {
        week: latest.week,
        headline: chart::headline(&latest.report).to_string(),
        alt: chart::described(&latest.report, &style),
        picture,
        path,
    })
}
