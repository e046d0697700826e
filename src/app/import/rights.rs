//! Who may bring which files and take them back. What a page offers is told from here too, but it
//! is asked again in the transaction that acts on it.

use super::Kind;
use crate::app::access::{Viewer, requirements_of};
use crate::definition::{Definition, May};
use crate::lang::Text;
use crate::store::imports::ImportRecord;

/// What someone may bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Files of every kind: staff too, and with them roles.
    Everything,
    /// Credits of these categories (indices) only.
    Credits(Vec<usize>),
    Nothing,
}

impl Rights {
    pub fn of(viewer: &Viewer, definition: &Definition) -> Rights {
        if viewer.may(May::Import) {
            return Rights::Everything;
        }
        if !viewer.may(May::ImportCredits) {
            return Rights::Nothing;
        }
        let role = |id: &str| definition.school.roles.iter().find(|role| role.id == id);
        let lends = |id: &str| role(id).is_some_and(|role| role.may.contains(&May::ImportCredits));
        let mut categories: Vec<usize> = viewer
            .holdings
            .iter()
            .filter(|holding| holding.lent_by.is_empty() && lends(&holding.role))
            .flat_map(|holding| requirements_of(definition, holding))
            .flat_map(|requirement| &definition.requirements[requirement].counts)
            .map(|count| count.category)
            .collect();
        categories.sort_unstable();
        categories.dedup();
        Rights::Credits(categories)
    }

    /// In the order in which a school brings them.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> + '_ {
        Kind::ALL.into_iter().filter(|kind| self.may_bring(*kind))
    }

    pub fn may_bring(&self, kind: Kind) -> bool {
        match self {
            Rights::Everything => true,
            Rights::Credits(_) => kind == Kind::Credits,
            Rights::Nothing => false,
        }
    }

    /// Whether credits of a category (an index) may be brought.
    pub fn may_credit(&self, category: usize) -> bool {
        match self {
            Rights::Everything => true,
            Rights::Credits(own) => own.contains(&category),
            Rights::Nothing => false,
        }
    }

    /// Whoever made an import may take it back, while they may still make such a one; and whoever
    /// may bring everything.
    pub fn may_take_back(&self, import: &ImportRecord, account: &str) -> bool {
        let own = import.by == account && import.kind.parse().is_ok_and(|kind| self.may_bring(kind));
        own || *self == Rights::Everything
    }
}

/// Why credits of a category are not brought here, and by whom they are.
pub fn not_yours(definition: &Definition, category: usize) -> Text {
    let mut offices: Vec<usize> = definition
        .requirements
        .iter()
        .filter(|requirement| requirement.counts.iter().any(|count| count.category == category))
        .map(|requirement| requirement.office)
        .collect();
    offices.sort_unstable();
    offices.dedup();
    let title = &definition.categories[category].title;
    let units = offices.iter().map(|office| &definition.school.units[*office].title);
    let (zh, en): (Vec<&str>, Vec<&str>) =
        units.map(|title| (title.zh.as_str(), title.en.as_deref().unwrap_or(&title.zh))).unzip();
    let named = title.en.as_deref().unwrap_or(&title.zh);
    if offices.is_empty() {
        return Text::new(
            format!("「{}」不計入任何門檻，由系統管理者匯入。", title.zh),
            format!("“{named}” counts towards no requirement; an administrator imports it."),
        );
    }
    Text::new(
        format!("「{}」由{}負責，請交給該單位匯入。", title.zh, zh.join("、")),
        format!("“{named}” is in the charge of {}, which imports it.", en.join(", ")),
    )
}
