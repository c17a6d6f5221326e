use crate::harness::{Harness, paths, reason};
use crate::own::{approve, client, create, introduction, say, staff, submit, update};
use bitewing_auth::{Clinics, Role};
use bitewing_core::{ClinicId, Ids as _, SystemIds};
use bitewing_proto::template as pb;
use bitewing_testkit::TestCaller;
use std::time::Duration;
use tokio::time::Instant;
use tonic::Code;

#[tokio::test]
async fn what_a_clinic_approved_is_said_before_the_chains_and_the_librarys() {
    let h = Harness::start().await;
    let owner = staff(&h, Role::Owner, Clinics::All);
    let writer = staff(&h, Role::Secretary, Clinics::All);
    let clinic = ClinicId::from_uuid(SystemIds.next()).to_string();
    let library = say(&h, &clinic, ("", 0)).await.unwrap().text;
    let chains = create(&h, &writer, introduction("")).await.unwrap();
    assert_eq!(
        (chains.version, chains.state()),
        (1, pb::WordingState::Draft)
    );
    assert_eq!(say(&h, &clinic, ("", 0)).await.unwrap().text, library);
    submit(&h, &writer, &chains.wording_id).await.unwrap();
    assert_eq!(say(&h, &clinic, ("", 0)).await.unwrap().text, library);
    let approved = approve(&h, &owner, &chains.wording_id, false)
        .await
        .unwrap();
    assert_eq!(approved.state(), pb::WordingState::Approved);
    let said = say(&h, &clinic, ("", 0)).await.unwrap();
    assert_eq!(said.text, "Ciao, sono Zoe di Sourire.");
    assert_eq!((said.wording_id, said.version), (chains.wording_id, 1));
    let own = pb::Wording {
        body: "Qui {{ operator.name }}, {{ clinic.name }}!".to_owned(),
        ..introduction(&clinic)
    };
    let own = create(&h, &writer, own).await.unwrap();
    submit(&h, &writer, &own.wording_id).await.unwrap();
    approve(&h, &owner, &own.wording_id, false).await.unwrap();
    assert_eq!(
        say(&h, &clinic, ("", 0)).await.unwrap().text,
        "Qui Zoe, Sourire!"
    );
    assert_eq!(
        say(&h, "", ("", 0)).await.unwrap().text,
        "Ciao, sono Zoe di Sourire."
    );
    let retire = pb::RetireWordingRequest {
        wording_id: own.wording_id,
        reason: "old".to_owned(),
        ..Default::default()
    };
    client(&h)
        .retire_wording(h.request_as(&owner, retire))
        .await
        .unwrap();
    assert_eq!(
        say(&h, &clinic, ("", 0)).await.unwrap().text,
        "Ciao, sono Zoe di Sourire."
    );
    // Events are put in order in the background.
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let told = h.events().await;
        let told: Vec<_> = told.iter().map(|event| event.event_type.as_str()).collect();
        if told.contains(&"wording.retired") {
            assert!(told.contains(&"wording.approved"));
            break;
        }
        assert!(Instant::now() < deadline, "nobody was told: {told:?}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_new_version_retires_the_old_and_scheduled_ones_need_its_owners_word() {
    let h = Harness::start().await;
    let owner = staff(&h, Role::Owner, Clinics::All);
    let writer = staff(&h, Role::Secretary, Clinics::All);
    let id = create(&h, &writer, introduction(""))
        .await
        .unwrap()
        .wording_id;
    submit(&h, &writer, &id).await.unwrap();
    approve(&h, &owner, &id, false).await.unwrap();
    for (version, keep) in [(2, true), (3, false)] {
        let body = format!("{version} {{{{ operator.name }}}} {{{{ clinic.name }}}}");
        let draft = update(&h, &writer, &id, &body).await.unwrap();
        assert_eq!(
            (draft.version, draft.state()),
            (version, pb::WordingState::Draft)
        );
        submit(&h, &writer, &id).await.unwrap();
        let busy = update(&h, &writer, &id, &body).await.err().unwrap();
        assert_eq!(
            reason(&busy),
            (Code::FailedPrecondition, "WORDING_STATE".to_owned())
        );
        approve(&h, &owner, &id, keep).await.unwrap();
    }
    assert_eq!(say(&h, "", ("", 0)).await.unwrap().text, "3 Zoe Sourire");
    assert_eq!(
        say(&h, "", (&id, 1)).await.unwrap().text,
        "Ciao, sono Zoe di Sourire."
    );
    let refused = say(&h, "", (&id, 2)).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::FailedPrecondition, "WORDING_STATE".to_owned())
    );
    let mut states = Vec::new();
    let mut token = String::new();
    loop {
        let request = pb::ListWordingVersionsRequest {
            wording_id: id.clone(),
            page_size: 2,
            page_token: token,
        };
        let page = client(&h).list_wording_versions(h.request(request)).await;
        let page = page.unwrap().into_inner();
        states.extend(page.wordings.iter().map(|w| (w.version, w.state())));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    use pb::WordingState::{Approved, Retired};
    assert_eq!(states, [(3, Approved), (2, Retired), (1, Retired)]);
    let list = pb::ListWordingsRequest::default();
    let listed = client(&h)
        .list_wordings(h.request(list))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.wordings.len(), 1);
    assert_eq!(listed.wordings[0].version, 3);
}

