//! Undoing moves of a case one after another: each takes back what it brought itself, on both databases.

use std::sync::Arc;

use menkan::app::{App, Edition, Settings, case};
use menkan::case::Raw;

use crate::applications::{World, copied, edit, inside, worlds_of};
use crate::harness::{self, TempFolder};

/// The shipped school, where the first review brings an hour and waives a requirement, too.
async fn worlds() -> Vec<(World, TempFolder)> {
    let mut out = Vec::new();
    for world in worlds_of(1, 4).await {
        let folder = TempFolder::new();
        for part in ["workflows", "rules", "templates"] {
            copied(&harness::root().join(part), &folder.path().join(part));
        }
        let fields = "form:\n  why: {is: text, label: 理由}\n  end: {is: date, label: 到哪一天}\n";
        let brings = "    by: own department clerk
    then:
      - {credit: social, amount: 1, on: exam_date}
      - {waive: stress, because: why, until: end}\n";
        let changes = [("form:\n", fields), ("    by: own department clerk\n", brings)];
        edit(&folder.path().join("workflows/ncut/cases/certificate.yaml"), &changes);
        let edition = Edition::load(folder.path(), "ncut").unwrap_or_else(|problems| panic!("{problems:#?}"));
        let settings = Settings { folder: folder.path().to_owned(), ..world.app.settings.clone() };
        let app = Arc::new(App::new(world.db.db.clone(), edition, settings));
        out.push((World { app, ..world }, folder));
    }
    out
}

impl World {
    /// Credits and waivers of a case that stand: of the first review and of the second.
    async fn standing(&self) -> [i64; 3] {
        let live = |from: &str, which: &str| {
            format!(
                "SELECT CAST(COUNT(*) AS BIGINT) FROM {from} c WHERE {which} AND c.takes_back IS NULL
                 AND NOT EXISTS (SELECT 1 FROM {from} b WHERE b.takes_back = c.id)"
            )
        };
        [
            self.number(&live("credits", "c.source LIKE 'case:%' AND c.category = 'social'")).await,
            self.number(&live("grants", "c.kind = 'waive'")).await,
            self.number(&live("credits", "c.source LIKE 'case:%' AND c.category = 'certificate'")).await,
        ]
    }
}

#[tokio::test]
async fn who_waited_before_a_move_that_is_undone_has_waited_as_long_after_it() {
    for (world, _folder) in worlds().await {
        let (student, clerk) = (world.person("4110101").await, world.person("clerk1").await);
        world.profile("4110101").await;
        let id = world.draft(&student, inside()).await;
        let typed: Raw =
            [("why", "轉系"), ("end", "116/1/31")].map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        case::keep(&world.app, &student, &id, 1, &typed, inside()).await.unwrap();
        let after = |minutes: i64| inside() + chrono::Duration::minutes(minutes);
        world.act(&student, &id, "submit", after(0)).await.unwrap();
        // Waited for 300 minutes and was elsewhere for 40.
        world.act(&clerk, &id, "endorse", after(300)).await.unwrap();
        let seen = world.version(&id).await;
        case::undo(&world.app, &clerk, &id, seen, &harness::unique(), after(340)).await.unwrap();
        let mut conn = world.db.db.read().await.unwrap();
        let row = menkan::store::cases::by_id(&mut conn, &id).await.unwrap().unwrap();
        assert_eq!(row.waits_since, menkan::store::stored(after(40)), "{}", world.db.kind);
    }
}

#[tokio::test]
async fn undoing_a_move_takes_back_what_it_brought_and_nothing_else() {
    for (world, _folder) in worlds().await {
        let kind = world.db.kind;
        let (student, clerk) = (world.person("4110101").await, world.person("clerk1").await);
        let office = world.person("office1").await;
        world.profile("4110101").await;
        let id = world.draft(&student, inside()).await;
        let typed: Raw =
            [("why", "轉系"), ("end", "116/1/31")].map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        case::keep(&world.app, &student, &id, 1, &typed, inside()).await.unwrap();
        world.act(&student, &id, "submit", inside()).await.unwrap();
        let undo = async |who| {
            let seen = world.version(&id).await;
            case::undo(&world.app, who, &id, seen, &harness::unique(), inside()).await.unwrap();
        };
        for _ in 0..2 {
            world.act(&clerk, &id, "endorse", inside()).await.unwrap();
            assert_eq!(world.standing().await, [1, 1, 0], "{kind}");
            world.act(&office, &id, "pass", inside()).await.unwrap();
            assert_eq!(world.standing().await, [1, 1, 1], "{kind}");
            undo(&office).await;
            assert_eq!(world.standing().await, [1, 1, 0], "{kind}");
            undo(&clerk).await;
            assert_eq!(world.standing().await, [0, 0, 0], "{kind}");
        }
        let mut differences = Vec::new();
        let mut conn = world.db.db.read().await.unwrap();
        menkan::store::facts::prove(&mut conn, |one| differences.push(format!("{one:?}"))).await.unwrap();
        assert!(differences.is_empty(), "{kind}: {differences:?}");
    }
}
