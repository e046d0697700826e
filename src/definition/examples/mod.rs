//! The examples that stand beside a school's rules (`rules/<school>/*.examples.yaml`): facts in,
//! verdict and reasons out, a sentence for a name. Read here with their places, those of cases in
//! `cases`; run by `progress` and `case`.

mod cases;

use std::path::PathBuf;

use super::Definition;
use super::folder::{Content, Files};
use super::read::value;
use super::report::Report;
use super::tree::{self, Node, Span};
use crate::amount::Amount;
use crate::clock::{Day, Term};
use crate::lang::Text;
use crate::problem::Problem;

pub use cases::{CaseExample, CaseExpect, Form, Typed};

/// The codes of this file with what they mean, for `docs/problems.md`.
pub const CODES: &[(&str, &str, &str)] = &[
    ("MK301", "範例中有不認得的鍵", "An example has a key that there is not"),
    ("MK302", "範例中缺少必要的鍵", "An example lacks what it needs"),
    ("MK303", "範例中的值寫法不對", "A value in an example is not as it should be"),
    ("MK304", "範例中的名稱不存在", "An example names something that there is not"),
    ("MK305", "範例不成立", "An example does not hold"),
];

/// A school's examples, and every problem in them.
#[derive(Default)]
pub struct Examples {
    pub requirements: Vec<Example>,
    pub cases: Vec<CaseExample>,
    pub problems: Vec<Problem>,
}

/// Something that came out differently.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// `passed`, `earned`, `needed`, `bound`, `reasons` or `rule`; of a case also `figure`,
    /// `unanswered` or `answers.FIELD`.
    pub field: String,
    pub expected: String,
    pub found: String,
}

/// One example of a requirement.
#[derive(Clone, Debug)]
pub struct Example {
    pub name: Text,
    /// Relative to the folder.
    pub file: PathBuf,
    pub line: usize,
    /// Index into `Definition::requirements`.
    pub requirement: usize,
    pub admitted: i32,
    /// Index into `School::divisions`.
    pub division: usize,
    pub day: Day,
    /// Sums by category (an index) and term.
    pub has: Vec<(usize, Term, Amount)>,
    pub credits: Vec<ExampleCredit>,
    pub expect: Expect,
}

/// One record of an example's student.
#[derive(Clone, Debug)]
pub struct ExampleCredit {
    pub category: usize,
    pub amount: Amount,
    pub happened_on: Day,
    /// Where it is not said: the day it happened.
    pub recorded_on: Day,
    pub taken_back_on: Option<Day>,
}

/// What must come out; what is not said may be anything.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    pub bound: Option<bool>,
    pub passed: Option<bool>,
    pub earned: Option<Amount>,
    pub needed: Option<Amount>,
    /// All of them in order; a text in Chinese alone is compared with the Chinese.
    pub reasons: Option<Vec<Text>>,
}

/// What came out differently; nothing where the example says nothing of it, or the same.
pub fn compare(out: &mut Vec<Difference>, field: &str, expected: Option<String>, found: String) {
    if let Some(expected) = expected.filter(|expected| *expected != found) {
        out.push(Difference { field: field.to_owned(), expected, found });
    }
}

/// Compares reasons in order; in English only where the example says it in English.
pub fn compare_reasons(out: &mut Vec<Difference>, expected: Option<&Vec<Text>>, found: &[Text]) {
    let Some(expected) = expected else { return };
    let words = |text: &Text, in_both: bool| match &text.en {
        Some(en) if in_both => format!("{} / {en}", text.zh),
        Some(_) | None => text.zh.clone(),
    };
    let in_both = |index: usize| expected.get(index).is_none_or(|text| text.en.is_some());
    let wanted: Vec<String> = expected.iter().map(|text| words(text, true)).collect();
    let found: Vec<String> = found.iter().enumerate().map(|(index, text)| words(text, in_both(index))).collect();
    compare(out, "reasons", Some(wanted.join("; ")), found.join("; "));
}

