use crate::harness::{Harness, paths, reason};
use bitewing_proto::template as pb;
use bitewing_proto::template::render_batch_request::Message;
use bitewing_proto::template::wording_service_client::WordingServiceClient;
use tonic::{Code, Status};

fn opening() -> Message {
    Message::Opening(pb::RenderBatchOpening {
        kind: "reminder".to_owned(),
        channel: pb::WordingChannel::Sms.into(),
        variables: [
            ("clinic.name", "Sourire"),
            ("clinic.phone", "514-555-0148"),
            ("appointment.date", "2027-03-02"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        ..Default::default()
    })
}

fn person(key: usize, locale: &str) -> pb::RenderBatchPerson {
    pb::RenderBatchPerson {
        key: key.to_string(),
        locale: locale.to_owned(),
        register: pb::WordingRegister::Formal.into(),
        variables: [("appointment.time".to_owned(), format!("{:02}:30", key % 24))].into(),
    }
}

fn people(people: Vec<pb::RenderBatchPerson>) -> Message {
    Message::People(pb::RenderBatchPeople { people })
}

async fn batch(
    h: &Harness,
    messages: Vec<Message>,
) -> Result<Vec<pb::RenderBatchResponse>, Status> {
    let messages = messages.into_iter().map(|message| pb::RenderBatchRequest {
        message: Some(message),
    });
    let messages: Vec<_> = messages.collect();
    let request = h.peer_request(futures_util::stream::iter(messages));
    let mut client = WordingServiceClient::new(h.channel.clone());
    let mut stream = client.render_batch(request).await?.into_inner();
    let mut answers = Vec::new();
    while let Some(answer) = stream.message().await? {
        answers.push(answer);
    }
    Ok(answers)
}

#[tokio::test]
async fn ten_thousand_people_are_written_to_in_one_stream() {
    let h = Harness::start().await;
    let locales = ["en", "fr-CA", "fr-FR", "it", "pt-BR", "pt-PT", "es", "ru"];
    let mut messages = vec![opening()];
    for part in 0..20 {
        let part = (0..500).map(|nth| part * 500 + nth);
        messages.push(people(
            part.map(|key| person(key, locales[key % 8])).collect(),
        ));
    }
    let answers = batch(&h, messages).await.unwrap();
    assert_eq!(answers.len(), 20);
    let results: Vec<_> = answers
        .into_iter()
        .flat_map(|answer| answer.results)
        .collect();
    assert_eq!(results.len(), 10_000);
    for (key, result) in results.iter().enumerate() {
        assert_eq!(result.key, key.to_string());
        let message = result.message.as_ref().unwrap();
        assert_eq!(message.locale, locales[key % 8]);
        assert!(message.text.contains("Sourire") && !message.text.contains("{{"));
        assert!(message.sms.as_ref().unwrap().segments > 0);
    }
}

#[tokio::test]
async fn what_cannot_be_said_to_one_is_said_to_the_others() {
    let h = Harness::start().await;
    let mut nobody = person(1, "it");
    nobody.register = 0;
    let mut timeless = person(2, "it");
    timeless.variables.clear();
    let answers = batch(
        &h,
        vec![opening(), people(vec![person(0, "it"), nobody, timeless])],
    );
    let results = answers.await.unwrap().remove(0).results;
    assert!(results[0].message.is_some() && results[0].reason.is_empty());
    for (index, field) in [(1, "register"), (2, "variables.appointment.time")] {
        assert!(results[index].message.is_none());
        assert_eq!(results[index].reason, "INVALID_REQUEST");
        assert_eq!(results[index].violations[0].field, field);
    }
}

#[tokio::test]
async fn a_message_out_of_order_or_too_long_ends_the_stream() {
    let h = Harness::start().await;
    for (messages, field) in [
        (vec![people(vec![person(0, "it")])], "opening"),
        (vec![opening(), opening()], "opening"),
        (vec![opening(), people(Vec::new())], "people.people"),
        (
            vec![
                opening(),
                people((0..501).map(|key| person(key, "it")).collect()),
            ],
            "people.people",
        ),
        (
            vec![Message::Opening(pb::RenderBatchOpening {
                kind: "reminder".to_owned(),
                ..Default::default()
            })],
            "opening.channel",
        ),
    ] {
        let refused = batch(&h, messages).await.err().unwrap();
        assert_eq!(
            reason(&refused),
            (Code::InvalidArgument, "INVALID_REQUEST".to_owned())
        );
        assert_eq!(paths(&refused), [field]);
    }
    let request = h.request(futures_util::stream::iter(Vec::new()));
    let mut client = WordingServiceClient::new(h.channel.clone());
    let refused = client.render_batch(request).await.err().unwrap();
    assert_eq!(refused.code(), Code::PermissionDenied);
}
