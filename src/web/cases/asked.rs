//! What a move asks for only where something else was answered to it: when that is, as the page's script
//! reads it, and what was typed there that would not be kept.

use serde_json::{Value as Json, json};

use crate::app::case::Open;
use crate::case::{Filled, Raw, Wrong, fill_with, holds};
use crate::definition::case::{Aspect, Comparison, Condition, Field};
use crate::lang::{Lang, Text};

/// When a field is asked for, by what else the move asks for (indices); nothing where that is always so, or
/// cannot be told from the page.
pub(super) fn when(fields: &[Field], field: &Field, asks: &[usize], filled: &Filled) -> String {
    let said = field.when.as_ref().and_then(|when| of(fields, when, asks, filled));
    said.map(|said| said.to_string()).unwrap_or_default()
}

fn of(fields: &[Field], when: &Condition, asks: &[usize], filled: &Filled) -> Option<Json> {
    if !when.is_about(&|index| asks.contains(&index)) {
        return Some(holds(when, fields, &filled.given).into());
    }
    let id = |seen: &Aspect| fields.get(seen.field).filter(|_| seen.of.is_none()).map(|field| field.id.clone());
    let each = |parts: &[Condition], sign: &str| {
        let parts = parts.iter().map(|part| of(fields, part, asks, filled));
        let all = std::iter::once(Some(sign.into())).chain(parts).collect::<Option<Vec<Json>>>()?;
        Some(Json::Array(all))
    };
    match when {
        Condition::Ticked(seen) => Some(json!(["ticked", id(seen)?])),
        Condition::Filled(seen) => Some(json!(["filled", id(seen)?])),
        Condition::Is(seen, option) => Some(json!(["is", id(seen)?, option])),
        Condition::Compare(seen, comparison, with) => {
            let sign = match comparison {
                Comparison::Less => "<",
                Comparison::AtMost => "<=",
                Comparison::Equal => "=",
                Comparison::AtLeast => ">=",
                Comparison::More => ">",
            };
            Some(json!([sign, id(seen)?, with.to_string()]))
        }
        Condition::Not(inner) => Some(json!(["not", of(fields, inner, asks, filled)?])),
        Condition::All(parts) => each(parts, "all"),
        Condition::Any(parts) => each(parts, "any"),
    }
}

/// What was typed into fields that a move (an index) does not ask for as the others are answered.
pub(in crate::web) fn unkept(open: &Open, step: usize, typed: &Raw) -> Vec<Wrong> {
    let (fields, asks) = (&open.workflow().fields, open.workflow().asks(step));
    let mut raw = open.case.raw.clone();
    asks.iter().filter_map(|index| fields.get(*index)).for_each(|field| drop(raw.remove(&field.id)));
    raw.extend(typed.clone());
    let filled = fill_with(&open.setting(), fields, &raw, Some(step));
    let unasked = asks.into_iter().filter(|index| !filled.asked.contains(index));
    unasked
        .filter_map(|index| {
            let field = fields.get(index)?;
            let is_typed = typed.get(&field.id).is_some_and(|text| !text.trim().is_empty());
            is_typed.then(|| Wrong { field: index, what: not_kept(field), is_missing: false })
        })
        .collect()
}

fn not_kept(field: &Field) -> Text {
    let (zh, en) = (field.label.get(Lang::ZhTw), field.label.get(Lang::En));
    Text::new(
        format!("現在的選擇不需要「{zh}」，填的內容不會保留：請清空，或改選需要它的答案"),
        format!("{en}: not asked for as you chose, and it would not be kept: empty it, or choose what asks for it"),
    )
}