/// Reads the examples of the definition's school.
pub fn examples(files: &Files, definition: &Definition) -> Examples {
    let home = format!("rules/{}/", definition.school.id);
    let mut out = Examples::default();
    for (file, content) in files.under(&home, &[".examples.yaml", ".examples.yml"]) {
        let Content::Bytes(bytes) = content else { continue };
        let (root, faults) = tree::parse(bytes);
        out.problems.extend(Report::of_faults(file, faults));
        let Some(root) = root else { continue };
        let mut reader = Reader { file, definition, usual: &root, problems: &mut out.problems };
        reader.keys(&root, "", &["on", "student", "case", "window", "examples"]);
        for (index, node) in root.get("examples").map(Node::items).unwrap_or_default().iter().enumerate() {
            let path = format!("examples[{index}]");
            match node.get("rule") {
                Some(rule) => out.cases.extend(reader.case(node, rule, &path)),
                None => out.requirements.extend(reader.example(node, &path)),
            }
        }
    }
    out
}

struct Reader<'a> {
    file: &'a str,
    definition: &'a Definition,
    /// The document: what an example does not say itself is said there for all.
    usual: &'a Node,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn example(&mut self, node: &'a Node, path: &str) -> Option<Example> {
        self.keys(node, path, &["name", "requirement", "on", "student", "has", "credits", "expect"]);
        let name = self.needed(node, path, "name")?;
        let requirement = self.needed(node, path, "requirement")?;
        let requirement = self.known(requirement, path, "requirement")?;
        let (_, admitted, division) = self.student(node, path)?;
        let on = self.usually(node, path, "on")?;
        let day = self.day(on, path)?;
        let expect = self.needed(node, path, "expect")?;
        Some(Example {
            name: value::text(Some(name)),
            file: self.file.into(),
            line: node.span.line,
            requirement,
            admitted,
            division,
            day,
            has: self.has(node, path),
            credits: self.credits(node, path),
            expect: self.expect(expect, &format!("{path}.expect")),
        })
    }

    /// Who the example is of: what is said of them, the year of admission and the division.
    fn student(&mut self, node: &'a Node, path: &str) -> Option<(&'a Node, i32, usize)> {
        let student = self.usually(node, path, "student")?;
        self.keys(student, &format!("{path}.student"), &["admitted", "division", "department"]);
        let admitted = self.needed(student, path, "admitted")?;
        let admitted = self.read(admitted, path, "111", |text| text.parse().ok())?;
        let division = self.needed(student, path, "division")?;
        Some((student, admitted, self.known(division, path, "division")?))
    }

    /// `has: {social: {113-1: 12}}`.
    fn has(&mut self, node: &'a Node, path: &str) -> Vec<(usize, Term, Amount)> {
        let mut out = Vec::new();
        for entry in node.get("has").map(Node::entries).unwrap_or_default() {
            let path = format!("{path}.has.{}", entry.key);
            let category = self.name(&entry.key, entry.key_span, &path, "category");
            for sum in entry.value.entries() {
                let term = value::term(&sum.key);
                if term.is_none() {
                    self.wrong(sum.key_span, &path, &sum.key, "113-1");
                }
                let amount = self.amount(&sum.value, &path);
                if let (Some(category), Some(term), Some(amount)) = (category, term, amount) {
                    out.push((category, term, amount));
                }
            }
        }
        out
    }

    fn credits(&mut self, node: &'a Node, path: &str) -> Vec<ExampleCredit> {
        let items = node.get("credits").map(Node::items).unwrap_or_default();
        let paths = (0..items.len()).map(|index| format!("{path}.credits[{index}]"));
        items.iter().zip(paths).filter_map(|(node, path)| self.credit(node, &path)).collect()
    }

    fn credit(&mut self, node: &'a Node, path: &str) -> Option<ExampleCredit> {
        self.keys(node, path, &["category", "amount", "on", "recorded", "taken_back"]);
        let category = self.needed(node, path, "category")?;
        let category = self.known(category, path, "category")?;
        let amount = self.needed(node, path, "amount")?;
        let amount = self.amount(amount, path)?;
        let on = self.needed(node, path, "on")?;
        let happened_on = self.day(on, path)?;
        let recorded_on = match node.get("recorded") {
            Some(node) => self.day(node, path)?,
            None => happened_on,
        };
        let taken_back_on = match node.get("taken_back") {
            Some(node) => Some(self.day(node, path)?),
            None => None,
        };
        Some(ExampleCredit { category, amount, happened_on, recorded_on, taken_back_on })
    }

    fn expect(&mut self, node: &'a Node, path: &str) -> Expect {
        self.keys(node, path, &["bound", "passed", "earned", "needed", "reasons"]);
        let mut yes_or_no = |key| {
            let node = node.get(key)?;
            self.read(node, path, "true", |text| text.parse().ok())
        };
        let (bound, passed) = (yes_or_no("bound"), yes_or_no("passed"));
        Expect {
            bound,
            passed,
            earned: node.get("earned").and_then(|node| self.amount(node, path)),
            needed: node.get("needed").and_then(|node| self.amount(node, path)),
            reasons: node.get("reasons").map(|node| node.items().iter().map(|item| value::text(Some(item))).collect()),
        }
    }

    fn needed(&mut self, node: &'a Node, path: &str, key: &str) -> Option<&'a Node> {
        let found = node.get(key);
        if found.is_none() {
            let what = Text::new(format!("缺少「{key}」"), format!("`{key}` is missing"));
            self.say("MK302", node.span, path, what, "", Text::default());
        }
        found
    }

    /// From the example, else from the document.
    fn usually(&mut self, node: &'a Node, path: &str, key: &str) -> Option<&'a Node> {
        match node.get(key).or_else(|| self.usual.get(key)) {
            Some(found) => Some(found),
            None => self.needed(node, path, key),
        }
    }

    fn read<T>(&mut self, node: &Node, path: &str, like: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = node.word().unwrap_or_default();
        let read = parse(text);
        if read.is_none() {
            self.wrong(node.span, path, text, like);
        }
        read
    }

    fn amount(&mut self, node: &Node, path: &str) -> Option<Amount> {
        self.read(node, path, "1.5", |text| Amount::parse(text).ok())
    }

    fn day(&mut self, node: &Node, path: &str) -> Option<Day> {
        self.read(node, path, "2025-12-12", value::day)
    }

    fn known(&mut self, node: &Node, path: &str, sort: &str) -> Option<usize> {
        self.name(node.word().unwrap_or_default(), node.span, path, sort)
    }

    fn name(&mut self, name: &str, span: Span, path: &str, sort: &str) -> Option<usize> {
        let definition = self.definition;
        let ids: Vec<&str> = match sort {
            "requirement" => definition.requirements.iter().map(|known| known.id.as_str()).collect(),
            "division" => definition.school.divisions.iter().map(|known| known.id.as_str()).collect(),
            "budget" => definition.budgets.iter().map(|known| known.id.as_str()).collect(),
            _ => definition.categories.iter().map(|known| known.id.as_str()).collect(),
        };
        self.one_of(name, span, path, sort, &ids)
    }

    fn one_of(&mut self, name: &str, span: Span, path: &str, sort: &str, ids: &[&str]) -> Option<usize> {
        let index = ids.iter().position(|id| *id == name);
        if index.is_none() {
            let what = Text::new(format!("「{name}」不存在（{sort}）"), format!("there is no {sort} `{name}`"));
            let list = ids.join(", ");
            let allowed = Text::new(format!("可用的有：{list}"), format!("there are: {list}"));
            self.say("MK304", span, path, what, name, allowed);
        }
        index
    }

    fn wrong(&mut self, span: Span, path: &str, found: &str, like: &str) {
        let what = Text::new(format!("「{found}」的寫法不對"), format!("`{found}` is not written as it should be"));
        let allowed = Text::new(format!("例如 {like}"), format!("such as {like}"));
        self.say("MK303", span, path, what, found, allowed);
    }

    fn keys(&mut self, node: &Node, path: &str, known: &[&str]) {
        for entry in node.entries().iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let key = &entry.key;
            let what = Text::new(format!("不認得「{key}」"), format!("`{key}` is not a key here"));
            let list = known.join(", ");
            let allowed = Text::new(format!("可用的有：{list}"), format!("there are: {list}"));
            self.say("MK301", entry.key_span, path, what, key, allowed);
        }
    }

    fn say(&mut self, code: &'static str, span: Span, path: &str, what: Text, found: &str, allowed: Text) {
        self.problems.push(Problem {
            code,
            file: self.file.into(),
            line: span.line,
            column: span.column,
            length: span.length,
            path: path.to_owned(),
            what,
            found: found.to_owned(),
            allowed,
            ..Problem::default()
        });
    }
}
