//! What the demonstration's people type: what `demo.yaml` says, else what the shape of a field
//! allows; with invented papers.

use std::collections::BTreeMap;

use sha2::Digest;

use super::walk::Makers;
use super::{Answers, FillError, Walk, failed, paper, refused};
use crate::amount::Amount;
use crate::app::access::Viewer;
use crate::app::case::Open;
use crate::app::files::{self, FileRow, Media, OwnerKind, Sent};
use crate::app::{case, profile};
use crate::case::Raw;
use crate::clock::{Day, Instant};
use crate::definition::case::{Among, Answer, Aspect, Count, Field, Media as Kind, Workflow};
use crate::demo::chance::Chance;
use crate::demo::people::{checked, fill};
use crate::rules::filing::{Entry, Value};
use crate::store::files::{self as rows, Owner};
use crate::store::report::Listed;
use crate::store::stored;

/// A case that is filled in: whose, along which walk, its number, when.
#[derive(Clone, Copy)]
pub(super) struct Filing<'a> {
    pub student: &'a Listed,
    pub walk: &'a Walk,
    pub number: usize,
    pub at: Instant,
}

/// Who types, when, and the number of their case.
struct Typist<'a> {
    student: &'a str,
    name: &'a str,
    number: usize,
    day: Day,
}

