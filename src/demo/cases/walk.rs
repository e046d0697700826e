//! Walks of cases: each is begun by a student, filled in, and moved by whoever may move it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::answers::Filing;
use super::{CaseSpec, FillError, Walk, failed, refused};
use crate::app::access::Viewer;
use crate::app::case::{self, Asked, CaseError, Open};
use crate::app::files::FileRow;
use crate::app::money::{self, Freezing, Sight};
use crate::app::{App, Edition, profile, progress};
use crate::case::Raw;
use crate::clock::{Day, Instant};
use crate::definition::Definition;
use crate::definition::case::{Answer, By, Party, Round, Workflow};
use crate::demo::Demo;
use crate::demo::chance::Chance;
use crate::lang::Lang;
use crate::store::access::Person;
use crate::store::cases;
use crate::store::people::{self, StaffRecord};
use crate::store::report::{Listed, Students};

/// What makes one workflow's cases.
pub(super) struct Makers<'a> {
    pub(super) app: &'a App,
    pub(super) edition: Arc<Edition>,
    workflow: usize,
    pub(super) demo: &'a Demo,
    pub(super) spec: &'a CaseSpec,
    /// Students who may still file one, and how many each has filed.
    students: Vec<Listed>,
    filed: BTreeMap<String, usize>,
    /// Those among them whose password is shown: they have the cases that their account says.
    shown: Vec<Listed>,
    /// Those of them to whom the next cases of this walk belong.
    firsts: Vec<Listed>,
    staff: Vec<StaffRecord>,
    pub(super) now: Instant,
    /// Cases are begun between these days, in this window where there is one.
    period: (Day, Day),
    pub(super) round: Option<Round>,
    /// Cases so far, of all kinds: their numbers run on.
    pub(super) made: usize,
    /// One paper a field: its bytes are kept once for all who send it.
    pub(super) papers: BTreeMap<String, FileRow>,
}

impl<'a> Makers<'a> {
    pub(super) async fn new(
        app: &'a App,
        edition: Arc<Edition>,
        demo: &'a Demo,
        spec: &'a CaseSpec,
        now: Instant,
    ) -> Result<Makers<'a>, FillError> {
        let definition = &edition.definition;
        let Some((workflow, described)) = definition.workflow(&spec.case) else {
            return Err(refused(&spec.case, "there is no such case"));
        };
        let mut conn = app.db.read().await?;
        let cohorts = spec.admitted.iter().map(|year| (spec.division.clone(), *year)).collect();
        let wanted = Students {
            statuses: Some(progress::studying(definition)),
            cohorts: Some(cohorts),
            ..Students::on(definition.school.calendar.today(now))
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
        let is_shown = |student: &Listed| demo.accounts.iter().any(|account| account.account == student.student);
        let shown = students.extract_if(.., |student| is_shown(student)).collect();
        let staff = people::staff(&mut conn).await?;
        let (period, round) = period(definition, described, spec, now);
        Ok(Makers {
            app,
            workflow,
            demo,
            spec,
            students,
            filed: BTreeMap::new(),
            shown,
            firsts: Vec::new(),
            staff,
            now,
            period,
            round,
            made: 0,
            papers: BTreeMap::new(),
            edition: edition.clone(),
        })
    }

    /// Keeps the first cases of a walk for those whose account says so.
    pub(super) fn known(&mut self, walk: &Walk) {
        let described = self.described();
        let last = walk.steps.last().and_then(|step| described.step(&step.step)).map_or(0, |(_, step)| step.to);
        let Some(end) = described.states.get(last).map(|state| state.id.clone()) else { return };
        let (case, accounts) = (&self.spec.case, &self.demo.accounts);
        let has = |student: &Listed| {
            accounts.iter().any(|account| account.account == student.student && account.files.has(case, &end))
        };
        self.firsts = self.shown.iter().filter(|student| has(student)).cloned().collect();
    }

