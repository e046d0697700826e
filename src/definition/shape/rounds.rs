//! Tables of when cases may be filed, once or in each year, with what else is due, and of the
//! exports by round.

use super::{Is, Naming, Shape, Word, may, needed, said, word};

pub const WINDOWS: Shape = Shape {
    name: "windows",
    about: said("申請區間，一檔一組", "Windows, one set a file"),
    fields: &[
        needed("windows", Is::Defines(Naming::Windows), said("代號", "its name")),
        needed("title", Is::Text, said("名稱", "what people call it")),
        needed(
            "rounds",
            Is::Map(&Is::Line, &Is::Either(&[Is::Shape(&ROUND), Is::Shape(&YEARLY)])),
            said("各區間；可同時開放好幾個", "its windows; several may be open at once"),
        ),
    ],
    example: "windows: leave-rounds\ntitle: 申請區間\nrounds:\n  111-1: {title: 111 上, opens: 2024-02-01, closes: 2024-05-31, covers_from: 2022-09-01, covers_to: 2023-01-31}\n  spring: {each: year, since: 2025, title: \"{academic_year} 春\", opens: 03-15, closes: 03-31}",
};

const ROUND: Shape = Shape {
    name: "round",
    about: said("一個申請區間", "One window"),
    fields: &[
        needed("title", Is::Text, said("名稱", "what people call it")),
        needed("opens", Is::Day, said("開始日", "the day it opens")),
        may("opens_at", Is::Time, said("幾點開始；不寫為 00:00", "the hour it opens; 00:00 where not said")),
        needed("closes", Is::Day, said("截止日，含當日", "its last day, included")),
        may(
            "closes_at",
            Is::Time,
            said(
                "當日幾點截止；不寫則到當日結束",
                "the hour of that day at which it closes; the end of the day where not said",
            ),
        ),
        may(
            "covers_from",
            Is::Day,
            said(
                "涵蓋的證明日期，自這天（含）；不寫則不限",
                "covers evidence from this day on, included; from any day where not said",
            ),
        ),
        may(
            "covers_to",
            Is::Day,
            said(
                "涵蓋的證明日期，至這天（含）；不寫則不限",
                "covers evidence to this day, included; to any day where not said",
            ),
        ),
        may(
            "departments",
            Is::List(&Is::Line),
            said(
                "只開放給哪些單位（代碼或名稱）的學生；不寫則全部",
                "only for students of these departments, by code or name; for all where not said",
            ),
        ),
        may(
            "groups",
            Is::List(&Is::Of(Naming::Group)),
            said("只開放給哪些對象；不寫則全部", "only for these groups; for all where not said"),
        ),
        may(
            "dates",
            Is::Map(&Is::Name, &Is::Shape(&ROUND_DATE)),
            said("還有哪些日期，例如審查截止", "what else is due, such as the end of the review"),
        ),
    ],
    example: "{title: 111 上, opens: 2024-02-01, closes: 2024-05-31, closes_at: \"17:00\"}",
};

const YEARLY: Shape = Shape {
    name: "yearly_round",
    about: said(
        "每年都有的申請區間：每年一個，代號是 年-鍵，例如 114-spring",
        "A window that comes back each year: one a year, named YEAR-KEY, such as 114-spring",
    ),
    fields: &[
        needed("each", Is::Choice(EACH), said("多久一次", "how often")),
        needed("since", CALENDAR_YEAR, said("第一次開始的那年（西元）", "the calendar year in which it first opens")),
        may(
            "until",
            CALENDAR_YEAR,
            said(
                "最後一次開始的那年（西元）；不寫為 2100",
                "the calendar year in which it last opens; 2100 where not said",
            ),
        ),
        needed(
            "title",
            Is::Text,
            said(
                "名稱；其中的 {year} 換成開始那天的年，{academic_year} 換成那天的學年度，都照學校的算法",
                "what people call it; {year} in it becomes the year of the day it opens, {academic_year} that day's academic year, both as the school counts",
            ),
        ),
        needed("opens", Is::MonthDay, said("開始日", "the day it opens")),
        may("opens_at", Is::Time, said("幾點開始；不寫為 00:00", "the hour it opens; 00:00 where not said")),
        needed(
            "closes",
            Is::MonthDay,
            said("開始之後的這一天截止，含當日", "its last day, included: the first such day from then on"),
        ),
        may(
            "closes_at",
            Is::Time,
            said(
                "當日幾點截止；不寫則到當日結束",
                "the hour of that day at which it closes; the end of the day where not said",
            ),
        ),
        may(
            "covers_from",
            Is::MonthDay,
            said(
                "涵蓋的證明日期，自 covers_to 之前最近的這一天（含）；不寫則不限",
                "covers evidence from the last such day before covers_to on, included; from any day where not said",
            ),
        ),
        may(
            "covers_to",
            Is::MonthDay,
            said(
                "涵蓋的證明日期，至截止之前最近的這一天（含）；不寫則不限",
                "covers evidence to the last such day before it closes, included; to any day where not said",
            ),
        ),
        may(
            "departments",
            Is::List(&Is::Line),
            said(
                "只開放給哪些單位（代碼或名稱）的學生；不寫則全部",
                "only for students of these departments, by code or name; for all where not said",
            ),
        ),
        may(
            "groups",
            Is::List(&Is::Of(Naming::Group)),
            said("只開放給哪些對象；不寫則全部", "only for these groups; for all where not said"),
        ),
        may(
            "dates",
            Is::Map(&Is::Name, &Is::Shape(&YEARLY_DATE)),
            said("還有哪些日期，例如審查截止", "what else is due, such as the end of the review"),
        ),
    ],
    example: "{each: year, since: 2023, title: \"{year} 年度第 1 梯次\", opens: 03-15, closes: 03-31, covers_from: 08-01, covers_to: 01-31}",
};

