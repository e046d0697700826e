//! Names that mean no good, brought in by import: what is refused is told with row and column, and
//! what is taken is shown as text on pages, in workbooks and in mail.

use std::io::Cursor;

use calamine::{Data, Reader};
use menkan::app::import::{self, Kind, Request};
use menkan::app::notice;
use menkan::args;
use menkan::clock::parse_day;

use super::Site;

const FORMULA: &str = "=cmd|'/C calc'!A0";
const SCRIPT: &str = "<script>alert(1)</script>";
const BREAK: &str = "王\r\nBcc: x@evil.example";
const TURNED: &str = "\u{202e}gnp.exe";

fn students(names: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::from("學號,姓名,系所,班級,學制,入學學年度,在學狀態,電子郵件\n");
    for (number, name) in names {
        let name = name.replace('"', "\"\"");
        text.push_str(&format!("{number},\"{name}\",D1,C01,日四技,111,在學,s{number}@example.edu.tw\n"));
    }
    text.into_bytes()
}

fn bring(site: &Site, kind: Kind, bytes: Vec<u8>, dry_run: bool) -> import::Outcome {
    let request = Request {
        kind,
        catalogue: String::new(),
        file: "names.csv".to_owned(),
        bytes,
        effective: parse_day("2025-08-01").ok(),
        dry_run,
        accept_good: true,
        by: "admin".to_owned(),
        viewer: None,
        upload: None,
    };
    site.runtime.block_on(import::run(&site.app, request, chrono::Utc::now())).unwrap()
}

#[test]
fn hostile_names_are_refused_with_their_place_or_shown_as_text() {
    let site = Site::start();
    let long = "長".repeat(3_400);
    let names =
        [("H1", FORMULA), ("H2", SCRIPT), ("H3", BREAK), ("H4", TURNED), ("H5", long.as_str()), ("H7", "＝1+1")];
    // A file with a NUL in it is no text, and nothing of it is taken.
    let outcome = bring(&site, Kind::Students, students(&[("H0", "王明"), ("H6", "王\0明")]), false);
    assert!(outcome.batch.is_none() && outcome.refused[0].row == 0, "{:?}", outcome.refused);
    let outcome = bring(&site, Kind::Students, students(&names), false);
    let refused: Vec<(u32, &str, &str)> = outcome
        .refused
        .iter()
        .map(|note| (note.row, note.column.as_str(), note.why.get(menkan::lang::Lang::En)))
        .collect();
    let kept: Vec<(String, String)> = site.runtime.block_on(async {
        let sql = "SELECT student, name FROM student_versions WHERE student LIKE 'H%' ORDER BY student";
        site.app.db.read().await.unwrap().all(sql, args![]).await.unwrap()
    });
    // One that is too long is refused where it stands.
    assert!(refused.iter().any(|(_, column, why)| *column == "姓名" && why.contains("200")), "{refused:?}");
    assert_eq!(kept.len() + refused.len(), names.len(), "each is taken or told of");
    for (student, name) in &kept {
        assert!(!name.chars().any(char::is_control), "{student}: {name:?}");
    }
    let credits: String =
        kept.iter().map(|(student, _)| format!("{student},社會接軌,1,2025-10-01,\"{FORMULA}\",2025-10-02\n")).collect();
    let credits = format!("學號,類別,數量,發生日期,名稱,登錄日期\n{credits}");
    assert_eq!(bring(&site, Kind::Credits, credits.into_bytes(), false).new, kept.len());

    let mut admin = site.signed_in("admin");
    let mut pages: Vec<String> =
        ["/classes/C01", "/classes/C01/roster", "/departments/D1?show=all", "/requirements/social"]
            .map(str::to_owned)
            .into();
    for (student, _) in &kept {
        pages.extend(["", "/records", "/why/social"].map(|rest| format!("/students/{student}{rest}")));
    }
    let mut shown = 0;
    for path in &pages {
        let page = admin.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains("<script>alert"), "{path}");
        shown += usize::from(page.body.contains("&lt;script&gt;alert(1)"));
    }
    assert!(shown >= 4, "shown as text on {shown} pages");

    // In the workbook a name is a text, whatever it begins with.
    let workbook = site.runtime.block_on(async {
        let definition = &site.app.edition.load().definition;
        let mut conn = site.app.db.read().await.unwrap();
        let day = definition.school.calendar.today(chrono::Utc::now());
        let edition = site.app.edition.load_full();
        let roster = menkan::app::roster::of_class(&mut conn, &edition, "C01", day).await.unwrap().unwrap();
        let say = |key: &str| key.to_owned();
        menkan::app::sheet::roster(definition, &roster, menkan::lang::Lang::En, &say).unwrap()
    });
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(workbook)).unwrap();
    let sheet = book.sheet_names()[0].clone();
    let cells = book.worksheet_range(&sheet).unwrap();
    assert!(cells.rows().flatten().any(|cell| *cell == Data::String(FORMULA.to_owned())));
    let formulas = book.worksheet_formula(&sheet).unwrap();
    assert!(formulas.rows().flatten().all(|formula| !formula.contains("cmd")), "a name became a formula");

    // In mail: no header of its own, no markup.
    site.runtime.block_on(async {
        let now = chrono::DateTime::parse_from_rfc3339("2025-12-26T09:00:00+08:00").unwrap().to_utc();
        notice::send(&site.app, "missing", now, None, "tester").await.unwrap();
        let rows: Vec<(String, String, String)> = site
            .app
            .db
            .read()
            .await
            .unwrap()
            .all(
                "SELECT o.person, o.head, b.body FROM outbox o JOIN outbox_bodies b ON b.hash = o.body
                 WHERE o.person LIKE 'H%'",
                args![],
            )
            .await
            .unwrap();
        assert!(rows.len() >= kept.len(), "{} letters", rows.len());
        for (person, head, body) in rows {
            assert!(!head.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc:")), "{person}: {head}");
            assert!(head.is_ascii() && body.is_ascii(), "{person}");
            let whole = head + body.as_str();
            let message = mail_parser::MessageParser::default().parse(whole.as_bytes()).unwrap().into_owned();
            let html = message.body_html(0).unwrap().into_owned();
            assert!(!html.contains("<script"), "{person}: {html}");
            assert!(message.bcc().is_none() && !format!("{:?}", message.to()).contains('\u{202e}'), "{person}");
        }
    });
}
