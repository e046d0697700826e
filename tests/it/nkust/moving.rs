//! A round's table while its cases move: one picture of all of them, told as of when, nothing twice.

use std::sync::atomic::{AtomicBool, Ordering};

use menkan::app::case::export::{self, Wanted};
use menkan::app::case::{self, Asked};
use menkan::case::Raw;
use menkan::lang::Lang;

use super::{SCHOOL, furnish, school_of_today, send};
use crate::harness;
use crate::web::Site;
use crate::web::review_world::{person, raw, state};

fn moves(site: &Site, account: &str, id: &str, step: &str, answers: Raw) {
    let (app, handle, id, step) = (site.app.clone(), site.runtime.handle().clone(), id.to_owned(), step.to_owned());
    let viewer = handle.block_on(person(site, account));
    handle.block_on(async move {
        let seen = 2;
        let nonce = harness::unique();
        let asked = Asked { step: &step, seen, nonce: &nonce, answers, ..Asked::default() };
        case::act(&app, &viewer, &id, &asked, chrono::Utc::now()).await.unwrap();
    });
}

#[test]
fn a_table_is_one_picture_of_cases_that_move_while_it_is_made() {
    let (folder, _) = school_of_today();
    for site in Site::on_each_as(folder.path(), SCHOOL) {
        let (kind, now) = (site.db.kind, chrono::Utc::now());
        site.runtime.block_on(furnish(&site));
        let first = send(&site, "award", "4110101", "A-1", now).unwrap();
        let second = send(&site, "award", "4110102", "B-2", now).unwrap();
        let edition = site.app.edition.load_full();
        let (_, workflow) = edition.definition.workflow("award").unwrap();
        let all = workflow.exports.iter().find(|one| one.id == "all").unwrap();
        let clerk = site.runtime.block_on(person(&site, "clerk1"));
        let moved = AtomicBool::new(false);
        // The heads are said after the cases were listed and before the first of them is read.
        let words = |key: &str| {
            if !moved.swap(true, Ordering::SeqCst) {
                std::thread::scope(|scope| {
                    scope.spawn(|| {
                        moves(&site, "clerk1", &first, "approve", raw(&[("agrees", "on"), ("level", "three")]));
                        moves(&site, "4110102", &second, "withdraw", Raw::new());
                    });
                });
            }
            key.to_owned()
        };
        let wanted = Wanted { workflow, export: all, round: None, lang: Lang::ZhTw, words: &words };
        let table = |now| site.runtime.block_on(export::export(&site.app, &clerk, wanted, "", now)).unwrap();
        let (meanwhile, after) = (table(now), table(now));
        assert_eq!(
            (state(&site, &first).as_str(), state(&site, &second).as_str()),
            ("approved", "withdrawn"),
            "{kind}"
        );
        let at = meanwhile.heads.iter().position(|head| head == "export-state").unwrap();
        let states = |table: &export::Table| table.rows.iter().map(|row| row[at].clone()).collect::<Vec<_>>();
        assert_eq!(states(&meanwhile), ["審核中", "審核中"], "{kind}: as it was when it was asked for");
        assert_eq!(states(&after), ["核准", "已撤回"], "{kind}");
        for table in [meanwhile, after] {
            let mut numbers: Vec<&String> = table.rows.iter().map(|row| &row[0]).collect();
            numbers.dedup();
            assert_eq!(numbers.len(), 2, "{kind}: each once");
        }
    }
}
