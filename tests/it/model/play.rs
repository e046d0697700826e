//! Plays drawn commands through the use cases and the model, and compares what is in the database.

use std::collections::BTreeMap;
use std::fmt::Write;

use menkan::app::App;
use menkan::app::access::Viewer;
use menkan::app::case::time::{self, Run};
use menkan::app::case::{self, Asked, CaseError};
use menkan::app::delegation::{self, Lending};
use menkan::app::money::{self, Freezing, MoneyError};
use menkan::args;
use menkan::case::Raw;
use menkan::clock::Instant;
use menkan::lang::Lang;

use super::rules::*;
use crate::applications::{World, inside, world_of};
use crate::harness::{TestDb, school};

/// What was played, so that nobody mistakes silence for proof.
#[derive(Debug, Default)]
pub struct Tally {
    pub done: BTreeMap<&'static str, usize>,
    pub repeated: usize,
    pub lapsed: usize,
    pub batched: usize,
    pub refused: BTreeMap<&'static str, usize>,
}

pub struct Stage {
    world: World,
    credits: i64,
}

/// A move or an undoing that was done, to be sent again.
struct Sent {
    who: usize,
    case: usize,
    step: &'static str,
    seen: i64,
    nonce: String,
}

struct Sequence<'a> {
    stage: &'a Stage,
    app: &'a App,
    viewers: Vec<Viewer>,
    model: Model,
    audit: i64,
    sent: Option<Sent>,
    trace: String,
}

type Told = Result<(), String>;

fn said(error: &CaseError) -> String {
    match error {
        CaseError::Refused(refusal) => format!("{refusal:?}").split(['(', ' ', '{']).next().unwrap().to_owned(),
        CaseError::NotFound => "NotFound".to_owned(),
        other => other.to_string(),
    }
}

impl Stage {
    pub async fn new(test: TestDb) -> Stage {
        let world = world_of(test, 1, 6).await;
        let mut tx = world.db.db.begin().await.unwrap();
        tx.run(
            "INSERT INTO units (code, name, college, kind, ordinal) VALUES ('D2', '別系', '測試學院', 'department', 2)",
            args![],
        )
        .await
        .unwrap();
        school::staff(&mut tx, "4110105", "clerk", "D1").await;
        school::staff(&mut tx, "admin", "admin", "").await;
        // They act on nothing until the end: whoever is new to a case can finish it.
        school::staff(&mut tx, "office9", "office", "career").await;
        for account in PEOPLE.iter().chain(&["office9"]) {
            let add = "INSERT INTO accounts (account, password, lang, disabled, created_at)
                       VALUES ($1, '', 'zh-TW', 0, '2025-01-01T00:00:00.000Z') ON CONFLICT DO NOTHING";
            tx.run(add, args![*account]).await.unwrap();
        }
        school::approved(&mut tx, &[school::certificate("d2", "D2", "115-1", "9001", "別系的證照")]).await;
        tx.commit().await.unwrap();
        let credits = world.number("SELECT CAST(COUNT(*) AS BIGINT) FROM credits").await;
        Stage { world, credits }
    }

