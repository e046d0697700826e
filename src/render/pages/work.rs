//! Where staff begin: what is theirs, and what they can do.

use serde::Serialize;

use super::Page;

#[derive(Clone, Debug, Serialize)]
pub struct Work {
    pub name: String,
    pub groups: Vec<Group>,
    pub tasks: Vec<Task>,
    /// The reader sees students, and may look one up.
    pub finds: bool,
    /// A number that was looked up, and leads to nobody whom the reader may see.
    pub unknown: Option<String>,
}

/// Places that are the reader's, under a heading.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// A key of the locale files.
    pub heading: &'static str,
    pub places: Vec<WorkPlace>,
}

#[derive(Clone, Debug, Serialize)]
pub struct WorkPlace {
    pub href: String,
    pub title: String,
    pub note: String,
    /// Of a class: today.
    pub passed: Option<Passed>,
}

/// How many have passed everything, of those bound.
#[derive(Clone, Debug, Serialize)]
pub struct Passed {
    pub passed: usize,
    pub of: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct Task {
    pub href: String,
    /// Keys of the locale files.
    pub title: &'static str,
    pub text: &'static str,
    /// What it is called where one title stands for several.
    pub name: Option<String>,
}

impl Page for Work {
    const TEMPLATE: &'static str = "pages/work.html";
    fn samples() -> Vec<Work> {
        let place = WorkPlace {
            href: "/classes/1".to_owned(),
            title: "一甲".to_owned(),
            note: "一系".to_owned(),
            passed: Some(Passed { passed: 3, of: 40 }),
        };
        vec![
            Work { name: "王".to_owned(), groups: Vec::new(), tasks: Vec::new(), finds: false, unknown: None },
            Work {
                name: "<王>".to_owned(),
                groups: vec![Group { heading: "work-classes", places: vec![place] }],
                tasks: vec![
                    Task { href: "/imports".to_owned(), title: "imports", text: "work-task-imports", name: None },
                    Task {
                        href: "/payments/b".to_owned(),
                        title: "payments",
                        text: "work-task-payments",
                        name: Some("<補助>".to_owned()),
                    },
                ],
                finds: true,
                unknown: Some("<4A9>".to_owned()),
            },
        ]
    }
}