const EACH: &[Word] = &[word("year", "每年一次", "once a year")];

const CALENDAR_YEAR: Is = Is::Whole(1912, 2100);

const ROUND_DATE: Shape = Shape {
    name: "round_date",
    about: said("一個區間的另一個日期", "A further date of a window"),
    fields: &[
        needed("title", Is::Text, said("這天之前要做什麼", "what is to be done by then")),
        needed("on", Is::Day, said("最後一天，含當日", "the last day, included")),
        may(
            "reminds",
            Is::Line,
            said(
                "提醒誰：own department 角色、單位 角色；不寫則不提醒",
                "whom it reminds: own department ROLE, UNIT ROLE; nobody where not said",
            ),
        ),
        may(
            "working_days_before",
            Is::Whole(0, 60),
            said("幾個工作天前提醒；不寫為 3", "so many working days before; 3 where not said"),
        ),
    ],
    example: "{title: 審查截止, on: 2024-04-10, reminds: own department clerk, working_days_before: 3}",
};

const YEARLY_DATE: Shape = Shape {
    name: "yearly_date",
    about: said("每年的區間的另一個日期", "A further date of a window of each year"),
    fields: &[
        needed("title", Is::Text, said("這天之前要做什麼", "what is to be done by then")),
        needed(
            "on",
            Is::MonthDay,
            said("最後一天，含當日：開始之後的這一天", "the last day, included: the first such day after it opens"),
        ),
        may(
            "reminds",
            Is::Line,
            said(
                "提醒誰：own department 角色、單位 角色；不寫則不提醒",
                "whom it reminds: own department ROLE, UNIT ROLE; nobody where not said",
            ),
        ),
        may(
            "working_days_before",
            Is::Whole(0, 60),
            said("幾個工作天前提醒；不寫為 3", "so many working days before; 3 where not said"),
        ),
    ],
    example: "{title: 審查截止, on: 04-10, reminds: own department clerk, working_days_before: 3}",
};

pub const EXPORT: Shape = Shape {
    name: "export",
    about: said("一個梯次的案件匯出成表", "A table of a window's cases"),
    fields: &[
        needed("title", Is::Text, said("名稱", "what people call it")),
        may(
            "states",
            Is::List(&Is::Name),
            said("哪些狀態的案件；不寫則全部", "cases in which states; in any where not said"),
        ),
        needed(
            "columns",
            Is::List(&Is::Line),
            said(
                "欄位，照順序：表單或移動的欄位、目錄欄位的一項（課程.名稱）、profile.欄位，以及 case number、student number、name、class、department、state、sent on",
                "its columns, in order: fields of the form or of a move, what an entry says (course.name), profile.FIELD, and case number, student number, name, class, department, state, sent on",
            ),
        ),
        may(
            "file",
            Is::Line,
            said(
                "檔名，不含副檔名；其中的 YYYYMMDDHHMM 換成匯出的時刻",
                "the file's name without its ending; YYYYMMDDHHMM in it becomes the moment",
            ),
        ),
        may("signs", Is::List(&Is::Text), said("紙本清冊上誰要簽章", "who signs the list on paper")),
    ],
    example: "{title: 通過, states: passed, columns: [student number, name, subsidy], file: License_YYYYMMDDHHMM, signs: [承辦人, 主管]}",
};
