//! The repository keeps its own rules of layering.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The longest source file that is not a test.
const LONGEST: usize = 500;
const SERVICES: [&str; 5] = [
    "bitewing-gateway",
    "bitewing-conversation",
    "bitewing-patient-profile",
    "bitewing-template",
    "bitewing-secure-document",
];

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// Our packages and which of them each one depends on; what only its tests need is marked.
fn edges() -> Vec<(String, String, bool)> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let ours: Vec<String> = packages.iter().map(name).collect();
    let edges = packages.iter().flat_map(|package| {
        let dependencies = package["dependencies"].as_array().unwrap();
        dependencies
            .iter()
            .map(move |dependency| (name(package), name(dependency), dependency["kind"] == "dev"))
    });
    edges.filter(|(_, to, _)| ours.contains(to)).collect()
}

#[test]
fn dependencies_point_inwards() {
    let edges = edges();
    assert!(edges.len() > 20, "only {} edges were read", edges.len());
    let mut forbidden = Vec::new();
    for (from, to, dev) in &edges {
        let to_service = SERVICES.contains(&to.as_str());
        let from_service = SERVICES.contains(&from.as_str());
        let reason = if from_service && to_service {
            "a service knows another one through its contract only"
        } else if from == "bitewing-core" {
            "core stands on nothing of ours"
        } else if to_service
            && !matches!(
                from.as_str(),
                "bitewing" | "bitewing-tests" | "bitewing-bench"
            )
        {
            "only the program depends on services"
        } else if to == "bitewing" && !matches!(from.as_str(), "bitewing-tests" | "bitewing-bench")
        {
            "nothing stands on the program"
        } else if to == "bitewing-testkit" && !dev && from != "bitewing-tests" {
            "what ships does not stand on what tests"
        } else if from == "bitewing-auth" && to != "bitewing-core"
            || from == "bitewing-store"
                && matches!(
                    to.as_str(),
                    "bitewing-rpc" | "bitewing-proto" | "bitewing-runtime"
                )
            || from == "bitewing-rpc"
                && matches!(to.as_str(), "bitewing-store" | "bitewing-runtime")
        {
            "runtime stands on rpc and store, both on auth, auth on core"
        } else {
            continue;
        };
        if !(*dev && from == "bitewing-core") {
            forbidden.push(format!("{from} -> {to}: {reason}"));
        }
    }
    assert!(forbidden.is_empty(), "{}", forbidden.join("\n"));
}

