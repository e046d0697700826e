//! A long catalogue over HTTP and on both databases: brought in from a file, searched as one types and
//! without a script, entries withdrawn, and entries that a move puts there.

use menkan::app::case::{self, Asked};
use menkan::app::files::OwnerKind;
use menkan::app::profile;
use menkan::args;
use menkan::clock::Instant;
use menkan::lang::Lang;
use menkan::store::catalogues::{self, EntryRow, Of, On};

use super::review_world::{file, form, number, person, press, raw, state};
use super::{PASSWORD, Page, Site, Visitor, own};
use crate::harness::{self, school};

const STUDENT: &str = "4110101";
const TERM: &str = "115-1";
const LIST: &str = "/catalogues/certificates?term=115-1";
const DAY: &str = "2026-09-10";

fn now() -> Instant {
    "2026-11-10T02:00:00Z".parse().unwrap()
}

pub fn worlds() -> Vec<Site> {
    let sites = Site::on_each_school("npust");
    for site in &sites {
        site.runtime.block_on(async {
            let mut tx = site.app.db.begin().await.unwrap();
            school::staff(&mut tx, "officer1", "officer", "career").await;
            school::staff(&mut tx, "dept1", "department", "D1").await;
            tx.commit().await.unwrap();
            for account in ["officer1", "dept1"] {
                menkan::app::accounts::create(&site.app, account, PASSWORD, Lang::ZhTw, chrono::Utc::now())
                    .await
                    .unwrap();
            }
        });
    }
    sites
}

pub fn row(number: usize) -> EntryRow {
    let (code, name) = (format!("{:09}", 108_100_000 + number), format!("產業人才能力鑑定第{number}種"));
    let text = |text: &str| serde_json::json!({ "text": text });
    let says = serde_json::json!({
        "code": text(&code), "name": text(&name), "english": text(&format!("Talent Test No. {number}")),
        "level": text("初級"), "issuer": text("經濟部"),
    });
    EntryRow {
        id: format!("entry{number}"),
        catalogue: "certificates".to_owned(),
        term: TERM.to_owned(),
        code,
        name,
        says: says.to_string(),
        ordinal: number as i64,
        ..EntryRow::default()
    }
}

pub fn fill(site: &Site, count: usize) {
    let rows: Vec<EntryRow> = (1..=count).map(row).collect();
    site.runtime.block_on(async {
        let mut tx = site.app.db.begin().await.unwrap();
        assert_eq!(catalogues::add_entries(&mut tx, &rows).await.unwrap(), count as u64);
        tx.commit().await.unwrap();
    });
}

/// A draft of an award with all but its certificate; its id.
pub fn draft(site: &Site, student: &str) -> String {
    site.runtime.block_on(async {
        let viewer = person(site, student).await;
        let edition = site.app.edition.load_full();
        let mut typed = raw(&[("national_id", "A123456789"), ("bank", "700"), ("account", "00012345678901")]);
        for field in ["id_front", "id_back", "passbook_front", "passbook_back"] {
            let id = file(site, OwnerKind::Profile, student, field, &format!("{student}{field}")).await;
            typed.insert(field.to_owned(), id);
        }
        profile::keep(&site.app, &edition, student, &typed, 0, now()).await.unwrap();
        let begun = case::begin(&site.app, &viewer, "award", &harness::unique(), now()).await.unwrap();
        let number = harness::unique();
        let typed = raw(&[("effective_on", DAY), ("number", number.as_str())]);
        for field in ["front", "back"] {
            file(site, OwnerKind::Case, &begun.id, field, &harness::unique()).await;
        }
        case::keep(&site.app, &viewer, &begun.id, 1, &typed, now()).await.unwrap();
        begun.id
    })
}

pub fn choose(site: &Site, student: &str, id: &str, entry: &str) {
    site.runtime.block_on(async {
        let viewer = person(site, student).await;
        case::keep(&site.app, &viewer, id, 1, &raw(&[("certificate", entry)]), now()).await.unwrap();
    });
}

