//! Tables of cases: forms, states, moves, windows, catalogues and budgets.

use super::rounds::EXPORT;
use super::{Is, Naming, Shape, Word, effects, may, needed, said, word};

pub const CASE: Shape = Shape {
    name: "case",
    about: said("案件，一檔一種", "A kind of case, one a file"),
    fields: &[
        needed("case", Is::Defines(Naming::Case), said("代號", "its name")),
        may(
            "order",
            Is::Whole(1, 1000),
            said("排列順序；不寫的在最後", "its place among the others; last where not said"),
        ),
        needed("title", Is::Text, said("名稱", "what people call it")),
        may("by", Is::Text, said("依據的條文", "the article that says so")),
        needed("office", Is::Of(Naming::Unit), said("承辦單位", "the unit in charge")),
        may(
            "who",
            Is::Of(Naming::Group),
            said("誰可以申請；不寫則所有學生", "who may file it; every student where not said"),
        ),
        may("meets", Is::Of(Naming::Requirement), said("為哪一項門檻", "the requirement that it is to meet")),
        may(
            "open_at_once",
            Is::Whole(1, 100),
            said("同時最多幾件未結案；不寫為 1", "open cases a person may have at once; 1 where not said"),
        ),
        may(
            "or_say",
            Is::Text,
            said("已有這麼多件、還想再申請時說的話", "what is said to a person who has so many and wants one more"),
        ),
        may(
            "window",
            Is::Of(Naming::Windows),
            said(
                "第一次送件要在哪一組申請區間內；不寫則隨時",
                "the windows in one of which it is first sent; at any time where not said",
            ),
        ),
        may(
            "late",
            Is::Choice(LATE),
            said(
                "沒有開放的區間時可否送件；不寫為 refused",
                "whether it may be sent while no window is open; refused where not said",
            ),
        ),
        may("prepare", Is::List(&Is::Text), said("申請前要準備的東西", "what to have at hand before one begins")),
        may("agree", Is::Shape(&AGREE), said("申請前要同意的事", "what one must agree to before one begins")),
        may(
            "needs_profile",
            Is::Holds,
            said("何時送件前基本資料要填齊", "when one's own profile must be complete before it is sent"),
        ),
        may(
            "term_of",
            Is::Name,
            said(
                "案件屬於哪個學期，取自表單的哪個日期欄；不寫為開始申請的學期",
                "the date field of the form in whose term the case is; that in which it was begun where not said",
            ),
        ),
        may(
            "columns",
            Is::List(&Is::Line),
            said(
                "案件清單上顯示的表單欄位，照順序；從目錄選的，也可寫它的欄位：course.level",
                "fields of the form that lists of cases show, in this order; of an entry of a catalogue also its own: course.level",
            ),
        ),
        needed(
            "form",
            Is::Map(&Is::Name, &Is::Shape(&FIELD)),
            said("表單的欄位，照順序", "the fields of the form, in order"),
        ),
        needed(
            "states",
            Is::Map(&Is::Name, &Is::Shape(&STATE)),
            said("狀態；案件由第一個開始", "its states; a case begins in the first"),
        ),
        needed(
            "moves",
            Is::Map(&Is::Name, &Is::Shape(&MOVE)),
            said("移動：誰能把案件從哪裡送到哪裡", "its moves: who may take it from which state to which"),
        ),
        may(
            "exports",
            Is::Map(&Is::Name, &Is::Shape(&EXPORT)),
            said("依申請區間匯出的表", "tables of its cases, by window"),
        ),
        may(
            "checks",
            Is::Map(&Is::Name, &Is::Shape(&CHECK)),
            said(
                "審查時要看的事，連同規則的判斷一起告訴審查的人；不擋移動，要擋就寫在移動的 if",
                "what reviewers look at: they are told what its rule says; it hinders no move, the if of a move does",
            ),
        ),
    ],
    example: "case: leave\ntitle: 請假\noffice: career\nform:\n  reason: {is: text, label: 事由}\nstates:\n  draft: {title: 填寫中, editable: everything}\n  sent: {title: 審查中, waits_for: own department clerk}\n  passed: {title: 通過, ends: well}\nmoves:\n  submit: {title: 送出, from: draft, to: sent, by: applicant}\n  pass: {title: 同意, from: sent, to: passed, by: whoever it waits for}",
};

