//! ApiClientService.

use crate::harness::{Chain, Harness, paths, reason, with_token};
use bitewing_core::{ClinicId, Ids as _, SystemIds};
use bitewing_proto::identity as pb;
use tonic::{Code, Status};

fn wanted(scopes: &[&str]) -> pb::CreateApiClientRequest {
    pb::CreateApiClientRequest {
        display_name: "Phones".to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..Default::default()
    }
}

fn clinic() -> String {
    ClinicId::from_uuid(SystemIds.next()).to_string()
}

async fn create(
    harness: &Harness,
    token: &str,
    request: pb::CreateApiClientRequest,
) -> Result<pb::CreateApiClientResponse, Status> {
    Ok(harness
        .clients()
        .create_api_client(with_token(token, request))
        .await?
        .into_inner())
}

async fn get(harness: &Harness, token: &str, id: &str) -> Result<pb::ApiClient, Status> {
    let request = pb::GetApiClientRequest {
        client_id: id.to_owned(),
    };
    let answer = harness
        .clients()
        .get_api_client(with_token(token, request))
        .await?;
    Ok(answer.into_inner().api_client.unwrap())
}

async fn rotate(harness: &Harness, token: &str, id: &str) -> Result<String, Status> {
    let request = pb::RotateApiClientSecretRequest {
        client_id: id.to_owned(),
    };
    let answer = harness
        .clients()
        .rotate_api_client_secret(with_token(token, request))
        .await?;
    Ok(answer.into_inner().client_secret)
}

async fn delete(harness: &Harness, token: &str, id: &str) -> Result<(), Status> {
    let request = pb::DeleteApiClientRequest {
        client_id: id.to_owned(),
    };
    harness
        .clients()
        .delete_api_client(with_token(token, request))
        .await
        .map(|_| ())
}

async fn works(harness: &Harness, id: &str, secret: &str) -> bool {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", id),
        ("client_secret", secret),
    ];
    harness.form("/oauth2/token", &form).await.0 == 200
}

#[tokio::test]
async fn a_client_may_do_what_it_was_given() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let made = create(
        &harness,
        &chain.token,
        wanted(&["users.read", "users.read"]),
    )
    .await
    .unwrap();
    let client = made.api_client.unwrap();
    assert_eq!(
        (client.scopes.clone(), client.live_secrets),
        (vec!["users.read".to_owned()], 1)
    );
    let read = get(&harness, &chain.token, &client.client_id)
        .await
        .unwrap();
    assert_eq!(read.client_id, client.client_id);
    let token = harness.token(&client.client_id, &made.client_secret).await;
    let request = with_token(&token, pb::ListUsersRequest::default());
    assert!(harness.users().list_users(request).await.is_ok());
    assert_eq!(
        harness.try_token(&token).await.err().unwrap().code(),
        Code::PermissionDenied
    );
}

#[tokio::test]
async fn nobody_gives_more_than_it_has() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let (own, foreign) = (clinic(), clinic());
    let (_, narrow) = harness
        .client(
            &chain,
            &["api_clients.write", "api_clients.read"],
            std::slice::from_ref(&own),
        )
        .await;
    let request = pb::CreateApiClientRequest {
        clinic_ids: vec![own.clone()],
        ..wanted(&["api_clients.read", "users.write", "root"])
    };
    let status = create(&harness, &narrow, request).await.err().unwrap();
    assert_eq!(paths(&status), ["scopes[1]"]);
    for clinics in [vec![], vec![foreign], vec!["x".to_owned()]] {
        let request = pb::CreateApiClientRequest {
            clinic_ids: clinics,
            ..wanted(&["api_clients.read"])
        };
        let status = create(&harness, &narrow, request).await.err().unwrap();
        assert!(paths(&status)[0].starts_with("clinic_ids"));
    }
    let request = pb::CreateApiClientRequest {
        clinic_ids: vec![own],
        ..wanted(&["api_clients.read"])
    };
    assert!(create(&harness, &narrow, request).await.is_ok());
}

#[tokio::test]
async fn who_has_less_does_not_take_over_who_has_more() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let (_, narrow) = harness.client(&chain, &["api_clients.write"], &[]).await;
    let beyond = (Code::PermissionDenied, "BEYOND_CALLER".to_owned());
    let status = rotate(&harness, &narrow, &chain.client_id)
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&status), beyond);
    let status = delete(&harness, &narrow, &chain.client_id)
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&status), beyond);
    // A client of some clinics does not even see one of all clinics.
    let scopes = ["api_clients.write", "api_clients.read"];
    let (_, local) = harness.client(&chain, &scopes, &[clinic()]).await;
    let status = rotate(&harness, &local, &chain.client_id)
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&status),
        (Code::NotFound, "API_CLIENT_NOT_FOUND".to_owned())
    );
    assert!(works(&harness, &chain.client_id, &chain.secret).await);
}

