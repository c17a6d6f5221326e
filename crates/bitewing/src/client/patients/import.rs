//! `bitewing patients import`: a file of a dental system, in any format that is read.

use super::super::account::Account;
use super::super::api::Api;
use super::super::failure::Failure;
use super::super::options::Options;
use super::super::output::Output;
use super::super::progress::Bar;
use super::encoding::Encoding;
use super::format::Format;
use super::interop;
use super::mapping::Mapping;
use super::refused::Refused;
use super::row::Reading;
use super::run::{Run, Whose};
use super::snapshot::Snapshot;
use super::table::Table;
use super::value::Order;
use aws_lc_rs::digest::{Context, SHA256};
use bitewing_core::ClinicId;
use bitewing_interop::hl7::charset::Charset;
use bitewing_interop::{Source, when};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

/// Bytes read at once.
const PIECE: usize = 1 << 20;

/// Brings the patients of a file here, or up to date: CSV, FHIR R4 (NDJSON, Bundles), Open Dental JSON, HL7 v2.
///
/// The patient's number in the dental system decides whether somebody is made or changed; empty cells leave
/// what is known, and nobody is deleted for not being in the file. Cut off at any moment, the same command
/// goes on: every row is done once, and what was done is answered again. Rows that cannot be taken are
/// listed in a file, and the others are.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  bitewing patients import patients.csv --system abeldent --clinic cln_01h455vb4pex5vsknk084sn02q --dry-run
  bitewing patients import export.txt --mapping abeldent.toml --encoding windows-1252 --delimiter ';'
  bitewing patients import Patient.ndjson --system epic --identifiers urn:oid:1.2.3 --clinic cln_...
  bitewing patients import patients.json --system opendental --time-zone America/Toronto --snapshot

A mapping file:
  system = \"abeldent\"
  dates = \"dmy\"            # or mdy, for dates with slashes
  empty_clears = false      # true: an empty cell takes away what is known
  [columns]                 # header = what the column holds
  \"Pat. No\" = \"external_id\"
  \"Cell\" = \"mobile_phone\"
  [defaults]
  language = \"fr\"
  [clinics]                 # what FHIR, Open Dental or HL7 call clinics
  \"Organization/2\" = \"cln_...\"")]
pub(crate) struct Import {
    /// The file, with a header.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What the file is; found out if not given.
    #[arg(long)]
    format: Option<Format>,
    /// The name of the dental system, as `abeldent`; the mapping's, or the format's, if not given.
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
    /// FHIR and HL7: the system or the authority of the identifiers that name patients; the only one, or that of
    /// medical record numbers, if not given.
    #[arg(long, value_name = "NAME")]
    identifiers: Option<String>,
    /// Where the dental system's clock stands, as `America/Toronto`; times without an offset need it.
    #[arg(long, value_name = "NAME")]
    time_zone: Option<String>,
    /// The letters of HL7 messages that do not say theirs, as `windows-1252`.
    #[arg(long, value_name = "NAME")]
    charset: Option<String>,
    /// The file is the whole of the dental system: says who is here and not there any more.
    #[arg(long)]
    snapshot: bool,
    /// Deletes who is not in a snapshot any more; the next import brings back who is there again.
    #[arg(long, requires = "snapshot", conflicts_with = "dry")]
    delete_missing: bool,
    /// How many of a clinic's patients are deleted at most, in percent; 5 if not given.
    #[arg(long, value_name = "PERCENT", requires = "delete_missing", value_parser = clap::value_parser!(u8).range(1..=100))]
    max_missing: Option<u8>,
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

/// What the options and the mapping say together.
struct Plan {
    mapping: Mapping,
    format: Format,
    system: String,
    clinic: Option<String>,
}

impl Import {
    pub(super) async fn run(self, account: Account, output: &Output) -> Result<(), Failure> {
        let plan = self.plan()?;
        let rejected = self.rejected.clone().unwrap_or_else(|| {
            let mut name = self.file.clone().into_os_string();
            name.push(".rejected.csv");
            name.into()
        });
        if plan.format == Format::Csv {
            let (table, order) = self.table(&plan, output)?;
            let how = format!(
                "{} {:?} {order:?} {:?}",
                plan.system, plan.clinic, plan.mapping
            );
            let batch = self.name(&how)?;
            let api = Api::sign_in(account).await?;
            let mut run = Run::new(&api, batch, self.dry, Refused::at(rejected)?);
            let reading = Reading {
                columns: &table.columns,
                mapping: &plan.mapping,
                system: &plan.system,
                clinic: plan.clinic.as_deref(),
                order,
            };
            output.advise("the same command goes on where it stopped");
            all(&mut run, &table, &reading, output).await?;
            let more = json!({
                "format": "csv", "encoding": table.encoding.name(),
                "delimiter": char::from(table.delimiter).to_string(),
            });
            return self.end(run, &plan, more, output).await;
        }
        let reading = self.interop(&plan)?;
        let how = format!(
            "{:?} {} {:?} {:?} {:?}",
            plan.format, plan.system, plan.clinic, plan.mapping, self.identifiers
        );
        let batch = self.name(&how)?;
        let api = Api::sign_in(account).await?;
        let mut run = Run::new(&api, batch, self.dry, Refused::at(rejected)?);
        output.advise("the same command goes on where it stopped");
        reading.all(&self.file, &mut run, output).await?;
        run.finish().await?;
        let format = format!("{:?}", plan.format).to_lowercase();
        self.end(run, &plan, json!({ "format": format }), output)
            .await
    }

