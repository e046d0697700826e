//! Workbooks through the child process: read as they are shown, and hostile ones refused at once.

use std::io::Write;
use std::time::{Duration, Instant};

use menkan::app::import::{self, Kind, Outcome, Request};
use menkan::lang::Lang;
use menkan::sandbox::{Sandbox, SandboxError};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::write::SimpleFileOptions;

use crate::harness;
use crate::import::{now, request, school};

fn workbook(bytes: Vec<u8>) -> Request {
    Request { bytes, file: "credits.xlsx".to_owned(), ..request(Kind::Credits, "", "2025-09-01") }
}

#[tokio::test]
async fn a_workbook_is_read_as_it_is_shown() {
    let test = harness::sqlite().await;
    let app = harness::app(&test, &std::env::temp_dir());
    school(&app).await;
    let mut book = Workbook::new();
    book.add_worksheet().set_name("說明").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("時數").unwrap();
    let date = Format::new().set_num_format("yyyy/m/d");
    // The headings stand in row 3, and a row between the records is empty.
    for (column, heading) in (0..).zip(["學號", "類別", "數量", "發生日期", "名稱"]) {
        sheet.write_string(2, column, heading).unwrap();
    }
    sheet.write_number(3, 0, 4111001.0).unwrap();
    sheet.write_string(3, 1, "抗壓").unwrap();
    sheet.write_number(3, 2, 1.5).unwrap();
    sheet.write_datetime_with_format(3, 3, ExcelDateTime::from_ymd(2025, 3, 3).unwrap(), &date).unwrap();
    sheet.write_string(3, 4, "時間管理講座").unwrap();
    sheet.write_string(5, 0, "0411003").unwrap();
    sheet.write_string(5, 1, "精進").unwrap();
    sheet.write_number(5, 2, 0.1 + 0.2).unwrap();
    sheet.write_number(5, 3, 45719.0).unwrap();
    sheet.write_string(6, 0, "9999999").unwrap();
    sheet.write_string(6, 1, "精進").unwrap();
    sheet.write_number(6, 2, 1.0).unwrap();
    sheet.write_string(6, 3, "114/3/3").unwrap();
    let outcome = import::run(&app, workbook(book.save_to_buffer().unwrap()), now()).await.unwrap();
    assert_eq!((outcome.rows, outcome.same, outcome.new), (3, 1, 1), "{:?}", outcome.refused);
    assert_eq!((outcome.refused.len(), outcome.refused[0].row), (1, 7), "as the spreadsheet counts");
    assert_eq!(outcome.source.sheet.as_deref(), Some("時數"));
    assert_eq!(outcome.source.format, "xlsx");
    assert_eq!(outcome.preview.rows[1].1, ["0411003", "精進", "0.3", "45719"]);

    // The refused rows come back as a workbook with the reason, and that can be read again.
    let refused = import::refused_workbook(&outcome, "原因", Lang::ZhTw).unwrap();
    let again = import::run(&app, workbook(refused), now()).await.unwrap();
    assert_eq!((again.rows, again.refused[0].row), (1, 2));
    assert!(again.preview.rows[0].1[5].contains("先匯入學生"), "{:?}", again.preview);
}

