//! `bitewing patients import`: rows to the gateway in batches, each done once however often it is sent.

use super::super::account::Account;
use super::super::api::Api;
use super::super::failure::Failure;
use super::super::options::Options;
use super::super::output::Output;
use super::super::progress::Bar;
use super::encoding::Encoding;
use super::mapping::Mapping;
use super::refused::Refused;
use super::row::Reading;
use super::table::Table;
use super::value::Order;
use aws_lc_rs::digest::{Context, SHA256};
use bitewing_core::ClinicId;
use serde_json::{Value, json};
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

/// Rows of one call: half of what the gateway takes, so that a slow installation answers in time.
const ROWS: usize = 500;
/// Bytes of one call, well below what the gateway takes (4 MiB).
const BYTES: usize = 2 << 20;
/// Bytes read at once.
const PIECE: usize = 1 << 20;

/// Brings the patients of a CSV file here, or up to date.
///
/// The patient's number in the dental system decides whether somebody is made or changed; empty cells leave
/// what is known, and nobody is deleted for not being in the file. Cut off at any moment, the same command
/// goes on: every row is done once, and what was done is answered again. Rows that cannot be taken are
/// listed in a file, and the others are.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  bitewing patients import patients.csv --system abeldent --clinic cln_01h455vb4pex5vsknk084sn02q --dry-run
  bitewing patients import export.txt --mapping abeldent.toml --encoding windows-1252 --delimiter ';'

A mapping file:
  system = \"abeldent\"
  dates = \"dmy\"            # or mdy, for dates with slashes
  empty_clears = false      # true: an empty cell takes away what is known
  [columns]                 # header = what the column holds
  \"Pat. No\" = \"external_id\"
  \"Cell\" = \"mobile_phone\"
  [defaults]
  language = \"fr\"")]
pub(crate) struct Import {
    /// The file, with a header.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The name of the dental system, as `abeldent`; the mapping's, or `csv`, if not given.
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// The clinic of rows that name none, `cln_...`.
    #[arg(long, value_name = "ID")]
    clinic: Option<ClinicId>,
    /// Which column holds what, where the headers do not say.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Tells what would be done, and does nothing.
    #[arg(long = "dry-run")]
    dry: bool,
    /// The name of this import; made from the file and the options if not given. Another name does all rows
    /// anew.
    #[arg(long, value_name = "ID")]
    batch: Option<String>,
    /// Where rows that are not taken are listed; FILE.rejected.csv if not given.
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// What stands between cells; found out if not given. `\t` is a tab.
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// The letters of the file; found out if not given.
    #[arg(long)]
    encoding: Option<Encoding>,
    /// How dates with slashes are written; found out if not given.
    #[arg(long)]
    dates: Option<Order>,
    #[command(flatten)]
    pub(super) options: Options,
}

fn delimiter(text: &str) -> Result<u8, &'static str> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err("must be one character, or \\t"),
    }
}

/// How many rows had which end.
#[derive(Default)]
struct Count {
    created: u64,
    updated: u64,
    unchanged: u64,
    rejected: u64,
}

/// A run.
struct Run<'a> {
    api: &'a Api,
    batch: String,
    dry: bool,
    /// Rows that wait to be sent, their lines, and their size.
    rows: Vec<Value>,
    lines: Vec<u64>,
    bytes: usize,
    count: Count,
    refused: Refused,
}

impl Import {
    pub(super) async fn run(self, account: Account, output: &Output) -> Result<(), Failure> {
        let mapping = match &self.mapping {
            Some(path) => Mapping::read(path)?,
            None => Mapping::default(),
        };
        let clinic = self
            .clinic
            .map(|id| id.to_string())
            .or(mapping.clinic.clone());
        let system = self.system.clone().or(mapping.system.clone());
        let system = system.unwrap_or_else(|| "csv".to_owned());
        let table = Table::open(&self.file, self.encoding, self.delimiter, &mapping)?;
        let order = match self.dates.or(mapping.dates) {
            Some(order) => Some(order),
            None => table.order()?,
        };
        let batch = match &self.batch {
            Some(batch) => batch.clone(),
            None => self.name(&format!("{system} {clinic:?} {order:?} {mapping:?}"))?,
        };
        let rejected = self.rejected.clone().unwrap_or_else(|| {
            let mut name = self.file.clone().into_os_string();
            name.push(".rejected.csv");
            name.into()
        });
        if !table.unread.is_empty() {
            let unread = table.unread.join("', '");
            let record = json!({ "type": "unread", "columns": table.unread });
            output.tell(&format!("not read: '{unread}'"), &record)?;
        }
        let api = Api::sign_in(account).await?;
        output.advise("the same command goes on where it stopped");
        let mut run = Run {
            api: &api,
            batch,
            dry: self.dry,
            rows: Vec::new(),
            lines: Vec::new(),
            bytes: 0,
            count: Count::default(),
            refused: Refused::at(rejected)?,
        };
        let reading = Reading {
            columns: &table.columns,
            mapping: &mapping,
            system: &system,
            clinic: clinic.as_deref(),
            order,
        };
        run.all(&table, &reading, output).await?;
        run.tell(&table, output)
    }

