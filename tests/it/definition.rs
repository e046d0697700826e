//! The school's own folder loads, and says what `domain.md` says of it.

use std::path::Path;

use menkan::clock::Term;
use menkan::definition::{self, Audience, Definition, Due, Which};

fn ncut() -> Definition {
    definition::load(Path::new(env!("CARGO_MANIFEST_DIR")), "ncut").unwrap_or_else(|problems| panic!("{problems:#?}"))
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
