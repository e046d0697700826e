//! A class: its page, its roster for A4, and its workbook.

use super::{XLSX, chosen, dated, day, heads, link, place, student};
use crate::app::given::{self, Given};
use crate::app::roster::{self, Line, Roster};
use crate::app::sheet;
use crate::render::pages::lists::{Class, Roster as Sheet};
use crate::render::words;
use crate::web::context::encode;
use crate::web::{Answer, Context, Fault, show};

pub(in crate::web) async fn class(mut context: Context) -> Answer {
    let roster = visible(&mut context).await?;
    let viewer = context.viewer()?;
    let definition = &context.edition.definition;
    let asking = definition.asking(roster.as_of);
    let remaining = context.asked("show") == Some("remaining");
    let shown = roster.students.iter().filter(|line| !remaining || (line.verdict.bound && !line.verdict.passed));
    let address = format!("/classes/{}", encode(&roster.class.class));
    let of_class = &roster.class;
    let sees_department = viewer.sees_department(&of_class.department, &of_class.college);
    let page = Class {
        class: place(&of_class.name, &of_class.class, None),
        department: place(
            &of_class.department_name,
            &of_class.department,
            sees_department.then(|| link(&context, &format!("/departments/{}", encode(&of_class.department)), &[])),
        ),
        college: place(
            &of_class.college,
            "",
            viewer
                .sees_college(&of_class.college)
                .then(|| link(&context, &format!("/colleges/{}", encode(&of_class.college)), &[])),
        ),
        tutors: roster.tutors.iter().map(|tutor| tutor.name.clone()).collect(),
        day: chosen(&context, roster.as_of),
        requirements: heads(definition, context.lang, &asking, &lacking(&roster)),
        bound: roster.bound(),
        passed: roster.passed(),
        not_passed: roster.bound() - roster.passed(),
        others: roster.students.len() - roster.bound(),
        students: shown.map(|line| student(&context, viewer, line, &asking)).collect(),
        remaining,
        all_link: link(&context, &address, &[]),
        remaining_link: link(&context, &address, &[("show", "remaining")]),
        print_link: link(&context, &format!("{address}/roster"), &[]),
        sheet_link: link(&context, &format!("{address}/roster.xlsx"), &[]),
    };
    dated(&context, &page)
}

pub(in crate::web) async fn class_roster(mut context: Context) -> Answer {
    let roster = visible(&mut context).await?;
    let viewer = context.viewer()?;
    let definition = &context.edition.definition;
    let asking = definition.asking(roster.as_of);
    let page = Sheet {
        class: place(&roster.class.name, &roster.class.class, None),
        department: place(&roster.class.department_name, &roster.class.department, None),
        tutors: roster.tutors.iter().map(|tutor| tutor.name.clone()).collect(),
        day: chosen(&context, roster.as_of),
        requirements: heads(definition, context.lang, &asking, &lacking(&roster)),
        bound: roster.bound(),
        passed: roster.passed(),
        not_passed: roster.bound() - roster.passed(),
        students: roster.students.iter().map(|line| student(&context, viewer, line, &asking)).collect(),
        back_link: link(&context, &format!("/classes/{}", encode(&roster.class.class)), &[]),
    };
    show::page(&context, &page)
}

pub(in crate::web) async fn class_sheet(mut context: Context) -> Answer {
    let roster = visible(&mut context).await?;
    context.release();
    let given = Given { list: &context.address(), rows: roster.students.len() };
    given::note(&context.web.app, &context.viewer()?.account, given, context.now).await?;
    let say = |key: &str| words().say(context.lang, key);
    let bytes = sheet::roster(&context.edition.definition, &roster, context.lang, &say)
        .map_err(|error| Fault::Internal(error.to_string()))?;
    show::file(&format!("{}-{}.xlsx", roster.class.name, roster.as_of), XLSX, bytes)
}

async fn visible(context: &mut Context) -> Result<Roster, Fault> {
    let (edition, viewer) = (context.edition.clone(), context.viewer()?.clone());
    let (class, day) = (context.param("class").to_owned(), day(context));
    let roster = roster::for_viewer(context.conn().await?, &edition, &viewer, &class, day).await?;
    roster.ok_or(Fault::NotFound)
}

/// How many of a class lack each requirement.
fn lacking(roster: &Roster) -> Vec<usize> {
    let requirements = roster.students.first().map_or(0, |line| line.verdict.requirements.len());
    let lacks = |line: &Line, index: usize| {
        line.verdict.requirements.get(index).is_some_and(|requirement| requirement.bound && !requirement.passed)
    };
    (0..requirements).map(|index| roster.students.iter().filter(|line| lacks(line, index)).count()).collect()
}
