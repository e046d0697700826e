//! Credits. One that is there already is left alone; one whose amount was corrected is taken back
//! and added anew. As many rows that agree in all stand in a file, so many credits there are.

use std::collections::{HashMap, HashSet};

use super::names::{Words, not_one_of};
use super::rights::not_yours;
use super::row::Row;
use super::sheet::{Field, Layout, optional, required};
use super::table::Table;
use super::{Job, Tally, cell};
use crate::amount::{Amount, AmountError};
use crate::clock::Day;
use crate::definition::Category;
use crate::lang::Text;
use crate::store::credits::{self, NewCredit};
use crate::store::people::StudentRecord;
use crate::store::{Conn, Result, facts, versions};

const STUDENT: usize = 0;
const CATEGORY: usize = 1;
const AMOUNT: usize = 2;
const HAPPENED: usize = 3;
const NAME: usize = 4;
const RECORDED: usize = 5;
pub const FIELDS: &[Field] = &[
    required("student"),
    required("category"),
    required("amount"),
    required("happened"),
    optional("name"),
    optional("recorded"),
];

/// A row that is good. Students and days stand in the plan once.
#[derive(Clone, Debug)]
struct Found {
    row: u32,
    student: u32,
    category: u32,
    amount: Amount,
    happened: Day,
    recorded: Day,
    name: String,
}

/// Which activity a credit is for; several credits can be for one.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Activity {
    student: u32,
    category: u32,
    happened: Day,
    name: String,
}

pub struct Plan {
    students: Vec<String>,
    categories: Vec<String>,
    add: Vec<Found>,
    take_back: Vec<TakeBack>,
}

struct TakeBack {
    id: i64,
    of: Found,
}

/// A credit that is there.
struct Live {
    id: i64,
    amount: Amount,
    recorded: Day,
}

pub async fn plan(conn: &mut Conn, job: &Job, layout: &Layout, table: &Table, tally: &mut Tally) -> Result<Plan> {
    let categories = &job.edition.definition.categories;
    let words = Words::of(categories);
    let column = layout.column(STUDENT);
    let named: HashSet<String> = table
        .rows
        .iter()
        .filter_map(|(_, record)| column.and_then(|column| record.get(column)).map(cell::plain))
        .collect();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let known = versions::known::<StudentRecord>(conn, &named).await?;
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut students: Vec<String> = Vec::new();
    let mut found = Vec::with_capacity(table.rows.len());
    for (number, record) in &table.rows {
        let mut row = Row::new(*number, record, layout, table.headings.len());
        let student = row.code(STUDENT);
        if !student.is_empty() && row.ok() && !known.contains(&student) {
            let heading = row.heading(STUDENT);
            let why = Text::new(
                format!("沒有{heading} {student} 這位學生；請先匯入學生。"),
                format!("There is no student {student}; import the students first."),
            );
            row.refuse(STUDENT, why);
        }
        if job.own.contains(&student) {
            let why = Text::new(
                "這是你自己：不能匯入自己的認證，請由別人匯入。",
                "This is yourself: nobody imports their own credits; somebody else does.",
            );
            row.refuse(STUDENT, why);
        }
        let category = words.find(row.raw(CATEGORY));
        if category.is_none() {
            let own = (0..).zip(categories).filter(|(index, _)| job.rights.may_credit(*index));
            row.refuse(CATEGORY, not_one_of(own.map(|(_, category)| category)));
        }
        if let Some(foreign) = category.filter(|category| !job.rights.may_credit(*category)) {
            row.refuse(CATEGORY, not_yours(&job.edition.definition, foreign));
        }
        let amount = amount(&mut row, category.map(|index| &categories[index]));
        let happened = row.day(HAPPENED, true);
        let recorded = recorded(&mut row, job, happened);
        let name = row.name(NAME, false);
        let good = tally.take(row);
        if let (true, Some(category), Some(happened)) = (good, category, happened) {
            let student = *numbers.entry(student).or_insert_with_key(|student| {
                students.push(student.clone());
                students.len() as u32 - 1
            });
            found.push(Found { row: *number, student, category: category as u32, amount, happened, recorded, name });
        }
    }
    let categories: Vec<String> = categories.iter().map(|category| category.id.clone()).collect();
    let live = live(conn, &students, &numbers, &categories).await?;
    let mut plan = Plan { students, categories, add: Vec::new(), take_back: Vec::new() };
    plan.compare(found, live, tally);
    Ok(plan)
}