    /// The profiles of those who have one though they file nothing of this kind.
    pub(super) async fn fill_in_profiles(&mut self, chance: &mut Chance) -> Result<(), FillError> {
        let (calendar, demo) = (&self.edition.definition.school.calendar, self.demo);
        let at = calendar.instant(self.period.0, chrono::NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default());
        let at = at.min(self.now);
        let has = |student: &Listed| {
            demo.accounts.iter().any(|account| account.account == student.student && account.profile)
        };
        let theirs: Vec<Listed> = self.shown.iter().filter(|student| has(student)).cloned().collect();
        for student in theirs {
            self.profile(&student, chance, at).await?;
        }
        Ok(())
    }

    pub(super) fn described(&self) -> &Workflow {
        &self.edition.definition.workflows[self.workflow]
    }

    /// Whose case the next one is.
    fn applicant(&mut self, chance: &mut Chance) -> Option<Listed> {
        if let Some(first) = self.firsts.pop() {
            return Some(first);
        }
        if self.students.is_empty() {
            return None;
        }
        let place = chance.below(self.students.len());
        let filed = self.filed.entry(self.students[place].student.clone()).or_default();
        *filed += 1;
        if *filed < self.spec.each { self.students.get(place).cloned() } else { Some(self.students.swap_remove(place)) }
    }

    /// One case along a walk. Where nobody is left to file one there is none.
    pub(super) async fn one(&mut self, walk: &Walk, chance: &mut Chance) -> Result<(), FillError> {
        let (of, calendar) = (self.spec.case.clone(), self.edition.definition.school.calendar.clone());
        self.made += 1;
        let number = self.made;
        let begins = self.period.0;
        let nonce = |step: usize| format!("demo-{of}-{begins}-{number}-{step}");
        let mut tries = 0;
        let (student, viewer, id, mut at) = loop {
            let Some(student) = self.applicant(chance) else { return Ok(()) };
            if !self.has_what_it_uses(&student.student).await? {
                self.students.retain(|other| other.student != student.student);
                continue;
            }
            let days = (self.period.1 - self.period.0).num_days().max(0);
            let day = self.period.0 + chrono::Duration::days(chance.between(0, days));
            let time = chrono::NaiveTime::from_hms_opt(8 + chance.below(12) as u32, chance.below(60) as u32, 0);
            let at = calendar.instant(day, time.unwrap_or_default()).min(self.last());
            let viewer = self.viewer(&student.student, Some(&student.name), None, at).await?;
            tries += 1;
            match case::begin(self.app, &viewer, &of, &nonce(1_000 * tries), at).await {
                Ok(begun) => {
                    self.profile(&student, chance, at).await?;
                    if self.fill_in(&begun.id, &viewer, &Filing { student: &student, walk, number, at }, chance).await?
                    {
                        break (student, viewer, begun.id, at);
                    }
                    // It needs more than the applicant has.
                    let version = self.open(&begun.id, &viewer, at).await?.row.version;
                    case::discard(self.app, &viewer, &begun.id, version, at).await.map_err(|e| failed(&of, e))?;
                    self.students.retain(|other| other.student != student.student);
                }
                // Whoever has as many as one may have, or whom it is not for: somebody else.
                Err(CaseError::OpenAlready { .. } | CaseError::NotForYou) => {
                    self.students.retain(|other| other.student != student.student);
                }
                Err(error) => return Err(failed(&of, error)),
            }
        };
        let mut is_sent = false;
        for (index, step) in walk.steps.iter().enumerate() {
            let wrong = |error| failed(&format!("{of}: {}", step.step), error);
            at = (at + chrono::Duration::minutes(chance.between(40, 3_000))).min(self.now);
            let Some((index_of_move, described)) = self.described().step(&step.step) else {
                return Err(refused(&step.step, "there is no such move"));
            };
            let by = described.by;
            let open = self.open(&id, &viewer, at).await?;
            let actor = match self.party(by, &open) {
                Some(Party::Applicant) | None => {
                    if !is_sent {
                        at = at.min(self.last());
                        is_sent = true;
                    }
                    viewer.clone()
                }
                Some(party) => self.member(party, &open.row.department, at).await?,
            };
            let answers = self.asked(
                &open,
                index_of_move,
                &step.answers,
                &Filing { student: &student, walk, number, at },
                chance,
            );
            let asked = Asked {
                answers,
                step: &step.step,
                seen: open.row.version,
                note: &step.note,
                named: step.fields.iter().map(String::as_str).collect(),
                nonce: &nonce(index + 1),
            };
            case::act(self.app, &actor, &id, &asked, at).await.map_err(wrong)?;
        }
        if !walk.then_profile.is_empty() {
            at = (at + chrono::Duration::minutes(chance.between(40, 600))).min(self.now);
            let kept = {
                let mut conn = self.app.db.read().await?;
                profile::read(self.app, &mut conn, &self.edition.definition, &student.student).await?
            };
            let typed: Raw = walk.then_profile.clone();
            profile::keep(self.app, &self.edition, &student.student, &typed, kept.version, at).await?;
        }
        Ok(())
    }

