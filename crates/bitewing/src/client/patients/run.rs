//! Rows on their way to the gateway, in batches, each done once however often it is sent; and with them visits,
//! recalls and merges, which are the same when they are done twice.

use super::super::api::Api;
use super::super::failure::Failure;
use super::super::output::Output;
use super::merge::{Merged, merge};
use super::refused::Refused;
use bitewing_interop::{ExternalId, Item, Mirrored, Problem, Row};
use serde_json::{Value, json};

/// Rows of one call: half of what the gateway takes, so that a slow installation answers in time.
const ROWS: usize = 500;
/// Bytes of one call, well below what the gateway takes (4 MiB).
const BYTES: usize = 2 << 20;
/// How many rejected patients are remembered for a snapshot: more than the gateway takes is enough to know.
const KEPT: usize = 10_001;

/// How many had which end.
#[derive(Default)]
pub(super) struct Count {
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
    pub(super) rejected: u64,
    pub(super) skipped: u64,
    pub(super) appointments: u64,
    pub(super) recalls: u64,
    pub(super) merged: u64,
}

/// Whom a row that cannot be sent is about.
pub(super) enum Whose<'a> {
    /// A patient, by the number in the dental system.
    Patient(&'a str),
    /// No patient.
    Nobodys,
    /// It cannot be read.
    Unknown,
}

impl<'a> Whose<'a> {
    /// Whom a patient's row is about.
    pub(super) fn of(key: Option<&'a str>) -> Self {
        key.map_or(Self::Unknown, Self::Patient)
    }
}

/// A row that waits to be sent.
struct Waiting {
    json: Value,
    number: i32,
    line: u64,
    /// The patient's number in the dental system.
    key: Option<String>,
    /// Where things stood in the file.
    row: Option<Box<Row>>,
}

/// A run.
pub(super) struct Run<'a> {
    pub(super) api: &'a Api,
    pub(super) batch: String,
    pub(super) dry: bool,
    rows: Vec<Waiting>,
    visits: Vec<(i32, Mirrored)>,
    recalls: Vec<(i32, Mirrored)>,
    bytes: usize,
    /// How many rows were sent.
    pub(super) sent: i32,
    /// Patients that are in the file though their rows were rejected.
    pub(super) kept: Vec<String>,
    /// Rows nobody knows whose they are.
    pub(super) nameless: u64,
    pub(super) count: Count,
    refused: Refused,
}

impl<'a> Run<'a> {
    pub(super) fn new(api: &'a Api, batch: String, dry: bool, refused: Refused) -> Self {
        Self {
            api,
            batch,
            dry,
            rows: Vec::new(),
            visits: Vec::new(),
            recalls: Vec::new(),
            bytes: 0,
            sent: 0,
            kept: Vec::new(),
            nameless: 0,
            count: Count::default(),
            refused,
        }
    }

    /// Takes a row of a table.
    pub(super) async fn row(&mut self, number: i32, line: u64, row: Value) -> Result<(), Failure> {
        let key = row["patient"]["externalIds"][0]["value"].as_str();
        let key = key.map(str::to_owned);
        self.wait(Waiting {
            json: row,
            number,
            line,
            key,
            row: None,
        })
        .await
    }

    /// Takes what a resource or message comes to.
    pub(super) async fn item(&mut self, number: i32, item: Item) -> Result<(), Failure> {
        match item {
            Item::Patient(row) => {
                let json = row.to_json(number.unsigned_abs());
                let key = Some(row.key.value.clone());
                self.wait(Waiting {
                    json,
                    number,
                    line: 0,
                    key,
                    row: Some(row),
                })
                .await?;
            }
            Item::Appointment(visit) => {
                self.visits.push((number, *visit));
                if self.visits.len() >= ROWS {
                    self.send().await?;
                }
            }
            Item::Recall(recall) => {
                self.recalls.push((number, *recall));
                if self.recalls.len() >= ROWS {
                    self.send().await?;
                }
            }
            Item::Merge {
                survivor,
                duplicate,
            } => self.merge(number, &survivor, &duplicate).await?,
            Item::Skipped(_) => self.count.skipped += 1,
        }
        Ok(())
    }

