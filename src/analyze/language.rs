//! Which language titles are written in, where a pack of rules knows it.

use crate::classify::{By, RuleSet, Title, defaults, parse};
use std::collections::BTreeMap;

/// Fewer titles than this tell nothing.
const ENOUGH: usize = 10;
/// Of so many hundred titles at least so many are in the language.
const SHARE: usize = 30;
/// So many times as many as in the next.
const CLEAR: usize = 2;

/// A language that has a pack.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// What `extends` calls its pack.
    pub pack: &'static str,
    /// In English.
    pub name: &'static str,
    /// Its function words and the commonest words of its meetings that no other of these languages, nor English, has.
    words: &'static [&'static str],
}

/// The languages that are known by their words.
pub const LANGUAGES: &[Language] = &[
    Language {
        pack: "de",
        name: "German",
        words: &[
            "und",
            "mit",
            "der",
            "das",
            "für",
            "zum",
            "zur",
            "von",
            "vom",
            "über",
            "bei",
            "nach",
            "oder",
            "wir",
            "ist",
            "vor",
            "wie",
            "abstimmung",
            "besprechung",
            "termin",
            "sitzung",
            "runde",
            "gespräch",
            "rücksprache",
            "vorbereitung",
            "austausch",
            "treffen",
            "woche",
            "wöchentlich",
            "klärung",
            "planung",
            "bereich",
            "kunde",
            "projekt",
            "urlaub",
        ],
    },
    Language {
        pack: "fr",
        name: "French",
        words: &[
            "et",
            "avec",
            "les",
            "du",
            "le",
            "pour",
            "sur",
            "une",
            "aux",
            "au",
            "réunion",
            "comité",
            "équipe",
            "suivi",
            "entretien",
            "atelier",
            "préparation",
            "hebdo",
            "bilan",
            "entre",
            "projet",
            "chez",
            "déjeuner",
            "rendez",
            "revue",
            "semaine",
            "copil",
            "codir",
            "congés",
            "à",
        ],
    },
    Language {
        pack: "es",
        name: "Spanish",
        words: &[
            "y",
            "los",
            "las",
            "del",
            "el",
            "reunión",
            "seguimiento",
            "equipo",
            "revisión",
            "sesión",
            "llamada",
            "planificación",
            "entrevista",
            "preparación",
            "semana",
            "proyecto",
            "taller",
            "comida",
            "vacaciones",
            "una",
            "sobre",
            "clientes",
            "diaria",
            "presupuesto",
        ],
    },
    Language {
        pack: "pt",
        name: "Portuguese",
        words: &[
            "dos",
            "da",
            "ao",
            "na",
            "em",
            "reunião",
            "acompanhamento",
            "revisão",
            "sessão",
            "alinhamento",
            "equipa",
            "equipe",
            "planejamento",
            "planeamento",
            "preparação",
            "projeto",
            "almoço",
            "férias",
            "uma",
            "diretoria",
            "orçamento",
            "conversa",
            "apresentação",
            "nova",
            "diária",
        ],
    },
];

/// The language of these titles, each of which counts once, if a clear share of at least ten is in one that has a pack.
/// A title speaks for a language by its words, or where the language's pack decides it and neither the default rules nor
/// another pack does.
pub fn language<'t>(titles: impl Iterator<Item = &'t str>) -> Option<&'static Language> {
    let mut distinct: BTreeMap<Vec<String>, &str> = BTreeMap::new();
    for title in titles {
        let words: Vec<String> = Title::of(title).words.runs().map(str::to_owned).collect();
        distinct.entry(words).or_insert(title);
    }
    distinct.remove(&Vec::new());
    if distinct.len() < ENOUGH {
        return None;
    }
    let packs: Vec<(&Language, RuleSet)> = LANGUAGES.iter().filter_map(|l| Some((l, pack(l)?))).collect();
    let defaults = defaults();
    let mut votes = vec![0; packs.len()];
    for (words, title) in &distinct {
        let open = defaults.decide_title(title).by == By::Nothing;
        let decides = |set: &RuleSet| open && set.decide_title(title).by != By::Nothing;
        let deciders: Vec<bool> = packs.iter().map(|(_, set)| decides(set)).collect();
        let only = deciders.iter().filter(|decides| **decides).count() == 1;
        for (at, (language, _)) in packs.iter().enumerate() {
            let speaks = words.iter().any(|word| language.words.contains(&word.as_str()));
            votes[at] += usize::from(speaks || only && deciders[at]);
        }
    }
    let (at, most) = votes.iter().copied().enumerate().max_by_key(|(_, votes)| *votes)?;
    let next = votes.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, votes)| *votes).max()?;
    (most * 100 >= distinct.len() * SHARE && most >= next * CLEAR).then_some(packs[at].0)
}

