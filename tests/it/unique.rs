//! A text that no other case should have: told to reviewers, or not taken.

use std::sync::Arc;

use menkan::app::case::{self, Asked, CaseError};
use menkan::app::{App, Edition, Settings};
use menkan::case::{Raw, Refusal, Verdict, checks, fill};

use crate::applications::{World, copied, edit, inside, refusal, worlds_of};
use crate::harness::{self, TempFolder};

/// The shipped school, whose form asks for a number that is to be told apart.
async fn worlds(is: &str) -> Vec<(World, TempFolder)> {
    let mut out = Vec::new();
    for world in worlds_of(2, 4).await {
        let folder = TempFolder::new();
        for part in ["workflows", "rules", "templates"] {
            copied(&harness::root().join(part), &folder.path().join(part));
        }
        let field = format!("form:\n  serial: {{is: text, unique: {is}, optional: true, label: 證照號碼}}\n");
        let checks = "checks:\n  once: {title: 號碼只用一次, rule: certificate::once}\n\nmoves:\n";
        let changes = [("form:\n", field.as_str()), ("moves:\n", checks)];
        edit(&folder.path().join("workflows/ncut/cases/certificate.yaml"), &changes);
        let rule = [(
            "fn subsidy(c) {",
            "fn once(c) {
    for other in c.elsewhere(\"serial\") {
        if other.kind == \"certificate\" && other.state == \"in_review\" && other.ends == \"\" && !other.own { return fail(\"別件已用\"); }
    }
    pass()
}
fn subsidy(c) {",
        )];
        edit(&folder.path().join("rules/ncut/certificate.rhai"), &rule);
        let edition = Edition::load(folder.path(), "ncut").unwrap_or_else(|problems| panic!("{problems:#?}"));
        let settings = Settings { folder: folder.path().to_owned(), ..world.app.settings.clone() };
        let app = Arc::new(App::new(world.db.db.clone(), edition, settings));
        out.push((World { app, ..world }, folder));
    }
    out
}

impl World {
    async fn numbered(&self, student: &str, number: &str) -> String {
        let who = self.person(student).await;
        self.profile(student).await;
        let id = self.draft(&who, inside()).await;
        let typed: Raw = [("serial".to_owned(), number.to_owned())].into();
        case::keep(&self.app, &who, &id, self.version(&id).await, &typed, inside()).await.unwrap();
        id
    }

    async fn send(&self, student: &str, id: &str) -> Result<case::Done, CaseError> {
        self.act(&self.person(student).await, id, "submit", inside()).await
    }

    /// What the check of the number says.
    async fn checked(&self, id: &str) -> Verdict {
        let viewer = self.person("clerk1").await;
        let mut conn = self.db.db.read().await.unwrap();
        let open = case::see(&self.app, &mut conn, id, &viewer, inside()).await.unwrap();
        let filled = fill(&open.setting(), &open.workflow().fields, &open.case.raw);
        checks(&open.setting(), &filled)[0].verdict
    }

    /// What a reviewer is told of a case's number: cases that they may see, and how many others.
    async fn told(&self, reviewer: &str, id: &str) -> Vec<(Vec<String>, usize)> {
        let viewer = self.person(reviewer).await;
        let mut conn = self.db.db.read().await.unwrap();
        let open = case::see(&self.app, &mut conn, id, &viewer, inside()).await.unwrap();
        let edition = self.app.edition.load_full();
        let found = case::elsewhere(&self.app, &mut conn, &viewer, &edition.definition, &open, &[], &[]).await.unwrap();
        found.texts.into_iter().map(|one| (one.cases.into_iter().map(|row| row.id).collect(), one.unseen)).collect()
    }
}

#[tokio::test]
async fn a_number_that_another_case_has_is_not_sent_until_that_one_has_failed() {
    for (world, _folder) in worlds("refuse").await {
        let kind = world.db.kind;
        let (clerk, office) = (world.person("clerk1").await, world.person("office1").await);
        let first = world.numbered("4110101", "AB-123 456").await;
        // Full-width digits, a Greek and a Cyrillic letter, a soft hyphen and a sign without width.
        let second = world.numbered("4110102", "ΑВ\u{ad}１２３４\u{2060}５６").await;
        // While neither is sent neither stands in the other's way.
        world.send("4110101", &first).await.unwrap();
        let Err(CaseError::Refused(refused)) = world.send("4110102", &second).await else {
            panic!("{kind}: it was sent")
        };
        let Refusal::Form(wrong) = *refused else { panic!("{kind}: {refused:?}") };
        assert!(wrong.len() == 1 && wrong[0].what.zh.contains("已用在別的申請"), "{kind}: {wrong:?}");
        // Sent again after it was returned, it is its own.
        world.act(&clerk, &first, "return", inside()).await.unwrap();
        world.send("4110101", &first).await.unwrap();
        world.act(&clerk, &first, "endorse", inside()).await.unwrap();
        world.act(&office, &first, "refuse", inside()).await.unwrap();
        world.send("4110102", &second).await.unwrap();
        assert_eq!(world.told("clerk1", &second).await, [(vec![first.clone()], 0)], "{kind}");
        // The refusal can no longer be undone: the number is another's now.
        let undone = case::undo(&world.app, &office, &first, world.version(&first).await, "undo", inside()).await;
        assert_eq!(refusal(undone), "TooLate", "{kind}");
        let plain = "SELECT CAST(COUNT(*) AS BIGINT) FROM case_marks WHERE mark LIKE '%123456%'";
        assert_eq!(world.number(plain).await, 0, "{kind}");
    }
}

