//! Tables of `school.yaml`.

use super::{Field, Is, Naming, Said, Shape, Word, may, needed, said, word};

const TITLE: Field = needed("title", Is::Text, said("名稱", "what people call it"));
const ALSO: Field =
    may("also", Is::List(&Is::Line), said("匯入檔中可能的其他寫法", "other names that a file to import may use"));

pub const SCHOOL: Shape = Shape {
    name: "school",
    about: said("學校：每校一份，通常是 school.yaml", "The school: one a folder, usually school.yaml"),
    fields: &[
        needed("version", Is::Whole(1, 1), said("語言的版本", "version of this language")),
        needed(
            "school",
            Is::Defines(Naming::School),
            said("學校的代號，與資料夾同名", "the school's name: that of its folder"),
        ),
        TITLE,
        needed("system", Is::Text, said("系統的名稱，顯示在頁首", "the system's name, in the head of every page")),
        may("welcome", Is::Text, said("首頁上的一兩句話", "a sentence or two for the home page")),
        needed("calendar", Is::Shape(&CALENDAR), said("學年與學期", "academic years and terms")),
        needed("divisions", Is::Names(Naming::Division, &Is::Shape(&DIVISION)), said("學制", "divisions of students")),
        needed("statuses", Is::Names(Naming::Status, &Is::Shape(&STATUS)), said("在學狀態", "states of enrolment")),
        needed("unit_kinds", Is::Names(Naming::UnitKind, &Is::Shape(&UNIT_KIND)), said("單位的類別", "kinds of units")),
        may(
            "units",
            Is::Names(Naming::Unit, &Is::Shape(&UNIT)),
            said("定義中提到的單位；其他的由匯入而來", "units that the definitions name; others are imported"),
        ),
        needed(
            "roles",
            Is::Names(Naming::Role, &Is::Shape(&ROLE)),
            said("角色：看得到什麼、能做什麼", "roles: what each sees and may do"),
        ),
        may("headers", Is::Shape(&HEADERS), said("匯入檔的欄位名稱", "what the columns of import files are called")),
        may(
            "lockout",
            Is::Shape(&LOCKOUT),
            said("登入失敗幾次後鎖定多久", "how many failures to sign in lock an account, and for how long"),
        ),
        may(
            "mail_domains",
            Is::List(&Is::Domain),
            said("只寄到這些網域；不寫則不限", "mail goes to these domains only; to any where none is named"),
        ),
        may(
            "pages",
            Is::Map(&Is::Name, &Is::Shape(&PAGE)),
            said("任何人都能看的說明頁，列在首頁", "pages that anyone may read, listed on the home page"),
        ),
        may("news", Is::List(&Is::Shape(&NEWS)), said("首頁公告", "announcements on the home page")),
    ],
    example: "version: 1\nschool: example\ntitle: {zh-TW: 範例大學, en: Example University}",
};

const CALENDAR: Shape = Shape {
    name: "calendar",
    about: said("學年、學期與開學日", "Academic years, terms and first days of classes"),
    fields: &[
        needed("zone", Is::Zone, said("時區", "time zone")),
        needed("year_offset", Is::Whole(0, 3000), said("西元年減學年度", "calendar year minus academic year")),
        needed(
            "terms",
            Is::Map(&Is::Whole(1, 9), &Is::Shape(&TERM)),
            said("學期，第一個開始學年", "terms; the first begins the academic year"),
        ),
        may(
            "first_days",
            Is::Map(&Is::Term, &Is::Day),
            said("各學期開學日，週次由此起算", "first days of classes, from which weeks are counted"),
        ),
        may(
            "holidays",
            Is::List(&Is::Day),
            said("週六、週日以外不上班的日子", "days without work, beside Saturdays and Sundays"),
        ),
    ],
    example: "zone: Asia/Taipei\nyear_offset: 1911\nterms:\n  1: {title: {zh-TW: 上學期, en: Term 1}, begins: 08-01}\nfirst_days: {114-1: 2025-09-08}",
};

const TERM: Shape = Shape {
    name: "term",
    about: said("學期", "A term"),
    fields: &[TITLE, needed("begins", Is::MonthDay, said("開始的月日", "month and day on which it begins"))],
    example: "{title: {zh-TW: 上學期, en: Term 1}, begins: 08-01}",
};

