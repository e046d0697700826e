//! What each letter could be given, so that templates are tried before one is sent.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    About, Asked, CaseLetter, Cell, ClassShare, DateLetter, DepartmentLetter, ListLetter, OfficeLetter, OfficeRow,
    PasswordLetter, PayeeLetter, RosterLetter, RosterRow, Share, Standing, StudentLetter, UndeliveredLetter,
    UndeliveredRow,
};
use crate::definition::Audience;

/// The samples of letters to an audience.
pub fn of(audience: Audience) -> Vec<Value> {
    match audience {
        Audience::Students(_) | Audience::MissingOne(_) => students(false).into_iter().chain(students(true)).collect(),
        Audience::Tutors => rosters(),
        Audience::DepartmentHeads => departments(),
        Audience::Office(_) => offices(),
    }
}

/// Each letter's template files and the samples they are checked with.
pub fn samples() -> Vec<(&'static str, Vec<Value>)> {
    let mut all = Vec::new();
    for (parts, letters) in [
        (["mail/passed/subject.jinja", "mail/passed/text.jinja", "mail/passed/html.jinja"], students(true)),
        (
            ["mail/unfinished/subject.jinja", "mail/unfinished/text.jinja", "mail/unfinished/html.jinja"],
            students(false),
        ),
        (
            ["mail/missing-one/subject.jinja", "mail/missing-one/text.jinja", "mail/missing-one/html.jinja"],
            students(false),
        ),
        (["mail/roster/subject.jinja", "mail/roster/text.jinja", "mail/roster/html.jinja"], rosters()),
        (["mail/department/subject.jinja", "mail/department/text.jinja", "mail/department/html.jinja"], departments()),
        (["mail/office-list/subject.jinja", "mail/office-list/text.jinja", "mail/office-list/html.jinja"], offices()),
        (
            ["mail/undelivered/subject.jinja", "mail/undelivered/text.jinja", "mail/undelivered/html.jinja"],
            undelivered(),
        ),
        (["mail/password/subject.jinja", "mail/password/text.jinja", "mail/password/html.jinja"], passwords()),
        (["mail/case-state/subject.jinja", "mail/case-state/text.jinja", "mail/case-state/html.jinja"], cases()),
        (
            ["mail/case-reminder/subject.jinja", "mail/case-reminder/text.jinja", "mail/case-reminder/html.jinja"],
            cases(),
        ),
        (
            ["mail/date-reminder/subject.jinja", "mail/date-reminder/text.jinja", "mail/date-reminder/html.jinja"],
            dates(),
        ),
        (
            ["mail/payee-changed/subject.jinja", "mail/payee-changed/text.jinja", "mail/payee-changed/html.jinja"],
            payees(),
        ),
        (["mail/list-decided/subject.jinja", "mail/list-decided/text.jinja", "mail/list-decided/html.jinja"], lists()),
    ] {
        let letters: Vec<Value> = letters.into_iter().map(|letter| json!({ "letter": letter })).collect();
        all.extend(parts.map(|part| (part, letters.clone())));
    }
    all
}

fn about(name: &str, before: &str) -> About {
    About {
        school: "Example University".to_owned(),
        system: "Graduation thresholds".to_owned(),
        name: name.to_owned(),
        term: "114-1".to_owned(),
        as_of: "2025-10-31".to_owned(),
        before: before.to_owned(),
        link: "https://thresholds.example.edu.tw/".to_owned(),
    }
}

fn value(letter: impl Serialize) -> Value {
    serde_json::to_value(letter).unwrap_or_default()
}

fn students(passed: bool) -> Vec<Value> {
    let standing = |passed: bool, link: &str| Standing {
        title: "Example requirement".to_owned(),
        earned: if passed { "4" } else { "1.5" }.to_owned(),
        needed: "3".to_owned(),
        missing: if passed { "0" } else { "1.5" }.to_owned(),
        unit: "hours".to_owned(),
        passed,
        waived: String::new(),
        how: "Attend a talk.".to_owned(),
        link: link.to_owned(),
        office: "An office".to_owned(),
        contact: "office@example.edu.tw".to_owned(),
    };
    let waived = Standing { waived: "Waived until 2026-06-30".to_owned(), ..standing(true, "") };
    let letter = |name: &str, before: &str, link: &str| {
        value(StudentLetter {
            about: about(name, before),
            student: "0B190001".to_owned(),
            passed,
            requirements: vec![standing(true, ""), waived.clone(), standing(passed, link)],
            missing: if passed { Vec::new() } else { vec![standing(false, link)] },
        })
    };
    vec![letter("A Student", "2026-06-01", "https://courses.example.edu.tw/"), letter("", "", "")]
}