/// An xlsx of these parts, with what every workbook must have.
fn parts(sheet: &[u8], more: usize, name: Option<&str>) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let mut put = |name: &str, bytes: &[u8]| {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    };
    put("[Content_Types].xml", br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#);
    put("_rels/.rels", br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#);
    put("xl/workbook.xml", br#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#);
    put("xl/_rels/workbook.xml.rels", br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#);
    put("xl/worksheets/sheet1.xml", sheet);
    for index in 0..more {
        put(&format!("xl/media/{index}.txt"), b"");
    }
    if let Some(name) = name {
        put(name, b"x");
    }
    zip.finish().unwrap().into_inner()
}

fn sheet(rows: &str) -> Vec<u8> {
    format!(r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#).into_bytes()
}

#[tokio::test]
async fn hostile_workbooks_are_refused_at_once() {
    let test = harness::sqlite().await;
    let app = harness::app(&test, &std::env::temp_dir());
    school(&app).await;
    let cell = |at: &str| format!(r#"<c r="{at}"><v>1</v></c>"#);
    let sparse = format!(r#"<row r="1">{}</row><row r="1048576">{}</row>"#, cell("A1"), cell("XFD1048576"));
    let good = parts(&sheet(&format!(r#"<row r="1">{}</row>"#, cell("A1"))), 0, None);
    let whole_book = |rows: &str| parts(&sheet(rows), 0, None);
    let mut strings = b"<c r=\"A1\" t=\"inlineStr\"><is><t>".to_vec();
    strings.resize(600 << 20, b'a');
    let giant_cell = parts(&strings, 0, None);
    drop(strings);
    let many_rows: String =
        (1..=210_000).map(|row| format!(r#"<row r="{row}">{}</row>"#, cell(&format!("A{row}")))).collect();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("two cells at the far corners", whole_book(&sparse), "欄"),
        ("a cell of 600 MB", giant_cell, "50 MB"),
        ("210,000 rows", whole_book(&many_rows), "列|太大"),
        ("65,000 files", parts(&sheet(""), 65_000, None), "個檔案"),
        ("a path out of the archive", parts(&sheet(""), 0, Some("../../etc/passwd")), "路徑"),
        ("an absolute path", parts(&sheet(""), 0, Some("/etc/passwd")), "路徑"),
        ("cut short", good[..good.len() / 2].to_vec(), "損壞"),
        ("only the beginning of an archive", b"PK\x03\x04 and nothing".to_vec(), "損壞"),
        (
            "another archive",
            {
                let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
                zip.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
                zip.write_all(b"<a/>").unwrap();
                zip.finish().unwrap().into_inner()
            },
            "不是 Excel",
        ),
        ("nothing in it", whole_book(""), "沒有資料"),
        ("more than 5 MB", [b"PK\x03\x04".as_slice(), &vec![0; 6 << 20]].concat(), "太大"),
        ("broken XML", whole_book("<row r=\"1\"><c r=\"A1\"><v>1</row>"), "損壞"),
    ];
    for (what, bytes, why) in cases {
        let began = Instant::now();
        let outcome: Outcome = import::run(&app, workbook(bytes), now()).await.unwrap();
        let took = began.elapsed();
        assert_eq!((outcome.refused.len(), outcome.batch), (1, None), "{what}");
        // A busy machine may come to the deadline before it comes to the last row.
        assert!(
            why.split('|').any(|why| outcome.refused[0].why.zh.contains(why)),
            "{what}: {}",
            outcome.refused[0].why.zh
        );
        // The child is ended after some seconds, whatever it does.
        assert!(took < Duration::from_secs(20), "{what}: {took:?}");
    }
}

#[test]
fn a_worker_that_does_not_answer_is_ended() {
    // A program that reads nothing and says nothing: `sleep` for the worker.
    let began = Instant::now();
    let folder = harness::TempFolder::new();
    let program = folder.path().join("worker");
    std::fs::write(&program, "#!/bin/sh\nexec sleep 30\n").unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let answer = Sandbox::at(&program).run("workbook", vec![0; 1 << 20], Duration::from_millis(200));
    assert!(matches!(answer, Err(SandboxError::TooSlow(_))), "{answer:?}");
    assert!(began.elapsed() < Duration::from_secs(3));
    let none = Sandbox::at(std::path::Path::new("/nowhere")).run("workbook", Vec::new(), Duration::from_secs(1));
    assert!(matches!(none, Err(SandboxError::Start(_))), "{none:?}");
    let unknown = Sandbox::at(harness::menkan()).run("no such job", Vec::new(), Duration::from_secs(5));
    assert!(matches!(unknown, Err(SandboxError::TooMuch)), "{unknown:?}");
}
