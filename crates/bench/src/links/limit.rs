//! pgbench commits the same rows, into tables made alike, in the same number of transactions.
//!
//! The copies have the columns, checks and indexes of the real tables, and neither foreign keys nor
//! row-level security: the limit is rather too high than too low.

use crate::database::{Database, Load};
use crate::scratch::Scratch;
use anyhow::Context as _;
use bitewing_auth::Service;
use bitewing_postgres::Cluster;
use std::fmt::Write as _;

/// Which rows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rows {
    OfAMadeLink,
    OfAnUnlockedLink,
}

/// What happens to a row.
enum Change {
    Insert(&'static str),
    Update(&'static str),
    Commit,
}

use Change::{Commit, Insert, Update};

impl Rows {
    /// As CreateLink, and OpenLink with VerifyCode, write them.
    const fn changes(self) -> &'static [Change] {
        match self {
            Self::OfAMadeLink => &[
                Insert("public.links"),
                Insert("public.link_documents"),
                Insert("public.challenges"),
                Insert("public.receipts"),
                Insert("store.audit_entries"),
                Insert("store.outbox"),
                Insert("store.job"),
                Insert("store.job"),
                Commit,
            ],
            Self::OfAnUnlockedLink => &[
                Insert("public.receipts"),
                Insert("store.audit_entries"),
                Insert("store.outbox"),
                Commit,
                Insert("public.budgets"),
                Commit,
                Insert("public.guesses"),
                Update("public.challenges"),
                Update("public.challenges"),
                Update("public.links"),
                Insert("public.sessions"),
                Insert("public.receipts"),
                Insert("store.audit_entries"),
                Insert("store.outbox"),
                Commit,
            ],
        }
    }
}

/// Transactions of a kind a second, 32 clients.
pub(super) async fn run(postgres: &Cluster, rows: Rows, seconds: u32) -> anyhow::Result<f64> {
    let database = Database::of(postgres, Service::SecureDocument).await?;
    let scratch = Scratch::new("links")?;
    let file = scratch.path().join("script.sql");
    std::fs::write(&file, Sql(&database).script(rows)?)?;
    database.rate(&Load {
        script: &file,
        variables: &[],
        mode: "simple",
        connections: 32,
        seconds,
    })
}

struct Sql<'a>(&'a Database);

/// A column of a table.
struct Column {
    name: String,
    kind: String,
    unique: bool,
}

impl Sql<'_> {
    fn ask(&self, query: &str) -> anyhow::Result<String> {
        self.0.ask(query)
    }

    /// Makes the copies and writes the script.
    fn script(&self, rows: Rows) -> anyhow::Result<String> {
        self.ask("drop schema if exists bench cascade; create schema bench")?;
        let mut script = String::new();
        let mut open = false;
        for change in rows.changes() {
            if !std::mem::replace(&mut open, !matches!(change, Commit)) {
                script.push_str("begin;\n");
            }
            match change {
                Insert(table) => script.push_str(&self.insert(table)?),
                Update(table) => script.push_str(&self.update(table)?),
                Commit => script.push_str("commit;\n"),
            }
        }
        Ok(script)
    }

    fn copy(&self, table: &str) -> anyhow::Result<String> {
        let copy = format!("bench.{}", table.replace('.', "_"));
        self.ask(&format!(
            "create table if not exists {copy} (like {table} including all)"
        ))?;
        Ok(copy)
    }

    fn columns(&self, table: &str) -> anyhow::Result<Vec<Column>> {
        let answer = self.ask(&format!(
            "select a.attname || '|' || format_type(a.atttypid, a.atttypmod) || '|' || exists (
                 select from pg_index i where i.indrelid = a.attrelid and i.indisunique and a.attnum = any (i.indkey))
             from pg_attribute a
             where a.attrelid = '{table}'::regclass and a.attnum > 0 and not a.attisdropped
               and a.attidentity = '' and a.attgenerated = ''
             order by a.attnum"
        ))?;
        answer
            .lines()
            .map(|line| {
                let mut parts = line.split('|');
                let mut next = || {
                    parts
                        .next()
                        .map(str::to_owned)
                        .context("three parts a column")
                };
                Ok(Column {
                    name: next()?,
                    kind: next()?,
                    unique: next()? == "true",
                })
            })
            .collect()
    }

    /// A row like one that is there, with fresh values where they must be unique.
    fn insert(&self, table: &str) -> anyhow::Result<String> {
        let copy = self.copy(table)?;
        let columns = self.columns(table)?;
        let mut values = String::new();
        for column in &columns {
            if !values.is_empty() {
                values.push_str(", ");
            }
            let name = &column.name;
            match column.kind.as_str() {
                "uuid" if column.unique && name != "organization_id" => {
                    values.push_str("gen_random_uuid()");
                }
                "bytea" if column.unique => values.push_str("sha256(random()::text::bytea)"),
                "text" if column.unique => values.push_str("random()::text"),
                "bigint" if column.unique => values.push_str("(random() * 9e15)::bigint"),
                kind => {
                    let value = self.ask(&format!(
                        "select quote_nullable({name}::text) from {table} limit 1"
                    ))?;
                    match value.trim() {
                        // Rows that are gone again by now.
                        "" => values.push_str(some_value(kind)),
                        value => write!(values, "{value}::{kind}")?,
                    }
                }
            }
        }
        let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        Ok(format!(
            "insert into {copy} ({}) values ({values});\n",
            names.join(", ")
        ))
    }

    /// A change of one of the rows that are there.
    fn update(&self, table: &str) -> anyhow::Result<String> {
        let copy = format!("{}_changed", self.copy(table)?);
        let columns = self.columns(table)?;
        let column = columns
            .iter()
            .find(|column| !column.unique && matches!(column.kind.as_str(), "integer" | "smallint"))
            .context("a column that may change")?;
        self.ask(&format!(
            "do $$ begin
                 if to_regclass('{copy}') is null then
                     create table {copy} (like {table} including all);
                     alter table {copy} add n bigint generated always as identity;
                     insert into {copy} select * from {table};
                     create unique index on {copy} (n);
                 end if;
             end $$"
        ))?;
        let rows = self.ask(&format!("select count(*) from {copy}"))?;
        let name = &column.name;
        Ok(format!(
            "\\set n random(1, {})\nupdate {copy} set {name} = {name} where n = :n;\n",
            rows.trim()
        ))
    }
}

/// Any value of a type.
fn some_value(kind: &str) -> &'static str {
    match kind {
        "uuid" => "gen_random_uuid()",
        "bytea" => "'\\x00'::bytea",
        "text" => "''",
        "boolean" => "false",
        "smallint" | "integer" | "bigint" => "1",
        kind if kind.starts_with("timestamp") => "now()",
        _ => "null",
    }
}
