//! The demonstration: always the same, and its figures are the published table.

use std::collections::BTreeSet;
use std::process::Command;

use menkan::app::App;
use menkan::app::report::{By, Question, Tally, pass_rates};
use menkan::clock::Day;
use menkan::definition::Definition;
use menkan::definition::case::{End, Party, State};
use menkan::demo::{Demo, Kind, demo, fill};

use crate::harness;
use crate::harness::published::PUBLISHED;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn made(today: &str) -> Demo {
    let definition = menkan::definition::load(harness::root(), "ncut").expect("the default school checks");
    demo(&definition, format!("{today}T04:00:00Z").parse().unwrap()).unwrap()
}

#[test]
fn the_same_folder_makes_the_same_school() {
    let (one, other) = (made("2026-11-21"), made("2026-11-21"));
    assert_eq!(one.files, other.files);
    assert_eq!(one.accounts, other.accounts);
}

/// The README's walk adds a requirement of which the demonstration's description says nothing.
#[test]
fn a_folder_to_which_a_requirement_was_added_makes_the_same_school() {
    let folder = harness::TempFolder::new();
    for part in ["workflows", "rules", "templates"] {
        let from = harness::root().join(part);
        assert!(Command::new("cp").arg("-r").arg(from).arg(folder.path()).status().unwrap().success());
    }
    let readme = std::fs::read_to_string(harness::root().join("README.md")).unwrap();
    let added = readme.split("requirements/safety.yaml <<'EOF'\n").nth(1).unwrap().split("    EOF\n").next().unwrap();
    let added: String = added.lines().map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line))).collect();
    std::fs::write(folder.path().join("workflows/ncut/requirements/safety.yaml"), added).unwrap();
    let definition = menkan::definition::load(folder.path(), "ncut").expect("the changed folder checks");
    assert_eq!(definition.requirements.len(), 5);
    // It asks nothing before its first number: statistics and rosters of earlier days have no column for it.
    assert_eq!(definition.asking(day("2025-12-12")), [0, 1, 2, 3]);
    assert_eq!(definition.asking(day("2026-08-01")), [0, 1, 2, 3, 4]);
    let now = "2026-11-21T04:00:00Z".parse().unwrap();
    let changed = demo(&definition, now).unwrap();
    let plain = made("2026-11-21");
    assert_eq!(changed.accounts, plain.accounts);
    assert_eq!(changed.files, plain.files, "nobody has anything of what was added");
}

#[test]
fn nothing_is_recorded_after_today_nor_twice() {
    let made = made("2026-03-01");
    let mut seen = BTreeSet::new();
    let mut credits = 0;
    for file in made.files.iter().filter(|file| file.kind == Kind::Credits && file.taken_back.is_none()) {
        for row in &file.rows {
            assert!(row[5].as_str() <= "2026-03-01" && row[3] <= row[5], "{row:?}");
            assert!(seen.insert(row.clone()), "twice: {row:?}");
            credits += 1;
        }
    }
    assert!(credits > 10_000, "{credits} credits");
    assert!(made.files.iter().all(|file| file.effective <= day("2026-03-01")));
}

/// The rows of a report as the published table has them, and how many passed everything.
async fn figures(app: &App, on: &str) -> (Vec<(String, String, [u64; 5])>, [u64; 5], u64) {
    let edition = app.edition.load();
    let mut conn = app.db.snapshot().await.unwrap();
    let rates = pass_rates(&mut conn, &edition, &Question::whole(day(on), By::Department)).await.unwrap();
    let ids: Vec<&str> = edition.definition.requirements.iter().map(|requirement| requirement.id.as_str()).collect();
    assert_eq!(ids, ["stress", "enrichment", "social", "certificate"]);
    let counts = |tally: &Tally| {
        let mut counts = [tally.students, 0, 0, 0, 0];
        for (count, share) in counts[1..].iter_mut().zip(&tally.requirements) {
            assert_eq!(share.of, tally.students);
            *count = share.passed;
        }
        counts
    };
    let rows = rates.rows.iter().map(|row| (row.college.clone(), row.department.clone(), counts(&row.tally))).collect();
    (rows, counts(&rates.total), rates.total.all.passed)
}

