//! OrganizationService.

use crate::harness::{Harness, paths, reason, with_token};
use bitewing_proto::identity as pb;
use prost_types::FieldMask;
use tonic::{Code, Status};

async fn create(
    harness: &Harness,
    request: pb::CreateOrganizationRequest,
) -> Result<pb::CreateOrganizationResponse, Status> {
    let operator = harness.operator().await;
    let request = with_token(&operator, request);
    Ok(harness
        .organizations()
        .create_organization(request)
        .await?
        .into_inner())
}

fn wanted(slug: &str) -> pb::CreateOrganizationRequest {
    pb::CreateOrganizationRequest {
        display_name: "Sourire".to_owned(),
        slug: slug.to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_new_chain_has_defaults_and_a_client_with_every_scope() {
    let harness = Harness::start().await;
    let made = create(&harness, wanted("sourire")).await.unwrap();
    let organization = made.organization.unwrap();
    assert_eq!(
        organization.patient_visibility(),
        pb::PatientVisibility::Shared
    );
    assert_eq!(organization.default_language, "en");
    assert_eq!(organization.allowed_regions, ["CA", "US"]);
    let token = harness.token(&made.client_id, &made.client_secret).await;
    let read = harness.try_token(&token).await.unwrap();
    assert_eq!(read.organization_id, organization.organization_id);
    let request = pb::GetApiClientRequest {
        client_id: made.client_id,
    };
    let client = harness
        .clients()
        .get_api_client(with_token(&token, request))
        .await
        .unwrap();
    let scopes = client.into_inner().api_client.unwrap().scopes;
    let all: Vec<_> = bitewing_rpc::access::rules()
        .filter_map(|rule| rule.scope.clone())
        .collect();
    assert!(all.iter().all(|scope| scopes.contains(scope)));
    assert!(scopes.len() <= 50, "one client may have every scope");
}

#[tokio::test]
async fn a_slug_belongs_to_one_chain() {
    let harness = Harness::start().await;
    create(&harness, wanted("sourire")).await.unwrap();
    let status = create(&harness, wanted("sourire")).await.err().unwrap();
    assert_eq!(
        reason(&status),
        (Code::AlreadyExists, "SLUG_TAKEN".to_owned())
    );
}

#[tokio::test]
async fn a_repetition_answers_the_first_answer_and_a_reuse_is_refused() {
    let harness = Harness::start().await;
    let request = pb::CreateOrganizationRequest {
        request_id: "0199c1de-77aa-7000-8000-000000000001".to_owned(),
        ..wanted("sourire")
    };
    let first = create(&harness, request.clone()).await.unwrap();
    let again = create(&harness, request.clone()).await.unwrap();
    assert!(first.client_secret == again.client_secret && first.client_id == again.client_id);
    let other = pb::CreateOrganizationRequest {
        slug: "dents".to_owned(),
        ..request
    };
    let status = create(&harness, other).await.err().unwrap();
    assert_eq!(
        reason(&status),
        (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned())
    );
    // Nothing was claimed by the refused one.
    assert!(create(&harness, wanted("dents")).await.is_ok());
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let harness = Harness::start().await;
    let request = pb::CreateOrganizationRequest {
        display_name: " ".to_owned(),
        slug: "A".to_owned(),
        default_language: "tlh".to_owned(),
        allowed_regions: vec!["CA".to_owned(), "usa".to_owned()],
        request_id: "1".to_owned(),
    };
    let status = create(&harness, request).await.err().unwrap();
    let expected = [
        "request_id",
        "slug",
        "display_name",
        "default_language",
        "allowed_regions[1]",
    ];
    assert_eq!(
        (status.code(), paths(&status)),
        (Code::InvalidArgument, expected.map(String::from).to_vec())
    );
}

async fn update(
    harness: &Harness,
    token: &str,
    organization: pb::Organization,
    mask: &[&str],
) -> Result<pb::Organization, Status> {
    let request = pb::UpdateOrganizationRequest {
        organization: Some(organization),
        update_mask: Some(FieldMask {
            paths: mask.iter().map(|path| (*path).to_owned()).collect(),
        }),
    };
    let answer = harness
        .organizations()
        .update_organization(with_token(token, request))
        .await?;
    Ok(answer.into_inner().organization.unwrap())
}

#[tokio::test]
async fn an_update_changes_what_the_mask_names_and_the_etag() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let before = harness.try_token(&chain.token).await.unwrap();
    let sent = pb::Organization {
        display_name: "Ignored".to_owned(),
        patient_visibility: pb::PatientVisibility::PerClinic.into(),
        default_language: "fr-CA".to_owned(),
        etag: before.etag.clone(),
        ..Default::default()
    };
    let mask = ["patient_visibility", "default_language"];
    let after = update(&harness, &chain.token, sent.clone(), &mask)
        .await
        .unwrap();
    assert_eq!(after.display_name, before.display_name);
    assert_eq!(after.patient_visibility(), pb::PatientVisibility::PerClinic);
    assert_eq!(after.default_language, "fr");
    assert_ne!(after.etag, before.etag);
    let status = update(&harness, &chain.token, sent, &mask)
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&status), (Code::Aborted, "ETAG_MISMATCH".to_owned()));
}

#[tokio::test]
async fn an_unknown_path_or_a_wrong_value_is_named() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let status = update(
        &harness,
        &chain.token,
        pb::Organization::default(),
        &["slug"],
    )
    .await;
    assert_eq!(paths(&status.err().unwrap()), ["update_mask.paths[0]"]);
    let status = update(&harness, &chain.token, pb::Organization::default(), &["*"]).await;
    let expected = [
        "organization.display_name",
        "organization.patient_visibility",
    ];
    assert_eq!(paths(&status.err().unwrap()), expected);
}

#[tokio::test]
async fn a_caller_of_some_clinics_does_not_change_the_chain() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let clinic = bitewing_core::ClinicId::from_uuid(uuid::Uuid::from_u128(1)).to_string();
    let (_, narrow) = harness
        .client(&chain, &["organization.write"], &[clinic])
        .await;
    let sent = pb::Organization {
        display_name: "Mine".to_owned(),
        ..Default::default()
    };
    let status = update(&harness, &narrow, sent, &[]).await.err().unwrap();
    assert_eq!(
        reason(&status),
        (Code::PermissionDenied, "BEYOND_CALLER".to_owned())
    );
}

#[tokio::test]
async fn the_operator_has_no_chain() {
    let harness = Harness::start().await;
    let operator = harness.operator().await;
    let status = harness.try_token(&operator).await.err().unwrap();
    assert_eq!(
        reason(&status),
        (Code::NotFound, "ORGANIZATION_NOT_FOUND".to_owned())
    );
}