    /// The name of an import that is the same when the same file is imported the same way.
    fn name(&self, how: &str) -> Result<String, Failure> {
        let no =
            |error: std::io::Error| Failure::Usage(format!("{}: {error}", self.file.display()));
        let mut file = File::open(&self.file).map_err(no)?;
        let mut context = Context::new(&SHA256);
        context.update(how.as_bytes());
        let mut piece = vec![0; PIECE];
        loop {
            let read = file.read(&mut piece).map_err(no)?;
            if read == 0 {
                break;
            }
            context.update(&piece[..read]);
        }
        Ok(format!(
            "file-{}",
            hex::encode(&context.finish().as_ref()[..16])
        ))
    }
}

impl Run<'_> {
    async fn all(
        &mut self,
        table: &Table,
        reading: &Reading<'_>,
        output: &Output,
    ) -> Result<(), Failure> {
        let bar = Bar::new(table.size, 0);
        let mut reader = table.reader()?;
        let mut record = csv::StringRecord::new();
        let mut number = 0_i32;
        loop {
            let more = reader.read_record(&mut record);
            let more = more.map_err(|error| Failure::Other(format!("reading: {error}")))?;
            if !more {
                break;
            }
            number = number.checked_add(1).ok_or_else(too_long)?;
            let line = record.position().map_or(0, csv::Position::line);
            match reading.row(number, &record) {
                Err(problems) => {
                    self.count.rejected += 1;
                    for (field, problem) in &problems {
                        self.refused
                            .write(number, line, "INVALID_REQUEST", (field, problem))?;
                    }
                }
                Ok(row) => {
                    let bytes = row.to_string().len();
                    if self.rows.len() == ROWS || self.bytes + bytes > BYTES {
                        self.send().await?;
                    }
                    self.bytes += bytes;
                    self.rows.push(row);
                    self.lines.push(line);
                }
            }
            output
                .progress()
                .draw("importing", &bar, reader.position().byte());
        }
        self.send().await?;
        self.refused.flush()
    }

    /// Sends the rows that wait. A call that got no answer is made again: what it did is answered then.
    async fn send(&mut self) -> Result<(), Failure> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        let (rows, lines) = (
            std::mem::take(&mut self.rows),
            std::mem::take(&mut self.lines),
        );
        let request = json!({ "batchId": self.batch, "validateOnly": self.dry, "rows": rows });
        let answer = self.api.post("/v1/patients:batchImport", &request).await?;
        let results = answer["results"].as_array().map(Vec::as_slice);
        let results = results.unwrap_or_default();
        if results.len() != lines.len() {
            return Err(Failure::Other(
                "the answer has not one result per row".to_owned(),
            ));
        }
        for (result, line) in results.iter().zip(lines) {
            match result["outcome"].as_str().unwrap_or_default() {
                "IMPORT_OUTCOME_CREATED" => self.count.created += 1,
                "IMPORT_OUTCOME_UPDATED" => self.count.updated += 1,
                "IMPORT_OUTCOME_UNCHANGED" => self.count.unchanged += 1,
                _ => self.reject(result, line)?,
            }
        }
        Ok(())
    }

    fn reject(&mut self, result: &Value, line: u64) -> Result<(), Failure> {
        self.count.rejected += 1;
        let number = result["rowNumber"].as_i64().unwrap_or_default();
        let number = i32::try_from(number).unwrap_or_default();
        let reason = result["reason"].as_str().unwrap_or_default();
        let violations = result["violations"].as_array().map(Vec::as_slice);
        let violations = violations.unwrap_or_default();
        if violations.is_empty() {
            return self.refused.write(number, line, reason, ("", ""));
        }
        for violation in violations {
            let text = |name: &str| violation[name].as_str().unwrap_or_default();
            let problem = (text("field"), text("description"));
            self.refused.write(number, line, reason, problem)?;
        }
        Ok(())
    }

    fn tell(self, table: &Table, output: &Output) -> Result<(), Failure> {
        let Count {
            created,
            updated,
            unchanged,
            rejected,
        } = self.count;
        let path = self.refused.path().map(|path| path.display().to_string());
        let record = json!({
            "type": "import", "batchId": self.batch, "dryRun": self.dry, "created": created,
            "updated": updated, "unchanged": unchanged, "rejected": rejected, "rejectedFile": path,
            "encoding": table.encoding.name(), "delimiter": char::from(table.delimiter).to_string(),
        });
        let dry = if self.dry { "dry run: " } else { "" };
        let sentence = format!(
            "{dry}{created} created, {updated} updated, {unchanged} unchanged, {rejected} rejected"
        );
        output.tell(&sentence, &record)?;
        match path {
            Some(path) => Err(Failure::RowsRejected { rejected, path }),
            None => Ok(()),
        }
    }
}

fn too_long() -> Failure {
    Failure::Usage("the file has more rows than an import can number".to_owned())
}
