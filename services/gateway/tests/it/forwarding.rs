//! Calls pass through as they are: messages, streams, trailers, refusals, deadlines, cancellation.

use crate::fake::{BREAKS, ECHO, ENDLESS, MISSING, WAIT};
use crate::harness::{Chain, Harness, reason, with_token};
use bitewing_gateway::transcode;
use bitewing_proto::document as pb;
use bitewing_proto::document::document_service_client::DocumentServiceClient;
use bitewing_proto::document::upload_document_request::Part;
use prost::Message as _;
use std::time::Duration;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

fn documents(harness: &Harness) -> DocumentServiceClient<Channel> {
    DocumentServiceClient::new(harness.channel.clone())
}

async fn get(harness: &Harness, chain: &Chain, id: &str) -> Result<pb::Document, Status> {
    let request = with_token(
        &chain.token,
        pb::GetDocumentRequest {
            document_id: id.into(),
        },
    );
    let answer = documents(harness).get_document(request).await?;
    Ok(answer.into_inner().document.unwrap())
}

#[tokio::test]
async fn a_unary_call_arrives_in_the_callers_name() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let document = get(&harness, &chain, ECHO).await.unwrap();
    assert_eq!(document.file_name, chain.client_id);
    assert_eq!(document.clinic_id, chain.organization_id);
}

#[tokio::test]
async fn what_a_client_says_of_itself_does_not_arrive() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let mut request = with_token(
        &chain.token,
        pb::GetDocumentRequest {
            document_id: ECHO.into(),
        },
    );
    let metadata = request.metadata_mut();
    metadata.insert("x-forwarded-for", "203.0.113.9".parse().unwrap());
    metadata.insert("x-request-id", "request-1".parse().unwrap());
    metadata.insert("x-custom", "kept".parse().unwrap());
    let answer = documents(&harness).get_document(request).await.unwrap();
    assert_eq!(answer.metadata().get("x-request-id").unwrap(), "request-1");
    let seen = |name| harness.documents.header(name);
    assert_eq!(seen("x-forwarded-for").as_deref(), Some("127.0.0.1"));
    assert_eq!(seen("x-request-id").as_deref(), Some("request-1"));
    assert_eq!(seen("x-custom").as_deref(), Some("kept"));
    assert_ne!(
        seen("authorization"),
        Some(format!("Bearer {}", chain.token))
    );
}

#[tokio::test]
async fn a_refusal_keeps_its_details_and_its_trailers() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let status = get(&harness, &chain, MISSING).await.err().unwrap();
    assert_eq!(
        reason(&status),
        (Code::NotFound, "CLINIC_NOT_FOUND".to_owned())
    );
    assert_eq!(status.metadata().get("x-hint").unwrap(), "elsewhere");
}

#[tokio::test]
async fn a_request_stream_arrives_whole() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let announcement = pb::UploadAnnouncement {
        file_name: "x-ray.png".to_owned(),
        ..Default::default()
    };
    let chunk = vec![7; 256 * 1024];
    let parts = std::iter::once(Part::Announcement(announcement))
        .chain(std::iter::repeat_n(Part::Chunk(chunk), 40))
        .map(|part| pb::UploadDocumentRequest { part: Some(part) });
    let request = with_token(&chain.token, tokio_stream::iter(parts.collect::<Vec<_>>()));
    let answer = documents(&harness).upload_document(request).await.unwrap();
    let document = answer.into_inner().document.unwrap();
    assert_eq!(
        (document.file_name.as_str(), document.size),
        ("x-ray.png", 40 * 256 * 1024)
    );
}

async fn download(
    harness: &Harness,
    chain: &Chain,
    id: &str,
) -> Result<tonic::Streaming<pb::DownloadDocumentResponse>, Status> {
    let request = pb::DownloadDocumentRequest {
        document_id: id.to_owned(),
    };
    let answer = documents(harness)
        .download_document(with_token(&chain.token, request))
        .await?;
    Ok(answer.into_inner())
}

#[tokio::test]
async fn an_answer_stream_arrives_piece_by_piece_and_ends_as_it_ended() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    for (id, end) in [(ECHO, None), (BREAKS, Some(Code::NotFound))] {
        let mut stream = download(&harness, &chain, id).await.unwrap();
        assert_eq!(stream.message().await.unwrap().unwrap().chunk, b"one");
        assert_eq!(stream.message().await.unwrap().unwrap().chunk, b"two");
        let last = stream.message().await;
        assert_eq!(last.err().map(|status| status.code()), end);
    }
    let refused = download(&harness, &chain, MISSING).await.err().unwrap();
    assert_eq!(refused.code(), Code::NotFound);
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_the_stream_at_the_service() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let mut stream = download(&harness, &chain, ENDLESS).await.unwrap();
    assert!(stream.message().await.unwrap().is_some());
    drop(stream);
    tokio::time::timeout(Duration::from_secs(10), harness.documents.reader_gone())
        .await
        .unwrap();
}

/// A client without a clock of its own, so that the answer is the gateway's.
#[tokio::test]
async fn a_deadline_holds_and_travels_on() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let message = pb::GetDocumentRequest {
        document_id: WAIT.into(),
    };
    let client = reqwest::Client::builder()
        .http2_prior_knowledge()
        .build()
        .unwrap();
    let path = "/bitewing.document.v1.DocumentService/GetDocument";
    let response = client
        .post(format!("{}{path}", harness.url))
        .bearer_auth(&chain.token)
        .header("content-type", "application/grpc")
        .header("grpc-timeout", "300m")
        .body(transcode::frame::encode(&message.encode_to_vec()))
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["grpc-status"], "4");
    assert_eq!(
        harness.documents.header("grpc-timeout").as_deref(),
        Some("300m")
    );
}

#[tokio::test]
async fn a_service_that_is_down_is_unavailable_and_the_others_go_on() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let mut templates =
        bitewing_proto::template::template_service_client::TemplateServiceClient::new(
            harness.channel.clone(),
        );
    let request = bitewing_proto::template::ListTemplatesRequest::default();
    let status = templates
        .list_templates(with_token(&chain.token, request))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&status),
        (Code::Unavailable, "SERVICE_UNAVAILABLE".to_owned())
    );
    assert!(get(&harness, &chain, ECHO).await.is_ok());
}

#[tokio::test]
async fn methods_for_services_look_like_methods_that_do_not_exist() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let mut answers = Vec::new();
    for path in [
        "/bitewing.feed.v1.FeedService/PullEvents",
        "/bitewing.conversation.v1.DispatchService/SendTransactional",
        "/bitewing.document.v1.DocumentService/NoSuchMethod",
        "/grpc.health.v1.Health/Check",
    ] {
        for token in ["", chain.token.as_str()] {
            let mut client = tonic::client::Grpc::new(harness.channel.clone());
            client.ready().await.unwrap();
            let codec = tonic_prost_codec();
            let request: Request<pb::GetDocumentRequest> =
                with_token(token, pb::GetDocumentRequest::default());
            let answer = client.unary(request, path.parse().unwrap(), codec).await;
            let status: Status = answer
                .map(|_: tonic::Response<pb::Document>| ())
                .err()
                .unwrap();
            answers.push((
                status.code(),
                status.message().to_owned(),
                status.details().to_vec(),
            ));
        }
    }
    assert_eq!(answers[0].0, Code::Unimplemented);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

fn tonic_prost_codec<T, U>() -> impl tonic::codec::Codec<Encode = T, Decode = U>
where
    T: prost::Message + Send + 'static,
    U: prost::Message + Default + Send + 'static,
{
    tonic_prost::ProstCodec::default()
}
