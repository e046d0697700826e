//! Brings the demonstration into a database the way a school would: by the imports that people
//! use, each at its moment, so that its history is a history.

use super::{Demo, File};
use crate::app::App;
use crate::app::import::{self, Outcome, Request, TakeBackError};
use crate::lang::Lang;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum FillError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    TakeBack(#[from] TakeBackError),
    #[error("{file}: {why}")]
    Refused { file: String, why: String },
    #[error("{0}")]
    Csv(#[from] std::io::Error),
}

/// Imports every file in order. The database should be empty.
pub async fn fill(app: &App, demo: &Demo) -> Result<(), FillError> {
    for file in &demo.files {
        let outcome = bring(app, file, &demo.importer).await?;
        if let (Some(batch), Some(at)) = (outcome.batch, file.taken_back) {
            import::take_back(app, batch, &demo.importer, at).await?;
        }
    }
    Ok(())
}

async fn bring(app: &App, file: &File, by: &str) -> Result<Outcome, FillError> {
    let request = Request {
        kind: file.kind,
        catalogue: String::new(),
        file: file.name.clone(),
        bytes: file.csv()?,
        effective: Some(file.effective),
        dry_run: false,
        accept_good: false,
        by: by.to_owned(),
        viewer: None,
        upload: None,
    };
    let outcome = import::run(app, request, file.at).await?;
    match outcome.refused.first() {
        None => Ok(outcome),
        Some(note) => {
            let why = note.json(Lang::En).to_string();
            Err(FillError::Refused { file: file.name.clone(), why })
        }
    }
}
