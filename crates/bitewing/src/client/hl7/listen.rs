//! Connections of dental systems. A message is answered when it is stored and not before; those of one connection
//! are taken in their order.

use super::super::account::Account;
use super::super::api::Api;
use super::super::failure::Failure;
use super::super::options::Options;
use super::super::output::Output;
use super::super::patients::import::{charset, zone};
use super::super::patients::mapping::Mapping;
use super::super::session::now;
use super::store::{Store, Stored};
use bitewing_core::ClinicId;
use bitewing_interop::hl7::charset::Charset;
use bitewing_interop::hl7::frame::{Decoder, Frame, encode};
use bitewing_interop::hl7::{self, Code, Fault, Header, Message, code};
use bitewing_interop::{LONGEST, Source};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use serde_json::json;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use time::OffsetDateTime;
use time::macros::format_description;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How many connections are served at once; the next ones wait.
const CONNECTIONS: usize = 64;
/// How long a message may take to arrive that has begun, and an answer to leave.
const TRANSFER: Duration = Duration::from_secs(30);
/// How long a connection may be silent.
const SILENCE: Duration = Duration::from_hours(1);
/// Bytes read at once.
const PIECE: usize = 16 << 10;

/// Takes HL7 v2 messages over MLLP: ADT A01, A04, A05, A08, A28, A31, A40 and SIU S12 to S17 and S26.
///
/// Every message is answered AA when it is stored, AE with what is wrong where it is, AR where it is none for us or
/// nothing can be stored now: then it is to be sent again. A message that is sent twice is stored once. Connections
/// are not encrypted: listen on this machine, and let a VPN or a TLS proxy bring them here.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  bitewing hl7 listen --system abeldent --clinic cln_01h455vb4pex5vsknk084sn02q --time-zone America/Toronto
  bitewing hl7 listen --listen 10.0.0.7:2575 --unencrypted --mapping facilities.toml")]
pub(crate) struct Listen {
    /// Where to listen; port 0 is any that is free.
    #[arg(
        long = "listen",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:2575"
    )]
    address: SocketAddr,
    /// Allows an address that others reach: on the way messages can be read and made up by everybody.
    #[arg(long)]
    unencrypted: bool,
    /// The name of the dental system, as `abeldent`; the mapping's, or `hl7`, if not given.
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// The clinic of messages that name none that is known, `cln_...`.
    #[arg(long, value_name = "ID")]
    clinic: Option<ClinicId>,
    /// A file with `[clinics]`: clinics by their names in PV1-3, AIL-3 or MSH-4.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The authority (CX-4) of the identifiers that name patients; the only one, or that of type MR, if not given.
    #[arg(long, value_name = "NAME")]
    identifiers: Option<String>,
    /// Where the dental system's clock stands, as `America/Toronto`; times without an offset need it.
    #[arg(long, value_name = "NAME")]
    time_zone: Option<String>,
    /// The letters of messages that do not say theirs, as `windows-1252`; UTF-8 if not given.
    #[arg(long, value_name = "NAME")]
    charset: Option<String>,
    #[command(flatten)]
    pub(super) options: Options,
}

struct Listener<'a> {
    api: Api,
    options: hl7::Options,
    charset: Charset,
    output: &'a Output,
    /// How many answers were given.
    answered: AtomicU64,
    stop: CancellationToken,
}

impl Listen {
    pub(super) async fn run(
        self,
        account: Account,
        output: &Output,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), Failure> {
        if !self.address.ip().is_loopback() && !self.unencrypted {
            let problem = "others reach this address, and messages are not encrypted on the way: --unencrypted allows it";
            return Err(Failure::Usage(problem.to_owned()));
        }
        let mapping = match &self.mapping {
            Some(path) => Mapping::read(path)?,
            None => Mapping::default(),
        };
        let clinic = self.clinic.map(|id| id.to_string());
        let source = Source {
            system: self
                .system
                .or(mapping.system)
                .unwrap_or_else(|| "hl7".to_owned()),
            clinic: clinic.or(mapping.clinic),
            clinics: mapping.clinics,
            zone: zone(self.time_zone.as_deref())?,
        };
        let charset = charset(self.charset.as_deref())?;
        let no = |error: std::io::Error| Failure::Other(format!("listening: {error}"));
        let socket = TcpListener::bind(self.address).await.map_err(no)?;
        let address = socket.local_addr().map_err(no)?;
        let listener = Listener {
            api: Api::sign_in(account).await?,
            options: hl7::Options {
                source,
                authority: self.identifiers,
            },
            charset,
            output,
            answered: AtomicU64::new(0),
            stop: CancellationToken::new(),
        };
        let record = json!({ "type": "listening", "address": address.to_string() });
        output.tell(&format!("listening at {address}"), &record)?;
        listener.serve(socket, stop).await
    }
}

