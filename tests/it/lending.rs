//! What a lent role gives and what not, and that nobody has to do with their own money and credits,
//! on both databases.

use menkan::app::access::Viewer;
use menkan::app::case;
use menkan::app::delegation::{self, Lending};
use menkan::app::import::{self, Kind, Request, Rights};
use menkan::app::money::{self, Freezing, MoneyError};
use menkan::app::profile;
use menkan::args;
use menkan::case::Raw;
use menkan::definition::May;
use menkan::lang::Lang;

use crate::applications::{World, inside, refusal, worlds_of};

const BUDGET: &str = "certificate-subsidy";

impl World {
    async fn lend(&self, from: &str, role: &str, unit: &str, to: &str) {
        self.lend_for(from, role, unit, to, 0).await;
    }

    async fn lend_for(&self, from: &str, role: &str, unit: &str, to: &str, days: i64) {
        // A role counts only while its lender has an account.
        let mut tx = self.db.db.begin().await.unwrap();
        tx.run(
            "INSERT INTO accounts (account, password, lang, disabled, created_at)
             VALUES ($1, '', 'zh-TW', 0, '2025-01-01T00:00:00.000Z') ON CONFLICT DO NOTHING",
            args![from],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let lender = self.person(from).await;
        let first = self.app.edition.load().definition.school.calendar.today(inside());
        let lending = Lending { role, unit, to, from: first, until: first + chrono::Duration::days(days) };
        delegation::lend(&self.app, &lender, lending, inside()).await.unwrap();
    }

    async fn is_student(&self, staff: &str, student: &str) {
        let mut tx = self.db.db.begin().await.unwrap();
        tx.run("UPDATE staff SET student = $2 WHERE account = $1", args![staff, student]).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn submitted(&self, student: &str) -> String {
        let who = self.person(student).await;
        self.profile(student).await;
        let id = self.draft(&who, inside()).await;
        self.act(&who, &id, "submit", inside()).await.unwrap();
        id
    }
}

#[tokio::test]
async fn a_lent_role_decides_and_gives_nothing_else() {
    for world in worlds_of(1, 6).await {
        let kind = world.db.kind;
        world.lend("office1", "office", "career", "elsewhere").await;
        let borrower = world.person("elsewhere").await;
        let edition = world.app.edition.load_full();
        for may in [May::Import, May::ImportCredits, May::SendNotices, May::Statistics, May::ReadMail] {
            assert!(!borrower.may(may), "{kind}: {may:?}");
        }
        assert!(Rights::of(&borrower, &edition.definition).is_nothing(), "{kind}");
        assert!(money::seen(&borrower, &edition.definition, BUDGET).is_none(), "{kind}");
        assert!(borrower.scope.requirements.is_empty(), "{kind}");
        let id = world.submitted("4110101").await;
        // It waits for the department, not for the role that was lent.
        assert!(case::reveal(&world.app, &borrower, &id, "看看", inside()).await.is_err(), "{kind}");
        world.act(&world.person("clerk1").await, &id, "endorse", inside()).await.unwrap();
        case::reveal(&world.app, &borrower, &id, "審查", inside()).await.unwrap();
        world.act(&borrower, &id, "pass", inside()).await.unwrap();
        assert!(case::reveal(&world.app, &borrower, &id, "看看", inside()).await.is_err(), "{kind}");
    }
}

#[tokio::test]
async fn what_the_lender_may_not_decide_nobody_decides_in_their_place() {
    for world in worlds_of(1, 6).await {
        let kind = world.db.kind;
        world.is_student("clerk1", "4110101").await;
        world.lend("clerk1", "clerk", "D1", "head").await;
        let id = world.submitted("4110101").await;
        let head = world.person("head").await;
        assert_eq!(refusal(world.act(&head, &id, "endorse", inside()).await), "OwnCase", "{kind}");
        // Another's application they may decide; and this one in the place of somebody else.
        let other = world.submitted("4110102").await;
        world.act(&head, &other, "endorse", inside()).await.unwrap();
        world.lend("clerk2", "clerk", "D1", "head").await;
        world.act(&head, &id, "endorse", inside()).await.unwrap();
        // Whoever decided the first review lends nobody the second.
        let third = world.submitted("4110103").await;
        world.act(&world.person("both").await, &third, "endorse", inside()).await.unwrap();
        world.lend("both", "office", "career", "elsewhere").await;
        let borrower = world.person("elsewhere").await;
        assert_eq!(refusal(world.act(&borrower, &third, "pass", inside()).await), "BothReviews", "{kind}");
        world.lend("office1", "office", "career", "elsewhere").await;
        world.act(&borrower, &third, "pass", inside()).await.unwrap();
    }
}

#[tokio::test]
async fn who_lent_the_first_review_has_decided_it_and_does_not_do_the_second() {
    for world in worlds_of(1, 6).await {
        let kind = world.db.kind;
        let (both, elsewhere) = (world.person("both").await, world.person("elsewhere").await);
        world.lend("both", "clerk", "D1", "elsewhere").await;
        let borrower = world.person("elsewhere").await;
        let id = world.submitted("4110101").await;
        world.act(&borrower, &id, "endorse", inside()).await.unwrap();
        assert_eq!(refusal(world.act(&both, &id, "pass", inside()).await), "BothReviews", "{kind}");
        // Not in the place of the one who lends it now, either.
        world.lend("both", "office", "career", "head").await;
        assert_eq!(
            refusal(world.act(&world.person("head").await, &id, "pass", inside()).await),
            "BothReviews",
            "{kind}"
        );
        let event = async |step: &str| {
            let mut conn = world.db.db.read().await.unwrap();
            let open = case::see(&world.app, &mut conn, &id, &world.person("office1").await, inside()).await.unwrap();
            let event = open.events.into_iter().rfind(|event| event.step == step).unwrap();
            (event.actor_name, event.actor_unit, event.lender, event.lender_name)
        };
        let said = |name: &str, unit: &str, lender: &str, lent: &str| {
            (name.to_owned(), unit.to_owned(), lender.to_owned(), lent.to_owned())
        };
        assert_eq!(event("endorse").await, said("老師elsewhere", "測試系", "both", "老師both"), "{kind}");
        // Undone and decided in one's own role it is nobody's place.
        let seen = world.version(&id).await;
        case::undo(&world.app, &elsewhere, &id, seen, "undo", inside()).await.unwrap();
        world.act(&world.person("clerk1").await, &id, "endorse", inside()).await.unwrap();
        assert_eq!(event("endorse").await, said("老師clerk1", "測試系", "", ""), "{kind}");
        world.act(&both, &id, "pass", inside()).await.unwrap();
        assert_eq!(event("pass").await, said("老師both", "career", "", ""), "{kind}");
    }
}

#[tokio::test]
async fn the_same_loan_again_is_one() {
    for world in worlds_of(1, 2).await {
        let kind = world.db.kind;
        let mut tasks = tokio::task::JoinSet::new();
        let lender = world.person("clerk1").await;
        for number in 0..32 {
            let (app, lender) = (world.app.clone(), lender.clone());
            tasks.spawn(async move {
                let from = app.edition.load().definition.school.calendar.today(inside());
                let until = from + chrono::Duration::days(number % 4);
                let lending = Lending { role: "clerk", unit: "D1", to: "elsewhere", from, until };
                delegation::lend(&app, &lender, lending, inside()).await.unwrap();
            });
        }
        tasks.join_all().await;
        let standing = "SELECT CAST(COUNT(*) AS BIGINT) FROM delegations WHERE ended_at = ''";
        assert_eq!(world.number(standing).await, 1, "{kind}");
        world.lend_for("clerk1", "clerk", "D1", "elsewhere", 9).await;
        let longest =
            "SELECT CAST(COUNT(*) AS BIGINT) FROM delegations WHERE ended_at = '' AND until_day = '2026-11-19'";
        assert_eq!((world.number(standing).await, world.number(longest).await), (1, 1), "{kind}");
        // To somebody else it is another.
        world.lend("clerk1", "clerk", "D1", "head").await;
        assert_eq!(world.number(standing).await, 2, "{kind}");
        let sql = "SELECT id FROM delegations WHERE ended_at = '' AND to_account = 'elsewhere'";
        let (id,): (String,) = world.db.db.read().await.unwrap().one(sql, args![]).await.unwrap();
        assert!(delegation::end(&world.app, &lender, &id, inside()).await.unwrap(), "{kind}");
        assert!(world.person("elsewhere").await.holdings.iter().all(|held| held.unit != "D1"), "{kind}");
    }
}

#[tokio::test]
async fn nobody_confirms_or_pays_their_own_money() {
    for world in worlds_of(1, 6).await {
        let kind = world.db.kind;
        world.is_student("office1", "4110101").await;
        let mut tx = world.db.db.begin().await.unwrap();
        crate::harness::school::staff(&mut tx, "office2", "office", "career").await;
        tx.commit().await.unwrap();
        let (own, other) = (world.person("office1").await, world.person("office2").await);
        for student in ["4110101", "4110102"] {
            let id = world.submitted(student).await;
            world.act(&world.person("clerk1").await, &id, "endorse", inside()).await.unwrap();
            world.act(&other, &id, "pass", inside()).await.unwrap();
        }
        let ready = async |viewer: &Viewer, minutes: i64| {
            let mut conn = world.db.db.read().await.unwrap();
            let now = inside() + chrono::Duration::minutes(minutes);
            money::rehearse(&world.app, &mut conn, viewer, BUDGET, 2026, now).await.unwrap()
        };
        let freeze = async |viewer: &Viewer, asked: &str, minutes: i64| {
            let (wanted, now) =
                (Freezing { budget: BUDGET, year: 2026, asked }, inside() + chrono::Duration::minutes(minutes));
            money::freeze(&world.app, viewer, wanted, Lang::ZhTw, now).await
        };
        let shown = ready(&own, 1).await;
        assert_eq!((shown.lines.len(), shown.own.len()), (1, 1), "{kind}");
        // What another was shown, with one's own in it, is not frozen either.
        let all = ready(&other, 1).await;
        assert_eq!((all.lines.len(), all.own.len()), (2, 0), "{kind}");
        assert!(matches!(freeze(&own, &all.asked, 1).await, Err(MoneyError::Stale)), "{kind}");
        assert_eq!(freeze(&own, &shown.asked, 1).await.unwrap().payments, 1, "{kind}");
        // They change their account, and somebody else looks at it.
        let edition = world.app.edition.load_full();
        let typed: Raw = [("account".to_owned(), "00077777777777".to_owned())].into();
        let later = inside() + chrono::Duration::minutes(2);
        assert!(profile::keep(&world.app, &edition, "4110101", &typed, 1, later).await.unwrap(), "{kind}");
        let line = ready(&other, 3).await.unconfirmed.remove(0).row;
        let confirm = async |viewer: &Viewer| {
            let now = inside() + chrono::Duration::minutes(4);
            money::confirm(&world.app, viewer, BUDGET, &line.id, &line.changed, now).await
        };
        assert!(matches!(confirm(&own).await, Err(MoneyError::OwnPayment)), "{kind}");
        confirm(&other).await.unwrap();
        let shown = ready(&other, 5000).await;
        assert_eq!(freeze(&other, &shown.asked, 5000).await.unwrap().payments, 1, "{kind}");
    }
}

#[tokio::test]
async fn nobody_imports_their_own_credits() {
    for world in worlds_of(1, 6).await {
        let kind = world.db.kind;
        world.is_student("office1", "4110101").await;
        let text =
            "學號,類別,數量,發生日期,名稱\n4110101,certificate,1,2026-09-01,甲\n4110102,certificate,1,2026-09-01,乙\n";
        for (who, refused) in [("office1", 1), ("both", 0)] {
            let request = Request {
                kind: Kind::Credits,
                catalogue: String::new(),
                file: "credits.csv".to_owned(),
                bytes: text.as_bytes().to_vec(),
                effective: None,
                dry_run: false,
                accept_good: true,
                by: who.to_owned(),
                viewer: Some(world.person(who).await),
                upload: None,
            };
            let outcome = import::run(&world.app, request, inside()).await.unwrap();
            assert_eq!(outcome.refused.len(), refused, "{kind} {who}: {:?}", outcome.refused);
            let own = "SELECT CAST(COUNT(*) AS BIGINT) FROM credits WHERE student = '4110101'";
            assert_eq!(world.number(own).await, 1 - refused as i64, "{kind} {who}");
            assert!(outcome.refused.iter().all(|note| note.row == 2), "{kind}: {:?}", outcome.refused);
        }
    }
}
