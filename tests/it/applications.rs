//! Cases from beginning to end through the use cases, on both databases: what follows from a move
//! is there with it or not at all, and nothing happens twice.

use std::sync::Arc;

use menkan::app::App;
use menkan::app::access::Viewer;
use menkan::app::case::{self, Asked, CaseError, Done};
use menkan::app::profile;
use menkan::args;
use menkan::case::{Raw, Refusal};
use menkan::clock::Instant;
use menkan::store::access::Person;
use menkan::store::catalogues::EntryRow;
use menkan::store::files::{self, FileRow, OwnerKind};
use menkan::store::queue::Question;

use crate::harness::{self, TempFolder, TestDb, school};

const WORKFLOW: &str = "certificate";

pub(crate) struct World {
    pub(crate) db: TestDb,
    pub(crate) app: Arc<App>,
    pub(crate) _data: TempFolder,
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// A moment inside the window that covers exams from 2026-08-01 on.
pub(crate) fn inside() -> Instant {
    at("2026-11-10T02:00:00Z")
}

async fn worlds() -> Vec<World> {
    worlds_of(1, 6).await
}

pub(crate) async fn worlds_of(classes: usize, size: usize) -> Vec<World> {
    let mut all = Vec::new();
    for db in harness::databases().await {
        all.push(world_of(db, classes, size).await);
    }
    all
}

pub(crate) async fn world_of(db: TestDb, classes: usize, size: usize) -> World {
    school::seed(&db.db, classes, size).await;
    let mut tx = db.db.begin().await.unwrap();
    school::staff(&mut tx, "clerk1", "clerk", "D1").await;
    school::staff(&mut tx, "clerk2", "clerk", "D1").await;
    school::staff(&mut tx, "elsewhere", "clerk", "D2").await;
    school::staff(&mut tx, "office1", "office", "career").await;
    school::staff(&mut tx, "both", "clerk", "D1").await;
    tx.run("INSERT INTO staff_roles (account, role, unit) VALUES ('both', 'office', 'career')", args![]).await.unwrap();
    tx.run(
        "INSERT INTO accounts (account, password, lang, disabled, created_at)
         VALUES ('4110101', '', 'zh-TW', 0, '2025-01-01T00:00:00.000Z')",
        args![],
    )
    .await
    .unwrap();
    let entry = school::certificate("e1", "D1", "115-1", "9001", "測試技術士");
    let off = EntryRow {
        id: "e2".to_owned(),
        code: "9002".to_owned(),
        says: r#"{"self_learning":{"tick":false}}"#.to_owned(),
        ..entry.clone()
    };
    school::approved(&mut tx, &[entry, off]).await;
    tx.commit().await.unwrap();
    let data = TempFolder::new();
    let app = Arc::new(harness::app(&db, data.path()));
    World { db, app, _data: data }
}

impl World {
    pub(crate) async fn person(&self, account: &str) -> Viewer {
        let is_student = account.starts_with('4');
        let person = Person {
            account: account.to_owned(),
            lang: "zh-TW".to_owned(),
            student_name: is_student.then(|| "測試生".to_owned()),
            staff_name: (!is_student).then(|| format!("老師{account}")),
        };
        let edition = self.app.edition.load_full();
        let mut conn = self.db.db.read().await.unwrap();
        let today = edition.definition.school.calendar.today(inside());
        Viewer::of(&mut conn, &edition.definition, person, today).await.unwrap()
    }

