//! What time does to cases and to what is remembered of them, on both databases.

use menkan::app::case::time::{self, REMEMBERED, Run};
use menkan::clock::Instant;
use menkan::store::deadlines::{self, Over};
use tokio::sync::watch;

use crate::applications::{inside, refusal, worlds_of};

#[tokio::test]
async fn time_reminds_once_a_stay_and_lapses_once() {
    for world in worlds_of(1, 6).await {
        let (student, clerk) = (world.person("4110101").await, world.person("clerk1").await);
        world.profile("4110101").await;
        let id = world.draft(&student, inside()).await;
        // A Tuesday; the fifth working day after it is the next Tuesday, at eight in Taipei.
        world.act(&student, &id, "submit", inside()).await.unwrap();
        let at = |text: &str| -> Instant { text.parse().unwrap() };
        let letters = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE letter = 'case-reminder'";
        let early = time::tick(&world.app, at("2026-11-16T23:59:59Z"), Run::Do).await.unwrap();
        assert_eq!(early, time::Ticked::default(), "{}", world.db.kind);
        let due = at("2026-11-17T00:00:00Z");
        assert_eq!(time::tick(&world.app, due, Run::Dry).await.unwrap().reminded.len(), 1);
        assert_eq!(world.number(letters).await, 0);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let app = world.app.clone();
            tasks.spawn(async move { time::tick(&app, due, Run::Do).await.unwrap().reminded.len() });
        }
        assert_eq!(tasks.join_all().await.into_iter().sum::<usize>(), 1, "{}", world.db.kind);
        // To every clerk of the department: clerk1, clerk2 and both.
        assert_eq!(world.number(letters).await, 3, "{}", world.db.kind);
        for later in ["2026-11-10T01:00:00Z", "2026-11-18T00:00:00Z", "2027-03-01T00:00:00Z", "2026-11-17T00:00:01Z"] {
            assert_eq!(time::tick(&world.app, at(later), Run::Do).await.unwrap(), time::Ticked::default());
        }
        // Returned on the 20th: sixty days are the student's, the last one whole.
        world.act(&clerk, &id, "return", at("2026-11-20T02:00:00Z")).await.unwrap();
        let (before, after) = (at("2027-01-19T15:59:59Z"), at("2027-01-19T16:00:00Z"));
        assert_eq!(time::tick(&world.app, before, Run::Do).await.unwrap().reminded.len(), 1, "{}", world.db.kind);
        assert_eq!(world.number(letters).await, 4);
        let version = world.version(&id).await;
        assert_eq!(time::tick(&world.app, after, Run::Dry).await.unwrap().moved.len(), 1);
        assert_eq!(world.version(&id).await, version);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let app = world.app.clone();
            tasks.spawn(async move { time::tick(&app, after, Run::Do).await.unwrap().moved.len() });
        }
        assert_eq!(tasks.join_all().await.into_iter().sum::<usize>(), 1, "{}", world.db.kind);
        assert_eq!((world.state(&id).await.as_str(), world.version(&id).await), ("withdrawn", version + 1));
        let nobody =
            "SELECT CAST(COUNT(*) AS BIGINT) FROM case_events WHERE step = 'lapse' AND actor = '' AND actor_name = ''";
        assert_eq!(world.number(nobody).await, 1);
        assert_eq!(world.number("SELECT CAST(COUNT(*) AS BIGINT) FROM payments WHERE state <> 'cancelled'").await, 0);
        for later in [before, after, at("2028-01-01T00:00:00Z")] {
            assert_eq!(time::tick(&world.app, later, Run::Do).await.unwrap(), time::Ticked::default());
        }
        // Nobody else lapses a case.
        let other = world.person("4110102").await;
        world.profile("4110102").await;
        let id = world.draft(&other, inside()).await;
        world.act(&other, &id, "submit", inside()).await.unwrap();
        world.act(&clerk, &id, "return", inside()).await.unwrap();
        assert_eq!(refusal(world.act(&other, &id, "lapse", inside()).await), "NotTheirs", "{}", world.db.kind);
    }
}

