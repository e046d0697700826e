//! Fields of a form between what was posted, what is kept, and what the page shows: the same for a
//! case and for a profile.

use std::collections::BTreeMap;

use super::asked;
use super::parts::{answered, file_link, masked, said, used_case};
use crate::app::case::{CaseError, MOST_FILES, Open, called};
use crate::app::files::{FileError, FileRow};
use crate::case::{Filled, Raw, Usable, Wrong, fill_with};
use crate::clock::parse_day;
use crate::definition::Definition;
use crate::definition::case::{Answer, Field, Media, Workflow};
use crate::lang::Lang;
use crate::render::pages::cases::{Answered, Pointed, UsedCase};
use crate::render::pages::form::{Find, Input, OptionItem};
use crate::render::words;
use crate::rules::filing::{Entry, Value};
use crate::web::context::Known;
use crate::web::{Fault, Posted};

/// The most characters that are kept of one field, however many were sent.
const KEPT: usize = 20_000;

/// The most options that stand below each other; more are chosen from a list.
const RADIOS: usize = 12;

/// What a field of entries offers, or why it offers nothing.
#[derive(Default)]
pub(in crate::web) struct Offered {
    pub entries: Vec<Entry>,
    /// Other cases, and whether yet another uses them.
    pub cases: Vec<Usable>,
    pub nothing: String,
    /// There are too many to be shown at once: they are searched, and these were found.
    pub search: Option<Search>,
}

/// How a long list is searched.
pub(in crate::web) struct Search {
    pub words: String,
    /// There are more than were found.
    pub more: bool,
    /// The field (an index) of the date that the list goes by.
    pub date: Option<usize>,
}

/// A form as it is to be shown.
pub(super) struct Sheet<'a> {
    /// The one that the fields are of.
    pub definition: &'a Definition,
    pub fields: &'a [Field],
    pub raw: &'a Raw,
    pub filled: &'a Filled,
    pub files: &'a [FileRow],
    /// The files of other cases that it may use.
    pub others: &'a [FileRow],
    /// Indices of the fields that can be filled in.
    pub open: &'a [usize],
    pub offered: &'a BTreeMap<usize, Offered>,
    pub wrongs: &'a Wrongs,
    /// What was typed with this very request: also of private fields, which are masked otherwise.
    pub typed: Option<&'a Raw>,
    /// What another window kept meanwhile, by field (index).
    pub meanwhile: &'a BTreeMap<usize, Answered>,
}

/// What is said to be wrong, by field.
pub(super) type Wrongs = BTreeMap<usize, Vec<String>>;

/// What was typed into open fields. Files are no text; what a page did not show is not unticked;
/// a private field left empty keeps what it holds.
pub(super) fn typed(posted: &Posted, fields: &[Field], open: &[usize], before: &Raw) -> Raw {
    let open = open.iter().filter_map(|index| fields.get(*index));
    open.filter_map(|field| {
        let text = match field.is {
            Answer::File { .. } | Answer::Computed { .. } | Answer::Record(_) => return None,
            Answer::Tick { .. } | Answer::Cases { .. } if !posted.has(&format!("had-{}", field.id)) => return None,
            Answer::Tick { .. } => if posted.has(&field.id) { "on" } else { "" }.to_owned(),
            Answer::Cases { .. } => posted.all(&field.id).collect::<Vec<_>>().join(",").chars().take(KEPT).collect(),
            Answer::Entry { .. } | Answer::Choice(_) if unchosen(posted, &field.id) => {
                posted.text(&looked_for(&field.id)).trim().chars().take(KEPT).collect()
            }
            _ if !posted.has(&field.id) => return None,
            _ => posted.text(&field.id).replace("\r\n", "\n").chars().take(KEPT).collect(),
        };
        let keeps = field.private && text.is_empty() && before.get(&field.id).is_some_and(|text| !text.is_empty());
        (!keeps).then(|| (field.id.clone(), text))
    })
    .collect()
}