pub fn send(site: &Site, student: &str, id: &str) {
    site.runtime.block_on(async {
        let viewer = person(site, student).await;
        let nonce = harness::unique();
        let asked = Asked { step: "submit", seen: 1, nonce: &nonce, ..Asked::default() };
        case::act(&site.app, &viewer, id, &asked, now()).await.unwrap();
    });
}

fn save(who: &mut Visitor, page: &Page, accept_good: bool) -> Page {
    let check = page.header("location").to_owned();
    let token = who.get(&check).token();
    let upload = check.rsplit('/').next().unwrap();
    let good = if accept_good { "&accept_good=on" } else { "" };
    who.post("/imports/save", &own(who.address), &format!("token={token}&upload={upload}{good}"))
}

const HEAD: &str = "學年學期,證照代碼,證照名稱,英文名稱,級分數,發證單位\n";

#[test]
fn entries_are_brought_in_from_a_file_whole_or_not_at_all_and_taken_back() {
    for site in worlds() {
        let kind = site.db.kind;
        let mut officer = site.signed_in("officer1");
        let page = officer.get("/imports?kind=entries:certificates");
        assert!(page.body.contains("證照目錄") && !page.body.contains("value=\"staff\""), "{}", page.body);
        assert!(officer.get(LIST).body.contains("由檔案匯入"));
        assert_eq!(site.signed_in("dept1").get("/imports").status, 403);

        // A row that is wrong: each is told its place, and nothing is kept.
        let bad = format!(
            "{HEAD}115-1,9001,保母人員,,單一級,勞動部\n115學年第1學期,9001,重複,,單一級,勞動部\n115-9,9002,沒有這學期,,甲級,勞動部\n115-1,9003,,,甲級,勞動部\n"
        );
        let sent = officer.upload("entries:certificates", "bad.csv", &bad);
        let check = officer.get(sent.header("location"));
        for part in ["和第 2 列重複", "請寫學期", "請填寫「證照名稱」"] {
            assert!(check.body.contains(part), "{kind}: no {part}: {}", check.body);
        }
        assert_eq!(save(&mut officer, &sent, false).status, 422);
        assert_eq!(number(&site, "SELECT COUNT(*) FROM catalogue_entries"), 0);

        let good = format!("{HEAD}115-1,9001,保母人員,Child minder,單一級,勞動部\n1151,009002,工業配線,,乙級,勞動部\n");
        let sent = officer.upload("entries:certificates", "good.csv", &good);
        assert_eq!(save(&mut officer, &sent, false).status, 200);
        assert_eq!(number(&site, "SELECT COUNT(*) FROM catalogue_entries WHERE term = '115-1'"), 2);
        let again = officer.upload("entries:certificates", "good.csv", &good);
        assert!(save(&mut officer, &again, false).header("location").ends_with("/imports"));
        // A changed row, over which the whole import is told apart when it is taken back.
        let changed = format!("{HEAD}115-1,9001,保母人員（托育）,Child minder,單一級,勞動部\n");
        let sent = officer.upload("entries:certificates", "changed.csv", &changed);
        assert_eq!(save(&mut officer, &sent, false).status, 200);
        assert!(officer.get(LIST).body.contains("托育"));
        let imports: Vec<i64> = site.runtime.block_on(async {
            let mut conn = site.app.db.read().await.unwrap();
            let rows: Vec<(i64,)> = conn.all("SELECT id FROM imports ORDER BY id", args![]).await.unwrap();
            rows.into_iter().map(|(id,)| id).collect()
        });
        let first = format!("/imports/{}/take-back", imports[0]);
        assert!(officer.get(&first).body.contains("以它為基礎"), "{kind}");
        for (import, left) in [(imports[1], 2), (imports[0], 0)] {
            let at = format!("/imports/{import}/take-back");
            assert_eq!(officer.send(&at, &at, &[]).status, 303, "{kind}");
            assert_eq!(number(&site, "SELECT COUNT(*) FROM catalogue_entries"), left, "{kind}");
        }
    }
}

