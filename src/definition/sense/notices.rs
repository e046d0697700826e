//! The sense of notices: days that can be computed, and letters that say to whom and how often.

use std::collections::BTreeMap;

use super::Sense;
use super::school::span_of;
use crate::clock::Term;
use crate::definition::read::Item;
use crate::definition::report::Place;
use crate::definition::{Audience, Due, Letter, Notice, Which};
use crate::lang::Text;

impl Sense<'_> {
    pub(super) fn notices(&mut self) {
        let built = self.built;
        let mut told: BTreeMap<String, (Audience, Place)> = BTreeMap::new();
        for item in &built.notices {
            self.due(item);
            for letter in &item.value.letters {
                if self.sound(item, &["letters", &letter.id]) {
                    self.letter(item, letter, &mut told);
                }
            }
        }
    }

    fn due(&mut self, item: &Item<'_, Notice>) {
        let built = self.built;
        if !self.sound(item, &["due"]) {
            return;
        }
        match item.value.due {
            Due::ByHand => {}
            Due::Monthly { term, .. } => {
                self.term_is_known(term, item.at(&["due", "term"]), &term.to_string());
            }
            Due::Week { term, week, day, .. } => {
                let known = self.term_is_known(term, item.at(&["due", "term"]), &term.to_string());
                let Some(school) = &built.school else { return };
                if !known || !self.sound(school, &["calendar"]) {
                    return;
                }
                let calendar = &school.value.calendar;
                let years: Vec<i32> = calendar.first_days.keys().map(|term| term.year).collect();
                let (Some(first), Some(last)) = (years.iter().min(), years.iter().max()) else {
                    return self.no_first_day(item, &[], term);
                };
                let terms = || (*first..=*last).map(|year| Term { year, number: term });
                // The first and the last year may be begun or ended with another term.
                let missing: Vec<Term> = terms()
                    .filter(|term| !calendar.first_days.contains_key(term))
                    .filter(|term| term.year != *first && term.year != *last)
                    .collect();
                if !missing.is_empty() || terms().all(|term| !calendar.first_days.contains_key(&term)) {
                    self.no_first_day(item, &missing, term);
                }
                let outside = terms().find_map(|term| {
                    let due = calendar.day_in_week(term, week, day)?;
                    let (_, before) = span_of(school, term)?;
                    (due >= before).then_some((term, due, before))
                });
                if let Some((term, due, before)) = outside {
                    let what = Text::new(
                        format!("{term} 的第 {week} 週是 {due}，那時學期已結束"),
                        format!("week {week} of {term} is {due}, when the term is over"),
                    );
                    let allowed = Text::new(format!("{before} 之前的一週"), format!("a week before {before}"));
                    self.report.error("MK056", item.at(&["due", "week"]), what, &week.to_string(), allowed);
                }
            }
        }
    }

    fn no_first_day(&mut self, item: &Item<'_, Notice>, missing: &[Term], number: u8) {
        let missing: Vec<String> = match missing {
            [] => vec![format!("…-{number}")],
            some => some.iter().map(Term::to_string).collect(),
        };
        let what = Text::new(
            format!("週次由開學日起算，但行事曆沒有 {} 的開學日", missing.join("、")),
            format!("weeks are counted from the first day of classes, which is not known for {}", missing.join(", ")),
        );
        let allowed = Text::new("請在 calendar.first_days 補上", "add it to calendar.first_days");
        self.report.error("MK055", item.at(&["due", "week"]), what, "", allowed);
    }

    fn letter(&mut self, item: &Item<'_, Notice>, letter: &Letter, told: &mut BTreeMap<String, (Audience, Place)>) {
        let part = |key| item.at(&["letters", &letter.id, key]);
        let node = item.node.get("letters").and_then(|letters| letters.get(&letter.id));
        let written = |key| node.and_then(|node| node.get(key)).and_then(|value| value.word()).unwrap_or_default();
        let to_students = matches!(letter.to, Audience::Students(_));
        let to_one_person = to_students || matches!(letter.to, Audience::MissingOne(_));
        if !written("who").is_empty() && !to_students {
            let what = Text::new("who 只用於 to: students", "who goes with to: students only");
            let allowed = Text::new("刪去 who，或改成 to: students", "remove it, or write to: students");
            self.report.error("MK057", part("who"), what, written("who"), allowed);
        }
        if letter.attach_roster && to_one_person {
            let what = Text::new("名冊有全班的資料，不能寄給學生", "a roster names others: it cannot go to students");
            let allowed = Text::new(
                "只能附在給 tutors、department heads、office of … 的信",
                "only to tutors, department heads or an office",
            );
            self.report.error("MK058", part("attach"), what, "roster", allowed);
        }
        let Some(once) = &letter.once else { return };
        if !to_one_person {
            let what = Text::new("once 只用於寫給學生的信", "once goes with letters to students only");
            let allowed = Text::new("刪去 once", "remove it");
            self.report.error("MK059", part("once"), what, once, allowed);
            return;
        }
        // Who is told once must be told the same, or some are never told.
        match told.get(once) {
            Some((other, first)) if *other != letter.to => {
                let what = Text::new(
                    format!("「{once}」這個名稱已用於寫給其他人的信"),
                    format!("`{once}` is already the name of a letter to others"),
                );
                let allowed = Text::new(
                    "同一名稱一人只收一次；對象不同請另取名稱",
                    "under one name a person is told once: another audience needs another name",
                );
                let see = (first.clone(), Text::new("已用在這裡", "used here"));
                self.report.clash("MK060", part("once"), what, once, allowed, see);
            }
            Some(_) => {}
            None => {
                told.insert(once.clone(), (letter.to, part("once")));
            }
        }
        if letter.to == Audience::Students(Which::NotPassed) {
            let what = Text::new("未通過的學生只會被告知一次", "those who have not passed would be told only once");
            let allowed = Text::new("若要每次提醒，請刪去 once", "remove once to remind them each time");
            self.report.warning("MK061", part("once"), what, once, allowed);
        }
    }
}
