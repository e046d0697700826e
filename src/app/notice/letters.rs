//! What each letter says: figures of the picture into the values that its template is given.

use super::audience::{Picture, What};
use crate::amount::Amount;
use crate::app::Edition;
use crate::app::progress::Judged;
use crate::app::report::Share as Count;
use crate::app::roster::Roster;
use crate::clock::{Calendar, Day, Term};
use crate::definition::{Definition, Letter};
use crate::lang::Lang;
use crate::progress::RequirementVerdict;
use crate::render::letters::{
    About, Cell, ClassShare, DepartmentLetter, OfficeLetter, OfficeRow, RosterLetter, RosterRow, Share, Standing,
    StudentLetter,
};
use crate::render::{RenderError, RenderedMail, words};

/// An office's mail names this many students; the page has them all.
const OFFICE_ROWS: usize = 500;

/// Who writes, in which language, as of when.
pub struct Writer<'a> {
    pub edition: &'a Edition,
    pub picture: &'a Picture,
    pub base_url: &'a str,
    pub lang: Lang,
}

impl Writer<'_> {
    pub fn write(&self, letter: &Letter, name: &str, what: &What<'_>) -> Result<RenderedMail, RenderError> {
        let templates = &self.edition.templates;
        let template = letter.template.as_str();
        match what {
            What::Student { student, only } => {
                templates.render_mail(template, self.lang, &self.student(name, student, *only))
            }
            What::Class(roster) => {
                templates.render_mail(template, self.lang, &self.roster(name, roster, letter.attach_roster))
            }
            What::Department { code } => templates.render_mail(template, self.lang, &self.department(name, code)),
            What::Requirement(index) => templates.render_mail(template, self.lang, &self.office(name, *index)),
        }
    }

    fn definition(&self) -> &Definition {
        &self.edition.definition
    }

    fn about(&self, name: &str, path: &str, before: Option<Day>) -> About {
        about(self.definition(), self.base_url, self.lang, self.picture.day, name, path, before)
    }

    fn student(&self, name: &str, student: &Judged, only: Option<usize>) -> StudentLetter {
        let definition = self.definition();
        let bound = || student.verdict.requirements.iter().enumerate().filter(|(_, verdict)| verdict.bound);
        let concerned = |index: &usize| only.is_none_or(|only| only == *index);
        let missing: Vec<usize> =
            bound().filter(|(_, verdict)| !verdict.passed).map(|(index, _)| index).filter(concerned).collect();
        let before = missing.iter().filter_map(|index| finish_before(definition, *index, self.picture.day)).min();
        StudentLetter {
            about: self.about(name, "/me", before),
            student: student.who.student.clone(),
            passed: student.verdict.passed,
            requirements: bound().map(|(index, verdict)| self.standing(index, verdict)).collect(),
            missing: missing
                .iter()
                .filter_map(|index| Some(self.standing(*index, student.verdict.requirements.get(*index)?)))
                .collect(),
        }
    }

    fn standing(&self, index: usize, verdict: &RequirementVerdict) -> Standing {
        let definition = self.definition();
        let requirement = &definition.requirements[index];
        let office = &definition.school.units[requirement.office];
        Standing {
            title: requirement.title.get(self.lang).to_owned(),
            earned: verdict.earned.to_string(),
            needed: verdict.needed.to_string(),
            missing: verdict.earned.missing_to(verdict.needed).to_string(),
            unit: definition.parameters[requirement.needs].unit.clone(),
            passed: verdict.passed,
            waived: match verdict.waived {
                Some(_) => verdict.reasons.first().map(|reason| reason.get(self.lang).to_owned()).unwrap_or_default(),
                None => String::new(),
            },
            how: requirement.how.get(self.lang).to_owned(),
            link: requirement.link.clone().unwrap_or_default(),
            office: office.title.get(self.lang).to_owned(),
            contact: office.contact.get(self.lang).to_owned(),
        }
    }

    fn roster(&self, name: &str, roster: &Roster, attached: bool) -> RosterLetter {
        let definition = self.definition();
        let class = &roster.class;
        let rows = roster
            .students
            .iter()
            .map(|line| RosterRow {
                student: line.student.clone(),
                name: line.name.clone(),
                bound: line.verdict.bound,
                passed: line.verdict.passed,
                cells: line
                    .verdict
                    .requirements
                    .iter()
                    .map(|verdict| Cell {
                        text: if verdict.waived.is_some() {
                            words().say(self.lang, "figure-waived")
                        } else if verdict.bound {
                            format!("{} / {}", verdict.earned, verdict.needed)
                        } else {
                            "—".to_owned()
                        },
                        passed: !verdict.bound || verdict.passed,
                    })
                    .collect(),
                missing: line
                    .missing()
                    .into_iter()
                    .map(|(index, amount)| format!("{} {amount}", definition.requirements[index].short.get(self.lang)))
                    .collect::<Vec<_>>()
                    .join(self.comma()),
            })
            .collect();
        let path = format!("/classes/{}", in_path(&class.class));
        RosterLetter {
            about: self.about(name, &path, self.before_all()),
            department: class.department_name.clone(),
            class: class.name.clone(),
            bound: roster.bound(),
            passed: roster.passed(),
            not_passed: roster.bound() - roster.passed(),
            print_link: self.print_link(&class.class),
            heads: definition
                .requirements
                .iter()
                .map(|requirement| requirement.short.get(self.lang).to_owned())
                .collect(),
            rows,
            attached,
        }
    }

    fn department(&self, name: &str, code: &str) -> DepartmentLetter {
        let definition = self.definition();
        let students = || self.picture.students.iter().filter(|student| student.who.department == code);
        let passed = students().filter(|student| student.verdict.passed).count();
        let share = |index: usize| {
            let bound =
                students().filter_map(|student| student.verdict.requirements.get(index)).filter(|one| one.bound);
            let (of, passed) = bound.fold((0, 0), |(of, passed), one| (of + 1, passed + u64::from(one.passed)));
            Share {
                title: definition.requirements[index].short.get(self.lang).to_owned(),
                passed: passed as usize,
                of: of as usize,
                rate: two_decimals(Count { passed, of }.rate()),
            }
        };
        let classes = self.picture.rosters.values().filter(|roster| roster.class.department == code);
        DepartmentLetter {
            about: self.about(name, &format!("/departments/{}", in_path(code)), self.before_all()),
            department: self.picture.units.get(code).map_or(code, String::as_str).to_owned(),
            students: students().count(),
            passed,
            not_passed: students().count() - passed,
            requirements: (0..definition.requirements.len()).map(share).collect(),
            classes: classes
                .map(|roster| ClassShare {
                    class: roster.class.name.clone(),
                    tutors: roster
                        .tutors
                        .iter()
                        .map(|tutor| tutor.name.as_str())
                        .collect::<Vec<_>>()
                        .join(self.comma()),
                    students: roster.bound(),
                    passed: roster.passed(),
                    not_passed: roster.bound() - roster.passed(),
                    print_link: self.print_link(&roster.class.class),
                })
                .collect(),
        }
    }

    fn office(&self, name: &str, index: usize) -> OfficeLetter {
        let definition = self.definition();
        let requirement = &definition.requirements[index];
        let lacking: Vec<_> = self
            .picture
            .students
            .iter()
            .filter_map(|student| Some((student, student.verdict.requirements.get(index)?)))
            .filter(|(_, verdict)| verdict.bound && !verdict.passed)
            .collect();
        OfficeLetter {
            about: self.about(
                name,
                &format!("/requirements/{}", in_path(&requirement.id)),
                finish_before(definition, index, self.picture.day),
            ),
            office: definition.school.units[requirement.office].title.get(self.lang).to_owned(),
            requirement: requirement.title.get(self.lang).to_owned(),
            unit: definition.parameters[requirement.needs].unit.clone(),
            students: lacking.len(),
            rows: lacking
                .iter()
                .take(OFFICE_ROWS)
                .map(|(student, verdict)| OfficeRow {
                    student: student.who.student.clone(),
                    name: student.who.name.clone(),
                    department: student.who.department_name.clone(),
                    class: student.who.class_name.clone(),
                    earned: verdict.earned.to_string(),
                    needed: verdict.needed.to_string(),
                })
                .collect(),
        }
    }

    fn before_all(&self) -> Option<Day> {
        let definition = self.definition();
        (0..definition.requirements.len()).filter_map(|index| finish_before(definition, index, self.picture.day)).min()
    }

    fn print_link(&self, class: &str) -> String {
        format!("{}/classes/{}/roster", self.base_url, in_path(class))
    }

    fn comma(&self) -> &'static str {
        match self.lang {
            Lang::ZhTw => "、",
            Lang::En => ", ",
        }
    }
}

