//! Lists to choose from: which there are, and one of them; `act` is what is done with it.

pub mod act;

use std::collections::BTreeMap;

use super::cases::parts;
use super::context::{Known, encode};
use super::lists::choice;
use super::{Answer, Context, Fault, show};
use crate::app::catalogue::{self, List, ListError, Named};
use crate::case::Raw;
use crate::definition::case::{Answer as Kind, Catalogue};
use crate::render::pages::catalogue::{
    Before, CatalogueList, Catalogues, EntryField, EntryForm, Line, ListLink, Section,
};
use crate::render::pages::lists::Choice;
use crate::store::catalogues::{self, APPROVED, EntryRow, ListRow};
use crate::store::from_stored;
use crate::store::people::{self, UnitRecord};

/// Terms to choose from: the next one, this one and those before.
const TERMS: usize = 6;
/// Lists shown at once.
const AT_ONCE: usize = 100;

pub(super) async fn index(mut context: Context) -> Answer {
    let known = context.known();
    let (viewer, definition) = (known.viewer()?, &known.edition.definition);
    let conn = context.conn().await?;
    let units = people::units(conn).await?;
    let mut sections = Vec::new();
    for one in &definition.catalogues {
        let departments = departments(&known, one, &units)?;
        if departments.is_empty() {
            continue;
        }
        let rows = catalogues::lists(conn, &one.id, "", None).await?;
        let rights = |row: &ListRow| catalogue::rights(viewer, definition, one, &row.department);
        let waiting =
            rows.iter().filter(|row| row.state == "sent" && rights(row).is_some_and(|(_, approves)| approves));
        let mut own = Vec::new();
        for department in &departments {
            let keeps = catalogue::rights(viewer, definition, one, department).is_some_and(|(keeps, _)| keeps);
            for term in terms(&known, one).iter().filter(|_| keeps) {
                let row = rows.iter().find(|row| row.department == *department && row.term == *term);
                let empty = ListRow {
                    catalogue: one.id.clone(),
                    department: department.clone(),
                    term: term.clone(),
                    state: "draft".to_owned(),
                    ..ListRow::default()
                };
                own.push(list_link(&known, &units, row.unwrap_or(&empty)));
            }
        }
        let keeps = !own.is_empty();
        if !keeps {
            // Who keeps none looks at what there is, the latest first.
            let mut seen: Vec<&ListRow> = rows.iter().filter(|row| rights(row).is_some()).collect();
            seen.sort_by(|one, other| (&other.changed_at, &other.term).cmp(&(&one.changed_at, &one.term)));
            own = seen.into_iter().take(AT_ONCE).map(|row| list_link(&known, &units, row)).collect();
        }
        let any = |approves: bool| {
            departments
                .iter()
                .any(|code| catalogue::rights(viewer, definition, one, code).is_some_and(|(_, may)| may && approves))
        };
        sections.push(Section {
            title: one.title.get(known.lang).to_owned(),
            keeps,
            approves: any(true),
            waiting: waiting.take(AT_ONCE).map(|row| list_link(&known, &units, row)).collect(),
            own,
        });
    }
    show::page(&known, &Catalogues { sections })
}

/// The departments whose lists someone may know of; one empty name where there is one list for all.
fn departments(known: &Known, one: &Catalogue, units: &[UnitRecord]) -> Result<Vec<String>, Fault> {
    let (viewer, definition) = (known.viewer()?, &known.edition.definition);
    let has_students = |kind: &str| {
        let kinds = &definition.school.unit_kinds;
        kinds.iter().any(|known| known.id == kind && known.has_students)
    };
    let codes: Vec<String> = if one.by_department {
        units.iter().filter(|unit| has_students(&unit.kind)).map(|unit| unit.code.clone()).collect()
    } else {
        vec![String::new()]
    };
    Ok(codes.into_iter().filter(|code| catalogue::rights(viewer, definition, one, code).is_some()).collect())
}

/// The terms of which there is a list; one empty name where it is the same in all.
fn terms(known: &Known, one: &Catalogue) -> Vec<String> {
    if !one.by_term {
        return vec![String::new()];
    }
    let calendar = &known.edition.definition.school.calendar;
    let mut after = known.today;
    // The day on which the next term begins is the first that is in another.
    while calendar.term_of(after) == calendar.term_of(known.today) {
        let Some(next) = after.checked_add_days(chrono::Days::new(14)) else { break };
        after = next;
    }
    let mut term = calendar.term_of(after).to_string();
    let mut out = vec![term.clone()];
    while out.len() < TERMS {
        let Some(before) = catalogue::term_before(&known.edition.definition, &term) else { break };
        out.push(before.clone());
        term = before;
    }
    out
}

fn address(named: &Named) -> String {
    let (department, term) = (encode(&named.department), encode(&named.term));
    format!("/catalogues/{}?department={department}&term={term}", encode(&named.catalogue))
}

