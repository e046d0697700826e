//! Taking the folder anew while people use the pages: what checks is in force at once, what does
//! not changes nothing, and no request fails.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Site;
use crate::harness::{self, TempFolder};

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// The default school in a folder that a test may change.
pub fn folder() -> TempFolder {
    let folder = TempFolder::new();
    for part in ["workflows", "rules"] {
        copy(&harness::root().join(part), &folder.path().join(part));
    }
    folder
}

fn edition(site: &Site) -> String {
    site.app.edition.load().definition.edition.clone()
}

#[test]
fn a_button_takes_a_new_requirement_and_refuses_a_broken_folder_with_the_place() {
    let folder = folder();
    let site = Site::of_folder(folder.path().to_owned());
    let (first, mut admin) = (edition(&site), site.signed_in("admin"));
    let mut student = site.signed_in("4110101");
    let own = folder.path().join("workflows/ncut/requirements");

    let text = std::fs::read_to_string(own.join("enrichment.yaml")).unwrap();
    std::fs::write(own.join("enrichment.yaml"), text.replace("counts:", "cuonts:")).unwrap();
    let page = admin.send("/rules", "/rules/reload", &[]);
    assert_eq!(page.status, 422);
    assert!(page.body.contains("enrichment.yaml") && page.body.contains("cuonts"), "{}", page.body);
    assert_eq!(edition(&site), first, "what was in force still is");
    assert!(student.get("/me").body.contains("你還差 4 項"));

    std::fs::write(own.join("enrichment.yaml"), text).unwrap();
    let template = folder.path().join("templates/pages/home.html");
    std::fs::create_dir_all(template.parent().unwrap()).unwrap();
    std::fs::write(&template, "{{ page.nothing_such }}").unwrap();
    assert!(admin.send("/rules", "/rules/reload", &[]).body.contains("nothing_such"));
    assert_eq!(edition(&site), first);

    std::fs::write(&template, "<h1>{{ page.welcome }} own page</h1>").unwrap();
    std::fs::write(own.join("empty.yaml"), "").unwrap();
    assert!(!admin.get("/rules").body.contains("empty.yaml"));
    admin.send("/rules", "/rules/reload", &[]);
    assert_ne!(edition(&site), first);
    let page = admin.get("/rules").body;
    assert!(page.contains("empty.yaml") && page.contains("MK018"), "what is worth a look is shown: {page}");
    assert!(site.visitor().get("/").body.contains("own page"));
}

#[test]
fn no_request_fails_while_editions_change() {
    let folder = folder();
    let site = Site::of_folder(folder.path().to_owned());
    let student = site.signed_in("4110101");
    let school = folder.path().join("workflows/ncut/school.yaml");
    let text = std::fs::read_to_string(&school).unwrap();
    let over = AtomicBool::new(false);
    let asked = std::thread::scope(|scope| {
        let askers: Vec<_> = (0..4)
            .map(|_| {
                let mut student = student.clone();
                let over = &over;
                scope.spawn(move || {
                    let mut asked = 0;
                    while !over.load(Ordering::Relaxed) {
                        assert_eq!(student.get("/me").status, 200);
                        asked += 1;
                    }
                    asked
                })
            })
            .collect();
        for round in 0..6 {
            let broken = round % 2 == 1;
            let next = if broken { format!("{text}\nnonsense: [") } else { format!("{text}\n# round {round}\n") };
            std::fs::write(&school, next).unwrap();
            assert_eq!(site.app.reload().is_err(), broken);
        }
        over.store(true, Ordering::Relaxed);
        askers.into_iter().map(|asker| asker.join().unwrap()).sum::<usize>()
    });
    assert!(asked > 10, "{asked}");
}