    /// Everything that a sequence leaves behind, but for the audit log.
    async fn clear(&self) {
        let mut tx = self.world.db.db.begin().await.unwrap();
        let tables =
            ["case_events", "case_requests", "case_reminders", "payments", "payment_batches", "cases", "files"];
        for table in tables.iter().chain(&["profiles", "outbox", "delegations"]) {
            tx.run(&format!("DELETE FROM {table}"), args![]).await.unwrap();
        }
        tx.run("DELETE FROM credits WHERE source = 'take-back' OR source LIKE 'case:%'", args![]).await.unwrap();
        let students = &PEOPLE[..STUDENTS];
        menkan::store::facts::update(&mut tx, students).await.unwrap();
        tx.run("UPDATE student_versions SET department = 'D1'", args![]).await.unwrap();
        tx.run("INSERT INTO staff_roles VALUES ('clerk2', 'clerk', 'D1') ON CONFLICT DO NOTHING", args![])
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn viewer(&self, account: &str, now: Instant) -> Viewer {
        let edition = self.world.app.edition.load_full();
        let today = edition.definition.school.calendar.today(now);
        let mut conn = self.world.db.db.read().await.unwrap();
        Viewer::load(&mut conn, &edition.definition, account, today).await.unwrap().unwrap()
    }

    /// Plays one; what came out otherwise than the model says.
    pub async fn sequence(&self, drawn: &[[u8; 5]], tally: &mut Tally) -> Told {
        self.clear().await;
        // Read once: what somebody may do is asked again as they act.
        let mut viewers = Vec::new();
        for account in PEOPLE {
            viewers.push(self.viewer(account, inside()).await);
        }
        let audit = self.world.number("SELECT seq FROM audit_head").await;
        let mut sequence = Sequence {
            stage: self,
            app: &self.world.app,
            viewers,
            model: Model::new(inside()),
            audit,
            sent: None,
            trace: String::new(),
        };
        for one in drawn {
            let told = match sequence.play(*one, tally).await {
                Ok(()) => sequence.compare().await,
                Err(why) => Err(why),
            };
            told.map_err(|why| format!("\n{}{why}", sequence.trace))?;
        }
        sequence.finish().await.map_err(|why| format!("\n{}at the end: {why}", sequence.trace))
    }
}

impl Sequence<'_> {
    async fn play(&mut self, [kind, a, b, c, d]: [u8; 5], tally: &mut Tally) -> Told {
        let (a, b, c) = (usize::from(a), usize::from(b), usize::from(c));
        match kind % 32 {
            0..13 => self.something_sensible(a + 256 * b, tally).await,
            13..19 if !self.model.cases.is_empty() => {
                let note = [0, 3, 250, 251][usize::from(d >> 6)];
                let named = ["", "exam_date", "exam_fee", "other_aid"][usize::from(d >> 4) % 4];
                let case = self.likely(b, |case| case.frozen.is_some() && case.is_open());
                // Mostly what somebody may do in this state: who may not is what is asked.
                let near: Vec<&str> = self.model.cases[case].steps().collect();
                let step = if c < 200 && !near.is_empty() { near[c % near.len()] } else { STEPS[c % STEPS.len()] };
                // Mostly those who have something to do with it.
                let who = if a < 180 { 2 + a % 6 } else { a % PEOPLE.len() };
                let wanted = Try { who, case, step, stale: d % 8 == 7, note, named };
                self.act(wanted, tally).await
            }
            19..22 if !self.model.cases.is_empty() => {
                let case = self.likely(b, |case| {
                    case.past.last().is_some_and(|past| ["endorse", "pass", "refuse"].contains(&past.step))
                });
                let last = self.model.cases[case].past.last().map(|past| past.actor).filter(|who| *who != TIME);
                let who = if d < 190 { last.unwrap_or(a % PEOPLE.len()) } else { a % PEOPLE.len() };
                self.undo(who, case, d % 16 == 7, tally).await
            }
            22 => self.begin([0, 1, 2, 3][a % 4], tally).await,
            23..26 if !self.model.cases.is_empty() => self.keep(a, b, c, d, tally).await,
            26 if !self.model.cases.is_empty() => self.discard(a % PEOPLE.len(), b, tally).await,
            27 => self.again(tally).await,
            28 => self.later([1, 30, 59, 60, 1440, 7200, 87_839, 87_840][c % 8], tally).await,
            29 | 30 => self.batch(tally).await,
            31 => self.change(a, b).await,
            _ => Ok(()),
        }
    }

    /// A case that is of a kind, where there is one, three times in four.
    fn likely(&self, pick: usize, is: impl Fn(&Case) -> bool) -> usize {
        let all = self.model.cases.len();
        let of_kind: Vec<usize> = (0..all).filter(|index| is(&self.model.cases[*index])).collect();
        if pick < 192 && !of_kind.is_empty() { of_kind[pick % of_kind.len()] } else { pick % all }
    }

