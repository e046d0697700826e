//! The sense of forms: keys that fit the kind of a field, names that mean one thing, conditions that
//! can be read, entries that can be chosen.

use super::Sense;
use crate::definition::case::{Answer, Catalogue, Editable, Field, State};
use crate::definition::condition;
use crate::definition::conform::suggestion;
use crate::definition::near::nearest;
use crate::definition::read::cases::read_among;
use crate::definition::read::{Item, value};
use crate::definition::report::Place;
use crate::definition::shape::KINDS;
use crate::definition::tree::{Entry, Kind, Node};
use crate::lang::Text;

/// Whose form it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Case,
    Catalogue,
    Profile,
    /// What a move asks for.
    Move,
}

impl Of {
    fn said(self) -> (&'static str, &'static str) {
        match self {
            Of::Case => ("案件", "a case"),
            Of::Catalogue => ("目錄", "a catalogue"),
            Of::Profile => ("基本資料", "a profile"),
            Of::Move => ("移動", "a move"),
        }
    }
}

/// What rules read behind `c.` besides fields.
const OF_RULES: &[&str] = &["student", "window", "today"];

/// What pages send beside the answers to a move.
const OF_PAGES: &[&str] = &["answers", "case", "named", "note", "seen", "shown", "step", "token", "version"];

/// Keys that only some kinds of answer have; `true`: and must have.
const KEYS: &[(&str, &[(&str, bool)])] = &[
    ("letters", &[("text", false), ("long text", false)]),
    ("least", &[("number", false), ("money", false)]),
    ("most", &[("number", false), ("money", false)]),
    ("options", &[("choice", true)]),
    ("at_first", &[("tick", false)]),
    ("of", &[("file", false)]),
    ("megabytes", &[("file", false)]),
    ("among", &[("entry", false), ("cases", false)]),
    ("count", &[("cases", false)]),
    ("rule", &[("computed", true)]),
    ("record", &[("record", true)]),
    ("unique", &[("text", false)]),
    ("payee", &[("text", false), ("number", false), ("choice", false), ("tick", false), ("file", false)]),
];

/// Keys that only fields of one kind of form have.
const KEYS_OF: &[(&str, &[Of])] =
    &[("unique", &[Of::Case]), ("payee", &[Of::Profile]), ("private", &[Of::Case, Of::Catalogue, Of::Profile])];

