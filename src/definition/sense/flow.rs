//! What states and moves come to together: every state can be reached and left, somebody else
//! decides, what a case waits for can happen.

use std::collections::BTreeSet;

use super::Sense;
use super::cases::then_at;
use crate::definition::case::{By, Editable, Effect, End, Move, Party, Workflow};
use crate::definition::read::Item;
use crate::lang::Text;

impl Sense<'_> {
    pub(super) fn flow(&mut self, item: &Item<'_, Workflow>) {
        if self.built.school.is_none()
            || !self.sound(item, &["states"])
            || !self.sound(item, &["moves"])
            || !self.sound(item, &["form"])
        {
            return;
        }
        let case = &item.value;
        let Some(first) = case.states.first() else { return };
        if first.editable != Editable::Everything {
            let what = Text::new("案件由這個狀態開始，卻不能填寫", "a case begins here, and nothing can be filled in");
            let allowed = Text::new("editable: everything", "editable: everything");
            self.report.error("MK076", item.key_at(&["states", &first.id]), what, &first.id, allowed);
        }
        let reached = reach(case, &[0], |_, _| true);
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
        self.of_time(item);
        self.naming(item);
        self.waited_for(item);
        self.alone(item);
    }

    /// Nobody decides their own case, nor rewards themselves.
    fn alone(&mut self, item: &Item<'_, Workflow>) {
        let case = &item.value;
        let may = |step: &Move, from: usize| match party_of(case, step, from) {
            Some(party) => party == Party::Applicant,
            None => step.by == By::Time,
        };
        // What the applicant could change is looked at by somebody else before it counts.
        let mut begun: Vec<usize> = vec![0];
        begun.extend((1..case.states.len()).filter(|state| case.states[*state].editable != Editable::Nothing));
        let alone = reach(case, &begun, may);
        for step in &case.moves {
            let gives = |effect: &Effect| matches!(effect, Effect::Credit { .. } | Effect::Pay { .. });
            let Some(index) = step.then.iter().position(gives) else { continue };
            if step.from.iter().any(|from| alone.contains(from) && may(step, *from)) {
                let what = Text::new(
                    "申請人能修改之後，自己做這個移動就得到認證或錢",
                    "after changing it, the applicant alone can make this move, which gives a credit or money",
                );
                let allowed =
                    Text::new("放到由別人做的移動", "in a move that somebody else makes, or after such a one");
                let place = then_at(item, &step.id, index, None);
                self.report.error("MK083", place, what, &step.id, allowed);
            }
        }
        for index in alone {
            let state = &case.states[index];
            if state.ends == Some(End::Well) {
                let what = Text::new(
                    "申請人能修改之後，自己就能讓案件通過",
                    "after changing it, the applicant alone can bring a case here, which ends it well",
                );
                let allowed =
                    Text::new("至少經過一個由別人做的移動", "on every way here somebody else must make a move");
                self.report.error("MK070", item.key_at(&["states", &state.id]), what, &state.id, allowed);
            }
        }
    }
}