impl Makers<'_> {
    /// The applicant's profile, where the school has one and they have not.
    pub(super) async fn profile(
        &mut self,
        student: &Listed,
        chance: &mut Chance,
        at: Instant,
    ) -> Result<(), FillError> {
        let edition = self.edition.clone();
        let Some(described) = &edition.definition.profile else { return Ok(()) };
        let is_shown = self.demo.accounts.iter().any(|account| account.profile && account.account == student.student);
        if self.described().needs_profile.is_none() && self.demo.profiles.is_empty() && !is_shown {
            return Ok(());
        }
        let (version, complete) = {
            let mut conn = self.app.db.read().await?;
            let kept = profile::read(self.app, &mut conn, &edition.definition, &student.student).await?;
            (kept.version, profile::is_complete(self.app, &mut conn, &student.student, at).await?)
        };
        if version > 0 && complete {
            return Ok(());
        }
        let day = edition.definition.school.calendar.today(at);
        let typist = Typist { student: &student.student, name: &student.name, number: self.papers.len(), day };
        let mut typed = Raw::new();
        for field in described.fields.iter().filter(|field| field.is_asked()) {
            let said = self.demo.profiles.get(&field.id);
            if let Some(text) = self.answer(field, said, &typist, chance) {
                typed.insert(field.id.clone(), text);
            } else if let (Answer::File { of, .. }, false) = (&field.is, field.optional) {
                let owner = Owner { kind: OwnerKind::Profile, id: &student.student };
                typed.insert(field.id.clone(), self.paper(owner, &field.id, of, &student.student, at).await?);
            }
        }
        profile::keep(self.app, &edition, &student.student, &typed, version, at).await?;
        Ok(())
    }

    /// Fills in a case that was begun; false where the applicant lacks other cases that it needs.
    pub(super) async fn fill_in(
        &mut self,
        id: &str,
        viewer: &Viewer,
        filing: &Filing<'_>,
        chance: &mut Chance,
    ) -> Result<bool, FillError> {
        let Filing { student, walk, number, at } = *filing;
        let open = self.open(id, viewer, at).await?;
        let day = self.edition.definition.school.calendar.today(at);
        let typist = Typist { student: &student.student, name: &student.name, number, day };
        let mut typed = Raw::new();
        for field in open.workflow().fields.iter().filter(|field| field.is_asked()) {
            let said = self.said(walk, field);
            if let Some(text) = self.answer(field, said, &typist, chance) {
                typed.insert(field.id.clone(), text);
            } else if let (Answer::File { of, .. }, false) = (&field.is, field.optional) {
                let owner = Owner { kind: OwnerKind::Case, id };
                typed.insert(field.id.clone(), self.paper(owner, &field.id, of, &student.student, at).await?);
            }
        }
        let wrong = |error| failed(&self.spec.case, error);
        // Which entries there are hangs on the dates, which other cases on the entries: chosen last.
        case::keep(self.app, viewer, id, open.row.version, &typed, at).await.map_err(wrong)?;
        let open = self.open(id, viewer, at).await?;
        let mut chosen: BTreeMap<usize, Entry> = BTreeMap::new();
        for (index, field) in open.workflow().form().iter().enumerate() {
            let offered = self.offered(&open, index, filing, &typed).await?;
            if let Some(entry) = chance.pick(&offered) {
                typed.insert(field.id.clone(), entry.id.clone());
                chosen.insert(index, entry.clone());
            }
        }
        says_of_chosen(&mut typed, open.workflow(), &chosen);
        for field in open.workflow().form().iter().filter(|field| !field.optional) {
            let Answer::Cases { count, .. } = &field.is else { continue };
            let wanted = match count {
                Some(Count::Number(number)) => *number as usize,
                Some(Count::Of(seen)) => chosen.get(&seen.field).map_or(1, |entry| number_of(entry, seen)),
                None => 1,
            };
            let free: Vec<&str> = free(&open, &field.id).take(wanted).collect();
            if free.len() < wanted {
                return Ok(false);
            }
            typed.insert(field.id.clone(), free.join(","));
        }
        case::keep(self.app, viewer, id, open.row.version, &typed, at).await.map_err(wrong)?;
        Ok(true)
    }

    /// What is said of a field's answer: of this walk, else of all.
    fn said<'b>(&'b self, walk: &'b Walk, field: &Field) -> Option<&'b Answers> {
        walk.answers.get(&field.id).or_else(|| self.spec.answers.get(&field.id))
    }

    /// The entries that a field offers, as far as the spec and what the applicant has allow.
    async fn offered(
        &self,
        open: &Open,
        index: usize,
        filing: &Filing<'_>,
        typed: &Raw,
    ) -> Result<Vec<Entry>, FillError> {
        let workflow = open.workflow();
        let Some(field) = workflow.fields.get(index) else { return Ok(Vec::new()) };
        let Answer::Entry { among, .. } = &field.is else { return Ok(Vec::new()) };
        let term = among.iter().find_map(|among| match among {
            Among::TermOf(date) => typed.get(&workflow.fields.get(*date)?.id)?.parse::<Day>().ok(),
            Among::OwnDepartment | Among::Ticked(_) => None,
        });
        let definition = &self.edition.definition;
        let term = term.map(|day| definition.school.calendar.term_of(day).to_string());
        let mut conn = self.app.db.read().await?;
        let mut offered =
            case::choices(&mut conn, definition, workflow, index, &filing.student.department, term.as_deref()).await?;
        if let Some(said) = self.said(filing.walk, field) {
            let codes = said.all();
            let is_said = |code: &Value| matches!(code, Value::Text(code) if codes.contains(&code.as_str()));
            offered.retain(|entry| entry.says.get("@code").is_some_and(is_said));
        }
        for other in workflow.form() {
            if let Answer::Cases { count: Some(Count::Of(seen)), .. } = &other.is
                && seen.field == index
            {
                let has = free(open, &other.id).count();
                offered.retain(|entry| number_of(entry, seen) <= has);
            }
        }
        Ok(offered)
    }

    /// What is typed into the fields that a move asks for.
    pub(super) fn asked(
        &self,
        open: &Open,
        step: usize,
        said: &BTreeMap<String, Answers>,
        filing: &Filing<'_>,
        chance: &mut Chance,
    ) -> Raw {
        let Filing { student, number, at, .. } = *filing;
        let day = self.edition.definition.school.calendar.today(at);
        let typist = Typist { student: &student.student, name: &student.name, number, day };
        let workflow = open.workflow();
        let fields = workflow.asks(step).into_iter().map(|index| &workflow.fields[index]);
        let typed = fields
            .filter_map(|field| Some((field.id.clone(), self.answer(field, said.get(&field.id), &typist, chance)?)));
        typed.collect()
    }

    /// What is typed into a field; nothing where it is a file, an entry or other cases, or may be
    /// left empty and nothing is said of it.
    fn answer(
        &self,
        field: &Field,
        said: Option<&Answers>,
        typist: &Typist<'_>,
        chance: &mut Chance,
    ) -> Option<String> {
        if matches!(field.is, Answer::File { .. } | Answer::Entry { .. } | Answer::Cases { .. }) {
            return None;
        }
        let text = match said {
            Some(Answers::Between { from, to }) => {
                let today = self.edition.definition.school.calendar.today(self.now);
                let from = from.on(today);
                day_between(from, to.on(today).min(typist.day).max(from), chance)
            }
            Some(Answers::One(text)) => text.clone(),
            Some(Answers::OneOf(texts)) => chance.pick(texts)?.clone(),
            None if field.optional => return None,
            None => return self.made(field, typist, chance),
        };
        Some(match (&field.is, text.as_str()) {
            (Answer::Tick { .. }, "true") => "on".to_owned(),
            (Answer::Tick { .. }, _) => String::new(),
            _ => checked(&fill(
                &text,
                &[
                    ("n", &format!("{:04}", typist.number)),
                    ("student", typist.student),
                    ("number", typist.student.get(1..).unwrap_or_default()),
                    ("name", typist.name),
                ],
            )),
        })
    }

    /// An answer of the kind that a field asks for.
    fn made(&self, field: &Field, typist: &Typist<'_>, chance: &mut Chance) -> Option<String> {
        match &field.is {
            Answer::Text { letters, lines } => {
                let number = if *lines { String::new() } else { format!(" {:04}", typist.number) };
                Some(format!("{}{number}", field.label.zh).chars().take(*letters).collect())
            }
            Answer::Number { least, most } | Answer::Money { least, most } => {
                let whole = |amount: &Amount| amount.0 / Amount::whole(1).0;
                let least = whole(least) + i64::from(least.0 % Amount::whole(1).0 > 0);
                Some(chance.between(least, whole(most).min(least + 1_000)).to_string())
            }
            Answer::Date => {
                let evidence = self.round.as_ref().and_then(|round| round.evidence);
                let (from, to) = evidence.unwrap_or((typist.day - chrono::Duration::days(60), typist.day));
                Some(day_between(from, to.min(typist.day), chance))
            }
            Answer::Choice(options) => chance.pick(options).map(|option| option.id.clone()),
            Answer::Tick { at_first } => Some(if *at_first { "on".to_owned() } else { String::new() }),
            Answer::File { .. }
            | Answer::Entry { .. }
            | Answer::Cases { .. }
            | Answer::Computed { .. }
            | Answer::Record(_) => None,
        }
    }

    /// A paper for a field, as its owner's own file; its id.
    async fn paper(
        &mut self,
        owner: Owner<'_>,
        field: &str,
        of: &[Kind],
        by: &str,
        at: Instant,
    ) -> Result<String, FillError> {
        let media = match of {
            _ if of.is_empty() || of.contains(&Kind::Png) => Media::Png,
            _ if of.contains(&Kind::Jpeg) => Media::Jpeg,
            _ => Media::Pdf,
        };
        let name = format!("{field}.{}", media.ending());
        let known = format!("{}/{field}", owner.kind.code());
        if !self.papers.contains_key(&known) {
            let bytes = paper::sheet(&["DEMONSTRATION", &field.replace('_', "-"), "NOT A REAL PAPER"], media);
            let bytes = bytes.ok_or_else(|| refused(&name, "cannot be drawn"))?;
            let up_to_bytes = bytes.len() as u64;
            let sent = Sent { owner, field, name: &name, bytes, accept: &[media], up_to_bytes, by };
            let kept = files::keep(self.app, sent, at).await.map_err(|error| refused(&name, &error.to_string()))?;
            self.papers.insert(known.clone(), kept);
        }
        let Some(kept) = self.papers.get(&known) else { return Err(refused(&name, "was not kept")) };
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

impl Answers {
    fn all(&self) -> Vec<&str> {
        match self {
            Answers::One(text) => vec![text],
            Answers::OneOf(texts) => texts.iter().map(String::as_str).collect(),
            Answers::Between { .. } => Vec::new(),
        }
    }
}

/// Puts into braces what the chosen entries say: `{course.level}`.
fn says_of_chosen(typed: &mut Raw, workflow: &Workflow, chosen: &BTreeMap<usize, Entry>) {
    for text in typed.values_mut().filter(|text| text.contains('{')) {
        for (index, entry) in chosen {
            let Some(field) = workflow.fields.get(*index) else { continue };
            let prefix = format!("{{{}.", field.id);
            while let Some((before, rest)) = text.split_once(&prefix) {
                let (key, after) = rest.split_once('}').unwrap_or((rest, ""));
                let said = match entry.says.get(key) {
                    Some(Value::Text(said)) => said.clone(),
                    Some(Value::Amount(amount)) => amount.to_string(),
                    Some(Value::Day(day)) => day.to_string(),
                    Some(_) | None => String::new(),
                };
                *text = format!("{before}{said}{after}");
            }
        }
    }
}

/// The applicant's other cases that a field may still use.
fn free<'a>(open: &'a Open, field: &'a str) -> impl Iterator<Item = &'a str> {
    let of_field = open.known.cases.iter().filter(move |((of, _), usable)| of == field && !usable.taken);
    of_field.map(|((_, id), _)| id.as_str())
}

/// How many other cases an entry asks for.
fn number_of(entry: &Entry, seen: &Aspect) -> usize {
    match seen.of.as_ref().and_then(|of| entry.says.get(of)) {
        Some(Value::Amount(amount)) => usize::try_from(amount.0 / Amount::whole(1).0).unwrap_or_default(),
        Some(_) | None => 1,
    }
}

fn day_between(from: Day, to: Day, chance: &mut Chance) -> String {
    let days = chance.between(0, (to - from).num_days().max(0));
    (from + chrono::Duration::days(days)).to_string()
}
