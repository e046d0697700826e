//! Tables of `demo.yaml`: the school that `menkan demo` makes. Every word that a reader of the
//! demonstration sees stands there.

mod cases;
mod cohorts;

use super::{Is, Naming, Shape, may, needed, said};
use cases::{ANSWERS, CASES, CATALOGUE};
use cohorts::{COHORT, MISTAKE, MOVE, OTHERS, RECORDS, SOURCE};

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
        may(
            "rounds",
            Is::Map(&Is::Of(Naming::Windows), &Is::Whole(1, 366)),
            said(
                "申請區間：離示範當天最近的一個改在這時舉行，當天是它的第幾天",
                "windows of which the one nearest to the demonstration's own day is held then: that day is its so-manieth",
            ),
        ),
        may(
            "profiles",
            Is::Map(&Is::Name, &ANSWERS),
            said(
                "學生的基本資料：欄位與內容；沒有寫到的欄位依種類產生。文字同案件的 answers，另可用 {check}：使身分證字號正確的檢查碼",
                "students' profiles by field; what is not said is made from what the field is. A text is like those of a case's answers, and may have {check}, the digit that makes a national ID right",
            ),
        ),
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
                "身分證字號，{number} 是學號去掉第一碼，{check} 是檢查碼",
                "their national ID, with {number}: the student's without its first letter; {check}: the digit that makes it right",
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
            Is::Either(&[
                Is::Of(Naming::Case),
                Is::List(&Is::Of(Naming::Case)),
                Is::Map(&Is::Of(Naming::Case), &Is::List(&Is::Name)),
            ]),
            said(
                "這位學生有這些案件，每種走法一件；或 {案件: 狀態}，只有走到這些狀態的",
                "kinds of case that this student has, one of each walk; or {CASE: STATES}, only of those that end there",
            ),
        ),
        may(
            "profile",
            Is::YesNo,
            said("這位學生的基本資料已填好", "whether this student's profile is filled in though nothing was filed"),
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