const DIVISION: Shape = Shape {
    name: "division",
    about: said("學制", "A division"),
    fields: &[
        TITLE,
        ALSO,
        needed(
            "years",
            Is::Whole(1, 12),
            said(
                "修業年限；最後一年的是應屆畢業生",
                "regular length in years; in the last of them one is a final-year student",
            ),
        ),
    ],
    example: "{title: {zh-TW: 日間部, en: Day division}, years: 4, also: [日校]}",
};

const STATUS: Shape = Shape {
    name: "status",
    about: said("在學狀態", "A state of enrolment"),
    fields: &[
        TITLE,
        ALSO,
        may(
            "studying",
            Is::YesNo,
            said("是否在學：列入統計與名冊、收到通知", "whether such students are counted, listed and written to"),
        ),
    ],
    example: "{title: {zh-TW: 在學, en: Enrolled}, studying: true}",
};

const UNIT_KIND: Shape = Shape {
    name: "unit_kind",
    about: said("單位類別", "A kind of units"),
    fields: &[
        TITLE,
        ALSO,
        may("has_students", Is::YesNo, said("學生是否屬於這類單位", "whether students belong to such units")),
    ],
    example: "{title: {zh-TW: 學系, en: Department}, has_students: true}",
};

const UNIT: Shape = Shape {
    name: "unit",
    about: said("單位", "A unit"),
    fields: &[
        TITLE,
        ALSO,
        needed("kind", Is::Of(Naming::UnitKind), said("類別", "its kind")),
        may("contact", Is::Text, said("聯絡方式，學生看得到", "how to reach it, shown to students")),
    ],
    example: "{title: {zh-TW: 藝術中心, en: Arts Centre}, kind: office}",
};

const ROLE: Shape = Shape {
    name: "role",
    about: said("角色", "A role"),
    fields: &[
        TITLE,
        ALSO,
        needed("sees", Is::Choice(SEES), said("看得到誰的紀錄", "whose records it sees")),
        may("may", Is::List(&Is::Choice(MAY)), said("還能做什麼", "what else it may do")),
    ],
    example: "{title: {zh-TW: 主任, en: Head}, sees: own department, may: [statistics]}",
};

pub const SEES: &[Word] = &[
    word("own classes", "自己帶的班", "the classes that name this person"),
    word("own department", "自己的單位", "the person's own department"),
    word("own college", "自己的學院", "the person's own college"),
    word("own requirements", "自己單位承辦的門檻", "the requirements of the person's own office"),
    word("everything", "全部", "all students"),
    word("nothing", "都看不到", "no student"),
];

pub const MAY: &[Word] = &[
    word("import", "匯入各種資料，包括教職員與角色", "import files of every kind, staff and their roles among them"),
    word(
        "import credits",
        "匯入自己單位承辦的門檻所採計的認證紀錄",
        "import credits that count towards a requirement of the person's own office",
    ),
    word("send notices", "寄發通知", "send notices"),
    word("read mail", "看寄出的信", "read the mail that went out"),
    word("reload rules", "重新載入定義", "take the folder as it now is"),
    word("manage accounts", "管理帳號", "manage accounts"),
    word("statistics", "看全校統計", "see the whole school's statistics"),
    word("everything", "以上全部", "all of these"),
];

const LOCKOUT: Shape = Shape {
    name: "lockout",
    about: said("登入鎖定", "Locking after failures to sign in"),
    fields: &[
        needed("failures", Is::Whole(1, 100), said("失敗次數", "failures")),
        needed("minutes", Is::Whole(1, 10_080), said("鎖定分鐘數", "minutes of lock")),
    ],
    example: "{failures: 5, minutes: 15}",
};

const NEWS: Shape = Shape {
    name: "news",
    about: said("公告", "An announcement"),
    fields: &[
        needed("day", Is::Day, said("日期", "its day")),
        needed("title", Is::Text, said("標題", "its title")),
        needed("text", Is::Text, said("內文", "what it says")),
    ],
    example: "{day: 2025-10-29, title: 公告, text: 內文}",
};

const fn column(key: &'static str, about: Said) -> Field {
    may(key, Is::List(&Is::Line), about)
}

pub const HEADERS: Shape = Shape {
    name: "headers",
    about: said(
        "匯入檔的欄位名稱，第一個是正式名稱",
        "What the columns of import files are called; the first is the official name",
    ),
    fields: &[
        may("units", Is::Shape(&UNITS), said("單位檔", "units")),
        may("staff", Is::Shape(&STAFF), said("教職員檔", "staff")),
        may("classes", Is::Shape(&CLASSES), said("班級檔", "classes")),
        may("students", Is::Shape(&STUDENTS), said("學生檔", "students")),
        may("credits", Is::Shape(&CREDITS), said("認證檔", "credits")),
    ],
    example: "students: {number: [學號, 學生證號]}",
};

