//! Waivers, substitutions and extensions, by the case of the administrator's guide: from the approval
//! to the end, as of any day, on both databases.

use std::process::Command;
use std::sync::Arc;

use menkan::amount::Amount;
use menkan::app::access::Viewer;
use menkan::app::case::{self, windows_for};
use menkan::app::lists;
use menkan::app::progress::{explain, of_student};
use menkan::app::report::{By, Question, pass_rates};
use menkan::app::roster;
use menkan::args;
use menkan::case::Raw;
use menkan::clock::{Day, Instant};
use menkan::lang::Lang;
use menkan::progress::RequirementVerdict;
use menkan::store::credits::{self, NewCredit};
use menkan::store::grants::{self, Grant, Kind};
use menkan::store::{Conn, facts};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::applications::{World, inside, refusal, worlds_of};
use crate::harness::{self, TempFolder, school};

const STUDENT: &str = "4110101";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// The example of the administrator's guide: the same in both languages.
fn example() -> String {
    let of = |lang: &str| {
        let guide = harness::root().join(format!("docs/administrators-guide.{lang}.md"));
        let guide = std::fs::read_to_string(guide).unwrap();
        let start = guide.find("```yaml\ncase: exemption").expect("the guide has the example") + "```yaml\n".len();
        guide[start..].split("```").next().unwrap().to_owned()
    };
    assert_eq!(of("en"), of("zh-TW"));
    of("en")
}

/// The default school with the guide's case; what is late is refused; its students in their last year.
async fn worlds() -> Vec<(World, TempFolder)> {
    let mut out = Vec::new();
    for mut world in worlds_of(1, 6).await {
        let folder = TempFolder::new();
        for part in ["workflows", "rules", "templates"] {
            let copied = Command::new("cp").arg("-r").arg(harness::root().join(part)).arg(folder.path()).status();
            assert!(copied.unwrap().success());
        }
        let cases = folder.path().join("workflows/ncut/cases");
        std::fs::write(cases.join("exemption.yaml"), example()).unwrap();
        let certificate = std::fs::read_to_string(cases.join("certificate.yaml")).unwrap();
        assert!(certificate.contains("late: allowed"));
        std::fs::write(cases.join("certificate.yaml"), certificate.replace("late: allowed", "late: refused")).unwrap();
        world.app = Arc::new(harness::app_of(&world.db, folder.path(), folder.path()));
        let mut tx = world.db.db.begin().await.unwrap();
        tx.run("UPDATE student_versions SET admitted = 112", args![]).await.unwrap();
        tx.run("UPDATE class_versions SET admitted = 112", args![]).await.unwrap();
        tx.commit().await.unwrap();
        out.push((world, folder));
    }
    out
}

impl World {
    /// A case of the guide, sent.
    async fn ask(&self, student: &Viewer, answers: &[(&str, &str)], now: Instant) -> String {
        let id = case::begin(&self.app, student, "exemption", &harness::unique(), now).await.unwrap().id;
        let reason = [("reason", "已於他校修畢")];
        let typed: Raw = answers.iter().chain(&reason).map(|(id, text)| (id.to_string(), text.to_string())).collect();
        case::keep(&self.app, student, &id, 1, &typed, now).await.unwrap();
        self.act(student, &id, "submit", now).await.unwrap();
        id
    }

    async fn social(&self, on: &str) -> RequirementVerdict {
        let edition = self.app.edition.load_full();
        let mut conn = self.db.db.read().await.unwrap();
        let judged = of_student(&mut conn, &edition, STUDENT, day(on)).await.unwrap().unwrap();
        let (index, _) = edition.definition.requirement("social").unwrap();
        judged.verdict.requirements[index].clone()
    }

