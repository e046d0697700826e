//! The demonstration's cases: lists to choose from, and applications in every state, brought there
//! by the same functions that people use, each at its moment.

mod answers;
mod lists;
mod paper;
mod walk;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Map;

use super::Demo;
use super::chance::Chance;
use super::fill::FillError;
use super::spec::{When, one};
use crate::app::App;
use crate::app::case::CaseError;
use crate::clock::Instant;
use walk::Makers;

/// A catalogue's entries, given to each of its lists.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueSpec {
    pub catalogue: String,
    /// Where each term has a list of its own; the last four where it is not said.
    #[serde(default)]
    pub terms: Vec<String>,
    /// So many of `entries` are on each list; all where it is not said.
    pub each: Option<usize>,
    /// By field, as they are typed.
    #[serde(default)]
    pub entries: Vec<BTreeMap<String, String>>,
    #[serde(default)]
    pub made: Vec<Made>,
}

/// Entries that are put together from parts, one for each combination.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// By part: its words, each with its English.
    pub of: Map<String, serde_json::Value>,
    pub entry: BTreeMap<String, String>,
}

/// Cases of one workflow.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseSpec {
    pub case: String,
    pub admitted: Vec<i32>,
    pub division: String,
    /// They are begun between these days; in the window that opened last where it is not said.
    pub from: Option<When>,
    pub to: Option<When>,
    /// At most so many a student.
    #[serde(default = "one")]
    pub each: usize,
    /// Answers to choose from, by field; what is not said is made from what the field is.
    #[serde(default)]
    pub answers: BTreeMap<String, Answers>,
    pub walks: Vec<Walk>,
}

/// Answers as they are typed.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Answers {
    One(String),
    OneOf(Vec<String>),
    /// A day between two, both included.
    Between {
        from: When,
        to: When,
    },
}

/// So many cases that go the same way.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Walk {
    pub count: usize,
    /// Answers that are said otherwise of these.
    #[serde(default)]
    pub answers: BTreeMap<String, Answers>,
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What each of their applicants then changes in the profile.
    #[serde(default)]
    pub then_profile: BTreeMap<String, String>,
    /// A budget: after them, what can be paid of it goes into a batch.
    pub batch: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(rename = "do")]
    pub step: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub fields: Vec<String>,
    /// What the move asks for; what is not said is made from what the field is.
    #[serde(default)]
    pub answers: BTreeMap<String, Answers>,
}

/// Fills catalogues and brings cases to where the folder wants them.
pub async fn fill_cases(app: &App, demo: &Demo, now: Instant) -> Result<(), FillError> {
    let edition = app.edition.load_full();
    let mut chance = Chance::new(demo.seed);
    for list in &demo.catalogues {
        lists::fill(app, &edition, list, now).await?;
    }
    let mut made = 0;
    for spec in &demo.cases {
        let mut makers = Makers::new(app, edition.clone(), demo, spec, now).await?;
        makers.made = made;
        makers.fill_in_profiles(&mut chance).await?;
        for walk in &spec.walks {
            makers.known(walk);
            for _ in 0..walk.count {
                makers.one(walk, &mut chance).await?;
            }
            if let Some(budget) = &walk.batch {
                makers.batch(budget).await?;
            }
        }
        made = makers.made;
    }
    Ok(())
}

fn refused(what: &str, why: &str) -> FillError {
    FillError::Refused { file: what.to_owned(), why: why.to_owned() }
}

/// What a case refused, with the walk that led there.
fn failed(of: &str, error: CaseError) -> FillError {
    let why = match &error {
        CaseError::Refused(refusal) => format!("{refusal:?}"),
        other => other.to_string(),
    };
    refused(of, &why)
}