fn pack(language: &Language) -> Option<RuleSet> {
    parse("rules.toml", &format!("extends = \"{}\"\n", language.pack), &[]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::BUILTIN;

    const ENGLISH: [&str; 18] = [
        "Board prep",
        "Sprint planning",
        "Ops review",
        "Pricing deep dive",
        "Hiring sync",
        "1:1 Mei",
        "Bug triage",
        "Release go no go",
        "Roadmap review",
        "Vendor call",
        "Team lunch",
        "Design crit",
        "Falcon huddle",
        "Budget",
        "All hands",
        "Data audit",
        "Launch demo",
        "Customer visit",
    ];
    const GERMAN: [&str; 8] = [
        "Abstimmung mit Vertrieb",
        "Jour fixe Einkauf",
        "Planung und Budget",
        "Termin beim Vorstand",
        "Kundentermin Meyer",
        "Rücksprache Lager",
        "Klärung der Schnittstelle",
        "Besprechung Werk",
    ];

    fn of(titles: &[&[&'static str]]) -> Option<&'static str> {
        language(titles.concat().into_iter()).map(|language| language.pack)
    }

    #[test]
    fn a_clear_share_of_enough_titles_tells_the_language() {
        assert_eq!(of(&[&ENGLISH[..12], &GERMAN]), Some("de"));
        // A small calendar, too.
        assert_eq!(of(&[&ENGLISH[..2], &GERMAN]), Some("de"));
        // The same titles over and over are few.
        assert_eq!(of(&[&GERMAN, &GERMAN, &GERMAN]), None);
        assert_eq!(of(&[&ENGLISH, &GERMAN[..4]]), None);
        assert_eq!(of(&[&ENGLISH, &["Beers", "Kite"]]), None);
    }

    #[test]
    fn close_languages_are_told_apart() {
        let spanish = ["Reunión de equipo", "Seguimiento del proyecto", "Llamada con clientes", "Revisión de precios"];
        let portuguese =
            ["Reunião de equipe", "Alinhamento da diretoria", "Conversa com clientes", "Revisão de preços"];
        assert_eq!(of(&[&ENGLISH[..16], &spanish, &spanish[..1]]), None);
        let more = ["Preparación", "Semana de planificación", "Entrevista", "Taller y comida", "Sobre los datos"];
        assert_eq!(of(&[&ENGLISH[..12], &spanish, &more]), Some("es"));
        assert_eq!(of(&[&ENGLISH[..12], &portuguese, &["Preparação", "Férias", "Almoço", "Uma ideia"]]), Some("pt"));
    }

    #[test]
    fn each_pack_has_its_words_and_shares_none() {
        let packs: Vec<&str> = BUILTIN.iter().map(|(name, _)| *name).filter(|name| *name != "default").collect();
        assert_eq!(LANGUAGES.iter().map(|language| language.pack).collect::<Vec<_>>(), packs);
        let mut all: Vec<&str> = LANGUAGES.iter().flat_map(|language| language.words).copied().collect();
        all.sort_unstable();
        assert!(all.windows(2).all(|two| two[0] != two[1]), "{all:?}");
    }
}