const CHECK: Shape = Shape {
    name: "check",
    about: said("審查時要看的一件事", "Something that reviewers look at"),
    fields: &[
        needed("title", Is::Text, said("是什麼", "what it is")),
        may(
            "rule",
            Is::Rule,
            said(
                "判斷對不對的規則；不寫則由審查的人看",
                "the rule that says whether it is right; without one, somebody has to look",
            ),
        ),
    ],
    example: "{title: 取得日期在本梯次期間內, rule: leave::in_round}",
};

const LATE: &[Word] = &[
    word("refused", "不可送件，仍可先存草稿", "it may not; a draft is kept"),
    word(
        "allowed",
        "可以送件，規則以 c.window.is_open 得知不在區間內",
        "it may; rules see by c.window.is_open that no window is open",
    ),
];

const AGREE: Shape = Shape {
    name: "agree",
    about: said("申請前的同意", "What one agrees to"),
    fields: &[
        needed("text", Is::List(&Is::Text), said("內容，一段一項", "what it says, a paragraph an item")),
        needed("tick", Is::Text, said("勾選的一句話", "the sentence that is ticked")),
    ],
    example: "{text: [資料不實須繳回補助], tick: 我已詳閱並同意}",
};

pub const KINDS: &[Word] = &[
    word("text", "一行文字", "text on one line"),
    word("long text", "多行文字", "text on several lines"),
    word("number", "數字", "a number"),
    word("money", "金額（整數）", "an amount of money, whole"),
    word("date", "日期", "a date"),
    word("choice", "從 options 選一個", "one of its options"),
    word("tick", "勾選", "a tick"),
    word("file", "上傳檔案", "a file"),
    word("computed", "由規則算出，不能填", "what a rule makes of the others: never typed"),
    word("record", "學生資料中的一項，不能填", "an item of the student's record: never typed"),
];
pub const KINDS_OF: &[(Word, Naming)] = &[
    (word("entry of", "某一目錄中的一項", "an entry of a catalogue"), Naming::Catalogue),
    (
        word("cases of", "自己某一種案件中的幾件，一件只能用一次", "some of one's own cases of a kind, each used once"),
        Naming::Case,
    ),
];
const RECORD: &[Word] = &[
    word("national id", "身分證字號", "national ID"),
    word("birthday", "生日", "birthday"),
    word("phone", "電話", "phone"),
    word("mobile", "行動電話", "mobile phone"),
    word("address", "地址", "address"),
    word("email", "電子郵件", "e-mail"),
    word("class", "班級", "class"),
    word("department", "所屬單位", "department"),
];
const UNIQUE: &[Word] = &[
    word("warn", "審查的人看得到是哪些案件", "reviewers see which cases"),
    word(
        "refuse",
        "不能送件，除非那件未通過；審查的人看得到是哪些案件",
        "it cannot be sent, unless that case ended badly; reviewers see which cases",
    ),
];
const MEDIA: &[Word] = &[
    word("jpg", "JPEG 圖片", "a JPEG picture"),
    word("png", "PNG 圖片", "a PNG picture"),
    word("pdf", "PDF 文件", "a PDF document"),
];

const TABLES: &[Word] = &[
    word(
        "banks",
        "銀行、信用合作社與郵局，代號是三碼代碼",
        "banks, credit cooperatives and the post office, by their three digits",
    ),
    word("postcodes", "縣市與鄉鎮市區，代號是郵遞區號前三碼", "areas, by the first three digits of their postcodes"),
];

