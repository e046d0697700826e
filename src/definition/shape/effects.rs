//! Tables of what follows from a move: credits, payments, letters, and what is granted until an end.

use super::{Is, Naming, Shape, may, needed, said};

pub const ALL: &[Is] = &[
    Is::Shape(&CREDIT),
    Is::Shape(&PAY),
    Is::Shape(&MAIL),
    Is::Shape(&WAIVE),
    Is::Shape(&SUBSTITUTE),
    Is::Shape(&EXTEND),
    Is::Shape(&ENTER),
];

const CREDIT: Shape = Shape {
    name: "then_credit",
    about: said("給申請人一筆認證", "Gives the applicant a credit"),
    fields: &[
        needed("credit", Is::Of(Naming::Category), said("類別", "of this category")),
        needed("amount", Is::Amount { above_zero: true }, said("數量", "so much")),
        may(
            "on",
            Is::Name,
            said(
                "發生日期取自哪個日期欄；不寫為當天",
                "happened on the date of this field; on the day itself where not said",
            ),
        ),
    ],
    example: "{credit: volunteering, amount: 1, on: day}",
};

const PAY: Shape = Shape {
    name: "then_pay",
    about: said("由預算付錢給申請人；金額 0 則不付", "Pays the applicant from a budget; nothing where the amount is 0"),
    fields: &[
        needed("pay", Is::Name, said("金額取自哪個算出的欄位", "as much as this computed field says")),
        needed("from", Is::Of(Naming::Budget), said("由哪個預算", "from this budget")),
    ],
    example: "{pay: subsidy, from: travel-budget}",
};

const MAIL: Shape = Shape {
    name: "then_mail",
    about: said("寄一封信", "Sends a letter"),
    fields: &[
        needed("mail", Is::Name, said("templates/mail 下的範本", "by this template below templates/mail")),
        may("to", Is::Line, said("寄給誰；不寫為 applicant", "to whom; the applicant where not said")),
    ],
    example: "{mail: case-returned, to: applicant}",
};

const WAIVE: Shape = Shape {
    name: "then_waive",
    about: said(
        "免修：到某日為止，申請人的一項門檻視同通過；由做這個移動的人核准",
        "Waives a requirement: to an end the applicant is taken to have passed it; whoever makes the move approves it",
    ),
    fields: &[
        needed(
            "waive",
            Is::Name,
            said(
                "哪一項門檻；或一個 choice 欄位，它的選項都是門檻的代號（沒有問到就不免修）",
                "which requirement; or a choice field whose options are names of requirements (not asked for, nothing is waived)",
            ),
        ),
        may(
            "because",
            Is::Name,
            said(
                "事由取自哪個欄位（text、long text、choice、entry of）；不寫則是案件的名稱",
                "the field that says why (text, long text, choice or entry of); the case's title where not said",
            ),
        ),
        needed("until", UNTIL, UNTIL_SAID),
    ],
    example: "{waive: requirement, because: reason, until: end}",
};

const SUBSTITUTE: Shape = Shape {
    name: "then_substitute",
    about: said(
        "抵免：到某日為止，以別的東西抵某一類別的數量；數量 0 則不抵",
        "Substitutes: to an end an amount counts for a category in place of its usual records; nothing where it is 0",
    ),
    fields: &[
        needed(
            "substitute",
            Is::Name,
            said(
                "哪一類別；或一個 choice 欄位，它的選項都是類別的代號（沒有問到就不抵）",
                "which category; or a choice field whose options are names of categories (not asked for, nothing is substituted)",
            ),
        ),
        needed(
            "amount",
            Is::Name,
            said("數量取自哪個欄位（number 或 computed）", "the field that says how much: a number or computed"),
        ),
        needed(
            "of",
            Is::Name,
            said(
                "以什麼抵，取自哪個欄位（text、long text、choice、entry of）",
                "the field that says what stands in: text, long text, choice or entry of",
            ),
        ),
        may(
            "on",
            Is::Name,
            said(
                "計入哪個學期，取自哪個日期欄；不寫為做這個移動的那天",
                "it counts in the term of the date of this field; of the day of the move where not said",
            ),
        ),
        needed("until", UNTIL, UNTIL_SAID),
    ],
    example: "{substitute: volunteering, amount: hours, of: course, until: always}",
};

const EXTEND: Shape = Shape {
    name: "then_extend",
    about: said(
        "延長：申請人在區間截止之後，到某日為止仍可送件，視同如期",
        "Extends: after a window has closed the applicant may still file, to an end, as if in time",
    ),
    fields: &[
        needed("extend", Is::Of(Naming::Case), said("哪一種案件", "which kind of case")),
        needed(
            "round",
            Is::Line,
            said(
                "哪一個申請區間；every 為每一個；或一個 choice 欄位，它的選項都是區間的代號（沒有問到就不延長）",
                "which of its windows; every for all; or a choice field whose options are names of windows (not asked for, nothing is extended)",
            ),
        ),
        needed("until", UNTIL, UNTIL_SAID),
    ],
    example: "{extend: leave, round: 114-2, until: end}",
};

const ENTER: Shape = Shape {
    name: "then_enter",
    about: said(
        "列入：把一項放進目錄，之後就能選；復原時拿掉，除非已有案件選了它",
        "Enters: puts an entry into a catalogue, from then on it can be chosen; undoing takes it off, unless a case has chosen it",
    ),
    fields: &[
        needed(
            "enter",
            Is::Of(Naming::Catalogue),
            said("哪個目錄；不能是要核定的", "into which catalogue; not one that is approved"),
        ),
        needed(
            "as",
            Is::Map(&Is::Name, &Is::Name),
            said(
                "目錄的每個欄位取自表單的哪個欄位；必填的都要有",
                "for each field of the catalogue the field of the form that says it; all that must be there",
            ),
        ),
        may(
            "on",
            Is::Name,
            said(
                "列入哪個學期的目錄，取自哪個日期欄；不寫為做這個移動的那天",
                "on the list of the term of the date of this field; of the day of the move where not said",
            ),
        ),
    ],
    example: "{enter: courses, as: {code: code, name: name}, on: held_on}",
};

const UNTIL: Is = Is::Either(&[Is::Name, Is::Shape(&DAYS)]);
const UNTIL_SAID: super::Said = said(
    "最後一天（含）：一個日期欄、always，或 {parameter: 天數的參數}",
    "the last day, included: a date field, always, or {parameter: one that is a number of days}",
);

const DAYS: Shape = Shape {
    name: "until",
    about: said("做這個移動之後的天數", "So many days after the move"),
    fields: &[needed(
        "parameter",
        Is::Of(Naming::Parameter),
        said("天數；單位要是 days", "a parameter that says how many; its unit is days"),
    )],
    example: "{parameter: waiver_days}",
};
