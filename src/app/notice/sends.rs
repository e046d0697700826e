//! Which letters somebody may rehearse and send: whoever sees everyone all of them, an office those
//! about its own requirements. What the server sends by itself is not asked here.

use crate::app::access::{Viewer, requirements_of};
use crate::definition::{Audience, Definition, Letter, May, Notice};

/// The letters that somebody may send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sends {
    Everything,
    /// Those about these requirements (indices), whose students the sender sees by them.
    About(Vec<usize>),
}

impl Sends {
    pub fn of(viewer: &Viewer, definition: &Definition) -> Sends {
        if viewer.scope.everything {
            return Sends::Everything;
        }
        let role = |id: &str| definition.school.roles.iter().find(|role| role.id == id);
        let sends = |id: &str| role(id).is_some_and(|role| role.may.contains(&May::SendNotices));
        let mut own: Vec<usize> = viewer
            .holdings
            .iter()
            .filter(|holding| sends(&holding.role))
            .flat_map(|holding| requirements_of(definition, holding))
            .filter(|requirement| viewer.sees_requirement(*requirement))
            .collect();
        own.sort_unstable();
        own.dedup();
        Sends::About(own)
    }

    pub fn may_send(&self, letter: &Letter) -> bool {
        match (self, letter.to) {
            (Sends::Everything, _) => true,
            (Sends::About(own), Audience::MissingOne(index) | Audience::Office(index)) => own.contains(&index),
            (Sends::About(_), Audience::Students(_) | Audience::Tutors | Audience::DepartmentHeads) => false,
        }
    }

    /// The letters of a notice that may be sent.
    pub fn letters<'a>(&'a self, notice: &'a Notice) -> impl Iterator<Item = &'a Letter> {
        notice.letters.iter().filter(|letter| self.may_send(letter))
    }

    /// Whether there is anything of a notice for the sender.
    pub fn concerns(&self, notice: &Notice) -> bool {
        *self == Sends::Everything || self.letters(notice).next().is_some()
    }

    /// Whether a letter's name stands for one that may be sent; one that the school's folder no
    /// longer has is for those who may send everything.
    pub fn is_own(&self, notice: &Notice, letter: &str) -> bool {
        *self == Sends::Everything || self.letters(notice).any(|known| known.id == letter)
    }
}
