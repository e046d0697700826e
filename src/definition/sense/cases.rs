//! The sense of cases: names that exist, keys that fit, conditions that can be read. What the
//! states and moves come to together is `flow`.

use super::Sense;
use crate::definition::case::{Answer, Catalogue, Field, Windows, Workflow};
use crate::definition::conform::suggestion;
use crate::definition::near::nearest;
use crate::definition::read::cases::{by, party, read_among};
use crate::definition::read::{Item, value};
use crate::definition::report::Place;
use crate::definition::tree::{Kind, Node};
use crate::definition::{School, condition};
use crate::lang::Text;

/// Keys that only some kinds of answer have; `true`: and must have.
const KEYS: &[(&str, &[(&str, bool)])] = &[
    ("letters", &[("text", false), ("long text", false)]),
    ("least", &[("number", false), ("money", false)]),
    ("most", &[("number", false), ("money", false)]),
    ("options", &[("choice", true)]),
    ("at_first", &[("tick", false)]),
    ("of", &[("file", false)]),
    ("megabytes", &[("file", false)]),
    ("among", &[("entry", false)]),
    ("rule", &[("computed", true)]),
    ("record", &[("record", true)]),
];

impl Sense<'_> {
    pub(super) fn cases(&mut self) {
        let built = self.built;
        for item in &built.windows {
            self.rounds(item);
        }
        for item in &built.catalogues {
            self.parties(item, &[&["kept_by"], &["approved_by"]], false);
            self.form(item, "fields", &item.value.fields);
            self.named(item, &item.value);
        }
        for item in &built.profiles {
            self.form(item, "fields", &item.value.fields);
        }
        if let [first, others @ ..] = built.profiles.as_slice() {
            for other in others {
                let what = Text::new("一所學校只有一份基本資料", "a school has one profile");
                let allowed = Text::new("請合成一檔", "put them into one file");
                let see = (first.place(), Text::new("已定義在這裡", "defined here"));
                self.report.clash("MK073", other.place(), what, &other.value.id, allowed, see);
            }
        }
        for item in &built.cases {
            self.form(item, "form", &item.value.fields);
            self.case(item);
            self.flow(item);
        }
    }

    fn rounds(&mut self, item: &Item<'_, Windows>) {
        for entry in item.node.get("rounds").map(Node::entries).unwrap_or_default() {
            let Some(round) = item.value.rounds.iter().find(|round| round.id == entry.key) else { continue };
            let steps = |key| ["rounds", entry.key.as_str(), key];
            if round.closes <= round.opens {
                let what = Text::new("還沒開始就截止了", "it closes before it opens");
                let allowed = Text::new("在開始之後", "after it opens");
                let found = entry.value.get("closes").and_then(Node::word).unwrap_or_default();
                self.report.error("MK072", item.at(&steps("closes")), what, found, allowed);
            }
            if let Some((from, to)) = round.evidence
                && to < from
            {
                let what = Text::new("證明日期的範圍顛倒了", "the days of evidence are reversed");
                let allowed = Text::new(format!("{from} 或以後"), format!("{from} or later"));
                self.report.error("MK072", item.at(&steps("covers_to")), what, &to.to_string(), allowed);
            }
        }
    }

    /// A catalogue is known by its first two fields.
    fn named(&mut self, item: &Item<'_, Catalogue>, catalogue: &Catalogue) {
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
    fn form<T>(&mut self, item: &Item<'_, T>, key: &str, fields: &[Field]) {
        for entry in item.node.get(key).map(Node::entries).unwrap_or_default() {
            let steps = |last| [key, entry.key.as_str(), last];
            if !self.sound(item, &[key, &entry.key]) {
                continue;
            }
            let node = &entry.value;
            let is = node.get("is").and_then(Node::word).unwrap_or_default();
            let kind = if is.starts_with("entry of ") { "entry" } else { is };
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
            if let Some(Node { kind: Kind::Word { text, .. }, span }) = node.get("when")
                && let Err(wrong) = condition::read(text, before)
            {
                let mut place = item.at(&steps("when"));
                place.span.column = span.column + wrong.offset;
                place.span.length = wrong.found.chars().count();
                self.report.error("MK064", place, wrong.what, &wrong.found, wrong.allowed);
            }
            for rule in ["check", "rule"] {
                if let Some(name) = node.get(rule).and_then(Node::word).and_then(value::rule) {
                    self.script_exists(&name.script, item.at(&steps(rule)));
                }
            }
            if let Answer::Number { least, most } | Answer::Money { least, most } = fields[index].is
                && most < least
            {
                let what = Text::new("最大值小於最小值", "the most is less than the least");
                let allowed = Text::new(format!("{least} 以上"), format!("{least} or more"));
                self.report.error("MK075", item.at(&steps("most")), what, &most.to_string(), allowed);
            }
            if let Answer::Entry { catalogue, .. } = &fields[index].is {
                let of_catalogue = self.built.catalogues.get(*catalogue).map(|item| item.value.fields.as_slice());
                for (position, among) in node.get("among").map(Node::items).unwrap_or_default().iter().enumerate() {
                    let word = among.word().unwrap_or_default();
                    if read_among(word, before, of_catalogue.unwrap_or_default()).is_none() {
                        let what = Text::new(format!("看不懂「{word}」"), format!("`{word}` cannot be read"));
                        let allowed = Text::new(
                            "own department、term of 前面的日期欄、目錄裡的勾選欄",
                            "own department, term of a date field before this one, a tick of the catalogue",
                        );
                        let step = format!("[{position}]");
                        let place = item.at(&[key, &entry.key, "among", &step]);
                        self.report.error("MK074", place, what, word, allowed);
                    }
                }
            }
        }
    }

    fn case(&mut self, item: &Item<'_, Workflow>) {
        let keys = |section: &str| -> Vec<&str> {
            let entries = item.node.get(section).map(Node::entries).unwrap_or_default();
            entries.iter().map(|entry| entry.key.as_str()).collect()
        };
        let (fields, states, moves) = (keys("form"), keys("states"), keys("moves"));
        self.words(item, &["columns"], &fields, "欄位", "field");
        for state in &states {
            self.parties(item, &[&["states", state, "waits_for"]], false);
            self.words(item, &["states", state, "lapse", "move"], &moves, "移動", "move");
        }
        for step in &moves {
            self.words(item, &["moves", step, "from"], &states, "狀態", "state");
            self.words(item, &["moves", step, "to"], &states, "狀態", "state");
            self.parties(item, &[&["moves", step, "by"]], true);
            let node = item.node.get("moves").and_then(|moves| moves.get(step));
            if let Some(rule) = node.and_then(|node| node.get("if")).and_then(Node::word).and_then(value::rule) {
                self.script_exists(&rule.script, item.at(&["moves", step, "if"]));
            }
            let then = node.and_then(|node| node.get("then")).map(Node::items).unwrap_or_default();
            for (index, effect) in then.iter().enumerate() {
                let index = format!("[{index}]");
                let at = |key| ["moves", *step, "then", index.as_str(), key];
                // One effect alone may stand without a list.
                let is_list =
                    matches!(node.and_then(|node| node.get("then")).map(|then| &then.kind), Some(Kind::List(_)));
                let short = |key| ["moves", *step, "then", key];
                let place = |key| if is_list { item.at(&at(key)) } else { item.at(&short(key)) };
                for (key, wanted) in [("on", "date"), ("pay", "computed")] {
                    let Some(name) = effect.get(key).and_then(Node::word) else { continue };
                    let is = item.node.get("form").and_then(|form| form.get(name)).and_then(|node| node.get("is"));
                    if is.and_then(Node::word) != Some(wanted) {
                        let what = Text::new(
                            format!("「{name}」不是 {wanted} 欄位"),
                            format!("`{name}` is no {wanted} field"),
                        );
                        let fitting = item.node.get("form").map(Node::entries).unwrap_or_default().iter();
                        let fitting = fitting
                            .filter(|entry| entry.value.get("is").and_then(Node::word) == Some(wanted))
                            .map(|entry| entry.key.as_str());
                        let known: Vec<&str> = fitting.collect();
                        let near = nearest(name, known.iter().copied());
                        self.report.error("MK065", place(key), what, name, suggestion(near, &known));
                    }
                }
                if let Some(name) = effect.get("to").and_then(Node::word) {
                    self.a_party(name, place("to"), false);
                }
            }
        }
    }

    /// Names of this case's own fields, states or moves; one or a list.
    fn words<T>(&mut self, item: &Item<'_, T>, steps: &[&str], known: &[&str], zh: &str, en: &str) {
        let node = steps.iter().try_fold(item.node, |node, step| node.get(step));
        let Some(node) = node else { return };
        let is_list = matches!(node.kind, Kind::List(_));
        for (index, word) in node.items().iter().enumerate() {
            let Some(text) = word.word().filter(|text| !known.contains(text)) else { continue };
            let step = format!("[{index}]");
            let mut steps = steps.to_vec();
            if is_list {
                steps.push(&step);
            }
            let what = Text::new(format!("沒有「{text}」這個{zh}"), format!("there is no {en} `{text}`"));
            let near = nearest(text, known.iter().copied());
            self.report.error("MK062", item.at(&steps), what, text, suggestion(near, known));
        }
    }

    fn parties<T>(&mut self, item: &Item<'_, T>, all: &[&[&str]], time_too: bool) {
        for steps in all {
            let node = steps.iter().try_fold(item.node, |node, step| node.get(step));
            if let Some(text) = node.and_then(Node::word) {
                self.a_party(text, item.at(steps), time_too);
            }
        }
    }

    fn a_party(&mut self, text: &str, place: Place, time_too: bool) {
        let built = self.built;
        let empty = School::default();
        let school = built.school.as_ref().map_or(&empty, |school| &school.value);
        let known = if time_too { by(text, school).is_some() } else { party(text, school).is_some() };
        if known || built.school.is_none() {
            return;
        }
        let ids = |all: Vec<&str>| all.join(", ");
        let roles = ids(school.roles.iter().map(|role| role.id.as_str()).collect());
        let units = ids(school.units.iter().map(|unit| unit.id.as_str()).collect());
        let what = Text::new(format!("看不出「{text}」是誰"), format!("`{text}` is nobody"));
        let allowed = Text::new(
            format!("applicant、own department 角色、單位 角色；角色有 {roles}；單位有 {units}"),
            format!("applicant, own department ROLE, UNIT ROLE; the roles are {roles}; the units are {units}"),
        );
        self.report.error("MK063", place, what, text, allowed);
    }
}
