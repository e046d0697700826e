//! Tables of what is needed, of whom, and what counts.

use super::{Field, Is, Naming, Shape, may, needed, said};

const GROUPS: Field =
    may("groups", Is::Names(Naming::Group, &Is::Shape(&GROUP)), said("適用對象", "whom something binds"));
const CATEGORIES: Field =
    may("categories", Is::Names(Naming::Category, &Is::Shape(&CATEGORY)), said("認證類別", "categories of credits"));
const PARAMETERS: Field =
    may("parameters", Is::Names(Naming::Parameter, &Is::Shape(&PARAMETER)), said("有生效日的數字", "dated numbers"));

const BUDGETS: Field =
    may("budgets", Is::Names(Naming::Budget, &Is::Shape(&super::cases::BUDGET)), said("預算", "budgets"));

pub const THRESHOLDS: Shape = Shape {
    name: "thresholds",
    about: said(
        "對象、類別、數字與預算；沒有 school、requirement、notice、case、windows、catalogue、profile 的檔案就是這一種",
        "Groups, categories, numbers and budgets: any file without school, requirement, notice, case, windows, catalogue or profile",
    ),
    fields: &[GROUPS, CATEGORIES, PARAMETERS, BUDGETS],
    example: "parameters:\n  volunteering_hours: {title: 應修時數, unit: hours, values: {2022-08-01: 24}}",
};

const GROUP: Shape = Shape {
    name: "group",
    about: said("適用對象", "Whom something binds"),
    fields: &[
        needed("title", Is::Text, said("名稱", "what people call it")),
        may(
            "divisions",
            Is::List(&Is::Of(Naming::Division)),
            said("學制；不寫則全部", "divisions; all where none is named"),
        ),
        may("admitted_from", Is::Whole(1, 3000), said("入學學年度，自", "admitted in this academic year or later")),
        may("admitted_to", Is::Whole(1, 3000), said("入學學年度，至", "admitted in this academic year or earlier")),
        may(
            "finish_before",
            Is::MonthDay,
            said("最後一學年須於此日前完成", "day of the final year before which all must be done"),
        ),
        may("by", Is::Text, said("依據的條文", "the article that says so")),
    ],
    example: "{title: 111 學年度起, divisions: [day-4], admitted_from: 111, finish_before: 06-01}",
};

const CATEGORY: Shape = Shape {
    name: "category",
    about: said("認證類別", "A category of credits"),
    fields: &[
        needed("title", Is::Text, said("名稱", "what people call it")),
        may("also", Is::List(&Is::Line), said("匯入檔中可能的其他寫法", "other names that a file to import may use")),
        needed(
            "unit",
            Is::Line,
            said(
                "計算的單位：hours、points、pieces，或照寫的字",
                "what is counted: hours, points, pieces, or a word of your own",
            ),
        ),
        may(
            "at_most_each",
            Is::Amount { above_zero: true },
            said(
                "一筆最多多少，超過則拒收；不寫為 1000",
                "the most that one record may bring, above it is refused; 1000 where not said",
            ),
        ),
    ],
    example: "{title: {zh-TW: 志工, en: Volunteering}, unit: hours, at_most_each: 100}",
};

const PARAMETER: Shape = Shape {
    name: "parameter",
    about: said("有生效日的數字，附條文", "A dated number with its article"),
    fields: &[
        needed("title", Is::Text, said("名稱", "what people call it")),
        needed("unit", Is::Line, said("單位，與採計的類別相同", "its unit, that of the categories it measures")),
        may("by", Is::Text, said("依據的條文", "the article that says so")),
        needed(
            "values",
            Is::Either(&[Is::Map(&Is::Day, &Is::Amount { above_zero: false }), Is::List(&Is::Shape(&VALUE))]),
            said(
                "自某日起的值；或一份清單，後面符合的優先",
                "values by the day from which they hold; or a list, of which the last that fits holds",
            ),
        ),
    ],
    example: "{title: 應修時數, unit: hours, by: 第 3 條, values: {2022-08-01: 3}}",
};