#[test]
fn a_long_list_is_paged_and_searched_by_code_name_and_english_whatever_the_width() {
    for site in worlds() {
        fill(&site, 250);
        let mut officer = site.signed_in("officer1");
        let page = officer.get(LIST);
        assert!(page.body.contains("250 項") && page.body.contains("第1種") && !page.body.contains("第101種"));
        assert!(officer.get(&format!("{LIST}&page=3")).body.contains("第250種"));
        let found = officer.get(&format!("{LIST}&q={}", super::encode("第77種")));
        assert!(found.body.contains("108100077") && !found.body.contains("108100078"), "{}", found.body);

        let id = draft(&site, STUDENT);
        let mut student = site.signed_in(STUDENT);
        let edit = format!("/cases/{id}/edit");
        let page = student.get(&edit);
        assert!(page.body.contains("name=\"find-certificate\"") && !page.body.contains("entry77"), "{}", page.body);
        for words in ["第77種", "108100077", "talent test 第77種", "１０８１０００７７", "ＴＡＬＥＮＴ　第77種"]
        {
            let answer = student.get(&format!("/cases/{id}/entries/certificate?q={}", super::encode(words)));
            let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            let found: Vec<&str> =
                told["found"].as_array().unwrap().iter().map(|one| one["value"].as_str().unwrap()).collect();
            assert_eq!(found, ["entry77"], "{}: {words}", site.db.kind);
        }
        let answer = student.get(&format!("/cases/{id}/entries/certificate?q=%25"));
        assert!(answer.body.contains("找不到") && answer.body.contains("\"found\":[]"), "{}", answer.body);
        let answer = student.get(&format!("/cases/{id}/entries/certificate?q=&day=2026-03-01"));
        assert!(answer.body.contains("\"found\":[]"), "another term has none: {}", answer.body);
        assert_eq!(site.signed_in("4110102").get(&format!("/cases/{id}/entries/certificate")).status, 404);
        assert_eq!(student.get(&format!("/cases/{id}/entries/number")).status, 404);

        // Without a script, by the button; then it is chosen and stays, whatever is looked for next.
        let version = page.body.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let shown = page.body.split("name=\"shown\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let fields = [
            ("version", version),
            ("shown", shown),
            ("effective_on", DAY),
            ("find-certificate", "第77種"),
            ("do", "find-certificate"),
        ];
        let sent = student.send(&edit, &edit, &fields);
        assert_eq!(sent.status, 303, "{}", sent.body);
        let page = student.get(sent.header("location").split('#').next().unwrap());
        assert!(page.body.contains("<option value=\"entry77\">108100077"), "{}", page.body);
        choose(&site, STUDENT, &id, "entry77");
        let page = student.get(&format!("{edit}?find-certificate=8"));
        assert!(page.body.contains("<option value=\"entry77\" selected>") && page.body.contains("超過 20 項"));
        send(&site, STUDENT, &id);
        let list = student.get("/cases");
        for part in ["學年</span> 115", "初級", "2026-09-10", "總筆數：1"] {
            assert!(list.body.contains(part), "no {part}: {}", list.body);
        }
        assert!(student.get("/cases?year=114").body.contains("value=\"115\""));
    }
}