async fn assert_published(app: &App, kind: &str) {
    let (rows, total, all) = figures(app, "2025-12-12").await;
    let published: Vec<(String, String, [u64; 5])> = PUBLISHED
        .iter()
        .map(|(college, unit, counts)| (college.to_string(), unit.to_string(), counts.map(|count| count as u64)))
        .collect();
    assert_eq!(rows, published, "on {kind}");
    assert_eq!((total, all), ([1504, 1320, 1071, 891, 662], 443), "on {kind}");
    // A week later more is recorded, by spring for each; and in the weeks before there was less.
    let (_, week, _) = figures(app, "2025-12-20").await;
    assert!(week[0] == 1504 && week != total && (1..5).all(|n| week[n] >= total[n]), "{week:?} on {kind}");
    let (_, later, later_all) = figures(app, "2026-03-31").await;
    assert!((1..5).all(|n| later[n] > total[n]) && later_all > all, "{later:?} on {kind}");
    let (_, before, before_all) = figures(app, "2025-10-31").await;
    assert!(before[0] == 1504 && (1..5).all(|n| before[n] < total[n]) && before_all < all, "{before:?} on {kind}");
    // Eight come back from leave on 2026-02-01.
    assert_eq!(figures(app, "2026-02-01").await.1[0], 1512, "on {kind}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_are_the_published_table() {
    for db in harness::databases().await {
        let data = harness::TempFolder::new();
        let app = harness::app(&db, data.path());
        fill(&app, &made("2026-11-21")).await.unwrap();
        assert_published(&app, db.kind).await;
        let (_, next, next_all) = figures(&app, "2026-11-20").await;
        assert!(next[0] > 1400 && (1..5).all(|n| next[n] > 500) && next_all > 350, "{next:?} {next_all}");
    }
}

/// The files as another program would hand them over, imported by the command.
#[test]
fn an_import_of_the_files_gives_the_same_table() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for db in runtime.block_on(harness::databases()) {
        let (data, files) = (harness::TempFolder::new(), harness::TempFolder::new());
        made("2026-11-21").write(files.path()).unwrap();
        let answer = Command::new("sh")
            .arg(files.path().join("import.sh"))
            .args(["--database", &db.url, "--folder"])
            .arg(harness::root())
            .arg("--data")
            .arg(data.path())
            .env("MENKAN", harness::menkan())
            .output()
            .unwrap();
        assert!(answer.status.success(), "on {}: {}", db.kind, String::from_utf8_lossy(&answer.stderr));
        runtime.block_on(assert_published(&harness::app(&db, data.path()), db.kind));
    }
}

fn command(data: &harness::TempFolder, more: &[&str]) -> std::process::Output {
    let mut command = Command::new(harness::menkan());
    command.args(["demo", "--no-serve", "--data"]).arg(data.path()).arg("--folder").arg(harness::root()).args(more);
    command.env_remove("DATABASE_URL").output().unwrap()
}

#[test]
fn it_is_made_once_and_what_it_did_not_make_is_left_alone() {
    let data = harness::TempFolder::new();
    let first = command(&data, &[]);
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    let said = String::from_utf8(first.stdout).unwrap();
    assert!(said.lines().filter(|line| line.contains("demo-")).count() >= 8, "an account for each role: {said}");
    let database = data.path().join("menkan.db");
    let made = std::fs::metadata(&database).unwrap().modified().unwrap();
    let again = command(&data, &[]);
    assert!(again.status.success() && again.stdout == said.as_bytes());
    assert_eq!(std::fs::metadata(&database).unwrap().modified().unwrap(), made, "it was made again");

    // Another school is not shown over what was made of this one.
    let other = command(&data, &["--school", "npust"]);
    assert!(String::from_utf8_lossy(&other.stderr).contains("demonstration of ncut"), "{other:?}");

    // A folder with a database of someone else's is refused, whatever is asked.
    let other = harness::TempFolder::new();
    std::fs::write(other.path().join("menkan.db"), "a school's").unwrap();
    for more in [&[][..], &["--fresh"]] {
        let refused = command(&other, more);
        assert!(!refused.status.success());
        assert_eq!(std::fs::read_to_string(other.path().join("menkan.db")).unwrap(), "a school's");
    }
    // So is a named database that holds records.
    let url = format!("sqlite:{}", database.display());
    let refused = command(&harness::TempFolder::new(), &["--database", &url]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("empty"), "{refused:?}");
}

