//! What a value is, in words for the author of a file.

use super::{Is, Naming, Said, Word, said};
use crate::lang::{Lang, Text};

impl Said {
    pub fn text(self) -> Text {
        Text::new(self.zh, self.en)
    }

    pub fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::ZhTw => self.zh,
            Lang::En => self.en,
        }
    }
}

impl Naming {
    /// Whether it is the school's own file that defines such things.
    pub fn is_of_the_school(self) -> bool {
        match self {
            Naming::School | Naming::Division | Naming::Status | Naming::UnitKind | Naming::Unit | Naming::Role => true,
            Naming::Group | Naming::Parameter | Naming::Category | Naming::Requirement | Naming::Notice => false,
            Naming::Case | Naming::Windows | Naming::Catalogue | Naming::Budget | Naming::Profile => false,
        }
    }

    /// What such a thing is called, in the singular.
    pub fn said(self) -> Said {
        match self {
            Naming::School => said("學校", "school"),
            Naming::Division => said("學制", "division"),
            Naming::Status => said("在學狀態", "status"),
            Naming::UnitKind => said("單位類別", "kind of unit"),
            Naming::Unit => said("單位", "unit"),
            Naming::Role => said("角色", "role"),
            Naming::Group => said("適用對象", "group"),
            Naming::Parameter => said("參數", "parameter"),
            Naming::Category => said("類別", "category"),
            Naming::Requirement => said("門檻", "requirement"),
            Naming::Notice => said("通知", "notice"),
            Naming::Case => said("案件", "case"),
            Naming::Windows => said("申請區間", "set of windows"),
            Naming::Catalogue => said("目錄", "catalogue"),
            Naming::Budget => said("預算", "budget"),
            Naming::Profile => said("基本資料", "profile"),
        }
    }
}

/// What is allowed where `is` stands.
pub fn describe(is: &Is) -> Text {
    match is {
        Is::Text => Text::new("文字，或 {zh-TW: 中文, en: 英文}", "a text, or {zh-TW: …, en: …}"),
        Is::Line => Text::new("文字", "a text"),
        Is::Name | Is::Defines(_) => Text::new(
            "代號：小寫英文字母開頭，可含數字、- 與 _",
            "a name: a lower-case letter, then letters, digits, - and _",
        ),
        Is::OptionName => Text::new(
            "代號：小寫英文字母或數字開頭，可含 - 與 _",
            "a name: a lower-case letter or digit, then letters, digits, - and _",
        ),
        Is::Of(naming) => {
            let Said { zh, en } = naming.said();
            Text::new(format!("一個{zh}的代號"), format!("the name of a {en}"))
        }
        Is::Whole(least, most) if least == most => Text::new(format!("{least}"), format!("{least}")),
        Is::Whole(least, most) => {
            Text::new(format!("{least} 到 {most} 的整數"), format!("a whole number from {least} to {most}"))
        }
        Is::Amount { above_zero: true } => {
            Text::new("大於 0 的數，最多兩位小數", "a number above 0 with at most two decimals")
        }
        Is::Amount { above_zero: false } => {
            Text::new("0 以上的數，最多兩位小數", "a number not below 0 with at most two decimals")
        }
        Is::YesNo => Text::new("true 或 false", "true or false"),
        Is::Holds => Text::new(
            "true、false，或對表單欄位的條件，例如 course.level > 1",
            "true, false, or a condition on fields of the form, such as course.level > 1",
        ),
        Is::Day => Text::new("日期，例如 2025-09-08", "a date such as 2025-09-08"),
        Is::DayOrAgo => Text::new(
            "日期，例如 2025-09-08；或示範的幾天前：10 days ago、today",
            "a date such as 2025-09-08, or so many days before the demonstration's own: 10 days ago, today",
        ),
        Is::MonthDay => Text::new("月日，例如 06-01（不含 02-29）", "a month and day such as 06-01 (not 02-29)"),
        Is::Term => Text::new("學期，例如 114-1", "a term such as 114-1"),
        Is::Time => Text::new("時刻，例如 \"09:00\"", "a time of day such as \"09:00\""),
        Is::Zone => Text::new("時區，例如 Asia/Taipei", "a time zone such as Asia/Taipei"),
        Is::Link => Text::new("https:// 或 http:// 開頭的網址", "an address that begins with https:// or http://"),
        Is::Domain => Text::new("網域，例如 example.edu.tw", "a domain such as example.edu.tw"),
        Is::Rule => Text::new("腳本::函式，例如 thresholds::enough", "script::function, such as thresholds::enough"),
        Is::Choice(words) => one_of(words),
        Is::Phrase(words, with_name) => {
            let phrases: Vec<String> = words
                .iter()
                .map(|word| word.word.to_owned())
                .chain(with_name.iter().map(|(word, naming)| format!("{} <{}>", word.word, naming.said().en)))
                .collect();
            Text::new(format!("可用：{}", phrases.join("、")), format!("one of: {}", phrases.join(", ")))
        }
        Is::Shape(shape) => {
            let keys: Vec<&str> = shape.keys().collect();
            Text::new(
                format!("{}：有 {} 這些鍵", shape.about.zh, keys.join("、")),
                format!("a mapping with the keys {}", keys.join(", ")),
            )
        }
        Is::List(item) => {
            let item = describe(item);
            Text::new(format!("清單，每項是{}", item.zh), format!("a list, each item {}", item.get(Lang::En)))
        }
        Is::Names(naming, _) => {
            let Said { zh, en } = naming.said();
            Text::new(format!("「{zh}代號: 內容」的對應"), format!("a mapping from the name of a {en} to what it is"))
        }
        Is::Map(key, value) => {
            let (key, value) = (describe(key), describe(value));
            Text::new(
                format!("對應：鍵是{}，值是{}", key.zh, value.zh),
                format!("a mapping: keys {}, values {}", key.get(Lang::En), value.get(Lang::En)),
            )
        }
        Is::Either(forms) => {
            let forms: Vec<Text> = forms.iter().map(describe).collect();
            let join = |lang, between: &str| {
                forms.iter().map(|form| form.get(lang).to_owned()).collect::<Vec<_>>().join(between)
            };
            Text::new(join(Lang::ZhTw, "；或"), join(Lang::En, "; or "))
        }
    }
}

fn one_of(words: &[Word]) -> Text {
    let words: Vec<&str> = words.iter().map(|word| word.word).collect();
    match words.as_slice() {
        [only] => Text::new(format!("「{only}」"), format!("`{only}`")),
        _ => Text::new(format!("可用：{}", words.join("、")), format!("one of: {}", words.join(", "))),
    }
}
