//! The engine's own reasons, in both languages. What a school calls its things comes from its
//! definition; only the units that the language knows have words here.

use crate::amount::Amount;
use crate::clock::{ALWAYS, Day, Term};
use crate::definition::{Group, RuleName};
use crate::lang::{Lang, Text};

/// `8 小時`, `1 hour`, `2.5 points`; a unit that the language does not know as it is written.
pub fn amount_in_units(amount: Amount, unit: &str, lang: Lang) -> String {
    let one = amount == Amount::whole(1);
    match (lang, unit) {
        (Lang::ZhTw, "hours") => format!("{amount} 小時"),
        (Lang::ZhTw, "points") => format!("{amount} 點"),
        (Lang::ZhTw, "pieces") => format!("{amount} 項"),
        (Lang::En, "hours") if one => "1 hour".to_owned(),
        (Lang::En, "points") if one => "1 point".to_owned(),
        (Lang::En, "pieces") if one => "1 item".to_owned(),
        (Lang::En, "pieces") => format!("{amount} items"),
        (_, unit) => format!("{amount} {unit}").trim_end().to_owned(),
    }
}

pub(super) fn missing(amount: Amount, unit: &str) -> Text {
    Text::new(
        format!("還缺 {}", amount_in_units(amount, unit, Lang::ZhTw)),
        format!("{} still missing", amount_in_units(amount, unit, Lang::En)),
    )
}

pub(super) fn not_bound(group: &Group) -> Text {
    Text::new(
        format!("不適用：不屬於「{}」的適用對象", group.title.get(Lang::ZhTw)),
        format!("Not applicable: not among those bound by “{}”", group.title.get(Lang::En)),
    )
}

pub(super) fn refused_by(rule: &RuleName) -> Text {
    let RuleName { script, function } = rule;
    Text::new(
        format!("數量已足，但規則 {script}::{function} 判定未通過"),
        format!("The amount is there, but the rule {script}::{function} says not passed"),
    )
}

pub(super) fn rule_failed(problem: &crate::problem::Problem) -> Text {
    let place = format!("{}:{}", problem.file.display(), problem.line);
    Text::new(
        format!("無法判定，請洽承辦單位（{}，{place}）", problem.what.get(Lang::ZhTw)),
        format!("Cannot be judged; please contact the office ({}, {place})", problem.what.get(Lang::En)),
    )
}

pub(super) fn taken_back(day: Day) -> Text {
    Text::new(format!("已於 {day} 撤回"), format!("Taken back on {day}"))
}

pub(super) fn not_yet_recorded(day: Day) -> Text {
    Text::new(format!("{day} 才登錄"), format!("Recorded only on {day}"))
}

pub(super) fn not_listed(category: &Text) -> Text {
    Text::new(
        format!("此門檻不採計「{}」", category.get(Lang::ZhTw)),
        format!("This requirement does not count “{}”", category.get(Lang::En)),
    )
}

pub(super) fn before(term: Term, from: Term) -> Text {
    Text::new(format!("發生於 {term}；{from} 起才採計"), format!("Happened in {term}; counted only from {from} on"))
}

pub(super) fn after(term: Term, until: Term) -> Text {
    Text::new(format!("發生於 {term}；只採計至 {until}"), format!("Happened in {term}; counted only until {until}"))
}

/// `counted` of a record was counted before the cap was reached.
pub(super) fn capped(counted: Amount, cap: Amount, unit: &str, category: &Text) -> Text {
    let zh = |amount| amount_in_units(amount, unit, Lang::ZhTw);
    let en = |amount| amount_in_units(amount, unit, Lang::En);
    let (zh_title, en_title) = (category.get(Lang::ZhTw), category.get(Lang::En));
    if counted == Amount::ZERO {
        Text::new(
            format!("「{zh_title}」已達採計上限 {}", zh(cap)),
            format!("The cap of {} for “{en_title}” was already reached", en(cap)),
        )
    } else {
        Text::new(
            format!("僅採計 {}：「{zh_title}」的採計上限為 {}", zh(counted), zh(cap)),
            format!("Only {} counted: the cap for “{en_title}” is {}", en(counted), en(cap)),
        )
    }
}

pub(super) fn counted() -> Text {
    Text::new("採計", "Counted")
}

pub(super) fn waived(until: Day) -> Text {
    match until {
        ALWAYS => Text::new("免修，沒有終止日", "Waived, without an end"),
        until => Text::new(format!("免修，至 {until}（含）"), format!("Waived until {until}, that day included")),
    }
}

pub(super) fn waiver_over(until: Day) -> Text {
    Text::new(format!("免修只到 {until}（含）"), format!("Waived only until {until}, that day included"))
}

/// What is said of a record that stands in for others, beside what is said of any record.
pub(super) fn stands_in(by: &Text, until: Day, why: &Text) -> Text {
    let (zh, en) = (why.get(Lang::ZhTw), why.get(Lang::En));
    let (zh_by, en_by) = (by.get(Lang::ZhTw), by.get(Lang::En));
    match until {
        ALWAYS => {
            Text::new(format!("抵免（{zh_by}核准）；{zh}"), format!("Stands in for records, approved by {en_by}. {en}"))
        }
        until => Text::new(
            format!("抵免（{zh_by}核准，至 {until}）；{zh}"),
            format!("Stands in for records until {until}, approved by {en_by}. {en}"),
        ),
    }
}

pub(super) fn substitute_over(until: Day) -> Text {
    Text::new(format!("抵免只到 {until}（含）"), format!("Stood in for records only until {until}, that day included"))
}