fn amount(row: &mut Row<'_>, category: Option<&Category>) -> Amount {
    let plain = cell::plain(row.raw(AMOUNT));
    let plain = plain.replace(',', "");
    if plain.is_empty() {
        let heading = row.heading(AMOUNT);
        row.refuse(AMOUNT, Text::new(format!("「{heading}」不可空白。"), format!("“{heading}” may not be empty.")));
        return Amount::ZERO;
    }
    let why = match (Amount::parse(&plain), category) {
        (Err(AmountError::NotANumber), _) => Text::new("不是數字。", "Not a number."),
        (Err(AmountError::TooFine), _) => Text::new("最多兩位小數。", "At most two decimals."),
        (Err(AmountError::TooLarge), _) => Text::new("數字太大。", "The number is too large."),
        (Ok(amount), _) if amount.0 <= 0 => Text::new("必須大於 0。", "It must be greater than 0."),
        (Ok(amount), Some(category)) if amount > category.at_most_each => Text::new(
            format!("「{}」一筆最多 {}。", category.title.zh, category.at_most_each),
            format!("One record of “{}” brings at most {}.", category.id, category.at_most_each),
        ),
        (Ok(amount), _) => return amount,
    };
    row.refuse(AMOUNT, why);
    Amount::ZERO
}

/// When it was recorded: what the row says, else the day from which the file is true.
fn recorded(row: &mut Row<'_>, job: &Job, happened: Option<Day>) -> Day {
    let said = row.day(RECORDED, false);
    let recorded = said.unwrap_or(job.effective);
    if said.is_some_and(|said| said > job.today.max(job.effective)) {
        row.refuse(RECORDED, Text::new("這一天還沒有到。", "This day is yet to come."));
    }
    if let Some(happened) = happened.filter(|_| row.ok()) {
        if happened > recorded {
            let why = Text::new(
                format!("發生在登錄之後（登錄於 {recorded}）。"),
                format!("It happened after it was recorded ({recorded})."),
            );
            row.refuse(HAPPENED, why);
        } else if (recorded - happened).num_days() > 366 * 20 {
            let why = Text::new(
                "早於登錄日二十年以上，請檢查年份。",
                "More than twenty years before it was recorded; check the year.",
            );
            row.refuse(HAPPENED, why);
        }
    }
    recorded
}

async fn live(
    conn: &mut Conn,
    students: &[String],
    numbers: &HashMap<String, u32>,
    categories: &[String],
) -> Result<HashMap<Activity, Vec<Live>>> {
    let names: Vec<&str> = students.iter().map(String::as_str).collect();
    let mut live: HashMap<Activity, Vec<Live>> = HashMap::new();
    credits::live(conn, &names, |credit| {
        let category = categories.iter().position(|id| *id == credit.category);
        let (Some(student), Some(category)) = (numbers.get(&credit.student), category) else { return };
        let (Ok(happened), Ok(recorded)) = (credit.happened_on.parse(), credit.recorded_on.parse()) else { return };
        let activity = Activity { student: *student, category: category as u32, happened, name: credit.name };
        live.entry(activity).or_default().push(Live { id: credit.id, amount: credit.amount, recorded });
    })
    .await?;
    Ok(live)
}

