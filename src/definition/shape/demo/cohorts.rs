//! Tables of the demonstration's students by year, what they pass, and where their credits come from.

use super::super::{Is, Naming, Shape, may, needed, said};
use super::{COUNT, PERCENT, YEAR};

pub(super) const COHORT: Shape = Shape {
    name: "demo_cohort",
    about: said("一屆學生", "Students of one year"),
    fields: &[
        needed("admitted", YEAR, said("入學學年度", "academic year of admission")),
        needed("division", Is::Of(Naming::Division), said("學制", "their division")),
        may(
            "on",
            Is::Day,
            said(
                "這一天的統計就是這些數字；有門檻時要有",
                "the day whose figures these are; needed where there are requirements",
            ),
        ),
        may(
            "published",
            Is::YesNo,
            said(
                "這些數字是公布過的；開始示範時會說在哪裡",
                "these figures were published: the demonstration says where to see them",
            ),
        ),
        may(
            "until",
            Is::Day,
            said("認證產生到這一天；不寫同 on", "credits go on until this day; until `on` where not said"),
        ),
        may("all", COUNT, said("全部通過的人數", "how many pass everything")),
        may(
            "requirements",
            Is::List(&Is::Of(Naming::Requirement)),
            said("departments 各欄是哪些門檻", "the requirements whose counts stand in departments"),
        ),
        may(
            "departments",
            Is::Map(&Is::Line, &Is::List(&COUNT)),
            said(
                "單位代碼：學生人數，再依序是各門檻通過的人數",
                "by code of the unit: students, then those who pass each of the requirements",
            ),
        ),
        may("like", Is::Shape(&LIKE), said("與另一屆成比例", "in proportion to another year")),
    ],
    example: "{admitted: 114, division: day-4, departments: {ME: 40}}",
};

const LIKE: Shape = Shape {
    name: "demo_like",
    about: said("與另一屆的比例", "In proportion to another year"),
    fields: &[
        needed("admitted", YEAR, said("哪一屆", "that year of admission")),
        needed("students_percent", Is::Whole(0, 1000), said("人數的百分比", "so many of a hundred students")),
        needed("passed_percent", PERCENT, said("通過人數的百分比", "so many of a hundred who pass")),
    ],
    example: "{admitted: 113, students_percent: 97, passed_percent: 88}",
};

pub(super) const OTHERS: Shape = Shape {
    name: "demo_others",
    about: said("統計不計入的學生", "Students whom figures leave out"),
    fields: &[
        needed("count", COUNT, said("人數", "how many")),
        needed("admitted", YEAR, said("入學學年度", "academic year of admission")),
        needed("division", Is::Of(Naming::Division), said("學制", "their division")),
        may(
            "statuses",
            Is::Map(&Is::Day, &Is::Of(Naming::Status)),
            said("自某日起的在學狀態", "further states of enrolment, each from a day on"),
        ),
    ],
    example: "{count: 40, admitted: 113, division: day-4, statuses: {2025-02-01: leave}}",
};

pub(super) const MOVE: Shape = Shape {
    name: "demo_move",
    about: said("轉系、轉班", "Students who changed their place"),
    fields: &[
        needed("count", COUNT, said("人數", "how many")),
        needed("admitted", YEAR, said("入學學年度", "academic year of admission")),
        needed("division", Is::Of(Naming::Division), said("學制", "their division")),
        needed("on", Is::Day, said("自這天起在現在的班", "the day from which they are where they are now")),
        may("department", Is::YesNo, said("是轉系，不只轉班", "from another department, and not only another class")),
    ],
    example: "{count: 12, admitted: 113, division: day-4, on: 2025-08-01, department: true}",
};

pub(super) const SOURCE: Shape = Shape {
    name: "demo_source",
    about: said("一種活動", "Something to take part in"),
    fields: &[
        needed(
            "name",
            Is::Line,
            said("認證的名稱，用 {topic}、{term}、{n}", "what the credit is called, with {topic}, {term} and {n}"),
        ),
        needed(
            "topics",
            Is::Map(&Is::Line, &Is::Amount { above_zero: true }),
            said("主題與各自的數量", "topics, and what each is worth"),
        ),
        may(
            "each_term",
            Is::Whole(1, 100),
            said(
                "每學期幾場；不寫則每人各自的日子",
                "so many sessions a term; each on a day of their own where not said",
            ),
        ),
        needed("recorded_after", Is::Shape(&DAYS), said("幾天後登錄", "so many days until it is entered")),
        may(
            "weight",
            Is::Whole(1, 100),
            said("比其他的常見幾倍；不寫為 1", "so many times as common as others; 1 where not said"),
        ),
    ],
    example: "{name: \"{term} 講座：{topic}\", topics: {時間管理: 1}, each_term: 3, recorded_after: {from: 1, to: 7}}",
};

const DAYS: Shape = Shape {
    name: "demo_days",
    about: said("幾天", "So many days"),
    fields: &[
        needed("from", Is::Whole(0, 366), said("最少", "at least")),
        needed("to", Is::Whole(0, 366), said("最多", "at most")),
    ],
    example: "{from: 1, to: 7}",
};

pub(super) const RECORDS: Shape = Shape {
    name: "demo_records",
    about: said("認證的分布，以百分比說", "How credits are spread, in percent"),
    fields: &[
        may("later_percent", PERCENT, said("未通過者之後補上的", "of those who miss a requirement, who do it later")),
        may("more_percent", PERCENT, said("通過者繼續累積的", "of those who pass, who go on")),
        may(
            "uncounted_percent",
            PERCENT,
            said("有尚未採計的紀錄的", "who have records from before their category counted"),
        ),
        may("others_percent", PERCENT, said("統計不計入者通過的", "of students whom figures leave out, who pass")),
    ],
    example: "{later_percent: 58, more_percent: 9}",
};

pub(super) const MISTAKE: Shape = Shape {
    name: "demo_mistake",
    about: said("誤匯入而取消的認證", "Credits imported in error and taken back"),
    fields: &[
        needed("category", Is::Of(Naming::Category), said("類別", "their category")),
        needed("name", Is::Line, said("名稱", "what they are called")),
        needed("amount", Is::Amount { above_zero: true }, said("數量", "so much each")),
        needed("happened", Is::Day, said("發生日期", "the day on which it happened")),
        needed("recorded", Is::Day, said("匯入日期", "the day of the import")),
        needed("taken_back", Is::Day, said("取消日期", "the day on which it was taken back")),
        needed("admitted", YEAR, said("哪一屆學生", "of students of this year")),
        needed("students", COUNT, said("幾位學生", "so many students")),
    ],
    example: "{category: volunteering, name: 重複匯入, amount: 5, happened: 2025-03-12, recorded: 2025-03-20, taken_back: 2025-03-21, admitted: 113, students: 40}",
};
