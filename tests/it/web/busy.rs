//! All connections are taken: who comes is told to come again in a moment, and then it goes on.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

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

#[test]
fn while_the_database_is_away_everybody_is_told_to_come_again() {
    for site in Site::on_each().into_iter().filter(|site| site.db.kind == "postgres") {
        let mut student = site.visitor();
        student.sign_in("4110101", PASSWORD);
        let server = std::env::var("MENKAN_TEST_POSTGRES").unwrap();
        let name = site.db.url.rsplit('/').next().unwrap().to_owned();
        let told = |sql: String| {
            site.runtime.block_on(async {
                let mut admin = PgConnection::connect(&server).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut admin).await.unwrap();
            });
        };
        told(format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"));
        told(format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
        told(format!("ALTER DATABASE {name} RENAME TO {name}_away"));
        for path in ["/me", "/cases"] {
            let answer = student.get(path);
            assert_eq!((answer.status, answer.header("retry-after")), (503, "5"), "{path}: {}", answer.body);
            assert!(answer.body.contains("系統忙碌中"), "{}", answer.body);
        }
        assert_eq!(site.visitor().sign_in("4110102", PASSWORD).status, 503);
        assert_eq!(student.get("/readyz").status, 503);
        told(format!("ALTER DATABASE {name}_away RENAME TO {name}"));
        told(format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"));
        assert_eq!(student.get("/me").status, 200);
    }
}
