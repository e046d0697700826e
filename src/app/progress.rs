//! One student's progress and its explanation, and the judging of many: what the store remembers,
//! given to `progress`, which decides. Who may see it is in `access`.

use serde_json::{Value as Json, json};

use crate::app::Edition;
use crate::clock::Day;
use crate::definition::Definition;
use crate::lang::{Lang, Text};
use crate::progress::{self, Credit, Explanation, Facts, Judge, Passes, RequirementVerdict, StandsIn, Verdict, Waiver};
use crate::store::credits::{self, CreditRecord};
use crate::store::grants::{self, Grant, Kind};
use crate::store::report::{self, Counted, Listed, Students};
use crate::store::{Conn, Result};

/// A student as they were on a day, judged under the rules of that day.
#[derive(Clone, Debug)]
pub struct Judged {
    pub who: Listed,
    pub verdict: Verdict,
}

/// Judges students one after another, from what the store gives of them.
pub struct Reader<'a> {
    definition: &'a Definition,
    judge: Judge<'a>,
    facts: Facts,
}

impl<'a> Reader<'a> {
    pub fn new(edition: &'a Edition, day: Day) -> Reader<'a> {
        let judge = Judge::new(&edition.definition, &edition.rules, day);
        Reader { definition: &edition.definition, judge, facts: Facts::default() }
    }

    pub fn passes(&mut self, who: &Counted) -> Passes {
        self.read(&who.division, who.admitted, &who.sums);
        self.judge.passes(&self.facts)
    }

    pub fn passes_listed(&mut self, who: &Listed) -> Passes {
        self.read(&who.division, who.admitted, &who.sums);
        self.judge.passes(&self.facts)
    }

    /// The verdict with its reasons.
    pub fn verdict(&mut self, who: &Listed) -> Verdict {
        self.read(&who.division, who.admitted, &who.sums);
        self.judge.verdict(&self.facts)
    }

    fn read(&mut self, division: &str, admitted: i64, sums: &str) {
        self.facts.admitted = i32::try_from(admitted).unwrap_or_default();
        self.facts.division = division_index(self.definition, division);
        self.facts.read(self.definition, sums);
    }
}

/// A division by its id; `None` for one that the school does not name.
pub(super) fn division_index(definition: &Definition, division: &str) -> Option<usize> {
    definition.school.divisions.iter().position(|known| known.id == division)
}

/// The ids of the states of enrolment in which one studies.
pub fn studying(definition: &Definition) -> Vec<String> {
    definition.school.statuses.iter().filter(|status| status.studying).map(|status| status.id.clone()).collect()
}

/// The divisions and years of admission that are in their last regular year on a day and whom some
/// requirement binds.
pub fn final_year(definition: &Definition, day: Day) -> Vec<(String, i32)> {
    let year = definition.school.calendar.academic_year(day);
    let binds = |admitted: i32, division: usize| {
        definition.requirements.iter().any(|requirement| definition.groups[requirement.binds].binds(admitted, division))
    };
    let divisions = definition.school.divisions.iter().enumerate();
    divisions
        .map(|(index, division)| (index, division, year - division.years + 1))
        .filter(|(index, _, admitted)| binds(*admitted, *index))
        .map(|(_, division, admitted)| (division.id.clone(), admitted))
        .collect()
}

/// Final-year students whom the thresholds bind: whom statistics count and notices go to.
pub fn final_year_students(definition: &Definition, day: Day) -> Students {
    Students { statuses: Some(studying(definition)), cohorts: Some(final_year(definition, day)), ..Students::on(day) }
}

/// Every student of a selection, judged with reasons, in the order of lists.
pub async fn judged(
    conn: &mut Conn,
    edition: &Edition,
    students: &Students,
    mut each: impl FnMut(Judged) + Send,
) -> Result<()> {
    let mut reader = Reader::new(edition, students.day);
    report::list(conn, students, |who| {
        let verdict = reader.verdict(&who);
        each(Judged { who, verdict });
    })
    .await
}

/// One student on a day; `None` where there is no record of them on that day.
pub async fn of_student(conn: &mut Conn, edition: &Edition, student: &str, day: Day) -> Result<Option<Judged>> {
    let students = Students { student: Some(student.to_owned()), ..Students::on(day) };
    let mut found = None;
    judged(conn, edition, &students, |judged| found = Some(judged)).await?;
    Ok(found)
}

/// A student's progress for programs; only of the requirements (indices) that are shown.
pub fn as_json(definition: &Definition, judged: &Judged, day: Day, lang: Lang, shown: impl Fn(usize) -> bool) -> Json {
    let requirements = definition.requirements.iter().zip(&judged.verdict.requirements).enumerate();
    let shown: Vec<_> = requirements.filter(|(index, _)| shown(*index)).map(|(_, one)| one).collect();
    let bound = || shown.iter().filter(|(_, verdict)| verdict.bound);
    json!({
        "student": judged.who.student,
        "as_of": day.to_string(),
        "bound": bound().next().is_some(),
        "passed": bound().all(|(_, verdict)| verdict.passed),
        "requirements": shown
            .iter()
            .map(|(requirement, verdict)| requirement_json(&requirement.id, verdict, lang))
            .collect::<Vec<_>>(),
    })
}

/// One requirement's verdict for programs.
pub fn requirement_json(id: &str, verdict: &RequirementVerdict, lang: Lang) -> Json {
    let reasons: Vec<&str> = verdict.reasons.iter().map(|reason| reason.get(lang)).collect();
    json!({
        "id": id,
        "earned": verdict.earned,
        "needed": verdict.needed,
        "passed": verdict.passed,
        "waived_until": verdict.waived.map(|until| until.to_string()),
        "reasons": reasons,
    })
}

/// Why a student has of a requirement (an index) what they have: every record recorded by the day.
/// `None` where there is no such student on that day, or no such requirement.
pub async fn explain(
    conn: &mut Conn,
    edition: &Edition,
    student: &str,
    requirement: usize,
    day: Day,
) -> Result<Option<(Judged, Explanation)>> {
    let Some(judged) = of_student(conn, edition, student, day).await? else {
        return Ok(None);
    };
    let definition = &edition.definition;
    let (records, waivers) = records_and_waivers(conn, definition, student, day).await?;
    let facts = Facts {
        admitted: i32::try_from(judged.who.admitted).unwrap_or_default(),
        division: division_index(definition, &judged.who.division),
        ..Facts::default()
    };
    let explanation = progress::explain(definition, &edition.rules, &facts, &records, &waivers, requirement, day);
    Ok(explanation.map(|explanation| (judged, explanation)))
}

/// A student's records that were recorded by a day, the latest first, what stands in for records among
/// them; those of categories that the school no longer names are left out.
pub async fn records(conn: &mut Conn, definition: &Definition, student: &str, day: Day) -> Result<Vec<Credit>> {
    Ok(records_and_waivers(conn, definition, student, day).await?.0)
}

/// The waivers of a student that were granted by a day, the latest first: also what is over or taken back.
pub async fn waivers(conn: &mut Conn, definition: &Definition, student: &str, day: Day) -> Result<Vec<Waiver>> {
    let granted = grants::of_student(conn, student, day).await?;
    Ok(granted.into_iter().filter_map(|grant| waiver(definition, grant)).collect())
}

async fn records_and_waivers(
    conn: &mut Conn,
    definition: &Definition,
    student: &str,
    day: Day,
) -> Result<(Vec<Credit>, Vec<Waiver>)> {
    let records = credits::of_student(conn, student, day).await?;
    let mut records: Vec<Credit> = records.into_iter().filter_map(|record| credit(definition, record)).collect();
    let mut waivers = Vec::new();
    let granted = grants::of_student(conn, student, day).await?;
    if granted.is_empty() {
        return Ok((records, waivers));
    }
    for grant in granted {
        match grant.kind {
            Kind::Waive => waivers.extend(waiver(definition, grant)),
            Kind::Substitute => records.extend(substitute(definition, grant)),
            Kind::Extend => {}
        }
    }
    records.sort_by_key(|record| std::cmp::Reverse(record.happened_on));
    Ok((records, waivers))
}

/// Whoever approved it, with their unit: one that only the school's folder names has its title there.
fn approver(definition: &Definition, grant: &Grant) -> Text {
    let name = &grant.by_name;
    if grant.by_unit.is_empty() {
        return Text { zh: name.clone(), en: None };
    }
    let unit = definition.school.units.iter().find(|unit| unit.id == grant.by_unit).map(|unit| &unit.title);
    let title = |lang| unit.map_or(grant.by_unit.as_str(), |title| title.get(lang));
    Text::new(format!("{} {name}", title(Lang::ZhTw)), format!("{name}, {}", title(Lang::En)))
}

fn waiver(definition: &Definition, grant: Grant) -> Option<Waiver> {
    (grant.kind == Kind::Waive).then_some(())?;
    Some(Waiver {
        requirement: definition.requirement(&grant.what)?.0,
        by: approver(definition, &grant),
        because: Text { zh: grant.said.0, en: grant.said.1 },
        case: grant.case,
        recorded_on: grant.recorded_on.parse().ok()?,
        until: grant.until.parse().ok()?,
        taken_back_on: grant.taken_back_on.and_then(|day| day.parse().ok()),
    })
}

fn substitute(definition: &Definition, grant: Grant) -> Option<Credit> {
    Some(Credit {
        id: grant.id,
        category: definition.category(&grant.what)?.0,
        amount: grant.amount,
        happened_on: grant.happened_on.parse().ok()?,
        term: grant.term.parse().ok()?,
        stands_in: Some(StandsIn { by: approver(definition, &grant), until: grant.until.parse().ok()? }),
        name: grant.said.0,
        recorded_on: grant.recorded_on.parse().ok()?,
        source: format!("case:{}", grant.case),
        taken_back_on: grant.taken_back_on.and_then(|day| day.parse().ok()),
    })
}

/// For each category of the definition the last day on which a record of a student was added that was
/// not taken back.
pub fn last_recorded(definition: &Definition, who: &Listed) -> Vec<Option<Day>> {
    let mut out = vec![None; definition.categories.len()];
    for (category, day) in who.recorded.split(';').filter_map(|part| part.rsplit_once(':')) {
        if let Some((index, _)) = definition.category(category) {
            out[index] = day.parse().ok();
        }
    }
    out
}

fn credit(definition: &Definition, record: CreditRecord) -> Option<Credit> {
    Some(Credit {
        id: record.id,
        category: definition.category(&record.category)?.0,
        amount: record.amount,
        happened_on: record.happened_on.parse().ok()?,
        term: record.term.parse().ok()?,
        name: record.name,
        recorded_on: record.recorded_on.parse().ok()?,
        source: record.source,
        taken_back_on: record.taken_back_on.and_then(|day| day.parse().ok()),
        stands_in: None,
    })
}
