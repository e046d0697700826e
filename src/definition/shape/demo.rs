//! Tables of `demo.yaml`: the school that `menkan demo` makes. Every word that a reader of the
//! demonstration sees stands there.

use super::{Is, Naming, Shape, may, needed, said};

const COUNT: Is = Is::Whole(0, 100_000);
const PERCENT: Is = Is::Whole(0, 100);
const YEAR: Is = Is::Whole(1, 3000);

pub const DEMO: Shape = Shape {
    name: "demo",
    about: said("示範資料，每校一份", "The demonstration, one a school"),
    fields: &[
        needed(
            "demo",
            Is::Whole(0, i64::MAX),
            said("種子：同一個數字產生同樣的資料", "the seed: the same number makes the same school"),
        ),
        needed("names", Is::Shape(&NAMES), said("姓名由此拼成", "what names are put together from")),
        needed("units", Is::List(&Is::Shape(&UNIT)), said("單位", "units")),
        needed("staff", Is::Shape(&STAFF), said("教職員", "staff")),
        needed(
            "classes",
            Is::Map(&Is::Of(Naming::Division), &Is::Shape(&CLASS)),
            said("各學制的班級", "classes by division"),
        ),
        needed("students", Is::Shape(&STUDENTS), said("學生", "students")),
        needed(
            "cohorts",
            Is::List(&Is::Shape(&COHORT)),
            said("各屆學生的人數與通過人數", "students by year, and what they pass"),
        ),
        may("others", Is::List(&Is::Shape(&OTHERS)), said("統計不計入的學生", "students whom figures leave out")),
        may("moves", Is::List(&Is::Shape(&MOVE)), said("轉系、轉班的學生", "students who changed department or class")),
        may(
            "credits",
            Is::Map(&Is::Of(Naming::Category), &Is::List(&Is::Shape(&SOURCE))),
            said("各類別的活動，認證由此產生", "what there is to take part in, by category: credits come from it"),
        ),
        may("records", Is::Shape(&RECORDS), said("認證的分布", "how credits are spread")),
        may(
            "mistakes",
            Is::List(&Is::Shape(&MISTAKE)),
            said("誤匯入而取消的認證", "credits imported in error and taken back"),
        ),
        needed("importer", Is::Line, said("匯入這些檔案的帳號", "the account in whose name the files are imported")),
        needed("accounts", Is::List(&Is::Shape(&ACCOUNT)), said("可以登入的帳號", "accounts with a password")),
        may("notices", Is::List(&Is::Shape(&NOTICE)), said("已寄出的通知", "notices that have been sent")),
        may("catalogues", Is::List(&Is::Shape(&CATALOGUE)), said("目錄的內容", "what catalogues hold")),
        may("cases", Is::List(&Is::Shape(&CASES)), said("各種狀態的案件", "cases in every state")),
    ],
    example: "demo: 1\nnames: {family: [陳, 林], first: [家, 怡], second: [豪, 君]}\nimporter: admin",
};

const NAMES: Shape = Shape {
    name: "demo_names",
    about: said("姓名的字", "Syllables of names"),
    fields: &[
        needed("family", Is::List(&Is::Line), said("姓", "family names")),
        needed("first", Is::List(&Is::Line), said("名的第一字", "first syllables")),
        needed("second", Is::List(&Is::Line), said("名的第二字", "second syllables")),
    ],
    example: "{family: [陳, 林], first: [家, 怡], second: [豪, 君]}",
};

const UNIT: Shape = Shape {
    name: "demo_unit",
    about: said("示範的單位", "A unit of the demonstration"),
    fields: &[
        needed(
            "code",
            Is::Line,
            said("代碼；定義中已有的單位就寫它的代號", "its code; of a unit of the definitions, its name"),
        ),
        needed("name", Is::Line, said("名稱", "what people call it")),
        may("college", Is::Line, said("學院", "its college")),
        needed("kind", Is::Of(Naming::UnitKind), said("類別", "its kind")),
        may("number", Is::Line, said("學號中代表它的數字", "what stands for it in student numbers")),
    ],
    example: "{code: ME, name: 機械系, college: 工程學院, kind: department, number: \"12\"}",
};

const STAFF: Shape = Shape {
    name: "demo_staff",
    about: said("示範的教職員", "Staff of the demonstration"),
    fields: &[
        needed("email", Is::Line, said("電子郵件，{account} 是帳號", "their address, with {account}")),
        needed("people", Is::List(&Is::Shape(&PERSON)), said("誰擔任什麼角色", "who holds which role")),
        may("tutors", Is::Shape(&TUTORS), said("帶班老師；不寫則班級沒有", "tutors of classes; none where not said")),
    ],
    example: "{email: \"{account}@example.edu.tw\", people: [{role: clerk, each: department, account: \"clerk.{unit}\"}]}",
};

