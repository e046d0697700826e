//! What letters are given: the values their templates may use, each with samples. All texts are in
//! the reader's language already.

use serde::Serialize;
use serde_json::{Value, json};

use crate::definition::Audience;

/// What every letter knows.
#[derive(Clone, Debug, Serialize)]
pub struct About {
    pub school: String,
    /// The system's name.
    pub system: String,
    /// The reader's name; may be empty.
    pub name: String,
    /// `114-1`.
    pub term: String,
    /// The day of the figures; empty where it tells none.
    pub as_of: String,
    /// Before when all must be done; empty where the school names no day.
    pub before: String,
    /// Where the reader sees it all.
    pub link: String,
}

/// To a student.
#[derive(Clone, Debug, Serialize)]
pub struct StudentLetter {
    pub about: About,
    pub student: String,
    pub passed: bool,
    pub requirements: Vec<Standing>,
    /// Those of them that are not passed; a letter on an office's behalf names only its own.
    pub missing: Vec<Standing>,
}

/// A requirement as a student stands.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    pub title: String,
    pub earned: String,
    pub needed: String,
    pub missing: String,
    /// `hours`, `pieces`: as the school's folder writes it.
    pub unit: String,
    pub passed: bool,
    /// Until when, where it is passed because it is waived; else empty.
    pub waived: String,
    pub how: String,
    /// Empty where there is none.
    pub link: String,
    pub office: String,
    pub contact: String,
}

/// To a tutor, with one class.
#[derive(Clone, Debug, Serialize)]
pub struct RosterLetter {
    pub about: About,
    pub department: String,
    pub class: String,
    pub bound: usize,
    pub passed: usize,
    pub not_passed: usize,
    /// The A4 page.
    pub print_link: String,
    /// Short titles of the requirements.
    pub heads: Vec<String>,
    pub rows: Vec<RosterRow>,
    /// Whether the roster is attached as a spreadsheet.
    pub attached: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct RosterRow {
    pub student: String,
    pub name: String,
    pub bound: bool,
    pub passed: bool,
    pub cells: Vec<Cell>,
    pub missing: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// `3 / 3`.
    pub text: String,
    pub passed: bool,
}

/// To a head of department.
#[derive(Clone, Debug, Serialize)]
pub struct DepartmentLetter {
    pub about: About,
    pub department: String,
    pub students: usize,
    pub passed: usize,
    pub not_passed: usize,
    pub requirements: Vec<Share>,
    pub classes: Vec<ClassShare>,
}

/// How many of those bound have passed.
#[derive(Clone, Debug, Serialize)]
pub struct Share {
    pub title: String,
    pub passed: usize,
    pub of: usize,
    /// Percent with two decimals.
    pub rate: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ClassShare {
    pub class: String,
    pub tutors: String,
    pub students: usize,
    pub passed: usize,
    pub not_passed: usize,
    pub print_link: String,
}

/// To an office, with those who lack its requirement.
#[derive(Clone, Debug, Serialize)]
pub struct OfficeLetter {
    pub about: About,
    pub office: String,
    pub requirement: String,
    pub unit: String,
    /// How many lack it; `rows` may be fewer.
    pub students: usize,
    pub rows: Vec<OfficeRow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct OfficeRow {
    pub student: String,
    pub name: String,
    pub department: String,
    pub class: String,
    pub earned: String,
    pub needed: String,
}

/// To whoever may send notices: which letters of one did not arrive.
#[derive(Clone, Debug, Serialize)]
pub struct UndeliveredLetter {
    pub about: About,
    /// The notice's title.
    pub notice: String,
    /// The term, the month or the day it was sent for.
    pub occasion: String,
    /// How many did not arrive; `rows` may be fewer.
    pub letters: usize,
    pub rows: Vec<UndeliveredRow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct UndeliveredRow {
    /// A student number or an account.
    pub person: String,
    /// Empty where the records no longer have it.
    pub name: String,
    pub address: String,
    /// The letter's id in the notice.
    pub letter: String,
    /// What the mail server said.
    pub why: String,
}

/// To whoever has an account and forgot its password; `about.link` is where a new one is set.
#[derive(Clone, Debug, Serialize)]
pub struct PasswordLetter {
    pub about: About,
    pub account: String,
    /// How long the link holds.
    pub minutes: i64,
}

/// To the applicant or a party of a case, after a move; `about.link` is the case.
#[derive(Clone, Debug, Serialize)]
pub struct CaseLetter {
    pub about: About,
    pub number: String,
    /// The workflow's title.
    pub title: String,
    /// The state that the case is in now, in the reader's words.
    pub state: String,
    /// Empty where none was given.
    pub note: String,
    /// Labels of the fields that are to be mended.
    pub named: Vec<String>,
    /// What the move asked for, and its answers.
    pub asked: Vec<Asked>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    pub label: String,
    pub value: String,
}

/// To whoever's profile says another payee than before; `about.link` is the profile.
#[derive(Clone, Debug, Serialize)]
pub struct PayeeLetter {
    pub about: About,
    /// `2026-11-21 09:00`.
    pub at: String,
    /// Labels of the fields.
    pub changed: Vec<String>,
}

/// To whoever a date of a round reminds; `about.link` is their list of cases.
#[derive(Clone, Debug, Serialize)]
pub struct DateLetter {
    pub about: About,
    /// The round's title, and what is to be done.
    pub round: String,
    pub title: String,
    /// `2026-04-10`.
    pub on: String,
    /// How many cases of the round wait for the reader.
    pub waiting: usize,
}

/// To whoever sent a list, once it is decided; `about.link` is the list.
#[derive(Clone, Debug, Serialize)]
pub struct ListLetter {
    pub about: About,
    /// The catalogue's title.
    pub title: String,
    pub department: String,
    /// `115-1`; empty where there is one list for all terms.
    pub term: String,
    /// It is to be mended; else it is approved.
    pub returned: bool,
    /// Why it was returned.
    pub note: String,
}

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
