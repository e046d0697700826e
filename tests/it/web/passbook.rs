//! The picture of the passbook, as its owner changes it on the page of the profile: where money goes asks for the
//! password, and is told.

use menkan::app::files::picture::grey_png;

use super::PASSWORD;
use super::review_world::{number, sent, value, worlds};

#[test]
fn a_new_passbook_asks_for_the_password_and_is_told() {
    for site in worlds() {
        sent(&site, "4110101");
        let kind = site.db.kind;
        let picture = |shade: u8| grey_png(40, 40, vec![shade; 1600]).unwrap();
        let files = "SELECT CAST(COUNT(*) AS BIGINT) FROM files WHERE owner_kind = 'profile' AND owner = '4110101'
                     AND removed_at IS NULL";
        let letters = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE letter = 'payee-changed'";
        let mut student = site.signed_in("4110101");
        let before = (number(&site, files), number(&site, letters));
        let mut save = |typed: &[(&str, &str)], shade: Option<u8>| {
            let page = student.get("/profile");
            let (token, version) = (page.token(), value(&page, "version").to_owned());
            let mut fields = vec![("token", token.as_str()), ("version", version.as_str()), ("do", "save")];
            fields.extend(typed);
            let bytes = shade.map(picture);
            let brought: Vec<_> = bytes.iter().map(|bytes| ("passbook", "cover.png", bytes.as_slice())).collect();
            student.send_files("/profile", &fields, &brought)
        };
        for given in [vec![], vec![("password", "wrong horse battery")]] {
            let refused = save(&given, Some(90));
            assert_eq!((refused.status, number(&site, files)), (422, before.0), "{kind}: {}", refused.body);
        }
        // Nor is the one that is there taken away.
        let there = site.runtime.block_on(async {
            let mut conn = site.app.db.read().await.unwrap();
            menkan::app::profile::files_of(&mut conn, "4110101").await.unwrap()[0].id.clone()
        });
        assert_eq!(save(&[("remove", &there)], None).status, 422, "{kind}");
        assert_eq!((number(&site, files), number(&site, letters)), before, "{kind}");
        assert_eq!(save(&[("password", PASSWORD)], Some(90)).status, 303, "{kind}");
        assert_eq!((number(&site, files), number(&site, letters)), (before.0 + 1, before.1 + 1), "{kind}");
        assert_eq!(save(&[("password", PASSWORD), ("remove", &there)], None).status, 303, "{kind}");
        assert_eq!((number(&site, files), number(&site, letters)), (before.0, before.1 + 2), "{kind}");
    }
}
