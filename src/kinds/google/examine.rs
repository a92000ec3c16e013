//! What `doctor` asks of an account.

use crate::kinds::{Findings, Grade, Source, Visit, skewed};
use crate::model::count;
use crate::source::google::{GoogleSource, Grant, SCOPES, of_account};
use crate::source::{Trouble, runtime};

pub(super) fn examine(source: &GoogleSource, visit: &Visit<'_>, found: &mut Findings) {
    let what = format!("account {}", source.name);
    let Some(standing) = source.standing(visit.folder, visit.now) else { return };
    if !standing.good {
        return found.add(Grade::Fail, &what, standing.sentence, standing.next);
    }
    let grade = if standing.next.is_some() { Grade::Warn } else { Grade::Ok };
    found.add(grade, &what, standing.sentence, standing.next);
    if permitted(source, visit, &what, found) && !visit.offline {
        asked(source, visit, &what, found);
    }
}

/// Whoever signed in gave every permission.
fn permitted(source: &GoogleSource, visit: &Visit<'_>, what: &str, found: &mut Findings) -> bool {
    let Ok(grant) = Grant::load(&Grant::path(visit.folder, &source.name)) else { return true };
    let what = format!("{what}, permissions");
    let lacking = SCOPES.iter().filter(|s| !grant.scopes.iter().any(|g| g == *s)).count();
    if lacking == 0 {
        found.ok(&what, "both were given");
        return true;
    }
    let fix = format!("`vantage login google --account {}`, and tick both boxes", source.name);
    found.add(Grade::Fail, &what, format!("{lacking} of 2 are missing"), Some(fix));
    false
}

/// Google answers.
fn asked(source: &GoogleSource, visit: &Visit<'_>, what: &str, found: &mut Findings) {
    let asked = runtime().map_err(Trouble::from).and_then(|runtime| {
        let google = runtime.block_on(source.connect(visit.folder, visit.now))?;
        let answer = runtime.block_on(google.calendars_page(None));
        // Measured even where the answer was no: a wrong clock explains many refusals.
        if let Some(skew) = google.skew(visit.now) {
            let what = format!("{what}, clock");
            match skewed(skew) {
                None => found.ok(&what, "agrees with the server's"),
                Some((says, fix)) => found.add(Grade::Warn, &what, format!("it is {says}"), Some(fix.into())),
            }
        }
        answer.map(|page| page.items.len())
    });
    let what = format!("{what}, Google");
    match asked {
        Ok(calendars) => found.ok(&what, format!("it answers, with {}", count(calendars, "calendar"))),
        Err(trouble) => found.trouble(&what, &of_account(trouble, &source.name)),
    }
}
