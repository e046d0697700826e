//! The model: what the certificate's workflow says, written out by hand for a few people. It knows
//! nothing of the engine, of the folder's files or of the database.

use chrono::{DateTime, Duration, NaiveDate, Utc};

/// Accounts, in the order of the constants below.
pub const PEOPLE: [&str; 11] =
    ["4110101", "4110103", "4110105", "clerk1", "clerk2", "elsewhere", "office1", "both", "admin", "tutor01", "head"];
/// The first three are students; the third is a clerk of D1, too.
pub const STUDENTS: usize = 3;
pub const CLERK2: usize = 4;
pub const ELSEWHERE: usize = 5;
pub const OFFICE: usize = 6;

pub const STEPS: [&str; 8] = ["submit", "withdraw", "endorse", "return", "pass", "refuse", "lapse", "nonsense"];
const MOVES: &[(&str, &str, &str, &str)] = &[
    ("submit", "draft", "in_review", "applicant"),
    ("submit", "returned", "in_review", "applicant"),
    ("withdraw", "draft", "withdrawn", "applicant"),
    ("withdraw", "in_review", "withdrawn", "applicant"),
    ("withdraw", "returned", "withdrawn", "applicant"),
    ("lapse", "returned", "withdrawn", "time"),
    ("endorse", "in_review", "endorsed", "clerk"),
    ("return", "in_review", "returned", "clerk"),
    ("return", "endorsed", "returned", "officer"),
    ("pass", "endorsed", "passed", "officer"),
    ("refuse", "endorsed", "refused", "officer"),
];
pub const ENDED: [&str; 3] = ["passed", "refused", "withdrawn"];

pub const DATES: [&str; 4] = ["2026-09-10", "115/9/11", "2030-01-01", ""];
pub const ENTRIES: [&str; 4] = ["e1", "d2", "e2", ""];
pub const FEES: [&str; 8] = ["3,000", "1", "0", "５００", "-5", "1000000000000", "abc", "100000"];

pub struct Past {
    pub actor: usize,
    pub step: &'static str,
    pub from: &'static str,
    pub at: DateTime<Utc>,
}

/// Nobody: time.
pub const TIME: usize = 99;

pub struct Case {
    pub id: String,
    pub owner: usize,
    pub state: &'static str,
    pub version: i64,
    pub date: &'static str,
    pub entry: &'static str,
    pub aid: bool,
    pub fee: &'static str,
    /// Whether it was last sent with other aid: then no fee was asked for.
    pub sent_with_aid: bool,
    pub named: &'static str,
    pub past: Vec<Past>,
    /// The department and whether a window covered the exam, once it was sent.
    pub frozen: Option<(&'static str, bool)>,
    /// State, dollars, and year of a payment that lives.
    pub payment: Option<(&'static str, i64, i32)>,
    pub since: DateTime<Utc>,
    pub letters: i64,
}

impl Case {
    pub fn is_open(&self) -> bool {
        !ENDED.contains(&self.state)
    }

    /// The moves that there are from its state.
    pub fn steps(&self) -> impl Iterator<Item = &'static str> {
        MOVES.iter().filter(|(_, from, ..)| *from == self.state).map(|(step, ..)| *step)
    }

    fn fee(&self) -> Option<i64> {
        match self.fee {
            "3,000" => Some(3000),
            "1" => Some(1),
            "0" => Some(0),
            "５００" => Some(500),
            "100000" => Some(100_000),
            _ => None,
        }
    }

    fn date_is_right(&self) -> bool {
        matches!(self.date, "2026-09-10" | "115/9/11")
    }
}

/// A move as it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Try {
    pub who: usize,
    pub case: usize,
    pub step: &'static str,
    pub stale: bool,
    pub note: usize,
    pub named: &'static str,
}

pub struct Model {
    pub now: DateTime<Utc>,
    pub cases: Vec<Case>,
    pub profile: [bool; STUDENTS],
    pub department: [&'static str; STUDENTS],
    /// Days on which clerk1 lends the role to `elsewhere`.
    pub lent: Vec<(NaiveDate, NaiveDate)>,
    pub clerk2: bool,
    pub credits: [i64; STUDENTS],
    /// Rows that the audit log has more than at first.
    pub written: i64,
}

impl Model {
    pub fn new(now: DateTime<Utc>) -> Model {
        Model {
            now,
            cases: Vec::new(),
            profile: [false; STUDENTS],
            department: ["D1"; STUDENTS],
            lent: Vec::new(),
            clerk2: true,
            credits: [0; STUDENTS],
            written: 0,
        }
    }

