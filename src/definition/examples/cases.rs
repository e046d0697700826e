//! Examples of the rules that forms and moves name: a form as somebody filled it in, and what one
//! rule says of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Reader;
use crate::amount::Amount;
use crate::clock::Day;
use crate::definition::case::{Answer, Field};
use crate::definition::read::value;
use crate::definition::tree::{Kind, Node};
use crate::definition::{Definition, RuleName};
use crate::lang::Text;

/// An example of one rule of a form.
#[derive(Clone, Debug)]
pub struct CaseExample {
    pub name: Text,
    /// Relative to the folder.
    pub file: PathBuf,
    pub line: usize,
    pub form: Form,
    pub rule: RuleName,
    pub day: Day,
    pub admitted: i32,
    /// Index into `School::divisions`.
    pub division: usize,
    pub department: String,
    /// By field.
    pub answers: BTreeMap<String, Typed>,
    /// The days of evidence of each window that is open.
    pub windows: Vec<Option<(Day, Day)>>,
    /// Ids of budgets that the student was paid from.
    pub paid: Vec<String>,
    /// By field: other cases (indices of workflow and state) that say the same, and whether they are the
    /// student's own.
    pub elsewhere: BTreeMap<String, Vec<(usize, usize, bool)>>,
    pub expect: CaseExpect,
}

/// Whose form it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Index into `Definition::workflows`.
    Case(usize),
    /// Index into `Definition::catalogues`.
    Catalogue(usize),
    Profile,
}

/// An answer of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// As it would be typed; a tick as `on` or nothing.
    Text(String),
    /// An entry of a catalogue: what it says, as far as the example cares.
    Entry(Vec<(String, String)>),
    /// Other cases: what was sent of each, as far as the example cares.
    Cases(Vec<Vec<(String, String)>>),
}

/// What must come out; what is not said may be anything.
#[derive(Clone, Debug, Default)]
pub struct CaseExpect {
    pub passed: Option<bool>,
    pub figure: Option<Amount>,
    /// The field that must be answered before the rule says anything.
    pub unanswered: Option<String>,
    /// All of them in order; a text in Chinese alone is compared with the Chinese.
    pub reasons: Option<Vec<Text>>,
}

impl Form {
    pub fn fields(self, definition: &Definition) -> &[Field] {
        let fields = match self {
            Form::Case(index) => definition.workflows.get(index).map(|case| &case.fields),
            Form::Catalogue(index) => definition.catalogues.get(index).map(|list| &list.fields),
            Form::Profile => definition.profile.as_ref().map(|profile| &profile.fields),
        };
        fields.map(Vec::as_slice).unwrap_or_default()
    }

    /// Every form with its name.
    fn all(definition: &Definition) -> Vec<(&str, Form)> {
        let cases = definition.workflows.iter().enumerate().map(|(index, case)| (case.id.as_str(), Form::Case(index)));
        let lists = definition.catalogues.iter().enumerate();
        let lists = lists.map(|(index, list)| (list.id.as_str(), Form::Catalogue(index)));
        let profile = definition.profile.iter().map(|profile| (profile.id.as_str(), Form::Profile));
        cases.chain(lists).chain(profile).collect()
    }

    /// The rules that its fields and moves name.
    fn rules(self, definition: &Definition) -> Vec<&RuleName> {
        let of_fields = self.fields(definition).iter().flat_map(|field| {
            let computed = match &field.is {
                Answer::Computed { rule } => Some(rule),
                _ => None,
            };
            field.check.iter().chain(computed)
        });
        let case = match self {
            Form::Case(index) => definition.workflows.get(index),
            Form::Catalogue(_) | Form::Profile => None,
        };
        let of_moves = case.into_iter().flat_map(|case| &case.moves).filter_map(|step| step.rule.as_ref());
        let of_checks = case.into_iter().flat_map(|case| &case.checks).filter_map(|check| check.rule.as_ref());
        of_fields.chain(of_moves).chain(of_checks).collect()
    }
}

