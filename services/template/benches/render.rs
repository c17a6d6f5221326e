//! How fast a wording is said: in process, and to 10,000 people in one stream beside a bare stream of the same bytes.
//!
//! `cargo xtask templates-speed` runs it and fails under its floors.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "this is a command-line program")]

use async_trait::async_trait;
use bitewing_auth::Service;
use bitewing_proto::template as pb;
use bitewing_proto::template::render_batch_request::Message;
use bitewing_proto::template::wording_service_client::WordingServiceClient;
use bitewing_proto::template::wording_service_server::{WordingService, WordingServiceServer};
use bitewing_runtime::page::PublicUrl;
use bitewing_template::probe::Sample;
use bitewing_template::{Deps, MIGRATOR, serve};
use bitewing_testkit::{TestBase, TestCaller};
use futures_util::{Stream, StreamExt as _};
use std::hint::black_box;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;
use tonic::{Request, Response, Status, Streaming};

/// What one of a hundred messages may take at most, in microseconds.
const MOST_MICROSECONDS: f64 = 200.0;
/// Messages in a second.
const LEAST_MESSAGES: f64 = 20_000.0;
/// The part of what a bare stream reaches that is enough where the machine is slow.
const LEAST_PART: f64 = 0.6;
/// People of a stream, and of a message in it.
const PEOPLE: usize = 10_000;
const PART: usize = 500;
const ROUNDS: usize = 7;

#[tokio::main]
async fn main() -> ExitCode {
    let p99 = in_process();
    println!("in process: p99 {p99:.1} us (at most {MOST_MICROSECONDS})");

    let test = TestBase::new(Service::Template, &MIGRATOR).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let served = format!("http://{}", listener.local_addr().unwrap());
    let deps = Deps {
        base: test.base.clone(),
        public_url: PublicUrl::default(),
        guard: bitewing_guard_desk::Desk::new(None),
    };
    tokio::spawn(serve(deps, listener, CancellationToken::new()));
    let request = || {
        let caller = TestCaller::fresh();
        test.request(Service::Conversation, Some(&caller), messages())
    };
    let (answers, _) = batch(&served, request()).await;
    let bare = bare(answers[0].clone()).await;
    // In turn, so that both see the same machine.
    let (mut best, mut limit) = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        best = best.max(batch(&served, request()).await.1);
        limit = limit.max(batch(&bare, request()).await.1);
    }
    let part = best / limit;
    println!(
        "batch: {best:.0} messages/s, a bare stream of the same bytes {limit:.0}, {part:.2} of it"
    );
    println!("(at least {LEAST_MESSAGES:.0} messages/s, or {LEAST_PART} of the bare stream)");
    let enough = p99 <= MOST_MICROSECONDS && (best >= LEAST_MESSAGES || part >= LEAST_PART);
    if enough {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The time of the slowest in a hundred, over the whole library.
fn in_process() -> f64 {
    let samples = Sample::all();
    let mut times = Vec::with_capacity(samples.len() * ROUNDS);
    for round in 0..=ROUNDS {
        for sample in &samples {
            let begun = Instant::now();
            black_box(sample.say()).unwrap();
            // The first round makes what is made once.
            if round > 0 {
                times.push(begun.elapsed().as_secs_f64() * 1e6);
            }
        }
    }
    times.sort_by(f64::total_cmp);
    times[times.len() * 99 / 100]
}

fn messages() -> impl Stream<Item = pb::RenderBatchRequest> + Send + 'static {
    let values = |pairs: &[(&str, &str)]| {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    };
    let opening = Message::Opening(pb::RenderBatchOpening {
        kind: "reminder".to_owned(),
        channel: pb::WordingChannel::Sms.into(),
        variables: values(&[("clinic.name", "Sourire"), ("clinic.phone", "514-555-0148")]),
        ..Default::default()
    });
    let locales = ["en", "fr-CA", "fr-FR", "it", "pt-BR", "pt-PT", "es", "ru"];
    let person = move |key: usize| pb::RenderBatchPerson {
        key: key.to_string(),
        locale: locales[key % 8].to_owned(),
        register: pb::WordingRegister::Formal.into(),
        variables: values(&[
            ("patient.salutation", "Monsieur Côté"),
            ("appointment.date", "2027-03-02"),
            ("appointment.time", "14:30"),
        ]),
    };
    let parts = (0..PEOPLE / PART).map(move |part| {
        let people = (part * PART..(part + 1) * PART).map(person).collect();
        Message::People(pb::RenderBatchPeople { people })
    });
    let all = std::iter::once(opening).chain(parts);
    let all: Vec<_> = all
        .map(|message| pb::RenderBatchRequest {
            message: Some(message),
        })
        .collect();
    futures_util::stream::iter(all)
}

/// The answers of a stream, and messages in a second.
async fn batch(
    url: &str,
    request: Request<impl Stream<Item = pb::RenderBatchRequest> + Send + 'static>,
) -> (Vec<pb::RenderBatchResponse>, f64) {
    let channel = Channel::from_shared(url.to_owned()).unwrap();
    let channel = channel.tcp_nodelay(true).connect().await.unwrap();
    let mut client = WordingServiceClient::new(channel);
    let begun = Instant::now();
    let mut stream = client.render_batch(request).await.unwrap().into_inner();
    let mut answers = Vec::new();
    while let Some(answer) = stream.message().await.unwrap() {
        answers.push(answer);
    }
    let took = begun.elapsed().as_secs_f64();
    let said = answers.iter().flat_map(|answer| &answer.results);
    assert_eq!(said.filter(|said| !said.key.is_empty()).count(), PEOPLE);
    (answers, PEOPLE as f64 / took)
}

/// A service that reads the same messages and answers each with the same bytes, rendering nothing.
struct Bare(pb::RenderBatchResponse);

async fn bare(answer: pb::RenderBatchResponse) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = WordingServiceServer::new(Bare(answer));
    let incoming = tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true));
    let server = tonic::transport::Server::builder().add_service(service);
    tokio::spawn(server.serve_with_incoming(incoming));
    url
}

macro_rules! nothing {
    ($($name:ident($request:ident) -> $response:ident;)*) => {
        #[async_trait]
        impl WordingService for Bare {
            $(async fn $name(
                &self,
                _: Request<pb::$request>,
            ) -> Result<Response<pb::$response>, Status> {
                Err(Status::unimplemented(""))
            })*

            type RenderBatchStream =
                Pin<Box<dyn Stream<Item = Result<pb::RenderBatchResponse, Status>> + Send>>;

            async fn render_batch(
                &self,
                request: Request<Streaming<pb::RenderBatchRequest>>,
            ) -> Result<Response<Self::RenderBatchStream>, Status> {
                let answer = self.0.clone();
                let people = request.into_inner().filter_map(move |message| {
                    let people = matches!(
                        message,
                        Ok(pb::RenderBatchRequest { message: Some(Message::People(_)) })
                    );
                    let answer = people.then(|| Ok(answer.clone()));
                    std::future::ready(answer)
                });
                Ok(Response::new(Box::pin(people)))
            }
        }
    };
}

nothing! {
    list_wording_kinds(ListWordingKindsRequest) -> ListWordingKindsResponse;
    create_wording_kind(CreateWordingKindRequest) -> CreateWordingKindResponse;
    delete_wording_kind(DeleteWordingKindRequest) -> DeleteWordingKindResponse;
    preview_wording(PreviewWordingRequest) -> PreviewWordingResponse;
    render_for_dispatch(RenderForDispatchRequest) -> RenderForDispatchResponse;
}
