//! Where people begin after signing in.

use axum::http::StatusCode;

use super::context::encode;
use super::{Answer, Context, frame, show, student};
use crate::app::import::Rights;
use crate::app::roster;
use crate::render::pages::work::{Group, Passed, Task, Work, WorkPlace};
use crate::store::people::{self, Among};

/// Students begin at their thresholds, or where there are none at their applications; staff at their
/// work.
pub(super) async fn home(context: Context) -> Answer {
    page(context, None).await
}

/// Where staff begin; with a number that was looked up for nothing, it says so.
async fn page(mut context: Context, unknown: Option<String>) -> Answer {
    let known = context.known();
    let viewer = known.viewer()?;
    if !viewer.is_staff {
        let asks = !known.edition.definition.requirements.is_empty();
        return show::see(match viewer.is_student {
            true if asks => "/me",
            true => "/cases",
            false => "/",
        });
    }
    let (definition, lang) = (&known.edition.definition, known.lang);
    let conn = context.conn().await?;
    let units = people::units(conn).await?;
    let name_of = |code: &str| {
        units.iter().find(|unit| unit.code == code).map_or_else(|| code.to_owned(), |unit| unit.name.clone())
    };
    let classes = people::classes(conn, Among::Tutor(&viewer.account), known.today).await?;
    let mut own = Vec::new();
    for class in &classes {
        let roster = roster::of_class(conn, &known.edition, &class.code, known.today).await?;
        own.push(WorkPlace {
            href: format!("/classes/{}", encode(&class.code)),
            title: class.name.clone(),
            note: name_of(&class.department),
            passed: roster
                .filter(|_| !definition.requirements.is_empty())
                .map(|roster| Passed { passed: roster.passed(), of: roster.bound() }),
        });
    }
    let mut groups = vec![
        Group { heading: "work-classes", places: own },
        Group {
            heading: "work-departments",
            places: viewer
                .scope
                .departments
                .iter()
                .map(|code| WorkPlace {
                    href: format!("/departments/{}", encode(code)),
                    title: name_of(code),
                    note: units.iter().find(|unit| unit.code == *code).map(|u| u.college.clone()).unwrap_or_default(),
                    passed: None,
                })
                .collect(),
        },
        Group {
            heading: "work-colleges",
            places: viewer
                .scope
                .colleges
                .iter()
                .map(|name| WorkPlace {
                    href: format!("/colleges/{}", encode(name)),
                    title: name.clone(),
                    note: String::new(),
                    passed: None,
                })
                .collect(),
        },
        Group {
            heading: if viewer.scope.everything { "work-thresholds" } else { "work-requirements" },
            places: (0..definition.requirements.len())
                .filter(|index| viewer.sees_requirement(*index))
                .map(|index| {
                    let requirement = &definition.requirements[index];
                    WorkPlace {
                        href: format!("/requirements/{}", encode(&requirement.id)),
                        title: requirement.title.get(lang).to_owned(),
                        note: definition.school.units[requirement.office].title.get(lang).to_owned(),
                        passed: None,
                    }
                })
                .collect(),
        },
    ];
    // Departments and colleges list who has passed what: nobody, where there is nothing to pass.
    let lists_nobody = |group: &Group| {
        definition.requirements.is_empty() && matches!(group.heading, "work-departments" | "work-colleges")
    };
    groups.retain(|group| !group.places.is_empty() && !lists_nobody(group));
    let tasks = frame::staff_entries(&known, viewer).into_iter().filter_map(|entry| {
        let (title, text) = TASKS.iter().find(|(key, _)| *key == entry.key)?;
        let text = if *title == "imports" { imports_text(&Rights::of(viewer, definition)) } else { text };
        Some(Task { href: entry.href, title, name: entry.name, text })
    });
    let tasks = tasks.collect();
    // Answered as not found, so that guessing is counted.
    let status = if unknown.is_some() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let scope = &viewer.scope;
    let whole = scope.everything || !(scope.departments.is_empty() && scope.colleges.is_empty());
    let finds = whole || !(classes.is_empty() && scope.requirements.is_empty());
    show::page_with(&known, status, &Work { name: viewer.name.clone(), groups, tasks, finds, unknown })
}

/// What stands beside the entries of the menu.
const TASKS: &[(&str, &str)] = &[
    ("queue", "work-task-queue"),
    ("delegation", "work-task-delegation"),
    ("catalogues", "work-task-catalogues"),
    ("payments", "work-task-payments"),
    ("statistics", "work-task-statistics"),
    ("imports", "work-task-imports"),
    ("notices", "work-task-notices"),
    ("mail", "work-task-mail"),
    ("rules", "work-task-rules"),
    ("audit", "work-task-audit"),
];

/// What somebody can bring in from files.
fn imports_text(rights: &Rights) -> &'static str {
    match rights {
        Rights::Everything => "work-task-imports",
        Rights::Of { credits: Some(_), .. } => "work-task-imports-credits",
        Rights::Of { credits: None, .. } => "work-task-imports-lists",
    }
}

/// From a student number to the student's page, where there is one that the reader may see.
pub(super) async fn find(mut context: Context) -> Answer {
    let number: String = context.asked("student").unwrap_or_default().trim().chars().take(40).collect();
    let number = if number.is_empty() { return show::see("/home") } else { number };
    if student::may_see(&mut context, &number).await? {
        return show::see(&format!("/students/{}", encode(&number)));
    }
    page(context, Some(number)).await
}