/// What every letter knows; `path` leads to the reader's page.
pub(in crate::app) fn about(
    definition: &Definition,
    base_url: &str,
    lang: Lang,
    day: Day,
    name: &str,
    path: &str,
    before: Option<Day>,
) -> About {
    let school = &definition.school;
    About {
        school: school.title.get(lang).to_owned(),
        system: school.system.get(lang).to_owned(),
        name: name.to_owned(),
        term: school.calendar.term_of(day).to_string(),
        as_of: long_date(&school.calendar, day, lang),
        before: before.map(|day| long_date(&school.calendar, day, lang)).unwrap_or_default(),
        link: format!("{base_url}{path}"),
    }
}

/// Before which day a requirement must be done, for those in their final year on `day`.
fn finish_before(definition: &Definition, requirement: usize, day: Day) -> Option<Day> {
    let (month, of_month) = definition.groups[definition.requirements[requirement].binds].finish_before?;
    let calendar = &definition.school.calendar;
    let first = Term { year: calendar.academic_year(day), number: calendar.terms.first()?.number };
    let begins = calendar.begins(first)?;
    let in_year = |year: i32| Day::from_ymd_opt(year, month, of_month);
    let year = chrono::Datelike::year(&begins);
    in_year(year).filter(|day| *day > begins).or_else(|| in_year(year + 1))
}

/// A day as people read it: in years of the school's own count, with the common date behind.
pub fn long_date(calendar: &Calendar, day: Day, lang: Lang) -> String {
    use chrono::Datelike;
    match lang {
        Lang::ZhTw if calendar.year_offset != 0 => {
            format!("{} 年 {} 月 {} 日（{day}）", day.year() - calendar.year_offset, day.month(), day.day())
        }
        Lang::ZhTw => format!("{} 年 {} 月 {} 日", day.year(), day.month(), day.day()),
        Lang::En => day.format("%-d %B %Y").to_string(),
    }
}

fn two_decimals(amount: Amount) -> String {
    format!("{}.{:02}", amount.0 / 100, amount.0 % 100)
}

/// A code as a part of an address.
pub(in crate::app) fn in_path(code: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(code, KEPT).to_string()
}
