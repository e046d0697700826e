//! The demonstration's cases: lists to choose from, and applications in every state, brought there
//! by the same functions that people use, each at its moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use sha2::Digest;

use super::chance::Chance;
use super::fill::FillError;
use super::paper;
use crate::app::access::Viewer;
use crate::app::case::{self, Asked, CaseError, Open};
use crate::app::files::{self, FileRow, Media, OwnerKind, Sent};
use crate::app::money::{self, Freezing, Sight};
use crate::app::{App, Edition, profile, progress};
use crate::case::Raw;
use crate::clock::{Day, Instant, Term};
use crate::definition::case::{Answer, By, Field, Party, Workflow};
use crate::lang::Lang;
use crate::store::access::Person;
use crate::store::catalogues::{self, EntryRow, ListRow};
use crate::store::files::{self as rows, Owner};
use crate::store::people::{self, StaffRecord};
use crate::store::report::{Listed, Students};
use crate::store::stored;

/// A catalogue's entries, given to the lists of every department and term.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueSpec {
    pub catalogue: String,
    pub terms: Vec<String>,
    /// So many of `entries` are on each list.
    pub each: usize,
    /// By field, as they are typed.
    pub entries: Vec<BTreeMap<String, Json>>,
}

/// Cases of one workflow.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseSpec {
    pub case: String,
    pub admitted: Vec<i32>,
    pub division: String,
    /// They are begun between these days.
    pub from: Day,
    pub to: Day,
    /// Typed answers to choose from, by field; dates lie between two.
    pub answers: BTreeMap<String, Vec<Json>>,
    /// The same for the profile.
    #[serde(default)]
    pub profile: BTreeMap<String, Vec<Json>>,
    pub walks: Vec<Walk>,
}

/// So many cases that go the same way.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Walk {
    pub count: usize,
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What each of their applicants then changes in the profile.
    #[serde(default)]
    pub then_profile: BTreeMap<String, Json>,
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
}

/// Fills catalogues and brings cases to where the folder wants them.
pub async fn fill_cases(
    app: &App,
    lists: &[CatalogueSpec],
    cases: &[CaseSpec],
    seed: u64,
    now: Instant,
) -> Result<(), FillError> {
    let edition = app.edition.load_full();
    let mut chance = Chance::new(seed);
    for list in lists {
        fill_lists(app, &edition, list, now).await?;
    }
    for spec in cases {
        let mut makers = Makers::new(app, edition.clone(), spec, now).await?;
        for walk in &spec.walks {
            for _ in 0..walk.count {
                makers.one(walk, &mut chance).await?;
            }
            if let Some(budget) = &walk.batch {
                makers.batch(budget).await?;
            }
        }
    }
    Ok(())
}

async fn fill_lists(app: &App, edition: &Edition, spec: &CatalogueSpec, now: Instant) -> Result<(), FillError> {
    let definition = &edition.definition;
    let Some(catalogue) = definition.catalogues.iter().find(|list| list.id == spec.catalogue) else {
        return Err(refused(&spec.catalogue, "there is no such catalogue"));
    };
    let has_students =
        |kind: &str| definition.school.unit_kinds.iter().any(|known| known.id == kind && known.has_students);
    let mut conn = app.db.begin_alone().await?;
    let units = people::units(&mut conn).await?;
    let (mut rows, mut lists) = (Vec::new(), Vec::new());
    for (number, unit) in units.iter().filter(|unit| has_students(&unit.kind)).enumerate() {
        for term in &spec.terms {
            // Neighbouring departments share some of theirs.
            let entries = spec.entries.iter().cycle().skip(number * 3).take(spec.each.min(spec.entries.len()));
            for (ordinal, entry) in entries.enumerate() {
                let typed = |field: Option<&Field>| {
                    let value = field.and_then(|field| entry.get(&field.id));
                    value.map(text_of).unwrap_or_default()
                };
                let says: Map<String, Json> = catalogue
                    .fields
                    .iter()
                    .filter_map(|field| Some((field.id.clone(), said(field, entry.get(&field.id)?))))
                    .collect();
                rows.push(EntryRow {
                    id: format!("{}-{}-{term}-{ordinal}", spec.catalogue, unit.code),
                    catalogue: spec.catalogue.clone(),
                    department: unit.code.clone(),
                    term: term.clone(),
                    code: typed(catalogue.fields.first()),
                    name: typed(catalogue.fields.get(1)),
                    says: Json::Object(says).to_string(),
                    ordinal: ordinal as i64,
                });
            }
            lists.push(ListRow {
                catalogue: spec.catalogue.clone(),
                department: unit.code.clone(),
                term: term.clone(),
                state: case::APPROVED.to_owned(),
                changed_at: stored(now),
                ..ListRow::default()
            });
        }
    }
    catalogues::add_entries(&mut conn, &rows).await?;
    // What stands on a list when it is approved is on offer from then on.
    for list in &lists {
        catalogues::set_list(&mut conn, list, 0).await?;
    }
    conn.commit().await?;
    Ok(())
}