const VALUE: Shape = Shape {
    name: "value",
    about: said("只對某些學生的值", "A value for some students"),
    fields: &[
        needed("from", Is::Day, said("生效日", "the day from which it holds")),
        needed("value", Is::Amount { above_zero: false }, said("值", "the value")),
        may(
            "admitted_from",
            Is::Whole(1, 3000),
            said("入學學年度，自", "for those admitted in this academic year or later"),
        ),
        may(
            "admitted_to",
            Is::Whole(1, 3000),
            said("入學學年度，至", "for those admitted in this academic year or earlier"),
        ),
        may("divisions", Is::List(&Is::Of(Naming::Division)), said("學制", "for these divisions")),
    ],
    example: "{from: 2025-08-01, admitted_from: 114, value: 30}",
};

pub const REQUIREMENT: Shape = Shape {
    name: "requirement",
    about: said(
        "門檻，一檔一項；可帶自己的類別與數字",
        "A requirement, one a file; it may bring its own categories and numbers",
    ),
    fields: &[
        needed(
            "requirement",
            Is::Defines(Naming::Requirement),
            said("代號，出現在報表中", "its name, used in reports"),
        ),
        may(
            "order",
            Is::Whole(1, 1000),
            said("排列順序；不寫的在最後", "its place among the others; last where not said"),
        ),
        needed("title", Is::Text, said("名稱", "what people call it")),
        may("short", Is::Text, said("表頭用的短名", "a shorter title for heads of tables")),
        needed("office", Is::Of(Naming::Unit), said("承辦單位", "the unit in charge")),
        may("by", Is::Text, said("依據的條文", "the article that says so")),
        needed("binds", Is::Of(Naming::Group), said("適用對象", "whom it binds")),
        needed("needs", Is::Shape(&NEEDS), said("需要多少", "how much is needed")),
        needed(
            "counts",
            Is::List(&Is::Either(&[Is::Of(Naming::Category), Is::Shape(&COUNT)])),
            said("採計的類別", "the categories that count"),
        ),
        may("how", Is::Text, said("怎麼完成，學生看得到", "how to get it, shown to students")),
        may("link", Is::Link, said("更多說明的網址", "where to read more")),
        needed("rule", Is::Rule, said("判定的規則", "the rule that decides")),
        GROUPS,
        CATEGORIES,
        PARAMETERS,
    ],
    example: "requirement: volunteering\ntitle: {zh-TW: 社會參與, en: Volunteering}\noffice: student-activities\nbinds: everyone\nneeds: {parameter: volunteering_hours}\ncounts:\n  - volunteering\n  - {category: arts, from: 113-2, own_row: true}\nrule: thresholds::enough",
};

const NEEDS: Shape = Shape {
    name: "needs",
    about: said("需要的數量", "How much is needed"),
    fields: &[needed("parameter", Is::Of(Naming::Parameter), said("哪一個數字", "which number says so"))],
    example: "{parameter: volunteering_hours}",
};

const COUNT: Shape = Shape {
    name: "count",
    about: said("採計的類別，附條件", "A category that counts, with conditions"),
    fields: &[
        needed("category", Is::Of(Naming::Category), said("類別", "the category")),
        may("from", Is::Term, said("只計這學期起發生的", "only what happened in this term or later")),
        may("until", Is::Term, said("只計到這學期為止發生的", "only what happened in this term or earlier")),
        may("at_most", Is::Shape(&NEEDS), said("最多採計多少", "at most so much of it counts")),
        may("shown_as", Is::Text, said("在摘要上的說明", "words beside it on the dashboard")),
        may("own_row", Is::YesNo, said("是否另列一行", "whether it is shown on a row of its own")),
    ],
    example: "{category: arts, from: 113-2, shown_as: 納入社會參與, own_row: true}",
};
