//! What cases are: the form that is filled in, the states that a case is in, the moves between
//! them. Names are resolved to indices; nothing here decides (`case` does).

use crate::amount::Amount;
use crate::clock::{Day, Instant};
use crate::definition::{RuleName, Spot};
use crate::lang::Text;

/// One kind of case: a workflow.
#[derive(Clone, Debug, Default)]
pub struct Workflow {
    pub id: String,
    pub title: Text,
    pub by: Text,
    /// Index into `School::units`: in charge.
    pub office: usize,
    /// Index into `groups`: who may file; anyone with a student's record where none is named.
    pub who: Option<usize>,
    /// Index into `requirements`: which one it is to meet.
    pub requirement: Option<usize>,
    /// So many open cases a person may have at once, and what is said to one more.
    pub open_at_once: u32,
    pub or_say: Text,
    /// Index into `windows`: when it may be filed; at any time where none is named.
    pub windows: Option<usize>,
    /// Whether it may be sent while no window is open.
    pub late: bool,
    /// What to have at hand before one begins.
    pub prepare: Vec<Text>,
    pub agree: Option<Agreement>,
    /// Those of the form, and after them those that moves ask for.
    pub fields: Vec<Field>,
    /// The first is the one that a case begins in.
    pub states: Vec<State>,
    pub moves: Vec<Move>,
    /// What reviewers are told is right or not; none of it hinders a move.
    pub checks: Vec<Check>,
    /// Tables of its cases, by round.
    pub exports: Vec<Export>,
    /// Where it holds, the applicant's profile must be complete before it is sent.
    pub needs_profile: Option<Condition>,
    /// What lists of cases show.
    /// The date field (an index) in whose term a case is; that in which it was begun where none is named.
    pub term_of: Option<usize>,
    pub columns: Vec<Aspect>,
}

/// What one must agree to before one begins.
#[derive(Clone, Debug)]
pub struct Agreement {
    pub text: Vec<Text>,
    pub tick: Text,
}

/// A question of a form.
#[derive(Clone, Debug)]
pub struct Field {
    pub id: String,
    pub label: Text,
    pub hint: Text,
    pub is: Answer,
    /// Asked for only where it holds.
    pub when: Option<Condition>,
    pub optional: bool,
    /// A rule that says at once what is wrong with an answer.
    pub check: Option<RuleName>,
    /// Sealed at rest, masked on pages, every reveal logged.
    pub private: bool,
    /// The same text in another case is told, or not taken.
    pub unique: Option<Unique>,
    /// Of a profile: where money goes. A change asks for the password, and is told by mail.
    pub payee: bool,
    /// The move (an index) that asks whoever makes it; else the form asks its applicant.
    pub of_move: Option<usize>,
}

/// What becomes of a text that another case has in the field of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unique {
    /// Reviewers are told.
    Warn,
    /// It is not sent, unless that case ended badly; reviewers are told of those.
    Refuse,
}

/// What an answer is.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// At most so many characters; on several lines or one.
    Text {
        letters: usize,
        lines: bool,
    },
    Number {
        least: Amount,
        most: Amount,
    },
    /// Whole units of the school's money.
    Money {
        least: Amount,
        most: Amount,
    },
    Date,
    Choice(Vec<Choice>),
    Tick {
        at_first: bool,
    },
    File {
        of: Vec<Media>,
        megabytes: u64,
    },
    /// An entry of a catalogue (an index).
    Entry {
        catalogue: usize,
        among: Vec<Among>,
    },
    /// Other cases of the applicant's, each used once: those of a workflow (its name) that are in one of
    /// these states.
    Cases {
        of: String,
        among: Vec<String>,
        count: Option<Count>,
    },
    /// What a rule makes of the other answers: never typed.
    Computed {
        rule: RuleName,
    },
    /// From the student's record: never typed.
    Record(RecordItem),
}

/// How many are chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Count {
    Number(u32),
    /// As many as a number says.
    Of(Aspect),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub id: String,
    pub title: Text,
    /// Other words by which it is found in a long list.
    pub also: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Media {
    Jpeg,
    Png,
    Pdf,
}