impl Sense<'_> {
    /// A catalogue is known by its first two fields.
    pub(super) fn named(&mut self, item: &Item<'_, Catalogue>, catalogue: &Catalogue) {
        let is_text = |index: usize| {
            let field = catalogue.fields.get(index);
            field.is_some_and(|field| matches!(field.is, Answer::Text { lines: false, .. }) && !field.optional)
        };
        if self.sound(item, &["fields"]) && !(is_text(0) && is_text(1)) {
            let what =
                Text::new("目錄的前兩欄是代碼與名稱", "the first two fields of a catalogue are its code and its name");
            let allowed = Text::new("兩欄必填的 is: text", "two fields with is: text that are not optional");
            self.report.error("MK077", item.key_at(&["fields"]), what, "", allowed);
        }
    }

    /// Every field of a form: keys that fit its kind, a condition that can be read, rules that exist.
    pub(super) fn form<T>(&mut self, item: &Item<'_, T>, of: Of, key: &[&str], fields: &[Field]) {
        let node = key.iter().try_fold(item.node, |node, step| node.get(step));
        for entry in node.map(Node::entries).unwrap_or_default() {
            let name = entry.key.as_str();
            let steps = |last| [key, &[name, last]].concat();
            if !self.sound(item, &[key, &[name]].concat()) {
                continue;
            }
            let node = &entry.value;
            let is = node.get("is").and_then(Node::word).unwrap_or_default();
            let kind = match is.split_once(" of ") {
                Some((kind @ ("entry" | "cases"), _)) => kind,
                Some(_) | None => is,
            };
            self.fits(item, of, &steps("is"), kind, is);
            self.reserved(item, of, key, entry);
            for (name, only) in KEYS_OF {
                if !only.contains(&of) && node.get(name).is_some() {
                    let only = only[0];
                    let what = Text::new(format!("這裡的欄位沒有 {name}"), format!("no field here has {name}"));
                    let allowed = Text::new(
                        format!("刪去；只用於{}的欄位", only.said().0),
                        format!("remove it; only fields of {} have it", only.said().1),
                    );
                    self.report.error("MK066", item.key_at(&steps(name)), what, name, allowed);
                }
            }
            for (name, kinds) in KEYS {
                let fits = kinds.iter().find(|(known, _)| *known == kind);
                match (node.get(name), fits) {
                    (Some(_), None) => {
                        let known: Vec<&str> = kinds.iter().map(|(kind, _)| *kind).collect();
                        let what = Text::new(format!("{is} 沒有 {name}"), format!("a {is} has no {name}"));
                        let allowed = Text::new(
                            format!("只用於 {}", known.join("、")),
                            format!("only with {}", known.join(", ")),
                        );
                        self.report.error("MK066", item.key_at(&steps(name)), what, name, allowed);
                    }
                    (None, Some((_, true))) => {
                        let what = Text::new(format!("{is} 要有 {name}"), format!("a {is} needs {name}"));
                        let allowed = Text::new(format!("加上 {name}"), format!("add {name}"));
                        self.report.error("MK066", item.at(&steps("is")), what, is, allowed);
                    }
                    (None, None | Some((_, false))) | (Some(_), Some(_)) => {}
                }
            }
            let index = fields.iter().position(|field| field.id == entry.key).unwrap_or(0);
            let before = &fields[..index];
            if let Some(when) = node.get("when") {
                self.condition(item.at(&steps("when")), when, before);
            }
            for rule in ["check", "rule"] {
                if let Some(name) = node.get(rule).and_then(Node::word).and_then(value::rule) {
                    self.script_exists(&name, item.at(&steps(rule)));
                }
            }
            if let Answer::Number { least, most } | Answer::Money { least, most } = fields[index].is
                && most < least
            {
                let what = Text::new("最大值小於最小值", "the most is less than the least");
                let allowed = Text::new(format!("{least} 以上"), format!("{least} or more"));
                self.report.error("MK075", item.at(&steps("most")), what, &most.to_string(), allowed);
            }
            if let Answer::Cases { of: other, .. } = &fields[index].is
                && of == Of::Case
            {
                self.others(item, &entry.key, node, other, before);
            }
            if let Answer::Entry { catalogue, .. } = &fields[index].is
                && of == Of::Case
            {
                let catalogue = self.built.catalogues.get(*catalogue).map(|item| &item.value);
                let of_catalogue = catalogue.map(|catalogue| catalogue.fields.as_slice());
                for (position, among) in node.get("among").map(Node::items).unwrap_or_default().iter().enumerate() {
                    let word = among.word().unwrap_or_default();
                    let step = format!("[{position}]");
                    let is_list = matches!(node.get("among").map(|among| &among.kind), Some(Kind::List(_)));
                    let mut steps = steps("among");
                    steps.extend(is_list.then_some(step.as_str()));
                    let place = item.at(&steps);
                    if let Some(catalogue) = catalogue {
                        self.told_apart(catalogue, word, &place);
                    }
                    if read_among(word, before, of_catalogue.unwrap_or_default()).is_none() {
                        let what = Text::new(format!("看不懂「{word}」"), format!("`{word}` cannot be read"));
                        let allowed = Text::new(
                            "own department、term of 前面的日期欄、目錄裡的勾選欄",
                            "own department, term of a date field before this one, a tick of the catalogue",
                        );
                        self.report.error("MK074", place, what, word, allowed);
                    }
                }
            }
        }
    }

    /// Which of the applicant's other cases may be chosen, and how many.
    fn others<T>(&mut self, item: &Item<'_, T>, field: &str, node: &Node, other: &str, before: &[Field]) {
        let built = self.built;
        if let Some(count) = node.get("count") {
            let catalogues: Vec<&[Field]> = built.catalogues.iter().map(|item| item.value.fields.as_slice()).collect();
            let text = count.word().unwrap_or_default();
            if let Err(wrong) = condition::count(text, condition::Known { fields: before, catalogues: &catalogues }) {
                let place = item.at(&["form", field, "count"]);
                self.report.error("MK110", place, wrong.what, &wrong.found, wrong.allowed);
            }
        }
        // One that there is not has been told already.
        let Some(flow) = built.cases.iter().find(|known| known.value.id == other) else { return };
        let known: Vec<&str> = flow.value.states.iter().map(|state| state.id.as_str()).collect();
        let among = node.get("among");
        let is_list = matches!(among.map(|among| &among.kind), Some(Kind::List(_)));
        for (position, word) in among.map(Node::items).unwrap_or_default().iter().enumerate() {
            let Some(name) = word.word() else { continue };
            let step = format!("[{position}]");
            let steps = ["form", field, "among", step.as_str()];
            let place = item.at(if is_list { &steps } else { &steps[..3] });
            let Some((_, state)) = flow.value.state(name) else {
                let what =
                    Text::new(format!("「{other}」沒有「{name}」這個狀態"), format!("`{other}` has no state `{name}`"));
                let near = nearest(name, known.iter().copied());
                self.report.error("MK062", place, what, name, suggestion(near, &known));
                continue;
            };
            if state.editable != Editable::Nothing || state.lapse.is_some() {
                let what = Text::new(
                    format!("「{name}」的案件還會改變，用了就不能改"),
                    format!("a case in `{name}` may still change, and one that is used cannot"),
                );
                let fixed = |state: &&State| state.editable == Editable::Nothing && state.lapse.is_none();
                let fixed: Vec<&str> = flow.value.states.iter().filter(fixed).map(|state| state.id.as_str()).collect();
                self.report.error("MK111", place, what, name, suggestion(None, &fixed));
            }
        }
    }

    /// A condition on fields that can be read.
    pub(super) fn condition(&mut self, mut place: Place, node: &Node, fields: &[Field]) {
        let catalogues: Vec<&[Field]> = self.built.catalogues.iter().map(|item| item.value.fields.as_slice()).collect();
        let Kind::Word { text, plain } = &node.kind else { return };
        if let Err(wrong) = condition::read(text, condition::Known { fields, catalogues: &catalogues }) {
            // A quote stands before the first letter.
            place.span.column = node.span.column + wrong.offset + usize::from(!plain);
            place.span.length = wrong.found.chars().count();
            self.report.error("MK064", place, wrong.what, &wrong.found, wrong.allowed);
        }
    }

    /// Kinds of answers that make no sense, or could not be kept, in this form.
    fn fits<T>(&mut self, item: &Item<'_, T>, of: Of, steps: &[&str], kind: &str, is: &str) {
        let (zh, en) = of.said();
        let refused: &[&str] = match of {
            Of::Case => &[],
            Of::Catalogue => &["entry", "cases", "file", "computed", "record"],
            Of::Profile => &["entry", "cases", "computed"],
            Of::Move => &["entry", "cases", "file", "computed", "record"],
        };
        if refused.contains(&kind) {
            let what = Text::new(format!("{zh}的欄位不能是 {kind}"), format!("a field of {en} cannot be {kind}"));
            let fitting: Vec<&str> =
                KINDS.iter().map(|word| word.word).filter(|known| !refused.contains(known)).collect();
            self.report.error("MK078", item.at(steps), what, is, suggestion(None, &fitting));
        }
    }

    /// Names that rules or conditions read as something else.
    fn reserved<T>(&mut self, item: &Item<'_, T>, of: Of, key: &[&str], entry: &Entry) {
        let own = [key, &[entry.key.as_str()]].concat();
        let mut names = vec![(item.key_at(&own), entry.key.as_str(), OF_RULES)];
        if of == Of::Move {
            names.push((item.key_at(&own), entry.key.as_str(), OF_PAGES));
        }
        for option in entry.value.get("options").map(Node::entries).unwrap_or_default() {
            let place = item.key_at(&[own.as_slice(), &["options", &option.key]].concat());
            names.push((place, option.key.as_str(), &["filled"]));
        }
        for (place, name, reserved) in names {
            if reserved.contains(&name) || ["and", "or", "not"].contains(&name) {
                let what = Text::new(
                    format!("「{name}」在條件或規則裡另有意義"),
                    format!("`{name}` means something else in conditions or rules"),
                );
                let allowed = Text::new("換一個名稱", "another name");
                self.report.error("MK079", place, what, name, allowed);
            }
        }
    }

    /// Whether a catalogue has lists of departments and terms to choose among.
    fn told_apart(&mut self, catalogue: &Catalogue, word: &str, place: &Place) {
        let (wanted, has) = match word {
            "own department" => ("department", catalogue.by_department),
            _ if word.starts_with("term of ") => ("term", catalogue.by_term),
            _ => return,
        };
        if !has {
            let id = &catalogue.id;
            let what = Text::new(
                format!("目錄「{id}」沒有分 {wanted} 的清單，沒有一項符合"),
                format!("`{id}` has no list of each {wanted}: no entry would fit"),
            );
            let allowed = Text::new(
                format!("刪去，或給目錄 of_each: [{wanted}]"),
                format!("remove it, or give the catalogue of_each: [{wanted}]"),
            );
            self.report.error("MK089", place.clone(), what, word, allowed);
        }
    }
}