#[tokio::test]
async fn two_secrets_are_live_during_a_rotation() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let made = create(&harness, &chain.token, wanted(&["users.read"]))
        .await
        .unwrap();
    let (id, first) = (made.api_client.unwrap().client_id, made.client_secret);
    let second = rotate(&harness, &chain.token, &id).await.unwrap();
    assert!(works(&harness, &id, &first).await && works(&harness, &id, &second).await);
    assert_eq!(
        get(&harness, &chain.token, &id).await.unwrap().live_secrets,
        2
    );
    let third = rotate(&harness, &chain.token, &id).await.unwrap();
    assert!(!works(&harness, &id, &first).await);
    assert!(works(&harness, &id, &second).await && works(&harness, &id, &third).await);
}

#[tokio::test]
async fn a_deleted_client_and_its_tokens_are_refused() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let (client, token) = harness.client(&chain, &["organization.read"], &[]).await;
    assert!(harness.try_token(&token).await.is_ok());
    delete(&harness, &chain.token, &client.client_id)
        .await
        .unwrap();
    assert_eq!(
        harness.try_token(&token).await.err().unwrap().code(),
        Code::Unauthenticated
    );
    let status = delete(&harness, &chain.token, &client.client_id)
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&status),
        (Code::NotFound, "API_CLIENT_NOT_FOUND".to_owned())
    );
}

#[tokio::test]
async fn another_chains_client_looks_like_none() {
    let harness = Harness::start().await;
    let (one, two) = (harness.chain("sourire").await, harness.chain("dents").await);
    let none = one.client_id[..one.client_id.len() - 4].to_owned() + "0000";
    let answer = |status: Status| {
        (
            status.code(),
            status.message().to_owned(),
            status.details().to_vec(),
        )
    };
    let absent = answer(get(&harness, &one.token, &none).await.err().unwrap());
    assert_eq!(
        answer(
            get(&harness, &one.token, &two.client_id)
                .await
                .err()
                .unwrap()
        ),
        absent
    );
    assert_eq!(
        answer(
            rotate(&harness, &one.token, &two.client_id)
                .await
                .err()
                .unwrap()
        ),
        absent
    );
    assert_eq!(
        answer(
            delete(&harness, &one.token, &two.client_id)
                .await
                .err()
                .unwrap()
        ),
        absent
    );
    assert!(works(&harness, &two.client_id, &two.secret).await);
}

#[tokio::test]
async fn bad_fields_are_named() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let status = create(
        &harness,
        &chain.token,
        pb::CreateApiClientRequest::default(),
    )
    .await;
    assert_eq!(paths(&status.err().unwrap()), ["display_name", "scopes"]);
    let request = pb::CreateApiClientRequest {
        request_id: "x".to_owned(),
        clinic_ids: vec![clinic(); 101],
        ..wanted(&["root"])
    };
    let status = create(&harness, &chain.token, request).await.err().unwrap();
    assert_eq!(paths(&status), ["request_id", "scopes[0]", "clinic_ids"]);
    assert_eq!(
        paths(&get(&harness, &chain.token, "cli_x").await.err().unwrap()),
        ["client_id"]
    );
}

#[tokio::test]
async fn a_repetition_makes_no_second_client() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let request = pb::CreateApiClientRequest {
        request_id: "0199c1de-77aa-7000-8000-000000000002".to_owned(),
        ..wanted(&["users.read"])
    };
    let first = create(&harness, &chain.token, request.clone())
        .await
        .unwrap();
    let again = create(&harness, &chain.token, request.clone())
        .await
        .unwrap();
    assert!(first.client_secret == again.client_secret);
    let other = pb::CreateApiClientRequest {
        display_name: "Other".to_owned(),
        ..request
    };
    let status = create(&harness, &chain.token, other).await.err().unwrap();
    assert_eq!(
        reason(&status),
        (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned())
    );
    assert_eq!(
        list(&harness, &chain, "").await.unwrap().api_clients.len(),
        2
    );
}

async fn list(
    harness: &Harness,
    chain: &Chain,
    page_token: &str,
) -> Result<pb::ListApiClientsResponse, Status> {
    let request = pb::ListApiClientsRequest {
        page_size: 2,
        page_token: page_token.to_owned(),
    };
    let answer = harness
        .clients()
        .list_api_clients(with_token(&chain.token, request))
        .await?;
    Ok(answer.into_inner())
}

#[tokio::test]
async fn a_list_is_paged_and_its_token_belongs_to_it() {
    let harness = Harness::start().await;
    let (chain, other) = (harness.chain("sourire").await, harness.chain("dents").await);
    for _ in 0..2 {
        create(&harness, &chain.token, wanted(&["users.read"]))
            .await
            .unwrap();
    }
    let first = list(&harness, &chain, "").await.unwrap();
    assert_eq!(first.api_clients.len(), 2);
    let second = list(&harness, &chain, &first.next_page_token)
        .await
        .unwrap();
    let last: Vec<_> = second
        .api_clients
        .iter()
        .map(|client| &client.client_id)
        .collect();
    assert_eq!(
        (last, second.next_page_token.as_str()),
        (vec![&chain.client_id], "")
    );
    for (chain, token) in [(&other, first.next_page_token.as_str()), (&chain, "AAAA")] {
        let status = list(&harness, chain, token).await.err().unwrap();
        assert_eq!(paths(&status), ["page_token"]);
    }
}
