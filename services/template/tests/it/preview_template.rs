use crate::harness::{Harness, own_code, paths, reason};
use bitewing_proto::template as pb;
use tonic::{Code, Status};

async fn preview(h: &Harness, template: pb::Template) -> Result<pb::RenderedMessage, Status> {
    let request = pb::PreviewTemplateRequest {
        template: Some(template),
    };
    let answer = h.client().preview_template(h.request(request)).await?;
    Ok(answer.into_inner().message.unwrap())
}

#[tokio::test]
async fn a_draft_is_shown_with_nobodys_values() {
    let h = Harness::start().await;
    let shown = preview(&h, own_code()).await.unwrap();
    insta::assert_snapshot!(shown.text, @r"
    Bonjour ! 123456 (Clinic Riverside)

    @documents.example #123456
    ");
    let flawed = pb::Template {
        body: "{{ secret".to_owned(),
        ..own_code()
    };
    let refused = preview(&h, flawed).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::InvalidArgument, "TEMPLATE_INVALID".to_owned())
    );
    let refused = preview(&h, pb::Template::default()).await.err().unwrap();
    assert_eq!(
        paths(&refused),
        ["template.kind", "template.language", "template.channel"]
    );
}

#[tokio::test]
async fn without_a_body_what_is_said_now_is_shown() {
    let h = Harness::start().await;
    let slot = pb::Template {
        body: String::new(),
        ..own_code()
    };
    let built_in = preview(&h, slot.clone()).await.unwrap();
    assert!(
        built_in
            .text
            .starts_with("123456 est votre code pour Clinic Riverside.")
    );
    h.create(own_code()).await.unwrap();
    assert!(
        preview(&h, slot)
            .await
            .unwrap()
            .text
            .starts_with("Bonjour !")
    );
}
