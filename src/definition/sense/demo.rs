//! The sense of the demonstration: names of fields, moves and units that it says are there, and
//! counts that fit what they count.

use super::Sense;
use crate::definition::conform::suggestion;
use crate::definition::near::nearest;
use crate::definition::read::Item;
use crate::definition::tree::{Entry, Node};
use crate::lang::Text;

type Demo<'a> = Item<'a, serde_json::Value>;

impl Sense<'_> {
    pub(super) fn demos(&mut self) {
        let built = self.built;
        if let [first, others @ ..] = built.demos.as_slice() {
            for other in others {
                let what = Text::new("一所學校只有一份示範資料", "a school has one demonstration");
                let allowed = Text::new("請合成一檔", "put them into one file");
                let see = (first.place(), Text::new("已寫在這裡", "it is here"));
                self.report.clash("MK150", other.place(), what, "", allowed, see);
            }
        }
        for item in &built.demos {
            self.demo_units(item);
            self.demo_cohorts(item);
            self.demo_catalogues(item);
            self.demo_accounts(item);
            self.demo_profile(item);
            self.demo_cases(item);
        }
    }

    /// Units are named by their codes, which stand in this file.
    fn demo_units(&mut self, item: &Demo<'_>) {
        let codes: Vec<&str> = list(item.node, "units").filter_map(|(_, unit)| unit.get("code")?.word()).collect();
        let said = Text::new("示範的單位", "unit of the demonstration");
        if let Some(staff) = item.node.get("staff") {
            for (place, person) in list(staff, "people") {
                let steps = ["staff", "people", &place, "unit"];
                self.demo_name(item, &steps, person.get("unit").and_then(Node::word), &codes, &said);
            }
        }
        for (place, cohort) in list(item.node, "cohorts") {
            for entry in entries(cohort, "departments") {
                let steps = ["cohorts", &place, "departments", entry.key.as_str()];
                self.demo_name(item, &steps, Some(&entry.key), &codes, &said);
            }
        }
    }

    /// A count for the students and for each requirement, on a day.
    fn demo_cohorts(&mut self, item: &Demo<'_>) {
        for (place, cohort) in list(item.node, "cohorts") {
            let asked = cohort.get("requirements").map_or(0, |node| node.items().len());
            for entry in entries(cohort, "departments").iter().filter(|entry| entry.value.items().len() != asked + 1) {
                let steps = ["cohorts", &place, "departments", entry.key.as_str()];
                let what = Text::new("數字的個數不對", "not as many numbers as there are things to count");
                let allowed = Text::new(
                    format!("{} 個：學生人數，再依序是 requirements 各項通過的人數", asked + 1),
                    format!("{}: the students, then those who pass each of `requirements`", asked + 1),
                );
                let found = entry.value.items().len().to_string();
                self.report.error("MK151", item.at(&steps), what, &found, allowed);
            }
            if !self.built.requirements.is_empty() && cohort.get("on").is_none() {
                let what = Text::new("沒有說是哪一天的人數", "not said of which day these figures are");
                let allowed = Text::new("on: 日期；學校有門檻時要有", "on: a day, where the school has requirements");
                self.report.error("MK152", item.at(&["cohorts", &place, "on"]), what, "", allowed);
            }
        }
    }

    fn demo_catalogues(&mut self, item: &Demo<'_>) {
        let built = self.built;
        for (place, list_of) in list(item.node, "catalogues") {
            let id = list_of.get("catalogue").and_then(Node::word);
            let Some(catalogue) = built.catalogues.iter().find(|known| Some(known.value.id.as_str()) == id) else {
                continue;
            };
            let fields: Vec<&str> = catalogue.value.fields.iter().map(|field| field.id.as_str()).collect();
            let of_it = Text::new("目錄的欄位", "field of the catalogue");
            for (number, entry) in list(list_of, "entries") {
                for field in entry.entries() {
                    let steps = ["catalogues", &place, "entries", &number, field.key.as_str()];
                    self.demo_name(item, &steps, Some(&field.key), &fields, &of_it);
                }
            }
            for (number, made) in list(list_of, "made") {
                for field in entries(made, "entry") {
                    let steps = ["catalogues", &place, "made", &number, "entry", field.key.as_str()];
                    self.demo_name(item, &steps, Some(&field.key), &fields, &of_it);
                }
            }
        }
    }

    /// The states in which an account's cases end, and passwords that the account may have.
    fn demo_accounts(&mut self, item: &Demo<'_>) {
        let built = self.built;
        let a_state = Text::new("狀態", "state");
        for (place, account) in list(item.node, "accounts") {
            let name = account.get("account").and_then(Node::word).unwrap_or_default().to_lowercase();
            let password = account.get("password").and_then(Node::word).unwrap_or_default();
            let holds_name = name.chars().count() > 3 && password.to_lowercase().contains(&name);
            if !password.is_empty() && (holds_name || password.chars().count() < 8) {
                let what = Text::new("這個帳號不能用這個密碼", "the account cannot have this password");
                let allowed = Text::new("至少 8 個字，不含帳號", "at least 8 characters, without the account's name");
                self.report.error("MK154", item.at(&["accounts", &place, "password"]), what, password, allowed);
            }
            for files in entries(account, "files") {
                let case = built.cases.iter().find(|case| case.value.id == files.key);
                let states: Vec<&str> =
                    case.iter().flat_map(|case| &case.value.states).map(|state| state.id.as_str()).collect();
                for name in files.value.items().iter().filter(|_| case.is_some()) {
                    let steps = ["accounts", &place, "files", &files.key];
                    self.demo_name(item, &steps, name.word(), &states, &a_state);
                }
            }
        }
    }

    fn demo_profile(&mut self, item: &Demo<'_>) {
        let built = self.built;
        let fields = built.profiles.iter().flat_map(|profile| &profile.value.fields);
        let fields: Vec<&str> = fields.map(|field| field.id.as_str()).collect();
        for entry in entries(item.node, "profiles") {
            let of_profile = Text::new("基本資料的欄位", "field of the profile");
            self.demo_name(item, &["profiles", &entry.key], Some(&entry.key), &fields, &of_profile);
        }
    }

    fn demo_cases(&mut self, item: &Demo<'_>) {
        let built = self.built;
        let profile: Vec<&str> =
            built.profiles.iter().flat_map(|profile| &profile.value.fields).map(|field| field.id.as_str()).collect();
        let of_profile = Text::new("基本資料的欄位", "field of the profile");
        for (place, cases) in list(item.node, "cases") {
            let id = cases.get("case").and_then(Node::word);
            let Some(case) = built.cases.iter().find(|known| Some(known.value.id.as_str()) == id) else { continue };
            let fields: Vec<&str> = case.value.fields.iter().map(|field| field.id.as_str()).collect();
            let moves: Vec<&str> = case.value.moves.iter().map(|step| step.id.as_str()).collect();
            let (of_case, a_move) = (Text::new("欄位", "field"), Text::new("移動", "move"));
            for entry in entries(cases, "answers") {
                self.demo_name(item, &["cases", &place, "answers", &entry.key], Some(&entry.key), &fields, &of_case);
            }
            for (walk_place, walk) in list(cases, "walks") {
                for entry in entries(walk, "answers") {
                    let steps = ["cases", &place, "walks", &walk_place, "answers", entry.key.as_str()];
                    self.demo_name(item, &steps, Some(&entry.key), &fields, &of_case);
                }
                for entry in entries(walk, "then_profile") {
                    let steps = ["cases", &place, "walks", &walk_place, "then_profile", entry.key.as_str()];
                    self.demo_name(item, &steps, Some(&entry.key), &profile, &of_profile);
                }
                for (step_place, step) in list(walk, "steps") {
                    let mut steps = vec!["cases", &place, "walks", &walk_place, "steps", &step_place, "do"];
                    self.demo_name(item, &steps, step.get("do").and_then(Node::word), &moves, &a_move);
                    steps.pop();
                    steps.push("fields");
                    for name in step.get("fields").map(Node::items).unwrap_or_default() {
                        self.demo_name(item, &steps, name.word(), &fields, &of_case);
                    }
                    steps.pop();
                    for entry in entries(step, "answers") {
                        let steps: Vec<&str> = steps.iter().copied().chain(["answers", entry.key.as_str()]).collect();
                        self.demo_name(item, &steps, Some(&entry.key), &fields, &of_case);
                    }
                }
            }
        }
    }

    fn demo_name(&mut self, item: &Demo<'_>, steps: &[&str], name: Option<&str>, known: &[&str], said: &Text) {
        let Some(name) = name.filter(|name| !known.contains(name)) else { return };
        let en = said.en.as_deref().unwrap_or_default();
        let what = Text::new(format!("沒有「{name}」這個{}", said.zh), format!("there is no {en} `{name}`"));
        let is_key = steps.last() == Some(&name);
        let place = if is_key { item.key_at(steps) } else { item.at(steps) };
        self.report.error("MK153", place, what, name, suggestion(nearest(name, known.iter().copied()), known));
    }
}

/// What stands under a key, one or a list, with the place of each.
fn list<'a>(node: &'a Node, key: &str) -> impl Iterator<Item = (String, &'a Node)> {
    let items = node.get(key).map(Node::items).unwrap_or_default();
    items.iter().enumerate().map(|(index, item)| (format!("[{index}]"), item))
}

fn entries<'a>(node: &'a Node, key: &str) -> &'a [Entry] {
    node.get(key).map(Node::entries).unwrap_or_default()
}
