use crate::harness::{Harness, own_code, paths};
use bitewing_proto::template as pb;
use bitewing_testkit::TestCaller;

#[tokio::test]
async fn everything_said_is_listed_page_by_page_in_order() {
    let h = Harness::start().await;
    let own = h.create(own_code()).await.unwrap();
    let mut said = Vec::new();
    let mut token = String::new();
    loop {
        let request = pb::ListTemplatesRequest {
            page_size: 7,
            page_token: token,
            ..Default::default()
        };
        let page = h
            .client()
            .list_templates(h.request(request))
            .await
            .unwrap()
            .into_inner();
        said.extend(page.templates);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(said.len(), 36);
    let own: Vec<_> = said.iter().filter(|template| **template == own).collect();
    assert_eq!(own.len(), 1);
    assert_eq!(said.iter().filter(|template| template.built_in).count(), 35);
    let order: Vec<_> = said.iter().map(|template| template.kind).collect();
    assert!(order.is_sorted());

    let stranger = h.request_as(&TestCaller::fresh(), pb::ListTemplatesRequest::default());
    let theirs = h
        .client()
        .list_templates(stranger)
        .await
        .unwrap()
        .into_inner();
    assert!(theirs.templates.iter().all(|template| template.built_in));
}

#[tokio::test]
async fn lists_are_cut_by_kind_and_language_and_tokens_do_not_carry_over() {
    let h = Harness::start().await;
    let request = pb::ListTemplatesRequest {
        kind: pb::TemplateKind::DocumentCode.into(),
        language: "fr".to_owned(),
        page_size: 1,
        ..Default::default()
    };
    let page = h
        .client()
        .list_templates(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(page.templates[0].channel(), pb::TemplateChannel::Sms);
    let next = pb::ListTemplatesRequest {
        page_token: page.next_page_token.clone(),
        ..request
    };
    let last = h
        .client()
        .list_templates(h.request(next))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(last.templates[0].channel(), pb::TemplateChannel::Voice);
    assert!(last.next_page_token.is_empty());
    let forged = pb::ListTemplatesRequest {
        kind: 9,
        language: "klingon".to_owned(),
        page_size: -1,
        page_token: page.next_page_token,
    };
    let refused = h
        .client()
        .list_templates(h.request(forged))
        .await
        .err()
        .unwrap();
    assert_eq!(
        paths(&refused),
        ["page_size", "page_token", "kind", "language"]
    );
}