#[tokio::test]
async fn a_text_that_shows_another_than_it_is_is_no_answer_and_nothing_to_see_is_none() {
    for (world, _folder) in worlds("refuse").await {
        let kind = world.db.kind;
        let first = world.numbered("4110101", "號 5400").await;
        world.send("4110101", &first).await.unwrap();
        for (student, turned) in [("4110102", "\u{202e}0045 號\u{202c}"), ("4110201", "號 \u{2067}0045\u{2069}")] {
            let id = world.numbered(student, turned).await;
            let Err(CaseError::Refused(refused)) = world.send(student, &id).await else { panic!("{kind}: sent") };
            let Refusal::Form(wrong) = *refused else { panic!("{kind}: {refused:?}") };
            assert!(wrong.len() == 1 && wrong[0].what.zh.contains("改變文字方向"), "{kind}: {wrong:?}");
        }
        // The number may be left out: two who leave it out do not have the same one.
        for student in ["4110103", "4110104"] {
            let id = world.numbered(student, "\u{200b}\u{3164}\u{2800}").await;
            world.send(student, &id).await.unwrap();
            let clerk = world.person("clerk1").await;
            let asked = Asked {
                step: "return",
                seen: world.version(&id).await,
                note: "\u{200b}\u{feff}",
                named: vec!["serial"],
                nonce: &id,
                ..Asked::default()
            };
            let refused = case::act(&world.app, &clerk, &id, &asked, inside()).await;
            assert_eq!(refusal(refused), "NoteNeeded", "{kind}");
        }
        let marks = "SELECT CAST(COUNT(*) AS BIGINT) FROM case_marks";
        assert_eq!(world.number(marks).await, 1, "{kind}");
    }
}

#[tokio::test]
async fn of_many_who_send_one_number_at_once_one_is_taken() {
    for (world, _folder) in worlds("refuse").await {
        let mut cases = Vec::new();
        for student in ["4110101", "4110102", "4110103", "4110104", "4110201", "4110202"] {
            cases.push((student, world.numbered(student, "X1").await));
        }
        // Whoever comes too late is told which answer is another's.
        let sent = async |student: &str, id: &str| match world.send(student, id).await {
            Ok(_) => true,
            Err(CaseError::Refused(refusal)) => {
                let Refusal::Form(wrong) = *refusal else { panic!("{refusal:?}") };
                assert!(wrong[0].what.zh.contains("已用在別的申請"), "{wrong:?}");
                false
            }
            Err(error) => panic!("{error}"),
        };
        let [a, b, c, d, e, f] = cases.as_slice() else { panic!() };
        let (a, b, c, d, e, f) = tokio::join!(
            sent(a.0, &a.1),
            sent(b.0, &b.1),
            sent(c.0, &c.1),
            sent(d.0, &d.1),
            sent(e.0, &e.1),
            sent(f.0, &f.1)
        );
        assert_eq!([a, b, c, d, e, f].into_iter().filter(|sent| *sent).count(), 1, "{}", world.db.kind);
    }
}

#[tokio::test]
async fn a_number_that_another_case_has_is_told_to_reviewers() {
    for (world, _folder) in worlds("warn").await {
        let kind = world.db.kind;
        let first = world.numbered("4110101", "no. 77").await;
        let second = world.numbered("4110102", "NO.77").await;
        let draft = world.numbered("4110103", "NO.77").await;
        let other = world.numbered("4110104", "NO.78").await;
        for (student, id) in [("4110101", &first), ("4110102", &second), ("4110104", &other)] {
            world.send(student, id).await.unwrap();
        }
        assert_eq!(world.told("clerk1", &second).await, [(vec![first.clone()], 0)], "{kind}: {draft}");
        assert_eq!(world.told("clerk1", &other).await, [], "{kind}");
        assert_eq!(world.checked(&second).await, Verdict::Wrong, "{kind}");
        assert_eq!(world.checked(&other).await, Verdict::Right, "{kind}");
        // A case of another department is counted, and not named.
        let mut tx = world.db.db.begin().await.unwrap();
        tx.run("UPDATE cases SET department = 'D2' WHERE id = $1", menkan::args![&first]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.told("clerk1", &second).await, [(Vec::new(), 1)], "{kind}");
        assert_eq!(world.told("office1", &second).await, [(vec![first], 0)], "{kind}");
    }
}
