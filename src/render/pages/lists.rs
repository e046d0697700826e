//! Lists of students for staff: a class, a department, a college, an office's not-passed; and the
//! roster that is printed.

use serde::Serialize;

use super::Page;

/// A class, as its tutors see it.
#[derive(Clone, Debug, Serialize)]
pub struct Class {
    pub class: Place,
    pub department: Place,
    pub college: Place,
    pub tutors: Vec<String>,
    pub day: ChosenDay,
    pub requirements: Vec<Head>,
    /// How many of the class the thresholds bind, and how many of those have passed everything.
    pub bound: usize,
    pub passed: usize,
    pub not_passed: usize,
    /// Students whom no threshold binds.
    pub others: usize,
    pub students: Vec<Student>,
    /// Only those who have not passed are shown.
    pub remaining: bool,
    pub all_link: String,
    pub remaining_link: String,
    pub print_link: String,
    pub sheet_link: String,
}

/// A class on A4.
#[derive(Clone, Debug, Serialize)]
pub struct Roster {
    pub class: Place,
    pub department: Place,
    pub tutors: Vec<String>,
    pub day: ChosenDay,
    pub requirements: Vec<Head>,
    pub bound: usize,
    pub passed: usize,
    pub not_passed: usize,
    pub students: Vec<Student>,
    pub back_link: String,
}

/// A department's, a college's or an office's list.
#[derive(Clone, Debug, Serialize)]
pub struct List {
    /// `department`, `college` or `requirement`: picks the words.
    pub kind: &'static str,
    pub title: String,
    /// What stands above the title: the college of a department, the office of a requirement.
    pub above: Option<Place>,
    pub day: ChosenDay,
    /// The requirements that the reader may see.
    pub requirements: Vec<Head>,
    /// Whether the overall verdict is shown.
    pub overall: bool,
    pub students: Vec<Student>,
    /// How many students there are, have passed and have not, before the filters by verdict.
    pub all: usize,
    pub passed: usize,
    pub not_passed: usize,
    pub found: usize,
    pub page: usize,
    pub pages: usize,
    pub previous_link: Option<String>,
    pub next_link: Option<String>,
    /// The same list, whole, as files.
    pub csv_link: String,
    pub sheet_link: String,
    /// The filters that apply, each with the address without it.
    pub filters: Vec<Filter>,
    pub remaining: bool,
    pub all_link: String,
    pub remaining_link: String,
    pub form: ListForm,
    /// The departments of a college.
    pub departments: Vec<Place>,
}

/// The filter form as it was sent.
#[derive(Clone, Debug, Serialize)]
pub struct ListForm {
    pub action: String,
    pub search: String,
    pub all_years: bool,
    pub remaining: bool,
    /// Requirements to choose from; the chosen one is `current`.
    pub lacking: Vec<Choice>,
    pub departments: Vec<Choice>,
    pub classes: Vec<Choice>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub current: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Filter {
    pub label: String,
    pub without: String,
}

/// A name, with its address where the reader may go there.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    pub name: String,
    pub code: String,
    pub link: Option<String>,
}

/// The day as of which a page tells.
#[derive(Clone, Debug, Serialize)]
pub struct ChosenDay {
    /// `2025-12-12`.
    pub day: String,
    /// What stands in the field: the same, or what was asked for and cannot be.
    pub typed: String,
    pub wrong: Option<String>,
    /// As the school writes it.
    pub shown: String,
    pub is_today: bool,
    pub today: String,
}