/// The name under which the words go by which a long list is searched.
pub(super) fn looked_for(field: &str) -> String {
    format!("find-{field}")
}

/// Whether words were typed into a list that is searched, and nothing was chosen by them: they then
/// stand in the answer's place, which is told to be none. Nobody's former choice stays behind them.
fn unchosen(posted: &Posted, field: &str) -> bool {
    let words = posted.text(&looked_for(field)).trim();
    let (chosen, before) = (posted.text(field), posted.text(&format!("was-{field}")));
    let is_search = posted.text("do") == looked_for(field);
    let is_new = words != posted.text(&format!("found-{field}"));
    !words.is_empty() && !is_search && (chosen.is_empty() || is_new || chosen == before)
}

/// What was typed into the fields that a move (an index) asks for.
pub(in crate::web) fn typed_of_move(posted: &Posted, workflow: &Workflow, step: usize) -> Raw {
    typed(posted, &workflow.fields, &workflow.asks(step), &Raw::new())
}

/// The fields that a move (an index) asks for, as they were typed, or as they were when it was made
/// before. Where one is asked for by another of them, both are shown.
pub(in crate::web) fn of_move(
    known: &Known,
    open: &Open,
    step: usize,
    typed: Option<&Raw>,
    wrong: &[Wrong],
) -> Vec<Input> {
    let (fields, asks) = (&open.workflow().fields, open.workflow().asks(step));
    if asks.is_empty() {
        return Vec::new();
    }
    let mut raw = open.case.raw.clone();
    if let Some(typed) = typed {
        asks.iter().filter_map(|index| fields.get(*index)).for_each(|field| drop(raw.remove(&field.id)));
        raw.extend(typed.clone());
    }
    let filled = fill_with(&open.setting(), fields, &raw, Some(step));
    let mut wrongs = Wrongs::new();
    for wrong in wrong {
        wrongs.entry(wrong.field).or_default().push(said(&wrong.what, known.lang));
    }
    let sheet = Sheet {
        definition: &open.edition.definition,
        fields,
        raw: &raw,
        filled: &filled,
        files: &[],
        others: &[],
        open: &asks,
        offered: &BTreeMap::new(),
        wrongs: &wrongs,
        typed,
        meanwhile: &BTreeMap::new(),
    };
    let of_another = |field: &Field| field.when.as_ref().is_some_and(|when| when.is_about(&|at| asks.contains(&at)));
    let shown = asks.iter().filter_map(|index| Some((*index, fields.get(*index)?)));
    shown
        .filter(|(index, field)| filled.asked.contains(index) || of_another(field))
        .map(|(index, field)| Input {
            when: asked::when(fields, field, &asks, &filled),
            ..one(known, &sheet, index, field)
        })
        .collect()
}

/// What is wrong with a form; what is only missing where `all` is asked for.
pub(super) fn wrongs(known: &Known, filled: &Filled, all: bool) -> Wrongs {
    let mut out = Wrongs::new();
    for wrong in filled.wrong.iter().filter(|wrong| all || !wrong.is_missing) {
        out.entry(wrong.field).or_default().push(said(&wrong.what, known.lang));
    }
    out
}

/// A file that was not taken, said at its field; what is no refusal of the file is passed on.
pub(super) fn file_wrong(known: &Known, field: &Field, error: CaseError) -> Result<String, Fault> {
    match error {
        CaseError::File(FileError::Refused(refused)) => {
            tracing::info!(%refused, "a file was not taken");
            Ok(refused.say(known.lang))
        }
        CaseError::TooManyFiles => {
            let given = [("label", field.label.get(known.lang)), ("most", &MOST_FILES.to_string())];
            Ok(words().say_with(known.lang, "case-file-too-many", &given))
        }
        other => Err(other.into()),
    }
}

/// The error summary, in the form's order.
pub(super) fn pointed(fields: &[Field], wrongs: &Wrongs) -> Vec<Pointed> {
    let at = |(index, said): (&usize, &Vec<String>)| {
        let to = fields.get(*index).map(|field| format!("field-{}", field.id)).unwrap_or_default();
        said.iter().map(|text| Pointed { to: to.clone(), text: text.clone() }).collect::<Vec<_>>()
    };
    wrongs.iter().flat_map(at).collect()
}

