//! The sense of rounds: days in order, reminders of somebody, and for those that come back each year
//! names that tell one year from another.

use super::Sense;
use crate::definition::case::Windows;
use crate::definition::conform::suggestion;
use crate::definition::near::nearest;
use crate::definition::read::Item;
use crate::definition::read::rounds::{OF_A_YEAR, yearly_id, years};
use crate::definition::tree::{Entry, Node};
use crate::lang::Text;

impl Sense<'_> {
    pub(super) fn rounds(&mut self, item: &Item<'_, Windows>) {
        let entries = item.node.get("rounds").map(Node::entries).unwrap_or_default();
        for entry in entries {
            self.round_dates(item, entry);
            let mut id = entry.key.clone();
            if entry.value.get("each").is_some() {
                let (Some(school), Some((since, until))) = (&self.built.school, years(&entry.value)) else { continue };
                id = yearly_id(&school.value, since, &entry.key);
                self.years(item, entry, since, until);
                self.twice(item, entries, entry, (since, until));
                self.titles(item, &["rounds", &entry.key, "title"], entry.value.get("title"), true);
                for date in entry.value.get("dates").map(Node::entries).unwrap_or_default() {
                    let steps = ["rounds", &entry.key, "dates", &date.key, "title"];
                    self.titles(item, &steps, date.value.get("title"), false);
                }
            }
            self.round_days(item, entry, &id);
        }
    }

    fn round_dates(&mut self, item: &Item<'_, Windows>, entry: &Entry) {
        for date in entry.value.get("dates").map(Node::entries).unwrap_or_default() {
            let at = |key| ["rounds", entry.key.as_str(), "dates", date.key.as_str(), key];
            self.parties(item, &[&at("reminds")], false);
            let reminds = date.value.get("reminds").and_then(Node::word);
            if reminds.is_none_or(|who| who == "applicant")
                && (reminds.is_some() || date.value.get("working_days_before").is_some())
            {
                let what = Text::new("沒有說提醒哪些承辦人", "it is not said which staff are reminded");
                let allowed =
                    Text::new("reminds: own department 角色 或 單位 角色", "reminds: own department ROLE or UNIT ROLE");
                self.report.error("MK071", item.key_at(&at("")[..4]), what, reminds.unwrap_or_default(), allowed);
            }
        }
    }

    fn round_days(&mut self, item: &Item<'_, Windows>, entry: &Entry, id: &str) {
        let Some(round) = item.value.rounds.iter().find(|round| round.id == *id) else { return };
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

    fn years(&mut self, item: &Item<'_, Windows>, entry: &Entry, since: i32, until: i32) {
        if until < since {
            let what = Text::new("還沒開始就不再有了", "it ends before it begins");
            let allowed = Text::new(format!("{since} 或以後"), format!("{since} or later"));
            self.report.error("MK072", item.at(&["rounds", &entry.key, "until"]), what, &until.to_string(), allowed);
        }
    }

    /// A dated round that has the name of one of a year's.
    fn twice(&mut self, item: &Item<'_, Windows>, all: &[Entry], entry: &Entry, (since, until): (i32, i32)) {
        let Some(school) = &self.built.school else { return };
        let is_same = |other: &&Entry| {
            other.value.get("each").is_none()
                && (since..=until).any(|year| yearly_id(&school.value, year, &entry.key) == other.key)
        };
        for other in all.iter().filter(is_same) {
            let what = Text::new(
                format!("申請區間「{}」定義了兩次", other.key),
                format!("the window `{}` is defined twice", other.key),
            );
            let allowed = Text::new("改名，或刪去一個", "rename or remove one");
            let see =
                (item.key_at(&["rounds", &entry.key]), Text::new("每年的也叫這個", "one of each year has this name"));
            self.report.clash("MK017", item.key_at(&["rounds", &other.key]), what, &other.key, allowed, see);
        }
    }

    /// What stands in braces is known, and the title says which year it is.
    fn titles(&mut self, item: &Item<'_, Windows>, steps: &[&str], title: Option<&Node>, says_year: bool) {
        let Some(title) = title else { return };
        let texts = match title.word() {
            Some(_) => vec![(None, title)],
            None => title.entries().iter().map(|entry| (Some(entry.key.as_str()), &entry.value)).collect(),
        };
        for (lang, node) in texts {
            let steps: Vec<&str> = steps.iter().copied().chain(lang).collect();
            let text = node.word().unwrap_or_default();
            let said: Vec<&str> = text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or(rest)).collect();
            let wrong = said.iter().find(|name| !OF_A_YEAR.contains(*name));
            if let Some(name) = wrong {
                let what = Text::new(
                    format!("每年的區間沒有「{{{name}}}」"),
                    format!("a window of a year has no `{{{name}}}`"),
                );
                let allowed = suggestion(nearest(name, OF_A_YEAR), &OF_A_YEAR);
                self.report.error("MK112", item.at(&steps), what, name, allowed);
            } else if said.is_empty() && says_year {
                let what = Text::new("每年的區間名稱都一樣", "the windows of all years have one title");
                let allowed = Text::new("在名稱裡寫 {year} 或 {academic_year}", "say {year} or {academic_year} in it");
                self.report.error("MK112", item.at(&steps), what, text, allowed);
            }
        }
    }
}
