use crate::harness::{Harness, own_code, paths, reason};
use bitewing_proto::template as pb;
use bitewing_testkit::TestCaller;
use prost_types::FieldMask;
use tonic::{Code, Status};

const NEW: &str = "{{ secret }}\n\n@{{ host }} #{{ secret }}";

async fn update(
    h: &Harness,
    template: pb::Template,
    paths: &[&str],
) -> Result<pb::Template, Status> {
    let paths: Vec<_> = paths.iter().map(|path| (*path).to_owned()).collect();
    let request = pb::UpdateTemplateRequest {
        template: Some(template),
        update_mask: (!paths.is_empty()).then_some(FieldMask { paths }),
    };
    let answer = h.client().update_template(h.request(request)).await?;
    Ok(answer.into_inner().template.unwrap())
}

#[tokio::test]
async fn an_update_makes_a_version_and_minds_the_etag() {
    let h = Harness::start().await;
    let made = h.create(own_code()).await.unwrap();
    let changed = pb::Template {
        body: NEW.to_owned(),
        ..made.clone()
    };
    let changed = update(&h, changed, &[]).await.unwrap();
    assert_eq!((changed.version, changed.body.as_str()), (2, NEW));
    let again = update(&h, changed.clone(), &["body"]).await.unwrap();
    assert!(again == changed, "the same words are no new version");
    let refused = update(&h, made, &["*"]).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::Aborted, "ETAG_MISMATCH".to_owned())
    );
    let events: Vec<_> = h
        .events()
        .await
        .into_iter()
        .map(|event| event.event_type)
        .collect();
    assert!(events.starts_with(&["template.created".to_owned()]) && events.len() <= 2);
}

#[tokio::test]
async fn only_words_that_are_sound_are_taken() {
    let h = Harness::start().await;
    let made = h.create(own_code()).await.unwrap();
    let flawed = pb::Template {
        body: "no code".to_owned(),
        ..made.clone()
    };
    let refused = update(&h, flawed, &["body"]).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::InvalidArgument, "TEMPLATE_INVALID".to_owned())
    );
    let refused = update(&h, made.clone(), &["body", "kind"])
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["update_mask.paths[1]"]);
    let refused = update(&h, pb::Template::default(), &[])
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["template.template_id"]);
    let request = pb::UpdateTemplateRequest {
        template: Some(made),
        update_mask: None,
    };
    let foreign = h.request_as(&TestCaller::fresh(), request);
    let foreign = h.client().update_template(foreign).await.err().unwrap();
    assert_eq!(
        reason(&foreign),
        (Code::NotFound, "TEMPLATE_NOT_FOUND".to_owned())
    );
}

#[tokio::test]
async fn a_deleted_wording_gives_way_to_the_built_in_one() {
    let h = Harness::start().await;
    let made = h.create(own_code()).await.unwrap();
    let own = h.render(crate::harness::code("fr")).await.unwrap();
    assert!(own.text.starts_with("Bonjour ! MARKER-1"));
    let delete = pb::DeleteTemplateRequest {
        template_id: made.template_id.clone(),
    };
    h.client()
        .delete_template(h.request(delete.clone()))
        .await
        .unwrap();
    let refused = h
        .client()
        .delete_template(h.request(delete))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "TEMPLATE_NOT_FOUND".to_owned())
    );
    let built_in = h.render(crate::harness::code("fr")).await.unwrap();
    assert!(
        built_in
            .text
            .starts_with("MARKER-1 est votre code pour Clinic Riverside.")
    );
    h.create(own_code()).await.unwrap();
}
