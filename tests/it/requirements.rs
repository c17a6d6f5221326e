//! What the documents promise exists.
//!
//! `docs/REQUIREMENTS.md` has a row per requirement, `docs/SECURITY.md` a row per threat. Words in
//! backquotes in the last two columns are checked: files, RPCs, routes and tests. A row may say
//! `not built`, and then names nothing.

use crate::layering::root;
use crate::suite::rpcs;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A row of a table: its cells, trimmed.
type Cells = Vec<String>;

fn rows(document: &str, prefix: char) -> Vec<Cells> {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let lines = text.lines().filter(|line| line.starts_with('|'));
    let rows = lines.map(|line| -> Cells {
        let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
        inner
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    });
    rows.filter(|cells| {
        let number = cells[0].trim_start_matches(prefix);
        number.parse::<u32>().is_ok()
    })
    .collect()
}

/// What stands between backquotes.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// Everything that can be named.
struct Known {
    rpcs: BTreeSet<String>,
    text: String,
    functions: BTreeSet<String>,
}

impl Known {
    fn read() -> Self {
        let mut rpc_names = BTreeSet::new();
        for rpc in rpcs::all() {
            let service = rpc.method.parent_service().name().to_owned();
            let method = rpc.method.name().to_owned();
            rpc_names.extend([
                format!("{service}.{method}"),
                format!("{service}/{method}"),
                service,
                method,
            ]);
        }
        let mut known = Self {
            rpcs: rpc_names,
            text: String::new(),
            functions: BTreeSet::new(),
        };
        for folder in ["crates", "services", "tests", "proto"] {
            known.collect(&root().join(folder));
        }
        known
    }

    fn collect(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path
                .extension()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                self.collect(&path);
            } else if matches!(extension.as_str(), "rs" | "proto" | "py" | "js" | "sql") {
                let text = fs::read_to_string(&path).unwrap();
                let functions = text.split("fn ").skip(1).chain(text.split("def ").skip(1));
                let names = functions.map(|rest| {
                    rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                        .next()
                        .unwrap_or_default()
                });
                self.functions.extend(names.map(str::to_owned));
                self.text.push_str(&text);
            }
        }
    }

    /// Whether a word names something there is.
    fn has(&self, word: &str) -> bool {
        let word = word.trim();
        if let Some((_, test)) = word.rsplit_once("::") {
            return self.functions.contains(test) || self.text.contains(test);
        }
        let is_route =
            word.starts_with('/') || word.starts_with("GET ") || word.starts_with("POST ");
        if word.contains('/') && !is_route && !self.rpcs.contains(word) {
            return root().join(word.trim_end_matches('/')).exists();
        }
        self.rpcs.contains(word) || self.functions.contains(word) || self.text.contains(word)
    }
}

/// What is wrong with a document's rows.
fn faults(known: &Known, document: &str, rows: &[Cells]) -> Vec<String> {
    let mut faults = Vec::new();
    for cells in rows {
        let name = format!("{document} {}", cells[0]);
        let [_, _, .., place, proof] = cells.as_slice() else {
            faults.push(format!("{name} has {} cells", cells.len()));
            continue;
        };
        if place == "not built" || proof == "not built" {
            continue;
        }
        // A threat's place is told in words; a requirement's is a file or an RPC.
        let named = [quoted(place), quoted(proof)];
        let told = cells[0].starts_with('T');
        if named[1].is_empty() || (named[0].is_empty() && !told) {
            faults.push(format!(
                "{name} names no place or no test, and does not say `not built`"
            ));
        }
        let missing = named.concat().into_iter().filter(|word| !known.has(word));
        faults.extend(missing.map(|word| format!("{name} names `{word}`, which does not exist")));
    }
    faults
}

#[test]
fn every_requirement_has_a_row_that_is_true() {
    let rows = rows("docs/REQUIREMENTS.md", 'R');
    let numbers: Vec<String> = rows.iter().map(|cells| cells[0].clone()).collect();
    let expected: Vec<String> = (1..=106).map(|number| format!("R{number}")).collect();
    assert_eq!(numbers, expected);
    let faults = faults(&Known::read(), "REQUIREMENTS.md", &rows);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_threat_has_a_row_that_is_true() {
    let rows = rows("docs/SECURITY.md", 'T');
    assert!(rows.len() > 20, "only {} threats are listed", rows.len());
    let faults = faults(&Known::read(), "SECURITY.md", &rows);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