/// Which entries of a catalogue may be chosen; all must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Among {
    /// Those of the applicant's own department.
    OwnDepartment,
    /// Those of the term in which the date of a field (an index) lies.
    TermOf(usize),
    /// Those for which a tick of the catalogue (an index of its fields) is set.
    Ticked(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordItem {
    NationalId,
    Birthday,
    Phone,
    Mobile,
    Address,
    Email,
    Class,
    Department,
}

/// What is looked at of a form: a field (an index), or of the entry that was chosen in it a field of
/// its catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aspect {
    pub field: usize,
    pub of: Option<String>,
}

/// What is asked of a form; a field is asked for only where its own holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    Ticked(Aspect),
    Filled(Aspect),
    Is(Aspect, String),
    Compare(Aspect, Comparison, Amount),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

impl Condition {
    /// Whether it is about a field (an index) for which `is` holds.
    pub fn is_about(&self, is: &impl Fn(usize) -> bool) -> bool {
        match self {
            Condition::Ticked(seen)
            | Condition::Filled(seen)
            | Condition::Is(seen, _)
            | Condition::Compare(seen, ..) => is(seen.field),
            Condition::Not(inner) => inner.is_about(is),
            Condition::All(parts) | Condition::Any(parts) => parts.iter().any(|part| part.is_about(is)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

#[derive(Clone, Debug)]
pub struct State {
    pub id: String,
    /// To staff, and to the applicant where it is said otherwise.
    pub title: Text,
    pub applicant: Text,
    pub editable: Editable,
    pub waits_for: Option<Party>,
    /// A reminder to whom it waits for, after so many working days in this state.
    pub remind_after: Option<u32>,
    /// A move (an index) that time makes after so many days in this state.
    pub lapse: Option<(u32, usize)>,
    pub ends: Option<End>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editable {
    Nothing,
    Everything,
    /// The fields that were named when it was returned.
    Named,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Well,
    Badly,
}

/// Who may make a move. Roles are indices into `School::roles`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    Applicant,
    /// A role in the department that the case belongs to.
    OwnDepartment {
        role: usize,
    },
    /// A role in a unit (index into `School::units`).
    Unit {
        unit: usize,
        role: usize,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Party(Party),
    /// Whoever the case waits for in the state that it is in.
    WhoeverItWaitsFor,
    /// Time alone.
    Time,
}

/// A table of a round's cases, to be kept as a workbook or signed on paper.
#[derive(Clone, Debug)]
pub struct Export {
    pub id: String,
    pub title: Text,
    /// Only cases in these states (indices); in any where none is named.
    pub states: Vec<usize>,
    pub columns: Vec<Column>,
    /// The file's name, without its ending; `YYYYMMDDHHMM` in it is the moment.
    pub file: String,
    /// Who signs it on paper.
    pub signs: Vec<Text>,
}

/// What a column of an export holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    Fixed(Fixed),
    /// A field of the form or of a move, or what its entry says.
    Answer(Aspect),
    /// A field of the applicant's profile, by its name.
    Profile(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    CaseNumber,
    StudentNumber,
    Name,
    Class,
    Department,
    State,
    SentOn,
}

impl Fixed {
    pub const ALL: [(Fixed, &str); 7] = [
        (Fixed::CaseNumber, "case number"),
        (Fixed::StudentNumber, "student number"),
        (Fixed::Name, "name"),
        (Fixed::Class, "class"),
        (Fixed::Department, "department"),
        (Fixed::State, "state"),
        (Fixed::SentOn, "sent on"),
    ];

    pub fn word(self) -> &'static str {
        Fixed::ALL.iter().find(|(fixed, _)| *fixed == self).map_or("", |(_, word)| word)
    }
}

/// Something that reviewers look at.
#[derive(Clone, Debug)]
pub struct Check {
    pub id: String,
    pub title: Text,
    /// Who says whether it is right; where there is none, somebody has to look.
    pub rule: Option<RuleName>,
}

#[derive(Clone, Debug)]
pub struct Move {
    pub id: String,
    /// The button's words.
    pub title: Text,
    pub from: Vec<usize>,
    pub to: usize,
    pub by: By,
    pub rule: Option<RuleName>,
    pub note: Note,
    pub note_letters: usize,
    pub names_fields: bool,
    /// May be undone by whoever made it, for so many minutes.
    pub undo_minutes: Option<u32>,
    pub then: Vec<Effect>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    None,
    Optional,
    Needed,
}

/// What follows from a move, in the same transaction.
#[derive(Clone, Debug)]
pub enum Effect {
    /// A credit of a category (an index), that happened on the date of a field (an index).
    Credit { category: usize, amount: Amount, on: Option<usize> },
    /// Money of a computed field (an index), from a budget (an index).
    Pay { amount: usize, from: usize },
    /// A letter by a template.
    Mail { template: String, template_at: Spot, to: Party },
    /// A requirement is taken as passed until an end; a field (an index) says why.
    Waive { requirement: About, because: Option<usize>, until: Until },
    /// The amount of a field (an index) counts for a category until an end, in place of its records:
    /// in the term of the date of a field, and `of` a field that says what stands in.
    Substitute { category: About, amount: usize, of: usize, on: Option<usize>, until: Until },
    /// A workflow (an index) may be filed in a round of its windows after that has closed, as if in
    /// time; in every round where none is named.
    Extend { workflow: usize, round: Option<About>, until: Until },
    /// An entry is put into a catalogue (an index): each of its fields (an index) says what a field of
    /// the form (an index) says; on the list of the term of the date of a field (an index).
    Enter { catalogue: usize, says: Vec<(usize, usize)>, on: Option<usize> },
}

/// What an effect is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// An index.
    One(usize),
    /// What was chosen in a field (an index), whose options are names of such things.
    Chosen(usize),
}

/// The last day of what was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    Always,
    /// The date of a field (an index).
    Field(usize),
    /// So many days after the move as a parameter (an index) says.
    Days(usize),
}

/// When cases may be filed.
#[derive(Clone, Debug)]
pub struct Windows {
    pub id: String,
    pub title: Text,
    pub rounds: Vec<Round>,
}

/// One window: from `opens` until before `closes`.
#[derive(Clone, Debug)]
pub struct Round {
    pub id: String,
    pub title: Text,
    pub opens: Instant,
    pub closes: Instant,
    /// The days of evidence that it covers, both included.
    pub evidence: Option<(Day, Day)>,
    /// Names or codes of departments; empty: all.
    pub departments: Vec<String>,
    /// Indices into `groups`; empty: all.
    pub groups: Vec<usize>,
    /// What else is due, and when.
    pub dates: Vec<RoundDate>,
}

/// A day by which something of a round is to be done.
#[derive(Clone, Debug)]
pub struct RoundDate {
    pub id: String,
    pub title: Text,
    /// Included.
    pub on: Day,
    /// Whom it reminds, so many working days before.
    pub reminds: Option<(Party, u32)>,
}

/// A list to choose from.
#[derive(Clone, Debug)]
pub struct Catalogue {
    pub id: String,
    pub title: Text,
    pub by: Text,
    /// What an entry says; the first is what it is known by, the second what it is called.
    pub fields: Vec<Field>,
    /// Fields (indices) that stand beside its name wherever it is chosen or listed.
    pub columns: Vec<usize>,
    /// The field (an index) that says what it is called in English.
    pub in_english: Option<usize>,
    /// Whether each department and term has its own.
    pub by_department: bool,
    pub by_term: bool,
    /// At most so many entries a list.
    pub at_most: Option<u32>,
    /// Who keeps it, and who approves it.
    pub kept_by: Party,
    pub approved_by: Option<Party>,
    /// Minutes of a meeting are needed where it differs from the term before.
    pub minutes_when_changed: bool,
    /// What the columns of a file of entries are called, by column; none where no file is taken.
    pub headers: Vec<(String, Vec<String>)>,
}

/// The columns of a file of entries that say which list an entry is of.
pub const DEPARTMENT: &str = "department";
pub const TERM: &str = "term";

impl Catalogue {
    /// Every column that a file of entries can have.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let of_lists = [(self.by_department, DEPARTMENT), (self.by_term, TERM)];
        let of_lists = of_lists.into_iter().filter(|(has, _)| *has).map(|(_, column)| column);
        of_lists.chain(self.fields.iter().map(|field| field.id.as_str()))
    }
}

/// What students keep up about themselves.
#[derive(Clone, Debug)]
pub struct Profile {
    pub id: String,
    pub title: Text,
    pub about: Text,
    pub fields: Vec<Field>,
}

/// Money for a year.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    pub id: String,
    pub title: Text,
    pub by: Text,
    /// By calendar year.
    pub years: Vec<(i32, Amount)>,
    /// At most so often in a person's life; any number where it is not said.
    pub once_in_a_life: bool,
    /// A tick of the profile: whoever sets it is paid by cheque, all others by transfer.
    pub cheque_when: Option<String>,
    /// So many days after their own data changed nobody is paid.
    pub wait_after_change: u32,
}

