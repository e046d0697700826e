//! A student's pages, for the student and for staff who may see them: what is missing, the records,
//! and why a requirement stands as it does. Staff of an office see their own requirements only.

use chrono::{Datelike, NaiveDate};

use super::cases::apply;
use super::context::{Known, encode};
use super::{Answer, Context, Fault, show};
use crate::amount::Amount;
use crate::app::access::{Place, Sight};
use crate::app::progress::{self, Judged};
use crate::clock::Day;
use crate::definition::Requirement;
use crate::progress::{Credit, Explained, RequirementVerdict, Waiver};
use crate::render::pages::records::{self, Choice, InForce, Record, Records, Total, Why};
use crate::render::pages::student::{Bar, Block, Dashboard, Missing, OwnRow, ShownDay, StudentHead, Waived};
use crate::render::words;

pub(super) async fn dashboard(mut context: Context) -> Answer {
    let seen = seen(&mut context).await?;
    let known = context.known();
    let definition = &known.edition.definition;
    if seen.own && definition.requirements.is_empty() {
        return show::see("/cases");
    }
    let updated = progress::last_recorded(definition, &seen.judged.who);
    let filings = if seen.own {
        let passed: Vec<bool> = seen.judged.verdict.requirements.iter().map(|verdict| verdict.passed).collect();
        apply::for_requirement(&known, context.conn().await?, &seen.judged.who, &passed).await?
    } else {
        Vec::new()
    };
    let verdict = &seen.judged.verdict;
    // Asked for only where one counts: most students have none.
    let waivers = match verdict.requirements.iter().any(|requirement| requirement.waived.is_some()) {
        true => progress::waivers(context.conn().await?, definition, &seen.judged.who.student, known.today).await?,
        false => Vec::new(),
    };
    let shown = || {
        let requirements = definition.requirements.iter().zip(&verdict.requirements).enumerate();
        requirements.filter(|(index, (_, verdict))| verdict.bound && seen.shows(*index))
    };
    let remaining_only = known.asked("show") == Some("remaining");
    let missing = shown().filter(|(_, (_, verdict))| !verdict.passed).map(|(_, (requirement, verdict))| Missing {
        id: requirement.id.clone(),
        title: requirement.title.get(known.lang).to_owned(),
        amount: with_unit(&known, verdict.earned.missing_to(verdict.needed), unit(&known, requirement)),
    });
    let missing: Vec<Missing> = missing.collect();
    let page = Dashboard {
        own: seen.own,
        base: seen.base.clone(),
        student: head(&known, &seen.judged),
        asks: !definition.requirements.is_empty(),
        bound: shown().next().is_some(),
        passed: missing.is_empty(),
        missing,
        deadline: shown()
            .filter(|(_, (_, verdict))| !verdict.passed)
            .filter_map(|(_, (requirement, _))| deadline(&known, requirement, &seen.judged))
            .min()
            .map(|day| shown_day(&known, day)),
        as_of: shown_day(&known, known.today),
        updated: updated.iter().flatten().max().map(|day| shown_day(&known, *day)),
        remaining_only,
        blocks: shown()
            .filter(|(_, (_, verdict))| !(remaining_only && verdict.passed))
            .map(|(index, (requirement, verdict))| Block {
                // What is passed needs no further case; one that is open is shown all the same.
                filings: filings
                    .iter()
                    .filter(|(of, filing)| *of == index && (!verdict.passed || filing.mark.is_some()))
                    .map(|(_, filing)| filing.clone())
                    .collect(),
                waived: verdict.waived.and_then(|until| {
                    let it = |waiver: &&Waiver| {
                        waiver.requirement == index && waiver.until == until && waiver.stands_on(known.today)
                    };
                    let waiver = waivers.iter().find(it)?;
                    let because = because(&known, &seen, index, waiver);
                    Some(Waived { because, by: waiver.by.get(known.lang).to_owned() })
                }),
                deadline: deadline(&known, requirement, &seen.judged).map(|day| shown_day(&known, day)),
                updated: requirement
                    .counts
                    .iter()
                    .filter_map(|count| updated[count.category])
                    .max()
                    .map(|day| shown_day(&known, day)),
                ..block(&known, requirement, verdict)
            })
            .collect(),
    };
    show::page(&known, &page)
}