/// The same, with the words and the page that are looked at.
fn here(known: &Known, named: &Named) -> String {
    let asked = |name: &str| encode(known.asked(name).unwrap_or_default().trim());
    match (asked("q"), asked("page")) {
        (words, page) if words.is_empty() && page.is_empty() => address(named),
        (words, page) => format!("{}&q={words}&page={page}", address(named)),
    }
}

fn list_link(known: &Known, units: &[UnitRecord], row: &ListRow) -> ListLink {
    let unit = units.iter().find(|unit| unit.code == row.department);
    let named = Named { catalogue: row.catalogue.clone(), department: row.department.clone(), term: row.term.clone() };
    ListLink {
        href: address(&named),
        department: unit.map_or_else(|| row.department.clone(), |unit| unit.name.clone()),
        term: row.term.clone(),
        mark: mark(&row.state),
        state: row.state.clone(),
        changed: from_stored(&row.changed_at).map(|at| show::stamp(known, at)).unwrap_or_default(),
    }
}

fn mark(state: &str) -> &'static str {
    match state {
        APPROVED => "good",
        "returned" => "bad",
        "sent" => "wait",
        _ => "none",
    }
}

/// What was refused just now, and what was typed with it.
#[derive(Default)]
struct Extra {
    error: Option<String>,
    wrong: BTreeMap<usize, String>,
    /// The entry that is changed, and what was typed of it.
    entry: String,
    typed: Option<Raw>,
    note: String,
    /// The entry that is about to be removed.
    removing: String,
}

pub(super) async fn list(mut context: Context) -> Answer {
    let known = context.known();
    let given = |name: &str| known.asked(name).unwrap_or_default().to_owned();
    let named = named(&mut context, &given("department"), &given("term")).await?;
    let extra = Extra { entry: given("entry"), removing: given("remove"), ..Extra::default() };
    let page = page(&mut context, &named, extra).await?;
    show::page(&known, &page)
}

/// The list that an address names; the first department's, and this term's, where it says none.
async fn named(context: &mut Context, department: &str, term: &str) -> Result<Named, Fault> {
    let known = context.known();
    let definition = &known.edition.definition;
    let catalogue = definition.catalogues.iter().find(|one| one.id == context.param("catalogue"));
    let catalogue = catalogue.ok_or(Fault::NotFound)?;
    let units = people::units(context.conn().await?).await?;
    let first = departments(&known, catalogue, &units)?.into_iter().next().ok_or(Fault::NotFound)?;
    let now = definition.school.calendar.term_of(known.today).to_string();
    Ok(Named {
        catalogue: catalogue.id.clone(),
        department: if department.is_empty() { first } else { department.to_owned() },
        term: match (catalogue.by_term, term) {
            (false, _) => String::new(),
            (true, "") => now,
            (true, term) => {
                let term = term.parse::<crate::clock::Term>().map_err(|_| Fault::NotFound)?;
                let there = definition.school.calendar.has(term, known.today);
                there.then(|| term.to_string()).ok_or(Fault::NotFound)?
            }
        },
    })
}

