//! ImportFhir: a file of FHIR in pieces. Memory holds one piece, one resource and one batch of rows; a piece is
//! answered before the next one is read.

use super::super::Api;
use super::{batch, fhir, import_patients, read};
use crate::domain::ExternalId;
use crate::error::Error;
use bitewing_interop::fhir::{Found, Options, Reader};
use bitewing_interop::{LONGEST, Source};
use bitewing_proto::patient as pb;
use bitewing_rpc::call::Arrival;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Call, Fields, Refusal, Violation, all};
use futures_util::{Stream, stream};
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use tonic::{Request, Status, Streaming};

/// The answers, one or more per message.
pub(super) type Answers =
    Pin<Box<dyn Stream<Item = Result<pb::ImportFhirResponse, Status>> + Send>>;

/// How many clinics a file may have names for.
const MAX_CLINICS: usize = 1_000;
/// The longest name of a system or a clinic.
const MAX_NAME: usize = 255;
/// Resources that are taken at once.
const ROWS: usize = 500;
/// Bytes that are read on before what was found is taken: so a piece of many small resources is not held as
/// what they come to all at once.
const SLICE: usize = 4 << 10;

struct Stage {
    api: Api,
    call: Call,
    messages: Streaming<pb::ImportFhirRequest>,
    file: Option<File>,
    over: bool,
}

/// A file that is being read.
struct File {
    batch: String,
    validate_only: bool,
    reader: Reader,
    /// What of a piece is not read yet.
    rest: VecDeque<Vec<u8>>,
    found: VecDeque<Found>,
    /// The client waits for an answer to its message.
    owed: bool,
}

pub(super) fn run(
    api: &Api,
    request: Request<Streaming<pb::ImportFhirRequest>>,
) -> Result<Answers, Status> {
    let arrival = request.extensions().get::<Arrival>().cloned();
    let call = arrival.ok_or(Refusal::Unauthenticated)?.call()?;
    let stage = Stage {
        api: api.clone(),
        call,
        messages: request.into_inner(),
        file: None,
        over: false,
    };
    Ok(Box::pin(stream::unfold(Some(stage), async |stage| {
        let mut stage = stage?;
        match stage.next().await {
            Ok(answer) => Some((Ok(answer?), Some(stage))),
            // The first failure is the last answer.
            Err(error) => Some((Err(Status::from(error)), None)),
        }
    })))
}

impl Stage {
    /// The next answer; none where everything is answered.
    async fn next(&mut self) -> Result<Option<pb::ImportFhirResponse>, Error> {
        loop {
            if let Some(file) = &mut self.file {
                file.read_on();
                if !file.found.is_empty() || file.owed {
                    file.owed = !file.rest.is_empty();
                    let many = file.found.len().min(ROWS);
                    let found: Vec<Found> = file.found.drain(..many).collect();
                    let (id, dry) = (file.batch.clone(), file.validate_only);
                    let results = take(&self.api, &self.call, (id, dry), found).await?;
                    return Ok(Some(pb::ImportFhirResponse { results }));
                }
            }
            if self.over {
                return Ok(None);
            }
            let message = self.messages.message().await;
            let message = message.map_err(|status| import_patients::broken(&status))?;
            self.over = message.is_none();
            match (&mut self.file, message) {
                (None, None) => return Ok(None),
                (None, Some(message)) => self.file = Some(File::begin(message)?),
                (Some(file), None) => {
                    let mut found = Vec::new();
                    file.reader.end(&mut found);
                    file.found.extend(found);
                }
                (Some(file), Some(message)) => file.go_on(message)?,
            }
        }
    }
}