/// The error summary of what stands wrong at shown fields.
pub(in crate::web) fn pointed_at(inputs: &[Input]) -> Vec<Pointed> {
    let at = |input: &Input, text: &String| Pointed { to: format!("field-{}", input.id), text: text.clone() };
    inputs.iter().flat_map(|input| input.wrong.iter().map(move |text| at(input, text))).collect()
}

/// The fields that a page shows, in order.
pub(super) fn inputs(known: &Known, sheet: &Sheet<'_>) -> Vec<Input> {
    let asked = sheet.filled.asked.iter().filter_map(|index| Some((*index, sheet.fields.get(*index)?)));
    asked
        .filter(|(_, field)| !matches!(field.is, Answer::Record(_)))
        .map(|(at, field)| one(known, sheet, at, field))
        .collect()
}

fn one(known: &Known, sheet: &Sheet<'_>, index: usize, field: &Field) -> Input {
    let lang = known.lang;
    let is_open = sheet.open.contains(&index) && field.is_answered();
    let held = sheet.raw.get(&field.id).map(String::as_str).unwrap_or_default();
    let now = sheet.typed.and_then(|typed| typed.get(&field.id)).map(String::as_str);
    let files = sheet.files.iter().filter(|file| file.field == field.id);
    let remarks = sheet.filled.remarks.iter().filter(|(of, _)| *of == index);
    let mut input = Input {
        id: field.id.clone(),
        label: said(&field.label, lang),
        hint: said(&field.hint, lang),
        kind: "fixed",
        value: held.to_owned(),
        ticked: sheet.filled.value(field) == Some(&Value::Tick(true)),
        optional: field.optional,
        letters: 0,
        options: Vec::new(),
        words: String::new(),
        find: None,
        nothing: String::new(),
        files: files.map(file_link).collect(),
        cases: Vec::new(),
        former: false,
        accept: String::new(),
        kinds: String::new(),
        limit: String::new(),
        wrong: sheet.wrongs.get(&index).cloned().unwrap_or_default(),
        remarks: remarks.map(|(_, text)| said(text, lang)).collect(),
        read: None,
        meanwhile: sheet.meanwhile.get(&index).cloned(),
        when: String::new(),
    };
    if !is_open {
        let figure = sheet.filled.figures.get(&index).into_iter().flat_map(|figure| &figure.reasons);
        let files = if matches!(field.is, Answer::Cases { .. }) { sheet.others } else { sheet.files };
        let mut read = answered(known, sheet.definition, field, sheet.filled.value(field), files);
        read.reasons = figure.map(|reason| said(reason, lang)).collect();
        if matches!(field.is, Answer::Computed { .. }) && read.kind == "nothing" {
            input.nothing = words().say(lang, "case-figure-later");
        }
        return Input { read: Some(read), ..input };
    }
    if field.private && now.is_none() && !held.is_empty() && !matches!(field.is, Answer::File { .. }) {
        input.value = String::new();
        let kept = words().say_with(lang, "profile-kept", &[("masked", &masked(held))]);
        input.hint = if input.hint.is_empty() { kept } else { format!("{kept} {}", input.hint) };
    }
    by_kind(known, sheet, index, field, held, input)
}