/// A source file of ours: where, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn is_test(&self) -> bool {
        let path = &self.path;
        path.starts_with("tests/")
            || path.contains("/tests/")
            || path.ends_with("/tests.rs")
            || path.contains("testkit")
    }

    /// The text before the unit tests at its bottom, comments left out.
    fn code(&self) -> String {
        let before = self.text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = before
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn collect(folder: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && !matches!(name.as_str(), "target" | ".git" | "node_modules") {
            collect(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let relative = path
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            sources.push(Source {
                path: relative,
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in ["crates", "services", "tests"] {
        collect(&root().join(folder), &mut sources);
    }
    assert!(
        sources.len() > 200,
        "only {} sources were read",
        sources.len()
    );
    sources
}

/// Every place where a source that is meant holds a text it must not.
fn offences(meant: impl Fn(&Source) -> bool, words: &[&str]) -> Vec<String> {
    let sources = sources();
    let meant: Vec<&Source> = sources.iter().filter(|source| meant(source)).collect();
    assert!(!meant.is_empty(), "the rule is about no file");
    let mut offences = Vec::new();
    for source in meant {
        let code = source.code();
        let found = words.iter().filter(|word| code.contains(**word));
        offences.extend(found.map(|word| format!("{} says {word}", source.path)));
    }
    offences
}

const NONE: [String; 0] = [];

#[test]
fn the_domain_knows_neither_wire_nor_database() {
    let in_domain = |source: &Source| {
        source.path.starts_with("services/") && source.path.contains("/src/domain/")
    };
    assert_eq!(
        offences(
            in_domain,
            &["tonic", "prost", "sqlx", "bitewing_proto", "axum"]
        ),
        NONE
    );
}

#[test]
fn the_store_does_not_know_the_wire() {
    let in_store = |source: &Source| {
        !source.is_test()
            && (source.path.contains("/src/store/") || source.path.starts_with("crates/store/src/"))
    };
    assert_eq!(
        offences(in_store, &["tonic::", "bitewing_proto", "use axum"]),
        NONE
    );
}

#[test]
fn sql_is_spoken_in_the_store_only() {
    let elsewhere = |source: &Source| {
        source.path.starts_with("services/")
            && !source.is_test()
            && !source.path.contains("/src/store/")
            && !source.path.ends_with("/src/lib.rs")
            && !source.path.ends_with("/src/error.rs")
    };
    assert_eq!(
        offences(
            elsewhere,
            &["sqlx::query", "query!(", "query_as!(", "query_scalar!("]
        ),
        NONE
    );
}

#[test]
fn a_status_is_made_in_one_place() {
    let elsewhere = |source: &Source| !source.is_test() && !source.path.starts_with("crates/rpc/");
    let words = [
        "Status::new(",
        "Status::internal(",
        "Status::not_found(",
        "Status::invalid_argument(",
        "Status::unknown(",
        "Status::unauthenticated(",
        "Status::permission_denied(",
        "Status::unavailable(",
        "Status::already_exists(",
        "Status::aborted(",
        "Status::resource_exhausted(",
        "Status::failed_precondition(",
        "Status::deadline_exceeded(",
        "Status::unimplemented(",
    ];
    assert_eq!(offences(elsewhere, &words), NONE);
}

#[test]
fn no_module_is_named_after_nothing() {
    let words: Vec<String> = [
        "utils", "util", "common", "helpers", "helper", "manager", "misc",
    ]
    .iter()
    .flat_map(|name| [format!("mod {name};"), format!("mod {name} {{")])
    .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // The package of messages that several services share has that name in the contracts.
    let ours = |source: &Source| {
        source.path != "crates/proto/src/lib.rs" && source.path != "tests/it/layering.rs"
    };
    assert_eq!(offences(ours, &words), NONE);
}

#[test]
fn files_stay_short() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| !source.is_test())
        .map(|source| (source.text.lines().count(), &source.path))
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    assert_eq!(long, NONE);
}

#[test]
fn only_programs_for_people_print() {
    let elsewhere = |source: &Source| {
        // The last is where every program says with what it fails.
        let printing = [
            "crates/bitewing/",
            "crates/bench/",
            "crates/xtask/",
            "crates/runtime/src/process.rs",
        ];
        let builds = source.path.ends_with("build.rs");
        !source.is_test() && !builds && !printing.iter().any(|path| source.path.starts_with(path))
    };
    assert_eq!(
        offences(elsewhere, &["println!(", "print!(", "eprintln!(", "dbg!("]),
        NONE
    );
}

#[test]
fn lints_are_expected_with_a_reason_and_nothing_is_left_undone() {
    let ours = |source: &Source| source.path != "tests/it/layering.rs";
    assert_eq!(
        offences(
            ours,
            &[
                "#[allow(",
                "#![allow(",
                "todo!(",
                "unimplemented!(",
                "#[ignore"
            ]
        ),
        NONE
    );
}

#[test]
fn every_service_has_the_same_shape() {
    for service in [
        "gateway",
        "conversation",
        "patient-profile",
        "template",
        "secure-document",
    ] {
        let folder = root().join("services").join(service);
        for path in [
            "Cargo.toml",
            "README.md",
            "sqlx.toml",
            "migrations",
            ".sqlx",
            "src/main.rs",
            "src/lib.rs",
            "src/config.rs",
            "src/error.rs",
            "src/domain/mod.rs",
            "src/grpc/mod.rs",
            "src/store/mod.rs",
            "tests/it/main.rs",
        ] {
            assert!(
                folder.join(path).exists(),
                "services/{service} has no {path}"
            );
        }
        let main = fs::read_to_string(folder.join("src/main.rs")).unwrap();
        assert!(
            main.lines().count() < 20,
            "services/{service}/src/main.rs does more than start"
        );
    }
}
