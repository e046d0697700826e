//! A move of the applicant's, before it is made.

use serde::Serialize;

use super::Page;
use super::cases::Pointed;
use super::form::Input;

/// A move before it is made; or, without one, throwing a draft away.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub id: String,
    pub number: String,
    pub title: String,
    pub version: i64,
    pub action: String,
    pub step: String,
    pub discard: bool,
    pub danger: bool,
    /// `none`, `optional` or `needed`.
    pub note: &'static str,
    pub letters: usize,
    pub typed: String,
    pub wrong: String,
    /// All that is wrong, each with its place.
    pub wrongs: Vec<Pointed>,
    /// What the move asks for.
    pub asks: Vec<Input>,
    /// What follows from it; empty for throwing away.
    pub follows: String,
    /// Minutes in which it can be undone; `None` where what it does is not for good.
    pub undo: Option<u32>,
}

impl Page for Step {
    const TEMPLATE: &'static str = "pages/case-step.html";
    fn samples() -> Vec<Step> {
        let page = Step {
            id: "1".to_owned(),
            number: "2345-6789".to_owned(),
            title: "甲申請".to_owned(),
            version: 1,
            action: "/cases/1/do/a".to_owned(),
            step: "撤回".to_owned(),
            discard: false,
            danger: true,
            note: "needed",
            letters: 250,
            typed: String::new(),
            wrong: "請寫原因".to_owned(),
            wrongs: vec![Pointed::sample()],
            asks: Input::samples(),
            follows: "採計「<甲>」1".to_owned(),
            undo: Some(0),
        };
        vec![
            Step {
                discard: true,
                note: "none",
                wrong: String::new(),
                wrongs: Vec::new(),
                asks: Vec::new(),
                follows: String::new(),
                undo: None,
                ..page.clone()
            },
            Step { danger: false, note: "optional", undo: Some(60), ..page.clone() },
            page,
        ]
    }
}
