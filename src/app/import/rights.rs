//! Who may bring which files and take them back. What a page offers is told from here too, but it
//! is asked again in the transaction that acts on it.

use super::{Kind, named};
use crate::app::access::{Viewer, requirements_of};
use crate::app::case::queue::is_party;
use crate::definition::case::Party;
use crate::definition::{Definition, May};
use crate::lang::Text;
use crate::store::access::Holding;
use crate::store::imports::ImportRecord;

/// What someone may bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Files of every kind: staff too, and with them roles.
    Everything,
    /// Some only.
    Of {
        /// Credits of these categories (indices).
        credits: Option<Vec<usize>>,
        /// Entries of these catalogues (indices): of a department's list, or of any.
        entries: Vec<(usize, Option<String>)>,
    },
}

impl Rights {
    pub fn of(viewer: &Viewer, definition: &Definition) -> Rights {
        if viewer.may(May::Import) {
            return Rights::Everything;
        }
        let role = |id: &str| definition.school.roles.iter().find(|role| role.id == id);
        let lends = |id: &str| role(id).is_some_and(|role| role.may.contains(&May::ImportCredits));
        let own = || viewer.holdings.iter().filter(|holding| holding.lent_by.is_empty());
        let mut categories: Vec<usize> = own()
            .filter(|holding| lends(&holding.role))
            .flat_map(|holding| requirements_of(definition, holding))
            .flat_map(|requirement| &definition.requirements[requirement].counts)
            .map(|count| count.category)
            .collect();
        categories.sort_unstable();
        categories.dedup();
        let entries = own().flat_map(|holding| keeps(definition, holding)).collect();
        Rights::Of { credits: own().any(|holding| lends(&holding.role)).then_some(categories), entries }
    }

    pub fn is_nothing(&self) -> bool {
        matches!(self, Rights::Of { credits: None, entries } if entries.is_empty())
    }

    /// In the order in which a school brings them; entries once for each catalogue (an index).
    pub fn kinds<'a>(&'a self, definition: &'a Definition) -> impl Iterator<Item = (Kind, Option<usize>)> + 'a {
        let catalogues = (0..).zip(&definition.catalogues).filter(|(_, one)| !one.headers.is_empty());
        let entries = catalogues.map(|(index, _)| (Kind::Entries, Some(index)));
        let others = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Entries).map(|kind| (kind, None));
        others.chain(entries).filter(|(kind, catalogue)| self.may_bring(*kind, *catalogue))
    }

    /// Whether files of a kind may be brought; of entries, of a catalogue (an index).
    pub fn may_bring(&self, kind: Kind, catalogue: Option<usize>) -> bool {
        match (self, kind) {
            (Rights::Everything, _) => true,
            (Rights::Of { credits, .. }, Kind::Credits) => credits.is_some(),
            (Rights::Of { entries, .. }, Kind::Entries) => entries.iter().any(|(own, _)| Some(*own) == catalogue),
            (Rights::Of { .. }, Kind::Units | Kind::Staff | Kind::Classes | Kind::Students) => false,
        }
    }

    /// Whether credits of a category (an index) may be brought.
    pub fn may_credit(&self, category: usize) -> bool {
        match self {
            Rights::Everything => true,
            Rights::Of { credits, .. } => credits.as_ref().is_some_and(|own| own.contains(&category)),
        }
    }

    /// Whether entries of a catalogue (an index) may be brought to the list of a department.
    pub fn may_enter(&self, catalogue: usize, department: &str) -> bool {
        let fits = |of: &Option<String>| of.as_ref().is_none_or(|own| own == department);
        match self {
            Rights::Everything => true,
            Rights::Of { entries, .. } => entries.iter().any(|(own, of)| *own == catalogue && fits(of)),
        }
    }

    /// Whoever made an import may take it back, while they may still make such a one; and whoever
    /// may bring everything.
    pub fn may_take_back(&self, definition: &Definition, import: &ImportRecord, account: &str) -> bool {
        let place = |id: &str| definition.catalogues.iter().position(|one| one.id == id);
        let may = |(kind, catalogue)| self.may_bring(kind, place(catalogue));
        (import.by == account && named(&import.kind).is_some_and(may)) || *self == Rights::Everything
    }
}

/// The catalogues (indices) whose entries a role brings in from files: of one department, or of all.
pub fn keeps(definition: &Definition, holding: &Holding) -> Vec<(usize, Option<String>)> {
    let catalogues = (0..).zip(&definition.catalogues).filter(|(_, one)| !one.headers.is_empty());
    let kept = catalogues.filter(|(_, one)| is_party(definition, holding, one.kept_by));
    kept.map(|(index, one)| {
        let of_department = matches!(one.kept_by, Party::OwnDepartment { .. });
        (index, of_department.then(|| holding.unit.clone()))
    })
    .collect()
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
