//! The audit log's page: newest first, by account, action and day, fifty at a time.

use menkan::app::accounts;
use menkan::store::audit;

use super::{PASSWORD, Site};

#[test]
fn the_log_is_shown_newest_first_and_by_account_action_and_day() {
    let site = Site::start();
    site.runtime.block_on(async {
        let mut tx = site.app.db.begin().await.unwrap();
        for number in 0..60 {
            // The last hour of a day in UTC is the next day here.
            let at = if number == 59 { "2026-03-02T23:30:00.000Z" } else { "2026-03-02T01:00:00.000Z" };
            let (actor, action) = if number % 10 == 0 { ("head", "mail retry") } else { ("<admin>", "import") };
            audit::add(&mut tx, &site.app.chain, at, actor, action, &format!("detail-{number}-")).await.unwrap();
        }
        tx.commit().await.unwrap();
    });
    let mut admin = site.signed_in("admin");
    let mut shown = |path: &str| {
        let page = admin.get(path);
        assert_eq!(page.status, 200, "{path}");
        let details: Vec<u32> =
            page.body.split("detail-").skip(1).map(|rest| rest.split('-').next().unwrap().parse().unwrap()).collect();
        (details, page.body)
    };
    let (first, body) = shown("/audit");
    assert_eq!(first, (10..60).rev().collect::<Vec<_>>());
    assert!(body.contains("&lt;admin&gt;") && !body.contains("<admin>"));
    let older = body.split("href=\"").find(|rest| rest.contains("before=")).unwrap().split('"').next().unwrap();
    let older = older.replace("&#x2f;", "/").replace("&amp;", "&");
    assert_eq!(shown(&older).0, (0..10).rev().collect::<Vec<_>>());
    assert_eq!(shown("/audit?actor=head").0, [50, 40, 30, 20, 10, 0]);
    assert_eq!(shown("/audit?action=mail+retry&before=47").0, [40, 30, 20, 10, 0]);
    assert_eq!(shown("/audit?day=2026-03-03").0, [59]);
    assert_eq!(shown("/audit?day=2026-03-02&actor=head").0.len(), 6);
    assert_eq!(shown("/audit?actor=nobody").0, [] as [u32; 0]);
    assert_eq!(shown("/audit?day=x&before=y").0.len(), 50);
    assert_eq!(site.signed_in("head").get("/audit").status, 403);
    assert_eq!(site.signed_in("4110101").get("/audit").status, 403);
}

#[test]
fn who_did_what_is_written_down_and_told_in_words() {
    let site = Site::start();
    let mut admin = site.signed_in("admin");
    let text = "帳號,姓名,電子郵件,角色,單位\nnew,新人,new@example.edu.tw,admin,\nhead,老師head,head@example.edu.tw,clerk,D1\n";
    let page = admin.upload("staff", "staff.csv", text);
    let upload = page.header("location").rsplit('/').next().unwrap().to_owned();
    assert_eq!(admin.send("/imports", "/imports/save", &[("upload", &upload)]).status, 200);
    assert_eq!(admin.send("/notices/missing", "/notices/missing", &[("confirmed", "yes")]).status, 200);
    assert_eq!(admin.send("/rules", "/rules/reload", &[]).status, 303);
    let mut stranger = site.visitor();
    for _ in 0..7 {
        stranger.sign_in("tutor02", "not the password");
    }
    site.runtime.block_on(async {
        let now = chrono::Utc::now();
        accounts::create(&site.app, "tutor02", PASSWORD, None, now).await.unwrap();
        accounts::set_password(&site.app, "tutor02", PASSWORD, now).await.unwrap();
        accounts::set_disabled(&site.app, "tutor02", true, now).await.unwrap();
        accounts::set_disabled(&site.app, "tutor02", false, now).await.unwrap();
    });
    let number = site.runtime.block_on(async {
        let mut conn = site.app.db.read().await.unwrap();
        let rows = audit::list(&mut conn, &audit::Filter::default(), 50).await.unwrap();
        let of = |action: &str| {
            let found: Vec<_> = rows.iter().filter(|row| row.action == action).collect();
            assert_eq!(found.len(), 1 + if action == "account created" { 5 } else { 0 }, "{action}: {rows:?}");
            let detail: serde_json::Value = serde_json::from_str(&found[0].detail).unwrap();
            (found[0].actor.clone(), detail)
        };
        let (actor, detail) = of("import");
        assert_eq!(actor, "admin");
        assert_eq!(detail["roles_given"], serde_json::json!(["head: clerk D1", "new: admin"]));
        assert_eq!(detail["roles_taken"], serde_json::json!(["head: head D1"]));
        assert_eq!(
            (&detail["kind"], &detail["result"]["new"], &detail["result"]["changed"]),
            (&"staff".into(), &1.into(), &1.into())
        );
        let (actor, detail) = of("notice sent");
        assert_eq!((actor.as_str(), &detail["notice"]), ("admin", &"missing".into()));
        assert!(detail["new"].is_u64() && detail["occasion"].is_string(), "{detail}");
        let (actor, detail) = of("reload");
        assert_eq!((actor.as_str(), &detail["from"]), ("admin", &detail["to"]));
        let (actor, detail) = of("sign-in locked");
        assert_eq!((actor.as_str(), &detail["from"]), ("tutor02", &"127.0.0.0/24".into()));
        for action in ["account created", "account password set", "account disabled", "account enabled"] {
            let (actor, detail) = of(action);
            assert_eq!((actor.as_str(), &detail["account"]), ("(command line)", &"tutor02".into()), "{action}");
        }
        of("import").1["batch"].as_i64().unwrap()
    });
    let page = admin.get("/audit").body;
    for words in ["寄發通知", "重新載入定義", "登入鎖定", "停用帳號", "給予的角色", "new: admin", "127.0.0.0&#x2f;24"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("{&quot;") && !page.contains("roles_given"), "{page}");
    let page = admin.get("/audit?lang=en").body;
    assert!(page.contains("Roles given") && page.contains("Signing in locked"), "{page}");
    // What the import gave is taken away with it, and that is told, too.
    let path = format!("/imports/{number}/take-back");
    assert_eq!(admin.send(&path, &path, &[]).status, 303);
    let page = admin.get("/audit?action=take+back+import").body;
    assert!(page.contains("收回的角色") && page.contains("new: admin"), "{page}");
}
