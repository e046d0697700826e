//! One's own cases, and what one can begin.

use serde::Serialize;

use super::Page;
use super::cases::{FileLink, Mark, Moment, UsedCell};
use super::filing::MoveLink;
use super::lists::Choice;

/// One's own cases, and what can be applied for.
#[derive(Clone, Debug, Serialize)]
pub struct Mine {
    /// Those on this page.
    pub cases: Vec<OwnCase>,
    /// How many there are of the year and term that are asked for.
    pub total: usize,
    /// Academic years and numbers of terms to choose from; empty where there is one alone.
    pub years: Vec<Choice>,
    pub terms: Vec<Choice>,
    pub page: usize,
    pub pages: usize,
    pub previous_link: Option<String>,
    pub next_link: Option<String>,
    pub begin: Vec<Beginning>,
}

#[derive(Clone, Debug, Serialize)]
pub struct OwnCase {
    pub href: String,
    pub title: String,
    pub number: String,
    pub mark: Mark,
    pub since: Moment,
    /// Until when its applicant can act before time ends it; empty where it does not.
    pub until: String,
    /// What lists show of it, and its pictures and papers.
    pub cells: Vec<UsedCell>,
    pub files: Vec<FileLink>,
    /// What may follow where it ended well.
    pub moves: Vec<MoveLink>,
    /// What somebody else last did with it.
    pub decided: Option<OwnDecision>,
}

/// Who decided a case, when, and what they wrote.
#[derive(Clone, Debug, Serialize)]
pub struct OwnDecision {
    pub person: String,
    pub at: Moment,
    pub note: String,
}

/// A workflow that is for the reader: where it begins, or the case that is open.
#[derive(Clone, Debug, Serialize)]
pub struct Beginning {
    pub href: String,
    pub title: String,
    pub mark: Option<Mark>,
}

impl Beginning {
    pub(super) fn samples() -> Vec<Beginning> {
        let beginning = Beginning { href: "/apply/a".to_owned(), title: "甲申請".to_owned(), mark: None };
        vec![Beginning { mark: Some(Mark::sample()), ..beginning.clone() }, beginning]
    }
}

impl Page for Mine {
    const TEMPLATE: &'static str = "pages/my-cases.html";
    fn samples() -> Vec<Mine> {
        let case = OwnCase {
            href: "/cases/1".to_owned(),
            title: "甲申請".to_owned(),
            number: "2345-6789".to_owned(),
            mark: Mark::sample(),
            since: Moment::sample(),
            until: "until 28 November 2026".to_owned(),
            cells: vec![UsedCell { label: "名稱".to_owned(), text: "<甲>".to_owned() }],
            files: FileLink::samples(),
            moves: MoveLink::samples(),
            decided: Some(OwnDecision {
                person: "<王>".to_owned(), at: Moment::sample(), note: "<清楚>".to_owned()
            }),
        };
        let bare = OwnCase {
            cells: Vec::new(),
            files: Vec::new(),
            moves: Vec::new(),
            decided: None,
            until: String::new(),
            ..case.clone()
        };
        let choice = Choice { value: "111".to_owned(), label: "111".to_owned(), current: true };
        let page = Mine {
            cases: vec![case, bare],
            total: 50,
            years: vec![Choice { current: false, ..choice.clone() }, choice.clone()],
            terms: vec![choice],
            page: 2,
            pages: 3,
            previous_link: Some("/cases?page=1".to_owned()),
            next_link: Some("/cases?page=3".to_owned()),
            begin: Beginning::samples(),
        };
        let none = Mine {
            cases: Vec::new(),
            total: 0,
            years: Vec::new(),
            terms: Vec::new(),
            page: 1,
            pages: 1,
            previous_link: None,
            next_link: None,
            begin: Vec::new(),
        };
        vec![Mine { cases: Vec::new(), total: 0, ..page.clone() }, page, none]
    }
}