    fn plan(&self) -> Result<Plan, Failure> {
        let mapping = match &self.mapping {
            Some(path) => Mapping::read(path)?,
            None => Mapping::default(),
        };
        let format = match self.format {
            Some(format) => format,
            None => Format::detect(&self.file)?,
        };
        if self.snapshot && format == Format::Hl7 {
            let problem = "messages of HL7 tell what changed: they are no snapshot";
            return Err(Failure::Usage(problem.to_owned()));
        }
        let clinic = self.clinic.map(|id| id.to_string());
        let system = self.system.clone().or(mapping.system.clone());
        Ok(Plan {
            clinic: clinic.or(mapping.clinic.clone()),
            system: system.unwrap_or_else(|| match format {
                Format::Csv => "csv".to_owned(),
                Format::Fhir | Format::Ndjson => "fhir".to_owned(),
                Format::OpenDental => "opendental".to_owned(),
                Format::Hl7 => "hl7".to_owned(),
            }),
            mapping,
            format,
        })
    }

    fn table(&self, plan: &Plan, output: &Output) -> Result<(Table, Option<Order>), Failure> {
        let table = Table::open(&self.file, self.encoding, self.delimiter, &plan.mapping)?;
        let order = match self.dates.or(plan.mapping.dates) {
            Some(order) => Some(order),
            None => table.order()?,
        };
        if !table.unread.is_empty() {
            let unread = table.unread.join("', '");
            let record = json!({ "type": "unread", "columns": table.unread });
            output.tell(&format!("not read: '{unread}'"), &record)?;
        }
        Ok((table, order))
    }

    fn interop(&self, plan: &Plan) -> Result<interop::Reading, Failure> {
        Ok(interop::Reading {
            format: plan.format,
            source: Source {
                system: plan.system.clone(),
                clinic: plan.clinic.clone(),
                clinics: plan.mapping.clinics.clone(),
                zone: zone(self.time_zone.as_deref())?,
            },
            identifiers: self.identifiers.clone(),
            charset: charset(self.charset.as_deref())?,
        })
    }

    /// Compares a snapshot, and says what was done.
    async fn end(
        &self,
        run: Run<'_>,
        plan: &Plan,
        mut more: Value,
        output: &Output,
    ) -> Result<(), Failure> {
        // A dry run leaves nothing that could be compared.
        if self.snapshot && !self.dry {
            let snapshot = Snapshot {
                system: &plan.system,
                clinic: plan.clinic.as_deref(),
                delete: self.delete_missing,
                percent: self.max_missing,
            };
            let compared = snapshot.finish(&run).await;
            let compared = match compared {
                Ok(compared) => compared,
                Err(failure) => {
                    let told = run.tell(more, output);
                    return Err(match told {
                        Err(other @ Failure::Other(_)) => other,
                        _ => failure,
                    });
                }
            };
            let (missing, deleted) = (&compared["missing"], &compared["deleted"]);
            let record = json!({ "type": "snapshot", "missing": missing, "deleted": deleted });
            let sentence = format!("{missing} not in the snapshot any more, {deleted} deleted");
            output.tell(&sentence, &record)?;
            more["missing"] = missing.clone();
        }
        run.tell(more, output)
    }

    /// The name of an import that is the same when the same file is imported the same way.
    fn name(&self, how: &str) -> Result<String, Failure> {
        if let Some(batch) = &self.batch {
            return Ok(batch.clone());
        }
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

/// A zone by its name.
pub(in super::super) fn zone(name: Option<&str>) -> Result<Option<when::Zone>, Failure> {
    let unknown = || Failure::Usage("the time zone is none, as America/Toronto is one".to_owned());
    name.map(|name| when::zone(name).ok_or_else(unknown))
        .transpose()
}

/// A set of letters by its name.
pub(in super::super) fn charset(name: Option<&str>) -> Result<Charset, Failure> {
    let unknown = || Failure::Usage("the charset is none, as windows-1252 is one".to_owned());
    name.map_or(Ok(Charset::default()), |name| {
        Charset::named(name).ok_or_else(unknown)
    })
}

/// Reads a table to its end.
async fn all(
    run: &mut Run<'_>,
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
                run.bad_row(number, line, Whose::of(reading.key(&record)), &problems)?;
            }
            Ok(row) => run.row(number, line, row).await?,
        }
        output
            .progress()
            .draw("importing", &bar, reader.position().byte());
    }
    run.finish().await
}

pub(super) fn too_long() -> Failure {
    Failure::Usage("the file has more rows than an import can number".to_owned())
}
