//! The sense of groups, parameters, categories and requirements.

use super::{Sense, reversed};
use crate::clock::Term;
use crate::definition::read::Item;
use crate::definition::report::Place;
use crate::definition::tree::Kind;
use crate::definition::{Count, Parameter, ParameterValue, Requirement, RuleName};
use crate::lang::Text;

impl Sense<'_> {
    pub(super) fn thresholds(&mut self) {
        let built = self.built;
        for item in &built.groups {
            reversed(self, item, &[], item.value.admitted_from, item.value.admitted_to);
        }
        for item in &built.parameters {
            self.values(item);
        }
        for item in &built.requirements {
            self.rule(item);
            self.in_force(item);
            self.counts(item);
        }
        self.unused();
    }

    /// Each value of a list holds for somebody at some time.
    fn values(&mut self, item: &Item<'_, Parameter>) {
        let is_list = matches!(item.node.get("values").map(|node| &node.kind), Some(Kind::List(_)));
        if !is_list || !self.sound(item, &["values"]) {
            return;
        }
        let values = &item.value.values;
        for (index, value) in values.iter().enumerate() {
            let step = format!("[{index}]");
            reversed(self, item, &["values", &step], value.admitted_from, value.admitted_to);
            // The last that fits holds, so a later one that fits always hides this one.
            if let Some(later) = values[index + 1..].iter().position(|later| hides(later, value)) {
                let later = index + 1 + later;
                let what = Text::new("這個值永遠輪不到", "this value can never hold");
                let allowed = Text::new(
                    format!("後面第 {} 項也都符合，而後面的優先", later + 1),
                    format!("item {} fits whenever it does, and the last that fits holds", later + 1),
                );
                let place = item.at(&["values", &step]);
                let see = (item.at(&["values", &format!("[{later}]")]), Text::new("這一項優先", "this one holds"));
                self.report.clash("MK047", place, what, &value.value.to_string(), allowed, see);
            }
        }
    }

    fn rule(&mut self, item: &Item<'_, Requirement>) {
        if self.sound(item, &["rule"]) {
            self.script_exists(&item.value.rule, item.at(&["rule"]));
        }
    }

    /// Says so where there is no script of that name, or no such function in it.
    pub(super) fn script_exists(&mut self, rule: &RuleName, place: Place) {
        let (home, script) = (format!("rules/{}/", self.school), rule.script.as_str());
        let file = format!("{home}{script}.rhai");
        if self.files.0.contains_key(&file) {
            let functions = functions(self.files.text(&file).unwrap_or_default());
            // One without functions is no script; it has a problem of its own.
            if !functions.is_empty() && !functions.contains(&rule.function.as_str()) {
                let name = &rule.function;
                let what =
                    Text::new(format!("{file} 沒有函式 {name}"), format!("there is no function {name} in {file}"));
                let near = crate::definition::near::nearest(name, functions.iter().copied());
                self.report.error("MK203", place, what, name, crate::definition::conform::suggestion(near, &functions));
            }
            return;
        }
        let known: Vec<&str> = self
            .files
            .under(&home, &[".rhai"])
            .filter_map(|(path, _)| path.strip_prefix(&home)?.strip_suffix(".rhai"))
            .collect();
        let what =
            Text::new(format!("沒有 {home}{script}.rhai 這個腳本"), format!("there is no script {home}{script}.rhai"));
        let near = crate::definition::near::nearest(script, known.iter().copied());
        let allowed = crate::definition::conform::suggestion(near, &known);
        self.report.error("MK052", place, what, script, allowed);
    }

    /// Every cohort that is bound has a number from its first day on.
    fn in_force(&mut self, item: &Item<'_, Requirement>) {
        let built = self.built;
        let (Some(school), Some(group), Some(parameter)) =
            (&built.school, built.groups.get(item.value.binds), built.parameters.get(item.value.needs))
        else {
            return;
        };
        let sound = self.sound(item, &["binds"])
            && self.sound(item, &["needs"])
            && self.sound(group, &[])
            && self.sound(parameter, &[])
            && self.sound(school, &["calendar"])
            && self.sound(school, &["divisions"]);
        let (Some(from), true) = (group.value.admitted_from, sound) else { return };
        let calendar = &school.value.calendar;
        let Some(first) = calendar.terms.first() else { return };
        let last = calendar.first_days.keys().map(|term| term.year).max().unwrap_or(from);
        let last = group.value.admitted_to.unwrap_or(last).clamp(from, from + 30);
        let divisions: Vec<usize> = match group.value.divisions.as_slice() {
            [] => (0..school.value.divisions.len()).collect(),
            some => some.to_vec(),
        };
        for year in from..=last {
            let Some(day) = calendar.begins(Term { year, number: first.number }) else { continue };
            if divisions.iter().any(|division| parameter.value.value(day, year, *division).is_none()) {
                let id = &parameter.value.id;
                let what = Text::new(
                    format!("{year} 學年度入學者自 {day} 起適用，但「{id}」那天還沒有值"),
                    format!("those admitted in {year} are bound from {day}, when `{id}` has no value yet"),
                );
                let allowed = Text::new(
                    format!("給「{id}」一個 {day} 以前生效的值；沒有值的日子不判定"),
                    format!("give `{id}` a value that holds by {day}; on days without one nothing is judged"),
                );
                let place = item.at(&["needs", "parameter"]);
                self.report.warning("MK048", place, what, id, allowed);
                return;
            }
        }
    }

    fn counts(&mut self, item: &Item<'_, Requirement>) {
        if !self.sound(item, &["counts"]) {
            return;
        }
        let built = self.built;
        let unit_of = |parameter: usize| built.parameters.get(parameter).map(|item| item.value.unit.as_str());
        let needs_are_known = self.sound(item, &["needs"]);
        let counts = &item.value.counts;
        for (index, count) in counts.iter().enumerate() {
            let step = format!("[{index}]");
            for (key, term) in [("from", count.from), ("until", count.until)] {
                if let Some(term) = term {
                    self.known_term(term, item.at(&["counts", &step, key]));
                }
            }
            if let (Some(from), Some(until)) = (count.from, count.until)
                && from > until
            {
                let what =
                    Text::new("學期的範圍顛倒了，什麼都不採計", "the range of terms is reversed: nothing counts");
                let allowed = Text::new(format!("{from} 或之後"), format!("{from} or later"));
                self.report.error("MK049", item.at(&["counts", &step, "until"]), what, &until.to_string(), allowed);
            }
            if counts[..index].iter().any(|earlier| overlap(earlier, count)) {
                let what = Text::new("同一筆紀錄會算兩次", "the same record would count twice");
                let allowed = Text::new("同一類別的學期不可重疊", "the terms of one category may not overlap");
                let name = &built.categories[count.category].value.id;
                self.report.error("MK050", item.at(&["counts", &step]), what, name, allowed);
            }
            let category = &built.categories[count.category];
            let measures = [needs_are_known.then_some(item.value.needs), count.at_most];
            for unit in measures.into_iter().flatten().filter_map(unit_of) {
                if unit != category.value.unit && self.sound(category, &["unit"]) {
                    let what = Text::new(
                        format!("門檻以 {unit} 計，類別「{}」以 {} 計", category.value.id, category.value.unit),
                        format!("`{}` is in {}, the requirement in {unit}", category.value.id, category.value.unit),
                    );
                    let allowed = Text::new("兩者的單位要相同", "both in the same unit");
                    let see = (category.at(&["unit"]), Text::new("類別的單位", "the category's unit"));
                    let place = item.at(&["counts", &step]);
                    self.report.clash("MK051", place, what, &category.value.unit, allowed, see);
                    break;
                }
            }
        }
    }

    /// What nothing uses is most likely a mistake of spelling, or left over.
    fn unused(&mut self) {
        let built = self.built;
        let requirements = || built.requirements.iter().map(|item| &item.value);
        let counts = || requirements().flat_map(|requirement| &requirement.counts);
        // Where something is wrong, what would be used is not known.
        if self.report.has_errors() {
            return;
        }
        let allowed = || Text::new("沒有門檻用到它；可刪去", "no requirement uses it; it may be removed");
        for (index, item) in built.categories.iter().enumerate() {
            if !counts().any(|count| count.category == index) {
                let what = Text::new("這個類別不計入任何門檻", "this category counts for nothing");
                self.report.warning("MK053", item.place(), what, &item.value.id, allowed());
            }
        }
        for (index, item) in built.groups.iter().enumerate() {
            if !requirements().any(|requirement| requirement.binds == index) {
                let what = Text::new("沒有門檻適用於這個對象", "nothing binds this group");
                self.report.warning("MK054", item.place(), what, &item.value.id, allowed());
            }
        }
    }
}

/// The names behind each `fn` of a script. The engine reads scripts; this only finds the place of a
/// name that is not there.
fn functions(source: &str) -> Vec<&str> {
    let after = source.match_indices("fn ").filter_map(|(at, word)| source.get(at + word.len()..));
    let names = after.filter_map(|rest| rest.split_once('(')).map(|(name, _)| name.trim());
    names
        .filter(|name| !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_'))
        .collect()
}

/// Whether `later` fits whenever `value` does.
fn hides(later: &ParameterValue, value: &ParameterValue) -> bool {
    later.from <= value.from
        && later.admitted_from.is_none_or(|from| value.admitted_from.is_some_and(|other| from <= other))
        && later.admitted_to.is_none_or(|to| value.admitted_to.is_some_and(|other| other <= to))
        && (later.divisions.is_empty()
            || !value.divisions.is_empty() && value.divisions.iter().all(|d| later.divisions.contains(d)))
}

fn overlap(a: &Count, b: &Count) -> bool {
    let ends_before = |a: &Count, b: &Count| matches!((a.until, b.from), (Some(until), Some(from)) if until < from);
    a.category == b.category && !ends_before(a, b) && !ends_before(b, a)
}