pub(super) async fn records(mut context: Context) -> Answer {
    let seen = seen(&mut context).await?;
    let known = context.known();
    let definition = &known.edition.definition;
    let credits = progress::records(context.conn().await?, definition, &seen.judged.who.student, known.today).await?;
    let category = known.asked("category").and_then(|id| definition.category(id)).map(|(index, _)| index);
    let shown: Vec<&Credit> = credits
        .iter()
        .filter(|credit| seen.shows_category(&known, credit.category))
        .filter(|credit| category.is_none_or(|only| only == credit.category))
        .collect();
    let mut totals: Vec<(&str, Amount)> = Vec::new();
    for credit in shown.iter().filter(|credit| credit.stands_on(known.today)) {
        let unit = definition.categories[credit.category].unit.as_str();
        match totals.iter_mut().find(|(known, _)| *known == unit) {
            Some((_, sum)) => *sum += credit.amount,
            None => totals.push((unit, credit.amount)),
        }
    }
    let page = Records {
        own: seen.own,
        base: seen.base.clone(),
        student: head(&known, &seen.judged),
        category: category.map(|index| definition.categories[index].id.clone()).unwrap_or_default(),
        categories: definition
            .categories
            .iter()
            .enumerate()
            .filter(|(index, _)| seen.shows_category(&known, *index))
            .map(|(_, category)| Choice {
                value: category.id.clone(),
                label: category.title.get(known.lang).to_owned(),
            })
            .collect(),
        live: shown.iter().filter(|credit| credit.stands_on(known.today)).count(),
        records: shown.into_iter().map(|credit| record(&known, credit)).collect(),
        totals: totals
            .into_iter()
            .map(|(unit, sum)| Total { amount: sum.to_string(), unit: unit.to_owned() })
            .collect(),
    };
    show::page(&known, &page)
}

pub(super) async fn why(mut context: Context) -> Answer {
    let seen = seen(&mut context).await?;
    let known = context.known();
    let definition = &known.edition.definition;
    let (index, requirement) = definition.requirement(context.param("requirement")).ok_or(Fault::NotFound)?;
    if !seen.shows(index) {
        return Err(Fault::NotFound);
    }
    let student = seen.judged.who.student.clone();
    let explained = progress::explain(context.conn().await?, &known.edition, &student, index, known.today).await?;
    let (judged, explanation) = explained.ok_or(Fault::NotFound)?;
    let verdict = &explanation.verdict;
    let (counted, not_counted): (Vec<&Explained>, Vec<&Explained>) =
        explanation.records.iter().partition(|record| record.counted > Amount::ZERO);
    let rows = |records: Vec<&Explained>| records.into_iter().map(|one| explained_record(&known, one)).collect();
    let page = Why {
        own: seen.own,
        base: seen.base.clone(),
        student: head(&known, &judged),
        requirement: requirement.title.get(known.lang).to_owned(),
        id: requirement.id.clone(),
        bound: verdict.bound,
        passed: verdict.passed,
        waived: verdict.waived.is_some(),
        earned: verdict.earned.to_string(),
        needed: verdict.needed.to_string(),
        unit: unit(&known, requirement).to_owned(),
        waivers: explanation
            .waivers
            .iter()
            .map(|explained| records::Waiver {
                recorded_on: shown_day(&known, explained.waiver.recorded_on),
                because: because(&known, &seen, index, &explained.waiver),
                by: explained.waiver.by.get(known.lang).to_owned(),
                case: explained.waiver.case.clone(),
                state: explained.reason.get(known.lang).to_owned(),
                stands: explained.stands,
            })
            .collect(),
        reasons: verdict.reasons.iter().map(|reason| reason.get(known.lang).to_owned()).collect(),
        parameter: explanation.needed.as_ref().map(|needed| {
            let parameter = &definition.parameters[needed.parameter];
            InForce {
                title: parameter.title.get(known.lang).to_owned(),
                value: needed.value.to_string(),
                unit: parameter.unit.clone(),
                from: shown_day(&known, needed.from),
                by: parameter.by.get(known.lang).to_owned(),
            }
        }),
        by: requirement.by.get(known.lang).to_owned(),
        rule: format!("{}::{}", requirement.rule.script, requirement.rule.function),
        edition: definition.edition.chars().take(12).collect(),
        as_of: shown_day(&known, known.today),
        counted: rows(counted),
        not_counted: rows(not_counted),
    };
    show::page(&known, &page)
}