fn rosters() -> Vec<Value> {
    let row = |bound: bool, passed: bool| RosterRow {
        student: "0B190001".to_owned(),
        name: "A Student".to_owned(),
        bound,
        passed,
        cells: vec![Cell { text: "3 / 3".to_owned(), passed }],
        missing: if passed { String::new() } else { "Example 1.5".to_owned() },
    };
    let letter = |name: &str, before: &str, rows: Vec<RosterRow>| {
        value(RosterLetter {
            about: about(name, before),
            department: "A department".to_owned(),
            class: "Class A".to_owned(),
            bound: rows.len(),
            passed: 1,
            not_passed: rows.len().saturating_sub(1),
            print_link: "https://thresholds.example.edu.tw/classes/a/roster".to_owned(),
            heads: vec!["Example".to_owned()],
            attached: !rows.is_empty(),
            rows,
        })
    };
    vec![
        letter("A Tutor", "2026-06-01", vec![row(true, true), row(true, false), row(false, true)]),
        letter("", "", Vec::new()),
    ]
}

fn departments() -> Vec<Value> {
    vec![value(DepartmentLetter {
        about: about("A Head", "2026-06-01"),
        department: "A department".to_owned(),
        students: 155,
        passed: 45,
        not_passed: 110,
        requirements: vec![Share { title: "Example".to_owned(), passed: 135, of: 155, rate: "87.1".to_owned() }],
        classes: vec![ClassShare {
            class: "Class A".to_owned(),
            tutors: "A Tutor".to_owned(),
            students: 50,
            passed: 10,
            not_passed: 40,
            print_link: "https://thresholds.example.edu.tw/classes/a/roster".to_owned(),
        }],
    })]
}

fn offices() -> Vec<Value> {
    vec![value(OfficeLetter {
        about: about("A Clerk", ""),
        office: "An office".to_owned(),
        requirement: "Example requirement".to_owned(),
        unit: "hours".to_owned(),
        students: 2,
        rows: vec![OfficeRow {
            student: "0B190001".to_owned(),
            name: "A Student".to_owned(),
            department: "A department".to_owned(),
            class: "Class A".to_owned(),
            earned: "1".to_owned(),
            needed: "3".to_owned(),
        }],
    })]
}

fn undelivered() -> Vec<Value> {
    let letter = |name: &str, letters: usize| {
        value(UndeliveredLetter {
            about: about("A Clerk", ""),
            notice: "Week 8".to_owned(),
            occasion: "114-1".to_owned(),
            letters,
            rows: vec![UndeliveredRow {
                person: "0B190001".to_owned(),
                name: name.to_owned(),
                address: "0b190001@example.edu.tw".to_owned(),
                letter: "unfinished".to_owned(),
                why: "permanent error (550): no such mailbox".to_owned(),
            }],
        })
    };
    vec![letter("A Student", 1), letter("", 2)]
}

fn passwords() -> Vec<Value> {
    let letter = |name: &str| {
        let about = About { as_of: String::new(), ..about(name, "") };
        value(PasswordLetter { about, account: "0B190001".to_owned(), minutes: 30 })
    };
    vec![letter("A Student"), letter("")]
}

fn cases() -> Vec<Value> {
    let letter = |note: &str, named: &[&str]| {
        value(CaseLetter {
            about: About { as_of: String::new(), ..about("A Student", "/cases/0123") },
            number: "K7Q2-9XTM".to_owned(),
            title: "Application".to_owned(),
            state: "Returned".to_owned(),
            note: note.to_owned(),
            until: if note.is_empty() { String::new() } else { "2026-11-28".to_owned() },
            named: named.iter().map(|label| (*label).to_owned()).collect(),
            asked: named.iter().map(|label| Asked { label: (*label).to_owned(), value: "1".to_owned() }).collect(),
        })
    };
    vec![letter("The date does not agree.", &["Date", "Proof"]), letter("", &[])]
}

fn dates() -> Vec<Value> {
    let letter = |waiting: usize| {
        value(DateLetter {
            about: About { as_of: String::new(), ..about("A Clerk", "") },
            round: "Round 112-1".to_owned(),
            title: "Review until".to_owned(),
            on: "2026-04-10".to_owned(),
            waiting,
        })
    };
    vec![letter(3), letter(0)]
}

fn payees() -> Vec<Value> {
    let letter = |name: &str, changed: &[&str]| {
        value(PayeeLetter {
            about: About { as_of: String::new(), ..about(name, "") },
            at: "2026-11-21 09:00".to_owned(),
            changed: changed.iter().map(|label| (*label).to_owned()).collect(),
        })
    };
    vec![letter("A Student", &["Bank", "Account number"]), letter("", &["Bank"])]
}

fn lists() -> Vec<Value> {
    let letter = |name: &str, term: &str, note: &str| {
        value(ListLetter {
            about: About { as_of: String::new(), ..about(name, "") },
            title: "A list".to_owned(),
            department: "A department".to_owned(),
            term: term.to_owned(),
            returned: !note.is_empty(),
            note: note.to_owned(),
        })
    };
    vec![letter("A Clerk", "115-1", "The minutes are missing."), letter("", "", "")]
}