#[tokio::test]
async fn clinical_words_are_approved_by_a_dentist_and_sent_back_with_a_reason() {
    let h = Harness::start().await;
    let owner = staff(&h, Role::Owner, Clinics::All);
    let writer = staff(&h, Role::Secretary, Clinics::All);
    let dentist = staff(&h, Role::Dentist, Clinics::All);
    let therapy = pb::Wording {
        kind: "therapy-reminder".to_owned(),
        body: "{{ clinic.name }} {{ clinic.phone }}".to_owned(),
        ..introduction("")
    };
    let id = create(&h, &writer, therapy).await.unwrap().wording_id;
    submit(&h, &writer, &id).await.unwrap();
    for caller in [&owner, &h.caller] {
        let refused = approve(&h, caller, &id, false).await.err().unwrap();
        assert_eq!(
            reason(&refused),
            (Code::PermissionDenied, "WORDING_ROLE".to_owned())
        );
    }
    let reject = |why: &str| pb::RejectWordingRequest {
        wording_id: id.clone(),
        reason: why.to_owned(),
        ..Default::default()
    };
    let silent = client(&h)
        .reject_wording(h.request_as(&dentist, reject("")))
        .await;
    assert_eq!(paths(&silent.err().unwrap()), ["reason"]);
    let back = client(&h)
        .reject_wording(h.request_as(&dentist, reject("too terse")))
        .await;
    let back = back.unwrap().into_inner().wording.unwrap();
    assert_eq!(
        (back.state(), back.reason.as_str()),
        (pb::WordingState::Rejected, "too terse")
    );
    assert_eq!(back.decided_by, dentist.actor.id);
    let again = update(&h, &writer, &id, "Da {{ clinic.name }}: {{ clinic.phone }}")
        .await
        .unwrap();
    assert_eq!((again.version, again.reason.as_str()), (2, ""));
    submit(&h, &writer, &id).await.unwrap();
    let done = approve(&h, &dentist, &id, false).await.unwrap();
    assert_eq!(done.state(), pb::WordingState::Approved);
}

#[tokio::test]
async fn wordings_of_others_look_absent_and_are_not_made_for_all_by_some() {
    let h = Harness::start().await;
    let owner = staff(&h, Role::Owner, Clinics::All);
    let writer = staff(&h, Role::Secretary, Clinics::All);
    let (here, there) = (SystemIds.next(), SystemIds.next());
    let (here, there) = (ClinicId::from_uuid(here), ClinicId::from_uuid(there));
    let manager = staff(&h, Role::Manager, Clinics::Only(vec![here]));
    let made = create(&h, &writer, introduction(&there.to_string()))
        .await
        .unwrap();
    let get = |id: &str| pb::GetWordingRequest {
        wording_id: id.to_owned(),
        version: 0,
    };
    for caller in [manager.clone(), TestCaller::fresh()] {
        let request = h.request_as(&caller, get(&made.wording_id));
        let refused = client(&h).get_wording(request).await.err().unwrap();
        assert_eq!(
            reason(&refused),
            (Code::NotFound, "WORDING_NOT_FOUND".to_owned())
        );
        let changed = update(&h, &caller, &made.wording_id, "x")
            .await
            .err()
            .unwrap();
        assert_eq!(
            reason(&changed),
            (Code::NotFound, "WORDING_NOT_FOUND".to_owned())
        );
    }
    let for_all = create(&h, &manager, introduction("")).await.err().unwrap();
    assert_eq!(
        reason(&for_all),
        (Code::PermissionDenied, "WORDING_ROLE".to_owned())
    );
    create(&h, &manager, introduction(&here.to_string()))
        .await
        .unwrap();
    let twice = create(&h, &writer, introduction(&there.to_string()))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&twice),
        (Code::AlreadyExists, "WORDING_EXISTS".to_owned())
    );
    let stale = pb::UpdateWordingRequest {
        wording_id: made.wording_id.clone(),
        body: "{{ operator.name }} {{ clinic.name }}".to_owned(),
        etag: "\"9.9\"".to_owned(),
        ..Default::default()
    };
    let stale = client(&h)
        .update_wording(h.request_as(&writer, stale))
        .await;
    assert_eq!(
        reason(&stale.err().unwrap()),
        (Code::Aborted, "ETAG_MISMATCH".to_owned())
    );
    let flawed = update(&h, &writer, &made.wording_id, "{% for %}")
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&flawed),
        (Code::InvalidArgument, "WORDING_INVALID".to_owned())
    );
    let kept = client(&h)
        .get_wording(h.request_as(&owner, get(&made.wording_id)))
        .await;
    assert_eq!(kept.unwrap().into_inner().wording.unwrap().body, made.body);
}