impl<'a> Reader<'a> {
    pub(super) fn case(&mut self, node: &'a Node, rule: &'a Node, path: &str) -> Option<CaseExample> {
        let keys = ["name", "rule", "case", "on", "student", "answers", "window", "paid", "elsewhere", "expect"];
        self.keys(node, path, &keys);
        let name = self.needed(node, path, "name")?;
        let (form, rule) = self.form_of(node, rule, path)?;
        let (student, admitted, division) = self.student(node, path)?;
        let on = self.usually(node, path, "on")?;
        let day = self.day(on, path)?;
        let windows = node.get("window").or_else(|| self.usual.get("window"));
        let windows = windows.map(|node| self.windows(node, &format!("{path}.window"))).unwrap_or_default();
        let answers = self.answers(node, form.fields(self.definition), &format!("{path}.answers"));
        let paid = node.get("paid").map(Node::items).unwrap_or_default();
        let paid: Vec<&str> = paid
            .iter()
            .filter(|budget| self.known(budget, &format!("{path}.paid"), "budget").is_some())
            .filter_map(Node::word)
            .collect();
        let expect = self.needed(node, path, "expect")?;
        Some(CaseExample {
            name: value::text(Some(name)),
            file: self.file.into(),
            line: node.span.line,
            form,
            rule,
            day,
            admitted,
            division,
            department: value::string(student.get("department")),
            answers,
            windows,
            paid: paid.into_iter().map(str::to_owned).collect(),
            elsewhere: self.elsewhere(node, form.fields(self.definition), &format!("{path}.elsewhere")),
            expect: self.expect_of_case(expect, form.fields(self.definition), &format!("{path}.expect")),
        })
    }

    /// The rule, and the form that is filled in: the one that `case` names, else the first that
    /// names the rule.
    fn form_of(&mut self, node: &'a Node, named: &'a Node, path: &str) -> Option<(Form, RuleName)> {
        let definition = self.definition;
        let rule = self.read(named, &format!("{path}.rule"), "thresholds::enough", value::rule)?;
        let forms = Form::all(definition);
        let mut among: Vec<Form> = forms.iter().map(|(_, form)| *form).collect();
        if let Some(case) = node.get("case").or_else(|| self.usual.get("case")) {
            let ids: Vec<&str> = forms.iter().map(|(id, _)| *id).collect();
            let word = case.word().unwrap_or_default();
            let index = self.one_of(word, case.span, &format!("{path}.case"), "case", &ids)?;
            among = vec![forms.get(index)?.1];
        }
        if let Some(form) = among.iter().find(|form| form.rules(definition).contains(&&rule)) {
            return Some((*form, rule));
        }
        let known: std::collections::BTreeSet<String> = among
            .iter()
            .flat_map(|form| form.rules(definition))
            .map(|rule| format!("{}::{}", rule.script, rule.function))
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.one_of(named.word().unwrap_or_default(), named.span, &format!("{path}.rule"), "rule", &known);
        None
    }

    /// `[2025-08-01, 2026-01-31]`, several of these, `any` or `none`.
    fn windows(&mut self, node: &'a Node, path: &str) -> Vec<Option<(Day, Day)>> {
        match node.word() {
            Some("any") => return vec![None],
            Some("none") => return Vec::new(),
            Some(_) | None => {}
        }
        let items = node.items();
        if items.iter().any(|item| matches!(item.kind, Kind::List(_))) {
            return items.iter().filter_map(|item| self.days(item, path)).map(Some).collect();
        }
        self.days(node, path).map(Some).into_iter().collect()
    }

    fn days(&mut self, node: &'a Node, path: &str) -> Option<(Day, Day)> {
        match node.items() {
            [from, to] => Some((self.day(from, path)?, self.day(to, path)?)),
            _ => {
                self.wrong(node.span, path, node.word().unwrap_or_default(), "[2025-08-01, 2026-01-31]");
                None
            }
        }
    }