impl File {
    fn begin(message: pb::ImportFhirRequest) -> Result<Self, Error> {
        let import = message
            .import
            .ok_or_else(|| vec![Violation::new("import", FieldError::Required)])?;
        let (batch, validate_only) = (import.batch_id.clone(), import.validate_only);
        let (format, options) = options(import)?;
        let mut file = Self {
            batch,
            validate_only,
            reader: match format {
                pb::FhirFormat::Ndjson => Reader::ndjson(options),
                pb::FhirFormat::Json | pb::FhirFormat::Unspecified => Reader::document(options),
            },
            rest: VecDeque::new(),
            found: VecDeque::new(),
            owed: false,
        };
        file.take(message.data)?;
        Ok(file)
    }

    fn go_on(&mut self, message: pb::ImportFhirRequest) -> Result<(), Error> {
        if message.import.is_some() {
            let wrong = Violation::new("import", "must be in the first message only");
            return Err(vec![wrong].into());
        }
        self.take(message.data)
    }

    fn take(&mut self, data: Vec<u8>) -> Result<(), Error> {
        if data.len() > LONGEST {
            let wrong = Violation::new("data", "must have at most 1 MiB");
            return Err(vec![wrong].into());
        }
        self.rest = data.chunks(SLICE).map(<[u8]>::to_vec).collect();
        self.owed = true;
        Ok(())
    }

    /// Reads until there is a batch of rows, or nothing more to read.
    fn read_on(&mut self) {
        while self.found.len() < ROWS
            && let Some(slice) = self.rest.pop_front()
        {
            let mut found = Vec::new();
            self.reader.push(&slice, &mut found);
            self.found.extend(found);
        }
    }
}

fn options(import: pb::FhirImport) -> Result<(pb::FhirFormat, Options), Error> {
    let mut fields = Fields::new();
    let path = |name: &str| format!("import.{name}");
    let batch = fields.take(path("batch_id"), read::batch_id(&import.batch_id));
    let format = fields.take(
        path("format"),
        field::one_of::<pb::FhirFormat>(import.format),
    );
    let system = ExternalId::parse(&import.system, "1").map(|id| id.system);
    let system = fields.take(path("system"), system);
    let identifiers = field::text(&import.identifier_system, 0..=MAX_NAME);
    let identifiers = fields.take(path("identifier_system"), identifiers);
    let clinic = field::optional_id::<bitewing_core::ClinicId>(&import.clinic_id);
    let clinic = fields.take(path("clinic_id"), clinic);
    let mut clinics = BTreeMap::new();
    if import.clinics.len() > MAX_CLINICS {
        fields.note(path("clinics"), FieldError::TooMany(MAX_CLINICS));
    } else {
        for (index, one) in import.clinics.iter().enumerate() {
            let path = |name: &str| format!("import.clinics[{index}].{name}");
            let name = fields.take(path("name"), field::text(&one.name, 1..=MAX_NAME));
            let id = field::id::<bitewing_core::ClinicId>(&one.clinic_id);
            let id = fields.take(path("clinic_id"), id);
            if let (Some(name), Some(id)) = (name, id)
                && clinics.insert(name, id.to_string()).is_some()
            {
                fields.note(path("name"), "must not repeat another one");
            }
        }
    }
    let ((), format, system, identifiers, clinic) =
        all!(fields, batch, format, system, identifiers, clinic)?;
    let source = Source {
        system,
        clinic: clinic.map(|id| id.to_string()),
        clinics,
        zone: None,
    };
    let identifiers = Some(identifiers).filter(|system| !system.is_empty());
    Ok((
        format,
        Options {
            source,
            identifiers,
        },
    ))
}

/// Takes what was found: patients as a batch, the rest as it is.
async fn take(
    api: &Api,
    call: &Call,
    (id, validate_only): (String, bool),
    found: Vec<Found>,
) -> Result<Vec<pb::FhirResult>, Error> {
    let read = fhir::Read::of(found);
    let results = if read.rows.is_empty() {
        Vec::new()
    } else {
        let rows = read.rows.clone();
        let batch = read::Batch {
            id,
            validate_only,
            rows,
        };
        batch::run(api, call, batch).await?
    };
    Ok(read.results(results))
}