/// On the day on which it is made something can be filed: a round of each kind is open, and of those
/// whose password is shown one can file at once, one has to mend something and one has passed ones.
/// What waits for staff waits some days, of which some are late, and nothing is neglected.
fn shows_something_to_do(
    mut definition: Definition,
    runtime: &tokio::runtime::Runtime,
    data: &harness::TempFolder,
    shown: &[&str],
) {
    let school = definition.school.id.clone();
    let now = chrono::Utc::now();
    let today = definition.school.calendar.today(now);
    let state = std::fs::read_to_string(data.path().join("demo-state")).unwrap();
    assert_eq!(state.trim(), format!("complete {school} {today}"));
    let demo = definition.demo.clone();
    definition.held(demo.as_ref(), today);
    for windows in &definition.windows {
        assert!(windows.rounds.iter().any(|round| round.is_open(now)), "{school}: no round of {} is open", windows.id);
    }
    let (cases, profiles): (Vec<(String, String, String, String)>, Vec<(String,)>) = runtime.block_on(async {
        let url = format!("sqlite:{}", data.path().join("menkan.db").display());
        let db = menkan::store::Db::open(&url).await.unwrap();
        let mut conn = db.read().await.unwrap();
        let cases = conn.all("SELECT applicant, workflow, state, waits_since FROM cases", &[]).await.unwrap();
        (cases, conn.all("SELECT account FROM profiles", &[]).await.unwrap())
    });
    let state = |workflow: &str, state: &str| {
        let workflow = definition.workflow(workflow).unwrap().1;
        (workflow.states[0].id != *state, workflow.states.iter().find(|known| known.id == *state).unwrap())
    };
    let theirs = |who: &str| cases.iter().filter(|(of, ..)| of == who).map(|(_, of, at, _)| state(of, at)).collect();
    let theirs: Vec<(&str, Vec<(bool, &State)>)> = shown.iter().map(|who| (*who, theirs(who))).collect();
    let is_ready = |(who, cases): &(&str, Vec<(bool, &State)>)| {
        profiles.iter().any(|(of,)| of == who) && cases.iter().all(|(_, state)| state.ends == Some(End::Well))
    };
    assert!(theirs.iter().any(is_ready), "{school}: nobody can file at once");
    let returned = |state: &State| state.waits_for == Some(Party::Applicant);
    let has = |it: &dyn Fn(bool, &State) -> bool| {
        theirs.iter().any(|(_, cases)| !cases.is_empty() && cases.iter().any(|(later, state)| it(*later, state)))
    };
    assert!(has(&|later, state| later && returned(state)), "{school}: nobody has a returned case");
    assert!(has(&|_, state| state.ends == Some(End::Well)), "{school}: nobody has passed ones");
    let waiting = cases.iter().filter(|(_, of, at, _)| {
        let (_, state) = state(of, at);
        state.ends.is_none() && !returned(state)
    });
    let days = |since: &str| (now - since.parse::<chrono::DateTime<chrono::Utc>>().unwrap()).num_days();
    let waits: Vec<i64> = waiting.map(|(.., since)| days(since)).collect();
    assert!(waits.iter().any(|days| *days >= 7) && waits.iter().all(|days| *days <= 30), "{school}: {waits:?}");
    assert!(waits.iter().filter(|days| **days < 7).count() > waits.len() / 2, "{school}: {waits:?}");
}

/// Every school that stands beside the default one: each kind of its cases is there in several states.
#[test]
fn every_school_of_the_folder_is_demonstrated() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for school in menkan::definition::folder::schools(harness::root()).unwrap() {
        let definition = menkan::definition::load(harness::root(), &school).expect("the school checks");
        if school == "ncut" {
            continue;
        }
        assert!(definition.demo.is_some(), "{school} has no demo.yaml");
        let data = harness::TempFolder::new();
        let made = command(&data, &["--school", &school]);
        assert!(made.status.success(), "{school}: {}", String::from_utf8_lossy(&made.stderr));
        let said = String::from_utf8(made.stdout).unwrap();
        assert!(said.lines().filter(|line| line.starts_with("  ")).count() >= 3, "{said}");
        let states: Vec<(String, String, i64)> = runtime.block_on(async {
            let url = format!("sqlite:{}", data.path().join("menkan.db").display());
            let db = menkan::store::Db::open(&url).await.unwrap();
            let sql = "SELECT workflow, state, count(*) FROM cases GROUP BY workflow, state";
            db.read().await.unwrap().all(sql, &[]).await.unwrap()
        });
        for workflow in &definition.workflows {
            let there = states.iter().filter(|(of, ..)| *of == workflow.id).count();
            assert!(
                there >= 3.min(workflow.states.len()),
                "{school}: {} is in {there} states: {states:?}",
                workflow.id
            );
        }
        let shown: Vec<&str> =
            said.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).collect();
        shows_something_to_do(definition, &runtime, &data, &shown);
    }
}
