//! Cases that another uses, as certificates in an award: chosen among one's own, each used once, and as
//! they are for as long as they are used.

use std::sync::Arc;

use menkan::app::case::{self, CaseError, Done, time};
use menkan::app::{App, Edition, Settings};
use menkan::args;
use menkan::case::{Raw, Refusal};
use menkan::rules::filing::Value;
use menkan::store::deadlines::{self, Over};
use menkan::store::files::OwnerKind;
use menkan::store::stored;

use crate::applications::{World, copied, inside, refusal, worlds_of};
use crate::harness::{self, TempFolder};

pub const REGISTER: &str = r#"
case: register
title: 證照登錄
office: career
open_at_once: 10
columns: [name, issued]
form:
  name: {is: text, label: 名稱}
  issued: {is: date, label: 發證日期}
  picture: {is: file, label: 證照, optional: true}
states:
  draft: {title: 填寫中, editable: everything}
  sent: {title: 審查中, waits_for: own department clerk}
  passed: {title: 審查通過, ends: well}
  counted: {title: 已採計, ends: well}
  refused: {title: 未通過, ends: badly}
moves:
  submit: {title: 送出, from: draft, to: sent, by: applicant}
  pass: {title: 通過, from: sent, to: passed, by: own department clerk, undo_minutes: 60}
  refuse: {title: 不通過, from: sent, to: refused, by: own department clerk}
  hand_over: {title: 匯入門檻, from: passed, to: counted, by: applicant, then: {credit: certificate, amount: 1, on: issued}}
"#;

pub const AWARD: &str = r#"
case: award
title: 證照獎勵
office: career
open_at_once: 5
columns: [certificates]
form:
  needed: {is: number, label: 需要幾張, least: 1, most: 9}
  certificates: {is: cases of register, label: 使用的證照, among: passed, count: needed, check: award::certificates}
states:
  draft: {title: 填寫中, editable: everything}
  sent: {title: 複審中, waits_for: career office}
  returned: {title: 退回, editable: everything, waits_for: applicant}
  passed: {title: 通過, ends: well}
  refused: {title: 不通過, ends: badly}
moves:
  submit: {title: 送出, from: [draft, returned], to: sent, by: applicant}
  withdraw: {title: 撤回, from: [draft, sent, returned], to: refused, by: applicant}
  return: {title: 退回, from: sent, to: returned, by: career office}
  pass: {title: 通過, from: sent, to: passed, by: career office}
  refuse: {title: 不通過, from: sent, to: refused, by: career office, undo_minutes: 60}
"#;

pub const RULE: &str = r#"
fn certificates(c) {
    for one in c.certificates {
        if one.name == "過期" { return fail("過期的不能用"); }
    }
    pass()
}
"#;

/// The shipped school with a register of certificates and an award that uses them.
async fn worlds() -> Vec<(World, TempFolder)> {
    let mut out = Vec::new();
    for world in worlds_of(1, 4).await {
        let folder = TempFolder::new();
        for part in ["workflows", "rules", "templates"] {
            copied(&harness::root().join(part), &folder.path().join(part));
        }
        for (file, text) in [
            ("workflows/ncut/cases/register.yaml", REGISTER),
            ("workflows/ncut/cases/award.yaml", AWARD),
            ("rules/ncut/award.rhai", RULE),
        ] {
            std::fs::write(folder.path().join(file), text).unwrap();
        }
        let edition = Edition::load(folder.path(), "ncut").unwrap_or_else(|problems| panic!("{problems:#?}"));
        let settings = Settings { folder: folder.path().to_owned(), ..world.app.settings.clone() };
        let app = Arc::new(App::new(world.db.db.clone(), edition, settings));
        out.push((World { app, ..world }, folder));
    }
    out
}

impl World {
    async fn certificate(&self, student: &str, name: &str) -> String {
        let (who, clerk) = (self.person(student).await, self.person("clerk1").await);
        let id = case::begin(&self.app, &who, "register", &harness::unique(), inside()).await.unwrap().id;
        let typed: Raw = [("name".to_owned(), name.to_owned()), ("issued".to_owned(), "20260910".to_owned())].into();
        case::keep(&self.app, &who, &id, 1, &typed, inside()).await.unwrap();
        self.act(&who, &id, "submit", inside()).await.unwrap();
        self.act(&clerk, &id, "pass", inside()).await.unwrap();
        id
    }

    /// A draft of an award for so many certificates.
    async fn award(&self, student: &str, needed: usize, chosen: &[&String]) -> String {
        let who = self.person(student).await;
        let id = case::begin(&self.app, &who, "award", &harness::unique(), inside()).await.unwrap().id;
        self.choose(student, &id, needed, chosen).await;
        id
    }