    /// How many of the final-year students have passed the social requirement, from the statistics, and how
    /// many of the class from its roster and lack it from the office's list.
    async fn counted(&self, on: &str) -> [usize; 3] {
        let edition = self.app.edition.load_full();
        let (index, _) = edition.definition.requirement("social").unwrap();
        let mut conn = self.db.db.read().await.unwrap();
        let question = Question::whole(day(on), By::Department);
        let rates = pass_rates(&mut conn, &edition, &question).await.unwrap();
        let roster = roster::of_class(&mut conn, &edition, "C01", day(on)).await.unwrap().unwrap();
        let passed = roster.students.iter().filter(|line| line.verdict.requirements[index].passed).count();
        let question = lists::Question {
            day: day(on),
            place: lists::Place::Requirement(index),
            remaining: true,
            all_years: false,
            lacking: None,
            department: None,
            class: None,
            search: None,
            page: 1,
            within: None,
        };
        let list = lists::list(&mut conn, &edition, &question).await.unwrap();
        [rates.total.requirements[index].passed as usize, passed, list.found]
    }

    /// What is kept is what the records say, also made anew.
    async fn proved(&self) {
        for again in [false, true] {
            let mut differences = Vec::new();
            let mut conn = self.db.db.begin().await.unwrap();
            if again {
                facts::rebuild(&mut conn).await.unwrap();
            }
            facts::prove(&mut conn, |difference| differences.push(difference)).await.unwrap();
            assert_eq!(differences, [], "{} {again}", self.db.kind);
            conn.commit().await.unwrap();
        }
    }

