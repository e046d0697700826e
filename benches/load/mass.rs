//! Many cases, copied from one that the program itself wrote: each with an applicant, a department, a number
//! and a time of its own, and with all the rows that belong to it.

use std::collections::BTreeMap;

use menkan::clock::Instant;
use menkan::store::batches::{self, BatchRow};
use menkan::store::cases::{self, CaseRow, EventRow};
use menkan::store::files::{self, FileRow, Owner, OwnerKind};
use menkan::store::payments::{self, PaymentRow};
use menkan::store::{Arg, Conn, stored};
use sha2::Digest;

use super::school::{School, department, random, student};

/// A case with its rows.
pub struct Template {
    of: usize,
    pub row: CaseRow,
    events: Vec<EventRow>,
    files: Vec<FileRow>,
    payments: Vec<PaymentRow>,
}

impl Template {
    /// The case of a student (by index) as it now is.
    pub async fn of(school: &School, of: usize, id: &str) -> Template {
        let mut conn = school.app.db.read().await.unwrap();
        Template {
            of,
            row: cases::by_id(&mut conn, id).await.unwrap().expect("the case"),
            events: cases::events(&mut conn, id).await.unwrap(),
            files: files::of_owner(&mut conn, Owner { kind: OwnerKind::Case, id }).await.unwrap(),
            payments: payments::of_case(&mut conn, id).await.unwrap(),
        }
    }
}

/// A case that is wanted.
pub struct Wanted<'a> {
    pub like: &'a Template,
    /// By index.
    pub student: usize,
    pub at: Instant,
    pub term: String,
}