#[test]
fn an_entry_withdrawn_between_choosing_and_sending_is_told_and_the_rest_stays() {
    for site in worlds() {
        fill(&site, 120);
        let id = draft(&site, STUDENT);
        choose(&site, STUDENT, &id, "entry7");
        let mut officer = site.signed_in("officer1");
        let page = officer.get(LIST);
        let body = format!("{}&department=&term={TERM}&do=remove&entry=entry7", form(&page, &[]));
        assert_eq!(officer.post("/catalogues/certificates", &own(site.address), &body).status, 303);
        let mut student = site.signed_in(STUDENT);
        let check = student.get(&format!("/cases/{id}/check"));
        let edit = student.get(&format!("/cases/{id}/edit?show=wrong"));
        assert!(edit.body.contains("證照名稱") && edit.body.contains("不在"), "{} {}", check.status, edit.body);
        assert!(edit.body.contains(&format!("value=\"{DAY}\"")), "what else was typed is there");
        assert_eq!(state(&site, &id), "draft");
        let of_term = |term: &str| number(&site, &format!("SELECT COUNT(*) FROM cases WHERE term = '{term}'"));
        site.runtime.block_on(async {
            let (viewer, typed) = (person(&site, STUDENT).await, raw(&[("effective_on", "115/3/1")]));
            case::keep(&site.app, &viewer, &id, 1, &typed, now()).await.unwrap();
        });
        assert_eq!((of_term("114-2"), of_term(TERM)), (1, 0), "a case is of the term of its date");
        site.runtime.block_on(async {
            let (viewer, typed) = (person(&site, STUDENT).await, raw(&[("effective_on", DAY)]));
            case::keep(&site.app, &viewer, &id, 1, &typed, now()).await.unwrap();
        });
        choose(&site, STUDENT, &id, "entry8");
        send(&site, STUDENT, &id);
        assert_eq!(state(&site, &id), "applied");
    }
}

#[test]
fn an_entry_is_removed_after_a_question_and_what_was_searched_stays() {
    for site in worlds() {
        fill(&site, 120);
        let mut officer = site.signed_in("officer1");
        let home = officer.get("/home");
        assert!(!home.body.contains("查學生"), "who sees no student looks none up: {}", home.body);
        assert!(home.body.contains("由檔案匯入你維護的列表") && !home.body.contains("認證紀錄"), "{}", home.body);
        let imports = officer.get("/imports");
        assert!(imports.body.contains("各種檔案的欄位") && !imports.body.contains("認證紀錄"), "{}", imports.body);
        let found = format!("{LIST}&q=%E7%AC%AC7%E7%A8%AE");
        let page = officer.get(&found);
        let text = page.body.replace("&#x2f;", "/").replace("&amp;", "&");
        let (head, table) = text.split_once("<table").unwrap();
        assert!(head.contains("#entry\">新增一項"), "what adds an entry stands at the head: {head}");
        assert!(!table.contains("value=\"remove\""), "nothing is removed from the table at once");
        let link = text.split("href=\"").find(|link| link.contains("&remove=entry7\"")).unwrap();
        let asked = officer.get(link.split('"').next().unwrap());
        assert!(
            asked.body.contains("移除「產業人才能力鑑定第7種」") && asked.body.contains("108100007"),
            "{}",
            asked.body
        );
        let action = asked.body.split("<section").nth(1).unwrap().split("action=\"").nth(1).unwrap();
        let action = action.split('"').next().unwrap().replace("&#x2f;", "/").replace("&amp;", "&");
        let body = format!("{}&department=&term={TERM}&do=remove&entry=entry7", form(&asked, &[]));
        let done = officer.post(&action, &own(site.address), &body);
        assert_eq!(done.status, 303, "{}", done.body);
        assert!(done.header("location").contains("q=%E7%AC%AC7%E7%A8%AE"), "{}", done.header("location"));
        assert!(officer.get(done.header("location")).body.contains("有「第7種」的有 0 項"));
        assert_eq!(officer.get(link.split('"').next().unwrap()).status, 404, "it is gone");
    }
}

/// A request for a new kind that waits for the office; its id.
fn requested(site: &Site, student: &str, name: &str) -> String {
    site.runtime.block_on(async {
        let viewer = person(site, student).await;
        let begun = case::begin(&site.app, &viewer, "new-kind", &harness::unique(), now()).await.unwrap();
        let typed = raw(&[("name", name), ("level", "單一級"), ("issuer", "測試部"), ("effective_on", DAY)]);
        file(site, OwnerKind::Case, &begun.id, "copy", &harness::unique()).await;
        case::keep(&site.app, &viewer, &begun.id, 1, &typed, now()).await.unwrap();
        let nonce = harness::unique();
        let asked = Asked { step: "submit", seen: 1, nonce: &nonce, ..Asked::default() };
        case::act(&site.app, &viewer, &begun.id, &asked, now()).await.unwrap();
        begun.id
    })
}

