//! What pages are given: one typed value for each page, with samples. A template may use no name
//! that its page's samples do not have; `check` sees to it. No logic here.

pub mod audit;
pub mod cases;
pub mod catalogue;
pub mod delegation;
pub mod exports;
pub mod filing;
pub mod flow;
pub mod form;
mod frame;
pub mod imports;
pub mod lists;
pub mod mails;
pub mod mine;
pub mod money;
pub mod notices;
mod public;
pub mod queue;
pub mod records;
pub mod review;
pub mod rules;
pub mod statistics;
pub mod step;
pub mod student;
pub mod take_back;
pub mod tokens;
pub mod work;

use serde::Serialize;
use serde_json::{Value, json};

pub use frame::{Frame, Link, Notice, OtherLang, Reader};
pub use public::{
    Failure, Forgot, Home, HomeCase, HomeNews, HomePage, HomeRequirement, HomeWindow, NewPassword, ReadPage, ReadPart,
    SignIn,
};

/// A page's own values, found under `page` in its template.
pub trait Page: Serialize {
    /// The template's name: `pages/home.html`.
    const TEMPLATE: &'static str;
    /// Values as they may come: each branch of the template should be taken by one of them.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// Every page's template with the contexts it is checked with.
pub fn samples() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        of::<Home>(),
        of::<SignIn>(),
        of::<Forgot>(),
        of::<NewPassword>(),
        of::<Failure>(),
        of::<lists::Class>(),
        of::<lists::Roster>(),
        of::<lists::List>(),
        of::<statistics::Statistics>(),
        of::<student::Dashboard>(),
        of::<records::Records>(),
        of::<records::Why>(),
        of::<ReadPage>(),
        of::<mine::Mine>(),
        of::<filing::Apply>(),
        of::<form::Form>(),
        of::<form::Check>(),
        of::<filing::CasePage>(),
        of::<step::Step>(),
        of::<form::Profile>(),
        of::<imports::Imports>(),
        of::<imports::ImportCheck>(),
        of::<take_back::TakeBack>(),
        of::<notices::Notices>(),
        of::<notices::Rehearsal>(),
        of::<mails::Mails>(),
        of::<mails::MailPage>(),
        of::<rules::Rules>(),
        of::<audit::Audit>(),
        of::<money::Payments>(),
        of::<money::BatchCheck>(),
        of::<work::Work>(),
        of::<queue::Queue>(),
        of::<queue::Bulk>(),
        of::<review::Review>(),
        of::<catalogue::Catalogues>(),
        of::<catalogue::CatalogueList>(),
        of::<delegation::Delegations>(),
        of::<flow::Flow>(),
        of::<exports::Exports>(),
        of::<exports::Export>(),
        of::<exports::ExportPaper>(),
        of::<tokens::Tokens>(),
    ]
}

/// The frame alone, for the parts that all pages share.
pub fn frame_samples() -> Vec<Value> {
    Frame::samples().iter().filter_map(|frame| serde_json::to_value(frame).ok()).collect()
}

fn of<P: Page>() -> (&'static str, Vec<Value>) {
    let frames = frame_samples();
    let contexts = P::samples()
        .iter()
        .filter_map(|page| serde_json::to_value(page).ok())
        .flat_map(|page| frames.iter().map(move |frame| json!({ "frame": frame, "page": page })).collect::<Vec<_>>())
        .collect();
    (P::TEMPLATE, contexts)
}