const PERSON: Shape = Shape {
    name: "demo_person",
    about: said("一個角色的人", "Holders of a role"),
    fields: &[
        needed("role", Is::Of(Naming::Role), said("角色", "the role")),
        may("each", Is::Of(Naming::UnitKind), said("這類單位各一人", "one person for every unit of this kind")),
        may("unit", Is::Line, said("只在這個單位（代碼）", "only in this unit, by code")),
        needed("account", Is::Line, said("帳號，{unit} 是單位代碼", "their account, with {unit}")),
    ],
    example: "{role: clerk, each: department, account: \"clerk.{unit}\"}",
};

const TUTORS: Shape = Shape {
    name: "demo_tutors",
    about: said("帶班老師", "Tutors of classes"),
    fields: &[
        needed("role", Is::Of(Naming::Role), said("角色", "the role")),
        needed("account", Is::Line, said("帳號，{unit} 是單位代碼，{n} 是序號", "their account, with {unit} and {n}")),
        may("second_every", Is::Whole(1, 1000), said("每幾班有一班兩位老師", "one class in so many has two tutors")),
        may(
            "same_every",
            Is::Whole(1, 1000),
            said("每幾班有一班與前一班同一位老師", "one class in so many has the tutor of the class before"),
        ),
    ],
    example: "{role: tutor, account: \"tutor.{unit}{n}\", second_every: 9}",
};

const CLASS: Shape = Shape {
    name: "demo_class",
    about: said("一個學制的班級", "Classes of a division"),
    fields: &[
        needed("size", Is::Whole(1, 1000), said("一班最多幾人", "at most so many students a class")),
        needed(
            "letters",
            Is::Map(&Is::Line, &Is::Line),
            said(
                "班別：代碼中的字與名稱中的字",
                "which class: a letter of the code, and what stands for it in the name",
            ),
        ),
        needed(
            "code",
            Is::Line,
            said("代碼，用 {unit}、{admitted}、{letter}", "its code, with {unit}, {admitted} and {letter}"),
        ),
        needed(
            "name",
            Is::Line,
            said("名稱，用 {unit}、{year}、{letter}", "its name, with {unit}, {year} and {letter}"),
        ),
        needed("years", Is::List(&Is::Line), said("各年級的字", "words for the years of study, first to last")),
    ],
    example: "{size: 50, letters: {A: 甲, B: 乙}, code: \"{unit}{admitted}{letter}\", name: \"{unit}{year}{letter}\", years: [一, 二, 三, 四]}",
};

const STUDENTS: Shape = Shape {
    name: "demo_students",
    about: said("學生的共同資料", "What is common to students"),
    fields: &[
        needed(
            "number",
            Is::Line,
            said(
                "學號，用 {division}、{admitted}、{unit}、{seq}",
                "their number, with {division}, {admitted}, {unit} and {seq}",
            ),
        ),
        needed("email", Is::Line, said("電子郵件，{student} 是學號", "their address, with {student}")),
        may(
            "national_id",
            Is::Line,
            said(
                "身分證字號，{number} 是學號去掉第一碼",
                "their national ID, with {number}: the student's without its first letter",
            ),
        ),
        needed("status", Is::Of(Naming::Status), said("在學狀態", "their state of enrolment")),
        may(
            "graduated",
            Is::Of(Naming::Status),
            said("全部通過者，最後一學年結束後的狀態", "the state after the final year of those who passed everything"),
        ),
    ],
    example: "{number: \"{admitted}{unit}{seq}\", email: \"s{student}@example.edu.tw\", status: enrolled}",
};

