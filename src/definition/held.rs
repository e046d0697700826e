//! A demonstration's rounds: whatever the calendar says, those that `demo.yaml` names are held around
//! the day on which the demonstration is made, so that there is something to file.

use chrono::Duration;

use super::Definition;
use crate::clock::Day;

impl Definition {
    /// Of each set of windows that `demo` (what a `demo.yaml` says) names, the round nearest to `made`
    /// is moved, so that `made` is its so-manieth day. What it covers stays.
    pub fn held(&mut self, demo: Option<&serde_json::Value>, made: Day) {
        let Some(wanted) = demo.and_then(|demo| demo.get("rounds")?.as_object()) else { return };
        let calendar = &self.school.calendar;
        for windows in &mut self.windows {
            let Some(day) = wanted.get(&windows.id).and_then(serde_json::Value::as_i64) else { continue };
            let distance = |opens| (calendar.today(opens) - made).num_days().abs();
            let Some(round) = windows.rounds.iter_mut().min_by_key(|round| distance(round.opens)) else { continue };
            let by = made - calendar.today(round.opens) - Duration::days(day - 1);
            round.opens += by;
            round.closes += by;
            for date in &mut round.dates {
                date.on += by;
            }
        }
    }
}