/// Writes cases; their ids, in the order in which they were wanted.
pub async fn write(school: &School, wanted: &[Wanted<'_>]) -> Vec<String> {
    let mut ids = Vec::with_capacity(wanted.len());
    let mut conn = school.app.db.begin().await.unwrap();
    let mut batches: BTreeMap<String, BatchRow> = BTreeMap::new();
    for (round, some) in wanted.chunks(2_000).enumerate() {
        let mut rows = Rows::default();
        for (index, one) in some.iter().enumerate() {
            ids.push(rows.add(one, round * 2_000 + index));
        }
        rows.write(&mut conn).await;
        for paid in rows.paid {
            let (first, id) = (paid.position, paid.batch.clone());
            let new = BatchRow { id, asked: paid.batch.clone(), first, last: first, ..BatchRow::default() };
            let batch = batches.entry(paid.batch).or_insert(new);
            (batch.budget, batch.year) = (paid.budget, paid.year);
            (batch.payments, batch.total) = (batch.payments + 1, batch.total + paid.amount);
            (batch.first, batch.last) = (batch.first.min(first), batch.last.max(first));
        }
    }
    for batch in batches.values() {
        assert!(batches::add(&mut conn, batch).await.unwrap());
    }
    conn.commit().await.unwrap();
    ids
}

#[derive(Default)]
struct Rows {
    cases: Vec<Arg<'static>>,
    events: Vec<Arg<'static>>,
    files: Vec<Arg<'static>>,
    payments: Vec<Arg<'static>>,
    /// Those of them that are in batches.
    paid: Vec<PaymentRow>,
}

impl Rows {
    fn add(&mut self, wanted: &Wanted<'_>, index: usize) -> String {
        let (like, row, id, at) = (wanted.like, &wanted.like.row, random(), stored(wanted.at));
        let (number, unit) = (student(wanted.student), department(wanted.student));
        let (old_number, old_unit) = (student(like.of), department(like.of));
        let own = |text: &str| {
            let own = text.replace(&format!("bench-{old_unit}"), &format!("bench-{unit}"));
            let own = own.replace(&row.id, &id).replace(&old_number, &number);
            own.replace(&format!("學生 {}", like.of), &format!("學生 {}", wanted.student))
        };
        let when = |text: &str| if text.is_empty() { Arg::NoText } else { Arg::from(at.clone()) };
        let waits_unit = if row.waits_unit == old_unit { unit.clone() } else { row.waits_unit.clone() };
        let sign = hex::encode_upper(sha2::Sha256::digest(&id));
        self.cases.extend(
            [&id, &format!("{}-{}", &sign[..4], &sign[4..12]), &row.workflow, &row.edition, &row.state]
                .map(|value| text(value)),
        );
        self.cases.extend([
            Arg::from(row.version),
            text(&number),
            text(&own(&row.name)),
            text(&unit),
            text(&wanted.term),
        ]);
        self.cases.extend([Arg::from(row.open_slot), text(&row.waits_role), text(&waits_unit), text(&at)]);
        self.cases.extend(
            [&own(&row.raw), &own(&row.columns), &own(&row.search), &row.rounds, &row.named].map(|value| text(value)),
        );
        self.cases.extend([when(&row.first_sent_at), when(&row.sent_at), text(""), text(""), text(&at), text(&at)]);
        for event in &like.events {
            self.events.extend([
                text(&id),
                Arg::from(event.version),
                text(&at),
                text(&own(&event.actor)),
                text(&own(&event.actor_name)),
                text(&event.actor_unit),
                text(&event.lender),
                text(&event.lender_name),
            ]);
            self.events.extend(
                [&event.step, &event.from_state, &event.to_state, &event.note, &event.named].map(|value| text(value)),
            );
            self.events.extend([text(&event.reasons), text(&own(&event.answers)), text(&event.asked), Arg::from(0)]);
        }
        for file in &like.files {
            self.files.extend([&random(), "case", &id, &file.field, &file.name, &file.media].map(text));
            self.files.extend([Arg::from(file.size), text(&hex::encode(sha2::Sha256::digest(random())))]);
            self.files.extend([&file.vault_key, &file.thumb_key, &number, &at].map(|value| text(value)));
        }
        for payment in &like.payments {
            self.payments.extend([&random(), &id, &payment.budget, &number, &number].map(|value| text(value)));
            // All but the latest approvals are in batches.
            let is_former = payment.state == "committed" && !index.is_multiple_of(50);
            let batch = if is_former { format!("{}-{}", payment.budget, index / 2_000) } else { String::new() };
            let state = if is_former { "batched" } else { payment.state.as_str() };
            self.payments.extend([Arg::from(payment.amount), text(state), Arg::from(payment.year)]);
            let position = if payment.position == 0 { 0 } else { 1_000 + index as i64 };
            self.payments.extend([Arg::from(position), text(&batch), text(&at)]);
            if is_former {
                self.paid.push(PaymentRow { position, batch, ..payment.clone() });
            }
        }
        id
    }

    async fn write(&self, conn: &mut Conn) {
        let cases = "INSERT INTO cases (id, number, workflow, edition, state, version, applicant, name, department, term,
             open_slot, waits_role, waits_unit, waits_since, raw, columns, search, rounds, named, first_sent_at, sent_at,
             claimed_by, claimed_until, created_at, changed_at) VALUES";
        let events = "INSERT INTO case_events (case_id, version, at, actor, actor_name, actor_unit, lender,
             lender_name, step, from_state, to_state, note, named, reasons, answers, asked, undone) VALUES";
        let files = "INSERT INTO files (id, owner_kind, owner, field, name, media, size, sha256, vault_key, thumb_key,
             uploaded_by, at) VALUES";
        let payments =
            "INSERT INTO payments (id, case_id, budget, person, once, amount, state, year, position, batch, at) VALUES";
        let tables = [
            (cases, 25, &self.cases),
            (events, 17, &self.events),
            (files, 12, &self.files),
            (payments, 11, &self.payments),
        ];
        for (head, width, args) in tables {
            conn.insert(head, width, args, "").await.unwrap();
        }
    }
}

fn text(text: &str) -> Arg<'static> {
    Arg::from(text.to_owned())
}
