//! Who may see and do what. A viewer is made anew for each request, so that a role that was
//! taken away is gone at once. Queries apply the scope themselves; nothing filters afterwards.

use super::import::Rights;
use crate::clock::Day;
use crate::definition::{Definition, May, Sees, Unit};
use crate::lang::Lang;
use crate::store::access::{self, Holding, Person};
use crate::store::{Conn, Result};

/// A signed-in person with all that they may see and do.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub account: String,
    pub name: String,
    pub lang: Lang,
    /// Whether the account is a student's: its student number is the account.
    pub is_student: bool,
    pub is_staff: bool,
    /// Titles of the roles held, for the header: (role's index, unit's name).
    pub roles: Vec<(usize, String)>,
    pub scope: Scope,
    /// The roles held, each in its unit.
    pub holdings: Vec<Holding>,
    may: Vec<May>,
}

/// What a viewer sees, besides their own record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub everything: bool,
    pub classes: Vec<String>,
    /// Unit codes.
    pub departments: Vec<String>,
    /// Names of colleges.
    pub colleges: Vec<String>,
    /// Indices of requirements whose office the viewer belongs to.
    pub requirements: Vec<usize>,
}

/// Where a student or a class stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub class: &'a str,
    pub department: &'a str,
    pub college: &'a str,
}

/// How much of a student's record a viewer sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All requirements and records.
    Whole,
    /// Only these requirements (indices) and their records.
    Requirements(Vec<usize>),
    Nothing,
}

impl Viewer {
    /// The viewer behind an account; `None` where there is none or it is disabled.
    pub async fn load(conn: &mut Conn, definition: &Definition, account: &str, today: Day) -> Result<Option<Viewer>> {
        match access::person(conn, account, today).await? {
            Some(person) => Viewer::of(conn, definition, person, today).await.map(Some),
            None => Ok(None),
        }
    }

    /// The viewer that a person is; a student without a staff record costs no further query.
    pub async fn of(conn: &mut Conn, definition: &Definition, person: Person, today: Day) -> Result<Viewer> {
        let mut viewer = Viewer {
            name: person.staff_name.clone().or(person.student_name.clone()).unwrap_or_else(|| person.account.clone()),
            lang: Lang::parse(&person.lang).unwrap_or_default(),
            is_student: person.student_name.is_some(),
            is_staff: person.staff_name.is_some(),
            account: person.account,
            roles: Vec::new(),
            scope: Scope::default(),
            holdings: Vec::new(),
            may: Vec::new(),
        };
        if viewer.is_staff {
            for holding in access::holdings(conn, &viewer.account, today).await? {
                viewer.grant(definition, holding.clone());
                viewer.holdings.push(holding);
            }
            // A class has its tutors by name, whatever roles they were given.
            viewer.scope.classes = access::tutored_classes(conn, &viewer.account, today).await?;
        }
        Ok(viewer)
    }

    /// The same person with the roles that they hold by now: asked again in the transaction that
    /// acts on them, because a role may have been taken away, or lent only until yesterday.
    pub async fn by_now(&self, conn: &mut Conn, definition: &Definition, today: Day) -> Result<Viewer> {
        if !self.is_staff {
            return Ok(self.clone());
        }
        let person = Person {
            account: self.account.clone(),
            lang: self.lang.code().to_owned(),
            student_name: self.is_student.then(|| self.name.clone()),
            staff_name: Some(self.name.clone()),
        };
        Viewer::of(conn, definition, person, today).await
    }

    fn grant(&mut self, definition: &Definition, holding: Holding) {
        // A role that the school's folder no longer names gives nothing.
        let Some((index, role)) = definition.school.roles.iter().enumerate().find(|(_, role)| role.id == holding.role)
        else {
            return;
        };
        // A lent role decides cases and lists, and nothing else: it shows no records and opens no page.
        let sees = if holding.lent_by.is_empty() { role.sees } else { Sees::Nothing };
        match sees {
            Sees::Everything => self.scope.everything = true,
            Sees::OwnDepartment => add_once(&mut self.scope.departments, &holding.unit),
            Sees::OwnCollege => add_once(&mut self.scope.colleges, &holding.college),
            Sees::OwnRequirements => {
                self.scope.requirements.extend(requirements_of(definition, &holding));
                self.scope.requirements.sort_unstable();
                self.scope.requirements.dedup();
            }
            Sees::OwnClasses | Sees::Nothing => {}
        }
        if holding.lent_by.is_empty() {
            self.may.extend(&role.may);
        }
        // An office that only the school's folder names has its title there.
        let named =
            definition.school.units.iter().find(|unit| unit.id == holding.unit && holding.unit_name == holding.unit);
        let unit_name = named.map_or(holding.unit_name, |unit| unit.title.get(self.lang).to_owned());
        if !self.roles.contains(&(index, unit_name.clone())) {
            self.roles.push((index, unit_name));
        }
    }

    /// Whoever may import everything may import credits.
    pub fn may(&self, what: May) -> bool {
        self.may.contains(&what) || (what == May::ImportCredits && self.may.contains(&May::Import))
    }

    /// Whether there is anything that they may bring in from files: whoever keeps a catalogue its entries.
    pub fn imports(&self, definition: &Definition) -> bool {
        !Rights::of(self, definition).is_nothing()
    }

    pub fn sees_department(&self, department: &str, college: &str) -> bool {
        self.scope.everything
            || self.scope.departments.iter().any(|own| own == department)
            || self.sees_college(college)
    }

    pub fn sees_college(&self, college: &str) -> bool {
        !college.is_empty() && (self.scope.everything || self.scope.colleges.iter().any(|own| own == college))
    }

    pub fn sees_class(&self, place: Place<'_>) -> bool {
        self.scope.classes.iter().any(|own| own == place.class) || self.sees_department(place.department, place.college)
    }

    /// Whether the viewer sees an office's list of its not-passed students.
    pub fn sees_requirement(&self, requirement: usize) -> bool {
        self.scope.everything || self.scope.requirements.contains(&requirement)
    }

    /// How much of a student's record the viewer sees.
    pub fn sight(&self, student: &str, place: Place<'_>) -> Sight {
        if (self.is_student && self.account == student) || self.sees_class(place) {
            Sight::Whole
        } else if self.scope.requirements.is_empty() {
            Sight::Nothing
        } else {
            Sight::Requirements(self.scope.requirements.clone())
        }
    }
}

/// Two roles in one unit, such as an own one and a borrowed one, see it once.
fn add_once(seen: &mut Vec<String>, name: &str) {
    if !seen.iter().any(|known| known == name) {
        seen.push(name.to_owned());
    }
}

/// The requirements whose office a holding's unit is.
pub(crate) fn requirements_of<'a>(
    definition: &'a Definition,
    holding: &'a Holding,
) -> impl Iterator<Item = usize> + 'a {
    definition.requirements.iter().enumerate().filter_map(move |(index, requirement)| {
        is_unit(&definition.school.units[requirement.office], holding).then_some(index)
    })
}

/// Whether a holding is in a unit of the school's folder: by code, by title or by another name of
/// it, because an import may give an office another code than the folder.
pub(crate) fn is_unit(unit: &Unit, holding: &Holding) -> bool {
    let is_it = |name: &str| {
        name == unit.id
            || name == unit.title.zh
            || Some(name) == unit.title.en.as_deref()
            || unit.also.iter().any(|also| also == name)
    };
    is_it(&holding.unit) || is_it(&holding.unit_name)
}
