//! What a record that is true from a day on does to the versions there are: the one in force on
//! that day ends, the new one lasts until the next begins. Nothing is lost: a version that began
//! on the same day is kept with the import that replaces it.

use std::collections::HashMap;

use super::Tally;
use crate::store::versions::{self, OPEN, Stored, Versioned};
use crate::store::{Conn, Result, imports};

/// Before the key of a replaced version among what an import keeps.
pub const REPLACED: &str = "version|";

pub struct Plan<T> {
    add: Vec<Stored<T>>,
    end: Vec<(i64, String)>,
    remove: Vec<i64>,
    keep: Vec<(String, String)>,
}

/// What a record is to what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    New,
    Changed,
    Same,
}

impl Change {
    pub fn count(self, tally: &mut Tally) {
        match self {
            Change::New => tally.new += 1,
            Change::Changed => tally.changed += 1,
            Change::Same => tally.same += 1,
        }
    }
}

/// All versions of some keys, oldest first.
pub struct Known<T>(HashMap<String, Vec<Stored<T>>>);

impl<T: Versioned> Known<T> {
    pub async fn load(conn: &mut Conn, keys: &[&str]) -> Result<Known<T>> {
        let mut known: HashMap<String, Vec<Stored<T>>> = HashMap::new();
        for version in T::load(conn, keys).await? {
            known.entry(version.is.key().to_owned()).or_default().push(version);
        }
        Ok(Known(known))
    }

    pub fn of(&self, key: &str) -> &[Stored<T>] {
        self.0.get(key).map(Vec::as_slice).unwrap_or_default()
    }
}

impl<T: Versioned> Plan<T> {
    pub fn new() -> Plan<T> {
        Plan { add: Vec::new(), end: Vec::new(), remove: Vec::new(), keep: Vec::new() }
    }

    /// Lets `is` be true from `from`, among the versions there are.
    pub fn put(&mut self, known: &[Stored<T>], is: T, from: &str) -> Change {
        let covering = known.iter().find(|version| version.from.as_str() <= from && from < version.to.as_str());
        let to = match covering {
            Some(version) if version.is == is => return Change::Same,
            Some(version) => {
                if version.from == from {
                    self.remove.push(version.id);
                    self.keep.push((format!("{REPLACED}{}", is.key()), json(version)));
                } else {
                    self.end.push((version.id, from.to_owned()));
                }
                version.to.clone()
            }
            // Before the first version, or the first of all.
            None => known.first().map_or_else(|| OPEN.to_owned(), |first| first.from.clone()),
        };
        self.add.push(Stored { id: 0, import: 0, from: from.to_owned(), to, is });
        if known.is_empty() { Change::New } else { Change::Changed }
    }

    pub async fn write(&self, conn: &mut Conn, batch: i64) -> Result<()> {
        imports::keep(conn, batch, &self.keep).await?;
        versions::remove::<T>(conn, &self.remove).await?;
        versions::end::<T>(conn, &self.end).await?;
        let add: Vec<Stored<T>> = self.add.iter().map(|version| Stored { import: batch, ..version.clone() }).collect();
        T::add(conn, &add).await
    }
}

/// As it is kept for taking an import back.
pub fn json<T: serde::Serialize>(record: &T) -> String {
    serde_json::to_string(record).unwrap_or_default()
}
