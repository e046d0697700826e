//! What is said of a form's answers: what is wrong, and what would be right.

use crate::amount::Amount;
use crate::clock::Day;
use crate::definition::case::{Answer, Field};
use crate::lang::{Lang, Text};
use crate::problem::Problem;
use crate::rules::filing::{Entry, Value};

fn label(field: &Field) -> (&str, &str) {
    (field.label.get(Lang::ZhTw), field.label.get(Lang::En))
}

pub fn needed(field: &Field) -> Text {
    let (zh, en) = label(field);
    match field.is {
        Answer::File { .. } => Text::new(format!("請上傳「{zh}」"), format!("Upload: {en}")),
        Answer::Choice(_) | Answer::Entry { .. } | Answer::Cases { .. } => {
            Text::new(format!("請選擇「{zh}」"), format!("Choose: {en}"))
        }
        _ => Text::new(format!("請填寫「{zh}」"), format!("Fill in: {en}")),
    }
}

pub fn taken(field: &Field) -> Text {
    let (zh, en) = label(field);
    Text::new(
        format!("「{zh}」已用在別的申請，同一個不能再用"),
        format!("{en}: another application has the same; it cannot be used again"),
    )
}

pub fn too_long(field: &Field, length: usize, most: usize) -> Text {
    let (zh, en) = label(field);
    Text::new(
        format!("「{zh}」最多 {most} 個字，現在有 {length} 個"),
        format!("{en}: at most {most} characters, there are {length}"),
    )
}

pub fn control(field: &Field) -> Text {
    let (zh, en) = label(field);
    Text::new(
        format!("「{zh}」含有看不見的控制字元，請重新輸入"),
        format!("{en} holds invisible control characters: type it again"),
    )
}

pub fn turned(field: &Field) -> Text {
    let (zh, en) = label(field);
    Text::new(
        format!("「{zh}」含有改變文字方向的隱藏符號，請重新輸入"),
        format!("{en} holds hidden signs that turn the direction of text: type it again"),
    )
}

pub fn out_of_range(field: &Field, least: Amount, most: Amount) -> Text {
    let (zh, en) = label(field);
    Text::new(
        format!("「{zh}」請輸入 {least} 到 {most} 之間的數"),
        format!("{en}: enter a number from {least} to {most}"),
    )
}

pub fn no_number(field: &Field, least: Amount, most: Amount) -> Text {
    let (zh, en) = label(field);
    Text::new(
        format!("「{zh}」請輸入 {least} 到 {most} 之間的數字，例如 {}", example(least, most)),
        format!("{en}: enter a number from {least} to {most}, such as {}", example(least, most)),
    )
}

fn example(least: Amount, most: Amount) -> Amount {
    Amount::whole(500).clamp(least, most.max(least))
}

pub fn not_whole(field: &Field) -> Text {
    let (zh, en) = label(field);
    Text::new(format!("「{zh}」請輸入整數"), format!("{en}: enter a whole number"))
}

pub fn no_date(field: &Field, found: &str) -> Text {
    let (zh, en) = label(field);
    let found: String = found.chars().take(40).collect();
    Text::new(
        format!("「{zh}」的 {found} 不是日期，請寫成 2025-09-08 或 114/9/8"),
        format!("{en}: {found} is no date; write 2025-09-08"),
    )
}

/// What is to be granted until a day that is over.
pub fn over(field: &Field, day: Day) -> Text {
    let (zh, en) = label(field);
    Text::new(format!("「{zh}」{day} 已經過了，不能核准"), format!("{en}: {day} is over, so nothing can be granted"))
}

pub fn no_value(parameter: &str, day: Day) -> Text {
    Text::new(
        format!("參數 {parameter} 在 {day} 沒有適用的天數，不能核准"),
        format!("The parameter {parameter} has no number of days in force on {day}: nothing can be granted"),
    )
}

pub fn no_option(field: &Field, found: &str) -> Text {
    let (zh, en) = label(field);
    let found: String = found.chars().take(40).collect();
    Text::new(
        format!("「{zh}」沒有 {found} 這個選項，請從選項中選一個"),
        format!("{en}: there is no option {found}, choose one of those that there are"),
    )
}

pub fn entry_gone(field: &Field) -> Text {
    let (zh, en) = label(field);
    Text::new(
        format!("「{zh}」所選或所填的不在列表中（可能已移除），請從列表選一個"),
        format!("{en}: what was chosen or typed is not on the list (it may have been removed), choose one that is"),
    )
}

pub fn entry_elsewhere(field: &Field) -> Text {
    let (zh, en) = label(field);
    Text::new(
        format!("所選的「{zh}」不能用於這件申請（單位、學期或用途不符），請重新選擇"),
        format!("{en}: what was chosen does not fit this application (department, term or purpose), choose again"),
    )
}

pub fn case_gone(field: &Field) -> Text {
    let (zh, en) = label(field);
    Text::new(
        format!("所選的「{zh}」中有已不能使用的，請重新選擇"),
        format!("{en}: one of those that were chosen can no longer be used, choose again"),
    )
}

pub fn case_taken(field: &Field, case: &Entry) -> Text {
    let (zh, en) = label(field);
    let number = match case.says.get("@number") {
        Some(Value::Text(number)) => number.as_str(),
        Some(_) | None => "",
    };
    Text::new(
        format!("「{zh}」中的 {number} 已用在別的申請，一件只能用一次"),
        format!("{en}: {number} is used in another application already, and each is used once"),
    )
}

pub fn not_so_many(field: &Field, count: i64, found: i64) -> Text {
    let (zh, en) = label(field);
    Text::new(format!("「{zh}」要選 {count} 件，現在選了 {found} 件"), format!("{en}: choose {count}, not {found}"))
}

pub fn not_computed(field: &Field) -> Text {
    let (zh, en) = label(field);
    Text::new(
        format!("「{zh}」算不出來，請通知承辦單位；你填的內容都還在"),
        format!("{en} cannot be computed; tell the office. What you filled in is kept"),
    )
}

pub fn not_accepted(field: &Field) -> Text {
    let (zh, en) = label(field);
    Text::new(format!("「{zh}」不符合規定"), format!("{en} is not as it should be"))
}

pub fn rule_failed(problem: &Problem) -> Text {
    let place = format!("{}:{}", problem.file.display(), problem.line);
    Text::new(
        format!("規則出錯（{}，{place}），請通知承辦單位；你填的內容都還在", problem.code),
        format!("a rule failed ({}, {place}); tell the office. What you filled in is kept", problem.code),
    )
}