async fn page(context: &mut Context, named: &Named, extra: Extra) -> Result<CatalogueList, Fault> {
    let known = context.known();
    let (viewer, definition) = (known.viewer()?, &known.edition.definition);
    let conn = context.conn().await?;
    let list = catalogue::see(conn, viewer, definition, named, known.today).await.map_err(fault)?;
    let units = people::units(conn).await?;
    let one = &definition.catalogues[list.catalogue];
    let unit_name = |code: &str| {
        units.iter().find(|unit| unit.code == code).map_or_else(|| code.to_owned(), |unit| unit.name.clone())
    };
    let edits = list.keeps && list.is_open(one);
    let is_sent = list.row.state == "sent";
    let own = is_sent && list.approves && list.row.sent_by == viewer.account;
    let codes = departments(&known, one, &units)?;
    let mut all_terms = terms(&known, one);
    if !all_terms.contains(&named.term) {
        all_terms.push(named.term.clone());
    }
    let words = known.asked("q").unwrap_or_default().trim().to_owned();
    let number = known.asked("page").and_then(|page| page.parse::<i64>().ok()).unwrap_or(1).max(1);
    let mut part = catalogue::page(conn, definition, &list, &words, number - 1).await?;
    let pages = part.found.max(1).unsigned_abs().div_ceil(catalogue::PAGE.unsigned_abs()) as i64;
    // The last entry of the last page may be gone.
    let number = if number > pages {
        part = catalogue::page(conn, definition, &list, &words, pages - 1).await?;
        pages
    } else {
        number
    };
    let removed = match edits && !extra.removing.is_empty() {
        true => Some(catalogue::entry(conn, named, &extra.removing).await?.ok_or(Fault::NotFound)?),
        false => None,
    };
    let edited = match edits && !extra.entry.is_empty() {
        true => catalogue::entry(conn, named, &extra.entry).await?,
        false => None,
    };
    let typed = extra.typed.or(edited.as_ref().map(|entry| catalogue::typed(one, entry)));
    let link = |page: i64| {
        let is_there = (1..=pages).contains(&page) && page != number;
        is_there.then(|| format!("{}&q={}&page={page}", address(named), encode(&words)))
    };
    let lines = |entries: &[EntryRow]| -> Vec<Line> {
        entries.iter().map(|entry| line(&known, one, &list, &part.same_code, entry)).collect()
    };
    Ok(CatalogueList {
        id: one.id.clone(),
        title: one.title.get(known.lang).to_owned(),
        department: named.department.clone(),
        department_name: unit_name(&named.department),
        term: named.term.clone(),
        version: list.row.version,
        mark: mark(&list.row.state),
        state: list.row.state.clone(),
        note: list.row.note.clone(),
        departments: codes.iter().map(|code| choice(code, &unit_name(code), *code == named.department)).collect(),
        terms: all_terms.iter().map(|term| choice(term, term, *term == named.term)).collect(),
        edits,
        is_over: list.is_over,
        reopens: list.keeps && !edits && list.row.state == APPROVED,
        decides: is_sent && list.approves && !own,
        own,
        offered: list.offered,
        at_most: one.at_most,
        heads: one.fields.iter().map(|field| field.label.get(known.lang).to_owned()).collect(),
        entries: lines(&part.entries),
        total: list.total,
        found: part.found,
        words: words.clone(),
        page: number,
        pages,
        previous_link: link(number - 1),
        next_link: link(number + 1),
        gone: lines(&part.gone),
        before: part
            .before
            .iter()
            .map(|old| Before {
                id: old.id.clone(),
                code: old.code.clone(),
                name: old.name.clone(),
                taken: part.taken.contains(&old.code),
            })
            .collect(),
        approved: one.approved_by.is_some(),
        import: (!one.headers.is_empty() && list.keeps).then(|| format!("/imports?kind=entries:{}", encode(&one.id))),
        before_term: list.before_term.clone(),
        minutes: list.minutes.as_ref().map(parts::file_link),
        minutes_rule: one.minutes_when_changed,
        needs_minutes: list.needs_minutes(one),
        differs: list.differs,
        form: EntryForm {
            id: edited.as_ref().map(|entry| entry.id.clone()).unwrap_or_default(),
            fields: fields(&known, one, &typed.unwrap_or_default(), &extra.wrong),
        },
        removing: removed.map(|entry| line(&known, one, &list, &part.same_code, &entry)),
        here: here(&known, named),
        error: extra.error,
        typed: extra.note,
    })
}

fn line(known: &Known, one: &Catalogue, list: &List, before: &[EntryRow], entry: &EntryRow) -> Line {
    let values = catalogue::values(one, entry);
    let cells = one
        .fields
        .iter()
        .map(|field| parts::answered(known, &known.edition.definition, field, values.get(&field.id), &[]));
    let before = before.iter().find(|old| old.code == entry.code);
    Line {
        id: entry.id.clone(),
        code: entry.code.clone(),
        name: entry.name.clone(),
        cells: cells.collect(),
        edit: format!("{}&entry={}#entry", here(known, &list.named), encode(&entry.id)),
        remove: format!("{}&remove={}", here(known, &list.named), encode(&entry.id)),
        change: match before {
            None if list.before_term.is_some() && one.approved_by.is_some() => "new",
            Some(old) if old.name != entry.name || catalogue::values(one, old) != values => "changed",
            Some(_) | None => "",
        },
    }
}

fn fields(known: &Known, one: &Catalogue, typed: &Raw, wrong: &BTreeMap<usize, String>) -> Vec<EntryField> {
    let text = |id: &str| typed.get(id).cloned().unwrap_or_default();
    let fields = one.fields.iter().enumerate().filter(|(_, field)| field.is_asked());
    fields
        .map(|(index, field)| EntryField {
            kind: match &field.is {
                Kind::Tick { .. } => "tick",
                Kind::Choice(_) => "choice",
                Kind::Text { lines: true, .. } => "lines",
                _ => "text",
            },
            options: match &field.is {
                Kind::Choice(options) => {
                    let one = |option: &crate::definition::case::Choice| -> Choice {
                        choice(&option.id, option.title.get(known.lang), option.id == text(&field.id))
                    };
                    options.iter().map(one).collect()
                }
                _ => Vec::new(),
            },
            label: field.label.get(known.lang).to_owned(),
            hint: field.hint.get(known.lang).to_owned(),
            optional: field.optional,
            value: text(&field.id),
            wrong: wrong.get(&index).cloned(),
            id: field.id.clone(),
        })
        .collect()
}

fn fault(error: ListError) -> Fault {
    match error {
        ListError::NotFound => Fault::NotFound,
        ListError::Store(error) => error.into(),
        error => Fault::Internal(error.to_string()),
    }
}