const UNITS: Shape = Shape {
    name: "headers_units",
    about: said("單位檔的欄位", "Columns of units"),
    fields: &[
        column("code", said("代碼", "code")),
        column("name", said("名稱", "name")),
        column("college", said("學院", "college")),
        column("kind", said("類別", "kind")),
    ],
    example: "code: [單位代碼]",
};

const STAFF: Shape = Shape {
    name: "headers_staff",
    about: said("教職員檔的欄位", "Columns of staff"),
    fields: &[
        column("account", said("帳號", "account")),
        column("name", said("姓名", "name")),
        column("email", said("電子郵件", "e-mail address")),
        column("role", said("角色", "role")),
        column("unit", said("單位", "unit")),
        column("student", said("本人的學號（也在學者）", "their own student number, of those who study here, too")),
    ],
    example: "account: [帳號]",
};

const CLASSES: Shape = Shape {
    name: "headers_classes",
    about: said("班級檔的欄位", "Columns of classes"),
    fields: &[
        column("code", said("代碼", "code")),
        column("name", said("名稱", "name")),
        column("department", said("所屬單位", "department")),
        column("admitted", said("入學學年度", "academic year of admission")),
        column("tutors", said("帶班老師的帳號", "accounts of its tutors")),
    ],
    example: "code: [班級代碼]",
};

const STUDENTS: Shape = Shape {
    name: "headers_students",
    about: said("學生檔的欄位", "Columns of students"),
    fields: &[
        column("number", said("學號", "student number")),
        column("name", said("姓名", "name")),
        column("department", said("所屬單位", "department")),
        column("class", said("班級", "class")),
        column("division", said("學制", "division")),
        column("admitted", said("入學學年度", "academic year of admission")),
        column("status", said("在學狀態", "state of enrolment")),
        column("email", said("電子郵件", "e-mail address")),
        column("national_id", said("身分證字號", "national identity number")),
        column("birthday", said("生日", "birthday")),
        column("phone", said("電話", "telephone")),
        column("mobile", said("行動電話", "mobile telephone")),
        column("address", said("地址", "address")),
    ],
    example: "number: [學號]",
};

const CREDITS: Shape = Shape {
    name: "headers_credits",
    about: said("認證檔的欄位", "Columns of credits"),
    fields: &[
        column("student", said("學號", "student number")),
        column("category", said("類別", "category")),
        column("amount", said("數量", "amount")),
        column("happened", said("發生日期", "day on which it happened")),
        column("name", said("名稱", "what it was")),
        column("recorded", said("登錄日期", "day on which it was recorded")),
    ],
    example: "student: [學號]",
};

const PAGE: Shape = Shape {
    name: "page",
    about: said("說明頁", "A page to read"),
    fields: &[
        needed("title", Is::Text, said("標題", "its title")),
        needed(
            "parts",
            Is::List(&Is::Either(&[Is::Text, Is::Shape(&TABLE), Is::Shape(&FLOW)])),
            said(
                "內容，照順序：一段文字、表格，或某種案件的流程圖",
                "what stands on it, in order: a paragraph, a table, or the picture of how a kind of case moves",
            ),
        ),
    ],
    example: "title: 請假須知\nparts:\n  - 請先填表。\n  - {heads: [級別, 金額], rows: [[甲級, 2000], [乙級, 1000]]}\n  - {flow: leave}",
};

const TABLE: Shape = Shape {
    name: "page_table",
    about: said("表格", "A table"),
    fields: &[
        needed("heads", Is::List(&Is::Text), said("各欄的標題", "the heads of its columns")),
        needed(
            "rows",
            Is::List(&Is::List(&Is::Text)),
            said("各列，每列與標題一樣多格", "its rows, each of as many cells"),
        ),
    ],
    example: "{heads: [級別, 金額], rows: [[甲級, 2000], [乙級, 1000]]}",
};

const FLOW: Shape = Shape {
    name: "page_flow",
    about: said("流程圖", "A picture of how a kind of case moves"),
    fields: &[needed("flow", Is::Of(Naming::Case), said("哪一種案件", "which kind of case"))],
    example: "{flow: leave}",
};
