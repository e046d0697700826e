//! One function a use case: load, decide, save, enqueue, commit. This file is what they all
//! share: the database, the edition in force and the settings.

pub mod access;
pub mod access_log;
pub mod accounts;
pub mod case;
pub mod catalogue;
mod check;
pub mod csv;
pub mod delegation;
pub mod deliver;
mod envelope;
pub mod files;
pub mod forgotten;
pub mod given;
pub mod import;
pub mod lists;
pub mod money;
pub mod notice;
pub mod password;
pub mod payee;
pub mod profile;
pub mod progress;
pub mod reloads;
pub mod report;
pub mod roster;
pub mod sheet;
pub mod tokens;
pub mod uploads;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Semaphore;

use crate::clock::Day;
use crate::definition::{Definition, Files};
use crate::problem::Problem;
use crate::render::{Templates, outside};
use crate::rules::{Rules, Watch};
use crate::sandbox::{Kept, Sandbox, SandboxError};
use crate::seal::Chain;
use crate::store::Db;
use crate::vault::{Place, Vault};

pub use check::{CheckedFolder, check};

/// Whom the audit log and the list of imports name for what is done by command.
pub const OPERATOR: &str = "(command line)";
/// Whom the audit log names for what is done because its time has come.
pub const SCHEDULE: &str = "(schedule)";

/// A school's folder, ready to run.
pub struct Edition {
    pub definition: Definition,
    pub rules: Rules,
    pub templates: Arc<Templates>,
    /// The texts that it was read from: kept for the cases that begin under it.
    pub files: Files,
    /// What is worth a look although the folder holds.
    pub warnings: Vec<Problem>,
}

/// Where things are; flags and environment are read in `cli`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder with `workflows/`, `rules/` and `templates/`.
    pub folder: PathBuf,
    pub school: String,
    /// For the database by default, mails as files, uploads.
    pub data: PathBuf,
    /// Links in mails begin with it; no slash at its end.
    pub base_url: String,
    pub smtp_url: Option<String>,
    /// Where files are kept, sealed.
    pub files: Place,
    pub mail_from: String,
    /// Where untrusted files are decoded.
    pub sandbox: Sandbox,
    /// 32 bytes that seal private data and name messages.
    pub secret: [u8; 32],
}

pub struct App {
    pub db: Db,
    pub edition: ArcSwap<Edition>,
    pub settings: Settings,
    pub vault: Vault,
    /// Links the audit log's rows.
    pub chain: Chain,
    /// Files looked at in child processes at once.
    pub(crate) looking: Semaphore,
    /// The day on which the demonstration was made, where this is one.
    demonstrated: Option<Day>,
    /// Former editions that cases still stand under, by name; read from the database when needed.
    former: Mutex<HashMap<String, Arc<Edition>>>,
}

impl Edition {
    /// Reads and checks everything a school consists of, or says everything that is wrong.
    pub fn load(folder: &Path, school: &str) -> Result<Edition, Vec<Problem>> {
        let files = Files::read(folder, school);
        let checked = crate::definition::check(&files, school);
        let Some(definition) = checked.definition else { return Err(checked.problems) };
        let warnings = checked.problems;
        // Rules and templates are both checked, so that one run tells all.
        match (Rules::compile_watched(&definition, stopwatch()), Templates::load(folder, &definition)) {
            (Ok(rules), Ok(templates)) => {
                Ok(Edition { definition, rules, templates: Arc::new(templates), files, warnings })
            }
            (rules, templates) => {
                let mut problems = rules.err().unwrap_or_default();
                problems.extend(templates.err().unwrap_or_default());
                Err(problems)
            }
        }
    }
}

impl Edition {
    /// The same with its rounds around the day on which a demonstration was made, where this is one.
    pub fn held(mut self, made: Option<Day>) -> Edition {
        if let Some(made) = made {
            let demo = self.definition.demo.clone();
            self.definition.held(demo.as_ref(), made);
        }
        self
    }

    /// Tries templates that the binary does not carry, in a child process: what they ask for in
    /// memory and time is not bounded here. An edition is served only after this, and children
    /// print whatever has to do with them.
    pub fn tried(mut self, sandbox: &Sandbox) -> Result<Edition, Vec<Problem>> {
        try_templates(&self.templates, sandbox)?;
        if let Some(templates) = Arc::get_mut(&mut self.templates)
            && templates.has_foreign()
        {
            templates.print_with(printer(Kept::new(sandbox, outside::JOB, templates.texts())));
        }
        Ok(self)
    }
}

fn printer(children: Kept) -> outside::Printer {
    const LONGEST: Duration = Duration::from_secs(2);
    let ask = move |question: &[u8]| children.ask(question, LONGEST).map_err(|error| error.to_string());
    Box::new(move |question| match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        // Whoever waits for a child holds nobody else up.
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(|| ask(question)),
        _ => ask(question),
    })
}

fn try_templates(templates: &Templates, sandbox: &Sandbox) -> Result<(), Vec<Problem>> {
    const LONGEST: Duration = Duration::from_secs(4);
    templates.tried(|input| {
        sandbox.run(crate::render::trial::JOB, input, LONGEST).map_err(|error: SandboxError| error.to_string())
    })
}

/// Milliseconds since it was made: what a rule's time is measured by.
fn stopwatch() -> Watch {
    let began = std::time::Instant::now();
    Arc::new(move || u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX))
}

impl App {
    pub fn new(db: Db, edition: Edition, settings: Settings) -> App {
        let chain = Chain::new(&settings.secret, crate::store::audit::PURPOSE);
        let vault = Vault::new(settings.files.clone(), &settings.secret);
        let (edition, former) = (ArcSwap::from_pointee(edition), Mutex::default());
        App { db, edition, settings, vault, chain, looking: Semaphore::new(2), demonstrated: None, former }
    }

    /// The same for a demonstration that was made on a day: its rounds are held around it.
    pub fn demonstrating(self, made: Option<Day>) -> App {
        App { demonstrated: made, ..self }
    }

    /// Takes the folder as it now is, where it checks; else keeps what is and says why.
    pub fn reload(&self) -> Result<Arc<Edition>, Vec<Problem>> {
        let edition = Edition::load(&self.settings.folder, &self.settings.school)?.tried(&self.settings.sandbox)?;
        let edition = Arc::new(edition.held(self.demonstrated));
        self.edition.store(edition.clone());
        Ok(edition)
    }
}
