//! A forgotten password: the way through, links that hold no longer, and that nobody learns which
//! accounts there are.

use menkan::app::deliver::{Delivery, deliver};
use menkan::args;
use menkan::store::outbox;
use tokio::sync::watch;

use super::sessions::blank;
use super::{PASSWORD, Page, Site, encode, own};

const NEW: &str = "quite another password";

/// The letters with links that are in the outbox, the oldest first: (address, text).
fn letters(site: &Site) -> Vec<(String, String)> {
    site.runtime.block_on(async {
        let rows: Vec<(String, String, String)> = site
            .app
            .db
            .read()
            .await
            .unwrap()
            .all(
                "SELECT o.recipient, o.head, b.body FROM outbox o JOIN outbox_bodies b ON b.hash = o.body
                 WHERE o.notice = 'password' ORDER BY o.id",
                args![],
            )
            .await
            .unwrap();
        rows.into_iter().map(|(to, head, body)| (to, menkan::mail::read(&(head + body.as_str())).text)).collect()
    })
}

/// The path of the link in a letter.
fn link(site: &Site, text: &str) -> String {
    let base = &site.app.settings.base_url;
    let line = text.lines().find(|line| line.contains("/forgot/")).unwrap_or_else(|| panic!("no link in {text}"));
    line.strip_prefix(base.as_str()).unwrap_or_else(|| panic!("{line} does not begin with {base}")).to_owned()
}

fn ask(site: &Site, account: &str) -> Page {
    site.visitor().send("/forgot", "/forgot", &[("account", account)])
}

fn last_link(site: &Site) -> String {
    link(site, &letters(site).last().unwrap().1)
}

#[test]
fn whoever_is_locked_out_sets_a_new_password_by_mail_and_signs_in() {
    let site = Site::start();
    let mut elsewhere = site.signed_in("4110101");
    let mut locked = site.visitor();
    for guess in 0..6 {
        locked.sign_in("4110101", &format!("guess number {guess}"));
    }
    let page = locked.sign_in("4110101", PASSWORD);
    assert_eq!(page.status, 429);
    assert!(page.body.contains("href=\"/forgot\""), "{}", page.body);

    assert_eq!(locked.send("/forgot", "/forgot", &[("account", "4110101")]).status, 200);
    let all = letters(&site);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].0, "4110101@example.edu.tw", "the address on record");
    let path = last_link(&site);
    // A mail program that opens links spends none.
    for _ in 0..3 {
        assert_eq!(site.visitor().get(&path).status, 200);
    }
    let page = locked.send(&path, &path, &[("password", NEW), ("again", "something else")]);
    assert!(page.status == 422 && page.body.contains("不同"), "{}", page.body);
    assert_eq!(locked.send(&path, &path, &[("password", "short"), ("again", "short")]).status, 422);
    for easy in ["Password123", "x4110101x"] {
        let page = locked.send(&path, &path, &[("password", easy), ("again", easy)]);
        assert!(page.status == 422 && page.body.contains("請換一個"), "{easy}: {}", page.body);
    }
    let page = locked.send(&path, &path, &[("password", NEW), ("again", NEW)]);
    assert_eq!((page.status, page.header("location")), (303, "/sign-in"));
    assert_eq!(elsewhere.get("/me").status, 303, "all sessions have ended");
    assert_eq!(locked.sign_in("4110101", NEW).status, 303, "the lock is gone");
    assert_eq!(site.visitor().sign_in("4110101", PASSWORD).status, 422);

    // It works once.
    assert_eq!(site.visitor().get(&path).status, 404);
    let mut again = site.visitor();
    assert_eq!(again.send("/forgot", &path, &[("password", PASSWORD), ("again", PASSWORD)]).status, 404);
    assert_eq!(site.visitor().sign_in("4110101", NEW).status, 303);
}

#[test]
fn a_link_that_expired_or_was_changed_or_is_of_another_account_sets_nothing() {
    let site = Site::start();
    ask(&site, "4110101");
    let first = last_link(&site);
    ask(&site, "4110102");
    let other = last_link(&site);
    assert_ne!(first, other);
    // The link names the account; what else a form says does not.
    let mut stranger = site.visitor();
    let fields = [("password", NEW), ("again", NEW), ("account", "4110101")];
    assert_eq!(stranger.send(&other, &other, &fields).status, 303);
    assert_eq!(site.visitor().sign_in("4110101", NEW).status, 422);
    assert_eq!(site.visitor().sign_in("4110102", NEW).status, 303);

    let mut changed = first.clone();
    let end = if changed.pop() == Some('0') { '1' } else { '0' };
    changed.push(end);
    for path in [changed.as_str(), "/forgot/", "/forgot/x", "/forgot/%00", &format!("/forgot/{}", "0".repeat(64))] {
        assert_eq!(stranger.get(path).status, 404, "{path}");
        assert_eq!(stranger.send("/forgot", path, &[("password", NEW), ("again", NEW)]).status, 404, "{path}");
    }
    site.sql("UPDATE password_links SET expires_at = '2020-01-01T00:00:00.000Z'");
    assert_eq!(stranger.get(&first).status, 404);
    assert_eq!(stranger.send("/forgot", &first, &[("password", NEW), ("again", NEW)]).status, 404);
    assert_eq!(site.visitor().sign_in("4110101", PASSWORD).status, 303, "the password is as it was");

    // What is stored opens nothing, and a disabled account has no way back by mail.
    ask(&site, "4110101");
    let path = last_link(&site);
    let (kept,): (String,) = site
        .runtime
        .block_on(async {
            let mut conn = site.app.db.read().await.unwrap();
            conn.one("SELECT token FROM password_links WHERE account = '4110101' ORDER BY expires_at DESC", args![])
                .await
        })
        .unwrap();
    assert!(!path.ends_with(&kept));
    assert_eq!(stranger.get(&format!("/forgot/{kept}")).status, 404);
    site.sql("UPDATE accounts SET disabled = 1 WHERE account = '4110101'");
    assert_eq!(stranger.get(&path).status, 404);
    let before = letters(&site).len();
    ask(&site, "4110101");
    assert_eq!(letters(&site).len(), before);
}

