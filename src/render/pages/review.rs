//! A case before whoever decides it.

use serde::Serialize;

use super::Page;
use super::cases::{Answered, Event, FileLink, Mark, Moment, Pointed};
use super::form::Input;
use super::queue::{Age, Claim};

#[derive(Clone, Debug, Serialize)]
pub struct Review {
    pub id: String,
    pub version: i64,
    pub number: String,
    pub workflow: String,
    /// How cases of this kind move.
    pub flow_link: String,
    pub student: String,
    pub name: String,
    /// Where the student's record is, if the reader may see it.
    pub student_link: Option<String>,
    pub department: String,
    pub term: String,
    pub mark: Mark,
    pub age: Age,
    pub filed: Moment,
    pub claim: Option<Claim>,
    /// It waits for the reader: it can be taken.
    pub can_claim: bool,
    pub answers: Vec<Proved>,
    /// `None` where it was sent once.
    pub changes: Option<Vec<Change>>,
    pub private: Option<Private>,
    pub elsewhere: Vec<Same>,
    pub others: Vec<Other>,
    /// How many cases this one uses that the reader reviews not: they stand among the answers.
    pub used: usize,
    pub events: Vec<Event>,
    pub checks: Vec<CheckLine>,
    pub moves: Vec<Step>,
    /// Some move names fields: they can be ticked beside the answers.
    pub names_fields: bool,
    /// Some move takes a note: the most characters of any.
    pub note_letters: Option<usize>,
    pub note: String,
    /// Why nothing can be decided by the reader: `own`, `both` or `nothing`; empty where it can.
    pub why_not: &'static str,
    /// What was refused just now, where it is about the case.
    pub refused: Option<String>,
    /// Where it is about the decision: each thing that is wrong, with its place.
    pub wrongs: Vec<Pointed>,
    pub choice_wrong: String,
    pub note_wrong: String,
    pub mend_wrong: String,
    /// Until when the reader may undo the last move.
    pub undo_until: Option<String>,
    /// They could, were its payment not in a batch by now.
    pub batched: bool,
    /// The next case that waits for the reader, and the one behind this.
    pub next: Option<String>,
    pub skip: Option<String>,
    /// The reader has just decided it: on to the next.
    pub decided: bool,
}