impl Listener<'_> {
    async fn serve(
        &self,
        socket: TcpListener,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), Failure> {
        let mut stop = pin!(stop);
        let mut connections = FuturesUnordered::new();
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(served) = connections.next() => served?,
                accepted = socket.accept(), if connections.len() < CONNECTIONS => match accepted {
                    Ok((stream, _)) => connections.push(self.connection(stream)),
                    // A connection that is gone before it is taken: others go on.
                    Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                    Err(error) => return Err(Failure::Other(format!("listening: {error}"))),
                },
            }
        }
        drop(socket);
        self.stop.cancel();
        // Messages that were begun are stored and answered.
        while let Some(served) = connections.next().await {
            served?;
        }
        let answered = self.answered.load(Ordering::Relaxed);
        let record = json!({ "type": "stopped", "messages": answered });
        self.output
            .tell(&format!("stopped after {answered} messages"), &record)
    }

    /// Serves a connection to its end; what goes wrong with it ends only it.
    async fn connection(&self, mut stream: TcpStream) -> Result<(), Failure> {
        let (mut decoder, mut piece) = (Decoder::new(LONGEST), vec![0; PIECE]);
        let store = Store::new(&self.api, &self.options);
        loop {
            let patience = if decoder.is_inside() {
                TRANSFER
            } else {
                SILENCE
            };
            let read = tokio::select! {
                () = self.stop.cancelled() => return Ok(()),
                read = timeout(patience, stream.read(&mut piece)) => read,
            };
            let Ok(Ok(read @ 1..)) = read else {
                return Ok(());
            };
            let mut frames = Vec::new();
            decoder.push(&piece[..read], &mut frames);
            for frame in frames {
                let answer = self.answer(&store, frame).await?;
                let sent = timeout(TRANSFER, stream.write_all(&encode(&answer))).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return Ok(());
                }
            }
        }
    }

    /// Stores a message and says what became of it.
    async fn answer(&self, store: &Store<'_>, frame: Frame) -> Result<String, Failure> {
        let (header, stored) = match frame {
            Frame::Message(bytes) => self.take(store, &bytes).await,
            Frame::TooLong => {
                let fault = Fault::new(
                    code::SEGMENT,
                    "MSH",
                    "must be of a message of at most 1 MiB",
                );
                (Header::default(), Stored::of(vec![fault]))
            }
            Frame::CutOff => {
                let fault = Fault::new(code::SEGMENT, "MSH", "must be of a message that ends");
                (Header::default(), Stored::of(vec![fault]))
            }
        };
        let number = self.answered.fetch_add(1, Ordering::Relaxed) + 1;
        let (code, unix) = (Code::of(&stored.faults), now());
        let time = OffsetDateTime::from_unix_timestamp(unix).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let stamp = format_description!("[year][month][day][hour][minute][second]+0000");
        let time = time.format(&stamp).unwrap_or_default();
        let id = format!("{unix}-{number}");
        let answer = hl7::answer(&header, code, &stored.faults, &time, &id);
        let (kind, event) = (&header.kind, &header.event);
        let record = json!({
            "type": "message", "kind": kind, "event": event, "controlId": header.control_id, "code": code.text(),
            "faults": stored.faults.iter().map(|one| one.problem.to_string()).collect::<Vec<_>>(),
        });
        let sentence = format!("{kind} {event} {}: {}", header.control_id, code.text());
        self.output.tell(&sentence, &record)?;
        Ok(answer)
    }

    async fn take(&self, store: &Store<'_>, bytes: &[u8]) -> (Header, Stored) {
        let one = |fault| Stored::of(vec![fault]);
        let text = match hl7::charset::decode(bytes, self.charset) {
            Ok(text) => text,
            // Who it is from is plain letters, whatever the rest is.
            Err(fault) => {
                let plain = String::from_utf8_lossy(bytes);
                let header = Message::parse(&plain).map(|message| Header::of(&message));
                return (header.unwrap_or_default(), one(fault));
            }
        };
        let message = match Message::parse(&text) {
            Ok(message) => message,
            Err(fault) => return (Header::default(), one(fault)),
        };
        let header = Header::of(&message);
        if let Err(fault) = header.check() {
            return (header, one(fault));
        }
        let items = hl7::read(&message, &header, &self.options);
        let stored = match items {
            Ok(items) => store.all(&header, items).await,
            Err(faults) => Stored::of(faults),
        };
        (header, stored)
    }
}
