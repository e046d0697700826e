//! The engine of cases: journeys that an administrator can read (`tests/case/*.yaml`), and random
//! ones against a table written by hand.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use menkan::case::{self, Actor, Case, Due, Past, Raw, Refusal, Setting, Wish};
use menkan::clock::{Day, Instant};
use menkan::definition::case::{Party, Round, Workflow};
use menkan::definition::folder::Content;
use menkan::definition::{self, Definition, Files};
use menkan::rules::Rules;
use menkan::rules::filing::{Entry, Student, Value};
use proptest::prelude::*;
use serde::Deserialize;

static NCUT: LazyLock<(Definition, Rules)> = LazyLock::new(|| {
    let definition = definition::load(Path::new(env!("CARGO_MANIFEST_DIR")), "ncut").unwrap();
    let rules = Rules::compile(&definition).unwrap();
    (definition, rules)
});

static BASE: LazyLock<(Definition, Rules)> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/base");
    let definition = definition::load(&folder, "base").unwrap();
    let rules = Rules::compile(&definition).unwrap();
    (definition, rules)
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    /// The one that the repository ships, or that the checker is tested with.
    #[serde(default)]
    school: Option<String>,
    case: String,
    at: String,
    student: Who,
    people: BTreeMap<String, Person>,
    #[serde(default)]
    entries: BTreeMap<String, BTreeMap<String, serde_json::Value>>,
    answers: Raw,
    journeys: Vec<Journey>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Who {
    admitted: i32,
    division: String,
    department: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    account: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    parties: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Journey {
    journey: String,
    at: Option<String>,
    student: Option<Who>,
    #[serde(default)]
    answers: Raw,
    #[serde(default)]
    entries: BTreeMap<String, BTreeMap<String, serde_json::Value>>,
    #[serde(default)]
    paid: Vec<String>,
    late: Option<String>,
    profile_complete: Option<bool>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: Option<String>,
    who: String,
    does: Option<String>,
    #[serde(default)]
    undoes: bool,
    #[serde(default)]
    writes: Raw,
    #[serde(default)]
    note: String,
    /// The note is written so many times.
    note_times: Option<usize>,
    #[serde(default)]
    names: Vec<String>,
    /// To what the move asks for.
    #[serde(default)]
    answers: Raw,
    seen: Option<i64>,
    state: Option<String>,
    refused: Option<String>,
    named: Option<Vec<String>>,
    follows: Option<Vec<String>>,
    /// What the form's one computed field comes to when it is sent.
    figure: Option<String>,
}

fn instant(text: &str) -> Instant {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn party(definition: &Definition, text: &str) -> Party {
    let role = |name: &str| definition.school.roles.iter().position(|role| role.id == name).unwrap();
    match text.strip_prefix("own department ") {
        _ if text == "applicant" => Party::Applicant,
        Some(name) => Party::OwnDepartment { role: role(name) },
        None => {
            let (unit, name) = text.rsplit_once(' ').unwrap();
            let unit = definition.school.units.iter().position(|known| known.id == unit).unwrap();
            Party::Unit { unit, role: role(name) }
        }
    }
}

fn entries(rows: &BTreeMap<String, BTreeMap<String, serde_json::Value>>) -> BTreeMap<(usize, String), Entry> {
    let value = |value: &serde_json::Value| match value {
        serde_json::Value::Bool(tick) => Value::Tick(*tick),
        other => Value::Text(other.as_str().unwrap().to_owned()),
    };
    rows.iter()
        .map(|(id, says)| {
            let says = says.iter().map(|(name, told)| (name.clone(), value(told))).collect();
            ((0, id.clone()), Entry { id: id.clone(), says })
        })
        .collect()
}

/// A case as the store keeps it, in memory.
struct Kept<'a> {
    workflow: &'a Workflow,
    case: Case,
    /// The day on which and the windows in which it was first sent.
    first: Option<(Day, Vec<&'a Round>)>,
}

impl<'a> Kept<'a> {
    fn new(workflow: &'a Workflow, raw: Raw) -> Kept<'a> {
        let applicant = "student".to_owned();
        let case = Case { state: 0, version: 1, applicant, raw, named: Vec::new(), past: Vec::new() };
        Kept { workflow, case, first: None }
    }

    fn open(&self, definition: &'a Definition, now: Instant) -> (Day, Vec<&'a Round>) {
        let rounds = self.workflow.windows.map(|index| definition.windows[index].rounds.as_slice()).unwrap_or_default();
        let open = rounds.iter().filter(|round| round.is_open(now)).collect();
        self.first.clone().unwrap_or((definition.school.calendar.today(now), open))
    }

    fn save(&mut self, made: &case::Made, setting: &Setting<'a>, actor: &Actor) {
        if made.sent.is_some() && self.first.is_none() {
            self.first = Some((setting.today, setting.windows.clone()));
        }
        assert_eq!(made.version, self.case.version + 1);
        self.case.version = made.version;
        self.case.named = made.named.clone();
        let (actor, at) = (actor.account.clone(), setting.now);
        self.case.past.push(Past {
            actor,
            lender: made.in_place_of.clone().unwrap_or_default(),
            step: Some(made.step),
            from: made.from,
            at,
        });
        self.case.state = made.to;
    }

    fn undo(&mut self, back_to: usize) {
        self.case.past.pop();
        self.case.state = back_to;
        self.case.version += 1;
    }
}

fn told(workflow: &Workflow, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Stale => "stale".into(),
        Refusal::NotNow => "not now".into(),
        Refusal::NotTheirs => "not theirs".into(),
        Refusal::OwnCase => "own case".into(),
        Refusal::BothReviews => "both reviews".into(),
        Refusal::Form(wrong) => {
            let ids: Vec<&str> = wrong.iter().map(|wrong| workflow.fields[wrong.field].id.as_str()).collect();
            format!("form: {}", ids.join(", "))
        }
        Refusal::ProfileIncomplete => "profile".into(),
        Refusal::Closed => "closed".into(),
        Refusal::NoteNeeded => "note needed".into(),
        Refusal::NoteTooLong { .. } => "note too long".into(),
        Refusal::FieldsNeeded => "fields needed".into(),
        Refusal::Rule(reasons) => {
            assert!(!reasons.is_empty(), "a refusal has a reason");
            "rule".into()
        }
        Refusal::RuleFailed(problem) => format!("rule failed: {}", problem.line(menkan::lang::Lang::En)),
        Refusal::TooLate => "too late".into(),
        Refusal::InUse => "in use".into(),
    }
}

fn follows(definition: &Definition, due: &Due) -> String {
    match due {
        Due::Credit { category, amount, happened_on } => {
            format!("credit {} {amount} on {happened_on}", definition.categories[*category].id)
        }
        Due::Pay { amount, from } => format!("pay {amount} from {}", definition.budgets[*from].id),
        Due::Mail { template, to } => {
            assert_eq!(*to, Party::Applicant);
            format!("mail {template} to applicant")
        }
        Due::Waive { requirement, because, until } => {
            format!("waive {} because {} until {until}", definition.requirements[*requirement].id, because.zh)
        }
        Due::Substitute { category, amount, of, happened_on, until } => {
            let category = &definition.categories[*category].id;
            format!("substitute {category} {amount} on {happened_on} of {} until {until}", of.zh)
        }
        Due::Extend { workflow, round, until } => {
            let workflow = &definition.workflows[*workflow];
            let rounds = &definition.windows[workflow.windows.unwrap()].rounds;
            let round = round.map_or("every", |index| rounds[index].id.as_str());
            format!("extend {} {round} until {until}", workflow.id)
        }
        Due::Enter { catalogue, term, says } => {
            format!("enter {} fields of {} in {term}", says.len(), definition.catalogues[*catalogue].id)
        }
    }
}

/// Plays a journey; what came out otherwise than it says.
fn play(book: &Book, journey: &Journey) -> Result<(), String> {
    let (definition, rules) = match book.school.as_deref() {
        None => &*NCUT,
        Some("base") => &*BASE,
        Some(other) => panic!("{}: no school {other}", book.case),
    };
    let (_, workflow) = definition.workflow(&book.case).unwrap();
    let mut workflow = workflow.clone();
    if let Some(late) = &journey.late {
        workflow.late = late == "allowed";
    }
    let workflow = &workflow;
    let who = journey.student.as_ref().unwrap_or(&book.student);
    let division = definition.school.divisions.iter().position(|division| division.id == who.division);
    let student = Student::of(definition, who.admitted, division, who.department.clone());
    let mut raw = book.answers.clone();
    raw.extend(journey.answers.clone());
    let mut known = entries(&book.entries);
    known.extend(entries(&journey.entries));
    let mut kept = Kept::new(workflow, raw);
    let mut now = instant(journey.at.as_ref().unwrap_or(&book.at));
    for (index, step) in journey.steps.iter().enumerate() {
        let wrong = |what: String| Err(format!("{}: step {}: {what}", journey.journey, index + 1));
        if let Some(at) = &step.at {
            now = instant(at);
        }
        let person = book.people.get(&step.who).unwrap_or_else(|| panic!("who is {}?", step.who));
        let account = person.account.clone().unwrap_or_else(|| step.who.clone());
        let actor = Actor {
            account,
            also: person.also.clone(),
            lent: Vec::new(),
            parties: person.parties.iter().map(|text| party(definition, text)).collect(),
        };
        let (today, windows) = kept.open(definition, now);
        let setting = Setting {
            definition,
            rules,
            workflow,
            now,
            today,
            student: student.clone(),
            windows,
            entries: known.clone(),
            paid: journey.paid.clone(),
            profile_complete: journey.profile_complete.unwrap_or(true),
            taken: Vec::new(),
            cases: BTreeMap::new(),
            in_use: false,
            elsewhere: BTreeMap::new(),
        };
        let seen = step.seen.unwrap_or(kept.case.version);
        let before = (kept.case.state, kept.case.version);
        let outcome = if let Some(does) = &step.does {
            let field = |id: &String| workflow.field(id).unwrap_or_else(|| panic!("no field {id}")).0;
            let (move_, _) = workflow.step(does).unwrap_or_else(|| panic!("no move {does}"));
            let note = step.note.repeat(step.note_times.unwrap_or(1));
            let named = step.names.iter().map(field).collect();
            let wish = Wish { step: move_, seen, note, named, answers: Some(step.answers.clone()) };
            case::decide(&setting, &kept.case, &actor, &wish).map(|made| {
                kept.save(&made, &setting, &actor);
                Some(made)
            })
        } else if step.undoes {
            case::undo(&setting, &kept.case, &actor, seen).map(|back_to| {
                kept.undo(back_to);
                None
            })
        } else {
            kept.case.raw.extend(step.writes.clone());
            kept.case.version += 1;
            continue;
        };
        let refused = outcome.as_ref().err().map(|refusal| told(workflow, refusal));
        if refused != step.refused {
            return wrong(format!("refused {refused:?}, expected {:?}", step.refused));
        }
        let Ok(made) = outcome else {
            assert_eq!((kept.case.state, kept.case.version), before);
            continue;
        };
        let state = &workflow.states[kept.case.state].id;
        if step.state.as_ref() != Some(state) {
            return wrong(format!("it is {state}, expected {:?}", step.state));
        }
        let Some(made) = made else { continue };
        let due: Vec<String> = made.effects.iter().map(|due| follows(definition, due)).collect();
        if let Some(expected) = step.follows.as_ref().filter(|expected| **expected != due) {
            return wrong(format!("what follows is {due:?}, expected {expected:?}"));
        }
        let named: Vec<String> = made.named.iter().map(|field| workflow.fields[*field].id.clone()).collect();
        if let Some(expected) = step.named.as_ref().filter(|expected| **expected != named) {
            return wrong(format!("named are {named:?}, expected {expected:?}"));
        }
        if let Some(expected) = &step.figure {
            let figures: Vec<String> = made
                .sent
                .iter()
                .flat_map(|sent| sent.figures.values())
                .map(|figure| figure.amount.to_string())
                .collect();
            if figures != [expected.clone()] {
                return wrong(format!("computed is {figures:?}, expected {expected}"));
            }
        }
    }
    Ok(())
}

#[test]
fn every_journey_goes_as_it_is_told() {
    let mut played = 0;
    let mut wrong = Vec::new();
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/case")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let book: Book = serde_yaml::from_str(&text).unwrap();
        for journey in &book.journeys {
            played += 1;
            wrong.extend(play(&book, journey).err());
        }
    }
    assert!(wrong.is_empty(), "{} of {played} journeys:\n{}", wrong.len(), wrong.join("\n"));
    assert!(played >= 30, "{played}");
}

/// Who may do what, written out by hand: move, from, to, whose.
const TABLE: &[(&str, &str, &str, &str)] = &[
    ("submit", "draft", "in_review", "applicant"),
    ("submit", "returned", "in_review", "applicant"),
    ("withdraw", "draft", "withdrawn", "applicant"),
    ("withdraw", "in_review", "withdrawn", "applicant"),
    ("withdraw", "returned", "withdrawn", "applicant"),
    ("endorse", "in_review", "endorsed", "clerk"),
    ("return", "in_review", "returned", "clerk"),
    ("return", "endorsed", "returned", "officer"),
    ("pass", "endorsed", "passed", "officer"),
    ("refuse", "endorsed", "refused", "officer"),
];
const ENDED: &[&str] = &["passed", "refused", "withdrawn"];

/// Accounts with what they are; `student` files the case.
const CAST: &[(&str, &[&str])] = &[
    ("student", &["applicant"]),
    ("student", &["clerk", "officer"]),
    ("ann", &["clerk"]),
    ("bob", &["officer"]),
    ("cat", &["clerk", "officer"]),
    ("dan", &["clerk", "officer"]),
    ("eve", &[]),
    ("", &[]),
];

fn played_by(definition: &Definition, account: &str, duties: &[&str]) -> Actor {
    Actor {
        lent: Vec::new(),
        account: account.to_owned(),
        also: Vec::new(),
        parties: duties.iter().map(|duty| party(definition, duty_of(duty))).collect(),
    }
}

fn duty_of(duty: &str) -> &str {
    match duty {
        "clerk" => "own department clerk",
        "officer" => "career office",
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_anybody_tries_only_the_table_happens(
        tries in prop::collection::vec((0..8usize, 0..7usize, 0..3i64, any::<bool>(), 0..90i64), 1..40),
    ) {
        let (definition, rules) = &*NCUT;
        let (_, workflow) = definition.workflow("certificate").unwrap();
        let book: Book = serde_yaml::from_str(include_str!("../case/certificate.yaml")).unwrap();
        let mut kept = Kept::new(workflow, book.answers.clone());
        let mut now = instant(&book.at);
        // The model: state, and who made which move from where, as far as it is not undone.
        let mut state = "draft";
        let mut past: Vec<(&str, &str, &str, Instant)> = Vec::new();
        for (who, step, behind, careful, minutes) in tries {
            now += chrono::Duration::minutes(minutes);
            let (account, duties) = CAST[who];
            let actor = played_by(definition, account, duties);
            let (today, windows) = kept.open(definition, now);
            let setting = Setting {
                definition,
                rules,
                workflow,
                now,
                today,
                student: Student::of(definition, 112, Some(0), "im".to_owned()),
                windows,
                entries: entries(&book.entries),
                paid: Vec::new(),
                profile_complete: true,
                taken: Vec::new(),
                cases: BTreeMap::new(),
                in_use: false,
            elsewhere: BTreeMap::new(),
            };
            let seen = kept.case.version - (behind / 2);
            let version = kept.case.version;
            if step == 6 {
                let expected = match past.last() {
                    _ if seen != version => None,
                    Some((by, made, from, at)) => {
                        let undoable = ["endorse", "pass", "refuse"].contains(made);
                        let in_time = now < *at + chrono::Duration::minutes(60);
                        (*by == account && !account.is_empty() && undoable && in_time).then_some(*from)
                    }
                    None => None,
                };
                let undone = case::undo(&setting, &kept.case, &actor, seen);
                prop_assert_eq!(undone.as_ref().ok().map(|to| workflow.states[*to].id.as_str()), expected);
                if let Ok(back_to) = undone {
                    kept.undo(back_to);
                    past.pop();
                    state = expected.unwrap();
                    prop_assert_eq!(kept.case.version, version + 1);
                }
                continue;
            }
            let name = ["submit", "withdraw", "endorse", "return", "pass", "refuse"][step];
            let (note, named) = if careful { ("理由".to_owned(), vec![0]) } else { (String::new(), Vec::new()) };
            let wish = Wish { step: workflow.step(name).unwrap().0, seen, note, named, answers: None };
            let row = TABLE.iter().find(|(made, from, ..)| *made == name && *from == state);
            let duty = row.map(|(.., duty)| *duty);
            let is_theirs = match duty {
                Some("applicant") => account == "student",
                Some(duty) => duties.contains(&duty) && account != "student",
                None => false,
            };
            let twice = duty != Some("applicant") && past.iter().any(|(by, _, from, _)| *by == account && *from != state);
            let needs_note = ["return", "refuse"].contains(&name);
            let allowed = seen == version && is_theirs && !twice && (careful || !needs_note);
            let outcome = case::decide(&setting, &kept.case, &actor, &wish);
            prop_assert_eq!(outcome.is_ok(), allowed, "{} {} {} {:?}", account, name, state, outcome.err());
            let offered = case::moves(&setting, &kept.case, &actor).contains(&wish.step);
            prop_assert_eq!(offered, is_theirs && !twice, "{} {} {}", account, name, state);
            let Ok(made) = outcome else { continue };
            kept.save(&made, &setting, &actor);
            prop_assert_eq!(kept.case.version, version + 1);
            past.push((account, name, state, now));
            state = row.unwrap().2;
            prop_assert_eq!(workflow.states[kept.case.state].id.as_str(), state);
            prop_assert_eq!(made.end.is_some(), ENDED.contains(&state));
            // Money and credit come with the office's approval of what a department endorsed, once.
            let gives = made.effects.iter().any(|due| !matches!(due, Due::Mail { .. }));
            prop_assert_eq!(gives, name == "pass");
            if name == "pass" {
                let (by, last, ..) = past[past.len() - 2];
                prop_assert_eq!(last, "endorse");
                prop_assert!(by != account && account != "student" && by != "student");
                let given: Vec<String> = made.effects.iter().map(|due| follows(definition, due)).collect();
                prop_assert_eq!(&given[0], "credit certificate 1 on 2025-09-10");
                prop_assert_eq!(given.iter().filter(|due| due.starts_with("pay")).count() <= 1, true);
            }
            // Nobody made both reviews.
            for (by, _, from, _) in past.iter().filter(|(by, ..)| *by != "student") {
                prop_assert!(past.iter().all(|(other, _, at, _)| other != by || at == from));
            }
            // No dead end: somebody new to the case can always do something until it is over.
            let fresh = [("student", &["applicant"][..]), ("new clerk", &["clerk"]), ("new officer", &["officer"])];
            let can_act = fresh.iter().any(|(account, duties)| {
                !case::moves(&setting, &kept.case, &played_by(definition, account, duties)).is_empty()
            });
            prop_assert_eq!(can_act, !ENDED.contains(&state));
        }
    }
}

/// The base folder's case with other fields.
fn with_form(form: &str) -> (Definition, Rules) {
    let mut files = Files::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/base"), "base");
    let file = "workflows/base/leave.yaml";
    let text = files.text(file).unwrap().to_owned();
    let at = text.find("  aid: {").unwrap();
    let text = format!("{}{form}{}", &text[..at], &text[at..]);
    files.0.insert(file.to_owned(), Content::Bytes(text.into_bytes()));
    let checked = definition::check(&files, "base");
    let definition = checked.definition.unwrap_or_else(|| panic!("{:#?}", checked.problems));
    let rules = Rules::compile(&definition).unwrap_or_else(|problems| panic!("{problems:#?}"));
    (definition, rules)
}

fn filled(definition: &Definition, rules: &Rules, raw: &Raw) -> case::Filled {
    let today = "2025-12-12".parse().unwrap();
    let setting = Setting {
        definition,
        rules,
        workflow: &definition.workflows[0],
        now: instant("2025-12-12T10:00:00+08:00"),
        today,
        student: Student::default(),
        windows: Vec::new(),
        entries: BTreeMap::new(),
        paid: Vec::new(),
        profile_complete: true,
        taken: Vec::new(),
        cases: BTreeMap::new(),
        in_use: false,
        elsewhere: BTreeMap::new(),
    };
    case::fill(&setting, &definition.workflows[0].fields, raw)
}

/// What a term of a condition says of `t` (a tick), `n` (a number), `k` (a choice) and `x` (a text).
fn says(term: &str, tick: bool, number: Option<i64>, kind: Option<&str>, text: bool) -> bool {
    match term.split(' ').collect::<Vec<_>>().as_slice() {
        ["not", rest @ ..] => !says(&rest.join(" "), tick, number, kind, text),
        ["t"] => tick,
        ["x"] | ["x", "is", "filled"] => text,
        ["n"] => number.is_some(),
        ["k"] | ["k", "is", "filled"] => kind.is_some(),
        ["k", "is", option] => kind == Some(*option),
        ["n", sign, with] => number.is_some_and(|number| {
            let with: i64 = with.parse().unwrap();
            match *sign {
                "<" => number < with,
                "<=" => number <= with,
                "=" | "==" => number == with,
                ">=" => number >= with,
                _ => number > with,
            }
        }),
        other => panic!("{other:?}"),
    }
}

fn term() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(vec!["<", "<=", "=", "==", ">=", ">"]);
    let plain = prop_oneof![
        prop::sample::select(vec!["t", "x", "n", "k", "x is filled", "k is filled", "k is a", "k is b"])
            .prop_map(str::to_owned),
        (sign, 0..4i64).prop_map(|(sign, with)| format!("n {sign} {with}")),
    ];
    (0..3usize, plain).prop_map(|(nots, plain)| format!("{}{plain}", "not ".repeat(nots)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_condition_holds_as_it_reads(
        any_of in prop::collection::vec(prop::collection::vec(term(), 1..4), 1..4),
        tick in any::<bool>(),
        number in prop::option::of(0..4i64),
        kind in prop::option::of(prop::sample::select(vec!["a", "b"])),
        text in any::<bool>(),
    ) {
        let condition = any_of.iter().map(|all| all.join(" and ")).collect::<Vec<_>>().join(" or ");
        let (definition, rules) = with_form(&format!(
            "  t: {{is: tick, label: 勾}}\n  n: {{is: number, label: 數, optional: true}}\n  \
             k: {{is: choice, label: 選, optional: true, options: {{a: 甲, b: 乙}}}}\n  \
             x: {{is: text, label: 字, optional: true}}\n  last: {{is: text, label: 末, when: {condition}}}\n",
        ));
        let mut raw = Raw::new();
        raw.insert("t".to_owned(), if tick { "on" } else { "" }.to_owned());
        raw.insert("n".to_owned(), number.map(|number| number.to_string()).unwrap_or_default());
        raw.insert("k".to_owned(), kind.unwrap_or_default().to_owned());
        raw.insert("x".to_owned(), if text { "字" } else { " " }.to_owned());
        let filled = filled(&definition, &rules, &raw);
        let (last, _) = definition.workflows[0].field("last").unwrap();
        let expected = any_of.iter().any(|all| all.iter().all(|term| says(term, tick, number, kind, text)));
        prop_assert_eq!(filled.asked.contains(&last), expected, "{} {:?}", condition, raw);
    }
}

#[test]
fn a_figure_may_be_made_of_one_above_it_and_never_silently_of_one_below() {
    let raw = |fee: &str| {
        let answers = [("day", "2025-12-01"), ("kind", "other"), ("fee", fee)];
        answers.map(|(id, text)| (id.to_owned(), text.to_owned())).into_iter().collect::<Raw>()
    };
    let definition = |form: &str, script: &str| {
        let (mut definition, _) = with_form(form);
        let leave = definition.scripts.iter_mut().find(|script| script.name == "leave").unwrap();
        leave.source = format!("{}\n{script}", leave.source).into();
        // The entry that the base's form asks for is not what this is about.
        definition.workflows[0].fields.retain(|field| field.id != "course");
        definition.workflows[0].fields.iter_mut().for_each(|field| field.when = None);
        definition.workflows[0]
            .fields
            .iter_mut()
            .filter(|field| field.id == "proof")
            .for_each(|field| field.optional = true);
        let rules = Rules::compile(&definition).unwrap_or_else(|problems| panic!("{problems:#?}"));
        (definition, rules)
    };
    let amounts =
        |filled: &case::Filled| filled.figures.values().map(|figure| figure.amount.to_string()).collect::<Vec<_>>();
    // `half` stands above `aid`, whose rule then reads it.
    let half = "  half: {is: computed, label: 半, rule: leave::fee}\n";
    let (below, rules) = definition(&half.replace("leave::fee", "leave::aid"), "");
    assert_eq!(amounts(&filled(&below, &rules, &raw("100"))), ["50", "50"]);
    let mut above = below.clone();
    let script = above.scripts.iter_mut().find(|script| script.name == "leave").unwrap();
    script.source = script.source.replace("fn aid(c) {", "fn more(c) { c.half + 1 }\nfn aid(c) {").into();
    let (aid, _) = above.workflows[0].field("aid").unwrap();
    let more = definition::RuleName { script: "leave".into(), function: "more".into() };
    above.workflows[0].fields[aid].is = menkan::definition::case::Answer::Computed { rule: more };
    let rules = Rules::compile(&above).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(amounts(&filled(&above, &rules, &raw("100"))), ["50", "51"]);
    // The other way round it can never be computed: the form says so instead of being sent without.
    let half = above.workflows[0].field("half").unwrap().0;
    above.workflows[0].fields.swap(half, aid);
    let filled = filled(&above, &rules, &raw("100"));
    assert_eq!(amounts(&filled), ["50"]);
    assert_eq!(filled.wrong.len(), 1);
    assert!(filled.wrong[0].what.get(menkan::lang::Lang::En).contains("cannot be computed"), "{:?}", filled.wrong);
}

#[test]
fn the_page_of_the_case_says_what_the_engine_allows() {
    let (definition, rules) = &*NCUT;
    let (_, workflow) = definition.workflow("certificate").unwrap();
    let made = case::table::page(definition, workflow);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cases/certificate.md");
    if std::env::var_os("MENKAN_WRITE_DOCS").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    assert!(kept == made, "out of date; run: cargo run -- table certificate > docs/cases/certificate.md");
    // Each cell of the page against the engine: who is new to the case may make just these moves.
    let now = instant("2026-02-25T10:00:00+08:00");
    let part = made.split("## ").find(|part| part.contains("Who may do what")).unwrap();
    let rows: Vec<Vec<&str>> = part
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert_eq!((rows.len(), rows[0].len()), (workflow.states.len() + 1, 5));
    for (index, row) in rows[1..].iter().enumerate() {
        let setting = Setting {
            definition,
            rules,
            workflow,
            now,
            today: definition.school.calendar.today(now),
            student: Student::default(),
            windows: Vec::new(),
            entries: BTreeMap::new(),
            paid: Vec::new(),
            profile_complete: true,
            taken: Vec::new(),
            cases: BTreeMap::new(),
            in_use: false,
            elsewhere: BTreeMap::new(),
        };
        let case = Case { state: index, ..Kept::new(workflow, Raw::new()).case };
        let duties = [("student", "applicant"), ("", "time"), ("ann", "clerk"), ("bob", "officer")];
        for ((account, duty), cell) in duties.into_iter().zip(&row[1..]) {
            let actor = if duty == "time" { case::Actor::time() } else { played_by(definition, account, &[duty]) };
            let moves = case::moves(&setting, &case, &actor);
            let titles: Vec<&str> = moves.iter().map(|step| workflow.moves[*step].title.zh.as_str()).collect();
            let told: Vec<&str> = match *cell {
                "—" => Vec::new(),
                cell => cell.split("<br>").map(|told| told[2..].split(" · ").next().unwrap()).collect(),
            };
            assert_eq!(told, titles, "{} {duty}", row[0]);
        }
    }
}