    async fn choose(&self, student: &str, id: &str, needed: usize, chosen: &[&String]) {
        let ids: Vec<&str> = chosen.iter().map(|id| id.as_str()).collect();
        let typed: Raw = [("needed".to_owned(), needed.to_string()), ("certificates".to_owned(), ids.join(","))].into();
        let version = self.version(id).await;
        case::keep(&self.app, &self.person(student).await, id, version, &typed, inside()).await.unwrap();
    }

    async fn sends(&self, student: &str, id: &str) -> Result<Done, CaseError> {
        self.act(&self.person(student).await, id, "submit", inside()).await
    }

    async fn refused(&self, student: &str, id: &str) -> String {
        match self.sends(student, id).await {
            Err(CaseError::Refused(refused)) => match *refused {
                Refusal::Form(wrong) => wrong.iter().map(|wrong| wrong.what.zh.clone()).collect::<Vec<_>>().join(" "),
                other => format!("{other:?}"),
            },
            other => format!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_case_is_used_once_and_stays_as_it_is_until_the_other_ends_badly() {
    for (world, _folder) in worlds().await {
        let kind = world.db.kind;
        let (student, clerk, office) =
            (world.person("4110101").await, world.person("clerk1").await, world.person("office1").await);
        let (one, two) = (world.certificate("4110101", "甲").await, world.certificate("4110101", "乙").await);
        let theirs = world.certificate("4110102", "丙").await;
        // So many as are needed, one's own, and such as the rule takes.
        let award = world.award("4110101", 2, &[&one]).await;
        assert!(world.refused("4110101", &award).await.contains("要選 2 件，現在選了 1 件"), "{kind}");
        world.choose("4110101", &award, 2, &[&one, &theirs]).await;
        assert!(world.refused("4110101", &award).await.contains("已不能使用"), "{kind}");
        world.choose("4110101", &award, 2, &[&one, &one]).await;
        assert!(world.refused("4110101", &award).await.contains("現在選了 1 件"), "{kind}");
        let old = world.certificate("4110101", "過期").await;
        world.choose("4110101", &award, 2, &[&one, &old]).await;
        assert_eq!(world.refused("4110101", &award).await, "過期的不能用", "{kind}");
        world.choose("4110101", &award, 2, &[&one, &two]).await;
        let other = world.award("4110101", 1, &[&one]).await;
        world.sends("4110101", &award).await.unwrap();
        // Used: by no other, and nobody moves it or takes its approval back.
        assert!(world.refused("4110101", &other).await.contains("已用在別的申請"), "{kind}");
        assert_eq!(refusal(world.act(&student, &one, "hand_over", inside()).await), "InUse", "{kind}");
        let version = world.version(&one).await;
        let undone = case::undo(&world.app, &clerk, &one, version, "undo1", inside()).await;
        assert_eq!(refusal(undone), "InUse", "{kind}");
        // Returned it keeps them; what it no longer uses is free once it is sent again.
        world.act(&office, &award, "return", inside()).await.unwrap();
        world.choose("4110101", &award, 1, &[&two]).await;
        assert!(world.refused("4110101", &other).await.contains("已用在別的申請"), "{kind}");
        world.sends("4110101", &award).await.unwrap();
        world.sends("4110101", &other).await.unwrap();
        // Ended badly it gives them back, and the end can be undone as long as nobody else took them.
        world.act(&office, &award, "refuse", inside()).await.unwrap();
        world.act(&office, &other, "refuse", inside()).await.unwrap();
        let version = world.version(&other).await;
        case::undo(&world.app, &office, &other, version, "undo2", inside()).await.unwrap();
        assert_eq!(refusal(world.act(&student, &one, "hand_over", inside()).await), "InUse", "{kind}");
        world.act(&student, &two, "hand_over", inside()).await.unwrap();
        let credits =
            "SELECT CAST(COUNT(*) AS BIGINT) FROM credits WHERE student = '4110101' AND category = 'certificate'
                       AND happened_on = '2026-09-10'";
        assert_eq!(world.number(credits).await, 1, "{kind}");
        let version = world.version(&award).await;
        let undone = case::undo(&world.app, &office, &award, version, "undo3", inside()).await;
        assert_eq!(refusal(undone), "TooLate", "{kind}: what was handed over is no longer there to be used");
        // Withdrawn, it is free.
        world.act(&student, &other, "withdraw", inside()).await.unwrap();
        world.act(&student, &one, "hand_over", inside()).await.unwrap();
    }
}

#[tokio::test]
async fn of_awards_with_one_certificate_sent_at_once_one_is_taken() {
    for (world, _folder) in worlds().await {
        let kind = world.db.kind;
        let (one, two) = (world.certificate("4110101", "甲").await, world.certificate("4110101", "乙").await);
        let mut awards = Vec::new();
        for _ in 0..4 {
            awards.push(world.award("4110101", 2, &[&one, &two]).await);
        }
        let sent = async |id: &String| world.sends("4110101", id).await.is_ok();
        let student = world.person("4110101").await;
        let hands = async || world.act(&student, &two, "hand_over", inside()).await.is_ok();
        let [a, b, c, d] = awards.as_slice() else { panic!() };
        let (a, b, c, d, handed) = tokio::join!(sent(a), sent(b), sent(c), sent(d), hands());
        let took = [a, b, c, d].into_iter().filter(|sent| *sent).count();
        assert_eq!(took + usize::from(handed), 1, "{kind}: {took} awards, handed over: {handed}");
        let live = "SELECT CAST(COUNT(*) AS BIGINT) FROM case_uses WHERE live = 1";
        assert_eq!(world.number(live).await, if handed { 0 } else { 2 }, "{kind}");
    }
}

#[tokio::test]
async fn whoever_decides_sees_what_is_used_as_it_was_sent_and_opens_its_files() {
    for (world, _folder) in worlds().await {
        let kind = world.db.kind;
        let one = world.certificate("4110101", "甲").await;
        world.file(OwnerKind::Case, &one, "picture").await;
        let award = world.award("4110101", 1, &[&one]).await;
        let office = world.person("office1").await;
        let opens = async || {
            let mut conn = world.db.db.read().await.unwrap();
            case::may_open_files(&world.app, &mut conn, &one, &office, inside()).await.unwrap()
        };
        // The office takes no part in the register.
        assert!(!opens().await, "{kind}");
        world.sends("4110101", &award).await.unwrap();
        assert!(opens().await, "{kind}");
        let mut conn = world.db.db.read().await.unwrap();
        let open = case::see(&world.app, &mut conn, &award, &office, inside()).await.unwrap();
        let filled = menkan::case::fill(&open.setting(), &open.workflow().fields, &open.case.raw);
        let (_, field) = open.workflow().field("certificates").unwrap();
        let Some(Value::Cases(used)) = filled.value(field) else { panic!("{kind}: {:?}", filled.value(field)) };
        assert_eq!(used[0].says.get("name"), Some(&Value::Text("甲".to_owned())), "{kind}");
        let files = case::files_of_others(&mut conn, &open).await.unwrap();
        assert_eq!(files.iter().map(|file| file.owner.as_str()).collect::<Vec<_>>(), [one.as_str()], "{kind}");
        let (columns,): (String,) = conn.one("SELECT columns FROM cases WHERE id = $1", args![&award]).await.unwrap();
        assert_eq!(columns, r#"{"certificates":"1"}"#, "{kind}");
    }
}

/// A certificate that could lapse when it was filed is used by an award that a later edition brought: time
/// leaves it alone for as long, and is back as soon as the award lets it go.
#[tokio::test]
async fn time_leaves_a_case_alone_while_another_uses_it() {
    for (world, folder) in worlds().await {
        let award = folder.path().join("workflows/ncut/cases/award.yaml");
        let register = folder.path().join("workflows/ncut/cases/register.yaml");
        std::fs::remove_file(&award).unwrap();
        let lapsing = REGISTER
            .replace("ends: well}\n  counted", "waits_for: applicant, lapse: {after_days: 30, move: lapse}}\n  counted")
            .replace("\nmoves:", "\nmoves:\n  lapse: {title: 逾期, from: passed, to: refused, by: time}");
        std::fs::write(&register, lapsing).unwrap();
        world.app.reload().unwrap_or_else(|problems| panic!("{problems:#?}"));
        let one = world.certificate("4110101", "一").await;
        std::fs::write(&register, REGISTER).unwrap();
        std::fs::write(&award, AWARD).unwrap();
        world.app.reload().unwrap_or_else(|problems| panic!("{problems:#?}"));
        let used = world.award("4110101", 1, &[&one]).await;
        world.sends("4110101", &used).await.unwrap();
        let later = inside() + chrono::Duration::days(60);
        let (former,): (String,) = world
            .app
            .db
            .read()
            .await
            .unwrap()
            .first("SELECT edition FROM cases WHERE id = $1", args![&one])
            .await
            .unwrap()
            .unwrap();
        let over = Over { lapse: stored(later), remind: String::new() };
        let looked_at = async || {
            let mut conn = world.app.db.read().await.unwrap();
            deadlines::stays(&mut conn, "register", &former, "passed", &over).await.unwrap().len()
        };
        let lapses = async || time::tick(&world.app, later, time::Run::Dry).await.unwrap().moved.len();
        assert_eq!((looked_at().await, lapses().await), (0, 0), "{}", world.db.kind);
        world.act(&world.person("office1").await, &used, "refuse", inside()).await.unwrap();
        assert_eq!((looked_at().await, lapses().await), (1, 1), "{}", world.db.kind);
    }
}