/// A student whom the reader may see, and how much of the record.
pub(super) struct Seen {
    pub(super) judged: Judged,
    own: bool,
    base: String,
    /// `None`: all requirements.
    requirements: Option<Vec<usize>>,
}

impl Seen {
    pub(super) fn shows(&self, requirement: usize) -> bool {
        self.requirements.as_ref().is_none_or(|seen| seen.contains(&requirement))
    }

    /// A category is seen by whom a requirement is that counts it.
    fn shows_category(&self, known: &Known, category: usize) -> bool {
        self.requirements.as_ref().is_none_or(|seen| {
            seen.iter().any(|index| {
                known.edition.definition.requirements[*index].counts.iter().any(|count| count.category == category)
            })
        })
    }
}

/// The student of the address, or the reader. What may not be seen is not there.
async fn seen(context: &mut Context) -> Result<Seen, Fault> {
    let (student, base) = match context.param("student") {
        "" => (context.viewer()?.account.clone(), "/me".to_owned()),
        number => (number.to_owned(), format!("/students/{}", encode(number))),
    };
    seen_of(context, student, base).await
}

/// Whether there is such a student and the reader may see them.
pub(super) async fn may_see(context: &mut Context, student: &str) -> Result<bool, Fault> {
    match seen_of(context, student.to_owned(), String::new()).await {
        Ok(_) => Ok(true),
        Err(Fault::NotFound) => Ok(false),
        Err(fault) => Err(fault),
    }
}

pub(super) async fn seen_of(context: &mut Context, student: String, base: String) -> Result<Seen, Fault> {
    let known = context.known();
    let viewer = known.viewer()?;
    let judged = progress::of_student(context.conn().await?, &known.edition, &student, known.today)
        .await?
        .ok_or(Fault::NotFound)?;
    let place = Place { class: &judged.who.class, department: &judged.who.department, college: &judged.who.college };
    let requirements = match viewer.sight(&student, place) {
        Sight::Whole => None,
        // An office sees those whom its requirements bind, and of them only these.
        Sight::Requirements(seen) => {
            let binds = |index: &usize| judged.verdict.requirements.get(*index).is_some_and(|verdict| verdict.bound);
            if !seen.iter().any(binds) {
                return Err(Fault::NotFound);
            }
            Some(seen)
        }
        Sight::Nothing => return Err(Fault::NotFound),
    };
    Ok(Seen { own: base == "/me", judged, base, requirements })
}

fn head(known: &Known, judged: &Judged) -> StudentHead {
    let (who, school) = (&judged.who, &known.edition.definition.school);
    let place = Place { class: &who.class, department: &who.department, college: &who.college };
    let title = |found: Option<&str>, id: &str| found.unwrap_or(id).to_owned();
    let division = school.divisions.iter().find(|division| division.id == who.division);
    let status = school.statuses.iter().find(|status| status.id == who.status);
    StudentHead {
        number: who.student.clone(),
        name: who.name.clone(),
        department: who.department_name.clone(),
        class: who.class_name.clone(),
        class_link: known
            .viewer
            .as_ref()
            .filter(|viewer| viewer.sees_class(place))
            .map(|_| format!("/classes/{}", encode(&who.class))),
        division: title(division.map(|division| division.title.get(known.lang)), &who.division),
        admitted: who.admitted.to_string(),
        status: title(status.map(|status| status.title.get(known.lang)), &who.status),
    }
}

/// Why a requirement is waived: for the student, its office, and those who see everything. A tutor or a
/// department is told that it is, not why.
fn because(known: &Known, seen: &Seen, requirement: usize, waiver: &Waiver) -> String {
    let may = seen.own || known.viewer.as_ref().is_some_and(|viewer| viewer.sees_requirement(requirement));
    if may { waiver.because.get(known.lang).to_owned() } else { String::new() }
}

fn unit<'a>(known: &'a Known, requirement: &Requirement) -> &'a str {
    &known.edition.definition.parameters[requirement.needs].unit
}

fn with_unit(known: &Known, amount: Amount, unit: &str) -> String {
    let one = if amount == Amount::whole(1) { "-one" } else { "" };
    let key = format!("unit-{unit}{one}");
    let unit = if words().has(&key) { words().say(known.lang, &key) } else { unit.to_owned() };
    words().say_with(known.lang, "amount-with-unit", &[("amount", &amount.to_string()), ("unit", &unit)])
}