#[test]
fn nobody_learns_which_accounts_there_are_or_floods_a_mailbox() {
    let site = Site::start();
    let known = ask(&site, "4110101");
    for account in ["4999999", "4110103", "", "x@y\r\nBcc: a@b.tw", &"9".repeat(300)] {
        let unknown = ask(&site, account);
        assert_eq!((known.status, blank(&known.body)), (unknown.status, blank(&unknown.body)), "{account:?}");
    }
    // Three an hour, whoever asks.
    for _ in 0..6 {
        assert_eq!(blank(&ask(&site, "4110101").body), blank(&known.body));
    }
    assert_eq!(letters(&site).len(), 3);
    site.sql("UPDATE password_requests SET at = '2020-01-01T00:00:00.000Z'");
    ask(&site, "4110101");
    assert_eq!(letters(&site).len(), 4, "an hour later");
    // One network asks for thirty, of whatever accounts.
    for number in 0..40 {
        ask(&site, &format!("nobody{number}"));
    }
    ask(&site, "4110102");
    assert_eq!(letters(&site).len(), 4);
}

#[test]
fn the_link_leads_to_the_schools_own_address_whatever_host_the_request_names() {
    let site = Site::start();
    let mut visitor = site.visitor();
    let token = visitor.get("/forgot").token();
    let body = format!("token={}&account=4110101", encode(&token));
    let headers = |extra: &[(&'static str, &str)]| {
        let mut all = vec![("Content-Type", "application/x-www-form-urlencoded".to_owned())];
        all.extend(own(site.address));
        all.extend(extra.iter().map(|(name, value)| (*name, (*value).to_owned())));
        all
    };
    assert_eq!(visitor.ask("POST", "/forgot", &headers(&[("Host", "evil.example")]), &body).status, 421);
    assert!(letters(&site).is_empty());
    let forwarded =
        [("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example"), ("X-Host", "evil.example")];
    assert_eq!(visitor.ask("POST", "/forgot", &headers(&forwarded), &body).status, 200);
    let (_, text) = letters(&site).pop().unwrap();
    assert!(text.contains(&format!("{}/forgot/", site.app.settings.base_url)) && !text.contains("evil"), "{text}");
    // From another site nobody asks in a reader's name.
    let foreign =
        [("Content-Type", "application/x-www-form-urlencoded".to_owned()), ("Origin", "http://evil".to_owned())];
    assert_eq!(visitor.ask("POST", "/forgot", &foreign, &body).status, 403);
}

#[test]
fn the_letter_is_shown_to_no_administrator_and_not_kept_once_it_went() {
    let site = Site::start();
    ask(&site, "4110101");
    let path = last_link(&site);
    let secret = path.rsplit('/').next().unwrap();
    let mut admin = site.signed_in("admin");
    let list = admin.get("/mail");
    let id = list.body.split("href=\"/mail/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = admin.get(&format!("/mail/{id}"));
    assert!(page.status == 200 && !page.body.contains(secret) && !list.body.contains(secret), "{}", page.body);
    let carried = |now: menkan::clock::Instant| {
        site.runtime.block_on(async {
            let delivery = Delivery::of(&site.app).unwrap();
            let calendar = site.app.edition.load().definition.school.calendar.clone();
            let (_keep, stop) = watch::channel(false);
            deliver(&site.app.db, &delivery, &calendar, &move || now, &stop).await.unwrap()
        })
    };
    let now = chrono::Utc::now();
    assert_eq!(carried(now).sent, 1);
    assert!(letters(&site).is_empty(), "the body is gone");
    // What could not go in time does not go at all.
    ask(&site, "4110102");
    assert_eq!(carried(now + chrono::Duration::minutes(31)).cancelled, 1);
    assert!(letters(&site).is_empty());
    let counts = site.runtime.block_on(async { outbox::counts(&mut site.app.db.read().await.unwrap()).await.unwrap() });
    assert_eq!((counts.sent, counts.cancelled), (1, 1));
}