    /// One of the moves that the model allows.
    async fn something_sensible(&mut self, pick: usize, tally: &mut Tally) -> Told {
        if let Some(who) = (0..STUDENTS).find(|who| !self.model.profile[*who] && self.model.has_open(*who)) {
            return self.profile(who).await;
        }
        let mut able = Vec::new();
        for case in 0..self.model.cases.len() {
            for (who, step) in (0..PEOPLE.len()).flat_map(|who| STEPS.map(|step| (who, step))) {
                let named = ["exam_fee", "exam_date", "other_aid"][pick % 3];
                let wanted = Try { who, case, step, stale: false, note: 3, named };
                // Giving up is always possible, and seldom wanted.
                if self.model.expects(&wanted).is_ok() && (step != "withdraw" || pick.is_multiple_of(17)) {
                    let times = if matches!(step, "endorse" | "pass") { 3 } else { 1 };
                    able.extend([wanted; 3].iter().take(times));
                }
            }
        }
        let free = (0..STUDENTS).find(|who| !self.model.has_open(*who));
        match (free, able.len()) {
            (Some(who), many) if pick % (many + 2) < 2 => self.begin(who, tally).await,
            (_, 0) => Ok(()),
            (_, many) => self.act(able[pick % many], tally).await,
        }
    }

    fn told(
        &self,
        what: &'static str,
        expected: Result<(), &'static str>,
        found: Result<(), String>,
        tally: &mut Tally,
    ) -> Told {
        match expected {
            Ok(()) => *tally.done.entry(what).or_default() += 1,
            Err(why) => *tally.refused.entry(why).or_default() += 1,
        }
        if expected.map_err(str::to_owned) == found {
            return Ok(());
        }
        Err(format!("the model says {expected:?}, the program {found:?}"))
    }