impl Workflow {
    /// The fields of the form, whose indices are those among all.
    pub fn form(&self) -> &[Field] {
        let asked = self.fields.iter().position(|field| field.of_move.is_some());
        &self.fields[..asked.unwrap_or(self.fields.len())]
    }

    /// The fields (indices) that a move (an index) asks for.
    pub fn asks(&self, step: usize) -> Vec<usize> {
        (0..self.fields.len()).filter(|index| self.fields[*index].of_move == Some(step)).collect()
    }

    /// Whether a move (an index) is made on one case at a time: it names fields, or asks for what is another
    /// for each case, which is a text that no two may have, or what an entry will be known by.
    pub fn is_for_one(&self, step: usize) -> bool {
        let Some(described) = self.moves.get(step) else { return false };
        let names = |index: usize| {
            let is_code = |effect: &Effect| matches!(effect, Effect::Enter { says, .. } if says.contains(&(0, index)));
            described.then.iter().any(is_code)
        };
        described.names_fields
            || self.asks(step).into_iter().any(|index| self.fields[index].unique.is_some() || names(index))
    }

    pub fn field(&self, id: &str) -> Option<(usize, &Field)> {
        self.fields.iter().enumerate().find(|(_, field)| field.id == id)
    }

    pub fn state(&self, id: &str) -> Option<(usize, &State)> {
        self.states.iter().enumerate().find(|(_, state)| state.id == id)
    }

