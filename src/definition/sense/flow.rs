//! What states and moves come to together: every state can be reached and left, somebody else
//! decides, what a case waits for can happen.

use std::collections::BTreeSet;

use super::Sense;
use crate::definition::case::{By, Editable, End, Party, Workflow};
use crate::definition::read::Item;
use crate::lang::Text;

impl Sense<'_> {
    pub(super) fn flow(&mut self, item: &Item<'_, Workflow>) {
        if !self.sound(item, &["states"]) || !self.sound(item, &["moves"]) || !self.sound(item, &["form"]) {
            return;
        }
        let case = &item.value;
        let Some(first) = case.states.first() else { return };
        if first.editable != Editable::Everything {
            let what = Text::new("案件由這個狀態開始，卻不能填寫", "a case begins here, and nothing can be filled in");
            let allowed = Text::new("editable: everything", "editable: everything");
            self.report.error("MK076", item.key_at(&["states", &first.id]), what, &first.id, allowed);
        }
        let reached = reach(case, |_| true);
        for (index, state) in case.states.iter().enumerate() {
            let place = || item.key_at(&["states", &state.id]);
            let leaves = case.moves.iter().any(|step| step.from.contains(&index));
            if !reached.contains(&index) {
                let what = Text::new("沒有任何移動會到這個狀態", "no move leads to this state");
                let allowed = Text::new("刪去，或讓一個移動的 to 指到它", "remove it, or let a move lead to it");
                self.report.error("MK067", place(), what, &state.id, allowed);
            }
            if state.ends.is_none() && !leaves {
                let what = Text::new("案件到了這裡就出不去", "a case that comes here never leaves");
                let allowed = Text::new(
                    "寫 ends: well 或 badly，或加一個從這裡出發的移動",
                    "ends: well or badly, or a move from here",
                );
                self.report.error("MK068", place(), what, &state.id, allowed);
            }
            if state.ends.is_some() && state.waits_for.is_some() {
                let what = Text::new("已結案的狀態不再等誰", "a case that is over waits for nobody");
                let allowed = Text::new("刪去 waits_for 或 ends", "remove waits_for or ends");
                self.report.error("MK069", item.at(&["states", &state.id, "waits_for"]), what, "", allowed);
            }
            if state.remind_after.is_some() && state.waits_for.is_none() {
                let what = Text::new("沒有等誰，無從提醒", "there is nobody to remind");
                let allowed = Text::new("加上 waits_for", "add waits_for");
                self.report.error("MK071", item.at(&["states", &state.id, "remind_after"]), what, "", allowed);
            }
        }
        for step in &case.moves {
            if step.by != By::WhoeverItWaitsFor {
                continue;
            }
            for from in &step.from {
                let state = &case.states[*from];
                if state.waits_for.is_none() {
                    let what = Text::new(
                        format!("狀態「{}」沒有說等誰", state.id),
                        format!("the state `{}` does not say whom it waits for", state.id),
                    );
                    let allowed = Text::new(
                        "給那個狀態 waits_for，或在這裡寫出誰",
                        "give that state waits_for, or name who here",
                    );
                    self.report.error(
                        "MK071",
                        item.at(&["moves", &step.id, "by"]),
                        what,
                        "whoever it waits for",
                        allowed,
                    );
                }
            }
        }
        // Nobody decides their own case.
        let alone = reach(case, |index| {
            let step = &case.moves[index];
            match step.by {
                By::Party(party) => party == Party::Applicant,
                By::WhoeverItWaitsFor => {
                    step.from.iter().any(|from| case.states[*from].waits_for == Some(Party::Applicant))
                }
                By::Time => true,
            }
        });
        for index in alone {
            let state = &case.states[index];
            if state.ends == Some(End::Well) {
                let what = Text::new(
                    "申請人自己就能讓案件通過",
                    "the applicant alone can bring a case here, which ends it well",
                );
                let allowed =
                    Text::new("至少經過一個由別人做的移動", "on every way here somebody else must make a move");
                self.report.error("MK070", item.key_at(&["states", &state.id]), what, &state.id, allowed);
            }
        }
    }
}

/// The states that can be reached from the first by moves that `may` be made.
fn reach(case: &Workflow, may: impl Fn(usize) -> bool) -> BTreeSet<usize> {
    let mut reached = BTreeSet::from([0]);
    loop {
        let next = case.moves.iter().enumerate().filter(|(index, step)| {
            may(*index) && !reached.contains(&step.to) && step.from.iter().any(|from| reached.contains(from))
        });
        let next: Vec<usize> = next.map(|(_, step)| step.to).collect();
        if next.is_empty() {
            return reached;
        }
        reached.extend(next);
    }
}