    pub fn day(&self) -> NaiveDate {
        (self.now + Duration::hours(8)).date_naive()
    }

    fn year(&self) -> i32 {
        chrono::Datelike::year(&self.day())
    }

    fn in_window(&self) -> bool {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        at("2026-10-31T16:00:00Z") <= self.now && self.now < at("2027-01-31T09:00:00Z")
    }

    fn is_clerk(&self, who: usize, department: &str) -> bool {
        let lent = || self.lent.iter().any(|(from, until)| *from <= self.day() && self.day() <= *until);
        match PEOPLE[who] {
            "4110105" | "clerk1" | "both" => department == "D1",
            "clerk2" => department == "D1" && self.clerk2,
            "elsewhere" => department == "D2" || (department == "D1" && lent()),
            _ => false,
        }
    }

    fn is_officer(who: usize) -> bool {
        matches!(PEOPLE[who], "office1" | "both")
    }

    /// Whether somebody knows that there is such a case.
    fn sees(&self, who: usize, case: &Case) -> bool {
        match case.frozen {
            _ if case.owner == who => true,
            None => false,
            Some((department, _)) => self.is_clerk(who, department) || Model::is_officer(who) || PEOPLE[who] == "admin",
        }
    }

    pub fn has_open(&self, who: usize) -> bool {
        self.cases.iter().any(|case| case.owner == who && case.is_open())
    }

    fn paid_elsewhere(&self, case: usize) -> bool {
        let owner = self.cases[case].owner;
        let others = self.cases.iter().enumerate().filter(|(index, other)| *index != case && other.owner == owner);
        others.into_iter().any(|(_, other)| other.payment.is_some())
    }

    fn subsidy(&self, index: usize) -> i64 {
        let case = &self.cases[index];
        let covered = case.frozen.map_or(self.in_window(), |(_, covered)| covered);
        match case.fee() {
            _ if case.aid || !covered || self.paid_elsewhere(index) => 0,
            Some(fee) => (fee / 2).min(2000),
            None => 0,
        }
    }

    fn department_of(&self, case: &Case) -> &'static str {
        case.frozen.map_or(self.department[case.owner], |(department, _)| department)
    }

    fn form_is_right(&self, case: &Case) -> bool {
        let entry = if self.department_of(case) == "D1" { "e1" } else { "d2" };
        case.date_is_right() && case.entry == entry && (case.aid || case.fee().is_some())
    }

    /// What comes of a move: where it leads, or why not.
    pub fn expects(&self, wanted: &Try) -> Result<&'static str, &'static str> {
        let case = &self.cases[wanted.case];
        if !self.sees(wanted.who, case) || wanted.step == "nonsense" {
            return Err("NotFound");
        }
        if wanted.stale {
            return Err("Stale");
        }
        let row = MOVES.iter().find(|(step, from, ..)| *step == wanted.step && *from == case.state);
        let Some((_, _, to, by)) = row else { return Err("NotNow") };
        let holds = match *by {
            "applicant" => wanted.who == case.owner,
            "clerk" => self.is_clerk(wanted.who, self.department_of(case)),
            "officer" => Model::is_officer(wanted.who),
            _ => false,
        };
        if !holds {
            return Err("NotTheirs");
        }
        if *by != "applicant" {
            if wanted.who == case.owner {
                return Err("OwnCase");
            }
            if case.past.iter().any(|past| past.actor == wanted.who && past.from != case.state) {
                return Err("BothReviews");
            }
        }
        match (wanted.step, wanted.note) {
            ("return" | "refuse", 0) => return Err("NoteNeeded"),
            ("submit", _) => {}
            (_, 251..) => return Err("NoteTooLong"),
            _ => {}
        }
        if wanted.step == "return" && wanted.named.is_empty() {
            return Err("FieldsNeeded");
        }
        if wanted.step == "submit" {
            if !self.form_is_right(case) {
                return Err("Form");
            }
            if !self.profile[case.owner] {
                return Err("ProfileIncomplete");
            }
        }
        Ok(to)
    }

