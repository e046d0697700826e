//! The school's own folder loads, and says what `domain.md` says of it.

use std::path::Path;

use menkan::cli::schema;
use menkan::clock::Term;
use menkan::definition::codes::CODES;
use menkan::definition::shape;
use menkan::definition::{self, Audience, Definition, Due, Which};

fn ncut() -> Definition {
    school("ncut")
}

fn school(id: &str) -> Definition {
    definition::load(Path::new(env!("CARGO_MANIFEST_DIR")), id).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn four_requirements_in_the_order_of_the_published_table() {
    let definition = ncut();
    let ids: Vec<&str> = definition.requirements.iter().map(|requirement| requirement.id.as_str()).collect();
    assert_eq!(ids, ["stress", "enrichment", "social", "certificate"]);
    let needed: Vec<String> = definition
        .requirements
        .iter()
        .map(|requirement| {
            let parameter = &definition.parameters[requirement.needs];
            parameter.value("2025-12-12".parse().unwrap(), 111, 0).unwrap().to_string()
        })
        .collect();
    assert_eq!(needed, ["3", "3", "24", "1"]);
}

#[test]
fn aesthetics_count_as_social_from_a_term_on_and_on_a_row_of_their_own() {
    let definition = ncut();
    let (_, social) = definition.requirement("social").unwrap();
    let count = &social.counts[1];
    assert_eq!(definition.categories[count.category].id, "aesthetic");
    assert_eq!(count.from, Some(Term { year: 113, number: 2 }));
    assert!(count.own_row && !social.counts[0].own_row);
}

#[test]
fn notices_are_due_on_the_days_the_school_published() {
    let definition = ncut();
    let calendar = &definition.school.calendar;
    let due = |id: &str| {
        let notice = definition.notices.iter().find(|notice| notice.id == id).unwrap();
        match notice.due {
            Due::Week { term, week, day, .. } => {
                calendar.day_in_week(Term { year: 114, number: term }, week, day).unwrap().to_string()
            }
            Due::Monthly { .. } | Due::ByHand => panic!("{id} is not due in a week"),
        }
    };
    assert_eq!(due("week-8"), "2025-10-31");
    assert_eq!(due("week-16"), "2025-12-26");
}

#[test]
fn who_has_passed_is_told_under_one_name_and_each_office_writes_to_its_own() {
    let definition = ncut();
    let letters = || definition.notices.iter().flat_map(|notice| &notice.letters);
    for letter in letters().filter(|letter| letter.to == Audience::Students(Which::Passed)) {
        assert_eq!(letter.once.as_deref(), Some("all-passed"));
    }
    let missing = letters().filter(|letter| matches!(letter.to, Audience::MissingOne(_))).count();
    assert_eq!(missing, definition.requirements.len());
}

/// Rounds that come back: each year's has its name and its days, with the evidence and the further
/// dates that belong to it, over the turn of a year too.
#[test]
fn a_round_of_each_year_has_its_days_in_every_year() {
    let definition = school("nkust");
    let rounds = &definition.windows[0].rounds;
    let round = rounds.iter().find(|round| round.id == "113-1").unwrap();
    let day = |text: &str| text.parse().unwrap();
    assert_eq!(round.title.zh, "113年度第1梯次");
    assert_eq!(round.title.en.as_deref(), Some("Round 1 of 113"));
    let calendar = &definition.school.calendar;
    assert_eq!(round.opens, calendar.instant(day("2024-03-15"), chrono::NaiveTime::MIN));
    assert_eq!(round.closes, calendar.end_of(day("2024-03-31")));
    assert_eq!(round.evidence, Some((day("2023-08-01"), day("2024-01-31"))));
    let dates: Vec<_> = round.dates.iter().map(|date| date.on.to_string()).collect();
    assert_eq!(dates, ["2024-04-10", "2024-04-15"]);
    assert_eq!((rounds[0].id.as_str(), rounds.last().unwrap().id.as_str()), ("110-1", "189-2"));

    // A year that is the academic year in which it opens.
    let awards = &school("nptu").windows[0].rounds[0];
    assert_eq!((awards.id.as_str(), awards.title.zh.as_str()), ("113-april", "112學年度證照獎勵"));
    assert_eq!(awards.evidence, None);
}

/// A page that is generated says what the binary says.
fn is_up_to_date(page: &str, made: &str, command: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == made, "{page} is out of date; run: cargo run -- {command} > {page}");
}

#[test]
fn the_page_of_the_language_is_up_to_date() {
    is_up_to_date("docs/language.md", &shape::markdown(), "schema --markdown");
}

#[test]
fn the_page_of_problems_is_up_to_date() {
    is_up_to_date("docs/problems.md", &schema::problems(), "schema --problems");
}

#[test]
fn every_code_in_the_source_is_documented_and_every_documented_code_is_used() {
    let mut used = std::collections::BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("codes.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                // Tables of codes stand one a line with a bracket before: they are no use of a code.
                for (at, _) in text.match_indices("\"MK") {
                    let code = text[at + 1..].split('"').next().unwrap();
                    let is_code = code.len() == 5 && code[2..].bytes().all(|b| b.is_ascii_digit());
                    if is_code && !text[..at].ends_with("\n    (") {
                        used.insert(code.to_owned());
                    }
                }
            }
        }
    }
    let page = schema::problems();
    let undocumented: Vec<&String> =
        used.iter().filter(|code| !page.contains(&format!("| <a id=\"{code}\"></a>"))).collect();
    assert!(undocumented.is_empty(), "{undocumented:?}");
    let unused: Vec<&str> = CODES.iter().map(|(code, ..)| *code).filter(|code| !used.contains(*code)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn the_schema_has_every_key_of_every_document() {
    let schema = shape::schema(menkan::lang::Lang::En);
    for document in shape::DOCUMENTS {
        let properties = &schema["definitions"][document.shape.name]["properties"];
        for key in document.shape.keys() {
            assert!(properties[key]["description"].is_string(), "{key} of {}", document.shape.name);
        }
    }
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
}
