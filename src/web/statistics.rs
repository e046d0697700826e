//! Statistics: the page, and the same figures as files. Who sees how much is asked of `app`.

use super::context::{Known, encode};
use super::lists::{choice, chosen, dated, day, link};
use super::{Answer, Context, Fault, show};
use crate::app::access::Place;
use crate::app::report::{self, By, PassRates, Question, Row, Share, Tally};
use crate::app::{csv, sheet};
use crate::definition::May;
use crate::render::pages::statistics::{Bar, Figure, Row as PageRow, RowFigure, Statistics};
use crate::render::words;
use crate::store::report::last_recorded;

pub(super) async fn page(mut context: Context) -> Answer {
    let rates = rates(&mut context).await?;
    let day = day(&context);
    let recorded = last_recorded(context.conn().await?, day).await?;
    dated(&context, &statistics(&context, &rates, recorded)?)
}

pub(super) async fn as_csv(mut context: Context) -> Answer {
    let rates = rates(&mut context).await?;
    let say = |key: &str| words().say(context.lang, key);
    let bytes = csv::pass_rates(&context.edition.definition, &rates, context.lang, &say);
    show::file(&format!("pass-rates-{}.csv", rates.as_of), "text/csv; charset=utf-8", bytes)
}

pub(super) async fn as_sheet(mut context: Context) -> Answer {
    let rates = rates(&mut context).await?;
    let say = |key: &str| words().say(context.lang, key);
    let bytes = sheet::pass_rates(&context.edition.definition, &rates, context.lang, &say)
        .map_err(|error| Fault::Internal(error.to_string()))?;
    show::file(&format!("pass-rates-{}.xlsx", rates.as_of), super::lists::XLSX, bytes)
}

async fn rates(context: &mut Context) -> Result<PassRates, Fault> {
    let (edition, viewer) = (context.edition.clone(), context.viewer()?.clone());
    let day = day(context);
    let by = context.asked("by").and_then(By::parse);
    // Without a choice: departments, or one's own classes where one sees nothing larger.
    let question = match by {
        Some(by) => Question::of_viewer(&viewer, day, by),
        None => Question::of_viewer(&viewer, day, By::default()),
    };
    let mut question = question.ok_or(Fault::NotFound)?;
    question.college = context.asked("college").map(str::to_owned);
    question.department = context.asked("department").map(str::to_owned);
    let mut rates = report::pass_rates(context.conn().await?, &edition, &question).await?;
    rates.withhold(&viewer);
    Ok(rates)
}

fn statistics(known: &Known, rates: &PassRates, recorded: Option<String>) -> Result<Statistics, Fault> {
    let (definition, lang, viewer) = (&known.edition.definition, known.lang, known.viewer()?);
    let say = |key: &str| words().say(lang, key);
    let of = known.asked("of").unwrap_or("all");
    // One that asked nothing that day has no figures.
    let chosen_requirement =
        definition.requirement(of).map(|(index, _)| index).filter(|index| rates.asking.contains(index));
    let place = chosen_requirement.and_then(|chosen| rates.asking.iter().position(|index| *index == chosen));
    let share = |tally: &Tally| place.and_then(|place| tally.requirements.get(place)).unwrap_or(&tally.all).to_owned();

    let titles = rates.requirements(definition).map(|requirement| requirement.short.get(lang).to_owned());
    let heads: Vec<String> = titles.chain([say("figure-all-requirements")]).collect();
    let links = rates.asking.iter().map(|index| requirement_link(known, *index, None));
    let total: Vec<Figure> = heads
        .iter()
        .zip(rates.total.requirements.iter().chain([&rates.total.all]))
        .zip(links.chain([None]))
        .map(|((title, share), link)| figure(title, *share, link))
        .collect();
    let lowest = total.iter().take(rates.asking.len()).min_by_key(|figure| figure.length).cloned();

    let mut bars: Vec<(i64, Bar)> = rates
        .rows
        .iter()
        .filter(|row| !row.withheld)
        .map(|row| {
            let share = share(&row.tally);
            let bar = Bar {
                label: label(row, rates.by),
                link: row_link(known, rates.by, row, chosen_requirement),
                passed: share.passed,
                of: share.of,
                rate: share.rate().fixed(),
                length: length(share),
            };
            (-share.rate().0, bar)
        })
        .collect();
    // Equal rates keep the school's own order.
    bars.sort_by_key(|(rate, _)| *rate);

    let rows = rates.rows.iter().map(|row| PageRow {
        college: row.college.clone(),
        department: row.department.clone(),
        class: row.class.clone(),
        link: row_link(known, rates.by, row, chosen_requirement),
        withheld: row.withheld,
        students: row.tally.students,
        figures: row
            .tally
            .requirements
            .iter()
            .chain([&row.tally.all])
            .map(|share| RowFigure { passed: share.passed, rate: share.rate().fixed() })
            .collect(),
    });
    let line = share(&rates.total);
    let whole = viewer.scope.everything || (viewer.may(May::Statistics) && rates.by != By::Class);
    let mut of_choices = vec![choice("all", &say("figure-all-requirements"), chosen_requirement.is_none())];
    of_choices.extend(rates.asking.iter().map(|index| {
        let requirement = &definition.requirements[*index];
        choice(&requirement.id, requirement.short.get(lang), chosen_requirement == Some(*index))
    }));
    let by_choices = By::ALL
        .into_iter()
        .filter(|by| Question::of_viewer(viewer, rates.as_of, *by).is_some())
        .map(|by| choice(by.name(), &say(&format!("statistics-by-{}", by.name())), by == rates.by))
        .collect();
    let college = known.asked("college").unwrap_or_default().to_owned();
    let file = |kind: &str| link(known, &format!("/statistics.{kind}"), &[]);
    Ok(Statistics {
        day: chosen(known, rates.as_of),
        by: rates.by.name(),
        by_choices,
        of_title: match chosen_requirement {
            Some(index) => definition.requirements[index].short.get(lang).to_owned(),
            None => say("figure-all-requirements"),
        },
        of_choices,
        colleges: colleges(rates, &college),
        college,
        students: rates.total.students,
        total,
        lowest,
        bars: bars.into_iter().map(|(_, bar)| bar).collect(),
        line: length(line),
        line_rate: line.rate().fixed(),
        heads,
        rows: rows.collect(),
        withheld: rates.rows.iter().any(|row| row.withheld),
        csv_link: file("csv"),
        sheet_link: file("xlsx"),
        recorded: recorded.and_then(|day| day.parse().ok()).map(|recorded| show::day(known, recorded)),
        whole,
    })
}