const FIELD: Shape = Shape {
    name: "field",
    about: said("表單的欄位", "A field of a form"),
    fields: &[
        needed("is", Is::Phrase(KINDS, KINDS_OF), said("要填的是什麼", "what its answer is")),
        needed("label", Is::Text, said("欄位名稱", "what it is called")),
        may("hint", Is::Text, said("名稱下方的說明", "what is said below its label")),
        may("optional", Is::YesNo, said("可不填", "may be left empty")),
        may(
            "when",
            Is::Line,
            said(
                "成立時才要填，只能用前面的欄位：other_aid、not other_aid、issue_fee > 0、kind is foreign、proof is filled、course.level is b（所選目錄項目的欄位），以 and、or 相連（and 先算，沒有括號）；不必填的欄位，規則讀作 0、false 或空白",
                "asked for only where this holds of fields above it: other_aid, not other_aid, issue_fee > 0, kind is foreign, proof is filled, course.level is b (a field of the entry that was chosen), joined by and, or (and binds closer, there are no brackets); where it is not asked for rules read 0, false or an empty text",
            ),
        ),
        may(
            "check",
            Is::Rule,
            said(
                "檢查答案的規則，填了就檢查，不通過就不能送件",
                "a rule that is asked as soon as there is an answer; where it says no the form cannot be sent",
            ),
        ),
        may("rule", Is::Rule, said("算出這一欄的規則；computed 用", "the rule that makes its amount; of a computed")),
        may(
            "private",
            Is::YesNo,
            said("加密保存，頁面上遮蔽，檢視留紀錄", "sealed at rest, masked on pages, every reveal logged"),
        ),
        may(
            "unique",
            Is::Choice(UNIQUE),
            said(
                "別的案件同名的欄位也填了一樣的內容（大小寫、全形半形、空白、- 與看不見的字元不計；希臘、西里爾字母看起來像英文大寫的，當作那個英文字母）；表單的文字用",
                "what becomes of a text that another case has in its field of the same name (capitals, width, spaces, - and signs that nobody sees aside; Greek and Cyrillic letters that look like a Latin capital are read as it); of a text of a form",
            ),
        ),
        may(
            "payee",
            Is::YesNo,
            said(
                "錢匯到哪裡：填過再改要輸入密碼，並寄信告知；基本資料用",
                "where money goes: once there, a change asks for the password and is told by mail; of a profile",
            ),
        ),
        may(
            "letters",
            Is::Whole(1, 5000),
            said(
                "最多幾個字；文字用，不寫為 200 或 2000",
                "at most so many characters; of text, 200 or 2000 where not said",
            ),
        ),
        may(
            "least",
            Is::Amount { above_zero: false },
            said("最小值，不寫為 0；number、money 用", "the least, 0 where not said; of a number or money"),
        ),
        may(
            "most",
            Is::Amount { above_zero: false },
            said("最大值；number、money 用", "the most; of a number or money"),
        ),
        may(
            "options",
            Is::Either(&[Is::Choice(TABLES), Is::Map(&Is::OptionName, &Is::Text)]),
            said("選項；choice 用", "the options; of a choice"),
        ),
        may("at_first", Is::YesNo, said("一開始就勾選；tick 用", "ticked at first; of a tick")),
        may(
            "of",
            Is::List(&Is::Choice(MEDIA)),
            said("檔案種類；file 用，不寫則三種都可", "kinds of file; of a file, all three where not said"),
        ),
        may(
            "megabytes",
            Is::Whole(1, 20),
            said("最多幾 MB；file 用，不寫為 10", "at most so many MB; of a file, 10 where not said"),
        ),
        may(
            "among",
            Is::List(&Is::Line),
            said(
                "只能選哪些：entry of 須全部符合 own department、term of 前面的日期欄、目錄的勾選欄；cases of 是在哪些狀態的案件，不寫則是通過而結案的",
                "which may be chosen; of an entry all must hold: own department, term of a date field above it, a tick of the catalogue; of cases the states that they are in, those that ended well where not said",
            ),
        ),
        may(
            "count",
            Is::Line,
            said(
                "要選幾件：一個整數，或前面的數字欄，例如 course.needed；cases of 用，不寫則至少一件",
                "how many are chosen: a whole number, or a number above it such as course.needed; of cases, at least one where not said",
            ),
        ),
        may(
            "record",
            Is::Choice(RECORD),
            said("學生資料的哪一項；record 用", "which item of the student's record; of a record"),
        ),
    ],
    example: "{is: money, label: 報名費, most: 100000, when: not other_aid}",
};

const EDITABLE: &[Word] = &[
    word("everything", "全部可改", "all of the form"),
    word("named", "只有退回時點名的欄位", "the fields that were named when it was returned"),
    word("nothing", "不能改", "nothing"),
];
const ENDS: &[Word] =
    &[word("well", "通過而結案", "it is over, and well"), word("badly", "未通過而結案", "it is over, and not well")];

