//! Files that people send: what is taken and what is not, what is left of it on the disk, and what
//! becomes of it when something fails.

pub mod corpus;
mod fails;

use std::path::Path;

use chrono::{DateTime, Utc};
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView};
use menkan::app::App;
use menkan::app::files::{self, FileError, FileRow, Media, OwnerKind, Sent};
use menkan::lang::Lang;
use menkan::store::files::{self as rows, Owner};

use crate::harness::s3::Store;
use crate::harness::{self, TempFolder, databases};

const CASE: Owner<'static> = Owner { kind: OwnerKind::Case, id: "c1" };

fn sent<'a>(name: &'a str, bytes: Vec<u8>) -> Sent<'a> {
    Sent { owner: CASE, field: "proof", name, bytes, accept: &Media::ALL, up_to_bytes: 10 << 20, by: "S1" }
}

fn now() -> DateTime<Utc> {
    Utc::now()
}

async fn code_of(app: &App, name: &str, bytes: Vec<u8>) -> Result<FileRow, &'static str> {
    match files::receive(app, sent(name, bytes), now()).await {
        Ok(row) => Ok(row),
        Err(FileError::Refused(refused)) => {
            for lang in Lang::ALL {
                let said = refused.say(lang);
                assert!(said.contains(&refused.name) && !said.contains("file-"), "{said}");
            }
            Err(refused.code())
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

/// Everything on the disk below a folder.
fn on_disk(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(on_disk(&path)) } else { all.extend(std::fs::read(path).unwrap()) }
    }
    all
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_all_files_the_right_ones_are_taken() {
    let (data, db) = (TempFolder::new(), harness::sqlite().await);
    let app = harness::app(&db, data.path());
    let all = corpus::all();
    let good = all.iter().filter(|case| case.refused.is_none()).count();
    assert!(all.len() >= 150 && good >= 40, "{} files, {good} of them good", all.len());
    let (mut wrong, mut kept) = (Vec::new(), 0);
    for case in &all {
        let answer = code_of(&app, &case.name, case.bytes.clone()).await;
        if let Ok(row) = &answer {
            kept += if row.thumb_key.is_empty() { 1 } else { 2 };
            let opened = files::open(&app, &row.id).await.unwrap().unwrap();
            assert!(!holds(&opened.bytes, corpus::CANARY), "{}", case.name);
        }
        if answer.as_ref().err().copied() != case.refused {
            wrong.push(format!("{}: {:?}, not {:?}", case.name, answer.map(|row| row.id), case.refused));
        }
    }
    println!("{} files, {good} of them good", all.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(app.vault.list().await.unwrap().len(), kept, "of what is refused nothing is kept");
    assert!(!holds(&on_disk(data.path()), corpus::CANARY));
}

#[tokio::test]
async fn a_picture_is_kept_as_it_is_to_be_seen_with_a_thumbnail() {
    let (data, db) = (TempFolder::new(), harness::sqlite().await);
    let app = harness::app(&db, data.path());
    let before = corpus::points(400, 240);
    for turn in 1..=8 {
        let sent = corpus::jpeg_with_exif(&before, turn);
        let row = code_of(&app, "證明.jpg", sent.clone()).await.unwrap();
        assert_eq!((row.name.as_str(), row.media.as_str(), row.size), ("證明.jpg", "image/jpeg", sent.len() as i64));
        let opened = files::open(&app, &row.id).await.unwrap().unwrap();
        let after = image::load_from_memory(&opened.bytes).unwrap();
        let mut seen = DynamicImage::ImageRgb8(before.clone());
        seen.apply_orientation(Orientation::from_exif(turn).unwrap());
        assert_eq!(after.dimensions(), seen.dimensions(), "{turn}");
        // Nothing says that it is to be turned once more.
        assert!(!holds(&opened.bytes, "Exif"), "{turn}");
        let thumb = files::open_thumb(&app, &row.id).await.unwrap().unwrap();
        assert_eq!(thumb.media, Media::Jpeg);
        let thumb = image::load_from_memory(&thumb.bytes).unwrap();
        let (long, short) = (after.width().max(after.height()), after.width().min(after.height()));
        assert_eq!((long, short), (400, 240));
        assert_eq!(thumb.width().max(thumb.height()), 320, "{turn}");
        for (part, whole) in [(&after, &seen), (&thumb, &seen)] {
            for (x, y) in [(1, 1), (3, 1), (1, 3), (3, 3)] {
                let at = |image: &DynamicImage| image.get_pixel(image.width() * x / 4, image.height() * y / 4).0;
                let near = at(part).iter().zip(at(whole)).take(2).all(|(one, other)| one.abs_diff(other) < 12);
                assert!(near, "{turn} at {x} {y}: {:?} {:?}", at(part), at(whole));
            }
        }
    }
    assert!(!holds(&on_disk(data.path()), corpus::CANARY));
    // What is small stays as small, and a PDF has no thumbnail.
    let row = code_of(&app, "a.jpg", corpus::jpeg(&corpus::points(30, 20))).await.unwrap();
    let thumb = files::open_thumb(&app, &row.id).await.unwrap().unwrap();
    assert_eq!(image::load_from_memory(&thumb.bytes).unwrap().dimensions(), (30, 20));
    let pdf = corpus::pdf(&[]);
    let row = code_of(&app, "a.pdf", pdf.clone()).await.unwrap();
    assert!(files::open_thumb(&app, &row.id).await.unwrap().is_none());
    assert_eq!(files::open(&app, &row.id).await.unwrap().unwrap().bytes, pdf, "a PDF is kept as it is");
}

#[tokio::test]
async fn a_large_photo_is_taken_within_the_limits() {
    let (data, db) = (TempFolder::new(), harness::sqlite().await);
    let app = harness::app(&db, data.path());
    // Twelve million points, on its side.
    let mut photo = image::RgbImage::new(4_000, 3_000);
    for (index, point) in photo.pixels_mut().enumerate() {
        point.0 = [(index % 4_000 / 16) as u8, (index / 4_000 / 12) as u8, 90];
    }
    let row = code_of(&app, "photo.jpg", corpus::jpeg_with_exif(&photo, 6)).await.unwrap();
    let opened = files::open(&app, &row.id).await.unwrap().unwrap();
    let size = image::ImageReader::new(std::io::Cursor::new(&opened.bytes)).with_guessed_format().unwrap();
    assert_eq!(size.into_dimensions().unwrap(), (3_000, 4_000));
}

#[test]
fn names_are_shown_without_paths_and_without_marks_that_deceive() {
    let long = format!("{}.jpg", "長".repeat(10_000));
    for (sent, shown) in [
        ("證明.jpg", "證明.jpg"),
        ("/etc/passwd", "passwd"),
        ("../../../../etc/cron.d/x.pdf", "x.pdf"),
        ("C:\\Users\\a\\scan.pdf", "scan.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("C:x.pdf", "C_x.pdf"),
        ("..", "file"),
        (".", "file"),
        ("/", "file"),
        ("", "file"),
        ("   ", "file"),
        ("\u{202e}\u{200b}", "file"),
        ("fdp\u{202e}gpj.exe", "fdpgpj.exe"),
        ("\u{2066}a\u{2069}.pdf", "a.pdf"),
        ("a\u{200b}b\u{feff}.pdf", "ab.pdf"),
        ("a\0.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ("a\u{85}\u{9b}b.pdf", "ab.pdf"),
        ("a\u{2028}b.pdf", "ab.pdf"),
        (".htaccess", "htaccess"),
        ("a.pdf. . .", "a.pdf"),
        ("<script>alert(1)<", "_script_alert(1)_"),
        ("a\u{e0041}\u{e007f}.pdf", "a.pdf"),
        ("𡝗名.png", "𡝗名.png"),
    ] {
        assert_eq!(files::shown_name(sent), shown, "{sent:?}");
    }
    let short = files::shown_name(&long);
    assert!(short.ends_with("….jpg") && short.chars().count() <= 80, "{short}");
    assert!(files::shown_name(&"x".repeat(10_000)).chars().count() <= 80);
    assert!(files::shown_name(&format!("a.{}", "x".repeat(10_000))).chars().count() <= 80);
}

#[tokio::test]
async fn a_file_is_kept_under_a_name_that_says_what_it_is() {
    let (data, db) = (TempFolder::new(), harness::sqlite().await);
    let app = harness::app(&db, data.path());
    for (sent, kept) in [
        ("a.pdf", "a.pdf"),
        ("a.PDF", "a.PDF"),
        ("a.exe", "a.exe.pdf"),
        ("a.pdf.exe", "a.pdf.exe.pdf"),
        ("a.jpg", "a.jpg.pdf"),
        ("a", "a.pdf"),
        ("../a\u{202e}fdp.js", "afdp.js.pdf"),
    ] {
        assert_eq!(code_of(&app, sent, corpus::pdf(&[])).await.unwrap().name, kept);
    }
}

#[tokio::test]
async fn only_what_the_form_asks_for_is_taken_and_only_so_much_of_it() {
    let (data, db) = (TempFolder::new(), harness::sqlite().await);
    let app = harness::app(&db, data.path());
    let refused = async |sent: Sent<'_>| match files::receive(&app, sent, now()).await {
        Err(FileError::Refused(refused)) => refused,
        answer => panic!("{answer:?}"),
    };
    let pdf = corpus::pdf(&[]);
    let only = Sent { accept: &[Media::Jpeg, Media::Png], ..sent("a.pdf", pdf.clone()) };
    let answer = refused(only).await;
    assert_eq!(answer.code(), "file-kind");
    assert!(answer.say(Lang::En).contains("jpg, png;"), "{}", answer.say(Lang::En));
    let most = pdf.len() as u64;
    assert_eq!(refused(Sent { up_to_bytes: most - 1, ..sent("a.pdf", pdf.clone()) }).await.code(), "file-too-big");
    let too_big = refused(Sent { up_to_bytes: 5 << 20, ..sent("大.pdf", vec![0; (5 << 20) + 1]) }).await;
    assert!(too_big.say(Lang::ZhTw).contains("「大.pdf」太大，最多 5 MB"), "{}", too_big.say(Lang::ZhTw));
    files::receive(&app, Sent { up_to_bytes: most, ..sent("a.pdf", pdf) }, now()).await.unwrap();
}

#[tokio::test]
async fn files_have_an_owner_and_go_when_no_row_has_them() {
    for test in databases().await {
        let data = TempFolder::new();
        let app = harness::app(&test, data.path());
        let profile = Owner { kind: OwnerKind::Profile, id: "S1" };
        let picture = corpus::jpeg(&corpus::points(20, 20));
        let first = code_of(&app, "1.jpg", picture.clone()).await.unwrap();
        let second = files::receive(&app, Sent { owner: profile, ..sent("2.jpg", picture) }, now()).await.unwrap();
        let other = code_of(&app, "3.pdf", corpus::pdf(&[])).await.unwrap();
        let mut conn = app.db.read().await.unwrap();
        assert_eq!(rows::by_id(&mut conn, &first.id).await.unwrap().as_ref(), Some(&first), "{}", test.kind);
        assert_eq!(rows::of_owner(&mut conn, profile).await.unwrap(), std::slice::from_ref(&second));
        assert_eq!(rows::of_owner(&mut conn, CASE).await.unwrap().len(), 2);
        let same = rows::same_bytes_elsewhere(&mut conn, &first.sha256, CASE).await.unwrap();
        assert_eq!(same, std::slice::from_ref(&second));
        assert_eq!(rows::same_bytes_elsewhere(&mut conn, &other.sha256, CASE).await.unwrap(), []);
        drop(conn);

        // A case keeps what the profile had: the bytes stay as long as one row has them.
        let mut tx = app.db.begin().await.unwrap();
        let copy =
            FileRow { id: "c".repeat(32), owner_kind: OwnerKind::Case, owner: "c9".to_owned(), ..second.clone() };
        rows::add(&mut tx, &copy).await.unwrap();
        assert!(rows::remove(&mut tx, &second.id, &first.at).await.unwrap());
        assert!(!rows::remove(&mut tx, &second.id, &first.at).await.unwrap());
        tx.commit().await.unwrap();
        let later = now() + files::GRACE * 2;
        assert_eq!(files::sweep(&app, later).await.unwrap(), 0, "{}", test.kind);
        assert!(files::open(&app, &second.id).await.unwrap().is_none());
        assert!(files::open(&app, &copy.id).await.unwrap().is_some());
        assert!(files::open(&app, "0").await.unwrap().is_none());
        let mut tx = app.db.begin().await.unwrap();
        assert!(rows::remove(&mut tx, &copy.id, &first.at).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(files::sweep(&app, now()).await.unwrap(), 0, "what is new is left alone");
        assert_eq!(files::sweep(&app, later).await.unwrap(), 2, "the picture and its thumbnail");
        assert_eq!(app.vault.list().await.unwrap().len(), 3);

        // Beside another database nothing is lost.
        let other_db = harness::sqlite().await;
        let stranger = harness::app(&other_db, data.path());
        assert_eq!(files::sweep(&stranger, later).await.unwrap(), 0);
        assert_eq!(app.vault.list().await.unwrap().len(), 3);

        // Checked and kept, and its row never written.
        files::keep(&app, sent("4.pdf", corpus::pdf(&[])), now()).await.unwrap();
        assert_eq!(app.vault.list().await.unwrap().len(), 4);
        assert_eq!(files::sweep(&app, later).await.unwrap(), 1, "{}", test.kind);
        assert!(files::open(&app, &first.id).await.unwrap().is_some());
        assert!(files::open(&app, &other.id).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn files_are_kept_in_a_store_as_in_a_folder() {
    let Some(store) = Store::start() else { return };
    let (data, db) = (TempFolder::new(), harness::sqlite().await);
    let mut app = harness::app(&db, data.path());
    app.vault = store.vault("files");
    let row = code_of(&app, "1.jpg", corpus::jpeg_with_exif(&corpus::points(20, 20), 6)).await.unwrap();
    assert_eq!(files::open(&app, &row.id).await.unwrap().unwrap().media, Media::Jpeg);
    files::keep(&app, sent("4.pdf", corpus::pdf(&[])), now()).await.unwrap();
    assert_eq!(files::sweep(&app, now() + files::GRACE * 2).await.unwrap(), 1);
    assert_eq!(app.vault.list().await.unwrap().len(), 2);
    drop(store);
    assert_eq!(code_of(&app, "1.pdf", corpus::pdf(&[])).await, Err("file-not-now"));
    assert!(files::open(&app, &row.id).await.is_err());
}

#[tokio::test]
async fn a_file_is_answered_so_that_it_runs_nothing() {
    let (data, db) = (TempFolder::new(), harness::sqlite().await);
    let app = harness::app(&db, data.path());
    for (name, bytes, disposition) in [
        ("a.jpg", corpus::jpeg(&corpus::points(9, 9)), "inline"),
        ("證\"明.pdf", corpus::pdf(&[]), "attachment; filename=\"___.pdf\"; filename*=UTF-8''%E8%AD%89_%E6%98%8E.pdf"),
    ] {
        let row = code_of(&app, name, bytes).await.unwrap();
        let opened = files::open(&app, &row.id).await.unwrap().unwrap();
        let answer = menkan::web::sent_file(opened).unwrap_or_else(|_| panic!("{name}"));
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), row.media);
        assert_eq!(header("content-disposition"), disposition);
        assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store");
    }
}
