//! The school's own sense: its calendar, and names that mean one thing only.

use std::collections::HashMap;

use super::Sense;
use crate::clock::Term;
use crate::definition::read::Item;
use crate::definition::report::Place;
use crate::definition::{May, School, Sees};
use crate::lang::Text;

impl Sense<'_> {
    pub(super) fn school(&mut self) {
        let built = self.built;
        let Some(school) = &built.school else { return };
        if school.value.id != self.school && self.sound(school, &["school"]) {
            let what = Text::new("學校代號與資料夾名稱不同", "the school's name is not that of its folder");
            let allowed = Text::new(format!("「{}」", self.school), format!("`{}`", self.school));
            self.report.error("MK015", school.place(), what, &school.value.id, allowed);
        }
        self.terms(school);
        self.first_days(school);
        self.someone(school);
        self.names(school);
        self.columns(school);
        self.imports(school);
    }

    /// Whoever brings staff lists can give themselves any role: what they see is not bounded by theirs.
    fn imports(&mut self, school: &Item<'_, School>) {
        for role in &school.value.roles {
            if !role.may.contains(&May::Import) || role.sees == Sees::Everything {
                continue;
            }
            let what = Text::new(
                format!("「{}」能匯入人員名單，也就能給自己任何角色", role.id),
                format!("`{}` may import staff lists, and with them give themselves any role", role.id),
            );
            let allowed = Text::new("import credits，或 sees: everything", "import credits, or sees: everything");
            self.report.warning("MK094", school.at(&["roles", &role.id, "may"]), what, "import", allowed);
        }
    }

    /// Terms begin one after the other within one year from the first.
    fn terms(&mut self, school: &Item<'_, School>) {
        if !self.sound(school, &["calendar", "terms"]) {
            return;
        }
        let terms = &school.value.calendar.terms;
        let Some(first) = terms.first().map(|term| (term.month, term.day)) else { return };
        // Days before the first term's beginning belong to the next calendar year.
        let key = |month, day| ((month, day) < first, month, day);
        for pair in terms.windows(2) {
            if key(pair[0].month, pair[0].day) >= key(pair[1].month, pair[1].day) {
                let number = pair[1].number.to_string();
                let what = Text::new(
                    format!("第 {number} 學期沒有在第 {} 學期之後開始", pair[0].number),
                    format!("term {number} does not begin after term {}", pair[0].number),
                );
                let place = school.at(&["calendar", "terms", &number, "begins"]);
                let allowed = Text::new("依先後排列，一學年一輪", "in order, once around the academic year");
                let found = format!("{:02}-{:02}", pair[1].month, pair[1].day);
                self.report.error("MK040", place, what, &found, allowed);
            }
        }
    }

    fn first_days(&mut self, school: &Item<'_, School>) {
        if !self.sound(school, &["calendar"]) {
            return;
        }
        let calendar = &school.value.calendar;
        for (term, day) in &calendar.first_days {
            let name = term.to_string();
            let place = school.at(&["calendar", "first_days", &name]);
            if !self.known_term(*term, place.clone()) || calendar.term_of(*day) == *term {
                continue;
            }
            let what = Text::new(
                format!("{day} 不在 {name} 學期裡，而在 {}", calendar.term_of(*day)),
                format!("{day} is not in term {name} but in {}", calendar.term_of(*day)),
            );
            let allowed = match span_of(school, *term) {
                Some((from, before)) => {
                    Text::new(format!("{from} 起、{before} 前"), format!("from {from}, before {before}"))
                }
                None => Text::default(),
            };
            self.report.error("MK042", place, what, &day.to_string(), allowed);
        }
    }

    /// Somebody studies, and somewhere.
    fn someone(&mut self, school: &Item<'_, School>) {
        let empty = [
            (
                "statuses",
                school.value.statuses.iter().any(|status| status.studying),
                Text::new("沒有一個在學狀態算是在學", "no status counts as studying"),
                Text::new("至少一個寫上 studying: true", "write studying: true in one at least"),
            ),
            (
                "unit_kinds",
                school.value.unit_kinds.iter().any(|kind| kind.has_students),
                Text::new("沒有一類單位有學生", "no kind of unit has students"),
                Text::new("至少一類寫上 has_students: true", "write has_students: true in one at least"),
            ),
        ];
        for (section, is_there, what, allowed) in empty {
            if !is_there && self.sound(school, &[section]) {
                self.report.error("MK043", school.key_at(&[section]), what, "", allowed);
            }
        }
    }

    /// A name that an import may use means one thing of its kind.
    fn names(&mut self, school: &Item<'_, School>) {
        let value = &school.value;
        let section = |name: &'static str, all: Vec<(&String, &Text, &Vec<String>)>| {
            let all = all.into_iter().map(|(id, title, also)| {
                let place = school.key_at(&[name, id]);
                (place, id.clone(), title.clone(), also.clone())
            });
            (name, all.collect::<Vec<_>>())
        };
        let mut sections = vec![
            section("divisions", value.divisions.iter().map(|d| (&d.id, &d.title, &d.also)).collect()),
            section("statuses", value.statuses.iter().map(|s| (&s.id, &s.title, &s.also)).collect()),
            section("unit_kinds", value.unit_kinds.iter().map(|k| (&k.id, &k.title, &k.also)).collect()),
            section("units", value.units.iter().map(|u| (&u.id, &u.title, &u.also)).collect()),
            section("roles", value.roles.iter().map(|r| (&r.id, &r.title, &r.also)).collect()),
        ];
        let categories = self.built.categories.iter();
        let categories = categories.map(|item| {
            let category = &item.value;
            (item.place(), category.id.clone(), category.title.clone(), category.also.clone())
        });
        sections.push(("categories", categories.collect()));
        for (_, all) in sections {
            self.ambiguous(all);
        }
    }

    fn ambiguous(&mut self, all: Vec<(Place, String, Text, Vec<String>)>) {
        let mut taken: HashMap<String, (String, Place)> = HashMap::new();
        for (place, id, title, also) in all {
            for name in [Some(id.clone()), Some(title.zh), title.en].into_iter().flatten().chain(also) {
                let key = name.trim().to_lowercase();
                if key.is_empty() {
                    continue;
                }
                match taken.get(&key) {
                    Some((other, first)) if *other != id => {
                        let what = Text::new(
                            format!("「{name}」同時是「{other}」與「{id}」的名稱"),
                            format!("`{name}` names both `{other}` and `{id}`"),
                        );
                        let allowed =
                            Text::new("匯入時要能分辨，請改掉一個", "an import must tell them apart: change one");
                        let see = (first.clone(), Text::new("也在這裡", "also here"));
                        self.report.clash("MK044", place.clone(), what, &name, allowed, see);
                    }
                    Some(_) => {}
                    None => {
                        taken.insert(key, (id.clone(), place.clone()));
                    }
                }
            }
        }
    }

    /// A column's name stands for one column of its file.
    fn columns(&mut self, school: &Item<'_, School>) {
        let mut taken: HashMap<(String, String), String> = HashMap::new();
        for alias in &school.value.headers {
            for (index, name) in alias.also.iter().enumerate() {
                let key = (alias.file.clone(), name.trim().to_lowercase());
                match taken.get(&key) {
                    Some(other) => {
                        let what = Text::new(
                            format!("「{name}」已是 {other} 的欄位名稱"),
                            format!("`{name}` already names the column {other}"),
                        );
                        let allowed = Text::new("一個寫法只能指一欄", "a name stands for one column");
                        let step = format!("[{index}]");
                        let place = school.at(&["headers", &alias.file, &alias.column, &step]);
                        self.report.error("MK045", place, what, name, allowed);
                    }
                    None => {
                        taken.insert(key, alias.column.clone());
                    }
                }
            }
        }
    }
}

/// A term's first day and the first day of the next.
pub(super) fn span_of(school: &Item<'_, School>, term: Term) -> Option<(crate::clock::Day, crate::clock::Day)> {
    let calendar = &school.value.calendar;
    let index = calendar.terms.iter().position(|rule| rule.number == term.number)?;
    let next = match calendar.terms.get(index + 1) {
        Some(rule) => Term { year: term.year, number: rule.number },
        None => Term { year: term.year + 1, number: calendar.terms.first()?.number },
    };
    Some((calendar.begins(term)?, calendar.begins(next)?))
}
