//! Tables of the demonstration's catalogues and cases.

use super::super::{Is, Naming, Shape, may, needed, said};
use super::{COUNT, YEAR};

pub(super) const CATALOGUE: Shape = Shape {
    name: "demo_catalogue",
    about: said("一份目錄的內容", "What a catalogue holds"),
    fields: &[
        needed("catalogue", Is::Of(Naming::Catalogue), said("哪一份目錄", "which catalogue")),
        may(
            "terms",
            Is::List(&Is::Term),
            said(
                "哪些學期；分學期的目錄用，不寫則是這學期與前三個學期",
                "for these terms, where each term has its own; this term and the three before where not said",
            ),
        ),
        may(
            "each",
            Is::Whole(1, 1000),
            said("每一份取幾項；不寫則全部", "so many entries on each list; all where not said"),
        ),
        may(
            "entries",
            Is::List(&Is::Map(&Is::Name, &Is::Line)),
            said("各項：欄位與內容，照填寫的樣子", "entries: by field, as they would be typed"),
        ),
        may(
            "made",
            Is::List(&Is::Shape(&MADE)),
            said("拼出來的各項：目錄要大時用", "entries that are put together, where the catalogue is to be large"),
        ),
    ],
    example: "{catalogue: courses, terms: 114-1, entries: [{code: \"001\", name: 程式設計}]}",
};

const MADE: Shape = Shape {
    name: "demo_made",
    about: said("由幾個部分拼成的各項：每一種組合一項", "Entries put together from parts: one for each combination"),
    fields: &[
        needed(
            "of",
            Is::Map(&Is::Name, &Is::Map(&Is::Line, &Is::Line)),
            said("各部分：每個詞與它的英文", "the parts: their words, each with its English"),
        ),
        needed(
            "entry",
            Is::Map(&Is::Name, &Is::Line),
            said(
                "欄位與內容：{部分} 是它的詞，{部分.en} 是英文，{n} 是序號",
                "an entry by field: {PART} becomes its word, {PART.en} the English, {n} a number that runs on",
            ),
        ),
    ],
    example: "{of: {topic: {園藝: Gardening, 木工: Joinery}, level: {初級: basic, 高級: advanced}}, entry: {code: \"5{n}\", name: \"{topic}（{level}）\"}}",
};

pub(super) const CASES: Shape = Shape {
    name: "demo_cases",
    about: said("一種案件", "Cases of one kind"),
    fields: &[
        needed("case", Is::Of(Naming::Case), said("哪一種案件", "which kind of case")),
        needed("admitted", Is::List(&YEAR), said("由哪幾屆學生申請", "filed by students of these years")),
        needed("division", Is::Of(Naming::Division), said("他們的學制", "of this division")),
        may(
            "from",
            Is::DayOrAgo,
            said(
                "自這天起陸續申請；不寫則在最近的申請區間內",
                "begun from this day on; in the latest window where not said",
            ),
        ),
        may("to", Is::DayOrAgo, said("至這天", "until this day")),
        may("each", Is::Whole(1, 100), said("一人最多幾件；不寫為 1", "at most so many a student; 1 where not said")),
        may(
            "answers",
            Is::Map(&Is::Name, &ANSWERS),
            said(
                "欄位的答案；沒有寫到的欄位依種類產生。文字可用 {n}、{student}、{number}、{name}，與所選目錄項目的欄位，例如 {course.level}",
                "answers by field; what is not said is made from what the field is. A text may have {n}, {student}, {number}, {name}, and what a chosen entry says, such as {course.level}",
            ),
        ),
        needed("walks", Is::List(&Is::Shape(&WALK)), said("各走到哪裡", "how far they go")),
    ],
    example: "{case: leave, admitted: 114, division: day-4, answers: {reason: [家中有事]}, walks: [{count: 5, steps: [{do: submit}]}]}",
};

pub(super) const ANSWERS: Is = Is::Either(&[Is::Line, Is::List(&Is::Line), Is::Shape(&BETWEEN)]);

const BETWEEN: Shape = Shape {
    name: "demo_between",
    about: said("兩天之間", "Between two days"),
    fields: &[
        needed("from", Is::DayOrAgo, said("自這天", "from this day")),
        needed("to", Is::DayOrAgo, said("至這天", "to this day")),
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