    /// `{serial: [{kind: threshold, state: passed, own: true}]}`
    fn elsewhere(
        &mut self,
        node: &'a Node,
        fields: &[Field],
        path: &str,
    ) -> BTreeMap<String, Vec<(usize, usize, bool)>> {
        let told: Vec<&str> = fields.iter().filter(|of| of.unique.is_some()).map(|of| of.id.as_str()).collect();
        let definition = self.definition;
        let kinds: Vec<&str> = definition.workflows.iter().map(|case| case.id.as_str()).collect();
        let mut out = BTreeMap::new();
        for entry in node.get("elsewhere").map(Node::entries).unwrap_or_default() {
            let path = format!("{path}.{}", entry.key);
            if self.one_of(&entry.key, entry.key_span, &path, "field", &told).is_none() {
                continue;
            }
            let mut others = Vec::new();
            for other in entry.value.items() {
                self.keys(other, &path, &["kind", "state", "own"]);
                let word = |key: &str| other.get(key).and_then(Node::word).unwrap_or_default();
                let Some(kind) = self.one_of(word("kind"), other.span, &path, "case", &kinds) else { continue };
                let states: Vec<&str> = definition.workflows[kind].states.iter().map(|one| one.id.as_str()).collect();
                let Some(state) = self.one_of(word("state"), other.span, &path, "state", &states) else { continue };
                others.push((kind, state, word("own") == "true"));
            }
            out.insert(entry.key.clone(), others);
        }
        out
    }

    fn answers(&mut self, node: &'a Node, fields: &[Field], path: &str) -> BTreeMap<String, Typed> {
        let asked: Vec<&str> =
            fields.iter().filter(|field| field.is_answered()).map(|field| field.id.as_str()).collect();
        let mut out = BTreeMap::new();
        for entry in node.get("answers").map(Node::entries).unwrap_or_default() {
            let path = format!("{path}.{}", entry.key);
            if self.one_of(&entry.key, entry.key_span, &path, "field", &asked).is_none() {
                continue;
            }
            let field = fields.iter().find(|field| field.id == entry.key);
            if let Some(typed) = field.and_then(|field| self.answer(field, &entry.value, &path)) {
                out.insert(entry.key.clone(), typed);
            }
        }
        out
    }

    fn answer(&mut self, field: &Field, node: &'a Node, path: &str) -> Option<Typed> {
        match &field.is {
            Answer::Tick { .. } => {
                let ticked: bool = self.read(node, path, "true", |text| text.parse().ok())?;
                Some(Typed::Text(if ticked { "on" } else { "" }.to_owned()))
            }
            Answer::Entry { catalogue, .. } => {
                let list = self.definition.catalogues.get(*catalogue)?;
                let known: Vec<&str> = list.fields.iter().map(|field| field.id.as_str()).collect();
                // What it is called, where it is one word.
                if let (Some(word), Some(name)) = (node.word(), known.get(1)) {
                    return Some(Typed::Entry(vec![((*name).to_owned(), word.to_owned())]));
                }
                self.keys(node, path, &[known.as_slice(), &["department", "term"]].concat());
                let says = node.entries().iter().map(|entry| (entry.key.clone(), value::string(Some(&entry.value))));
                Some(Typed::Entry(says.collect()))
            }
            Answer::Cases { of, .. } => {
                let fields = self.definition.workflow(of).map(|(_, case)| case.fields.as_slice()).unwrap_or_default();
                let known: Vec<&str> = fields.iter().map(|field| field.id.as_str()).collect();
                let mut all = Vec::new();
                for (index, one) in node.items().iter().enumerate() {
                    self.keys(one, &format!("{path}[{index}]"), &known);
                    let says = one.entries().iter().map(|entry| (entry.key.clone(), value::string(Some(&entry.value))));
                    all.push(says.collect());
                }
                Some(Typed::Cases(all))
            }
            _ => Some(Typed::Text(node.items().iter().filter_map(Node::word).collect::<Vec<_>>().join(","))),
        }
    }

    fn expect_of_case(&mut self, node: &'a Node, fields: &[Field], path: &str) -> CaseExpect {
        self.keys(node, path, &["passed", "figure", "unanswered", "reasons"]);
        let ids: Vec<&str> = fields.iter().map(|field| field.id.as_str()).collect();
        let unanswered = node
            .get("unanswered")
            .filter(|field| self.one_of(field.word().unwrap_or_default(), field.span, path, "field", &ids).is_some());
        CaseExpect {
            passed: node.get("passed").and_then(|node| self.read(node, path, "true", |text| text.parse().ok())),
            figure: node.get("figure").and_then(|node| self.amount(node, path)),
            unanswered: unanswered.and_then(Node::word).map(str::to_owned),
            reasons: node.get("reasons").map(|node| node.items().iter().map(|item| value::text(Some(item))).collect()),
        }
    }
}
