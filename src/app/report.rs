//! Pass rates as of a day: of the final-year students whom the thresholds bind, how many have
//! passed each requirement and all of them. Whole numbers in, rates half up; no floating point.

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};

use crate::amount::Amount;
use crate::app::Edition;
use crate::app::access::{Place, Viewer};
use crate::app::progress::{self, Reader};
use crate::clock::Day;
use crate::definition::{Definition, May, Requirement};
use crate::progress::Passes;
use crate::store::people::{self, UnitRecord};
use crate::store::report::{self, Class, Counted, Students, Within};
use crate::store::{Conn, Result};

/// What a row of the statistics is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Department,
    College,
    Class,
}

impl By {
    pub const ALL: [By; 3] = [By::College, By::Department, By::Class];

    pub const fn name(self) -> &'static str {
        match self {
            By::Department => "department",
            By::College => "college",
            By::Class => "class",
        }
    }

    pub fn parse(text: &str) -> Option<By> {
        By::ALL.into_iter().find(|by| by.name() == text)
    }

    /// In how many columns a row says where it is of.
    pub const fn places(self) -> u16 {
        match self {
            By::College => 1,
            By::Department => 2,
            By::Class => 3,
        }
    }
}

/// Which statistics.
#[derive(Clone, Debug)]
pub struct Question {
    pub day: Day,
    pub by: By,
    pub college: Option<String>,
    pub department: Option<String>,
    /// What the asker may see; `None`: everything.
    pub within: Option<Within>,
}

impl Question {
    /// The whole school's.
    pub fn whole(day: Day, by: By) -> Question {
        Question { day, by, college: None, department: None, within: None }
    }
}

/// Of fewer students than these nothing is told to those who do not see the students themselves.
pub const FEWEST: u64 = 5;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassRates {
    pub as_of: Day,
    pub by: By,
    /// In the units' order of import; classes by their code.
    pub rows: Vec<Row>,
    pub total: Tally,
    /// The requirements (indices) that the tallies are of: those that ask something of anyone that day.
    pub asking: Vec<usize>,
}

/// A college's, a department's or a class's figures. What a row is not of is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub college: String,
    /// Its code, for links.
    pub department_code: String,
    pub department: String,
    pub class_code: String,
    pub class: String,
    pub tally: Tally,
    /// Too few students to be told to this reader; the total counts them.
    pub withheld: bool,
}

impl Row {
    /// Where the row is of, in as many columns as `by` has.
    pub fn place(&self, by: By) -> impl Iterator<Item = &str> {
        let columns = [self.college.as_str(), self.department.as_str(), self.class.as_str()];
        columns.into_iter().take(by.places().into())
    }
}

impl Question {
    /// What a viewer may ask: the whole school by department where their role says so, else only
    /// what is theirs. `None` where they may ask nothing.
    pub fn of_viewer(viewer: &Viewer, day: Day, by: By) -> Option<Question> {
        let own = viewer.scope.within();
        let has_own = own.as_ref().is_none_or(|own| *own != Within::default());
        let whole = viewer.may(May::Statistics) && by != By::Class;
        (whole || has_own).then(|| Question { within: if whole { None } else { own }, ..Question::whole(day, by) })
    }
}

impl PassRates {
    /// The requirements that the tallies are of.
    pub fn requirements<'a>(&'a self, definition: &'a Definition) -> impl Iterator<Item = &'a Requirement> {
        self.asking.iter().filter_map(|index| definition.requirements.get(*index))
    }

    fn only(mut self, asking: Vec<usize>) -> PassRates {
        for tally in self.rows.iter_mut().map(|row| &mut row.tally).chain([&mut self.total]) {
            tally.requirements = asking.iter().filter_map(|index| tally.requirements.get(*index).copied()).collect();
        }
        PassRates { asking, ..self }
    }

    /// Takes the figures out of rows that are too small for someone who does not see their students;
    /// and, where that is a single row, out of the next smallest too, as the total would tell it.
    pub fn withhold(&mut self, viewer: &Viewer) {
        let (by, mut few) = (self.by, Vec::new());
        let sees = |row: &Row| match by {
            By::College => viewer.sees_college(&row.college),
            By::Department => viewer.sees_department(&row.department_code, &row.college),
            By::Class => viewer.sees_class(Place {
                class: &row.class_code,
                department: &row.department_code,
                college: &row.college,
            }),
        };
        for (index, row) in self.rows.iter().enumerate() {
            if row.tally.students < FEWEST && !sees(row) {
                few.push(index);
            }
        }
        if let [only] = few[..] {
            let others = self.rows.iter().enumerate().filter(|(index, row)| *index != only && !sees(row));
            few.extend(others.min_by_key(|(_, row)| row.tally.students).map(|(index, _)| index));
        }
        for index in few {
            self.rows[index].tally = Tally::new(self.total.requirements.len());
            self.rows[index].withheld = true;
        }
    }
}

/// Students counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub students: u64,
    /// One for each requirement of the definition, in its order.
    pub requirements: Vec<Share>,
    pub all: Share,
}

/// How many of those bound have passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub passed: u64,
    pub of: u64,
}

impl Share {
    /// Percent with two decimals, half up; zero where there is nobody.
    pub fn rate(self) -> Amount {
        match self.of {
            0 => Amount::ZERO,
            of => Amount(((self.passed * 20_000 + of) / (2 * of)) as i64),
        }
    }

    fn count(&mut self, passed: bool) {
        self.of += 1;
        self.passed += u64::from(passed);
    }

    fn add(&mut self, other: Share) {
        self.of += other.of;
        self.passed += other.passed;
    }
}

impl Tally {
    fn new(requirements: usize) -> Tally {
        Tally { requirements: vec![Share::default(); requirements], ..Tally::default() }
    }