    /// Something recorded late, so that what is kept is of no earlier day.
    async fn recorded_later(&self) {
        let mut tx = self.db.db.begin().await.unwrap();
        school::pass(&mut tx, "4110105", "2027-06-30").await;
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_waived_requirement_is_passed_from_its_approval_to_its_end_as_of_any_day() {
    for (world, _folder) in worlds().await {
        let (student, office) = (world.person(STUDENT).await, world.person("office1").await);
        let answers = [("kind", "waive"), ("requirement", "social"), ("until", "2026-12-31")];
        let id = world.ask(&student, &answers, inside()).await;
        assert!(!world.social("2026-11-10").await.passed, "asked for is not granted");
        world.act(&office, &id, "approve", inside()).await.unwrap();
        for later in [false, true] {
            if later {
                world.recorded_later().await;
            }
            let kind = format!("{} {later}", world.db.kind);
            let told = [("2026-11-09", false), ("2026-11-10", true), ("2026-12-31", true), ("2027-01-01", false)];
            for (on, waived) in told {
                let social = world.social(on).await;
                assert_eq!((social.passed, social.earned), (waived, Amount::ZERO), "{kind} {on}");
                assert_eq!(social.waived, waived.then(|| day("2026-12-31")), "{kind} {on}");
                let more = usize::from(waived);
                assert_eq!(world.counted(on).await, [3 + more, 3 + more, 3 - more], "{kind} {on}");
            }
            let reasons: Vec<String> =
                world.social("2026-12-01").await.reasons.iter().map(|one| one.get(Lang::ZhTw).to_owned()).collect();
            assert_eq!(reasons, ["免修，至 2026-12-31（含）"]);
        }
        let edition = world.app.edition.load_full();
        let (index, _) = edition.definition.requirement("social").unwrap();
        let mut conn = world.db.db.read().await.unwrap();
        for (on, expected) in [("2026-11-09", None), ("2026-11-10", Some(true)), ("2027-01-01", Some(false))] {
            let (_, explained) = explain(&mut conn, &edition, STUDENT, index, day(on)).await.unwrap().unwrap();
            assert_eq!(explained.waivers.first().map(|one| one.stands), expected, "{on}");
            assert_eq!(explained.verdict, world.social(on).await, "{on}");
            if let Some(one) = explained.waivers.first() {
                assert_eq!(one.waiver.because.zh, "已於他校修畢");
                assert_eq!(one.waiver.by.get(Lang::ZhTw), "研發處實習就業組 老師office1");
                assert_eq!(one.waiver.by.get(Lang::En), "老師office1, Internship and Career");
            }
        }
        drop(conn);
        world.proved().await;
    }
}

#[tokio::test]
async fn an_approval_that_is_undone_counts_until_then_and_no_longer() {
    for (world, _folder) in worlds().await {
        let (student, office) = (world.person(STUDENT).await, world.person("office1").await);
        let answers = [("kind", "waive"), ("requirement", "social"), ("until", "2027-01-31")];
        let id = world.ask(&student, &answers, inside()).await;
        world.act(&office, &id, "approve", inside()).await.unwrap();
        let version = world.version(&id).await;
        let undo = |when: &'static str, seen: i64| {
            let (app, office, id) = (world.app.clone(), office.clone(), id.clone());
            async move { case::undo(&app, &office, &id, seen, &harness::unique(), at(when)).await }
        };
        assert_eq!(refusal(undo("2026-11-13T02:00:00Z", version).await), "TooLate");
        undo("2026-11-12T02:00:00Z", version).await.unwrap();
        for later in [false, true] {
            if later {
                world.recorded_later().await;
            }
            for (on, waived) in
                [("2026-11-09", false), ("2026-11-10", true), ("2026-11-11", true), ("2026-11-12", false)]
            {
                assert_eq!(world.social(on).await.passed, waived, "{} {on}", world.db.kind);
                assert_eq!(world.counted(on).await[0], 3 + usize::from(waived), "{} {on}", world.db.kind);
            }
        }
        // Approved again it is granted again, from that day.
        world.act(&office, &id, "approve", at("2026-11-20T02:00:00Z")).await.unwrap();
        assert!(!world.social("2026-11-19").await.passed && world.social("2026-11-20").await.passed);
        world.proved().await;
    }
}

#[tokio::test]
async fn hours_that_stand_in_fill_what_is_missing_until_their_end() {
    for (world, _folder) in worlds().await {
        let (student, office) = (world.person(STUDENT).await, world.person("office1").await);
        let mut tx = world.db.db.begin().await.unwrap();
        let own = NewCredit {
            student: STUDENT,
            category: "social",
            amount: Amount::whole(20),
            happened_on: "2026-03-01",
            term: "114-2",
            name: "志工",
            recorded_on: "2026-10-01",
            case_version: 0,
            takes_back: None,
        };
        credits::add(&mut tx, &[own], "2026-10-01T00:00:00.000Z", "test", 0).await.unwrap();
        facts::update(&mut tx, &[STUDENT]).await.unwrap();
        tx.commit().await.unwrap();
        let answers = [
            ("kind", "substitute"),
            ("category", "aesthetic"),
            ("hours", "4"),
            ("course", "藝術概論"),
            ("until", "2026-12-31"),
        ];
        let id = world.ask(&student, &answers, inside()).await;
        world.act(&office, &id, "approve", inside()).await.unwrap();
        let edition = world.app.edition.load_full();
        let (index, _) = edition.definition.requirement("social").unwrap();
        for later in [false, true] {
            if later {
                world.recorded_later().await;
            }
            for (on, hours) in [("2026-11-09", 0), ("2026-11-10", 4), ("2026-12-31", 4), ("2027-01-01", 0)] {
                let social = world.social(on).await;
                assert_eq!(social.counted, [Amount::whole(20), Amount::whole(hours)], "{} {on}", world.db.kind);
                assert_eq!((social.passed, social.waived), (hours == 4, None), "{} {on}", world.db.kind);
                let mut conn = world.db.db.read().await.unwrap();
                let (_, explained) = explain(&mut conn, &edition, STUDENT, index, day(on)).await.unwrap().unwrap();
                assert_eq!(explained.verdict, social);
                let one = explained.records.iter().find(|record| record.credit.name == "藝術概論");
                let said = one.map(|one| (one.counted, one.reason.get(Lang::ZhTw).to_owned()));
                let stands = "抵免（研發處實習就業組 老師office1核准，至 2026-12-31）；";
                let expected = match on {
                    "2026-11-09" => None,
                    "2027-01-01" => Some((Amount::ZERO, format!("{stands}抵免只到 2026-12-31（含）"))),
                    _ => Some((Amount::whole(4), format!("{stands}採計"))),
                };
                assert_eq!(said, expected, "{} {on}", world.db.kind);
            }
        }
        world.proved().await;
    }
}

#[tokio::test]
async fn an_extension_lets_one_student_file_to_the_last_millisecond_and_nobody_else() {
    let last = at("2027-02-10T15:59:59.999Z");
    let over = at("2027-02-10T16:00:00Z");
    for (world, _folder) in worlds().await {
        let (student, other) = (world.person(STUDENT).await, world.person("4110103").await);
        let office = world.person("office1").await;
        for account in [STUDENT, "4110103"] {
            world.profile(account).await;
        }
        let answers = [("kind", "extend"), ("which", "115-1-early"), ("until", "2027-02-10")];
        let id = world.ask(&student, &answers, inside()).await;
        world.act(&office, &id, "approve", inside()).await.unwrap();
        let (draft, others) = (world.draft(&student, inside()).await, world.draft(&other, inside()).await);

        // The window's own last moment, then the first in which it is closed to everyone else.
        let closes = at("2027-01-31T09:00:00Z");
        let edition = world.app.edition.load_full();
        let (_, workflow) = edition.definition.workflow("certificate").unwrap();
        for (who, now, open) in [
            (STUDENT, closes, true),
            ("4110103", closes, false),
            ("4110103", at("2027-01-31T08:59:59.999Z"), true),
            (STUDENT, last, true),
            (STUDENT, over, false),
        ] {
            let mut conn = world.db.db.read().await.unwrap();
            let (windows, _) = windows_for(&mut conn, &edition.definition, workflow, who, now).await.unwrap();
            let ids: Vec<&str> = windows.iter().map(|round| round.id.as_str()).collect();
            assert_eq!(ids.contains(&"115-1-early"), open, "{} {who} {now}", world.db.kind);
            if open && who == STUDENT {
                assert_eq!(windows.iter().find(|round| round.id == "115-1-early").unwrap().closes, over);
            }
        }
        assert_eq!(refusal(world.act(&other, &others, "submit", closes).await), "Closed", "{}", world.db.kind);
        assert_eq!(refusal(world.act(&other, &others, "submit", last).await), "Closed", "{}", world.db.kind);
        assert_eq!(refusal(world.act(&student, &draft, "submit", over).await), "Closed", "{}", world.db.kind);
        world.act(&student, &draft, "submit", last).await.unwrap();
        // As if in time: under the window, which covers the exam, and so with the subsidy.
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM cases WHERE rounds = '115-1-early' AND applicant = '4110101'";
        assert_eq!(world.number(sql).await, 1, "{}", world.db.kind);
        assert_eq!(world.number("SELECT amount FROM payments WHERE state = 'reserved'").await, 175_000);
        world.proved().await;
    }
}

#[tokio::test]
async fn an_extension_that_is_taken_back_extends_nothing() {
    for (world, _folder) in worlds().await {
        let (student, office) = (world.person(STUDENT).await, world.person("office1").await);
        world.profile(STUDENT).await;
        let answers = [("kind", "extend"), ("which", "115-1-early"), ("until", "2027-02-10")];
        let id = world.ask(&student, &answers, inside()).await;
        let approved = at("2027-02-01T02:00:00Z");
        let draft = world.draft(&student, inside()).await;
        assert_eq!(refusal(world.act(&student, &draft, "submit", approved).await), "Closed");
        world.act(&office, &id, "approve", approved).await.unwrap();
        let seen = world.version(&id).await;
        case::undo(&world.app, &office, &id, seen, &harness::unique(), approved).await.unwrap();
        assert_eq!(refusal(world.act(&student, &draft, "submit", approved).await), "Closed");
        world.act(&office, &id, "approve", approved).await.unwrap();
        world.act(&student, &draft, "submit", approved).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_move_granted_is_taken_back_with_it_and_what_an_earlier_one_granted_stays() {
    for (world, _folder) in worlds().await {
        let mut tx = world.db.db.begin().await.unwrap();
        let made = |what| Made { student: 0, what, recorded: 0, lasts: 200, taken_back: None };
        made(What::Waive(0)).write(&mut tx, STUDENT, 1).await;
        made(What::Substitute(4)).write(&mut tx, STUDENT, 2).await;
        tx.run("UPDATE grants SET case_number = 'one case', case_version = id", args![]).await.unwrap();
        let (last,): (i64,) = tx.one("SELECT MAX(id) FROM grants", args![]).await.unwrap();
        assert_eq!(grants::take_back(&mut tx, STUDENT, "one case", last, "2026-10-02", "").await.unwrap(), 1);
        assert_eq!(grants::take_back(&mut tx, STUDENT, "one case", last, "2026-10-02", "").await.unwrap(), 0);
        facts::update(&mut tx, &[STUDENT]).await.unwrap();
        let (kept,): (String,) =
            tx.one("SELECT sums FROM student_facts WHERE student = $1", args![STUDENT]).await.unwrap();
        assert_eq!(kept, "!stress:2027-04-19", "{}", world.db.kind);
        tx.commit().await.unwrap();
        world.proved().await;
    }
}

/// Something recorded of a student: days are counted from `START`.
#[derive(Clone, Debug)]
struct Made {
    student: usize,
    what: What,
    recorded: u64,
    lasts: u64,
    taken_back: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Credit(i64),
    Waive(usize),
    Substitute(i64),
}

const START: &str = "2026-10-01";
const REQUIREMENTS: [(&str, i64); 4] = [("stress", 3), ("enrichment", 3), ("social", 24), ("certificate", 1)];

impl Made {
    fn day(&self, after: u64) -> Day {
        day(START).checked_add_days(chrono::Days::new(after)).unwrap()
    }

    fn ends(&self) -> u64 {
        match self.what {
            What::Credit(_) => u64::MAX,
            What::Waive(_) | What::Substitute(_) => self.recorded + self.lasts,
        }
    }

    fn stands(&self, on: u64) -> bool {
        self.recorded <= on && on <= self.ends() && self.taken_back.is_none_or(|after| on < self.recorded + after)
    }

    async fn write(&self, conn: &mut Conn, student: &str, id: usize) {
        let (recorded, case) = (self.day(self.recorded).to_string(), format!("case {id}"));
        let back = self.taken_back.map(|after| self.day(self.recorded + after).to_string());
        let grant = |kind, what: &str, amount| Grant {
            id: 0,
            kind,
            what: what.to_owned(),
            amount,
            happened_on: recorded.clone(),
            term: "115-1".to_owned(),
            round: String::new(),
            said: ("事由".to_owned(), None),
            until: self.day(self.recorded + self.lasts).to_string(),
            by_name: "老師".to_owned(),
            by_unit: String::new(),
            case: case.clone(),
            case_version: 2,
            recorded_on: recorded.clone(),
            taken_back_on: None,
        };
        match self.what {
            What::Credit(hours) => {
                let credit = NewCredit {
                    student,
                    category: "social",
                    amount: Amount::whole(hours),
                    happened_on: &recorded,
                    term: "115-1",
                    name: "志工",
                    recorded_on: &recorded,
                    case_version: 2,
                    takes_back: None,
                };
                credits::add(conn, &[credit], "", &case, 0).await.unwrap();
                if let Some(back) = &back {
                    credits::take_back_move(conn, student, (&case, 2), back, "").await.unwrap();
                }
            }
            What::Waive(index) => {
                grants::add(conn, student, &grant(Kind::Waive, REQUIREMENTS[index].0, Amount::ZERO), "office1", "")
                    .await
                    .unwrap();
            }
            What::Substitute(hours) => {
                let grant = grant(Kind::Substitute, "social", Amount::whole(hours));
                grants::add(conn, student, &grant, "office1", "").await.unwrap();
            }
        }
        if let Some(back) = &back {
            grants::take_back(conn, student, &case, 2, back, "").await.unwrap();
        }
    }
}

fn any_made() -> impl Strategy<Value = Vec<Made>> {
    let what = prop_oneof![
        2 => (1..20i64).prop_map(What::Credit),
        2 => (0..4usize).prop_map(What::Waive),
        2 => (1..20i64).prop_map(What::Substitute),
    ];
    let taken = prop_oneof![2 => Just(None), 1 => (0..30u64).prop_map(Some)];
    let made = (0..6usize, what, 0..60u64, 0..40u64, taken);
    let made = made.prop_map(|(student, what, recorded, lasts, taken_back)| Made {
        student,
        what,
        recorded,
        lasts,
        taken_back,
    });
    prop::collection::vec(made, 0..24)
}

/// Which requirements a student has passed, counted from what was made, one thing after another.
fn naively(made: &[Made], student: usize, on: u64) -> [bool; 4] {
    let own = || made.iter().filter(|one| one.student == student && one.stands(on));
    let hours: i64 = own()
        .map(|one| match one.what {
            What::Credit(hours) | What::Substitute(hours) => hours,
            What::Waive(_) => 0,
        })
        .sum();
    std::array::from_fn(|index| {
        let (id, needed) = REQUIREMENTS[index];
        (id == "social" && hours >= needed) || own().any(|one| matches!(one.what, What::Waive(of) if of == index))
    })
}

#[test]
fn figures_as_of_any_day_are_a_naive_recount() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for (world, _folder) in runtime.block_on(worlds()) {
        let config = ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() };
        let checked = TestRunner::new(config).run(&any_made(), |made| runtime.block_on(recounted(&world, &made)));
        checked.unwrap_or_else(|failed| panic!("{}: {failed}", world.db.kind));
    }
}

async fn recounted(world: &World, made: &[Made]) -> Result<(), TestCaseError> {
    let students: Vec<String> = (1..=6).map(|number| format!("41101{number:02}")).collect();
    let mut tx = world.db.db.begin().await.unwrap();
    for table in ["credits", "grants", "student_facts"] {
        tx.run(&format!("DELETE FROM {table}"), args![]).await.unwrap();
    }
    for (id, one) in made.iter().enumerate() {
        one.write(&mut tx, &students[one.student], id).await;
        facts::update(&mut tx, &[students[one.student].as_str()]).await.unwrap();
    }
    tx.commit().await.unwrap();
    world.proved().await;
    // Every day on which something begins or ends, the day before and the day after.
    let edges = made
        .iter()
        .flat_map(|one| [one.recorded, one.recorded + one.lasts, one.recorded + one.taken_back.unwrap_or(0)]);
    let mut days: Vec<u64> = edges.flat_map(|edge| [edge.saturating_sub(1), edge, edge + 1]).chain([0, 140]).collect();
    days.sort_unstable();
    days.dedup();
    let edition = world.app.edition.load_full();
    let mut conn = world.db.db.read().await.unwrap();
    for on in days {
        let passes: Vec<[bool; 4]> = (0..6).map(|student| naively(made, student, on)).collect();
        let date = day(START).checked_add_days(chrono::Days::new(on)).unwrap();
        let rates = pass_rates(&mut conn, &edition, &Question::whole(date, By::Department)).await.unwrap();
        prop_assert_eq!(rates.total.students, 6);
        for (index, (id, _)) in REQUIREMENTS.iter().enumerate() {
            let (at, _) = edition.definition.requirement(id).unwrap();
            let naive = passes.iter().filter(|passed| passed[index]).count() as u64;
            prop_assert_eq!(rates.total.requirements[at].passed, naive, "{} {}", id, date);
        }
        let all = passes.iter().filter(|passed| passed.iter().all(|passed| *passed)).count() as u64;
        prop_assert_eq!(rates.total.all.passed, all, "{}", date);
        // One student alone, with the explanation of the records.
        let student = on as usize % 6;
        let (at, _) = edition.definition.requirement("social").unwrap();
        let alone = of_student(&mut conn, &edition, &students[student], date).await.unwrap().unwrap();
        prop_assert_eq!(alone.verdict.requirements[at].passed, passes[student][2], "{}", date);
        let (_, explained) = explain(&mut conn, &edition, &students[student], at, date).await.unwrap().unwrap();
        prop_assert_eq!(&explained.verdict, &alone.verdict.requirements[at]);
        let counted: Amount = explained.records.iter().map(|record| record.counted).sum();
        prop_assert_eq!(counted, explained.verdict.earned);
    }
    Ok(())
}
