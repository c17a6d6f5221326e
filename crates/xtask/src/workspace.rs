//! The repository and the crates in it that have a database.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;

/// The folders whose children are crates.
const PARENTS: [&str; 2] = ["crates", "services"];

/// The repository.
pub(crate) struct Workspace {
    root: PathBuf,
}

/// A crate with migrations and checked queries.
pub(crate) struct DatabaseCrate {
    /// Its folder's name: `store`, `patient-profile`.
    pub(crate) name: String,
    pub(crate) package: String,
    pub(crate) dir: PathBuf,
    /// Names the database to the query macros.
    pub(crate) variable: String,
    /// Keeps the record of applied migrations.
    pub(crate) table_name: Option<String>,
    pub(crate) schemas: Vec<String>,
}

impl Workspace {
    pub(crate) fn find() -> anyhow::Result<Workspace> {
        let own = env::var_os("CARGO_MANIFEST_DIR").context("run me as `cargo xtask`")?;
        let root = Path::new(&own)
            .ancestors()
            .nth(2)
            .context("crates/xtask has moved")?;
        Ok(Workspace {
            root: root.to_owned(),
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A folder for what recipes make; `cargo clean` removes it.
    pub(crate) fn target(&self, name: &str) -> PathBuf {
        self.root.join("target").join(name)
    }

    /// Lists the crates that have a database, the one whose migrations all others need first.
    pub(crate) fn database_crates(&self) -> anyhow::Result<Vec<DatabaseCrate>> {
        let mut crates = Vec::new();
        for parent in PARENTS {
            for entry in fs::read_dir(self.root.join(parent))? {
                let dir = entry?.path();
                if dir.join("sqlx.toml").exists() {
                    crates.push(
                        DatabaseCrate::read(dir.clone())
                            .with_context(|| format!("cannot read {}", dir.display()))?,
                    );
                }
            }
        }
        crates.sort_by_key(|krate| (!krate.is_shared(), krate.name.clone()));
        Ok(crates)
    }
}

impl DatabaseCrate {
    /// Tells whether this crate's tables are part of every service's database.
    pub(crate) fn is_shared(&self) -> bool {
        self.name == "store"
    }

    /// Where the offline data of its queries is kept.
    pub(crate) fn query_data(&self) -> PathBuf {
        self.dir.join(".sqlx")
    }

    fn read(dir: PathBuf) -> anyhow::Result<DatabaseCrate> {
        let manifest: Manifest = toml::from_str(&fs::read_to_string(dir.join("Cargo.toml"))?)?;
        let config: SqlxConfig = toml::from_str(&fs::read_to_string(dir.join("sqlx.toml"))?)?;
        let name = dir
            .file_name()
            .context("a crate has a folder")?
            .to_string_lossy()
            .into_owned();
        Ok(DatabaseCrate {
            name,
            package: manifest.package.name,
            variable: config.common.database_url_var,
            table_name: config.migrate.table_name,
            schemas: config.migrate.create_schemas,
            dir,
        })
    }
}

/// Lists the first file of every library, program, test, example and benchmark of a crate.
pub(crate) fn target_roots(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut roots = vec![dir.join("src/lib.rs"), dir.join("src/main.rs")];
    for folder in ["src/bin", "tests", "examples", "benches"] {
        let folder = dir.join(folder);
        if folder.exists() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                roots.push(if path.is_dir() {
                    path.join("main.rs")
                } else {
                    path
                });
            }
        }
    }
    roots.retain(|path| path.extension().is_some_and(|ext| ext == "rs") && path.exists());
    Ok(roots)
}

#[derive(Deserialize)]
struct Manifest {
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}

/// The part of `sqlx.toml` that decides how migrations run.
#[derive(Deserialize)]
struct SqlxConfig {
    common: Common,
    #[serde(default)]
    migrate: Migrate,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Common {
    database_url_var: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
struct Migrate {
    table_name: Option<String>,
    #[serde(default)]
    create_schemas: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_decides_how_migrations_run() {
        let config: SqlxConfig = toml::from_str(
            "[common]\ndatabase-url-var = \"STORE_DATABASE_URL\"\n\
             [migrate]\ntable-name = \"store.applied\"\ncreate-schemas = [\"store\"]\n",
        )
        .unwrap();
        assert_eq!(config.common.database_url_var, "STORE_DATABASE_URL");
        assert_eq!(config.migrate.table_name.as_deref(), Some("store.applied"));
        assert_eq!(config.migrate.create_schemas, ["store"]);
    }

    #[test]
    fn migrations_need_no_settings() {
        let config: SqlxConfig =
            toml::from_str("[common]\ndatabase-url-var = \"GATEWAY_DATABASE_URL\"").unwrap();
        assert_eq!(config.migrate.table_name, None);
        assert!(config.migrate.create_schemas.is_empty());
    }
}
