//! Tables of notices.

use super::{Is, Naming, Shape, Word, may, needed, said, word};

pub const NOTICE: Shape = Shape {
    name: "notice",
    about: said("通知，一檔一種", "A notice, one a file"),
    fields: &[
        needed("notice", Is::Defines(Naming::Notice), said("代號", "its name")),
        needed("title", Is::Text, said("名稱", "what people call it")),
        needed(
            "due",
            Is::Either(&[Is::Choice(BY_HAND), Is::Shape(&WEEK), Is::Shape(&MONTHLY)]),
            said("何時寄", "when it is due"),
        ),
        needed("letters", Is::Map(&Is::Name, &Is::Shape(&LETTER)), said("寄哪些信", "the letters it sends")),
    ],
    example: "notice: week-8\ntitle: {zh-TW: 第八週通知, en: Week 8 notice}\ndue: {term: 1, week: 8, day: friday, at: \"09:00\"}\nletters:\n  unfinished: {to: students, who: not passed, template: unfinished}",
};

const BY_HAND: &[Word] = &[word("by hand", "由人決定", "only when a person sends it")];

const WEEK: Shape = Shape {
    name: "due_week",
    about: said("學期的第幾週", "In a week of a term"),
    fields: &[
        needed("term", Is::Whole(1, 9), said("第幾學期", "number of the term")),
        needed(
            "week",
            Is::Whole(1, 30),
            said("第幾週，由開學日起算", "the week, counted from the first day of classes"),
        ),
        needed("day", Is::Choice(WEEKDAYS), said("星期幾", "the weekday")),
        may("at", Is::Time, said("幾點；不寫為 09:00", "the hour; 09:00 where not said")),
    ],
    example: "{term: 1, week: 8, day: friday, at: \"09:00\"}",
};

const MONTHLY: Shape = Shape {
    name: "due_monthly",
    about: said("學期中每月", "In every month of a term"),
    fields: &[
        needed("term", Is::Whole(1, 9), said("第幾學期", "number of the term")),
        needed("monthly", Is::Whole(1, 28), said("每月幾日", "the day of the month")),
        may("at", Is::Time, said("幾點；不寫為 09:00", "the hour; 09:00 where not said")),
    ],
    example: "{term: 2, monthly: 5, at: \"09:00\"}",
};

pub const WEEKDAYS: &[Word] = &[
    word("monday", "星期一", "Monday"),
    word("tuesday", "星期二", "Tuesday"),
    word("wednesday", "星期三", "Wednesday"),
    word("thursday", "星期四", "Thursday"),
    word("friday", "星期五", "Friday"),
    word("saturday", "星期六", "Saturday"),
    word("sunday", "星期日", "Sunday"),
];

const LETTER: Shape = Shape {
    name: "letter",
    about: said("一種信", "A kind of letter"),
    fields: &[
        may(
            "title",
            Is::Text,
            said("名稱；不寫就以收件人稱呼", "what people call it; by whom it is for where not said"),
        ),
        needed("to", Is::Phrase(TO, TO_OF), said("收件人", "whom it goes to")),
        may("who", Is::Choice(WHO), said("哪些學生；只用於 to: students", "which students; only with to: students")),
        may("once", Is::Name, said("同一名稱的信，一人一生只收一次", "under this name a person is told once, ever")),
        needed("template", Is::Name, said("信件範本", "the template of the mail")),
        may("attach", Is::Choice(ATTACH), said("附件", "what goes with it")),
    ],
    example: "{to: students, who: passed, once: all-passed, template: passed}",
};

const TO: &[Word] = &[
    word("students", "應屆畢業生", "final-year students"),
    word("tutors", "應屆畢業班的帶班老師，一班一封", "tutors of final-year classes, a letter a class"),
    word(
        "department heads",
        "看得到自己單位的人，一單位一封",
        "those who see their own department, a letter a department",
    ),
];

const TO_OF: &[(Word, Naming)] = &[
    (
        word("students missing", "某一門檻未通過的學生", "students who have not passed a requirement"),
        Naming::Requirement,
    ),
    (word("office of", "某一門檻的承辦單位", "the office of a requirement"), Naming::Requirement),
];

pub const WHO: &[Word] = &[
    word("all", "全部", "all"),
    word("passed", "全部通過的", "who have passed all"),
    word("not passed", "尚未全部通過的", "who have not passed all"),
];

const ATTACH: &[Word] = &[word("roster", "名冊", "the roster as a spreadsheet")];
