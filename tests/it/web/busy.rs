//! All connections are taken: who comes is told to come again in a moment, and then it goes on.

use super::{PASSWORD, Site};

/// As many as read at once.
const READERS: usize = 8;

#[test]
fn who_finds_no_connection_is_told_to_come_again_and_is_served_once_there_is_one() {
    for site in Site::on_each() {
        let mut student = site.visitor();
        student.sign_in("4110101", PASSWORD);
        let held = site.runtime.block_on(async {
            let mut held = Vec::new();
            for _ in 0..READERS {
                held.push(site.db.db.read().await.unwrap());
            }
            held
        });
        let answer = student.get("/me");
        // Without its runtime a connection cannot be given back.
        site.runtime.block_on(async move { drop(held) });
        assert_eq!((answer.status, answer.header("retry-after")), (503, "5"), "{}", site.db.kind);
        assert!(answer.body.contains("系統忙碌中") && answer.body.contains("請幾秒後再試一次"), "{}", answer.body);
        assert_eq!(student.get("/me").status, 200, "{}", site.db.kind);
    }
}
