//! The sense of cases: names that exist and fit where they are said. The fields of forms are
//! `forms`; what the states and moves come to together is `flow`.

use super::Sense;
use super::forms::Of;
use crate::definition::School;
use crate::definition::case::{Answer, Catalogue, Effect, Fixed, Workflow};
use crate::definition::conform::suggestion;
use crate::definition::near::nearest;
use crate::definition::read::cases::{by, party};
use crate::definition::read::{Item, value};
use crate::definition::report::Place;
use crate::definition::tree::{Entry, Kind, Node};
use crate::lang::Text;

impl Sense<'_> {
    pub(super) fn cases(&mut self) {
        let built = self.built;
        for item in &built.windows {
            self.rounds(item);
        }
        for item in &built.catalogues {
            self.parties(item, &[&["kept_by"], &["approved_by"]], false);
            self.form(item, Of::Catalogue, &["fields"], &item.value.fields);
            self.named(item, &item.value);
            self.headers(item, &item.value);
            let others: Vec<&str> = item.value.fields.iter().skip(2).map(|field| field.id.as_str()).collect();
            self.words(item, &["columns"], &others, "欄位", "further field");
            let texts = item.value.fields.iter().filter(|field| matches!(field.is, Answer::Text { lines: false, .. }));
            let texts: Vec<&str> = texts.map(|field| field.id.as_str()).collect();
            self.words(item, &["in_english"], &texts, "一行文字的欄位", "field with a line of text");
        }
        for item in &built.profiles {
            self.form(item, Of::Profile, &["fields"], &item.value.fields);
        }
        if let [first, others @ ..] = built.profiles.as_slice() {
            // Of two that have one name that has been said already.
            for other in others.iter().filter(|other| other.value.id != first.value.id) {
                let what = Text::new("一所學校只有一份基本資料", "a school has one profile");
                let allowed = Text::new("請合成一檔", "put them into one file");
                let see = (first.place(), Text::new("已定義在這裡", "defined here"));
                self.report.clash("MK073", other.place(), what, &other.value.id, allowed, see);
            }
        }
        let ticks = built.profiles.iter().flat_map(|item| &item.value.fields);
        let ticks: Vec<&str> =
            ticks.filter(|field| matches!(field.is, Answer::Tick { .. })).map(|field| field.id.as_str()).collect();
        for item in &built.budgets {
            self.words(item, &["cheque_when"], &ticks, "基本資料的勾選欄", "tick of the profile");
        }
        for item in &built.cases {
            self.form(item, Of::Case, &["form"], &item.value.fields);
            self.asks(item);
            self.case(item);
            self.about(item);
            self.flow(item);
        }
    }

    /// Columns of a file of entries: those that the catalogue has, where nobody approves its lists.
    fn headers(&mut self, item: &Item<'_, Catalogue>, catalogue: &Catalogue) {
        let known: Vec<&str> = catalogue.columns().collect();
        for (column, _) in catalogue.headers.iter().filter(|(column, _)| !known.contains(&column.as_str())) {
            let what = Text::new(format!("沒有「{column}」這一欄"), format!("there is no column `{column}`"));
            let near = nearest(column, known.iter().copied());
            self.report.error("MK062", item.key_at(&["headers", column]), what, column, suggestion(near, &known));
        }
        if item.node.get("headers").is_some() && item.node.get("approved_by").is_some() {
            let what = Text::new("要核定的目錄不能由檔案匯入", "lists that somebody approves take no file");
            let allowed = Text::new("刪去 headers 或 approved_by", "remove headers or approved_by");
            self.report.error("MK170", item.key_at(&["headers"]), what, "headers", allowed);
        }
    }

    fn case(&mut self, item: &Item<'_, Workflow>) {
        let keys = |section: &str| -> Vec<&str> {
            let entries = item.node.get(section).map(Node::entries).unwrap_or_default();
            entries.iter().map(|entry| entry.key.as_str()).collect()
        };
        let (mut fields, states, moves) = (keys("form"), keys("states"), keys("moves"));
        fields.extend(asked(item).map(|(_, entry)| entry.key.as_str()));
        let shown = self.shown(item, &fields);
        let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
        self.words(item, &["columns"], &shown, "欄位", "field");
        let of_profile = self.built.profiles.iter().flat_map(|item| &item.value.fields);
        let of_profile: Vec<String> = of_profile.map(|field| format!("profile.{}", field.id)).collect();
        let exported: Vec<&str> = shown
            .iter()
            .copied()
            .chain(Fixed::ALL.iter().map(|(_, word)| *word))
            .chain(of_profile.iter().map(String::as_str))
            .collect();
        for export in keys("exports") {
            self.words(item, &["exports", export, "columns"], &exported, "欄位", "column");
            self.words(item, &["exports", export, "states"], &states, "狀態", "state");
        }
        for state in &states {
            self.parties(item, &[&["states", state, "waits_for"]], false);
            self.words(item, &["states", state, "lapse", "move"], &moves, "移動", "move");
        }
        for entry in item.node.get("checks").map(Node::entries).unwrap_or_default() {
            if let Some(rule) = entry.value.get("rule").and_then(Node::word).and_then(value::rule) {
                self.script_exists(&rule, item.at(&["checks", &entry.key, "rule"]));
            }
        }
        for step in &moves {
            self.words(item, &["moves", step, "from"], &states, "狀態", "state");
            self.words(item, &["moves", step, "to"], &states, "狀態", "state");
            self.parties(item, &[&["moves", step, "by"]], true);
            let node = item.node.get("moves").and_then(|moves| moves.get(step));
            if let Some(rule) = node.and_then(|node| node.get("if")).and_then(Node::word).and_then(value::rule) {
                self.script_exists(&rule, item.at(&["moves", step, "if"]));
            }
            let then = node.and_then(|node| node.get("then")).map(Node::items).unwrap_or_default();
            for (index, effect) in then.iter().enumerate() {
                let place = |key| then_at(item, step, index, Some(key));
                for (key, wanted) in [("on", "date"), ("pay", "computed")] {
                    let Some(name) = effect.get(key).and_then(Node::word) else { continue };
                    let form = item.node.get("form").map(Node::entries).unwrap_or_default().iter();
                    let all = form.chain(asked(item).map(|(_, entry)| entry));
                    let is = |entry: &Entry| entry.value.get("is").and_then(Node::word) == Some(wanted);
                    let fitting = all.filter(|entry| is(entry)).map(|entry| entry.key.as_str());
                    let known: Vec<&str> = fitting.collect();
                    if !known.contains(&name) {
                        let what = Text::new(
                            format!("「{name}」不是 {wanted} 欄位"),
                            format!("`{name}` is no {wanted} field"),
                        );
                        let near = nearest(name, known.iter().copied());
                        self.report.error("MK065", place(key), what, name, suggestion(near, &known));
                    }
                }
                if let Some(name) = effect.get("to").and_then(Node::word) {
                    self.a_party(name, place("to"), false);
                }
                self.granted(item, step, index, effect);
            }
        }
    }

    /// What moves ask for: fields like those of the form, each by a name of its own.
    fn asks(&mut self, item: &Item<'_, Workflow>) {
        let mut before: Vec<(&str, Place)> = Vec::new();
        for entry in item.node.get("form").map(Node::entries).unwrap_or_default() {
            before.push((&entry.key, item.key_at(&["form", &entry.key])));
        }
        for (step, entry) in asked(item) {
            let place = item.key_at(&["moves", step, "asks", &entry.key]);
            if let Some((_, first)) = before.iter().find(|(name, _)| *name == entry.key) {
                let what = Text::new(
                    format!("這個案件已有名為「{}」的欄位", entry.key),
                    format!("the case has a field `{}` already", entry.key),
                );
                let allowed = Text::new("換一個名稱", "another name");
                let see = (first.clone(), Text::new("已定義在這裡", "defined here"));
                self.report.clash("MK095", place.clone(), what, &entry.key, allowed, see);
            }
            before.push((&entry.key, place));
        }
        for step in item.node.get("moves").map(Node::entries).unwrap_or_default() {
            self.form(item, Of::Move, &["moves", &step.key, "asks"], &item.value.fields);
            let has = step.value.get("asks").is_some();
            if has && step.value.get("by").and_then(Node::word) == Some("time") {
                let what = Text::new("時間不會填寫什麼", "time fills in nothing");
                let allowed = Text::new("刪去 asks，或由人來做", "remove asks, or let somebody make the move");
                self.report.error("MK096", item.key_at(&["moves", &step.key, "asks"]), what, "asks", allowed);
            }
        }
    }

    /// What a case asks for that must be there, or must be shown.
    fn about(&mut self, item: &Item<'_, Workflow>) {
        let case = &item.value;
        if let Some(name) = item.node.get("term_of").and_then(Node::word).filter(|_| case.term_of.is_none()) {
            let dates = case.fields.iter().filter(|field| field.is == Answer::Date);
            let known: Vec<&str> = dates.map(|field| field.id.as_str()).collect();
            let what =
                Text::new(format!("「{name}」不是表單的日期欄"), format!("`{name}` is no date field of the form"));
            let near = nearest(name, known.iter().copied());
            self.report.error("MK065", item.at(&["term_of"]), what, name, suggestion(near, &known));
        }
        let columns = item.node.get("columns");
        let is_list = matches!(columns.map(|columns| &columns.kind), Some(Kind::List(_)));
        for (index, column) in columns.map(Node::items).unwrap_or_default().iter().enumerate() {
            let name = column.word().map(|name| name.split('.').next().unwrap_or(name));
            let Some((_, field)) = name.and_then(|name| case.field(name)) else { continue };
            if field.private {
                let what = Text::new(
                    format!("「{}」加密保存，清單不會顯示", field.id),
                    format!("`{}` is private: no list shows it", field.id),
                );
                let allowed = Text::new("換成別的欄位", "another field");
                let step = format!("[{index}]");
                let steps = if is_list { vec!["columns", step.as_str()] } else { vec!["columns"] };
                self.report.error("MK086", item.at(&steps), what, &field.id, allowed);
            }
        }
        if let Some(node) = item.node.get("needs_profile")
            && !matches!(node.word(), Some("true" | "false"))
            && self.sound(item, &["form"])
        {
            self.condition(item.at(&["needs_profile"]), node, &case.fields);
        }
        if case.needs_profile.is_some() && self.built.profiles.is_empty() {
            let what = Text::new("學校沒有基本資料", "the school has no profile");
            let allowed = Text::new("刪去，或加一個 profile 檔", "remove it, or add a file with a profile");
            self.report.error("MK087", item.at(&["needs_profile"]), what, "true", allowed);
        }
        if item.node.get("late").is_some() && item.node.get("window").is_none() {
            let what = Text::new("沒有申請區間，就沒有逾期", "without windows nothing is late");
            let allowed = Text::new("刪去，或加上 window", "remove it, or add window");
            self.report.warning("MK088", item.key_at(&["late"]), what, "late", allowed);
        }
        if !self.sound(item, &["moves"]) || !self.sound(item, &["form"]) {
            return;
        }
        for step in &case.moves {
            for (index, effect) in step.then.iter().enumerate() {
                let Effect::Credit { on: Some(on), .. } = effect else { continue };
                let Some(field) = case.fields.get(*on).filter(|field| field.optional || field.when.is_some()) else {
                    continue;
                };
                let what = Text::new(
                    format!("「{}」不一定要填；沒填時，認證的日期是做這個移動的那天", field.id),
                    format!("`{}` may not be asked for; the credit is then of the day of the move", field.id),
                );
                let allowed = Text::new("一個一定要填的日期欄", "a date field that is always asked for");
                let place = then_at(item, &step.id, index, Some("on"));
                self.report.warning("MK080", place, what, &field.id, allowed);
            }
        }
    }

    /// What lists can show: fields, and those of the entries that are chosen in them.
    fn shown(&self, item: &Item<'_, Workflow>, fields: &[&str]) -> Vec<String> {
        let mut out: Vec<String> = fields.iter().map(|name| (*name).to_owned()).collect();
        for field in &item.value.fields {
            let Answer::Entry { catalogue, .. } = field.is else { continue };
            let of = self.built.catalogues.get(catalogue).map(|list| list.value.fields.as_slice());
            out.extend(of.unwrap_or_default().iter().map(|of| format!("{}.{}", field.id, of.id)));
        }
        out
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

    pub(super) fn parties<T>(&mut self, item: &Item<'_, T>, all: &[&[&str]], time_too: bool) {
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

/// The fields that moves ask for, with their moves.
fn asked<'a>(item: &'a Item<'_, Workflow>) -> impl Iterator<Item = (&'a str, &'a Entry)> {
    let moves = item.node.get("moves").map(Node::entries).unwrap_or_default().iter();
    moves.flat_map(|step| {
        let asks = step.value.get("asks").map(Node::entries).unwrap_or_default().iter();
        asks.map(|entry| (step.key.as_str(), entry))
    })
}

/// The place of an effect, or of a key in it. One effect alone may stand without a list.
pub(super) fn then_at(item: &Item<'_, Workflow>, step: &str, index: usize, key: Option<&str>) -> Place {
    let then = item.node.get("moves").and_then(|moves| moves.get(step)?.get("then"));
    let is_list = matches!(then.map(|then| &then.kind), Some(Kind::List(_)));
    let index = format!("[{index}]");
    let mut steps = vec!["moves", step, "then"];
    if is_list {
        steps.push(&index);
    }
    steps.extend(key);
    item.at(&steps)
}
