//! What an entry of a catalogue says, where it was chosen in a form: conditions, rules and lists read
//! it, as it was when the form was sent.

use std::sync::Arc;

use menkan::app::case;
use menkan::app::{App, Edition, Settings};
use menkan::args;
use menkan::case::{Filled, answer, fill};
use menkan::definition::case::Aspect;
use menkan::rules::filing::Value;

use crate::applications::{World, copied, edit, inside, refusal, worlds_of};
use crate::harness::{self, TempFolder};

/// The shipped school, where a level of the certificate decides what is asked, listed and refused.
async fn worlds() -> Vec<(World, TempFolder)> {
    let mut out = Vec::new();
    for world in worlds_of(1, 4).await {
        let folder = TempFolder::new();
        for part in ["workflows", "rules", "templates"] {
            copied(&harness::root().join(part), &folder.path().join(part));
        }
        let changes = [
            ("columns: [certificate,", "columns: [certificate.level, certificate.remarks,"),
            ("needs_profile: true", "needs_profile: certificate.level is filled"),
            ("    when: not other_aid and exam_fee > 0", "    when: certificate.level is filled"),
        ];
        edit(&folder.path().join("workflows/ncut/cases/certificate.yaml"), &changes);
        let rule = [(
            "fn may_submit(c) {",
            "fn may_submit(c) {\n    if c.certificate.level == \"甲級\" || c.certificate.remarks != \"\" { return fail(\"停辦\"); }",
        )];
        edit(&folder.path().join("rules/ncut/certificate.rhai"), &rule);
        let edition = Edition::load(folder.path(), "ncut").unwrap_or_else(|problems| panic!("{problems:#?}"));
        let settings = Settings { folder: folder.path().to_owned(), ..world.app.settings.clone() };
        let app = Arc::new(App::new(world.db.db.clone(), edition, settings));
        out.push((World { app, ..world }, folder));
    }
    out
}

impl World {
    /// The list says another level from now on.
    async fn level(&self, level: &str) {
        let says = format!(r#"{{"self_learning":{{"tick":true}},"level":{{"text":"{level}"}}}}"#);
        let mut tx = self.db.db.begin().await.unwrap();
        tx.run("UPDATE catalogue_offers SET says = $1 WHERE id = 'e1'", args![&says]).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn filled(&self, reader: &str, id: &str) -> Filled {
        let viewer = self.person(reader).await;
        let mut conn = self.db.db.read().await.unwrap();
        let open = case::see(&self.app, &mut conn, id, &viewer, inside()).await.unwrap();
        fill(&open.setting(), &open.workflow().fields, &open.case.raw)
    }
}

#[tokio::test]
async fn what_the_chosen_entry_says_decides_what_is_asked_and_stays_as_it_was_sent() {
    for (world, _folder) in worlds().await {
        let kind = world.db.kind;
        let student = world.person("4110101").await;
        let id = world.draft(&student, inside()).await;
        let edition = world.app.edition.load_full();
        let fields = &edition.definition.workflow("certificate").unwrap().1.fields;
        let asks = |filled: &Filled, id: &str| filled.asked.iter().any(|index| fields[*index].id == id);
        // Nothing is said of its level: nothing is asked because of it.
        assert!(!asks(&world.filled("4110101", &id).await, "receipt"), "{kind}");
        world.level("乙級").await;
        assert!(asks(&world.filled("4110101", &id).await, "receipt"), "{kind}");
        assert_eq!(refusal(world.act(&student, &id, "submit", inside()).await), "ProfileIncomplete", "{kind}");
        world.level("甲級").await;
        world.profile("4110101").await;
        assert!(refusal(world.act(&student, &id, "submit", inside()).await).starts_with("Rule"), "{kind}");
        world.level("乙級").await;
        world.act(&student, &id, "submit", inside()).await.unwrap();
        let (columns,): (String,) =
            world.db.db.read().await.unwrap().one("SELECT columns FROM cases WHERE id = $1", args![&id]).await.unwrap();
        assert!(columns.contains(r#""certificate.level":"乙級""#), "{kind}: {columns}");
        // The list changes after it was sent: the case is decided on what was chosen.
        world.level("丙級").await;
        let filled = world.filled("clerk1", &id).await;
        let (field, _) = edition.definition.workflow("certificate").unwrap().1.field("certificate").unwrap();
        let level = Aspect { field, of: Some("level".to_owned()) };
        let said = answer(&level, fields, &filled.given);
        assert_eq!(said, Some(&Value::Text("乙級".to_owned())), "{kind}");
    }
}

#[tokio::test]
async fn a_level_that_asks_for_no_bank_data_is_sent_without_them() {
    for (world, _folder) in worlds().await {
        let student = world.person("4110102").await;
        let id = world.draft(&student, inside()).await;
        world.act(&student, &id, "submit", inside()).await.unwrap();
        assert_eq!(world.state(&id).await, "in_review", "{}", world.db.kind);
    }
}
