//! The page of behaviours: every file, key and test that it names is there, and no behaviour is left out.

use std::collections::BTreeMap;
use std::path::Path;

use crate::harness;

const PAGE: &str = "docs/behaviours.md";
/// Behaviours by letter, how many, and the school whose folder says them.
const ALL: [(&str, usize, &str); 7] = [
    ("T", 7, "ncut"),
    ("N", 5, "ncut"),
    ("C", 16, "ncut"),
    ("L", 4, "ncut"),
    ("P", 5, "npust"),
    ("K", 5, "nkust"),
    ("U", 6, "nptu"),
];

fn text(file: &str) -> Option<String> {
    std::fs::read_to_string(harness::root().join(file)).ok()
}

/// The rows of the page by their first cell, as cells.
fn rows() -> BTreeMap<String, Vec<String>> {
    let page = text(PAGE).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = rows.map(|line| line.split(" | ").map(str::to_owned).collect::<Vec<_>>());
    rows.map(|cells| (cells[0].clone(), cells)).collect()
}

/// What a cell names: words and the file that they link to.
fn links(cell: &str) -> Vec<(String, String)> {
    let parts = cell.split("](../").collect::<Vec<_>>();
    let words = |part: &str| part.rsplit_once('[').map(|(_, words)| words.to_owned());
    parts
        .windows(2)
        .filter_map(|pair| Some((words(pair[0])?, pair[1].split_once(')').map(|(file, _)| file.to_owned())?)))
        .collect()
}

/// Whether a file says something: a key of YAML by its path, a function of a script.
fn says(file: &str, key: &str) -> Result<(), String> {
    let content = text(file).ok_or(format!("there is no file {file}"))?;
    if file.ends_with(".rhai") {
        return content.contains(&format!("fn {key}(")).then_some(()).ok_or(format!("{file} has no function {key}"));
    }
    if !file.ends_with(".yaml") {
        return Ok(());
    }
    let mut value: serde_yaml::Value = serde_yaml::from_str(&content).map_err(|error| format!("{file}: {error}"))?;
    for step in key.split('.') {
        let number = step.parse::<i64>().ok().map(serde_yaml::Value::from);
        let found = value.get(step).or_else(|| value.get(number?)).cloned();
        value = found.ok_or(format!("{file} has no key {key}"))?;
    }
    Ok(())
}

/// Whether a test is there: a function, or an example or a journey by its name.
fn shows(file: &str, name: &str) -> Result<(), String> {
    let content = text(file).ok_or(format!("there is no file {file}"))?;
    let there = match file.ends_with(".rs") {
        true => content.contains(&format!("fn {name}(")),
        false => content.contains(name),
    };
    there.then_some(()).ok_or(format!("{file} has no test {name}"))
}

#[test]
fn every_behaviour_is_defined_and_shown() {
    let (rows, mut wrong) = (rows(), Vec::new());
    for (letter, count, school) in ALL {
        // A school that is not there has nothing to say.
        if !harness::root().join("workflows").join(school).is_dir() {
            continue;
        }
        for number in 1..=count {
            let id = format!("{letter}{number}");
            let Some([_, what, defined, shown]) = rows.get(&id).map(Vec::as_slice) else {
                wrong.push(format!("{id} has no row"));
                continue;
            };
            let (defined, shown) = (links(defined), links(shown));
            if what.is_empty() || defined.is_empty() || shown.is_empty() {
                wrong.push(format!("{id} has a hole"));
            }
            let defined = defined.iter().filter_map(|(key, file)| says(file, key).err());
            wrong.extend(
                defined
                    .chain(shown.iter().filter_map(|(name, file)| shows(file, name).err()))
                    .map(|why| format!("{id}: {why}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lines of the files below a folder that fit.
fn lines(folder: &Path, fits: &dyn Fn(&str) -> bool) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let count = |path: &Path| match path.is_dir() {
        true => lines(path, fits),
        false if fits(&path.file_name().unwrap().to_string_lossy()) => {
            std::fs::read_to_string(path).unwrap().lines().count()
        }
        false => 0,
    };
    entries.map(|entry| count(&entry.unwrap().path())).sum()
}

#[test]
fn no_school_is_long_and_the_page_says_how_long() {
    let (rows, mut wrong) = (rows(), Vec::new());
    for school in menkan::definition::folder::schools(harness::root()).unwrap() {
        let workflows = harness::root().join("workflows").join(&school);
        let rules = harness::root().join("rules").join(&school);
        let yaml = lines(&workflows, &|name| name != "demo.yaml");
        let rhai = lines(&rules, &|name| name.ends_with(".rhai"));
        let examples = lines(&rules, &|name| name.ends_with(".examples.yaml"));
        let demo = lines(&workflows, &|name| name == "demo.yaml");
        let counts = [yaml, rhai, yaml + rhai, examples, demo];
        let said: Vec<usize> = rows.get(&school).into_iter().flatten().filter_map(|cell| cell.parse().ok()).collect();
        // A line more or less does not make the page wrong.
        let is_near = |(said, count): (&usize, &usize)| said.abs_diff(*count) <= 20 + count / 10;
        if said.len() != counts.len() || !said.iter().zip(&counts).all(is_near) {
            wrong.push(format!("| {school} | {} |", counts.map(|count| count.to_string()).join(" | ")));
        }
        assert!(yaml + rhai <= 700, "{school} has {} lines of YAML and Rhai", yaml + rhai);
    }
    assert!(wrong.is_empty(), "{PAGE} should say\n{}", wrong.join("\n"));
}