const STATE: Shape = Shape {
    name: "state",
    about: said("案件的狀態", "A state of a case"),
    fields: &[
        needed("title", Is::Text, said("名稱", "what people call it")),
        may(
            "applicant",
            Is::Text,
            said("對申請人的說法；不寫同名稱", "what the applicant reads; the title where not said"),
        ),
        may(
            "editable",
            Is::Choice(EDITABLE),
            said("申請人能改什麼；不寫為 nothing", "what the applicant may change; nothing where not said"),
        ),
        may(
            "waits_for",
            Is::Line,
            said(
                "等誰處理：applicant、own department 角色、單位 角色",
                "whom it waits for: applicant, own department ROLE, UNIT ROLE",
            ),
        ),
        may(
            "remind_after",
            Is::Whole(1, 366),
            said(
                "等了幾個工作天就提醒；要有 waits_for",
                "reminds whom it waits for after so many working days; only with waits_for",
            ),
        ),
        may(
            "lapse",
            Is::Shape(&LAPSE),
            said(
                "在這個狀態放了多少天，就由時間做一個移動",
                "the move that time makes after so many days in this state",
            ),
        ),
        may("ends", Is::Choice(ENDS), said("案件到此結束", "the case ends here")),
    ],
    example: "{title: 申請審查中, waits_for: own department clerk, remind_after: 5}",
};

const LAPSE: Shape = Shape {
    name: "lapse",
    about: said("自動的移動", "A move that time makes"),
    fields: &[
        needed("after_days", Is::Whole(1, 3660), said("幾天之後", "after so many days")),
        needed("move", Is::Name, said("哪個移動；它的 by 要是 time", "which move; one that is by: time")),
    ],
    example: "{after_days: 30, move: lapse}",
};

const NOTE: &[Word] = &[
    word("none", "沒有備註", "no note"),
    word("optional", "可寫備註", "a note may be given"),
    word("needed", "必須寫備註", "a note must be given"),
];

const MOVE: Shape = Shape {
    name: "move",
    about: said("移動", "A move"),
    fields: &[
        needed("title", Is::Text, said("按鈕上的字", "the words on its button")),
        needed("from", Is::List(&Is::Name), said("從哪些狀態", "from which states")),
        needed("to", Is::Name, said("到哪個狀態", "to which state")),
        needed(
            "by",
            Is::Line,
            said(
                "誰可以做：applicant、own department 角色、單位 角色、whoever it waits for、time",
                "who may make it: applicant, own department ROLE, UNIT ROLE, whoever it waits for, time",
            ),
        ),
        may("if", Is::Rule, said("規則同意才可以", "only where this rule agrees")),
        may("note", Is::Choice(NOTE), said("備註；不寫為 none", "whether a note is given; none where not said")),
        may(
            "letters",
            Is::Whole(1, 5000),
            said("備註最多幾個字；不寫為 250", "at most so many characters of a note; 250 where not said"),
        ),
        may(
            "names_fields",
            Is::YesNo,
            said(
                "要點名須修改的欄位；之後 editable: named 只開放這些",
                "fields that must be mended are named; a state with editable: named opens these alone",
            ),
        ),
        may(
            "asks",
            Is::Map(&Is::Name, &Is::Shape(&FIELD)),
            said(
                "做這個移動的人要填的欄位；之後與表單的欄位一樣用，名稱不可重複，移動復原後就不在",
                "fields that whoever makes it fills in; from then on they are used like those of the form, each by a name of its own, and an undoing takes them back",
            ),
        ),
        may(
            "undo_minutes",
            Is::Whole(1, 43200),
            said(
                "幾分鐘內可由本人復原，只要之後沒有別的移動",
                "whoever made it may undo it for so many minutes, as long as nothing followed",
            ),
        ),
        may(
            "then",
            Is::List(&Is::Either(effects::ALL)),
            said("隨之發生的事，與移動同時生效或同時取消", "what follows from it: all of it with the move, or none"),
        ),
    ],
    example: "{title: 退回修改, from: in_review, to: returned, by: whoever it waits for, note: needed, names_fields: true}",
};