/// An answer with its proof.
#[derive(Clone, Debug, Serialize)]
pub struct Proved {
    pub answer: Answered,
    /// It can be named as to be mended, and is.
    pub can_name: bool,
    pub ticked: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Change {
    pub label: String,
    pub before: Answered,
    pub after: Answered,
}

/// The applicant's profile, what is private in it masked until a reason was given.
#[derive(Clone, Debug, Serialize)]
pub struct Private {
    pub title: String,
    pub answers: Vec<Answered>,
    pub pictures: Vec<FileLink>,
    pub complete: bool,
    /// Some of it is masked.
    pub masked: bool,
    pub revealed: bool,
    pub reason: String,
    pub error: bool,
}

/// Something of this case that others have, too.
#[derive(Clone, Debug, Serialize)]
pub struct Same {
    /// `file`, `text`, each also `-unseen`, or `entry`: picks the words.
    pub kind: &'static str,
    pub field: String,
    pub value: String,
    pub count: usize,
    pub cases: Vec<Other>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Other {
    pub id: String,
    pub number: String,
    pub workflow: String,
    pub student: String,
    pub name: String,
    pub state: String,
    pub mark: &'static str,
    pub filed: Moment,
}

/// A check of the case, with what its rule says.
#[derive(Clone, Debug, Serialize)]
pub struct CheckLine {
    pub id: String,
    pub title: String,
    /// `right`, `wrong`, `look`, or `unseen` where nobody looked before it was over.
    pub verdict: &'static str,
    pub reasons: Vec<String>,
    /// Who looked, and when; empty where a rule says.
    pub by: String,
    pub at: Option<Moment>,
}

/// A move that the reader can make.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub id: String,
    pub title: String,
    /// What follows from it; why not where it would be refused.
    pub follows: String,
    /// It was chosen.
    pub chosen: bool,
    /// `none`, `optional` or `needed`.
    pub note: &'static str,
    /// It names the fields that are to be mended.
    pub names_fields: bool,
    /// What it asks for.
    pub asks: Vec<Input>,
    /// Why its rule refused it just now.
    pub wrong: String,
}

impl Other {
    fn sample() -> Other {
        Other {
            id: "b".to_owned(),
            number: "BBBB-2222".to_owned(),
            workflow: "甲申請".to_owned(),
            student: "0001".to_owned(),
            name: "<林小美>".to_owned(),
            state: "審查中".to_owned(),
            mark: "wait",
            filed: Moment::sample(),
        }
    }
}

impl Review {
    fn sample() -> Review {
        let answers = Answered::samples();
        let same = Same {
            kind: "file",
            field: "甲".to_owned(),
            value: "乙".to_owned(),
            count: 1,
            cases: vec![Other::sample()],
        };
        let proved = |answer: &Answered| Proved { answer: answer.clone(), can_name: true, ticked: true };
        Review {
            id: "a".to_owned(),
            version: 2,
            number: "AAAA-2222".to_owned(),
            workflow: "甲申請".to_owned(),
            flow_link: "/flow/a?state=b".to_owned(),
            student: "0001".to_owned(),
            name: "<林小美>".to_owned(),
            student_link: Some("/students/0001".to_owned()),
            department: "一系".to_owned(),
            term: "114-1".to_owned(),
            mark: Mark::sample(),
            age: Age::sample(true),
            filed: Moment::sample(),
            claim: Some(Claim { mine: true, name: "王".to_owned(), until: "09:30".to_owned() }),
            can_claim: true,
            answers: answers.iter().map(proved).collect(),
            changes: Some(
                answers
                    .iter()
                    .map(|answer| Change { label: "甲".to_owned(), before: answer.clone(), after: answer.clone() })
                    .collect(),
            ),
            private: Some(Private {
                title: "基本資料".to_owned(),
                answers,
                pictures: FileLink::samples(),
                complete: false,
                masked: true,
                revealed: false,
                reason: "<查>".to_owned(),
                error: true,
            }),
            elsewhere: vec![
                Same { kind: "file-unseen", ..same.clone() },
                Same { kind: "entry", ..same.clone() },
                Same { kind: "text", ..same.clone() },
                Same { kind: "text-unseen", ..same.clone() },
                same,
            ],
            others: vec![Other::sample()],
            used: 1,
            events: Event::samples(),
            checks: CheckLine::samples(),
            moves: vec![
                Step {
                    id: "a".to_owned(),
                    title: "通過".to_owned(),
                    follows: "採計".to_owned(),
                    chosen: true,
                    note: "optional",
                    names_fields: false,
                    asks: Input::samples(),
                    wrong: "<還不行>".to_owned(),
                },
                Step {
                    id: "b".to_owned(),
                    title: "退回".to_owned(),
                    follows: String::new(),
                    chosen: false,
                    note: "needed",
                    names_fields: true,
                    asks: Vec::new(),
                    wrong: String::new(),
                },
            ],
            names_fields: true,
            note_letters: Some(250),
            note: "<請補件>".to_owned(),
            why_not: "",
            refused: None,
            wrongs: vec![Pointed::sample()],
            choice_wrong: "<請選擇>".to_owned(),
            note_wrong: "請填寫意見".to_owned(),
            mend_wrong: "請勾選".to_owned(),
            undo_until: None,
            batched: false,
            next: Some("b".to_owned()),
            skip: Some("b".to_owned()),
            decided: false,
        }
    }
}

impl CheckLine {
    fn samples() -> Vec<CheckLine> {
        let one = |verdict| CheckLine {
            id: "a".to_owned(),
            title: "<日期>".to_owned(),
            verdict,
            reasons: vec!["在期間內".to_owned()],
            by: String::new(),
            at: None,
        };
        let looked = CheckLine { by: "<王>".to_owned(), at: Some(Moment::sample()), ..one("wrong") };
        vec![one("right"), one("wrong"), one("look"), one("unseen"), looked]
    }
}

impl Page for Review {
    const TEMPLATE: &'static str = "pages/review.html";
    fn samples() -> Vec<Review> {
        let full = Review::sample();
        let private = full.private.clone();
        let decided = Review {
            moves: Vec::new(),
            wrongs: Vec::new(),
            choice_wrong: String::new(),
            note_wrong: String::new(),
            mend_wrong: String::new(),
            decided: true,
            undo_until: Some("10:00".to_owned()),
            changes: Some(Vec::new()),
            checks: Vec::new(),
            claim: None,
            elsewhere: Vec::new(),
            others: Vec::new(),
            used: 0,
            private: private.clone().map(|one| Private {
                revealed: true,
                masked: false,
                complete: true,
                error: false,
                ..one
            }),
            ..full.clone()
        };
        let own = Review {
            why_not: "own",
            decided: false,
            undo_until: None,
            batched: true,
            names_fields: false,
            note_letters: None,
            changes: None,
            private: None,
            next: None,
            skip: None,
            can_claim: false,
            student_link: None,
            ..decided.clone()
        };
        let both = Review {
            why_not: "both",
            claim: Some(Claim { mine: false, name: "王".to_owned(), until: "09:30".to_owned() }),
            private: private.map(|one| Private { error: false, pictures: Vec::new(), ..one }),
            ..own.clone()
        };
        vec![
            Review { next: None, ..decided.clone() },
            Review { why_not: "nothing", ..own.clone() },
            own,
            both,
            decided,
            Review {
                moves: full.moves.first().cloned().into_iter().collect(),
                refused: Some("<已變動>".to_owned()),
                wrongs: Vec::new(),
                ..full.clone()
            },
            full,
        ]
    }
}