fn figure(title: &str, share: Share, link: Option<String>) -> Figure {
    Figure {
        title: title.to_owned(),
        passed: share.passed,
        not_passed: share.of - share.passed,
        of: share.of,
        rate: share.rate().fixed(),
        length: length(share),
        link,
    }
}

/// A bar's length in thousandths.
fn length(share: Share) -> u32 {
    u32::try_from(share.rate().0 / 10).unwrap_or_default()
}

fn label(row: &Row, by: By) -> String {
    let name = match by {
        By::College => &row.college,
        By::Department => &row.department,
        By::Class => &row.class,
    };
    if name.is_empty() { "—".to_owned() } else { name.clone() }
}

/// The colleges to choose from: those of the rows, and the one that is chosen.
fn colleges(rates: &PassRates, college: &str) -> Vec<crate::render::pages::lists::Choice> {
    let mut names: Vec<&str> =
        rates.rows.iter().map(|row| row.college.as_str()).filter(|name| !name.is_empty()).collect();
    names.dedup();
    if names.len() < 2 && college.is_empty() {
        return Vec::new();
    }
    names.into_iter().map(|name| choice(name, name, name == college)).collect()
}

/// The list behind a row, where the reader sees one.
fn row_link(known: &Known, by: By, row: &Row, requirement: Option<usize>) -> Option<String> {
    let viewer = known.viewer.as_ref()?;
    let lacking = requirement.and_then(|index| known.edition.definition.requirements.get(index));
    let lacking: Vec<(&str, &str)> = lacking.iter().map(|requirement| ("lacking", requirement.id.as_str())).collect();
    match by {
        By::College if viewer.sees_college(&row.college) => {
            Some(link(known, &format!("/colleges/{}", encode(&row.college)), &lacking))
        }
        By::Department if viewer.sees_department(&row.department_code, &row.college) => {
            Some(link(known, &format!("/departments/{}", encode(&row.department_code)), &lacking))
        }
        By::Class
            if viewer.sees_class(Place {
                class: &row.class_code,
                department: &row.department_code,
                college: &row.college,
            }) =>
        {
            Some(link(known, &format!("/classes/{}", encode(&row.class_code)), &[]))
        }
        By::Department => {
            let index = requirement.or(viewer.scope.requirements.first().copied())?;
            requirement_link(known, index, Some(&row.department_code))
        }
        By::College | By::Class => None,
    }
}

fn requirement_link(known: &Known, index: usize, department: Option<&str>) -> Option<String> {
    let viewer = known.viewer.as_ref()?;
    let requirement = known.edition.definition.requirements.get(index)?;
    let more: Vec<(&str, &str)> = department.map(|code| ("department", code)).into_iter().collect();
    viewer.sees_requirement(index).then(|| link(known, &format!("/requirements/{}", encode(&requirement.id)), &more))
}
