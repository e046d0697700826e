//! The language as tables: which documents there are, which keys each has, what a key's value is.
//! The check, the JSON Schema and `docs/language.md` are all made from them, so a new section is
//! a new table here and a reader in `read`.

mod cases;
mod demo;
mod effects;
mod markdown;
mod notices;
mod rounds;
mod schema;
mod school;
mod thresholds;
mod words;

pub use cases::KINDS;
pub use markdown::markdown;
pub use schema::schema;
pub use words::describe;

/// The same in Chinese and English, known at compile time.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    pub zh: &'static str,
    pub en: &'static str,
}

pub const fn said(zh: &'static str, en: &'static str) -> Said {
    Said { zh, en }
}

/// A mapping with known keys.
#[derive(Debug)]
pub struct Shape {
    /// Names it in the schema and in the documentation.
    pub name: &'static str,
    pub about: Said,
    pub fields: &'static [Field],
    /// As an author would write it.
    pub example: &'static str,
}

#[derive(Debug)]
pub struct Field {
    pub key: &'static str,
    pub is: Is,
    pub needed: bool,
    pub about: Said,
}

pub const fn needed(key: &'static str, is: Is, about: Said) -> Field {
    Field { key, is, needed: true, about }
}

pub const fn may(key: &'static str, is: Is, about: Said) -> Field {
    Field { key, is, needed: false, about }
}

/// One of the words that a choice offers.
#[derive(Debug)]
pub struct Word {
    pub word: &'static str,
    pub about: Said,
}

pub const fn word(word: &'static str, zh: &'static str, en: &'static str) -> Word {
    Word { word, about: said(zh, en) }
}

/// What is defined in one place and named in others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Naming {
    School,
    Division,
    Status,
    UnitKind,
    Unit,
    Role,
    Group,
    Parameter,
    Category,
    Requirement,
    Notice,
    Case,
    Windows,
    Catalogue,
    Budget,
    Profile,
}

/// What a value is.
#[derive(Debug)]
pub enum Is {
    /// For people, in one language or both.
    Text,
    /// A word or line as it is.
    Line,
    /// A name: lower-case letters, digits, `-` and `_`.
    Name,
    /// The name of an option: as a name, and it may begin with a digit.
    OptionName,
    /// The name by which others refer to this document.
    Defines(Naming),
    /// A name that is defined elsewhere.
    Of(Naming),
    Whole(i64, i64),
    /// Exact, at most two decimals, within hundredths of these units.
    Amount {
        above_zero: bool,
    },
    YesNo,
    /// Always, never, or where a condition on the form's fields holds.
    Holds,
    Day,
    /// A day, or so many days before the demonstration's own.
    DayOrAgo,
    MonthDay,
    Term,
    Time,
    Zone,
    Link,
    Domain,
    Rule,
    Choice(&'static [Word]),
    /// Whom a letter goes to: a phrase, with a requirement's name at its end for some.
    Phrase(&'static [Word], &'static [(Word, Naming)]),
    Shape(&'static Shape),
    /// A list; one value alone is a list of one.
    List(&'static Is),
    /// Names that are defined here, each with a value.
    Names(Naming, &'static Is),
    /// Keys of a kind, each with a value.
    Map(&'static Is, &'static Is),
    /// One of several forms, told apart by whether they are a word, a list or a mapping, and
    /// mappings by their keys.
    Either(&'static [Is]),
}

/// A kind of document: one file each.
#[derive(Debug)]
pub struct Document {
    /// The key that says which kind it is; a document without one of these is the last kind.
    pub marker: Option<&'static str>,
    pub shape: &'static Shape,
}

pub const DOCUMENTS: &[Document] = &[
    Document { marker: Some("school"), shape: &school::SCHOOL },
    Document { marker: Some("requirement"), shape: &thresholds::REQUIREMENT },
    Document { marker: Some("notice"), shape: &notices::NOTICE },
    Document { marker: Some("case"), shape: &cases::CASE },
    Document { marker: Some("windows"), shape: &rounds::WINDOWS },
    Document { marker: Some("catalogue"), shape: &cases::CATALOGUE },
    Document { marker: Some("profile"), shape: &cases::PROFILE },
    Document { marker: Some("demo"), shape: &demo::DEMO },
    Document { marker: None, shape: &thresholds::THRESHOLDS },
];

/// The columns of an import file by the name that the language has for them, in the order in
/// which they are documented.
pub fn columns(file: &str) -> impl Iterator<Item = &'static str> {
    school::HEADERS
        .fields
        .iter()
        .find(move |field| field.key == file)
        .and_then(|field| match field.is {
            Is::Shape(shape) => Some(shape.fields.iter().map(|column| column.key)),
            _ => None,
        })
        .into_iter()
        .flatten()
}

impl Shape {
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.key)
    }
}
