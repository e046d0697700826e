//! The frame around a page: the school's name, the reader, the menu.

use super::context::{Known, encode};
use super::nonce;
use crate::app::access::Viewer;
use crate::app::case::MOST_COUNTED;
use crate::app::catalogue;
use crate::app::delegation;
use crate::app::money;
use crate::app::notice::Sends;
use crate::definition::May;
use crate::lang::Lang;
use crate::render::pages::{Frame, Link, Notice, OtherLang, Reader};
use crate::render::{assets, words};

/// The frame of the page that a request asked for.
pub(super) fn of(known: &Known) -> Frame {
    let definition = &known.edition.definition;
    let path = known.address();
    let other = match known.lang {
        Lang::ZhTw => Lang::En,
        Lang::En => Lang::ZhTw,
    };
    let join = if path.contains('?') { '&' } else { '?' };
    Frame {
        lang: known.lang.code(),
        html_lang: known.lang.html(),
        school: definition.school.title.get(known.lang).to_owned(),
        system: definition.school.system.get(known.lang).to_owned(),
        css: assets::address("menkan.css"),
        js: assets::address("menkan.js"),
        icon: assets::address("mark.svg"),
        reader: known.viewer.as_ref().map(|viewer| Reader {
            account: viewer.account.clone(),
            name: viewer.name.clone(),
            roles: roles(known, viewer),
        }),
        nav: menu(known),
        token: known.binding().map(|binding| nonce::make(&known.web.app.settings.secret, binding)).unwrap_or_default(),
        other_lang: OtherLang {
            code: other.code(),
            html_lang: other.html(),
            name: match other {
                Lang::ZhTw => "繁體中文",
                Lang::En => "English",
            },
            href: format!("{path}{join}lang={}", other.code()),
        },
        notice: known
            .notice
            .as_deref()
            .filter(|key| words().has(key))
            .map(|key| Notice { kind: if key.contains("-not-") { "problem" } else { "done" }, text: said(known, key) }),
        request: known.request.clone(),
        path,
    }
}

/// What is said once: it may name the edition in force.
fn said(known: &Known, key: &str) -> String {
    let edition: String = known.edition.definition.edition.chars().take(12).collect();
    words().say_with(known.lang, key, &[("edition", &edition)])
}

fn roles(known: &Known, viewer: &Viewer) -> Vec<String> {
    let roles = &known.edition.definition.school.roles;
    let mut out: Vec<String> = viewer
        .roles
        .iter()
        .filter_map(|(role, unit)| {
            let title = roles.get(*role)?.title.get(known.lang);
            Some(if unit.is_empty() { title.to_owned() } else { format!("{title} · {unit}") })
        })
        .collect();
    out.dedup();
    out
}

/// Where the reader can go. The address decides which one is current.
fn menu(known: &Known) -> Vec<Link> {
    let mut links = vec![Entry::to("/", "home")];
    if let Some(viewer) = &known.viewer {
        if viewer.is_student {
            if !known.edition.definition.requirements.is_empty() {
                links.push(Entry::to("/me", "my-progress"));
                links.push(Entry::to("/me/records", "my-credits"));
            }
            if !known.edition.definition.workflows.is_empty() {
                links.push(Entry::to("/cases", "my-cases"));
            }
            if known.edition.definition.profile.is_some() {
                links.push(Entry::to("/profile", "my-profile"));
            }
        }
        if viewer.is_staff {
            links.push(Entry::to("/home", "staff-home"));
        }
        links.extend(staff_entries(known, viewer));
    }
    let path = stands_under(&known.path, known.viewer.as_ref().is_some_and(|viewer| viewer.is_staff));
    let is_under =
        |link: &Entry| path == link.href || (link.href != "/" && path.starts_with(&format!("{}/", link.href)));
    let current = links.iter().filter(|link| is_under(link)).map(|link| link.href.len()).max();
    links
        .into_iter()
        .map(|link| Link {
            current: Some(link.href.len()) == current && is_under(&link),
            label: link.name.unwrap_or_else(|| label(known, link.key)),
            href: link.href,
        })
        .collect()
}

/// The menu's address under which a page stands that has none of its own there.
fn stands_under(path: &str, is_staff: bool) -> &str {
    match path.split('/').nth(1).unwrap_or_default() {
        "review" | "flow" | "delegation" => "/queue",
        "students" | "classes" | "departments" | "colleges" | "requirements" if is_staff => "/home",
        "apply" => "/cases",
        _ => path,
    }
}

/// A place in the menu.
pub(super) struct Entry {
    pub href: String,
    /// A key of the locale files.
    pub key: &'static str,
    /// What it is called where one key stands for several.
    pub name: Option<String>,
}

impl Entry {
    fn to(href: impl Into<String>, key: &'static str) -> Entry {
        Entry { href: href.into(), key, name: None }
    }
}

/// What staff can do, by what they may.
pub(super) fn staff_entries(known: &Known, viewer: &Viewer) -> Vec<Entry> {
    let definition = &known.edition.definition;
    let mut entries = Vec::new();
    let mut add = |there: bool, href: &str, key: &'static str| {
        if there {
            entries.push(Entry::to(href, key));
        }
    };
    add(viewer.is_staff && known.waiting.is_some(), "/queue", "queue");
    add(delegation::lendable(viewer, definition).next().is_some(), "/delegation", "delegation");
    add(viewer.is_staff && catalogue::takes_part(viewer, definition), "/catalogues", "catalogues");
    add(viewer.is_staff && !definition.requirements.is_empty(), "/statistics", "statistics");
    add(viewer.imports(definition), "/imports", "imports");
    let sends = || Sends::of(viewer, definition);
    let notified = || definition.notices.is_empty() || definition.notices.iter().any(|notice| sends().concerns(notice));
    add(viewer.may(May::SendNotices) && notified(), "/notices", "notices");
    add(viewer.may(May::ReadMail), "/mail", "mail");
    add(viewer.may(May::ReloadRules), "/rules", "rules");
    add(viewer.scope.everything, "/audit", "audit");
    let seen = |index: &usize| viewer.is_staff && money::sight(viewer, definition, *index).is_some();
    let seen: Vec<usize> = (0..definition.budgets.len()).filter(seen).collect();
    let at = entries.iter().position(|entry| entry.key == "statistics").unwrap_or(entries.len());
    let budgets = seen.iter().map(|index| {
        let budget = &definition.budgets[*index];
        let name = (seen.len() > 1).then(|| budget.title.get(known.lang).to_owned());
        Entry { name, ..Entry::to(format!("/payments/{}", encode(&budget.id)), "payments") }
    });
    entries.splice(at..at, budgets);
    entries
}

/// A link's words; those to the cases say how many wait.
fn label(known: &Known, key: &str) -> String {
    match (key, known.waiting) {
        ("queue", Some(MOST_COUNTED)) => words().say(known.lang, "queue-nav-many"),
        ("queue", Some(count @ 1..)) => words().say_with(known.lang, "queue-nav", &[("count", &count.to_string())]),
        _ => words().say(known.lang, key),
    }
}

/// Where the sign-in page sends back to.
pub(super) fn sign_in_address(known: &Known) -> String {
    match known.address().as_str() {
        "/" => "/sign-in".to_owned(),
        address => format!("/sign-in?next={}", encode(address)),
    }
}