fn entered(site: &Site) -> Vec<EntryRow> {
    site.runtime.block_on(async {
        let mut conn = site.app.db.read().await.unwrap();
        let on = On { catalogue: "certificates", department: "", term: TERM };
        catalogues::find(&mut conn, Of::Entries, on, "", 0, 100).await.unwrap()
    })
}

#[test]
fn a_move_enters_what_can_then_be_chosen_and_is_undone_only_while_nobody_has() {
    for site in worlds() {
        let (mut officer, kind) = (site.signed_in("officer1"), site.db.kind);
        let (id, twin) = (requested(&site, STUDENT, "新式證照"), requested(&site, "4110102", "別的證照"));
        let empty = press(&mut officer, &id, &[("step", "enter"), ("code", "")]);
        assert!(empty.status == 422 && empty.body.contains("請填寫「證照代碼」"), "{}", empty.body);
        let made = press(&mut officer, &id, &[("step", "enter"), ("code", "N001")]);
        assert_eq!(made.status, 303, "{kind}: {}", made.body);
        let [entry] = entered(&site).try_into().unwrap();
        assert_eq!((entry.code.as_str(), entry.name.as_str()), ("N001", "新式證照"));
        for alike in ["N001", "n001", "Ｎ００１", "N0\u{200b}01", " N001"] {
            let taken = press(&mut officer, &twin, &[("step", "enter"), ("code", alike)]);
            assert!(taken.status == 422 && taken.body.contains("已有「證照代碼」為"), "{alike}: {}", taken.body);
        }
        let unseen = press(&mut officer, &twin, &[("step", "enter"), ("code", "\u{200b}\u{3164}")]);
        assert!(unseen.status == 422 && unseen.body.contains("請填寫「證照代碼」"), "{}", unseen.body);
        assert_eq!((state(&site, &twin).as_str(), entered(&site).len()), ("applied", 1));

        let undo = |officer: &mut Visitor| {
            let page = officer.get(&format!("/review/{id}"));
            officer.post(&format!("/review/{id}/undo"), &own(site.address), &form(&page, &[]))
        };
        assert_eq!(undo(&mut officer).status, 303, "{kind}");
        assert_eq!((state(&site, &id).as_str(), entered(&site).len()), ("applied", 0), "{kind}");
        assert_eq!(press(&mut officer, &id, &[("step", "enter"), ("code", "N002")]).status, 303);
        let entry = entered(&site).remove(0);
        let award = draft(&site, STUDENT);
        choose(&site, STUDENT, &award, &entry.id);
        let refused = undo(&mut officer);
        assert!(refused.status == 422 && refused.body.contains("已有申請選了「N002"), "{}", refused.body);
        assert_eq!((state(&site, &id).as_str(), entered(&site).len()), ("entered", 1));
        send(&site, STUDENT, &award);
    }
}

#[test]
fn the_schools_pages_are_for_anyone_and_three_wrong_passwords_lock() {
    for site in worlds() {
        let mut visitor = site.visitor();
        let home = visitor.get("/");
        assert!(
            home.body.contains("證照獎勵標準") && home.body.contains("href=\"&#x2f;pages&#x2f;flow\""),
            "{}",
            home.body
        );
        assert!(visitor.get("/pages/standards").body.contains("乙級技術士"));
        assert!(visitor.get("/pages/flow").body.contains("<svg"));
        assert_eq!(visitor.get("/pages/none").status, 404);
        for _ in 0..3 {
            assert_eq!(visitor.sign_in("4110102", "wrong").status, 422);
        }
        let locked = visitor.sign_in("4110102", PASSWORD);
        assert!(locked.status == 429 && locked.body.contains("30"), "{} {}", locked.status, locked.body);
    }
}