/// The head of a requirement's column.
#[derive(Clone, Debug, Serialize)]
pub struct Head {
    pub id: String,
    pub short: String,
    pub title: String,
    pub unit: String,
    /// How many in the list lack it.
    pub lacking: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct Student {
    pub number: String,
    pub name: String,
    pub link: Option<String>,
    pub class: Place,
    pub department: String,
    pub bound: bool,
    pub passed: bool,
    /// One for each head.
    pub cells: Vec<Cell>,
    /// What is missing, among what the reader may see.
    pub missing: Vec<Missing>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    pub bound: bool,
    pub passed: bool,
    pub waived: bool,
    pub earned: String,
    pub needed: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Missing {
    pub short: String,
    /// With its unit: `6 小時`.
    pub amount: String,
}

impl Place {
    fn sample(name: &str) -> Place {
        Place { name: name.to_owned(), code: "x".to_owned(), link: Some("/x".to_owned()) }
    }
}

impl ChosenDay {
    pub(super) fn sample() -> ChosenDay {
        ChosenDay {
            typed: "2025-12-12".to_owned(),
            wrong: None,
            day: "2025-12-12".to_owned(),
            shown: "114 年 12 月 12 日".to_owned(),
            is_today: false,
            today: "2025-12-20".to_owned(),
        }
    }
}

impl Head {
    fn sample() -> Head {
        Head {
            id: "a".to_owned(),
            short: "甲".to_owned(),
            title: "甲門檻".to_owned(),
            unit: "hours".to_owned(),
            lacking: 1,
        }
    }
}

impl Student {
    fn samples() -> Vec<Student> {
        let cell =
            |bound, passed| Cell { bound, passed, waived: false, earned: "1".to_owned(), needed: "3".to_owned() };
        let passed = Student {
            number: "0001".to_owned(),
            name: "<林小美>".to_owned(),
            link: Some("/students/0001".to_owned()),
            class: Place::sample("四甲"),
            department: "一系".to_owned(),
            bound: true,
            passed: true,
            cells: vec![cell(true, true)],
            missing: Vec::new(),
        };
        let missing = Missing { short: "甲".to_owned(), amount: "2 小時".to_owned() };
        vec![
            Student { passed: false, cells: vec![cell(true, false)], missing: vec![missing], ..passed.clone() },
            Student { bound: false, cells: vec![cell(false, true)], link: None, ..passed.clone() },
            Student { cells: vec![Cell { waived: true, ..cell(true, true) }], ..passed.clone() },
            passed,
        ]
    }
}

impl Page for Class {
    const TEMPLATE: &'static str = "pages/class.html";
    fn samples() -> Vec<Class> {
        let full = Class {
            class: Place::sample("四甲"),
            department: Place::sample("一系"),
            college: Place::sample("一院"),
            tutors: vec!["王老師".to_owned()],
            day: ChosenDay::sample(),
            requirements: vec![Head::sample()],
            bound: 2,
            passed: 1,
            not_passed: 1,
            others: 1,
            students: Student::samples(),
            remaining: false,
            all_link: "/classes/x".to_owned(),
            remaining_link: "/classes/x?show=remaining".to_owned(),
            print_link: "/classes/x/roster".to_owned(),
            sheet_link: "/classes/x/roster.xlsx".to_owned(),
        };
        let empty = Class {
            students: Vec::new(),
            tutors: Vec::new(),
            remaining: true,
            day: ChosenDay { is_today: true, wrong: Some("<還沒到>".to_owned()), ..ChosenDay::sample() },
            ..full.clone()
        };
        vec![full, empty]
    }
}

impl Page for Roster {
    const TEMPLATE: &'static str = "pages/roster.html";
    fn samples() -> Vec<Roster> {
        vec![Roster {
            class: Place::sample("四甲"),
            department: Place::sample("一系"),
            tutors: vec!["王老師".to_owned()],
            day: ChosenDay::sample(),
            requirements: vec![Head::sample()],
            bound: 2,
            passed: 1,
            not_passed: 1,
            students: Student::samples(),
            back_link: "/classes/x".to_owned(),
        }]
    }
}

impl Page for List {
    const TEMPLATE: &'static str = "pages/list.html";
    fn samples() -> Vec<List> {
        let choice = Choice { value: "a".to_owned(), label: "甲".to_owned(), current: true };
        let full = List {
            kind: "department",
            title: "一系".to_owned(),
            above: Some(Place::sample("一院")),
            day: ChosenDay::sample(),
            requirements: vec![Head::sample()],
            overall: true,
            students: Student::samples(),
            all: 3,
            passed: 1,
            not_passed: 2,
            found: 3,
            page: 1,
            pages: 2,
            previous_link: Some("?page=1".to_owned()),
            next_link: Some("?page=2".to_owned()),
            csv_link: "/departments/a/students.csv".to_owned(),
            sheet_link: "/departments/a/students.xlsx".to_owned(),
            filters: vec![Filter { label: "只看未完成".to_owned(), without: "/x".to_owned() }],
            remaining: false,
            all_link: "/x".to_owned(),
            remaining_link: "/x?show=remaining".to_owned(),
            form: ListForm {
                action: "/x".to_owned(),
                search: "林".to_owned(),
                all_years: true,
                remaining: true,
                lacking: vec![choice.clone()],
                departments: vec![choice.clone()],
                classes: vec![choice],
            },
            departments: vec![Place::sample("一系")],
        };
        let empty = List {
            kind: "requirement",
            students: Vec::new(),
            overall: false,
            above: None,
            remaining: true,
            pages: 1,
            filters: Vec::new(),
            departments: Vec::new(),
            previous_link: None,
            next_link: None,
            ..full.clone()
        };
        vec![List { kind: "college", ..full.clone() }, full, empty]
    }
}