    /// Whether an applicant has a case of every kind that the form must use.
    async fn has_what_it_uses(&self, account: &str) -> Result<bool, FillError> {
        let form = self.described().form().iter().filter(|field| !field.optional && field.when.is_none());
        let used: Vec<(&String, &Vec<String>)> = form
            .filter_map(|field| match &field.is {
                Answer::Cases { of, among, .. } => Some((of, among)),
                _ => None,
            })
            .collect();
        if used.is_empty() {
            return Ok(true);
        }
        let rows = cases::of_applicant(&mut self.app.db.read().await?, account).await?;
        Ok(used.iter().all(|(of, among)| rows.iter().any(|row| row.workflow == **of && among.contains(&row.state))))
    }

    /// When a case can be sent at the latest.
    fn last(&self) -> Instant {
        let closing = self.round.as_ref().filter(|_| !self.described().late);
        closing.map_or(self.now, |round| self.now.min(round.closes - chrono::Duration::minutes(1)))
    }

    /// Puts what can be paid now into a batch of each year, in the name of whoever pays.
    pub(super) async fn batch(&self, budget: &str) -> Result<(), FillError> {
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

    pub(super) async fn open(&self, id: &str, viewer: &Viewer, at: Instant) -> Result<Open, FillError> {
        let mut conn = self.app.db.read().await?;
        case::see(self.app, &mut conn, id, viewer, at).await.map_err(|error| failed(&self.spec.case, error))
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
}

/// Between which days cases are begun, and the window in which they are sent: what the spec says, else
/// the window that opened last, else the last month.
fn period(definition: &Definition, workflow: &Workflow, spec: &CaseSpec, now: Instant) -> ((Day, Day), Option<Round>) {
    let calendar = &definition.school.calendar;
    let today = calendar.today(now);
    let (said_from, said_to) = (spec.from.map(|from| from.on(today)), spec.to.map(|to| to.on(today)));
    let begun_by = said_from.map_or(now, |from| calendar.end_of(from)).min(now);
    let rounds = workflow.windows.map(|index| definition.windows[index].rounds.as_slice()).unwrap_or_default();
    let round = rounds.iter().filter(|round| round.opens <= begun_by).max_by_key(|round| round.opens).cloned();
    let of_round = round
        .as_ref()
        .map(|round| (calendar.today(round.opens), calendar.today(round.closes - chrono::Duration::minutes(1))));
    let (from, to) = of_round.unwrap_or((today - chrono::Duration::days(30), today));
    let from = said_from.unwrap_or(from).min(today);
    ((from, said_to.unwrap_or(to).min(today).max(from)), round)
}