    /// Takes a row that cannot be sent.
    pub(super) fn bad(
        &mut self,
        number: i32,
        line: u64,
        whose: Whose<'_>,
        problems: &[Problem],
    ) -> Result<(), Failure> {
        self.count.rejected += 1;
        self.keep(whose);
        for problem in problems {
            let problem = (problem.path.as_str(), problem.text);
            self.refused
                .write(number, line, "INVALID_REQUEST", problem)?;
        }
        Ok(())
    }

    /// As [`Self::bad`], for a table's row.
    pub(super) fn bad_row(
        &mut self,
        number: i32,
        line: u64,
        whose: Whose<'_>,
        problems: &[(String, String)],
    ) -> Result<(), Failure> {
        self.count.rejected += 1;
        self.keep(whose);
        for (field, problem) in problems {
            self.refused
                .write(number, line, "INVALID_REQUEST", (field, problem))?;
        }
        Ok(())
    }

    fn keep(&mut self, whose: Whose<'_>) {
        match whose {
            Whose::Patient(key) if self.kept.len() < KEPT => self.kept.push(key.to_owned()),
            Whose::Patient(_) | Whose::Nobodys => {}
            Whose::Unknown => self.nameless += 1,
        }
    }

    async fn wait(&mut self, row: Waiting) -> Result<(), Failure> {
        let bytes = row.json.to_string().len();
        if self.rows.len() == ROWS || self.bytes + bytes > BYTES {
            self.send().await?;
        }
        self.bytes += bytes;
        self.rows.push(row);
        Ok(())
    }

