//! One student's progress, and the judging of many: facts from the store to verdicts. What a
//! verdict means is decided in `progress`; who may see it, in `access`.

use crate::app::Edition;
use crate::clock::Day;
use crate::definition::Definition;
use crate::progress::{self, Facts, Verdict};
use crate::store::report::{self, Listed, Students};
use crate::store::{Conn, Result};

/// A student as they were on a day, judged under the rules of that day.
#[derive(Clone, Debug)]
pub struct Judged {
    pub who: Listed,
    pub verdict: Verdict,
}

/// Judges students one after another.
pub struct Judge<'a> {
    edition: &'a Edition,
    day: Day,
    facts: Facts,
}

impl<'a> Judge<'a> {
    pub fn new(edition: &'a Edition, day: Day) -> Judge<'a> {
        Judge { edition, day, facts: Facts::default() }
    }

    /// The verdict with its reasons.
    pub fn verdict(&mut self, who: &Listed) -> Verdict {
        let facts = self.facts(&who.division, who.admitted, &who.sums);
        progress::judge(&self.edition.definition, &self.edition.rules, &facts, self.day)
    }

    /// The verdict alone, for counting.
    pub fn passed(&mut self, division: &str, admitted: i64, sums: &str) -> Verdict {
        let facts = self.facts(division, admitted, sums);
        progress::judge(&self.edition.definition, &self.edition.rules, &facts, self.day)
    }

    fn facts(&mut self, division: &str, admitted: i64, sums: &str) -> Facts {
        let definition = &self.edition.definition;
        self.facts.admitted = admitted as i32;
        self.facts.division = division_index(definition, division);
        report::read_sums(definition, sums, &mut self.facts.sums);
        self.facts.clone()
    }
}

fn division_index(definition: &Definition, division: &str) -> Option<usize> {
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
    let divisions = definition.school.divisions.iter().enumerate();
    divisions
        .map(|(index, division)| (index, division, year - division.years + 1))
        .filter(|(index, _, admitted)| {
            definition
                .requirements
                .iter()
                .any(|requirement| definition.groups[requirement.binds].binds(*admitted, *index))
        })
        .map(|(_, division, admitted)| (division.id.clone(), admitted))
        .collect()
}

/// Final-year students whom the thresholds bind: whom statistics count and notices go to.
pub fn final_year_students(definition: &Definition, day: Day) -> Students {
    Students { statuses: Some(studying(definition)), cohorts: Some(final_year(definition, day)), ..Students::on(day) }
}

/// Every student of a selection, judged, in the order of lists.
pub async fn judged(
    conn: &mut Conn,
    edition: &Edition,
    students: &Students,
    mut each: impl FnMut(Judged) + Send,
) -> Result<()> {
    let mut judge = Judge::new(edition, students.day);
    report::list(conn, students, |who| {
        let verdict = judge.verdict(&who);
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