    pub fn step(&self, id: &str) -> Option<(usize, &Move)> {
        self.moves.iter().enumerate().find(|(_, step)| step.id == id)
    }
}

impl Round {
    pub fn is_open(&self, now: Instant) -> bool {
        self.opens <= now && now < self.closes
    }

    /// The same round for someone for whom it stays open until a day, included.
    pub fn extended(&self, until: Instant) -> Round {
        Round { closes: self.closes.max(until), ..self.clone() }
    }

    pub fn covers(&self, day: Day) -> bool {
        self.evidence.is_none_or(|(from, to)| from <= day && day <= to)
    }
}

impl Aspect {
    /// As it is written: `course`, `course.level`.
    pub fn name(&self, fields: &[Field]) -> String {
        let field = fields.get(self.field).map(|field| field.id.as_str()).unwrap_or_default();
        self.of.as_ref().map_or_else(|| field.to_owned(), |of| format!("{field}.{of}"))
    }

    /// The field that says what it is: the form's, or the catalogue's.
    pub fn described<'a>(&self, fields: &'a [Field], catalogues: &'a [Catalogue]) -> Option<&'a Field> {
        let field = fields.get(self.field)?;
        match (&self.of, &field.is) {
            (None, _) => Some(field),
            (Some(of), Answer::Entry { catalogue, .. }) => {
                catalogues.get(*catalogue)?.fields.iter().find(|field| field.id == *of)
            }
            (Some(_), _) => None,
        }
    }
}

impl Condition {
    pub const ALWAYS: Condition = Condition::All(Vec::new());
}

impl Field {
    /// Whether whoever fills in the form gives the answer.
    pub fn is_asked(&self) -> bool {
        self.of_move.is_none() && self.is_answered()
    }

    /// Whether somebody gives the answer.
    pub fn is_answered(&self) -> bool {
        !matches!(self.is, Answer::Computed { .. } | Answer::Record(_))
    }
}