#[tokio::test]
async fn nobody_approves_their_own_words() {
    let h = Harness::start().await;
    let owner = staff(&h, Role::Owner, Clinics::All);
    let manager = staff(&h, Role::Manager, Clinics::All);
    let id = create(&h, &owner, introduction(""))
        .await
        .unwrap()
        .wording_id;
    submit(&h, &owner, &id).await.unwrap();
    let refused = approve(&h, &owner, &id, false).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::PermissionDenied, "WORDING_AUTHOR".to_owned())
    );
    let approved = approve(&h, &manager, &id, false).await.unwrap();
    assert_eq!(approved.written_by, owner.actor.id);
    assert_eq!(approved.decided_by, manager.actor.id);
    // Whoever changes a draft has written it.
    let body = "{{ operator.name }}, {{ clinic.name }}.";
    update(&h, &owner, &id, body).await.unwrap();
    let friendly = format!("Ciao! {body}");
    let changed = update(&h, &manager, &id, &friendly).await.unwrap();
    assert_eq!(changed.written_by, manager.actor.id);
    submit(&h, &owner, &id).await.unwrap();
    let refused = approve(&h, &manager, &id, false).await.err().unwrap();
    assert_eq!(reason(&refused).1, "WORDING_AUTHOR");
    approve(&h, &owner, &id, false).await.unwrap();
}

#[tokio::test]
async fn two_versions_are_compared_word_by_word() {
    let h = Harness::start().await;
    let writer = staff(&h, Role::Secretary, Clinics::All);
    let id = crate::own::approved(&h, introduction("")).await.wording_id;
    update(
        &h,
        &writer,
        &id,
        "Ciao, sono {{ operator.name }} da {{ clinic.name }}.",
    )
    .await
    .unwrap();
    let compare = |older, newer| pb::CompareWordingVersionsRequest {
        wording_id: id.clone(),
        older,
        newer,
    };
    let runs = client(&h)
        .compare_wording_versions(h.request(compare(1, 0)))
        .await;
    let runs = runs.unwrap().into_inner().body;
    let runs: Vec<_> = runs
        .iter()
        .map(|run| (run.change(), run.text.as_str()))
        .collect();
    use pb::WordingChange::{Added, Kept, Removed};
    assert_eq!(
        runs,
        [
            (Kept, "Ciao, sono {{ operator.name }} "),
            (Removed, "di "),
            (Added, "da "),
            (Kept, "{{ clinic.name }}."),
        ]
    );
    let refused = client(&h)
        .compare_wording_versions(h.request(compare(0, -1)))
        .await;
    assert_eq!(paths(&refused.err().unwrap()), ["older", "newer"]);
    let absent = client(&h)
        .compare_wording_versions(h.request(compare(1, 9)))
        .await;
    assert_eq!(
        reason(&absent.err().unwrap()),
        (Code::NotFound, "WORDING_NOT_FOUND".to_owned())
    );
}

#[tokio::test]
async fn french_of_one_country_stands_in_for_the_others() {
    let h = Harness::start().await;
    let there = pb::Wording {
        locale: "fr-FR".to_owned(),
        body: "Ici {{ operator.name }}, {{ clinic.name }}.".to_owned(),
        ..introduction("")
    };
    crate::own::approved(&h, there).await;
    let asked = |locale: &str, register: pb::WordingRegister| pb::PreviewWordingRequest {
        kind: "introduction".to_owned(),
        locale: locale.to_owned(),
        register: register.into(),
        channel: pb::WordingChannel::Chat.into(),
        ..Default::default()
    };
    let informal = pb::WordingRegister::Informal;
    let mut client = bitewing_proto::template::wording_service_client::WordingServiceClient::new(
        h.channel.clone(),
    );
    for (locale, register, own) in [
        ("fr-FR", informal, true),
        ("fr-CA", informal, true),
        ("it", informal, false),
        ("fr-FR", pb::WordingRegister::Formal, false),
    ] {
        let request = h.request(asked(locale, register));
        let said = client.preview_wording(request).await.unwrap().into_inner();
        assert_eq!(said.renderings[0].text.starts_with("Ici "), own, "{locale}");
        assert_eq!(said.renderings[0].version, i32::from(own));
    }
}

#[tokio::test]
async fn a_repeated_request_begins_one_wording() {
    let h = Harness::start().await;
    let request = pb::CreateWordingRequest {
        wording: Some(introduction("")),
        request_id: "0b8ff3f2-95b5-4e6b-8d7a-1b8f4b9a2f11".to_owned(),
    };
    let first = client(&h)
        .create_wording(h.request(request.clone()))
        .await
        .unwrap();
    let again = client(&h).create_wording(h.request(request)).await.unwrap();
    assert!(first.into_inner() == again.into_inner());
    let unknown = pb::Wording {
        kind: "own-nothing".to_owned(),
        ..introduction("")
    };
    let refused = create(&h, &h.caller, unknown).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "WORDING_KIND_NOT_FOUND".to_owned())
    );
    let silent = pb::Wording {
        kind: "therapy-reminder".to_owned(),
        channel: pb::WordingChannel::Voice.into(),
        ..introduction("")
    };
    let refused = create(&h, &h.caller, silent).await.err().unwrap();
    assert_eq!(paths(&refused), ["wording.channel"]);
}
