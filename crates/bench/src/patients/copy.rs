//! COPY of the rows an import wrote, by a superuser: the same rows for another organization, into the same tables,
//! with their indexes and foreign keys, over the same number of connections. What the import told and wrote down for
//! itself (events, results of rows) is copied too; events into a table made alike, so that nobody takes them for
//! facts. Lines of audit, one for a thousand rows, are left out.

use super::chain::Chain;
use super::import::Took;
use crate::database::Database;
use crate::machine::run;
use crate::scratch::Scratch;
use anyhow::Context as _;
use bitewing_core::{Ids as _, SystemIds};
use sqlx::types::Uuid;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;
use std::time::Instant;

/// The tables, each with where to and what of it an import of a clinic wrote.
const TABLES: [(&str, &str, &str); 6] = [
    (
        "public.patients",
        "public.patients",
        "clinic_id = '$clinic'",
    ),
    (
        "public.external_ids",
        "public.external_ids",
        "patient_id in ($patients)",
    ),
    (
        "public.contact_points",
        "public.contact_points",
        "patient_id in ($patients)",
    ),
    (
        "public.patient_names",
        "public.patient_names",
        "patient_id in ($patients)",
    ),
    (
        "public.import_rows",
        "public.import_rows",
        "batch_id = '$batch'",
    ),
    (
        "store.outbox",
        "bench.outbox",
        "payload ->> 'clinic_id' = '$name'",
    ),
];

/// The other organization.
pub(super) struct Rival {
    organization: Uuid,
    scratch: Scratch,
}

impl Rival {
    /// Gives it the clinics of the chain.
    pub(super) fn prepare(database: &Database, chain: &Chain) -> anyhow::Result<Self> {
        let organization = SystemIds.next();
        let ours = chain.organization.uuid();
        database.ask(
            "create schema bench; create table bench.outbox (like store.outbox including all)",
        )?;
        let columns = columns(database, "public.clinics")?;
        let others = columns.join(", ");
        database.ask(&format!(
            "insert into clinics (organization_id, {others})
             select '{organization}', {others} from clinics where organization_id = '{ours}'"
        ))?;
        let scratch = Scratch::new("patients")?;
        Ok(Self {
            organization,
            scratch,
        })
    }

    /// Copies what an import of clinics wrote.
    pub(super) async fn copy(
        &self,
        database: &Database,
        chain: &Chain,
        clinics: Range<usize>,
    ) -> anyhow::Result<Took> {
        let mut scripts = Vec::new();
        let mut rows = 0;
        for clinic in clinics {
            let numbers = chain.numbers(clinic);
            rows += numbers.end - numbers.start;
            scripts.push(self.write_out(database, chain, clinic)?);
        }
        let begun = Instant::now();
        let mut running = tokio::task::JoinSet::new();
        for script in scripts {
            // One transaction: what COPY is best at.
            let mut psql = database.psql()?;
            psql.args(["-1", "-f", &script]);
            running.spawn_blocking(move || run(&mut psql));
        }
        while let Some(ended) = running.join_next().await {
            ended??;
        }
        let time = begun.elapsed();
        for file in std::fs::read_dir(self.scratch.path())? {
            std::fs::remove_file(file?.path())?;
        }
        Ok(Took { rows, time })
    }

    /// Writes the rows of a clinic to files, and a script that copies them in.
    fn write_out(
        &self,
        database: &Database,
        chain: &Chain,
        clinic: usize,
    ) -> anyhow::Result<String> {
        let ours = chain.organization.uuid();
        let name = &chain.clinics[clinic];
        let id: bitewing_core::ClinicId = name.parse().context("a clinic's identifier")?;
        let id = id.uuid();
        let patients = format!(
            "select id from public.patients where organization_id = '{ours}' and clinic_id = '{id}'"
        );
        let (mut out, mut script) = (String::new(), String::new());
        for (nth, (from, into, which)) in TABLES.into_iter().enumerate() {
            let which = which
                .replace("$patients", &patients)
                .replace("$clinic", &id.to_string())
                .replace("$batch", &format!("bench-{clinic}"))
                .replace("$name", name);
            let columns = columns(database, from)?.join(", ");
            // A position is given later, by an UPDATE.
            let values = columns.replace("position", "null");
            let file = path(self.scratch.path(), &format!("{clinic}-{nth}"))?;
            writeln!(
                out,
                "\\copy (select '{}'::uuid, {values} from {from} where organization_id = '{ours}' and {which}) to '{file}'",
                self.organization
            )?;
            writeln!(
                script,
                "\\copy {into} (organization_id, {columns}) from '{file}'"
            )?;
        }
        let outward = path(self.scratch.path(), &format!("{clinic}-out.sql"))?;
        std::fs::write(&outward, out)?;
        run(database.psql()?.args(["-f", &outward]))?;
        let inward = path(self.scratch.path(), &format!("{clinic}-in.sql"))?;
        std::fs::write(&inward, script)?;
        Ok(inward)
    }
}

/// The columns of a table but the organization.
fn columns(database: &Database, table: &str) -> anyhow::Result<Vec<String>> {
    let answer = database.ask(&format!(
        "select attname from pg_attribute
         where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped
           and attgenerated = '' and attname <> 'organization_id'
         order by attnum"
    ))?;
    Ok(answer.lines().map(str::to_owned).collect())
}

fn path(folder: &Path, name: &str) -> anyhow::Result<String> {
    let path = folder.join(name);
    Ok(path.to_str().context("the path is a text")?.to_owned())
}
