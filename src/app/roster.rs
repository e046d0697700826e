//! The roster of a class: who has passed, who has not, what each lacks. Pages, mails and the
//! spreadsheet all show this one. It holds no private data: name, number and amounts only.

use crate::amount::Amount;
use crate::app::Edition;
use crate::app::access::{Place, Viewer};
use crate::app::progress::{self, Judged};
use crate::clock::Day;
use crate::progress::Verdict;
use crate::store::people::{self, Tutor};
use crate::store::report::{self, Class, Students};
use crate::store::{Conn, Result};

/// A class on a day.
#[derive(Clone, Debug)]
pub struct Roster {
    pub as_of: Day,
    pub class: Class,
    pub tutors: Vec<Tutor>,
    /// Its studying students, by student number.
    pub students: Vec<Line>,
}

/// A student on a roster or a list.
#[derive(Clone, Debug)]
pub struct Line {
    pub student: String,
    pub name: String,
    pub class: String,
    pub class_name: String,
    pub department: String,
    pub department_name: String,
    pub college: String,
    pub verdict: Verdict,
}

impl Line {
    /// Requirements (indices) that are not passed, with what is missing of each.
    pub fn missing(&self) -> Vec<(usize, Amount)> {
        let requirements = self.verdict.requirements.iter().enumerate();
        requirements
            .filter(|(_, requirement)| requirement.bound && !requirement.passed)
            .map(|(index, requirement)| (index, requirement.earned.missing_to(requirement.needed)))
            .collect()
    }
}

impl From<Judged> for Line {
    fn from(Judged { who, verdict }: Judged) -> Line {
        Line {
            student: who.student,
            name: who.name,
            class: who.class,
            class_name: who.class_name,
            department: who.department,
            department_name: who.department_name,
            college: who.college,
            verdict,
        }
    }
}

impl Roster {
    /// How many of its students the thresholds bind.
    pub fn bound(&self) -> usize {
        self.students.iter().filter(|line| line.verdict.bound).count()
    }

    /// How many of those have passed everything.
    pub fn passed(&self) -> usize {
        self.students.iter().filter(|line| line.verdict.bound && line.verdict.passed).count()
    }
}

/// The roster of a class; `None` where there is no such class on that day.
pub async fn of_class(conn: &mut Conn, edition: &Edition, class: &str, day: Day) -> Result<Option<Roster>> {
    let Some(class) = report::class(conn, class, day).await? else {
        return Ok(None);
    };
    let tutors = people::class(conn, &class.class, day).await?.map(|class| class.tutors).unwrap_or_default();
    let students = Students {
        class: Some(class.class.clone()),
        statuses: Some(progress::studying(&edition.definition)),
        ..Students::on(day)
    };
    let mut lines = Vec::new();
    progress::judged(conn, edition, &students, |judged| lines.push(Line::from(judged))).await?;
    Ok(Some(Roster { as_of: day, class, tutors, students: lines }))
}

/// The roster of a class that a viewer may see; `None` where there is no such class, or it is not
/// theirs: nobody learns which.
pub async fn for_viewer(
    conn: &mut Conn,
    edition: &Edition,
    viewer: &Viewer,
    class: &str,
    day: Day,
) -> Result<Option<Roster>> {
    let Some(found) = report::class(conn, class, day).await? else {
        return Ok(None);
    };
    let place = Place { class, department: &found.department, college: &found.college };
    if !viewer.sees_class(place) {
        return Ok(None);
    }
    of_class(conn, edition, class, day).await
}
