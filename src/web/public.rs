//! The pages that anyone may open, and the files of the style.

use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;

use super::cases::apply::window;
use super::context::encode;
use super::{Answer, Context, Fault, show};
use crate::case::diagram;
use crate::definition::PagePart;
use crate::lang::Text;
use crate::render::assets;
use crate::render::pages::{Home, HomeCase, HomeNews, HomePage, HomeRequirement, HomeWindow, ReadPage, ReadPart};

pub(super) async fn home(context: Context) -> Answer {
    let (definition, lang) = (&context.edition.definition, context.lang);
    let news = definition.school.news.iter().map(|news| HomeNews {
        day: news.day.to_string(),
        day_shown: show::day(&context, news.day),
        title: news.title.get(lang).to_owned(),
        text: news.text.get(lang).to_owned(),
    });
    let requirements = definition.requirements.iter().map(|requirement| {
        let parameter = &definition.parameters[requirement.needs];
        let office = &definition.school.units[requirement.office];
        // The figure for whoever is admitted now; who came earlier sees their own after signing in.
        let group = &definition.groups[requirement.binds];
        let admitted = definition.school.calendar.academic_year(context.today);
        let division = group.divisions.first().copied().unwrap_or_default();
        HomeRequirement {
            id: requirement.id.clone(),
            title: requirement.title.get(lang).to_owned(),
            needed: parameter.value(context.today, admitted, division).map(|v| v.to_string()).unwrap_or_default(),
            unit: parameter.unit.clone(),
            how: requirement.how.get(lang).to_owned(),
            link: requirement.link.clone(),
            by: requirement.by.get(lang).to_owned(),
            office: office.title.get(lang).to_owned(),
            contact: office.contact.get(lang).to_owned(),
        }
    });
    // Whoever has not signed in yet may be a student.
    let may_apply = context.viewer.as_ref().is_none_or(|viewer| viewer.is_student);
    let cases = definition.workflows.iter().map(|workflow| {
        let office = &definition.school.units[workflow.office];
        HomeCase {
            href: may_apply.then(|| format!("/apply/{}", encode(&workflow.id))),
            title: workflow.title.get(lang).to_owned(),
            by: workflow.by.get(lang).to_owned(),
            office: office.title.get(lang).to_owned(),
            contact: office.contact.get(lang).to_owned(),
        }
    });
    let windows = definition.workflows.iter().flat_map(|workflow| {
        let rounds = workflow.windows.and_then(|index| definition.windows.get(index)).map(|windows| &windows.rounds);
        let rounds = rounds.into_iter().flatten().filter(|round| {
            // One that comes back each year is not announced years ahead.
            !round.dates.is_empty()
                && round.opens < context.now + chrono::Duration::days(366)
                && (context.now < round.closes || round.dates.iter().any(|date| context.today <= date.on))
        });
        let kind = workflow.title.get(lang).to_owned();
        rounds.map(move |round| (kind.clone(), round))
    });
    let windows = windows.map(|(kind, round)| HomeWindow { kind, window: window(&context, round) }).collect();
    let page = Home {
        cases: cases.collect(),
        windows,
        welcome: definition.school.welcome.get(lang).to_owned(),
        news: news.collect(),
        pages: definition
            .school
            .pages
            .iter()
            .map(|page| HomePage { href: format!("/pages/{}", page.id), title: page.title.get(lang).to_owned() })
            .collect(),
        requirements: requirements.collect(),
    };
    show::page(&context, &page)
}

/// A page of the school's own.
pub(super) async fn page(context: Context) -> Answer {
    let (definition, lang) = (&context.edition.definition, context.lang);
    let page = definition.school.pages.iter().find(|page| page.id == context.param("page")).ok_or(Fault::NotFound)?;
    let text = |text: &Text| text.get(lang).to_owned();
    let parts = page.parts.iter().map(|part| match part {
        PagePart::Text(said) => ReadPart { text: text(said), ..ReadPart::default() },
        PagePart::Table { heads, rows } => ReadPart {
            heads: heads.iter().map(text).collect(),
            rows: rows.iter().map(|row| row.iter().map(text).collect()).collect(),
            ..ReadPart::default()
        },
        PagePart::Flow(id) => definition.workflow(id).map_or_else(ReadPart::default, |(_, workflow)| ReadPart {
            text: text(&workflow.title),
            picture: diagram::svg(definition, workflow, lang, None),
            ..ReadPart::default()
        }),
    });
    let page = ReadPage { title: text(&page.title), parts: parts.collect() };
    show::page(&context, &page)
}

pub(super) async fn asset(context: Context) -> Answer {
    let asset = assets::get(context.param("file")).ok_or(Fault::NotFound)?;
    let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
    let kind = HeaderValue::from_static(asset.kind);
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], asset.bytes.clone()).into_response())
}

pub(super) async fn icon(_context: Context) -> Answer {
    show::see(&assets::address("mark.svg"))
}
