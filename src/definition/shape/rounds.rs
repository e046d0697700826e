//! Tables of what a round has besides its period: further dates, and exports of its cases.

use super::{Is, Shape, may, needed, said};

pub const ROUND_DATE: Shape = Shape {
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
