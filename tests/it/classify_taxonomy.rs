//! The default rules, archetype by archetype: how people spell a meeting, what it counts as, and what flips it.

use std::sync::LazyLock;
use vantage::classify::{Nature, Outcome, RuleSet, defaults};
use vantage::model::Class::{Execution, Strategy};

const S: Outcome = Outcome::Class(Strategy);
const E: Outcome = Outcome::Class(Execution);
const OPEN: Outcome = Outcome::None;
const PRIVATE: Outcome = Outcome::Ignore;

static RULES: LazyLock<RuleSet> = LazyLock::new(defaults);

fn check(expected: Outcome, titles: &[&str]) {
    let decided = |title: &&str| (title.to_string(), RULES.decide_title(title));
    let wrong = titles.iter().map(decided).filter(|(_, decision)| decision.outcome != expected);
    let wrong: Vec<String> = wrong.map(|(title, decision)| format!("{title:?} was {decision:?}")).collect();
    assert!(wrong.is_empty(), "expected {expected:?}:\n{}", wrong.join("\n"));
}

#[test]
fn delivery_ceremonies_are_execution() {
    check(
        E,
        &["standup", "Stand-up", "stand up web", "Daily", "daily scrum", "Scrum", "Huddle", "DSU", "morning sync"],
    );
    check(
        E,
        &["Sprint planning", "iteration planning", "Planning poker", "estimation", "sprint kickoff", "PI planning"],
    );
    check(
        E,
        &["increment planning", "Backlog", "grooming", "refinement", "story mapping", "user stories", "Ticket triage"],
    );
    check(
        E,
        &[
            "bug triage",
            "Triage",
            "sprint review",
            "Sprint demo",
            "Show & Tell",
            "show and tell",
            "showcase",
            "demo day",
        ],
    );
    check(E, &["retro", "Retrospective", "sprint retro", "Lessons learned", "look back", "hackathon"]);
    check(S, &["opportunity backlog", "discovery backlog", "Leadership retro", "annual retrospective"]);
}

#[test]
fn releases_status_and_incidents_are_execution() {
    check(
        E,
        &["Release", "go/no-go", "Go no go 9.0", "cutover", "launch review", "Launch readiness", "UAT", "code freeze"],
    );
    check(E, &["rollout", "status", "Weekly", "sync", "check-in", "check in", "checkin", "Catch-up", "project update"]);
    check(E, &["steerco update", "WBR", "jour fixe", "Incident", "SEV1", "sev-1 payments", "P0", "outage", "war room"]);
    check(E, &["bridge", "hotfix", "Escalation", "postmortem", "post-mortem search", "RCA"]);
    check(S, &["launch strategy", "GTM", "systemic causes of outages", "quarterly incident trends"]);
}

#[test]
fn specifications_design_and_technology_flip_with_their_subject() {
    check(E, &["design review", "Design crit", "critique", "UX review", "mockups", "Wireframes", "tech review", "ARB"]);
    check(
        E,
        &["architecture review", "RFC", "spike", "API review", "PRD", "spec review", "requirements", "feature review"],
    );
    check(E, &["acceptance criteria", "usability test of ticket 12"]);
    check(S, &["design vision", "Design principles", "design north star", "platform strategy", "build vs buy: search"]);
    check(S, &["tech strategy", "one-pager: wallets", "PR/FAQ Orion", "pitch", "bets"]);
}

#[test]
fn growing_people_is_strategy() {
    check(
        S,
        &["1:1", "1-1 Ana", "1on1", "1-on-1", "one on one", "One-on-One Bo", "1/1", "O3", "Ana / Bo", "Ana <> Bo"],
    );
    check(S, &["Ana x Bo", "skip level", "Skip-level", "skip 1:1", "mentoring", "Coaching", "career chat", "growth"]);
    check(
        S,
        &[
            "development plan",
            "interview",
            "Phone screen",
            "onsite loop",
            "hiring committee",
            "candidate",
            "recruiter sync",
        ],
    );
    check(
        S,
        &["calibration", "talent review", "performance review", "promo", "comp review", "Succession", "org design"],
    );
    check(S, &["headcount", "user interview", "customer interview", "exit interview"]);
    check(
        E,
        &["1:1 delivery Nimbus", "Interview junior developer", "phone screen QA engineer", "fill in review forms"],
    );
}

#[test]
fn direction_is_strategy_and_its_upkeep_is_not() {
    check(S, &["strategy", "product strategy", "Vision", "north star", "strategic planning", "LRP", "long range plan"]);
    check(S, &["annual planning", "quarterly product strategy meeting", "bets", "portfolio", "market", "competitive"]);
    check(
        S,
        &["competitor", "positioning", "pricing", "Packaging", "segmentation", "GTM", "go-to-market", "business case"],
    );
    check(S, &["M&A", "partnership strategy", "roadmap", "Roadmap review", "roadmap planning", "now next later"]);
    check(
        S,
        &[
            "prioritisation",
            "prioritization",
            "QBR",
            "quarterly business review",
            "MBR",
            "KPI review",
            "metrics review",
        ],
    );
    check(
        S,
        &[
            "OKR",
            "goals",
            "objectives",
            "KPI setting",
            "Budget",
            "forecast",
            "headcount plan",
            "investment",
            "capacity",
        ],
    );
    check(
        E,
        &[
            "GTM standup",
            "GTM checklist",
            "roadmap dates",
            "roadmap grooming",
            "OKR check-in",
            "OKR update",
            "OKR scoring",
        ],
    );
    check(E, &["MBR deck", "customer QBR", "capacity for this sprint", "timesheets"]);
}