fn block(known: &Known, requirement: &Requirement, verdict: &RequirementVerdict) -> Block {
    let definition = &known.edition.definition;
    let office = &definition.school.units[requirement.office];
    let counts = || requirement.counts.iter().zip(verdict.counted.iter().copied());
    let added: Amount = counts().filter(|(count, _)| count.own_row).map(|(_, amount)| amount).sum();
    let direct = verdict.earned - added;
    Block {
        id: requirement.id.clone(),
        title: requirement.title.get(known.lang).to_owned(),
        passed: verdict.passed,
        waived: None,
        earned: if added == Amount::ZERO { verdict.earned.to_string() } else { format!("{direct} + {added}") },
        needed: verdict.needed.to_string(),
        unit: unit(known, requirement).to_owned(),
        bar: bar(direct, added, verdict),
        reasons: verdict.reasons.iter().map(|reason| reason.get(known.lang).to_owned()).collect(),
        filings: Vec::new(),
        deadline: None,
        updated: None,
        rows: counts()
            .filter(|(count, _)| count.own_row)
            .map(|(count, amount)| {
                let category = &definition.categories[count.category];
                OwnRow {
                    category: category.id.clone(),
                    title: category.title.get(known.lang).to_owned(),
                    amount: amount.to_string(),
                    unit: category.unit.clone(),
                    shown_as: count.shown_as.as_ref().map(|text| text.get(known.lang).to_owned()).unwrap_or_default(),
                }
            })
            .collect(),
        how: requirement.how.get(known.lang).to_owned(),
        link: requirement.link.clone(),
        office: office.title.get(known.lang).to_owned(),
        contact: office.contact.get(known.lang).to_owned(),
        by: requirement.by.get(known.lang).to_owned(),
    }
}

/// The bar is as long as what is needed, or as what is earned where that is more.
fn bar(direct: Amount, added: Amount, verdict: &RequirementVerdict) -> Bar {
    let whole = verdict.earned.0.max(verdict.needed.0).max(1);
    let share = |amount: i64| u32::try_from(amount.clamp(0, whole) * 1000 / whole).unwrap_or(1000);
    let done = share(direct.0);
    Bar { done, added: share(added.0).min(1000 - done), sill: share(verdict.needed.0), full: verdict.passed }
}

/// The day before which a requirement must be done: in the student's final year, or in this one
/// where the student stays longer.
fn deadline(known: &Known, requirement: &Requirement, judged: &Judged) -> Option<Day> {
    let definition = &known.edition.definition;
    let (month, day) = definition.groups[requirement.binds].finish_before?;
    let calendar = &definition.school.calendar;
    let division = definition.school.divisions.iter().find(|division| division.id == judged.who.division)?;
    let last = i32::try_from(judged.who.admitted).ok()? + division.years - 1;
    let year = last.max(calendar.academic_year(known.today));
    let begins = calendar.begins(crate::clock::Term { year, number: calendar.terms.first()?.number })?;
    let passed = (month, day) < (begins.month(), begins.day());
    NaiveDate::from_ymd_opt(begins.year() + i32::from(passed), month, day)
}

pub(in crate::web) fn shown_day(known: &Known, day: Day) -> ShownDay {
    ShownDay { iso: day.to_string(), shown: show::day(known, day) }
}

fn record(known: &Known, credit: &Credit) -> Record {
    let category = &known.edition.definition.categories[credit.category];
    Record {
        happened_on: shown_day(known, credit.happened_on),
        term: credit.term.to_string(),
        category: category.title.get(known.lang).to_owned(),
        name: credit.name.clone(),
        amount: credit.amount.to_string(),
        unit: category.unit.clone(),
        recorded_on: shown_day(known, credit.recorded_on),
        taken_back: credit.taken_back_on.map(|day| shown_day(known, day)),
        counted: String::new(),
        why: String::new(),
        counts: credit.stands_on(known.today),
    }
}

fn explained_record(known: &Known, explained: &Explained) -> Record {
    Record {
        counted: explained.counted.to_string(),
        why: explained.reason.get(known.lang).to_owned(),
        counts: explained.counted > Amount::ZERO,
        ..record(known, &explained.credit)
    }
}
