//! A budget's payments for its office: the queue by year, batches, and their export. Bank data are in
//! no page: they leave in a batch's workbook alone, for a reason that is written down.

use axum::http::StatusCode;

use super::cases::parts::masked;
use super::context::{Known, encode};
use super::lists::{XLSX, choice, with};
use super::{Answer as WebAnswer, Context, Fault, Posted, show};
use crate::amount::Amount;
use crate::app::access_log;
use crate::app::case::grouped;
use crate::app::given::{self, Given};
use crate::app::money::{self, Freezing, Line, MoneyError, Queue, Sight, State};
use crate::app::payee::Changed;
use crate::definition::case::{Answer, Budget};
use crate::render::pages::money::{Batch, BatchCheck, Held, PayeeChange, PaymentLine, Payments, YearLine};
use crate::render::words;
use crate::store::from_stored;
use crate::store::people::{self, UnitRecord};

/// Lines of the queue on one page.
const AT_ONCE: usize = 30;

pub(super) async fn page(mut context: Context) -> WebAnswer {
    let (budget, sight, queue) = asked(&mut context).await?;
    let batches = money::batches_of(context.conn().await?, &budget).await?;
    let (state, year) = filter(&context);
    let wrong = wrong_year(&context);
    let units = people::units(context.conn().await?).await?;
    let address = format!("/payments/{}", encode(&budget.id));
    let held = queue.lines.iter().enumerate().filter(|(_, line)| line.unconfirmed && sight == Sight::Office);
    let held = held.map(|(at, line)| Held {
        number: line.row.number.clone(),
        href: format!("{address}?page={}#payment-{}", at / AT_ONCE + 1, line.row.id),
    });
    let held = held.collect();
    let fits = fitting(&queue, state, year);
    let pages = fits.len().div_ceil(AT_ONCE).max(1);
    let number = context.asked("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, pages);
    let account = context.viewer()?.account.clone();
    let own = money::accounts_of(context.conn().await?, &account).await?;
    let mut lines = Vec::new();
    for line in fits.into_iter().skip((number - 1) * AT_ONCE).take(AT_ONCE) {
        let mut shown = line_of(&context, &units, line, sight, &own);
        if shown.may_confirm {
            let (app, edition) = (context.web.app.clone(), context.edition.clone());
            let changes = money::changes(&app, context.conn().await?, &edition, line).await?;
            shown.changes = changes.iter().filter_map(|one| changed(&context, one)).collect();
        }
        lines.push(shown);
    }
    let to = |page: usize| with(&context, &[("page", &page.to_string())]);
    let query = context.address().split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    let page = Payments {
        title: budget.title.get(context.lang).to_owned(),
        by: budget.by.get(context.lang).to_owned(),
        address: address.clone(),
        office: sight == Sight::Office,
        years: queue
            .years
            .iter()
            .map(|year| YearLine {
                year: year.year,
                shown: show::year(&context, year.year),
                link: with(&context, &[("year", &year.year.to_string())]),
                budget: grouped(year.budget),
                committed: grouped(year.committed),
                batched: grouped(year.batched),
                left: grouped(year.left()),
                may_pay: sight == Sight::Office && year.committed.0 > 0,
            })
            .collect(),
        reserved: grouped(queue.reserved),
        unplaced: Some(queue.unplaced).filter(|amount| amount.0 > 0).map(grouped),
        states: State::ALL
            .iter()
            .map(|one| {
                let label = words().say(context.lang, &format!("payments-{}", one.code()));
                choice(one.code(), &label, Some(*one) == state)
            })
            .collect(),
        year: context.asked("year").unwrap_or_default().chars().take(40).collect(),
        year_wrong: wrong.clone(),
        held,
        lines,
        page: number,
        pages,
        previous_link: (number > 1).then(|| to(number - 1)),
        next_link: (number < pages).then(|| to(number + 1)),
        csv_link: format!("{address}/queue.csv{query}"),
        xlsx_link: format!("{address}/queue.xlsx{query}"),
        batches: batches
            .iter()
            .map(|batch| Batch {
                id: batch.id.clone(),
                year: show::year(&context, i32::try_from(batch.year).unwrap_or_default()),
                at: from_stored(&batch.at).map_or_else(|| batch.at.clone(), |at| show::moment(&context, at)),
                made_by: batch.made_by.clone(),
                payments: batch.payments,
                total: grouped(Amount(batch.total)),
                sha256: batch.sha256.clone(),
            })
            .collect(),
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    show::page_with(&context, status, &page)
}

pub(super) async fn as_csv(mut context: Context) -> WebAnswer {
    let (budget, _, queue) = asked(&mut context).await?;
    if let Some(wrong) = wrong_year(&context) {
        return Err(Fault::Unfit(wrong));
    }
    let (state, year) = filter(&context);
    let lines = fitting(&queue, state, year);
    noted(&mut context, lines.len()).await?;
    let say = |key: &str| words().say(context.lang, key);
    let bytes = money::as_csv(&lines, &say);
    show::file(&format!("{}.csv", budget.id), "text/csv; charset=utf-8", bytes)
}

pub(super) async fn as_sheet(mut context: Context) -> WebAnswer {
    let (budget, _, queue) = asked(&mut context).await?;
    if let Some(wrong) = wrong_year(&context) {
        return Err(Fault::Unfit(wrong));
    }
    let (state, year) = filter(&context);
    let lines = fitting(&queue, state, year);
    noted(&mut context, lines.len()).await?;
    let say = |key: &str| words().say(context.lang, key);
    let bytes = money::as_sheet(&lines, &say).map_err(|error| Fault::Internal(error.to_string()))?;
    show::file(&format!("{}.xlsx", budget.id), XLSX, bytes)
}

/// Writes down that the list leaves as a file.
async fn noted(context: &mut Context, rows: usize) -> Result<(), Fault> {
    context.release();
    let given = Given { list: &context.address(), rows };
    Ok(given::note(&context.web.app, &context.viewer()?.account, given, context.now).await?)
}

async fn asked(context: &mut Context) -> Result<(Budget, Sight, Queue), Fault> {
    let edition = context.edition.clone();
    let found = money::seen(context.viewer()?, &edition.definition, context.param("budget"));
    let (budget, sight) = found.ok_or(Fault::NotFound)?;
    let queue = money::queue(context.conn().await?, budget).await?;
    Ok((budget.clone(), sight, queue))
}

fn filter(known: &Known) -> (Option<State>, Option<i32>) {
    (known.asked("state").and_then(State::parse), known.asked("year").and_then(|text| year_of(known, text)))
}

/// A calendar year as it is typed: 2026, or as the school counts it.
fn year_of(known: &Known, text: &str) -> Option<i32> {
    let year: i32 = text.trim().parse().ok().filter(|year| (1..10_000).contains(year))?;
    let offset = known.edition.definition.school.calendar.year_offset;
    Some(if year < offset { year + offset } else { year })
}

/// What is said of a year that is none.
fn wrong_year(known: &Known) -> Option<String> {
    let text = known.asked("year").filter(|text| !text.trim().is_empty())?;
    let found: String = text.chars().take(40).collect();
    let say = || words().say_with(known.lang, "payments-year-wrong", &[("found", &found)]);
    if year_of(known, text).is_some() { None } else { Some(say()) }
}

fn fitting(queue: &Queue, state: Option<State>, year: Option<i32>) -> Vec<&Line> {
    let fits = |line: &&Line| {
        state.is_none_or(|state| line.state == state)
            && year.is_none_or(|year| line.place.is_some_and(|turn| turn.year == year))
    };
    queue.lines.iter().filter(fits).collect()
}

fn line_of(known: &Known, units: &[UnitRecord], line: &Line, sight: Sight, own: &[String]) -> PaymentLine {
    let is_own = own.contains(&line.row.person);
    let unit = units.iter().find(|unit| unit.code == line.row.department);
    PaymentLine {
        id: line.row.id.clone(),
        case: line.row.case_id.clone(),
        number: line.row.number.clone(),
        student: line.row.person.clone(),
        name: line.row.name.clone(),
        department: unit.map_or_else(|| line.row.department.clone(), |unit| unit.name.clone()),
        amount: grouped(line.amount),
        state: words().say(known.lang, &format!("payments-{}", line.state.code())),
        waits: line.state == State::Committed && line.place.is_none(),
        year: line.place.map(|turn| show::year(known, turn.year)),
        place: line.place.map(|turn| turn.number),
        changed: line.unconfirmed.then(|| line.row.changed.clone()),
        changed_at: from_stored(&line.row.changed).map(|at| show::moment(known, at)).unwrap_or_default(),
        changes: Vec::new(),
        lacks: Vec::new(),
        may_confirm: line.unconfirmed && sight == Sight::Office && !is_own,
        own: line.unconfirmed && sight == Sight::Office && is_own,
    }
}

/// A change of bank data, what is private in it masked: the case's page shows it whole, for a reason.
fn changed(known: &Known, change: &Changed) -> Option<PayeeChange> {
    let field = known.edition.definition.profile.as_ref()?.fields.get(change.field)?;
    let say = |key: &str| words().say(known.lang, key);
    let told = |text: &str| match &field.is {
        Answer::File { .. } => String::new(),
        Answer::Tick { .. } => say(if text.is_empty() { "answer-no" } else { "answer-yes" }),
        _ if text.is_empty() => say("answer-nothing"),
        _ if field.private => masked(text),
        Answer::Choice(options) => {
            let option = options.iter().find(|option| option.id == text);
            option.map_or_else(|| text.to_owned(), |option| option.title.get(known.lang).to_owned())
        }
        Answer::Text { .. }
        | Answer::Number { .. }
        | Answer::Money { .. }
        | Answer::Date
        | Answer::Entry { .. }
        | Answer::Cases { .. }
        | Answer::Computed { .. }
        | Answer::Record(_) => text.to_owned(),
    };
    Some(PayeeChange {
        label: field.label.get(known.lang).to_owned(),
        is_file: matches!(field.is, Answer::File { .. }),
        before: told(&change.before),
        after: told(&change.after),
    })
}

/// What a batch of a year would hold.
pub(super) async fn check(mut context: Context) -> WebAnswer {
    let (edition, viewer) = (context.edition.clone(), context.viewer()?.clone());
    let (id, year) = (context.param("budget").to_owned(), context.param("year").parse().unwrap_or_default());
    let known = context.known();
    let conn = context.conn().await?;
    let ready =
        money::rehearse(&known.web.app, conn, &viewer, &id, year, known.now).await.map_err(|e| fault(&known, e))?;
    let units = people::units(conn).await?;
    let (budget, sight) = money::seen(&viewer, &edition.definition, &id).ok_or(Fault::NotFound)?;
    let lines = |lines: &[Line]| lines.iter().map(|line| line_of(&known, &units, line, sight, &[])).collect();
    let page = BatchCheck {
        title: budget.title.get(known.lang).to_owned(),
        address: format!("/payments/{}", encode(&budget.id)),
        year,
        year_shown: show::year(&known, year),
        count: ready.lines.len(),
        total: grouped(ready.total),
        asked: ready.asked,
        lines: lines(&ready.lines),
        unconfirmed: lines(&ready.unconfirmed),
        waiting: lines(&ready.waiting),
        days: budget.wait_after_change,
        incomplete: ready
            .incomplete
            .iter()
            .map(|(line, lacks)| {
                let field = |index: &usize| edition.definition.profile.as_ref()?.fields.get(*index);
                let lacks = lacks.iter().filter_map(field).map(|field| field.label.get(known.lang).to_owned());
                PaymentLine { lacks: lacks.collect(), ..line_of(&known, &units, line, sight, &[]) }
            })
            .collect(),
        own: lines(&ready.own),
    };
    show::page(&known, &page)
}

pub(super) async fn freeze(mut context: Context, posted: Posted) -> WebAnswer {
    let viewer = context.viewer()?.clone();
    let (id, year) = (context.param("budget").to_owned(), context.param("year").parse().unwrap_or_default());
    context.release();
    let wanted = Freezing { budget: &id, year, asked: posted.text("asked") };
    money::freeze(&context.web.app, &viewer, wanted, context.lang, context.now)
        .await
        .map_err(|error| fault(&context, error))?;
    show::see_saying(&context, &format!("/payments/{}", encode(&id)), "payments-made")
}

pub(super) async fn confirm(mut context: Context, posted: Posted) -> WebAnswer {
    let viewer = context.viewer()?.clone();
    let id = context.param("budget").to_owned();
    context.release();
    let (payment, changed) = (posted.text("payment"), posted.text("changed"));
    money::confirm(&context.web.app, &viewer, &id, payment, changed, context.now)
        .await
        .map_err(|error| fault(&context, error))?;
    show::see_saying(&context, &format!("/payments/{}", encode(&id)), "payments-confirmed")
}

pub(super) async fn export(mut context: Context, posted: Posted) -> WebAnswer {
    let viewer = context.viewer()?.clone();
    let batch = context.param("batch").to_owned();
    context.release();
    let reason = posted.text("reason").trim();
    if access_log::reason(reason).is_none() {
        return Err(Fault::Unfit(words().say(context.lang, "exports-reason-needed")));
    }
    let (name, bytes) = money::export(&context.web.app, &viewer, &batch, reason, context.now)
        .await
        .map_err(|error| fault(&context, error))?;
    show::file(&name, XLSX, bytes)
}

fn fault(known: &Known, error: MoneyError) -> Fault {
    match error {
        MoneyError::Store(error) => error.into(),
        MoneyError::NotFound => Fault::NotFound,
        MoneyError::Stale => Fault::Conflict(Some(words().say(known.lang, "payments-stale"))),
        MoneyError::OwnPayment => Fault::Unfit(words().say(known.lang, "payments-own-refused")),
        MoneyError::Nothing => Fault::Unfit(words().say(known.lang, "payments-confirm-nothing")),
        MoneyError::Case(_) | MoneyError::Broken(..) | MoneyError::Workbook(_) => Fault::Internal(error.to_string()),
    }
}