    fn note(&mut self, what: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.trace, "{} {what}", self.model.now.format("%m-%d %H:%M"));
    }

    async fn act(&mut self, wanted: Try, tally: &mut Tally) -> Told {
        self.note(format_args!("{} {wanted:?}", PEOPLE[wanted.who]));
        let expected = self.model.expects(&wanted);
        let (id, version) = (self.model.cases[wanted.case].id.clone(), self.model.cases[wanted.case].version);
        let nonce = crate::harness::unique();
        let seen = version - i64::from(wanted.stale);
        let note = "長".repeat(wanted.note);
        let named = if wanted.named.is_empty() { Vec::new() } else { vec![wanted.named] };
        let asked = Asked { step: wanted.step, seen, note: &note, named, nonce: &nonce, ..Asked::default() };
        let found = case::act(self.app, &self.viewers[wanted.who], &id, &asked, self.model.now).await;
        if let Ok(to) = expected {
            self.model.moved(&wanted, to);
            self.sent = Some(Sent { who: wanted.who, case: wanted.case, step: wanted.step, seen, nonce });
        }
        let found = found.map(|_| ()).map_err(|error| said(&error));
        self.told(wanted.step, expected.map(|_| ()), found, tally)
    }

    async fn undo(&mut self, who: usize, index: usize, stale: bool, tally: &mut Tally) -> Told {
        self.note(format_args!("{} undoes the last move of {index}, stale {stale}", PEOPLE[who]));
        let expected = self.model.expects_undone(who, index, stale);
        let seen = self.model.cases[index].version - i64::from(stale);
        let (id, nonce) = (self.model.cases[index].id.clone(), crate::harness::unique());
        let found = case::undo(self.app, &self.viewers[who], &id, seen, &nonce, self.model.now).await;
        if let Ok(to) = expected {
            self.model.undone(index, to);
            self.sent = Some(Sent { who, case: index, step: "undo", seen, nonce });
        }
        let found = found.map(|_| ()).map_err(|error| said(&error));
        self.told("undo", expected.map(|_| ()), found, tally)
    }

    /// The last form that was taken, sent again: the same answer, and nothing more.
    async fn again(&mut self, tally: &mut Tally) -> Told {
        let Some(Sent { who, case, step, seen, nonce }) = &self.sent else { return Ok(()) };
        let (id, viewer, now) = (&self.model.cases[*case].id, &self.viewers[*who], self.model.now);
        let done = if *step == "undo" {
            case::undo(self.app, viewer, id, *seen, nonce, now).await
        } else {
            let asked =
                Asked { step, seen: *seen, note: "又一次", named: vec!["exam_fee"], nonce, ..Asked::default() };
            case::act(self.app, viewer, id, &asked, now).await
        };
        let line = format!("{} sends {step} again", PEOPLE[*who]);
        tally.repeated += 1;
        let is_same = matches!(&done, Ok(done) if done.repeated && done.id == *id);
        self.note(format_args!("{line}"));
        if is_same { Ok(()) } else { Err(format!("sent again it is {done:?}")) }
    }

    async fn begin(&mut self, who: usize, tally: &mut Tally) -> Told {
        self.note(format_args!("{} begins", PEOPLE[who]));
        let expected = match who {
            STUDENTS.. => Err("the workflow is not for this person"),
            _ if self.model.has_open(who) => Err("another case is open"),
            _ => Ok(()),
        };
        let (now, nonce) = (self.model.now, crate::harness::unique());
        let viewer = self.viewers[who].clone();
        let found = case::begin(self.app, &viewer, "certificate", &nonce, now).await;
        if let (Ok(()), Ok(begun)) = (expected, &found) {
            let again = case::begin(self.app, &viewer, "certificate", &nonce, now).await;
            if again.as_ref().map(|again| &again.id).ok() != Some(&begun.id) {
                return Err(format!("begun again it is {again:?}"));
            }
            let entry = if self.model.department[who] == "D1" { "e1" } else { "d2" };
            self.stage.world.fill(&viewer, &begun.id, now).await;
            let typed =
                [("certificate", entry), ("exam_date", DATES[0]), ("exam_fee", FEES[0]), ("claims_issue_fee", "")];
            let typed: Raw = typed.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            case::keep(self.app, &viewer, &begun.id, 1, &typed, now).await.map_err(|error| said(&error))?;
            self.model.cases.push(Case {
                id: begun.id.clone(),
                owner: who,
                state: "draft",
                version: 1,
                date: DATES[0],
                entry,
                aid: false,
                fee: FEES[0],
                sent_with_aid: false,
                named: "",
                past: Vec::new(),
                frozen: None,
                payment: None,
                since: now,
                letters: 0,
            });
        }
        let found = found.map(|_| ()).map_err(|error| said(&error));
        self.told("begin", expected, found, tally)
    }

    async fn keep(&mut self, a: usize, b: usize, c: usize, d: u8, tally: &mut Tally) -> Told {
        let index = b % self.model.cases.len();
        let who = if d < 220 { self.model.cases[index].owner } else { a % PEOPLE.len() };
        let stale = d % 16 == 7;
        let case = &self.model.cases[index];
        let field = ["exam_date", "certificate", "other_aid", "exam_fee"][a % 4];
        // What else a wrong date opens is the form's own matter, and tested there.
        if case.state == "returned" && field == "certificate" {
            return Ok(());
        }
        let value = match field {
            // Right more often than not, or nothing would ever be sent.
            "exam_date" => DATES[[0, 0, 1, 1, 0, 2, 1, 3][c % 8]],
            "certificate" => ENTRIES[[0, 0, 0, 1, 0, 2, 1, 3][c % 8]],
            "other_aid" => ["", "on"][c % 2],
            _ => FEES[c % FEES.len()],
        };
        self.note(format_args!("{} writes {field} = {value:?} into {index}, stale {stale}", PEOPLE[who]));
        let expected = self.model.expects_kept(who, index, stale);
        let typed: Raw = [(field.to_owned(), value.to_owned())].into();
        let seen = self.model.cases[index].version - i64::from(stale);
        let id = self.model.cases[index].id.clone();
        let viewer = self.stage.viewer(PEOPLE[who], self.model.now).await;
        let found = case::keep(self.app, &viewer, &id, seen, &typed, self.model.now).await;
        if expected.is_ok() && self.model.is_open(index, field) {
            let case = &mut self.model.cases[index];
            match field {
                "exam_date" => case.date = value,
                "certificate" => case.entry = value,
                "other_aid" => case.aid = value == "on",
                _ => case.fee = value,
            }
        }
        let found = found.map(|_| ()).map_err(|error| said(&error));
        self.told("keep", expected, found, tally)
    }

    async fn discard(&mut self, who: usize, b: usize, tally: &mut Tally) -> Told {
        let index = b % self.model.cases.len();
        self.note(format_args!("{} discards {index}", PEOPLE[who]));
        let case = &self.model.cases[index];
        let (id, version) = (case.id.clone(), case.version);
        let expected = match self.model.expects_kept(who, index, false) {
            Ok(()) if case.state != "draft" => Err("NotNow"),
            told => told,
        };
        let viewer = self.stage.viewer(PEOPLE[who], self.model.now).await;
        let found = case::discard(self.app, &viewer, &id, version, self.model.now).await;
        if expected.is_ok() {
            self.model.cases.remove(index);
            self.sent = None;
        }
        self.told("discard", expected, found.map_err(|error| said(&error)), tally)
    }

    async fn later(&mut self, minutes: i64, tally: &mut Tally) -> Told {
        self.model.now += chrono::Duration::minutes(minutes);
        self.note(format_args!("it is {minutes} minutes later"));
        let ticked = time::tick(self.app, self.model.now, Run::Do).await.map_err(|error| said(&error))?;
        let lapsed = self.model.lapse();
        tally.lapsed += lapsed;
        if ticked.moved.len() == lapsed { Ok(()) } else { Err(format!("{lapsed} lapse, not {ticked:?}")) }
    }

    async fn batch(&mut self, tally: &mut Tally) -> Told {
        self.note(format_args!("the office makes a batch"));
        let (office, now) = (&self.viewers[OFFICE], self.model.now);
        let mut conn = self.stage.world.db.db.read().await.unwrap();
        let budget = "certificate-subsidy";
        let ready = money::rehearse(self.app, &mut conn, office, budget, 2026, now).await;
        drop(conn);
        let asked = ready.map_err(|error| error.to_string())?.asked;
        let wanted = Freezing { budget, year: 2026, asked: &asked };
        let made = money::freeze(self.app, office, wanted, Lang::ZhTw, now).await;
        let taken = self.model.batch();
        tally.batched += taken;
        match made {
            Ok(batch) if batch.payments == taken as i64 => Ok(()),
            Err(MoneyError::Nothing) if taken == 0 => Ok(()),
            other => Err(format!("{taken} payments, not {other:?}")),
        }
    }

    async fn profile(&mut self, who: usize) -> Told {
        self.note(format_args!("{} fills in the profile", PEOPLE[who]));
        self.stage.world.profile(PEOPLE[who]).await;
        self.model.profile[who] = true;
        Ok(())
    }

    /// Roles, departments and loans change.
    async fn change(&mut self, a: usize, b: usize) -> Told {
        let db = &self.stage.world.db.db;
        let mut tx = db.begin().await.unwrap();
        match a % 4 {
            0 => {
                let who = b % STUDENTS;
                let to = if self.model.department[who] == "D1" { "D2" } else { "D1" };
                let sql = "UPDATE student_versions SET department = $1 WHERE student = $2";
                tx.run(sql, args![to, PEOPLE[who]]).await.unwrap();
                self.model.department[who] = to;
                self.note(format_args!("{} is now of {to}", PEOPLE[who]));
            }
            1 => {
                let sql = match self.model.clerk2 {
                    true => "DELETE FROM staff_roles WHERE account = 'clerk2'",
                    false => "INSERT INTO staff_roles VALUES ('clerk2', 'clerk', 'D1')",
                };
                tx.run(sql, args![]).await.unwrap();
                self.model.clerk2 = !self.model.clerk2;
                let is_clerk = self.model.clerk2;
                self.note(format_args!("{} is a clerk: {is_clerk}", PEOPLE[CLERK2]));
            }
            2 => {
                tx.run("UPDATE delegations SET ended_at = '2026-11-10T00:00:00.000Z'", args![]).await.unwrap();
                self.model.lent.clear();
                self.note(format_args!("clerk1 takes the role back"));
            }
            _ => {
                tx.roll_back().await.unwrap();
                let from = self.model.day() + chrono::Days::new((b % 3) as u64);
                let until = from + chrono::Days::new((b % 5) as u64);
                let lending = Lending { role: "clerk", unit: "D1", to: PEOPLE[ELSEWHERE], from, until };
                let lent = delegation::lend(self.app, &self.viewers[3], lending, self.model.now).await;
                lent.map_err(|error| error.to_string())?;
                // The same role over days that loans share is one loan, over the days of both.
                let covers = |lent: &(chrono::NaiveDate, chrono::NaiveDate)| lent.0 <= from && until <= lent.1;
                if !self.model.lent.iter().any(covers) {
                    let mut whole = (from, until);
                    self.model.lent.retain(|lent| {
                        let shares = lent.0 <= until && from <= lent.1;
                        if shares {
                            whole = (whole.0.min(lent.0), whole.1.max(lent.1));
                        }
                        !shares
                    });
                    self.model.lent.push(whole);
                    self.model.written += 1;
                }
                self.note(format_args!("clerk1 lends the role from {from} until {until}"));
                return Ok(());
            }
        }
        tx.commit().await.unwrap();
        Ok(())
    }

    /// The database against the model.
    async fn compare(&self) -> Told {
        let mut conn = self.stage.world.db.db.read().await.unwrap();
        let same = |what: &str, found: String, expected: String| {
            if found == expected { Ok(()) } else { Err(format!("{what}: found {found}, expected {expected}")) }
        };
        type Row = (String, String, i64, i64, String, String, String);
        let sql = "SELECT id, state, version, open_slot, waits_role, waits_unit, named FROM cases ORDER BY id";
        let found: Vec<Row> = conn.all(sql, args![]).await.unwrap();
        let mut expected: Vec<Row> = Vec::new();
        for case in &self.model.cases {
            let (role, unit) = match case.state {
                "in_review" => ("clerk", case.frozen.unwrap().0),
                "endorsed" => ("office", "career"),
                _ => ("", ""),
            };
            let slot = i64::from(case.is_open());
            let (role, unit, named) = (role.to_owned(), unit.to_owned(), case.named.to_owned());
            expected.push((case.id.clone(), case.state.to_owned(), case.version, slot, role, unit, named));
        }
        expected.sort();
        same("cases", format!("{found:?}"), format!("{expected:?}"))?;
        let sql = "SELECT case_id, state, amount FROM payments WHERE state <> 'cancelled' ORDER BY case_id";
        let found: Vec<(String, String, i64)> = conn.all(sql, args![]).await.unwrap();
        let paid = self.model.cases.iter().filter_map(|case| case.payment.map(|paid| (case, paid)));
        let mut expected: Vec<(String, String, i64)> =
            paid.map(|(case, (state, dollars, _))| (case.id.clone(), state.to_owned(), dollars * 100)).collect();
        expected.sort();
        same("payments", format!("{found:?}"), format!("{expected:?}"))?;
        let live = self.model.cases.iter();
        let counts = "SELECT (SELECT COUNT(*) FROM case_events), (SELECT seq FROM audit_head),
            (SELECT COUNT(*) FROM outbox WHERE letter = 'case-state' AND state = 'queued'),
            (SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM credits WHERE source = 'take-back' OR source LIKE 'case:%')";
        let found: (i64, i64, i64, i64) = conn.one(counts, args![]).await.unwrap();
        let events: i64 = live.clone().map(|case| case.version).sum();
        let letters: i64 = live.map(|case| case.letters).sum();
        let expected = (events, self.audit + self.model.written, letters, self.model.credits.iter().sum::<i64>() * 100);
        same("events, audit, letters, credits", format!("{found:?}"), format!("{expected:?}"))
    }

    /// No dead end: somebody can finish whatever is open; and the sums of credits are right.
    async fn finish(&mut self) -> Told {
        let office = self.stage.viewer("office9", self.model.now).await;
        for index in 0..self.model.cases.len() {
            let case = &self.model.cases[index];
            if !case.is_open() {
                continue;
            }
            let (who, step) = match case.state {
                "endorsed" => (&office, "refuse"),
                _ => (&self.viewers[case.owner], "withdraw"),
            };
            let nonce = crate::harness::unique();
            let asked =
                Asked {
                    step, seen: case.version, note: "結案", named: Vec::new(), nonce: &nonce, ..Asked::default()
                };
            let ended = case::act(self.app, who, &case.id, &asked, self.model.now).await;
            ended.map_err(|error| format!("{} cannot be ended: {}", case.state, said(&error)))?;
        }
        let mut conn = self.stage.world.db.db.read().await.unwrap();
        let mut differences = Vec::new();
        let each = |difference| differences.push(format!("{difference:?}"));
        menkan::store::facts::prove(&mut conn, each).await.map_err(|error| error.to_string())?;
        drop(conn);
        let plain =
            "SELECT CAST(COUNT(*) AS BIGINT) FROM credits WHERE source <> 'take-back' AND source NOT LIKE 'case:%'";
        let others = self.stage.world.number(plain).await;
        if differences.is_empty() && others == self.stage.credits {
            return Ok(());
        }
        Err(format!("{others} credits that are of no case; sums: {differences:?}"))
    }
}