#[test]
fn leadership_and_boards_are_strategy() {
    check(S, &["ELT", "SLT", "LT", "staff meeting", "exec staff", "leadership team", "leads", "product leadership"]);
    check(S, &["board meeting", "Board prep", "pre-read", "BoD", "investor", "board deck", "audit committee"]);
    check(
        S,
        &["offsite", "off-site", "Off site", "away day", "retreat", "strategy day", "alignment", "steering committee"],
    );
    check(S, &["steerco", "cross-functional", "exec review", "product council", "decision meeting"]);
    check(
        E,
        &[
            "board deck formatting",
            "Board slides dry-run",
            "alignment: blockers",
            "handover alignment",
            "dependency alignment",
        ],
    );
    check(
        OPEN,
        &["all hands", "All-hands", "allhands", "town hall", "Townhall", "AMA", "offsite dinner", "Off-site logistics"],
    );
}

#[test]
fn customers_vendors_and_research() {
    check(S, &["usability study readout: research readout", "discovery", "Customer visit", "advisory board", "CAB"]);
    check(S, &["discovery call with client", "exec sponsor dialogue"]);
    check(E, &["customer call", "client", "account review", "Demo", "onboarding", "renewal", "EBR", "implementation"]);
    check(E, &["support call", "vendor", "procurement", "contract", "SOW", "legal review", "security questionnaire"]);
}

#[test]
fn thinking_admin_and_private_time() {
    check(S, &["think", "Thinking time", "writing", "strategy block"]);
    check(
        E,
        &["Focus: mail", "focus: expenses", "Focus - prep sprint", "deep work: catch up", "expenses", "approvals"],
    );
    check(
        OPEN,
        &["focus", "Focus time", "deep work", "DNS", "do not schedule", "No meeting", "travel", "commute", "hold"],
    );
    check(OPEN, &["block", "WFH", "training", "workshop", "conference", "webinar", "course"]);
    check(PRIVATE, &["1:1 dentist", "lunch", "Gym", "school", "OOO", "vacation", "PTO"]);
    assert!(
        ["Focus time", "deep work", "Think", "focus: expenses"]
            .iter()
            .all(|title| RULES.decide_title(title).kind == Nature::Focus)
    );
    assert!(RULES.decide_title("Focus group pricing").kind != Nature::Focus);
}

#[test]
fn words_inside_other_words_do_not_count() {
    check(
        OPEN,
        &["asynchrony", "onboardings", "supervision", "television", "retrofitting", "democracy", "demographics"],
    );
    check(OPEN, &["provision", "hands-on", "11:10 call", "standards", "Daily Mail interview", "Board game night", ""]);
    check(OPEN, &["会議", "собрание", "اجتماع", "🎈"]);
    check(
        E,
        &["dashboard", "onboarding Kim", "Kanban board", "storyboard", "revision of spec", "async update", "launch"],
    );
    check(E, &["marketing standup", "standards review", "strategy for sprint 14", "OKR check-in", "customer QBR"]);
    check(E, &["sprint planning"]);
    check(S, &["release strategy", "annual planning", "user interview", "OKR", "QBR"]);
    check(PRIVATE, &["Lunch"]);
}

#[test]
fn decoration_does_not_change_the_answer() {
    check(
        S,
        &["[EXT] FW: Product Strategy", "🔭 product—strategy", "Updated: PRODUCT_STRATEGY", "Ｐｒｏｄｕｃｔ strategy"],
    );
    check(E, &["RE: AW: Sprint–Planning", "Canceled: sprint planning", "✅ sprint planning ✅"]);
}

#[test]
fn german_and_french_calendars_are_read() {
    check(S, &["Produktstrategie 2031", "Jahresplanung", "Geschäftsführung", "Vorstand", "Mitarbeitergespräch Jo"]);
    check(S, &["Feuille de route", "Comité de direction", "entretien annuel", "Preisgestaltung Basis"]);
    check(
        E,
        &["Abstimmung Technik", "Statusrunde", "Rückblick Team Rot", "Abnahme Modul 9", "point hebdo", "suivi projet"],
    );
    check(PRIVATE, &["Mittagspause", "Urlaub", "Zahnarzt", "congés"]);
}

#[test]
fn public_life_is_nobodys_class() {
    check(
        OPEN,
        &["REMARKS TO THE ASSEMBLY", "ARRIVE Embassy", "DEPART Hangar *en route Ministry", "GROUP PHOTO w/TEAM"],
    );
    check(OPEN, &["Launch of the Harbour Strategic Plan", "Official opening of the library", "BILATERAL w/MINISTER"]);
    check(S, &["To discuss water reform", "Meeting regarding gas policy", "Discussion re tourism strategy"]);
    check(E, &["Update on the ferry terminal", "To discuss the Oak Street crossing", "BRIEFING ON FERRIES"]);
}
