//! The demonstration's cases: lists to choose from, and applications in every state, brought there
//! by the same functions that people use, each at its moment.

mod answers;
mod lists;
mod paper;
mod walk;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Account;
use super::chance::Chance;
use super::fill::FillError;
use super::spec::one;
use crate::app::App;
use crate::app::case::CaseError;
use crate::clock::{Day, Instant};
use walk::Makers;

/// A catalogue's entries, given to each of its lists.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueSpec {
    pub catalogue: String,
    /// Where each term has a list of its own.
    #[serde(default)]
    pub terms: Vec<String>,
    /// So many of `entries` are on each list; all where it is not said.
    pub each: Option<usize>,
    /// By field, as they are typed.
    pub entries: Vec<BTreeMap<String, String>>,
}

/// Cases of one workflow.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseSpec {
    pub case: String,
    pub admitted: Vec<i32>,
    pub division: String,
    /// They are begun between these days; in the window that opened last where it is not said.
    pub from: Option<Day>,
    pub to: Option<Day>,
    /// At most so many a student.
    #[serde(default = "one")]
    pub each: usize,
    /// Answers to choose from, by field; what is not said is made from what the field is.
    #[serde(default)]
    pub answers: BTreeMap<String, Answers>,
    /// The same for the profile.
    #[serde(default)]
    pub profile: BTreeMap<String, Answers>,
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
        from: Day,
        to: Day,
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

/// Fills catalogues and brings cases to where the folder wants them. `accounts` are those whose
/// password is shown.
pub async fn fill_cases(
    app: &App,
    lists: &[CatalogueSpec],
    cases: &[CaseSpec],
    accounts: &[Account],
    seed: u64,
    now: Instant,
) -> Result<(), FillError> {
    let edition = app.edition.load_full();
    let mut chance = Chance::new(seed);
    for list in lists {
        lists::fill(app, &edition, list, now).await?;
    }
    for spec in cases {
        let mut makers = Makers::new(app, edition.clone(), spec, now).await?;
        makers.known(accounts);
        for walk in &spec.walks {
            for number in 0..walk.count {
                makers.one(walk, number == 0, &mut chance).await?;
            }
            if let Some(budget) = &walk.batch {
                makers.batch(budget).await?;
            }
        }
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