impl Sense<'_> {
    /// What time does, it does where a state says so, and nowhere else.
    fn of_time(&mut self, item: &Item<'_, Workflow>) {
        let case = &item.value;
        for (index, state) in case.states.iter().enumerate() {
            let Some(step) = state.lapse.and_then(|(_, step)| case.moves.get(step)) else { continue };
            let place = item.at(&["states", &state.id, "lapse", "move"]);
            if step.by != By::Time {
                let what = Text::new(
                    format!("「{}」不是由時間做的移動", step.id),
                    format!("`{}` is not a move that time makes", step.id),
                );
                self.report.error("MK081", place, what, &step.id, Text::new("by: time 的移動", "a move with by: time"));
            } else if !step.from.contains(&index) {
                let what = Text::new(
                    format!("「{}」不從「{}」出發", step.id, state.id),
                    format!("`{}` is not from `{}`", step.id, state.id),
                );
                let allowed = Text::new("一個從這個狀態出發的移動", "a move from this state");
                self.report.error("MK081", place, what, &step.id, allowed);
            }
        }
        for (index, step) in case.moves.iter().enumerate().filter(|(_, step)| step.by == By::Time) {
            let made = |from: &usize| case.states[*from].lapse.is_some_and(|(_, made)| made == index);
            if let Some(from) = step.from.iter().find(|from| !made(from)) {
                let state = &case.states[*from].id;
                let what = Text::new(
                    format!("狀態「{state}」沒有 lapse 會做這個移動"),
                    format!("the state `{state}` has no lapse that makes this move"),
                );
                let allowed =
                    Text::new("給那個狀態 lapse，或改由誰做", "give that state a lapse, or name who makes it");
                self.report.error("MK082", item.at(&["moves", &step.id, "by"]), what, "time", allowed);
            }
        }
    }

    /// Fields are named where only the named ones may be mended, and nowhere else.
    fn naming(&mut self, item: &Item<'_, Workflow>) {
        let case = &item.value;
        for step in &case.moves {
            let target = &case.states[step.to];
            match (target.editable, step.names_fields) {
                (Editable::Named, false) => {
                    let what = Text::new(
                        format!("「{}」只能改點名的欄位，這個移動卻沒有點名", target.id),
                        format!("in `{}` only named fields may be mended, and this move names none", target.id),
                    );
                    let allowed = Text::new("names_fields: true", "names_fields: true");
                    self.report.error("MK084", item.at(&["moves", &step.id, "to"]), what, &target.id, allowed);
                }
                (Editable::Nothing | Editable::Everything, true) => {
                    let what = Text::new(
                        format!("「{}」不是 editable: named，點名沒有作用", target.id),
                        format!("`{}` is not editable: named, so naming fields opens none", target.id),
                    );
                    let allowed = Text::new(
                        "給那個狀態 editable: named，或刪去",
                        "give that state editable: named, or remove it",
                    );
                    self.report.warning("MK085", item.at(&["moves", &step.id, "names_fields"]), what, "true", allowed);
                }
                (Editable::Named, true) | (Editable::Nothing | Editable::Everything, false) => {}
            }
        }
    }

    /// Whom a case waits for can do something about it.
    fn waited_for(&mut self, item: &Item<'_, Workflow>) {
        let case = &item.value;
        for (index, state) in case.states.iter().enumerate() {
            let Some(party) = state.waits_for.filter(|_| state.ends.is_none()) else { continue };
            let from = |step: &&Move| step.from.contains(&index);
            if case.moves.iter().any(|step| from(&step))
                && !case.moves.iter().filter(from).any(|step| party_of(case, step, index) == Some(party))
            {
                let what = Text::new("等的人在這裡沒有可做的移動", "whom it waits for can make no move from here");
                let allowed = Text::new("一個由他做、從這裡出發的移動", "a move of theirs from here, or somebody else");
                let place = item.at(&["states", &state.id, "waits_for"]);
                let found = item.node.get("states").and_then(|states| states.get(&state.id)?.get("waits_for")?.word());
                self.report.error("MK090", place, what, found.unwrap_or_default(), allowed);
            }
        }
    }
}

/// Who makes a move from a state; nobody where it is time.
fn party_of(case: &Workflow, step: &Move, from: usize) -> Option<Party> {
    match step.by {
        By::Party(party) => Some(party),
        By::WhoeverItWaitsFor => case.states[from].waits_for,
        By::Time => None,
    }
}

/// The states that can be reached from some by moves that `may` be made from a state.
fn reach(case: &Workflow, from: &[usize], may: impl Fn(&Move, usize) -> bool) -> BTreeSet<usize> {
    let mut reached: BTreeSet<usize> = from.iter().copied().collect();
    loop {
        let next = case.moves.iter().filter(|step| {
            !reached.contains(&step.to) && step.from.iter().any(|from| reached.contains(from) && may(step, *from))
        });
        let next: Vec<usize> = next.map(|step| step.to).collect();
        if next.is_empty() {
            return reached;
        }
        reached.extend(next);
    }
}