const COHORT: Shape = Shape {
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

const OTHERS: Shape = Shape {
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

const MOVE: Shape = Shape {
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

const SOURCE: Shape = Shape {
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

const RECORDS: Shape = Shape {
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

const MISTAKE: Shape = Shape {
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

const ACCOUNT: Shape = Shape {
    name: "demo_account",
    about: said("可以登入的帳號", "An account with a password"),
    fields: &[
        needed("who", Is::Text, said("是誰", "who it is")),
        needed("password", Is::Line, said("密碼", "the password")),
        may("account", Is::Line, said("教職員的帳號", "of a member of staff")),
        may("admitted", YEAR, said("或這一屆的學生", "or of a student of this year")),
        may(
            "passed",
            Is::YesNo,
            said(
                "這位學生是否全部通過；不寫則都可",
                "whether that student has passed everything; either where not said",
            ),
        ),
        may("tutor", Is::YesNo, said("或這一屆帶最多班的老師", "or whoever is tutor of most classes of this year")),
        may(
            "files",
            Is::List(&Is::Of(Naming::Case)),
            said(
                "這位學生有這些案件，各種走法的第一件都是",
                "kinds of case that this student has: the first of each walk",
            ),
        ),
    ],
    example: "{who: {zh-TW: 學生, en: Student}, admitted: 114, files: leave, password: demo-student}",
};

const NOTICE: Shape = Shape {
    name: "demo_notice",
    about: said("已寄出的通知", "A notice that has been sent"),
    fields: &[
        needed("notice", Is::Of(Naming::Notice), said("哪一種", "which notice")),
        needed("on", Is::Day, said("哪一天", "the day")),
        may("at", Is::Time, said("幾點；不寫為 09:00", "the hour; 09:00 where not said")),
    ],
    example: "{notice: week-8, on: 2026-10-30, at: \"09:00\"}",
};

const CATALOGUE: Shape = Shape {
    name: "demo_catalogue",
    about: said("一份目錄的內容", "What a catalogue holds"),
    fields: &[
        needed("catalogue", Is::Of(Naming::Catalogue), said("哪一份目錄", "which catalogue")),
        may(
            "terms",
            Is::List(&Is::Term),
            said("哪些學期；分學期的目錄用", "for these terms, where each term has its own"),
        ),
        may(
            "each",
            Is::Whole(1, 1000),
            said("每一份取幾項；不寫則全部", "so many entries on each list; all where not said"),
        ),
        needed(
            "entries",
            Is::List(&Is::Map(&Is::Name, &Is::Line)),
            said("各項：欄位與內容，照填寫的樣子", "entries: by field, as they would be typed"),
        ),
    ],
    example: "{catalogue: courses, terms: 114-1, entries: [{code: \"001\", name: 程式設計}]}",
};

const CASES: Shape = Shape {
    name: "demo_cases",
    about: said("一種案件", "Cases of one kind"),
    fields: &[
        needed("case", Is::Of(Naming::Case), said("哪一種案件", "which kind of case")),
        needed("admitted", Is::List(&YEAR), said("由哪幾屆學生申請", "filed by students of these years")),
        needed("division", Is::Of(Naming::Division), said("他們的學制", "of this division")),
        may(
            "from",
            Is::Day,
            said(
                "自這天起陸續申請；不寫則在最近的申請區間內",
                "begun from this day on; in the latest window where not said",
            ),
        ),
        may("to", Is::Day, said("至這天", "until this day")),
        may("each", Is::Whole(1, 100), said("一人最多幾件；不寫為 1", "at most so many a student; 1 where not said")),
        may(
            "answers",
            Is::Map(&Is::Name, &ANSWERS),
            said(
                "欄位的答案；沒有寫到的欄位依種類產生。文字可用 {n}、{student}",
                "answers by field; what is not said is made from what the field is. A text may have {n} and {student}",
            ),
        ),
        may(
            "profile",
            Is::Map(&Is::Name, &ANSWERS),
            said("申請人的基本資料，同上", "the same for the applicant's profile"),
        ),
        needed("walks", Is::List(&Is::Shape(&WALK)), said("各走到哪裡", "how far they go")),
    ],
    example: "{case: leave, admitted: 114, division: day-4, answers: {reason: [家中有事]}, walks: [{count: 5, steps: [{do: submit}]}]}",
};

const ANSWERS: Is = Is::Either(&[Is::Line, Is::List(&Is::Line), Is::Shape(&BETWEEN)]);

const BETWEEN: Shape = Shape {
    name: "demo_between",
    about: said("兩天之間", "Between two days"),
    fields: &[
        needed("from", Is::Day, said("自這天", "from this day")),
        needed("to", Is::Day, said("至這天", "to this day")),
    ],
    example: "{from: 2026-08-05, to: 2026-10-30}",
};

const WALK: Shape = Shape {
    name: "demo_walk",
    about: said("同樣走法的幾件", "So many cases that go the same way"),
    fields: &[
        needed("count", COUNT, said("幾件", "how many")),
        may(
            "answers",
            Is::Map(&Is::Name, &ANSWERS),
            said("這幾件另有的答案", "answers that are said otherwise of these"),
        ),
        may(
            "steps",
            Is::List(&Is::Shape(&STEP)),
            said("依序的移動；不寫則停在開始的狀態", "its moves in order; none leaves it where it begins"),
        ),
        may(
            "then_profile",
            Is::Map(&Is::Name, &Is::Line),
            said("之後申請人改了這些基本資料", "what each applicant then changes in the profile"),
        ),
        may(
            "batch",
            Is::Of(Naming::Budget),
            said("之後把能付的列入一批", "after them, what can be paid of this budget goes into a batch"),
        ),
    ],
    example: "{count: 5, steps: [{do: submit}, {do: return, note: 請補件, fields: reason}]}",
};

const STEP: Shape = Shape {
    name: "demo_step",
    about: said("一個移動", "One move"),
    fields: &[
        needed("do", Is::Name, said("哪一個移動", "which move")),
        may("note", Is::Line, said("備註", "its note")),
        may("fields", Is::List(&Is::Name), said("點名要修改的欄位", "the fields that are named to be mended")),
        may(
            "answers",
            Is::Map(&Is::Name, &ANSWERS),
            said(
                "移動所問的欄位的答案；沒有寫到的依種類產生",
                "answers to what the move asks for; what is not said is made from what the field is",
            ),
        ),
    ],
    example: "{do: return, note: 請補件, fields: [reason]}",
};
