//! What the values mean together: days within terms, units that agree, rules that exist, values
//! that can hold. A part that is wrong in its form is not judged further.

mod cases;
mod demo;
mod flow;
mod forms;
mod grants;
mod notices;
mod rounds;
mod school;
mod thresholds;

use super::folder::Files;
use super::names::Names;
use super::read::{Built, Item};
use super::report::{Place, Report};
use super::shape::Naming;
use crate::clock::Term;
use crate::lang::Text;

pub struct Sense<'a> {
    built: &'a Built<'a>,
    names: &'a Names,
    files: &'a Files,
    /// The school's folder.
    school: &'a str,
    report: &'a mut Report,
}

pub fn check(built: &Built<'_>, names: &Names, files: &Files, school: &str, report: &mut Report) {
    // Of two schools in one folder everything is there twice; that there are two is said once.
    let two_schools = names.all(Naming::School).len() > 1;
    for (naming, later, first) in names.twice().filter(|(naming, ..)| !(two_schools && naming.is_of_the_school())) {
        let place = |named: &super::names::Named| Place {
            file: named.file.clone(),
            path: named.path.clone(),
            span: named.span,
        };
        let said = naming.said();
        let what = Text::new(
            format!("{}「{}」定義了兩次", said.zh, later.name),
            format!("the {} `{}` is defined twice", said.en, later.name),
        );
        let allowed = Text::new(
            format!("另一個在 {} 第 {} 行；請改名或刪去一個", first.file, first.span.line),
            format!("the other is in {} line {}; rename or remove one", first.file, first.span.line),
        );
        let see = (place(first), Text::new("第一次定義在這裡", "first defined here"));
        report.clash("MK017", place(later), what, &later.name, allowed, see);
    }
    let mut sense = Sense { built, names, files, school, report };
    sense.school();
    sense.thresholds();
    sense.notices();
    sense.cases();
    sense.demos();
}

impl Sense<'_> {
    /// Whether a part of an item is right in its form, so that its meaning can be judged.
    fn sound<T>(&self, item: &Item<'_, T>, steps: &[&str]) -> bool {
        !self.report.is_wrong(item.file, &item.path_of(steps))
    }

    /// Says so where a term's number is none of the calendar's. True where it is one.
    fn term_is_known(&mut self, number: u8, place: Place, found: &str) -> bool {
        let Some(school) = &self.built.school else { return true };
        if !self.sound(school, &["calendar", "terms"]) {
            return true;
        }
        let terms = &school.value.calendar.terms;
        if terms.iter().any(|term| term.number == number) {
            return true;
        }
        let known: Vec<String> = terms.iter().map(|term| term.number.to_string()).collect();
        let what =
            Text::new(format!("行事曆沒有第 {number} 學期"), format!("the calendar has no term number {number}"));
        let allowed = Text::new(format!("學期：{}", known.join("、")), format!("the terms are {}", known.join(", ")));
        self.report.error("MK041", place, what, found, allowed);
        false
    }

    fn known_term(&mut self, term: Term, place: Place) -> bool {
        self.term_is_known(term.number, place, &term.to_string())
    }
}

/// A range of years whose end is before its beginning.
fn reversed<T>(sense: &mut Sense<'_>, item: &Item<'_, T>, steps: &[&str], from: Option<i32>, to: Option<i32>) {
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        let what = Text::new("入學年度的範圍顛倒了，沒有人符合", "the range of years is reversed: nobody fits");
        let allowed = Text::new(format!("{from} 以上"), format!("{from} or later"));
        let steps: Vec<&str> = steps.iter().copied().chain(["admitted_to"]).collect();
        sense.report.error("MK046", item.at(&steps), what, &to.to_string(), allowed);
    }
}