#[tokio::test]
async fn time_looks_only_at_stays_that_may_be_over() {
    for world in worlds_of(1, 6).await {
        let kind = world.db.kind;
        let mut sent = Vec::new();
        for (student, on) in [("4110101", 10), ("4110102", 12), ("4110103", 14)] {
            let who = world.person(student).await;
            world.profile(student).await;
            let id = world.draft(&who, inside()).await;
            let at = inside() + chrono::Duration::days(on - 10);
            world.act(&who, &id, "submit", at).await.unwrap();
            sent.push(id);
        }
        let mut conn = world.db.db.begin().await.unwrap();
        // The second was reminded of.
        assert!(deadlines::remind(&mut conn, &sent[1], 2, inside()).await.unwrap(), "{kind}");
        conn.commit().await.unwrap();
        let edition = world.app.edition.load().definition.edition.clone();
        let found = async |lapse: &str, remind: &str| {
            let over = Over { lapse: lapse.to_owned(), remind: remind.to_owned() };
            let mut conn = world.db.db.read().await.unwrap();
            let stays = deadlines::stays(&mut conn, "certificate", &edition, "in_review", &over).await.unwrap();
            stays.iter().map(|stay| sent.iter().position(|id| *id == stay.id).unwrap()).collect::<Vec<_>>()
        };
        let (eleventh, thirteenth) = ("2026-11-11T00:00:00.000Z", "2026-11-13T00:00:00.000Z");
        assert_eq!(found("", "").await, Vec::<usize>::new(), "{kind}");
        assert_eq!(found("", thirteenth).await, [0], "{kind}");
        assert_eq!(found(thirteenth, "").await, [0, 1], "{kind}");
        assert_eq!(found(eleventh, thirteenth).await, [0], "{kind}");
        assert_eq!(found(thirteenth, eleventh).await, [0, 1], "{kind}");
    }
}

#[tokio::test]
async fn a_form_that_was_answered_is_remembered_for_a_day() {
    for world in worlds_of(1, 2).await {
        let kind = world.db.kind;
        let student = world.person("4110101").await;
        world.profile("4110101").await;
        let id = world.draft(&student, inside()).await;
        world.act_on(&student, &id, "submit", 1, "one-form", inside()).await.unwrap();
        let again = async || world.act_on(&student, &id, "submit", 1, "one-form", inside()).await;
        let day = inside() + REMEMBERED;
        assert_eq!(time::forget(&world.app, day).await.unwrap(), 0, "{kind}");
        assert!(again().await.unwrap().repeated, "{kind}");
        assert_eq!(time::forget(&world.app, day + chrono::Duration::seconds(1)).await.unwrap(), 2, "{kind}");
        // By then what it was about has moved on.
        assert_eq!(refusal(again().await), "Stale", "{kind}");
        // The running server does it by itself.
        let old = "INSERT INTO case_requests (actor, nonce, case_id, at) VALUES ('a', 'b', 'c', '2020-01-01')";
        let mut tx = world.db.db.begin().await.unwrap();
        tx.run(old, menkan::args![]).await.unwrap();
        tx.commit().await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(menkan::schedule::run(world.app.clone(), stopped));
        let left = "SELECT CAST(COUNT(*) AS BIGINT) FROM case_requests WHERE actor = 'a'";
        for _ in 0..200 {
            if world.number(left).await == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(world.number(left).await, 0, "{kind}");
        stop.send(true).unwrap();
        running.await.unwrap();
    }
}

#[tokio::test]
async fn the_text_of_an_edition_is_written_once() {
    let world = crate::applications::world_of(crate::harness::sqlite().await, 1, 4).await;
    world.draft(&world.person("4110101").await, inside()).await;
    let mut tx = world.db.db.begin().await.unwrap();
    // Refuses also what would change nothing.
    let again = "CREATE TRIGGER again BEFORE INSERT ON editions BEGIN SELECT RAISE(ABORT, 'written again'); END";
    tx.run(again, menkan::args![]).await.unwrap();
    tx.commit().await.unwrap();
    world.draft(&world.person("4110102").await, inside()).await;
}