    /// A file of a case's field, as if it had been sent.
    pub(crate) async fn file(&self, kind: OwnerKind, owner: &str, field: &str) -> String {
        let id = harness::unique().replace('-', "");
        let mut tx = self.db.db.begin().await.unwrap();
        let row = FileRow {
            id: id.clone(),
            owner_kind: kind,
            owner: owner.to_owned(),
            field: field.to_owned(),
            name: "proof.png".to_owned(),
            media: "image/png".to_owned(),
            size: 1,
            sha256: id.clone(),
            vault_key: id.clone(),
            thumb_key: String::new(),
            uploaded_by: owner.to_owned(),
            at: "2026-11-10T02:00:00.000Z".to_owned(),
            removed_at: None,
        };
        files::add(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub(crate) async fn profile(&self, student: &str) {
        harness::school::national_id(&self.app, student).await;
        let passbook = self.file(OwnerKind::Profile, student, "passbook").await;
        let typed: Raw = [
            ("bank", "中華郵政"),
            ("branch", "測試分局"),
            ("bank_code", "700"),
            ("branch_code", "0021"),
            ("account", "00012345678901"),
            ("passbook", passbook.as_str()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        let edition = self.app.edition.load_full();
        assert!(profile::keep(&self.app, &edition, student, &typed, 0, inside()).await.unwrap());
    }

    /// A draft with everything filled in: fees of 3,000 and 500.
    pub(crate) async fn draft(&self, student: &Viewer, now: Instant) -> String {
        let begun = case::begin(&self.app, student, WORKFLOW, &harness::unique(), now).await.unwrap();
        self.fill(student, &begun.id, now).await;
        begun.id
    }

    pub(crate) async fn fill(&self, student: &Viewer, id: &str, now: Instant) {
        let mut typed: Raw = [
            ("exam_date", "115/9/10"),
            ("certificate", "e1"),
            ("other_aid", ""),
            ("exam_fee", "3,000"),
            ("claims_issue_fee", "on"),
            ("issue_fee", "５００"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        for field in ["exam_proof", "receipt", "issue_receipt", "certificate_file"] {
            typed.insert(field.to_owned(), self.file(OwnerKind::Case, id, field).await);
        }
        case::keep(&self.app, student, id, 1, &typed, now).await.unwrap();
    }

    pub(crate) async fn act(&self, who: &Viewer, id: &str, step: &str, now: Instant) -> Result<Done, CaseError> {
        let seen = self.version(id).await;
        self.act_on(who, id, step, seen, &harness::unique(), now).await
    }

    pub(crate) async fn act_on(
        &self,
        who: &Viewer,
        id: &str,
        step: &str,
        seen: i64,
        nonce: &str,
        now: Instant,
    ) -> Result<Done, CaseError> {
        let named = if step == "return" { vec!["exam_date"] } else { Vec::new() };
        let asked = Asked { step, seen, note: "請看備註", named, nonce, ..Asked::default() };
        case::act(&self.app, who, id, &asked, now).await
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let (count,): (i64,) = self.db.db.read().await.unwrap().one(sql, args![]).await.unwrap();
        count
    }

    pub(crate) async fn version(&self, id: &str) -> i64 {
        let sql = "SELECT version FROM cases WHERE id = $1";
        let (version,): (i64,) = self.db.db.read().await.unwrap().one(sql, args![id]).await.unwrap();
        version
    }

    pub(crate) async fn state(&self, id: &str) -> String {
        let sql = "SELECT state FROM cases WHERE id = $1";
        let (state,): (String,) = self.db.db.read().await.unwrap().one(sql, args![id]).await.unwrap();
        state
    }
}

pub(crate) fn refusal(result: Result<Done, CaseError>) -> String {
    match result {
        Ok(done) => format!("done {done:?}"),
        Err(CaseError::Refused(refusal)) => format!("{refusal:?}").split(['(', ' ', '{']).next().unwrap().to_owned(),
        Err(other) => other.to_string(),
    }
}

#[tokio::test]
async fn a_case_goes_its_whole_way_and_brings_its_credit_and_its_money() {
    for world in worlds().await {
        let (student, clerk, office) =
            (world.person("4110101").await, world.person("clerk1").await, world.person("office1").await);
        let id = world.draft(&student, inside()).await;
        assert_eq!(
            refusal(world.act(&student, &id, "submit", inside()).await),
            "ProfileIncomplete",
            "{}",
            world.db.kind
        );
        world.profile("4110101").await;
        world.act(&student, &id, "submit", inside()).await.unwrap();
        assert_eq!(world.number("SELECT amount FROM payments WHERE state = 'reserved'").await, 175_000);
        assert_eq!(refusal(world.act(&student, &id, "submit", inside()).await), "NotNow");
        world.act(&clerk, &id, "return", inside()).await.unwrap();
        assert_eq!(world.state(&id).await, "returned");
        world.act(&student, &id, "submit", inside()).await.unwrap();
        world.act(&clerk, &id, "endorse", inside()).await.unwrap();
        world.act(&office, &id, "return", inside()).await.unwrap();
        world.act(&student, &id, "submit", inside()).await.unwrap();
        world.act(&clerk, &id, "endorse", inside()).await.unwrap();
        world.act(&office, &id, "pass", inside()).await.unwrap();
        assert_eq!(world.state(&id).await, "passed");
        assert_eq!(world.number("SELECT CAST(COUNT(*) AS BIGINT) FROM payments WHERE state = 'committed'").await, 1);
        assert_eq!(world.number("SELECT CAST(COUNT(*) AS BIGINT) FROM payments WHERE state = 'reserved'").await, 0);
        assert_eq!(
            world
                .number(
                    "SELECT CAST(COUNT(*) AS BIGINT) FROM credits WHERE student = '4110101' AND category = 'certificate'
                     AND happened_on = '2026-09-10' AND recorded_on = '2026-11-10' AND amount = 100"
                )
                .await,
            1
        );
        let mut conn = world.db.db.read().await.unwrap();
        let mut differences = 0;
        menkan::store::facts::prove(&mut conn, |_| differences += 1).await.unwrap();
        assert_eq!(differences, 0);
    }
}

#[tokio::test]
async fn one_open_case_a_person_whatever_is_pressed() {
    for world in worlds().await {
        let student = world.person("4110101").await;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..8 {
            let (app, student) = (world.app.clone(), student.clone());
            // Half of them are one form sent four times.
            let nonce = if number < 4 { "same".to_owned() } else { format!("n{number}") };
            tasks.spawn(async move { case::begin(&app, &student, WORKFLOW, &nonce, inside()).await });
        }
        let all = tasks.join_all().await;
        let begun: std::collections::BTreeSet<&str> =
            all.iter().filter_map(|one| one.as_ref().ok()).map(|begun| begun.id.as_str()).collect();
        assert_eq!(begun.len(), 1, "{}: {all:?}", world.db.kind);
        let in_the_way = all.iter().filter(|one| matches!(one, Err(CaseError::OpenAlready { .. }))).count();
        let same = all.iter().filter(|one| one.is_ok()).count();
        assert_eq!(in_the_way + same, 8, "{}: {all:?}", world.db.kind);
        assert_eq!(world.number("SELECT CAST(COUNT(*) AS BIGINT) FROM cases").await, 1);
    }
}

#[tokio::test]
async fn two_reviewers_at_once_are_one_decision() {
    for world in worlds().await {
        for round in 1..=6 {
            let student = world.person(&format!("411010{round}")).await;
            world.profile(&student.account).await;
            let id = world.draft(&student, inside()).await;
            world.act(&student, &id, "submit", inside()).await.unwrap();
            let seen = world.version(&id).await;
            let mut tasks = tokio::task::JoinSet::new();
            for number in 0..8 {
                let who = world.person(if number % 2 == 0 { "clerk1" } else { "clerk2" }).await;
                let (app, id) = (world.app.clone(), id.clone());
                tasks.spawn(async move {
                    let step = if number % 3 == 0 { "return" } else { "endorse" };
                    let nonce = format!("{id}-{number}");
                    let asked =
                        Asked { step, seen, note: "一", named: vec!["exam_date"], nonce: &nonce, ..Asked::default() };
                    case::act(&app, &who, &id, &asked, inside()).await
                });
            }
            let all = tasks.join_all().await;
            assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 1, "{}: {all:?}", world.db.kind);
            let stale = |one: &&Result<Done, CaseError>| matches!(one, Err(CaseError::Refused(refusal)) if matches!(**refusal, Refusal::Stale));
            assert_eq!(all.iter().filter(stale).count(), 7, "{}: {all:?}", world.db.kind);
            assert_eq!(world.version(&id).await, seen + 1);
        }
    }
}

#[tokio::test]
async fn a_form_sent_again_does_nothing_twice() {
    for world in worlds().await {
        let (student, clerk) = (world.person("4110101").await, world.person("clerk1").await);
        world.profile("4110101").await;
        let id = world.draft(&student, inside()).await;
        world.act(&student, &id, "submit", inside()).await.unwrap();
        let seen = world.version(&id).await;
        let first = world.act_on(&clerk, &id, "endorse", seen, "one-form", inside()).await.unwrap();
        assert!(!first.repeated);
        for _ in 0..10 {
            let again = world.act_on(&clerk, &id, "endorse", seen, "one-form", inside()).await.unwrap();
            assert!(again.repeated, "{}", world.db.kind);
        }
        assert_eq!(world.version(&id).await, seen + 1);
        // Another form of the same page is stale.
        assert_eq!(refusal(world.act_on(&clerk, &id, "endorse", seen, "other-form", inside()).await), "Stale");
    }
}

#[tokio::test]
async fn who_may_not_know_of_a_case_is_told_that_there_is_none() {
    for world in worlds().await {
        let student = world.person("4110101").await;
        world.profile("4110101").await;
        let id = world.draft(&student, inside()).await;
        let missing = "0".repeat(32);
        for stranger in ["4110102", "clerk1", "elsewhere", "office1", "tutor01", "head"] {
            let stranger = world.person(stranger).await;
            let (own, none) = (
                refusal(world.act(&stranger, &id, "endorse", inside()).await),
                refusal(world.act_on(&stranger, &missing, "endorse", 1, &harness::unique(), inside()).await),
            );
            assert_eq!(own, none, "{}: a draft and {}", world.db.kind, stranger.account);
        }
        world.act(&student, &id, "submit", inside()).await.unwrap();
        for (who, expected) in [
            ("4110102", "there is no such case"),
            ("elsewhere", "there is no such case"),
            ("tutor01", "there is no such case"),
            ("head", "there is no such case"),
            ("office1", "NotTheirs"),
            ("4110101", "NotTheirs"),
        ] {
            let person = world.person(who).await;
            assert_eq!(
                refusal(world.act(&person, &id, "endorse", inside()).await),
                expected,
                "{}: {who}",
                world.db.kind
            );
        }
        let edition = world.app.edition.load_full();
        for (who, mine, all) in [("clerk1", 1, 1), ("elsewhere", 0, 0), ("office1", 0, 1), ("tutor01", 0, 0)] {
            let person = world.person(who).await;
            let mut conn = world.db.db.read().await.unwrap();
            for (is_mine, expected) in [(true, mine), (false, all)] {
                let asked = Question { mine: is_mine, ..Question::default() };
                let listing = case::queue(&mut conn, &person, &edition.definition, &asked).await.unwrap();
                assert_eq!((listing.total, listing.rows.len() as i64), (expected, expected), "{who}, mine {is_mine}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_decides_both_reviews_or_their_own_case() {
    for world in worlds().await {
        let (student, both) = (world.person("4110101").await, world.person("both").await);
        world.profile("4110101").await;
        let id = world.draft(&student, inside()).await;
        world.act(&student, &id, "submit", inside()).await.unwrap();
        world.act(&both, &id, "endorse", inside()).await.unwrap();
        assert_eq!(refusal(world.act(&both, &id, "pass", inside()).await), "BothReviews", "{}", world.db.kind);
        // A student who is also the department's clerk.
        let mut tx = world.db.db.begin().await.unwrap();
        school::staff(&mut tx, "4110102", "clerk", "D1").await;
        tx.commit().await.unwrap();
        let edition = world.app.edition.load_full();
        let mut conn = world.db.db.read().await.unwrap();
        let person = Person {
            account: "4110102".to_owned(),
            lang: "zh-TW".to_owned(),
            student_name: Some("測試生".to_owned()),
            staff_name: Some("工讀生".to_owned()),
        };
        let today = edition.definition.school.calendar.today(inside());
        let own = Viewer::of(&mut conn, &edition.definition, person, today).await.unwrap();
        drop(conn);
        world.profile("4110102").await;
        let id = world.draft(&own, inside()).await;
        world.act(&own, &id, "submit", inside()).await.unwrap();
        assert_eq!(refusal(world.act(&own, &id, "endorse", inside()).await), "OwnCase", "{}", world.db.kind);
    }
}

#[tokio::test]
async fn a_decision_is_undone_with_all_that_followed_and_only_in_time() {
    for world in worlds().await {
        let (student, clerk, office) =
            (world.person("4110101").await, world.person("clerk1").await, world.person("office1").await);
        world.profile("4110101").await;
        let id = world.draft(&student, inside()).await;
        for (who, step) in [(&student, "submit"), (&clerk, "endorse"), (&office, "pass")] {
            world.act(who, &id, step, inside()).await.unwrap();
        }
        let seen = world.version(&id).await;
        let late = inside() + chrono::Duration::minutes(60);
        let undone = case::undo(&world.app, &office, &id, seen, "late", late).await;
        assert_eq!(refusal(undone), "TooLate", "{}", world.db.kind);
        assert_eq!(refusal(case::undo(&world.app, &clerk, &id, seen, "clerk", inside()).await), "NotTheirs");
        let soon = inside() + chrono::Duration::minutes(59);
        let letters = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE letter = 'case-state' AND state = 'queued'
                       AND next_at > '2026-11-10T02:59:00'";
        assert_eq!(world.number(letters).await, 1, "the letter waits until the decision stands");
        case::undo(&world.app, &office, &id, seen, "soon", soon).await.unwrap();
        assert_eq!(world.number(letters).await, 0, "nobody is told of what was undone");
        assert_eq!(world.state(&id).await, "endorsed");
        assert_eq!(world.number("SELECT CAST(SUM(amount) AS BIGINT) FROM credits WHERE student = '4110101'").await, 0);
        assert_eq!(world.number("SELECT CAST(COUNT(*) AS BIGINT) FROM payments WHERE state = 'committed'").await, 0);
        assert_eq!(world.number("SELECT CAST(COUNT(*) AS BIGINT) FROM payments WHERE state = 'reserved'").await, 1);
        world.act(&office, &id, "refuse", soon).await.unwrap();
        assert_eq!(world.number("SELECT CAST(COUNT(*) AS BIGINT) FROM payments WHERE state <> 'cancelled'").await, 0);
        // Under review again, it asks for its money again.
        case::undo(&world.app, &office, &id, world.version(&id).await, "refuse", soon).await.unwrap();
        assert_eq!(world.number("SELECT CAST(COUNT(*) AS BIGINT) FROM payments WHERE state = 'reserved'").await, 1);
        let clerk_undoes = world.version(&id).await;
        assert_eq!(refusal(case::undo(&world.app, &office, &id, clerk_undoes, "more", soon).await), "NotTheirs");
    }
}

#[tokio::test]
async fn two_decisions_are_undone_one_after_the_other_and_each_once() {
    for world in worlds().await {
        let (student, clerk, office) =
            (world.person("4110101").await, world.person("clerk1").await, world.person("office1").await);
        world.profile("4110101").await;
        let id = world.draft(&student, inside()).await;
        for (who, step) in [(&student, "submit"), (&clerk, "endorse"), (&office, "pass")] {
            world.act(who, &id, step, inside()).await.unwrap();
        }
        for (who, nonce, expected) in [(&office, "a", "endorsed"), (&clerk, "b", "in_review")] {
            case::undo(&world.app, who, &id, world.version(&id).await, nonce, inside()).await.unwrap();
            assert_eq!(world.state(&id).await, expected, "{}", world.db.kind);
        }
        // What was undone is not undone again, and binds nobody any more.
        for (who, nonce) in [(&clerk, "c"), (&office, "d")] {
            let again = case::undo(&world.app, who, &id, world.version(&id).await, nonce, inside()).await;
            assert_eq!(refusal(again), "NotTheirs", "{}", world.db.kind);
        }
        let standing =
            "SELECT CAST(COUNT(*) AS BIGINT) FROM case_events WHERE undone = 0 AND step IN ('endorse', 'pass')";
        assert_eq!(world.number(standing).await, 0, "{}", world.db.kind);
        world.act(&world.person("both").await, &id, "endorse", inside()).await.unwrap();
        assert_eq!(world.state(&id).await, "endorsed");
    }
}

#[tokio::test]
async fn the_windows_end_is_exact_and_late_means_no_money() {
    // The window of 114-2 closes on 2026-10-01 at 17:00 in Taipei; its exams are of 2026-02-01 to 07-31.
    let before = at("2026-10-01T08:59:59.999Z");
    let after = at("2026-10-01T09:00:00Z");
    for world in worlds().await {
        for (student, moment, expected) in [("4110101", before, 1), ("4110103", after, 0)] {
            let mut tx = world.db.db.begin().await.unwrap();
            let entry = school::certificate(&format!("old-{student}"), "D1", "114-2", student, "測試");
            school::approved(&mut tx, &[entry]).await;
            tx.commit().await.unwrap();
            let student = world.person(student).await;
            world.profile(&student.account).await;
            let id = world.draft(&student, moment).await;
            let typed: Raw = [
                ("exam_date".to_owned(), "2026-07-31".to_owned()),
                ("certificate".to_owned(), format!("old-{}", student.account)),
            ]
            .into();
            case::keep(&world.app, &student, &id, 1, &typed, moment).await.unwrap();
            world.act(&student, &id, "submit", moment).await.unwrap();
            let reserved = format!(
                "SELECT CAST(COUNT(*) AS BIGINT) FROM payments WHERE person = '{}' AND state = 'reserved'",
                student.account
            );
            assert_eq!(world.number(&reserved).await, expected, "{}: {moment}", world.db.kind);
            // Reviewed long after the window: what was open when it was sent still counts.
            let later = at("2026-10-20T02:00:00Z");
            let (clerk, office) = (world.person("clerk1").await, world.person("office1").await);
            world.act(&clerk, &id, "endorse", later).await.unwrap();
            world.act(&office, &id, "pass", later).await.unwrap();
            let committed = reserved.replace("reserved", "committed");
            assert_eq!(world.number(&committed).await, expected, "{}: {moment}", world.db.kind);
        }
    }
}

#[tokio::test]
async fn what_is_not_offered_cannot_be_chosen_and_what_is_not_asked_cannot_be_set() {
    for world in worlds().await {
        let student = world.person("4110101").await;
        world.profile("4110101").await;
        let id = world.draft(&student, inside()).await;
        let other = world.file(OwnerKind::Case, "another-case", "exam_proof").await;
        let typed: Raw =
            [("certificate", "e2"), ("subsidy", "99999"), ("state", "passed"), ("exam_proof", other.as_str())]
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
        let open = case::keep(&world.app, &student, &id, 1, &typed, inside()).await.unwrap();
        assert!(open.case.raw.get("exam_proof").is_some_and(|own| *own != other), "a file of another case");
        assert_eq!(open.case.raw.get("subsidy"), None);
        assert_eq!(open.row.state, "draft");
        let filled = menkan::case::fill(&open.setting(), &open.workflow().fields, &open.case.raw);
        let wrong: Vec<&str> =
            filled.wrong.iter().map(|wrong| open.workflow().fields[wrong.field].id.as_str()).collect();
        assert_eq!(wrong, ["certificate"], "{}", world.db.kind);
        assert_eq!(refusal(world.act(&student, &id, "submit", inside()).await), "Form");
    }
}

#[tokio::test]
async fn private_answers_are_nowhere_in_plain() {
    for world in worlds().await {
        world.profile("4110101").await;
        let mut conn = world.db.db.read().await.unwrap();
        let (raw,): (String,) = conn.one("SELECT raw FROM profiles", args![]).await.unwrap();
        assert!(!raw.contains("00012345678901") && raw.contains("中華郵政"), "{raw}");
        let edition = world.app.edition.load_full();
        let kept = profile::read(&world.app, &mut conn, &edition.definition, "4110101").await.unwrap();
        assert_eq!(kept.raw.get("account").map(String::as_str), Some("00012345678901"));
    }
}

/// The shipped folder in a place of its own, to be changed.
pub(crate) fn copied(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(crate) fn edit(file: &std::path::Path, changes: &[(&str, &str)]) {
    let mut text = std::fs::read_to_string(file).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{} has no {from}", file.display());
        text = text.replacen(from, to, 1);
    }
    std::fs::write(file, text).unwrap();
}

#[tokio::test]
async fn a_workflow_changed_in_yaml_alone_leaves_old_cases_on_the_old_one() {
    for world in worlds().await {
        let folder = TempFolder::new();
        for part in ["workflows", "rules", "templates"] {
            copied(&harness::root().join(part), &folder.path().join(part));
        }
        let settings = menkan::app::Settings { folder: folder.path().to_owned(), ..world.app.settings.clone() };
        let db = world.db.db.clone();
        let fresh = || {
            let edition =
                menkan::app::Edition::load(folder.path(), "ncut").unwrap_or_else(|problems| panic!("{problems:#?}"));
            Arc::new(App::new(db.clone(), edition, settings.clone()))
        };
        let world = World { app: fresh(), ..world };
        let (student, clerk, office) =
            (world.person("4110101").await, world.person("clerk1").await, world.person("office1").await);
        world.profile("4110101").await;
        let id = world.draft(&student, inside()).await;
        world.act(&student, &id, "submit", inside()).await.unwrap();

        // A third review, a field for foreign certificates, and a cap of 3,000 from a day on.
        edit(
            &folder.path().join("workflows/ncut/cases/certificate.yaml"),
            &[
                (
                    "  passed:\n",
                    "  checked:\n    title: {zh-TW: 院審查符合, en: Endorsed by the college}\n    waits_for: student-activities office\n  passed:\n",
                ),
                (
                    "    from: endorsed\n    to: passed\n    by: career office\n",
                    "    from: checked\n    to: passed\n    by: student-activities office\n",
                ),
                (
                    "  refuse:\n",
                    "  check:\n    title: {zh-TW: 院審查符合, en: Endorse}\n    from: endorsed\n    to: checked\n    by: career office\n  refuse:\n",
                ),
                (
                    "  other_aid:\n",
                    "  is_foreign:\n    is: tick\n    label: {zh-TW: 國外證照, en: Issued abroad}\n  country:\n    is: text\n    label: {zh-TW: 發證國家, en: Country}\n    when: is_foreign\n  other_aid:\n",
                ),
            ],
        );
        edit(
            &folder.path().join("workflows/ncut/thresholds.yaml"),
            &[("values: {2022-08-01: 2000}", "values: {2022-08-01: 2000, 2026-11-01: 3000}")],
        );
        // The server is started anew: former editions come from the database.
        let world = World { app: fresh(), ..world };
        world.act(&clerk, &id, "endorse", inside()).await.unwrap();
        world.act(&office, &id, "pass", inside()).await.unwrap();
        assert_eq!(world.state(&id).await, "passed", "{}", world.db.kind);
        assert_eq!(world.number("SELECT amount FROM payments WHERE state = 'committed'").await, 175_000);

        let other = world.person("4110103").await;
        world.profile("4110103").await;
        let id = world.draft(&other, inside()).await;
        let typed: Raw =
            [("is_foreign".to_owned(), "on".to_owned()), ("exam_fee".to_owned(), "9000".to_owned())].into();
        case::keep(&world.app, &other, &id, 1, &typed, inside()).await.unwrap();
        assert_eq!(refusal(world.act(&other, &id, "submit", inside()).await), "Form", "the country is asked for");
        let typed: Raw = [("country".to_owned(), "日本".to_owned())].into();
        case::keep(&world.app, &other, &id, 1, &typed, inside()).await.unwrap();
        world.act(&other, &id, "submit", inside()).await.unwrap();
        assert_eq!(world.number("SELECT amount FROM payments WHERE state = 'reserved'").await, 300_000);
        world.act(&clerk, &id, "endorse", inside()).await.unwrap();
        assert_eq!(refusal(world.act(&office, &id, "pass", inside()).await), "NotNow", "{}", world.db.kind);
        world.act(&office, &id, "check", inside()).await.unwrap();
        assert_eq!(world.state(&id).await, "checked");
    }
}