/// A typed value as an entry says it.
fn said(field: &Field, value: &Json) -> Json {
    match field.is {
        Answer::Tick { .. } => json!({ "tick": value.as_bool().unwrap_or_default() }),
        _ => json!({ "text": text_of(value) }),
    }
}

fn text_of(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Bool(true) => "on".to_owned(),
        Json::Bool(false) | Json::Null => String::new(),
        other => other.to_string(),
    }
}

fn refused(what: &str, why: &str) -> FillError {
    FillError::Refused { file: what.to_owned(), why: why.to_owned() }
}

/// What makes one workflow's cases.
struct Makers<'a> {
    app: &'a App,
    edition: Arc<Edition>,
    workflow: usize,
    spec: &'a CaseSpec,
    /// Students who may still file one.
    students: Vec<Listed>,
    staff: Vec<StaffRecord>,
    now: Instant,
    made: usize,
    /// One paper a field: its bytes are kept once for all who send it.
    papers: BTreeMap<String, FileRow>,
}

impl<'a> Makers<'a> {
    async fn new(
        app: &'a App,
        edition: Arc<Edition>,
        spec: &'a CaseSpec,
        now: Instant,
    ) -> Result<Makers<'a>, FillError> {
        let Some((workflow, described)) = edition.definition.workflow(&spec.case) else {
            return Err(refused(&spec.case, "there is no such case"));
        };
        let mut conn = app.db.read().await?;
        let cohorts = spec.admitted.iter().map(|year| (spec.division.clone(), *year)).collect();
        let wanted = Students {
            statuses: Some(progress::studying(&edition.definition)),
            cohorts: Some(cohorts),
            ..Students::on(edition.definition.school.calendar.today(now))
        };
        let requirement = described.requirement;
        let mut students = Vec::new();
        progress::judged(&mut conn, &edition, &wanted, |judged| {
            let lacks = |index: usize| judged.verdict.requirements.get(index).is_some_and(|one| !one.passed);
            if requirement.is_none_or(lacks) {
                students.push(judged.who);
            }
        })
        .await?;
        let staff = people::staff(&mut conn).await?;
        Ok(Makers {
            app,
            workflow,
            spec,
            students,
            staff,
            now,
            made: 0,
            papers: BTreeMap::new(),
            edition: edition.clone(),
        })
    }

    fn described(&self) -> &Workflow {
        &self.edition.definition.workflows[self.workflow]
    }

    /// One case along a walk; one that cannot go on stays where it is.
    async fn one(&mut self, walk: &Walk, chance: &mut Chance) -> Result<(), FillError> {
        if self.students.is_empty() {
            return Ok(());
        }
        let student = self.students.swap_remove(chance.below(self.students.len()));
        let calendar = self.edition.definition.school.calendar.clone();
        let days = (self.spec.to - self.spec.from).num_days().max(0);
        let begun = self.spec.from + chrono::Duration::days(chance.between(0, days));
        let time = chrono::NaiveTime::from_hms_opt(8 + chance.below(12) as u32, chance.below(60) as u32, 0);
        let mut at = calendar.instant(begun, time.unwrap_or_default()).min(self.now);
        let viewer = self.viewer(&student.student, Some(&student.name), None, at).await?;
        if !self.spec.profile.is_empty() {
            self.profile(&student, chance, at).await?;
        }
        self.made += 1;
        let (of, number) = (self.spec.case.clone(), self.made);
        let nonce = |step: usize| format!("demo-{of}-{number}-{step}");
        let begun = case::begin(self.app, &viewer, &self.spec.case, &nonce(0), at).await.map_err(failed)?;
        let open = self.open(&begun.id, &viewer, at).await?;
        let mut typed = self.typed(&open, &student, chance, at).await?;
        // Which entries there are hangs on the dates: they are chosen last.
        let open = case::keep(self.app, &viewer, &begun.id, open.row.version, &typed, at).await.map_err(failed)?;
        self.entries(&open, &student, &mut typed, chance).await?;
        case::keep(self.app, &viewer, &begun.id, open.row.version, &typed, at).await.map_err(failed)?;
        for (index, step) in walk.steps.iter().enumerate() {
            at = (at + chrono::Duration::minutes(chance.between(40, 3_000))).min(self.now);
            let Some((_, described)) = self.described().step(&step.step) else {
                return Err(refused(&step.step, "there is no such move"));
            };
            let by = described.by;
            let open = self.open(&begun.id, &viewer, at).await?;
            let actor = match self.party(by, &open) {
                Some(Party::Applicant) | None => viewer.clone(),
                Some(party) => self.member(party, &open.row.department, at).await?,
            };
            let asked = Asked {
                step: &step.step,
                seen: open.row.version,
                note: &step.note,
                named: step.fields.iter().map(String::as_str).collect(),
                nonce: &nonce(index + 1),
                ..Asked::default()
            };
            case::act(self.app, &actor, &begun.id, &asked, at).await.map_err(failed)?;
        }
        if !walk.then_profile.is_empty() {
            at = (at + chrono::Duration::minutes(chance.between(40, 600))).min(self.now);
            let kept = {
                let mut conn = self.app.db.read().await?;
                profile::read(self.app, &mut conn, &self.edition.definition, &student.student).await?
            };
            let typed: Raw = walk.then_profile.iter().map(|(field, value)| (field.clone(), text_of(value))).collect();
            profile::keep(self.app, &self.edition, &student.student, &typed, kept.version, at).await?;
        }
        Ok(())
    }

    /// Puts what can be paid now into a batch of each year, in the name of whoever pays.
    async fn batch(&self, budget: &str) -> Result<(), FillError> {
        let definition = &self.edition.definition;
        let Some(described) = definition.budgets.iter().find(|known| known.id == budget) else {
            return Err(refused(budget, "there is no such budget"));
        };
        let mut office = None;
        for person in &self.staff {
            let viewer = self.viewer(&person.account, None, Some(&person.name), self.now).await?;
            if matches!(money::seen(&viewer, definition, budget), Some((_, Sight::Office))) {
                office = Some(viewer);
                break;
            }
        }
        let Some(office) = office else { return Err(refused(budget, "nobody pays from it")) };
        for (year, _) in &described.years {
            let mut conn = self.app.db.read().await?;
            let ready = money::rehearse(self.app, &mut conn, &office, budget, *year, self.now).await;
            drop(conn);
            let ready = ready.map_err(|error| refused(budget, &error.to_string()))?;
            if !ready.lines.is_empty() {
                let wanted = Freezing { budget, year: *year, asked: &ready.asked };
                let made = money::freeze(self.app, &office, wanted, Lang::default(), self.now).await;
                made.map_err(|error| refused(budget, &error.to_string()))?;
            }
        }
        Ok(())
    }

    async fn open(&self, id: &str, viewer: &Viewer, at: Instant) -> Result<Open, FillError> {
        let mut conn = self.app.db.read().await?;
        case::see(self.app, &mut conn, id, viewer, at).await.map_err(failed)
    }

    fn party(&self, by: By, open: &Open) -> Option<Party> {
        match by {
            By::Party(party) => Some(party),
            By::WhoeverItWaitsFor => open.workflow().states.get(open.case.state)?.waits_for,
            By::Time => None,
        }
    }

    /// Somebody of a party.
    async fn member(&self, party: Party, department: &str, at: Instant) -> Result<Viewer, FillError> {
        let school = &self.edition.definition.school;
        let (role, unit) = match party {
            Party::OwnDepartment { role } => (role, department),
            Party::Unit { unit, role } => (role, school.units[unit].id.as_str()),
            Party::Applicant => return Err(refused("applicant", "is no member of staff")),
        };
        let role = &school.roles[role].id;
        let person = self.staff.iter().find(|person| person.roles.iter().any(|(held, of)| held == role && of == unit));
        let Some(person) = person else { return Err(refused(unit, "nobody holds the role")) };
        self.viewer(&person.account, None, Some(&person.name), at).await
    }

    async fn viewer(
        &self,
        account: &str,
        student: Option<&str>,
        staff: Option<&str>,
        at: Instant,
    ) -> Result<Viewer, FillError> {
        let person = Person {
            account: account.to_owned(),
            lang: Lang::default().code().to_owned(),
            student_name: student.map(str::to_owned),
            staff_name: staff.map(str::to_owned),
        };
        let today = self.edition.definition.school.calendar.today(at);
        let mut conn = self.app.db.read().await?;
        Ok(Viewer::of(&mut conn, &self.edition.definition, person, today).await?)
    }

    async fn profile(&mut self, student: &Listed, chance: &mut Chance, at: Instant) -> Result<(), FillError> {
        let edition = self.edition.clone();
        let Some(described) = &edition.definition.profile else { return Ok(()) };
        let mut typed = Raw::new();
        for field in described.fields.iter().filter(|field| field.is_asked()) {
            if let Some(text) = self.answer(field, self.spec.profile.get(&field.id), chance) {
                typed.insert(field.id.clone(), text);
            } else if let Answer::File { .. } = field.is {
                let owner = Owner { kind: OwnerKind::Profile, id: &student.student };
                typed.insert(field.id.clone(), self.paper(owner, &field.id, &student.student, at).await?);
            }
        }
        profile::keep(self.app, &self.edition, &student.student, &typed, 0, at).await?;
        Ok(())
    }

    async fn typed(
        &mut self,
        open: &Open,
        student: &Listed,
        chance: &mut Chance,
        at: Instant,
    ) -> Result<Raw, FillError> {
        let mut typed = Raw::new();
        for field in open.workflow().fields.iter().filter(|field| field.is_asked()) {
            if let Some(text) = self.answer(field, self.spec.answers.get(&field.id), chance) {
                typed.insert(field.id.clone(), text);
            } else if let Answer::File { .. } = field.is {
                let owner = Owner { kind: OwnerKind::Case, id: &open.row.id };
                typed.insert(field.id.clone(), self.paper(owner, &field.id, &student.student, at).await?);
            }
        }
        Ok(typed)
    }

    fn answer(&self, field: &Field, from: Option<&Vec<Json>>, chance: &mut Chance) -> Option<String> {
        let from = from?;
        if let (Answer::Date, [Json::String(first), Json::String(last)]) = (&field.is, from.as_slice()) {
            let (first, last): (Day, Day) = (first.parse().ok()?, last.parse().ok()?);
            let days = chance.between(0, (last - first).num_days());
            return Some((first + chrono::Duration::days(days)).to_string());
        }
        chance.pick(from).map(text_of)
    }

    async fn entries(
        &self,
        open: &Open,
        student: &Listed,
        typed: &mut Raw,
        chance: &mut Chance,
    ) -> Result<(), FillError> {
        let definition = &self.edition.definition;
        let dates = open.workflow().fields.iter().filter(|field| field.is == Answer::Date);
        let term: Option<Term> = dates
            .filter_map(|field| typed.get(&field.id)?.parse::<Day>().ok())
            .map(|day| definition.school.calendar.term_of(day))
            .next();
        for (index, field) in open.workflow().fields.iter().enumerate() {
            let Answer::Entry { .. } = field.is else { continue };
            let term = term.map(|term| term.to_string());
            let mut conn = self.app.db.read().await?;
            let offered =
                case::choices(&mut conn, definition, open.workflow(), index, &student.department, term.as_deref())
                    .await?;
            if let Some(entry) = chance.pick(&offered) {
                typed.insert(field.id.clone(), entry.id.clone());
            }
        }
        Ok(())
    }

    /// A paper for a field, as its owner's own file; its id.
    async fn paper(&mut self, owner: Owner<'_>, field: &str, by: &str, at: Instant) -> Result<String, FillError> {
        let name = format!("{field}.png");
        if !self.papers.contains_key(field) {
            let bytes = paper::sheet(&["DEMONSTRATION", &field.replace('_', "-"), "NOT A REAL PAPER"]);
            let bytes = bytes.ok_or_else(|| refused(&name, "cannot be drawn"))?;
            let up_to_bytes = bytes.len() as u64;
            let accept = &[Media::Png];
            let sent = Sent { owner, field, name: &name, bytes, accept, up_to_bytes, by };
            let kept = files::keep(self.app, sent, at).await.map_err(|error| refused(&name, &error.to_string()))?;
            self.papers.insert(field.to_owned(), kept);
        }
        let Some(kept) = self.papers.get(field) else { return Err(refused(&name, "was not kept")) };
        let mut id = [0u8; 16];
        getrandom::fill(&mut id).map_err(|error| refused(&name, &error.to_string()))?;
        let row = FileRow {
            id: hex::encode(id),
            owner_kind: owner.kind,
            owner: owner.id.to_owned(),
            name: format!("{by}-{name}"),
            // Every sheet looks the same; nobody is to be warned that they do.
            sha256: hex::encode(sha2::Sha256::digest(id)),
            uploaded_by: by.to_owned(),
            at: stored(at),
            ..kept.clone()
        };
        let mut conn = self.app.db.begin().await?;
        rows::add(&mut conn, &row).await?;
        conn.commit().await?;
        Ok(row.id)
    }
}

fn failed(error: CaseError) -> FillError {
    let why = match &error {
        CaseError::Refused(refusal) => format!("{refusal:?}"),
        other => other.to_string(),
    };
    refused("case", &why)
}