    fn count(&mut self, passes: Passes) {
        self.students += 1;
        self.all.count(passes.all());
        for (index, share) in self.requirements.iter_mut().enumerate() {
            if passes.binds(index) {
                share.count(passes.passed(index));
            }
        }
    }

    fn add(&mut self, other: &Tally) {
        self.students += other.students;
        self.all.add(other.all);
        for (own, other) in self.requirements.iter_mut().zip(&other.requirements) {
            own.add(*other);
        }
    }
}

/// The figures for programs; a row that is withheld says so and nothing else.
pub fn as_json(definition: &Definition, rates: &PassRates) -> Json {
    let rows: Vec<Json> = rates.rows.iter().map(|row| row_json(definition, rates, row)).collect();
    let mut total = Map::new();
    tally_json(definition, rates, &rates.total, &mut total);
    json!({ "as_of": rates.as_of.to_string(), "rows": rows, "total": total })
}

fn row_json(definition: &Definition, rates: &PassRates, row: &Row) -> Json {
    let mut out = Map::new();
    for (key, text) in ["college", "department", "class"].into_iter().zip(row.place(rates.by)) {
        out.insert(key.to_owned(), text.into());
    }
    if row.withheld {
        out.insert("withheld".to_owned(), true.into());
    } else {
        tally_json(definition, rates, &row.tally, &mut out);
    }
    Json::Object(out)
}

fn tally_json(definition: &Definition, rates: &PassRates, tally: &Tally, out: &mut Map<String, Json>) {
    let share = |share: Share| json!({ "passed": share.passed, "rate": share.rate() });
    let requirements = rates.requirements(definition).zip(&tally.requirements);
    let requirements: Map<String, Json> =
        requirements.map(|(requirement, counted)| (requirement.id.clone(), share(*counted))).collect();
    out.insert("students".to_owned(), tally.students.into());
    out.insert("requirements".to_owned(), Json::Object(requirements));
    out.insert("all".to_owned(), share(tally.all));
}

/// Counts every student once, in one pass over the store.
pub async fn pass_rates(conn: &mut Conn, edition: &Edition, question: &Question) -> Result<PassRates> {
    let students = Students {
        college: question.college.clone(),
        department: question.department.clone(),
        within: question.within.clone(),
        ..progress::final_year_students(&edition.definition, question.day)
    };
    let mut tallies = Tallies::new(question.by, edition.definition.requirements.len());
    let mut reader = Reader::new(edition, question.day);
    report::count(conn, &students, |student| {
        let passes = reader.passes(&student);
        tallies.of(&student).count(passes);
    })
    .await?;

    let units = people::units(conn).await?;
    let classes = match question.by {
        By::Class => report::classes(conn, question.day).await?,
        By::College | By::Department => Vec::new(),
    };
    Ok(tallies.into_rates(question.day, &units, &classes).only(edition.definition.asking(question.day)))
}

/// The tallies of departments, or of their classes.
struct Tallies {
    by: By,
    requirements: usize,
    /// Where in `tallies` a department and a class are; the class is empty where none is asked for.
    index: HashMap<String, HashMap<String, usize>>,
    tallies: Vec<Tally>,
}

impl Tallies {
    fn new(by: By, requirements: usize) -> Tallies {
        Tallies { by, requirements, index: HashMap::new(), tallies: Vec::new() }
    }

    /// The tally to which a student counts; text is copied only for the first of a place.
    fn of(&mut self, student: &Counted) -> &mut Tally {
        let class = if self.by == By::Class { student.class.as_str() } else { "" };
        let known = self.index.get(&student.department).and_then(|classes| classes.get(class)).copied();
        let index = known.unwrap_or_else(|| {
            self.tallies.push(Tally::new(self.requirements));
            let classes = self.index.entry(student.department.clone()).or_default();
            classes.insert(class.to_owned(), self.tallies.len() - 1);
            self.tallies.len() - 1
        });
        &mut self.tallies[index]
    }

    /// Rows in the units' order, classes by their code; what belongs to no known unit comes last.
    fn into_rates(self, as_of: Day, units: &[UnitRecord], classes: &[Class]) -> PassRates {
        let order: HashMap<&str, usize> = units.iter().enumerate().map(|(index, unit)| (&*unit.code, index)).collect();
        let names: HashMap<&str, &str> = classes.iter().map(|class| (&*class.class, &*class.name)).collect();
        let mut found: Vec<(usize, &str, &str, usize)> = Vec::new();
        for (department, classes) in &self.index {
            let place = order.get(&**department).copied().unwrap_or(usize::MAX);
            found.extend(classes.iter().map(|(class, tally)| (place, &**department, &**class, *tally)));
        }
        found.sort_unstable();

        let total = Tally::new(self.requirements);
        let mut rates = PassRates { as_of, by: self.by, rows: Vec::new(), total, asking: Vec::new() };
        for (place, department, class, tally) in found {
            let (name, college) =
                units.get(place).map_or((department, ""), |unit| (unit.name.as_str(), unit.college.as_str()));
            let tally = &self.tallies[tally];
            rates.total.add(tally);
            if self.by == By::College {
                match rates.rows.iter_mut().find(|row| row.college == college) {
                    Some(row) => row.tally.add(tally),
                    None => {
                        rates.rows.push(Row { college: college.to_owned(), tally: tally.clone(), ..Row::default() })
                    }
                }
                continue;
            }
            rates.rows.push(Row {
                college: college.to_owned(),
                department_code: department.to_owned(),
                department: name.to_owned(),
                class_code: class.to_owned(),
                class: names.get(class).copied().unwrap_or(class).to_owned(),
                tally: tally.clone(),
                withheld: false,
            });
        }
        rates
    }
}