    /// A move that was made.
    pub fn moved(&mut self, wanted: &Try, to: &'static str) {
        let index = wanted.case;
        let department = self.department_of(&self.cases[index]);
        let (now, year, window) = (self.now, self.year(), self.in_window());
        if wanted.step == "submit" {
            let case = &mut self.cases[index];
            case.payment = None;
            case.sent_with_aid = case.aid;
            case.frozen = case.frozen.or(Some((department, window)));
            let due = self.subsidy(index);
            self.cases[index].payment = (due > 0).then_some(("reserved", due, year));
        }
        if ENDED.contains(&to) {
            self.cases[index].payment = None;
        }
        if wanted.step == "pass" {
            let due = self.subsidy(index);
            self.cases[index].payment = (due > 0).then_some(("committed", due, year));
            self.credits[self.cases[index].owner] += 1;
        }
        let case = &mut self.cases[index];
        case.past.push(Past { actor: wanted.who, step: wanted.step, from: case.state, at: now });
        case.state = to;
        case.version += 1;
        case.since = now;
        case.named = if wanted.step == "return" { wanted.named } else { "" };
        case.letters += i64::from(!matches!(wanted.step, "withdraw" | "endorse"));
        self.written += 1;
    }

    /// What comes of undoing the last move: the state that it goes back to, or why not.
    pub fn expects_undone(&self, who: usize, index: usize, stale: bool) -> Result<&'static str, &'static str> {
        let case = &self.cases[index];
        if !self.sees(who, case) {
            return Err("NotFound");
        }
        if stale {
            return Err("Stale");
        }
        let Some(last) = case.past.last() else { return Err("NotNow") };
        if last.actor != who {
            return Err("NotTheirs");
        }
        let undoable = ["endorse", "pass", "refuse"].contains(&last.step);
        if !undoable || self.now >= last.at + Duration::minutes(60) {
            return Err("TooLate");
        }
        if !case.is_open() && self.has_open(case.owner) {
            return Err("TooLate");
        }
        if case.payment.is_some_and(|(state, ..)| state == "batched") {
            return Err("TooLate");
        }
        Ok(last.from)
    }

    pub fn undone(&mut self, index: usize, to: &'static str) {
        let year = self.year();
        let case = &mut self.cases[index];
        let last = case.past.pop().unwrap();
        case.letters -= i64::from(last.step != "endorse");
        case.state = to;
        case.version += 1;
        case.since = self.now;
        case.named = "";
        case.payment = None;
        if last.step == "pass" {
            self.credits[self.cases[index].owner] -= 1;
        }
        let due = self.subsidy(index);
        self.cases[index].payment = (due > 0).then_some(("reserved", due, year));
        self.written += 1;
    }

    /// Whether something typed into a field is kept.
    pub fn expects_kept(&self, who: usize, index: usize, stale: bool) -> Result<(), &'static str> {
        let case = &self.cases[index];
        if !self.sees(who, case) {
            return Err("NotFound");
        }
        if stale {
            return Err("Stale");
        }
        if who != case.owner || !matches!(case.state, "draft" | "returned") {
            return Err("NotNow");
        }
        Ok(())
    }

    /// Whether a field is open to its applicant.
    pub fn is_open(&self, index: usize, field: &str) -> bool {
        let case = &self.cases[index];
        case.state == "draft"
            || case.named == field
            || match field {
                "exam_date" => !case.date_is_right(),
                "exam_fee" => !case.aid && (case.sent_with_aid || case.fee().is_none()),
                _ => false,
            }
    }

    /// Returned cases whose sixty days are over move by themselves.
    pub fn lapse(&mut self) -> usize {
        let mut moved = 0;
        for index in 0..self.cases.len() {
            let case = &self.cases[index];
            let since = (case.since + Duration::hours(8)).date_naive();
            if case.state == "returned" && self.day() > since + Duration::days(60) {
                let wanted = Try { who: TIME, case: index, step: "lapse", stale: false, note: 0, named: "" };
                self.moved(&wanted, "withdrawn");
                moved += 1;
            }
        }
        moved
    }

    /// What is approved in 2026 goes to the bank; how many payments.
    pub fn batch(&mut self) -> usize {
        let mut taken = 0;
        for case in &mut self.cases {
            if let Some((state @ "committed", _, 2026)) = &mut case.payment {
                *state = "batched";
                taken += 1;
            }
        }
        self.written += i64::from(taken > 0);
        taken
    }
}
