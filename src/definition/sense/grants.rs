//! The sense of what moves grant: that it is there to be granted, to which end, and by whom.

use super::Sense;
use super::cases::then_at;
use crate::definition::case::{Answer, By, Field, Party, Workflow};
use crate::definition::conform::suggestion;
use crate::definition::near::nearest;
use crate::definition::read::Item;
use crate::definition::read::effects::{ALWAYS, EVERY};
use crate::definition::report::Place;
use crate::definition::shape::{Naming, Said, said};
use crate::definition::tree::Node;
use crate::lang::Text;

/// Fields of one kind, in words.
struct Kind {
    said: Said,
    fits: fn(&Field) -> bool,
}

const CHOICE: Kind = Kind { said: said("choice", "choice"), fits: |field| matches!(field.is, Answer::Choice(_)) };
const DATE: Kind = Kind { said: said("date", "date"), fits: |field| field.is == Answer::Date };
const AMOUNT: Kind = Kind {
    said: said("number 或 computed", "number or computed"),
    fits: |field| matches!(field.is, Answer::Number { .. } | Answer::Computed { .. }),
};
const TOLD: Kind = Kind {
    said: said(
        "不加密的 text、long text、choice 或 entry of",
        "text, long text, choice or entry of that is not private",
    ),
    fits: |field| matches!(field.is, Answer::Text { .. } | Answer::Choice(_) | Answer::Entry { .. }) && !field.private,
};