fn by_kind(known: &Known, sheet: &Sheet<'_>, index: usize, field: &Field, held: &str, input: Input) -> Input {
    let lang = known.lang;
    match &field.is {
        Answer::Text { letters, lines } => {
            Input { kind: if *lines { "lines" } else { "text" }, letters: *letters, ..input }
        }
        Answer::Number { .. } => Input { kind: "number", ..input },
        Answer::Money { .. } => Input { kind: "money", ..input },
        Answer::Date => {
            // A hint with an example of its own needs no other.
            let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, '/' | '-' | '.');
            if input.hint.split(|letter| !is_part(letter)).any(|part| parse_day(part).is_ok()) {
                return Input { kind: "date", ..input };
            }
            let hint = format!("{} {}", input.hint, words().say(lang, "case-date-hint"));
            Input { kind: "date", hint: hint.trim().to_owned(), ..input }
        }
        Answer::Choice(options) => {
            let long = options.len() > RADIOS;
            let other = if lang == Lang::ZhTw { Lang::En } else { Lang::ZhTw };
            let options = options.iter().map(|one| OptionItem {
                value: one.id.clone(),
                label: one.title.get(lang).to_owned(),
                also: if long { format!("{} {}", one.title.get(other), one.also) } else { String::new() },
                chosen: one.id == held,
            });
            let options: Vec<OptionItem> = options.collect();
            let words = if options.iter().any(|one| one.chosen) { "" } else { held }.to_owned();
            Input { kind: if long { "pick" } else { "choice" }, options, words, ..input }
        }
        Answer::Tick { .. } => Input { kind: "tick", ..input },
        Answer::File { of, megabytes } => Input {
            kind: "file",
            accept: endings(of).iter().map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(","),
            kinds: kinds(lang, of),
            limit: format!("{megabytes} MB"),
            ..input
        },
        Answer::Entry { .. } => {
            let list = called::list_of(&sheet.definition.catalogues, field);
            let offered = sheet.offered.get(&index);
            let entries = offered.map(|offered| offered.entries.as_slice()).unwrap_or_default();
            let option = |entry: &Entry| OptionItem {
                value: entry.id.clone(),
                label: called::label(list, entry, lang),
                also: String::new(),
                chosen: entry.id == held,
            };
            let mut options: Vec<OptionItem> = entries.iter().map(option).collect();
            let nothing = offered.map(|offered| offered.nothing.clone()).unwrap_or_default();
            let search = offered.and_then(|offered| offered.search.as_ref());
            // What was chosen is there, whatever is looked for now.
            if let (Some(_), Some(Value::Entry(chosen))) = (search, sheet.filled.value(field))
                && entries.iter().all(|entry| entry.id != chosen.id)
            {
                options.insert(0, option(chosen));
            }
            let find = search.map(|search| Find {
                words: search.words.clone(),
                more: search.more,
                found: entries.len(),
                date: search.date.and_then(|date| sheet.fields.get(date)).map(|field| field.id.clone()),
            });
            Input { kind: "entry", options, nothing, find, ..input }
        }
        Answer::Cases { .. } => {
            let offered = sheet.offered.get(&index);
            let cases = offered.map(|offered| offered.cases.as_slice()).unwrap_or_default();
            let is_chosen = |id: &str| held.split(',').any(|held| held == id);
            let cases = cases.iter().map(|usable| UsedCase {
                chosen: is_chosen(&usable.case.id),
                taken: usable.taken,
                ..used_case(known, field, &usable.case, sheet.others)
            });
            let nothing = offered.map(|offered| offered.nothing.clone()).unwrap_or_default();
            Input { kind: "cases", cases: cases.collect(), nothing, ..input }
        }
        Answer::Computed { .. } | Answer::Record(_) => input,
    }
}

fn endings(of: &[Media]) -> Vec<&'static str> {
    let endings = of.iter().flat_map(|media| match media {
        Media::Jpeg => ["jpg", "jpeg"].as_slice(),
        Media::Png => ["png"].as_slice(),
        Media::Pdf => ["pdf"].as_slice(),
    });
    endings.copied().collect()
}

/// `PDF、JPG、PNG`.
pub(super) fn kinds(lang: Lang, of: &[Media]) -> String {
    let kinds = of.iter().map(|media| match media {
        Media::Jpeg => "JPG",
        Media::Png => "PNG",
        Media::Pdf => "PDF",
    });
    kinds.collect::<Vec<_>>().join(match lang {
        Lang::ZhTw => "、",
        Lang::En => ", ",
    })
}
