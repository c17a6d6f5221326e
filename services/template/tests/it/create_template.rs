use crate::harness::{Harness, bytes, own_code, paths, reason, violations};
use bitewing_core::{Ids as _, SystemIds, TemplateId};
use bitewing_proto::template as pb;
use bitewing_testkit::TestCaller;
use tonic::Code;

fn get(id: &str) -> pb::GetTemplateRequest {
    pb::GetTemplateRequest {
        template_id: id.to_owned(),
    }
}

#[tokio::test]
async fn an_own_wording_reads_back_and_is_told_of() {
    let h = Harness::start().await;
    let made = h.create(own_code()).await.unwrap();
    let read = h
        .client()
        .get_template(h.request(get(&made.template_id)))
        .await
        .unwrap();
    assert!(read.into_inner().template.unwrap() == made);
    assert_eq!(
        (made.language.as_str(), made.version, made.built_in),
        ("fr", 1, false)
    );
    let [event] = h.events().await.try_into().ok().unwrap();
    assert_eq!(
        (event.event_type.as_str(), event.resource),
        ("template.created", made.template_id)
    );
}

#[tokio::test]
async fn there_is_one_wording_of_a_kind_a_language_and_a_channel() {
    let h = Harness::start().await;
    h.create(own_code()).await.unwrap();
    let refused = h.create(own_code()).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::AlreadyExists, "TEMPLATE_EXISTS".to_owned())
    );
}

#[tokio::test]
async fn flaws_are_named_with_their_place_and_without_what_was_written() {
    let h = Harness::start().await;
    let body = "Bonjour {{ patient_name }},\n  {% if vip %}";
    let flawed = pb::Template {
        body: body.to_owned(),
        ..own_code()
    };
    let refused = h.create(flawed).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::InvalidArgument, "TEMPLATE_INVALID".to_owned())
    );
    let [(path, hint)] = violations(&refused).try_into().ok().unwrap();
    assert_eq!(path, "template.body");
    assert_eq!(
        hint,
        "line 2, column 3: blocks and comments are not allowed"
    );
    let flawed = pb::Template {
        subject: "Hi".to_owned(),
        body: String::new(),
        ..own_code()
    };
    let refused = h.create(flawed).await.err().unwrap();
    assert_eq!(paths(&refused), ["template.subject", "template.body"]);
}

#[tokio::test]
async fn a_code_has_no_place_in_an_email() {
    let h = Harness::start().await;
    let refused = h
        .create(pb::Template {
            channel: 2,
            ..own_code()
        })
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::InvalidArgument, "INVALID_REQUEST".to_owned())
    );
    assert_eq!(paths(&refused), ["template.channel"]);
    let refused = h.create(pb::Template::default()).await.err().unwrap();
    assert_eq!(
        paths(&refused),
        ["template.kind", "template.language", "template.channel"]
    );
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer() {
    let h = Harness::start().await;
    let request = pb::CreateTemplateRequest {
        template: Some(own_code()),
        request_id: SystemIds.next().to_string(),
    };
    let first = h
        .client()
        .create_template(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    let again = h
        .client()
        .create_template(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    assert!(first == again);
    let other = pb::Template {
        language: "en".to_owned(),
        ..own_code()
    };
    let request = pb::CreateTemplateRequest {
        template: Some(other),
        ..request
    };
    let refused = h
        .client()
        .create_template(h.request(request))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned())
    );
    let request = pb::CreateTemplateRequest {
        template: None,
        request_id: "7".to_owned(),
    };
    let refused = h
        .client()
        .create_template(h.request(request))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["request_id"]);
}

#[tokio::test]
async fn another_organizations_template_is_as_absent_as_none() {
    let h = Harness::start().await;
    let made = h.create(own_code()).await.unwrap();
    let stranger = TestCaller::fresh();
    let foreign = h.request_as(&stranger, get(&made.template_id));
    let foreign = h.client().get_template(foreign).await.err().unwrap();
    let nobody = TemplateId::from_uuid(SystemIds.next()).to_string();
    let absent = h
        .client()
        .get_template(h.request(get(&nobody)))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&absent),
        (Code::NotFound, "TEMPLATE_NOT_FOUND".to_owned())
    );
    assert_eq!(bytes(&foreign), bytes(&absent));
    let delete = pb::DeleteTemplateRequest {
        template_id: made.template_id,
    };
    let foreign = h
        .client()
        .delete_template(h.request_as(&stranger, delete))
        .await
        .err()
        .unwrap();
    assert_eq!(bytes(&foreign), bytes(&absent));
    let refused = h
        .client()
        .get_template(h.request(get("tpl_1")))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["template_id"]);
}