impl Plan {
    fn compare(&mut self, found: Vec<Found>, mut live: HashMap<Activity, Vec<Live>>, tally: &mut Tally) {
        let mut by_activity: HashMap<Activity, Vec<Found>> = HashMap::with_capacity(found.len());
        for found in found {
            let activity = Activity {
                student: found.student,
                category: found.category,
                happened: found.happened,
                name: found.name.clone(),
            };
            by_activity.entry(activity).or_default().push(found);
        }
        for (activity, rows) in by_activity {
            self.compare_activity(&activity, rows, live.remove(&activity).unwrap_or_default(), tally);
        }
        // A map has no order; the file has.
        self.add.sort_unstable_by_key(|found| found.row);
        self.take_back.sort_unstable_by_key(|take_back| take_back.of.row);
    }

    fn compare_activity(&mut self, activity: &Activity, rows: Vec<Found>, mut live: Vec<Live>, tally: &mut Tally) {
        let only_one = rows.len() == 1 && live.len() == 1;
        let mut first_of: HashMap<Amount, u32> = HashMap::new();
        for row in rows {
            if let Some(first) = first_of.get(&row.amount) {
                tally.warnings.push(super::Note::row(
                    row.row,
                    Text::new(
                        format!("和第 {first} 列完全相同，會算成兩筆。"),
                        format!("The same as row {first} in all; they count as two."),
                    ),
                ));
            }
            first_of.entry(row.amount).or_insert(row.row);
            if let Some(same) = live.iter().position(|live| live.amount == row.amount) {
                live.swap_remove(same);
                tally.same += 1;
            } else if let (true, Some(was), false) = (only_one, live.first(), activity.name.is_empty()) {
                // Nobody's sum sinks below zero on any day: it is not taken back before it was there.
                let of = Found { amount: was.amount, recorded: row.recorded.max(was.recorded), ..row.clone() };
                self.take_back.push(TakeBack { id: was.id, of });
                self.add.push(row);
                tally.changed += 1;
            } else {
                self.add.push(row);
                tally.new += 1;
            }
        }
    }

    pub async fn write(&self, conn: &mut Conn, job: &Job, batch: i64) -> Result<()> {
        let calendar = &job.edition.definition.school.calendar;
        let mut days: HashMap<Day, (String, String)> = HashMap::new();
        for found in self.add.iter().chain(self.take_back.iter().map(|take_back| &take_back.of)) {
            for day in [found.happened, found.recorded] {
                days.entry(day).or_insert_with(|| (day.to_string(), calendar.term_of(day).to_string()));
            }
        }
        let taken = self.take_back.iter().map(|take_back| self.record(&days, &take_back.of, -1, Some(take_back.id)));
        let added = self.add.iter().map(|found| self.record(&days, found, 1, None));
        let mut all = taken.chain(added);
        loop {
            // A block at a time: a hundred thousand records need not stand side by side.
            let block: Vec<NewCredit<'_>> = all.by_ref().take(5_000).collect();
            if block.is_empty() {
                break;
            }
            credits::add(conn, &block, &job.recorded_at, "import", batch).await?;
        }
        let mut students: Vec<u32> = self.add.iter().map(|found| found.student).collect();
        students.sort_unstable();
        students.dedup();
        let students: Vec<&str> = students.into_iter().map(|index| self.students[index as usize].as_str()).collect();
        facts::update(conn, &students).await
    }
    fn record<'a>(
        &'a self,
        days: &'a HashMap<Day, (String, String)>,
        found: &'a Found,
        sign: i64,
        takes_back: Option<i64>,
    ) -> NewCredit<'a> {
        let (happened_on, term) = &days[&found.happened];
        NewCredit {
            student: &self.students[found.student as usize],
            category: &self.categories[found.category as usize],
            amount: Amount(found.amount.0 * sign),
            happened_on,
            term,
            name: &found.name,
            recorded_on: &days[&found.recorded].0,
            case_version: 0,
            takes_back,
        }
    }
}