    /// Sends what waits: patients first, whom the rest is about.
    pub(super) async fn send(&mut self) -> Result<(), Failure> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        if !rows.is_empty() {
            self.send_rows(rows).await?;
        }
        let visits = std::mem::take(&mut self.visits);
        let recalls = std::mem::take(&mut self.recalls);
        self.count.appointments += self.mirror("appointments", visits).await?;
        self.count.recalls += self.mirror("recalls", recalls).await?;
        Ok(())
    }

    /// A call that got no answer is made again: what it did is answered then.
    async fn send_rows(&mut self, mut rows: Vec<Waiting>) -> Result<(), Failure> {
        let sent: Vec<Value> = rows.iter_mut().map(|row| row.json.take()).collect();
        let request = json!({ "batchId": self.batch, "validateOnly": self.dry, "rows": sent });
        let answer = self.api.post("/v1/patients:batchImport", &request).await?;
        let results = results(&answer, rows.len())?;
        self.sent = self
            .sent
            .saturating_add(i32::try_from(rows.len()).unwrap_or(i32::MAX));
        for (result, row) in results.iter().zip(rows) {
            match result["outcome"].as_str().unwrap_or_default() {
                "IMPORT_OUTCOME_CREATED" => self.count.created += 1,
                "IMPORT_OUTCOME_UPDATED" => self.count.updated += 1,
                "IMPORT_OUTCOME_UNCHANGED" => self.count.unchanged += 1,
                _ => self.reject(result, &row)?,
            }
        }
        Ok(())
    }

    fn reject(&mut self, result: &Value, row: &Waiting) -> Result<(), Failure> {
        self.count.rejected += 1;
        self.keep(Whose::of(row.key.as_deref()));
        let reason = result["reason"].as_str().unwrap_or_default();
        let violations = result["violations"].as_array().map(Vec::as_slice);
        let violations = violations.unwrap_or_default();
        if violations.is_empty() {
            return self.refused.write(row.number, row.line, reason, ("", ""));
        }
        for violation in violations {
            let text = |name: &str| violation[name].as_str().unwrap_or_default();
            let field = match &row.row {
                Some(row) => row.blame(text("field")),
                None => text("field").to_owned(),
            };
            let problem = (field.as_str(), text("description"));
            self.refused.write(row.number, row.line, reason, problem)?;
        }
        Ok(())
    }

    /// Sends visits or recalls; answers how many were taken. A dry run has nothing to ask, and skips them.
    async fn mirror(&mut self, name: &str, all: Vec<(i32, Mirrored)>) -> Result<u64, Failure> {
        if self.dry {
            self.count.skipped += all.len() as u64;
        }
        if self.dry || all.is_empty() {
            return Ok(0);
        }
        let sent: Vec<&Value> = all.iter().map(|(_, one)| &one.json).collect();
        let request = json!({ name: sent });
        let path = format!("/v1/{name}:batchUpsert");
        let answer = self.api.post(&path, &request).await?;
        let mut taken = 0;
        for (result, (number, one)) in results(&answer, all.len())?.iter().zip(&all) {
            if result["outcome"] != "UPSERT_OUTCOME_FAILED" {
                taken += 1;
                continue;
            }
            self.count.rejected += 1;
            let reason = result["reason"].as_str().unwrap_or_default();
            let fields = result["fields"].as_array().map(Vec::as_slice);
            let field = fields.unwrap_or_default().first().and_then(Value::as_str);
            let place = field.map(|field| one.blame(field)).unwrap_or_default();
            self.refused.write(*number, 0, reason, (&place, ""))?;
        }
        Ok(taken)
    }

    async fn merge(
        &mut self,
        number: i32,
        survivor: &ExternalId,
        duplicate: &ExternalId,
    ) -> Result<(), Failure> {
        // Both may be among those that wait.
        self.send().await?;
        if self.dry {
            self.count.skipped += 1;
            return Ok(());
        }
        match merge(self.api, survivor, duplicate).await? {
            Merged::Done => self.count.merged += 1,
            Merged::Nothing => self.count.unchanged += 1,
            Merged::Refused(reason) => {
                self.count.rejected += 1;
                self.refused.write(number, 0, &reason, ("", ""))?;
            }
        }
        Ok(())
    }

    /// Sends the rest.
    pub(super) async fn finish(&mut self) -> Result<(), Failure> {
        self.send().await?;
        self.refused.flush()
    }

    /// Says what was done; rows that were rejected make it a failure.
    pub(super) fn tell(self, more: Value, output: &Output) -> Result<(), Failure> {
        let Count {
            created,
            updated,
            unchanged,
            rejected,
            skipped,
            appointments,
            recalls,
            merged,
        } = self.count;
        let path = self.refused.path().map(|path| path.display().to_string());
        let mut record = json!({
            "type": "import", "batchId": self.batch, "dryRun": self.dry, "created": created,
            "updated": updated, "unchanged": unchanged, "rejected": rejected, "skipped": skipped,
            "appointments": appointments, "recalls": recalls, "merged": merged, "rejectedFile": path,
        });
        if let (Some(record), Value::Object(more)) = (record.as_object_mut(), more) {
            record.extend(more);
        }
        let dry = if self.dry { "dry run: " } else { "" };
        let mut sentence = format!(
            "{dry}{created} created, {updated} updated, {unchanged} unchanged, {rejected} rejected"
        );
        for (number, what) in [
            (skipped, "skipped"),
            (appointments, "appointments"),
            (recalls, "recalls"),
            (merged, "merged"),
        ] {
            if number > 0 {
                sentence.extend([", ", &number.to_string(), " ", what]);
            }
        }
        output.tell(&sentence, &record)?;
        match path {
            Some(path) => Err(Failure::RowsRejected { rejected, path }),
            None => Ok(()),
        }
    }
}

/// The results of a batch, one per row.
fn results(answer: &Value, rows: usize) -> Result<&[Value], Failure> {
    let results = answer["results"].as_array().map(Vec::as_slice);
    let results = results.unwrap_or_default();
    if results.len() == rows {
        Ok(results)
    } else {
        let problem = "the answer has not one result per row";
        Err(Failure::Other(problem.to_owned()))
    }
}