impl Sense<'_> {
    /// One effect of a move, where it grants something.
    pub(super) fn granted(&mut self, item: &Item<'_, Workflow>, step: &str, index: usize, effect: &Node) {
        let place = |key| then_at(item, step, index, key);
        let word = |key| effect.get(key).and_then(Node::word);
        let (key, subject) = if let Some(name) = word("waive") {
            let known = self.names.known(Naming::Requirement);
            self.subject(item, place(Some("waive")), name, &known, Naming::Requirement.said());
            if let Some(name) = word("because") {
                self.of_kind(item, place(Some("because")), name, &TOLD);
            }
            ("waive", name)
        } else if let Some(name) = word("substitute") {
            let known = self.names.known(Naming::Category);
            self.subject(item, place(Some("substitute")), name, &known, Naming::Category.said());
            for (key, kind) in [("amount", &AMOUNT), ("of", &TOLD)] {
                if let Some(name) = word(key) {
                    self.of_kind(item, place(Some(key)), name, kind);
                }
            }
            ("substitute", name)
        } else if let Some(flow) = word("extend") {
            self.round(item, step, index, flow, word("round"));
            ("extend", word("round").unwrap_or_default())
        } else if let Some(name) = word("enter") {
            self.entered(item, step, index, name, effect);
            self.approved(item, step, place(Some("enter")));
            return;
        } else {
            return;
        };
        if let Some(until) = effect.get("until") {
            let with: Vec<&Field> = [Some(subject), word("amount")]
                .into_iter()
                .flatten()
                .filter_map(|name| Some(item.value.field(name)?.1))
                .collect();
            self.end(item, place(Some("until")), until, &with);
        }
        self.approved(item, step, place(Some(key)));
    }

    /// A name of such things, or a choice among them.
    fn subject(&mut self, item: &Item<'_, Workflow>, place: Place, name: &str, known: &[&str], said: Said) {
        let Said { zh, en } = said;
        let Some((_, field)) = item.value.field(name) else {
            if !known.contains(&name) && !self.names.may_be_unread(name) {
                let choices = fields(item, &CHOICE);
                let known: Vec<&str> = known.iter().copied().chain(choices).collect();
                let what = Text::new(
                    format!("沒有叫「{name}」的{zh}，也沒有這個欄位"),
                    format!("there is no {en} `{name}`, and no such field"),
                );
                let near = nearest(name, known.iter().copied());
                self.report.error("MK091", place, what, name, suggestion(near, &known));
            }
            return;
        };
        let Answer::Choice(options) = &field.is else {
            self.of_kind(item, place, name, &CHOICE);
            return;
        };
        for option in options
            .iter()
            .filter(|option| !known.contains(&option.id.as_str()) && !self.names.may_be_unread(&option.id))
        {
            let what = Text::new(
                format!("選項「{}」不是{zh}的代號", option.id),
                format!("the option `{}` is the name of no {en}", option.id),
            );
            let near = nearest(&option.id, known.iter().copied());
            let at = item.key_at(&["form", name, "options", &option.id]);
            self.report.error("MK091", at, what, &option.id, suggestion(near, known));
        }
    }

    /// What is put into a catalogue: all that an entry must say, of fields of its kind.
    fn entered(&mut self, item: &Item<'_, Workflow>, step: &str, index: usize, name: &str, effect: &Node) {
        // One that there is not has been told already.
        let Some(of) = self.built.catalogues.iter().find(|other| other.value.id == name) else { return };
        let catalogue = &of.value;
        if of.node.get("approved_by").is_some() {
            let what = Text::new(
                format!("「{name}」要核定，不能由案件列入"),
                format!("`{name}` is approved by somebody: no case enters anything"),
            );
            let allowed = Text::new("沒有 approved_by 的目錄", "a catalogue without approved_by");
            self.report.error("MK171", then_at(item, step, index, Some("enter")), what, name, allowed);
        }
        let says = effect.get("as").map(Node::entries).unwrap_or_default();
        let known: Vec<&str> = catalogue.fields.iter().map(|field| field.id.as_str()).collect();
        for entry in says {
            let mut place = then_at(item, step, index, Some("as"));
            place.path.push_str(&format!(".{}", entry.key));
            let Some(field) = catalogue.fields.iter().find(|field| field.id == entry.key) else {
                place.span = entry.key_span;
                let what = Text::new(
                    format!("「{name}」沒有「{}」這個欄位", entry.key),
                    format!("`{name}` has no field `{}`", entry.key),
                );
                let near = nearest(&entry.key, known.iter().copied());
                self.report.error("MK062", place, what, &entry.key, suggestion(near, &known));
                continue;
            };
            place.span = entry.value.span;
            let Some(told) = entry.value.word() else { continue };
            if item.value.field(told).is_some_and(|(_, given)| of_one_kind(&field.is, &given.is) && !given.private) {
                continue;
            }
            let fitting: Vec<&str> = item
                .value
                .fields
                .iter()
                .filter(|given| of_one_kind(&field.is, &given.is) && !given.private)
                .map(|given| given.id.as_str())
                .collect();
            let what = Text::new(
                format!("「{told}」不是能填入「{}」的欄位", field.id),
                format!("`{told}` is no field that can say `{}`", field.id),
            );
            let near = nearest(told, fitting.iter().copied());
            self.report.error("MK065", place, what, told, suggestion(near, &fitting));
        }
        let is_said = |field: &&Field| says.iter().any(|entry| entry.key == field.id);
        let must = |field: &&Field| !field.optional && field.when.is_none() && !matches!(field.is, Answer::Tick { .. });
        let lacking: Vec<&str> = catalogue
            .fields
            .iter()
            .filter(must)
            .filter(|field| !is_said(field))
            .map(|field| field.id.as_str())
            .collect();
        if !lacking.is_empty() {
            let (zh, en) = (lacking.join("、"), lacking.join(", "));
            let what = Text::new(format!("沒有說 {zh} 取自哪裡"), format!("not said where {en} comes from"));
            let allowed = Text::new(format!("在 as 裡加上 {zh}"), format!("add {en} to as"));
            self.report.error("MK171", then_at(item, step, index, Some("as")), what, "as", allowed);
        }
    }

    /// A round of the windows of a kind of case.
    fn round(&mut self, item: &Item<'_, Workflow>, step: &str, index: usize, flow: &str, round: Option<&str>) {
        let built = self.built;
        // One that there is not has been told already.
        let Some(of) = built.cases.iter().find(|other| other.value.id == flow) else { return };
        let windows = of.value.windows.and_then(|windows| built.windows.get(windows));
        let Some(windows) = windows else {
            if of.node.get("window").is_none() {
                let what = Text::new(
                    format!("「{flow}」沒有申請區間，隨時可送件"),
                    format!("`{flow}` has no windows: it may be filed at any time"),
                );
                let allowed = Text::new("一種有 window 的案件", "a kind of case that has a window");
                self.report.error("MK091", then_at(item, step, index, Some("extend")), what, flow, allowed);
            }
            return;
        };
        if let Some(name) = round.filter(|name| *name != EVERY) {
            let known: Vec<&str> = windows.value.rounds.iter().map(|round| round.id.as_str()).collect();
            let place = then_at(item, step, index, Some("round"));
            self.subject(item, place, name, &known, said("申請區間", "window"));
        }
    }

    /// The end is there whenever the rest is: it is asked for always, or together with `with`.
    fn end(&mut self, item: &Item<'_, Workflow>, place: Place, until: &Node, with: &[&Field]) {
        let Some(name) = until.word() else {
            let parameter = until
                .get("parameter")
                .and_then(Node::word)
                .and_then(|name| self.built.parameters.iter().find(|parameter| parameter.value.id == name));
            if let Some(parameter) = parameter.filter(|parameter| parameter.value.unit != "days") {
                let (id, unit) = (&parameter.value.id, &parameter.value.unit);
                let what = Text::new(format!("「{id}」的單位不是 days"), format!("`{id}` is not a number of days"));
                self.report.error("MK051", place, what, unit, Text::new("unit: days", "unit: days"));
            }
            return;
        };
        if name == ALWAYS {
            return;
        }
        let known: Vec<&str> = [ALWAYS].into_iter().chain(fields(item, &DATE)).collect();
        match item.value.field(name) {
            None => {
                let what = Text::new(
                    format!("「{name}」不是日期欄，也不是 always"),
                    format!("`{name}` is neither a date field nor always"),
                );
                let near = nearest(name, known.iter().copied());
                self.report.error("MK092", place, what, name, suggestion(near, &known));
            }
            Some((_, field)) if field.is != Answer::Date => self.of_kind(item, place, name, &DATE),
            Some((_, field)) => {
                let together = field.when.is_none() || with.iter().any(|other| other.when == field.when);
                if field.optional || !together {
                    let what = Text::new(
                        format!("「{name}」可能沒有填，那樣就沒有終止日"),
                        format!("`{name}` may not be answered: there would be no end"),
                    );
                    let allowed = Text::new(
                        "一定要填的日期欄，或與所免、所抵的欄位同一個 when 的",
                        "a date field that is not optional and always asked for, or asked for together with what is granted",
                    );
                    self.report.error("MK092", place, what, name, allowed);
                }
            }
        }
    }

    /// Somebody other than the applicant approves it; time approves nothing.
    fn approved(&mut self, item: &Item<'_, Workflow>, step: &str, place: Place) {
        let case = &item.value;
        let Some((_, made)) = case.step(step).filter(|_| self.sound(item, &["moves", step, "by"])) else { return };
        let waits_for_applicant =
            |from: &usize| case.states.get(*from).is_some_and(|state| state.waits_for == Some(Party::Applicant));
        let nobody = match made.by {
            By::Time | By::Party(Party::Applicant) => true,
            By::WhoeverItWaitsFor => made.from.iter().any(waits_for_applicant),
            By::Party(Party::OwnDepartment { .. } | Party::Unit { .. }) => false,
        };
        if nobody {
            let what = Text::new(
                "免修、抵免與延長要由申請人以外的人核准",
                "what is granted must be approved by somebody other than the applicant",
            );
            let allowed = Text::new("放到由別人做的移動", "in a move that somebody else makes");
            self.report.error("MK093", place, what, step, allowed);
        }
    }

    /// A field of a kind.
    fn of_kind(&mut self, item: &Item<'_, Workflow>, place: Place, name: &str, kind: &Kind) {
        if item.value.field(name).is_some_and(|(_, field)| (kind.fits)(field)) {
            return;
        }
        let Said { zh, en } = kind.said;
        let what = Text::new(format!("「{name}」不是 {zh} 欄位"), format!("`{name}` is no {en} field"));
        let known: Vec<&str> = fields(item, kind).collect();
        let near = nearest(name, known.iter().copied());
        self.report.error("MK065", place, what, name, suggestion(near, &known));
    }
}

/// The names of a form's fields of a kind.
fn fields<'a>(item: &'a Item<'_, Workflow>, kind: &'a Kind) -> impl Iterator<Item = &'a str> {
    item.value.fields.iter().filter(|field| (kind.fits)(field)).map(|field| field.id.as_str())
}

/// Whether what one field is answered with can be another's answer; how long it may be is seen when it is
/// entered.
fn of_one_kind(one: &Answer, other: &Answer) -> bool {
    match (one, other) {
        (Answer::Choice(options), Answer::Choice(given)) => {
            given.iter().all(|option| options.iter().any(|known| known.id == option.id))
        }
        (Answer::Text { lines, .. }, Answer::Text { lines: given, .. }) => *lines || !given,
        (Answer::Money { .. } | Answer::Number { .. }, Answer::Money { .. } | Answer::Number { .. }) => true,
        (Answer::Date, Answer::Date) | (Answer::Tick { .. }, Answer::Tick { .. }) => true,
        _ => false,
    }
}
