//! Pass rates: a sentence, charts and the same figures as a table.

use serde::Serialize;

use super::Page;
use super::lists::{Choice, ChosenDay};

#[derive(Clone, Debug, Serialize)]
pub struct Statistics {
    pub day: ChosenDay,
    /// `college`, `department` or `class`.
    pub by: &'static str,
    pub by_choices: Vec<Choice>,
    /// What is compared: a requirement's id or `all`.
    pub of_choices: Vec<Choice>,
    pub of_title: String,
    pub colleges: Vec<Choice>,
    /// The college that is looked at alone; empty: all.
    pub college: String,
    pub students: u64,
    pub total: Vec<Figure>,
    /// The requirement with the lowest rate, and that rate.
    pub lowest: Option<Figure>,
    /// All rows by the chosen figure, the highest first.
    pub bars: Vec<Bar>,
    /// The rate of all together, in thousandths, for the line across the bars.
    pub line: u32,
    pub line_rate: String,
    pub heads: Vec<String>,
    pub rows: Vec<Row>,
    /// Whether some row is too small to be told.
    pub withheld: bool,
    pub csv_link: String,
    pub sheet_link: String,
    /// When a credit was last recorded by the day.
    pub recorded: Option<String>,
    /// The whole school is told, not only what is the reader's own.
    pub whole: bool,
}

/// One figure with its bar.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    pub title: String,
    pub passed: u64,
    pub not_passed: u64,
    pub of: u64,
    /// `87.77`.
    pub rate: String,
    /// The bar's length in thousandths.
    pub length: u32,
    pub link: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Bar {
    pub label: String,
    pub link: Option<String>,
    pub passed: u64,
    pub of: u64,
    pub rate: String,
    pub length: u32,
}

#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub college: String,
    pub department: String,
    pub class: String,
    pub link: Option<String>,
    /// Fewer students than may be told; there are then no figures.
    pub withheld: bool,
    pub students: u64,
    pub figures: Vec<RowFigure>,
}

#[derive(Clone, Debug, Serialize)]
pub struct RowFigure {
    pub passed: u64,
    pub rate: String,
}

impl Page for Statistics {
    const TEMPLATE: &'static str = "pages/statistics.html";
    fn samples() -> Vec<Statistics> {
        let choice = Choice { value: "all".to_owned(), label: "全部".to_owned(), current: true };
        let figure = Figure {
            title: "甲".to_owned(),
            passed: 2,
            not_passed: 1,
            of: 3,
            rate: "66.67".to_owned(),
            length: 667,
            link: Some("/requirements/a".to_owned()),
        };
        let row = Row {
            college: "一院".to_owned(),
            department: "一系".to_owned(),
            class: "四甲".to_owned(),
            link: Some("/departments/x".to_owned()),
            withheld: false,
            students: 3,
            figures: vec![RowFigure { passed: 2, rate: "66.67".to_owned() }],
        };
        let full = Statistics {
            day: ChosenDay::sample(),
            by: "department",
            by_choices: vec![choice.clone()],
            of_choices: vec![choice.clone()],
            of_title: "全部".to_owned(),
            colleges: vec![choice],
            college: "一院".to_owned(),
            students: 3,
            total: vec![figure.clone()],
            lowest: Some(figure),
            bars: vec![Bar {
                label: "一系".to_owned(),
                link: Some("/departments/x".to_owned()),
                passed: 2,
                of: 3,
                rate: "66.67".to_owned(),
                length: 667,
            }],
            line: 667,
            line_rate: "66.67".to_owned(),
            heads: vec!["甲".to_owned()],
            rows: vec![Row { withheld: true, link: None, ..row.clone() }, row],
            withheld: true,
            csv_link: "/statistics.csv".to_owned(),
            sheet_link: "/statistics.xlsx".to_owned(),
            recorded: Some("2025-12-12".to_owned()),
            whole: true,
        };
        let empty = Statistics {
            students: 0,
            rows: Vec::new(),
            bars: Vec::new(),
            lowest: None,
            recorded: None,
            withheld: false,
            whole: false,
            by: "class",
            ..full.clone()
        };
        vec![Statistics { by: "college", ..full.clone() }, full, empty]
    }
}