pub const CATALOGUE: Shape = Shape {
    name: "catalogue",
    about: said("目錄，一檔一種", "A catalogue, one a file"),
    fields: &[
        needed("catalogue", Is::Defines(Naming::Catalogue), said("代號", "its name")),
        needed("title", Is::Text, said("名稱", "what people call it")),
        may("by", Is::Text, said("依據的條文", "the article that says so")),
        may("of_each", Is::List(&Is::Choice(SCOPE)), said("各自一份", "what has a list of its own")),
        may("at_most", Is::Whole(1, 100_000), said("一份最多幾項", "at most so many entries a list")),
        needed(
            "kept_by",
            Is::Line,
            said("誰維護：own department 角色、單位 角色", "who keeps it: own department ROLE, UNIT ROLE"),
        ),
        may(
            "approved_by",
            Is::Line,
            said(
                "誰核定，寫法相同；不寫則不必核定",
                "who approves it, in the same words; nobody needs to where not said",
            ),
        ),
        may(
            "minutes",
            Is::Choice(MINUTES),
            said("何時要附會議紀錄；不寫則免", "when minutes of a meeting are needed; never where not said"),
        ),
        needed(
            "fields",
            Is::Map(&Is::Name, &Is::Shape(&FIELD)),
            said(
                "每一項的欄位；第一欄是代碼，第二欄是名稱",
                "the fields of an entry; the first is its code, the second what it is called",
            ),
        ),
        may(
            "columns",
            Is::List(&Is::Line),
            said(
                "還有哪些欄位跟名稱一起顯示，好分辨同名的：選單、搜尋與清單都有，照順序",
                "which other fields stand beside the name, so that entries of one name are told apart: in menus, searches and lists, in this order",
            ),
        ),
        may(
            "in_english",
            Is::Line,
            said(
                "英文頁面上的名稱是哪個欄位；沒填的項目照用名稱",
                "the field that says what an entry is called on English pages; its name where that is empty",
            ),
        ),
        may(
            "headers",
            Is::Map(&Is::Name, &Is::List(&Is::Line)),
            said(
                "可由檔案匯入；各欄位在檔案裡可能的名稱，第一個是正式名稱；of_each 的 department 與 term 也是欄位。要核定的目錄不能匯入",
                "entries may be brought in from a file; what its columns are called, by field, the official name first; department and term of of_each are columns, too. Not where somebody approves the lists",
            ),
        ),
    ],
    example: "catalogue: courses\ntitle: 課程\nof_each: [department, term]\nkept_by: own department clerk\nfields:\n  code: {is: text, label: 課程代碼}\n  name: {is: text, label: 課程名稱}",
};
const SCOPE: &[Word] = &[
    word("department", "每個有學生的單位各一份", "each department has its own"),
    word("term", "每個學期各一份", "each term has its own"),
];
const MINUTES: &[Word] = &[word("when changed", "與上學期不同時要附", "where it differs from the term before")];

pub const PROFILE: Shape = Shape {
    name: "profile",
    about: said("學生的基本資料，一檔", "What students keep up about themselves, one file"),
    fields: &[
        needed("profile", Is::Defines(Naming::Profile), said("代號", "its name")),
        needed("title", Is::Text, said("名稱", "what people call it")),
        may("about", Is::Text, said("說明", "what is said above it")),
        needed("fields", Is::Map(&Is::Name, &Is::Shape(&FIELD)), said("欄位，照順序", "its fields, in order")),
    ],
    example: "profile: student\ntitle: 基本資料\nfields:\n  account: {is: text, label: 存摺帳號, private: true}",
};

pub const BUDGET: Shape = Shape {
    name: "budget",
    about: said("一年一筆的預算", "A budget for each year"),
    fields: &[
        needed("title", Is::Text, said("名稱", "what people call it")),
        may("by", Is::Text, said("依據的條文", "the article that says so")),
        needed(
            "years",
            Is::Map(&Is::Whole(1, 3000), &Is::Amount { above_zero: false }),
            said("各年（西元）的金額", "the amount of each calendar year"),
        ),
        may("once_in_a_life", Is::YesNo, said("每人一生一次", "a person is paid from it once in a life")),
        may(
            "cheque_when",
            Is::Name,
            said(
                "基本資料的哪個勾選欄；勾了就開支票，其他人匯款",
                "a tick of the profile: whoever sets it is paid by cheque, all others by transfer",
            ),
        ),
        may(
            "wait_after_change",
            Is::Whole(0, 60),
            said(
                "本人的資料改過之後，幾天內不付款；不寫為 0",
                "so many days after their own data changed nobody is paid; 0 where not said",
            ),
        ),
    ],
    example: "{title: 出差補助, years: {2026: 600000}, once_in_a_life: true}",
};
