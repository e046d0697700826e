//! What the pages of cases share, for applicants and for reviewers: a state as a mark, the flow as a
//! timeline, answers beside their fields, files. `pages/_cases.html` shows them.

use serde::Serialize;

/// A state in word, shape and colour: `kind` is `good`, `bad`, `wait`, `todo` or `none`.
#[derive(Clone, Debug, Serialize)]
pub struct Mark {
    pub kind: &'static str,
    pub title: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Moment {
    pub iso: String,
    pub shown: String,
}

/// One event of the flow.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    pub at: Moment,
    /// The state that it led to.
    pub state: String,
    /// What was done.
    pub what: String,
    /// The state says as much already.
    pub repeats: bool,
    pub person: String,
    pub unit: String,
    /// Who lent the role that was acted in.
    pub in_place_of: String,
    pub note: String,
    /// What the move asked for.
    pub asked: Vec<Answered>,
    /// Labels of the fields that are to be mended.
    pub named: Vec<String>,
    pub reasons: Vec<String>,
    pub undone: bool,
    pub current: bool,
}

/// An answer as it is read.
#[derive(Clone, Debug, Serialize)]
pub struct Answered {
    pub id: String,
    pub label: String,
    /// `nothing`, `text`, `lines`, `amount`, `day`, `yes`, `no`, `files`, `entry`, `cases` or `masked`.
    pub kind: &'static str,
    pub text: String,
    /// An entry's code, a day as ISO.
    pub code: String,
    /// What stands beside an entry's name, and all that it says.
    pub beside: Vec<String>,
    pub says: Vec<UsedCell>,
    pub files: Vec<FileLink>,
    /// Other cases that are used.
    pub cases: Vec<UsedCase>,
    /// Why a computed figure is what it is.
    pub reasons: Vec<String>,
    /// What a check says of it.
    pub remarks: Vec<String>,
    /// It is to be mended.
    pub named: bool,
    /// Where it can be changed; empty where it cannot.
    pub change: String,
}

/// Another case, by its number and what lists show of it.
#[derive(Clone, Debug, Serialize)]
pub struct UsedCase {
    pub id: String,
    pub number: String,
    pub cells: Vec<UsedCell>,
    pub files: Vec<FileLink>,
    pub chosen: bool,
    /// Yet another case uses it.
    pub taken: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct UsedCell {
    pub label: String,
    pub text: String,
}

/// A file that was sent.
#[derive(Clone, Debug, Serialize)]
pub struct FileLink {
    pub id: String,
    pub name: String,
    pub size: String,
    pub href: String,
    /// The address of its thumbnail; empty where it is no picture.
    pub thumb: String,
}

/// A sentence with the place it is about: an entry of an error summary.
#[derive(Clone, Debug, Serialize)]
pub struct Pointed {
    /// The id of the element it leads to.
    pub to: String,
    pub text: String,
}

impl Mark {
    pub(super) fn sample() -> Mark {
        Mark { kind: "wait", title: "審查中".to_owned() }
    }
}

impl Moment {
    pub(super) fn sample() -> Moment {
        Moment { iso: "2026-03-01T09:00:00Z".to_owned(), shown: "2026-03-01 17:00".to_owned() }
    }
}

impl Event {
    pub(super) fn samples() -> Vec<Event> {
        let event = Event {
            at: Moment::sample(),
            state: "審查中".to_owned(),
            what: "送件".to_owned(),
            repeats: false,
            person: "<王小明>".to_owned(),
            unit: String::new(),
            in_place_of: String::new(),
            note: String::new(),
            asked: Vec::new(),
            named: Vec::new(),
            reasons: Vec::new(),
            undone: false,
            current: false,
        };
        let decided = Event {
            unit: "一系".to_owned(),
            in_place_of: "李小華".to_owned(),
            note: "請補件".to_owned(),
            asked: Answered::samples(),
            named: vec!["證明".to_owned()],
            reasons: vec!["合於規定".to_owned()],
            current: true,
            repeats: true,
            ..event.clone()
        };
        vec![event.clone(), Event { undone: true, ..event }, decided]
    }
}

impl Answered {
    pub(super) fn samples() -> Vec<Answered> {
        let answer = Answered {
            id: "a".to_owned(),
            label: "甲".to_owned(),
            kind: "text",
            text: "乙".to_owned(),
            code: "A1".to_owned(),
            beside: vec!["<乙級>".to_owned()],
            says: vec![UsedCell { label: "級別".to_owned(), text: "<乙級>".to_owned() }],
            files: Vec::new(),
            cases: Vec::new(),
            reasons: Vec::new(),
            remarks: vec!["在本區間內".to_owned()],
            named: true,
            change: "/cases/1/edit#field-a".to_owned(),
        };
        let kinds = ["nothing", "lines", "day", "yes", "no", "entry", "masked"];
        let mut out: Vec<Answered> = kinds
            .into_iter()
            .map(|kind| Answered { kind, named: false, change: String::new(), ..answer.clone() })
            .collect();
        out.push(Answered { kind: "amount", reasons: vec!["合計的一半".to_owned()], ..answer.clone() });
        out.push(Answered { kind: "money", ..answer.clone() });
        out.push(Answered { kind: "cases", cases: UsedCase::samples(), ..answer.clone() });
        out.push(Answered { kind: "files", files: FileLink::samples(), ..answer.clone() });
        out.push(answer);
        out
    }
}

impl UsedCase {
    pub(super) fn samples() -> Vec<UsedCase> {
        let case = UsedCase {
            id: "1".to_owned(),
            number: "2345-6789".to_owned(),
            cells: vec![UsedCell { label: "名稱".to_owned(), text: "<甲>".to_owned() }],
            files: FileLink::samples(),
            chosen: true,
            taken: false,
        };
        vec![UsedCase { chosen: false, taken: true, files: Vec::new(), ..case.clone() }, case]
    }
}

impl FileLink {
    pub(super) fn samples() -> Vec<FileLink> {
        let file = FileLink {
            id: "1".to_owned(),
            name: "證明.pdf".to_owned(),
            size: "1.2 MB".to_owned(),
            href: "/files/1".to_owned(),
            thumb: String::new(),
        };
        vec![FileLink { thumb: "/files/1?small=1".to_owned(), ..file.clone() }, file]
    }
}

impl Pointed {
    pub(super) fn sample() -> Pointed {
        Pointed { to: "field-a".to_owned(), text: "請填寫「甲」".to_owned() }
    }
}
