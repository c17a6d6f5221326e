use super::{clerk, fresh_clinic, implant, plain, scenarios, told, upsert};
use crate::harness::{Harness, bytes, paths, reason, violations};
use bitewing_core::{Ids as _, ScenarioId, SystemIds};
use bitewing_proto::template as pb;
use bitewing_testkit::TestCaller;
use prost_types::FieldMask;
use std::collections::HashMap;
use tonic::{Code, Status};

/// A chain's own answer about all-on-four, which the library does not know.
pub(super) fn all_on_four() -> pb::Scenario {
    pb::Scenario {
        intent: "price".to_owned(),
        service: "all-on-four".to_owned(),
        locale: "ru".to_owned(),
        title: "Всё на четырёх".to_owned(),
        examples: vec![
            "сколько стоит всё на четырёх имплантах".to_owned(),
            "вся челюсть на имплантах".to_owned(),
        ],
        answers: vec![answer(
            1,
            "{{ patient.salutation }}, расскажем на консультации: {{ clinic.phone }}.",
        )],
        steps: vec![pb::PlaybookStep {
            kind: pb::PlaybookStepKind::OfferSlot.into(),
            text: "Пригласить на консультацию.".to_owned(),
        }],
        ..Default::default()
    }
}

fn answer(register: i32, body: &str) -> pb::ScenarioAnswer {
    pb::ScenarioAnswer {
        register,
        body: body.to_owned(),
    }
}

async fn create(h: &Harness, scenario: pb::Scenario) -> Result<pb::Scenario, Status> {
    let request = pb::CreateScenarioRequest {
        scenario: Some(scenario),
        request_id: String::new(),
    };
    let answer = scenarios(h).create_scenario(h.request(request)).await?;
    Ok(answer.into_inner().scenario.unwrap())
}

fn asked(text: &str, locale: &str) -> pb::SearchScenariosRequest {
    let variables = [
        ("patient.salutation", "Иван Петрович"),
        ("clinic.name", "Улыбка"),
        ("clinic.phone", "8 495 000-00-00"),
    ];
    pb::SearchScenariosRequest {
        text: text.to_owned(),
        locale: locale.to_owned(),
        variables: variables
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..Default::default()
    }
}

async fn search(
    h: &Harness,
    request: pb::SearchScenariosRequest,
) -> Result<Vec<pb::Suggestion>, Status> {
    let answer = scenarios(h).search_scenarios(h.request(request)).await?;
    Ok(answer.into_inner().suggestions)
}

fn intent(suggestion: &pb::Suggestion) -> (&str, &str) {
    let scenario = suggestion.scenario.as_ref().unwrap();
    (&scenario.intent, &scenario.service)
}

#[tokio::test]
async fn what_a_patient_wrote_finds_an_answer_with_the_price() {
    let h = Harness::start().await;
    upsert(&h, &h.caller, implant()).await.unwrap();
    let found = search(
        &h,
        asked("Здравствуйте! Сколько у вас стоит ИМПЛАНТ?", "ru-RU"),
    )
    .await
    .unwrap();
    assert_eq!(
        (intent(&found[0]), found[0].service.as_str()),
        (("price", "implant"), "implant")
    );
    assert!(
        found
            .iter()
            .map(|one| one.score)
            .collect::<Vec<_>>()
            .is_sorted_by(|a, b| a >= b)
    );
    let first = &found[0].answers[0];
    assert!(
        first
            .text
            .starts_with("Иван Петрович, имплантация идёт поэтапно"),
        "{}",
        first.text
    );
    assert!(
        plain(&first.text).contains("от 60 000 ₽ до 90 000 ₽"),
        "{}",
        first.text
    );
    assert!(found[0].price_reason.is_empty() && first.missing.is_empty());
    // What was sent before is not offered first again.
    let again = pb::SearchScenariosRequest {
        sent_before: vec![first.text.clone()],
        ..asked("Сколько у вас стоит имплант?", "ru")
    };
    let found = search(&h, again).await.unwrap();
    assert_ne!(found[0].answers[0].body, first.body);
    assert!(!found[0].answers[0].sent_before && found[0].answers[1].sent_before);
}

#[tokio::test]
async fn without_a_price_in_force_none_is_told() {
    let h = Harness::start().await;
    let found = search(&h, asked("сколько стоит коронка", "ru"))
        .await
        .unwrap();
    assert_eq!(
        (intent(&found[0]), found[0].service.as_str()),
        (("price", ""), "crown")
    );
    assert_eq!(found[0].price_reason, "PRICE_NOT_FOUND");
    assert!(found[0].answers.iter().all(|answer| answer.text.is_empty()));
    assert!(
        found[0].answers[0]
            .missing
            .contains(&"price.range".to_owned())
    );
    let old = pb::Price {
        valid_until: "2001-01-01".to_owned(),
        ..implant()
    };
    upsert(&h, &h.caller, old).await.unwrap();
    let found = search(&h, asked("сколько стоит имплант", "ru"))
        .await
        .unwrap();
    assert_eq!(found[0].price_reason, "PRICE_NOT_IN_FORCE");
}

#[tokio::test]
async fn the_clinics_scenario_goes_before_the_chains_and_the_librarys() {
    let h = Harness::start().await;
    let clinic = fresh_clinic();
    let request = |clinic: &str| pb::SearchScenariosRequest {
        clinic_id: clinic.to_owned(),
        ..asked("сколько стоит всё на четырёх имплантах?", "ru")
    };
    create(&h, all_on_four()).await.unwrap();
    let own = pb::Scenario {
        clinic_id: clinic.to_string(),
        // Found by the chain's examples all the same.
        examples: vec!["другие слова".to_owned()],
        answers: vec![answer(1, "В нашей клинике: {{ clinic.phone }}.")],
        ..all_on_four()
    };
    create(&h, own).await.unwrap();
    let found = search(&h, request("")).await.unwrap();
    assert_eq!(intent(&found[0]), ("price", "all-on-four"));
    assert!(
        found[0].answers[0]
            .text
            .starts_with("Иван Петрович, расскажем")
    );
    let found = search(&h, request(&clinic.to_string())).await.unwrap();
    assert_eq!(intent(&found[0]), ("price", "all-on-four"));
    assert_eq!(
        found[0].answers[0].text,
        "В нашей клинике: 8 495 000-00-00."
    );
    // Another organization knows nothing of it.
    let stranger = h.request_as(&TestCaller::fresh(), request(""));
    let found = scenarios(&h)
        .search_scenarios(stranger)
        .await
        .unwrap()
        .into_inner()
        .suggestions;
    assert!(found.iter().all(|one| intent(one).1 != "all-on-four"));
}

#[tokio::test]
async fn intents_cut_the_search_and_no_locale_means_every_language() {
    let h = Harness::start().await;
    let only = pb::SearchScenariosRequest {
        intents: vec!["too-expensive".to_owned(), "payment-plan".to_owned()],
        ..asked("это дорого, сколько стоит, можно ли оплатить частями", "ru")
    };
    let found = search(&h, only).await.unwrap();
    assert!(!found.is_empty() && found.iter().all(|one| intent(one).0 != "price"));
    for (text, locale) in [
        ("je voudrais prendre rendez-vous demain", "fr-"),
        ("quiero pedir cita para mañana", "es"),
        ("можно записаться на завтра?", "ru"),
    ] {
        let found = search(&h, asked(text, "")).await.unwrap();
        let scenario = found[0].scenario.as_ref().unwrap();
        assert!(
            scenario.locale.starts_with(locale) && scenario.intent == "booking",
            "{text} {}",
            scenario.locale
        );
    }
    assert!(search(&h, asked("qwertz", "en")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_complaint_brings_its_playbook() {
    let h = Harness::start().await;
    let found = search(
        &h,
        asked(
            "I am very unhappy, I waited an hour and nobody apologised",
            "en",
        ),
    )
    .await
    .unwrap();
    let scenario = found[0].scenario.as_ref().unwrap();
    assert_eq!(scenario.intent, "complaint");
    let steps: Vec<_> = scenario.steps.iter().map(pb::PlaybookStep::kind).collect();
    use pb::PlaybookStepKind::{Acknowledge, AskCause, Call, CloseLoop, NameOwner, RecordCause};
    assert_eq!(
        steps,
        [
            Acknowledge,
            AskCause,
            RecordCause,
            NameOwner,
            Call,
            CloseLoop
        ]
    );
}

#[tokio::test]
async fn a_scenario_is_made_changed_and_given_up() {
    let h = Harness::start().await;
    let made = create(&h, all_on_four()).await.unwrap();
    let refused = create(&h, all_on_four()).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::AlreadyExists, "SCENARIO_EXISTS".to_owned())
    );
    let update = |scenario: pb::Scenario, paths: &[&str]| pb::UpdateScenarioRequest {
        scenario: Some(scenario),
        update_mask: Some(FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }),
    };
    let renamed = pb::Scenario {
        examples: vec!["зубы за один день".to_owned()],
        ..made.clone()
    };
    let changed = scenarios(&h)
        .update_scenario(h.request(update(renamed, &["examples"])))
        .await
        .unwrap()
        .into_inner()
        .scenario
        .unwrap();
    assert_eq!((changed.version, &changed.title), (2, &made.title));
    let found = search(&h, asked("хочу зубы за один день", "ru"))
        .await
        .unwrap();
    assert_eq!(intent(&found[0]), ("price", "all-on-four"));
    let refused = scenarios(&h)
        .update_scenario(h.request(update(made.clone(), &["title"])))
        .await;
    assert_eq!(
        reason(&refused.err().unwrap()),
        (Code::Aborted, "ETAG_MISMATCH".to_owned())
    );
    let refused = scenarios(&h)
        .update_scenario(h.request(update(changed.clone(), &["intent"])))
        .await;
    assert_eq!(paths(&refused.err().unwrap()), ["update_mask.paths[0]"]);

    let delete = pb::DeleteScenarioRequest {
        scenario_id: made.scenario_id.clone(),
        etag: changed.etag,
    };
    scenarios(&h)
        .delete_scenario(h.request(delete))
        .await
        .unwrap();
    let get = |id: &str| pb::GetScenarioRequest {
        scenario_id: id.to_owned(),
    };
    let gone = scenarios(&h)
        .get_scenario(h.request(get(&made.scenario_id)))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&gone),
        (Code::NotFound, "SCENARIO_NOT_FOUND".to_owned())
    );
    assert_eq!(h.count("SELECT count(*) FROM scenario_lexemes").await, 0);
    let nothing = ScenarioId::from_uuid(SystemIds.next()).to_string();
    let absent = scenarios(&h)
        .get_scenario(h.request(get(&nothing)))
        .await
        .err()
        .unwrap();
    assert_eq!(bytes(&gone), bytes(&absent));
    let told = told(&h, 3).await;
    assert_eq!(
        told,
        ["scenario.created", "scenario.updated", "scenario.deleted"]
    );
}

#[tokio::test]
async fn a_repeated_request_makes_one_scenario() {
    let h = Harness::start().await;
    let request = pb::CreateScenarioRequest {
        scenario: Some(all_on_four()),
        request_id: SystemIds.next().to_string(),
    };
    let first = scenarios(&h)
        .create_scenario(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    let again = scenarios(&h)
        .create_scenario(h.request(request))
        .await
        .unwrap()
        .into_inner();
    assert!(first == again);
}

#[tokio::test]
async fn everything_in_force_is_listed_once_and_in_order() {
    let h = Harness::start().await;
    let clinic = fresh_clinic();
    let own = pb::Scenario {
        intent: "booking".to_owned(),
        service: String::new(),
        locale: "en".to_owned(),
        clinic_id: clinic.to_string(),
        ..all_on_four()
    };
    create(&h, own).await.unwrap();
    create(&h, all_on_four()).await.unwrap();
    let (mut listed, mut token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListScenariosRequest {
            clinic_id: clinic.to_string(),
            page_size: 7,
            page_token: token,
            ..Default::default()
        };
        let page = scenarios(&h)
            .list_scenarios(h.request(request))
            .await
            .unwrap()
            .into_inner();
        listed.extend(page.scenarios);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(listed.len(), 8 * 12 + 1);
    let order: Vec<_> = listed
        .iter()
        .map(|one| (&one.locale, &one.intent, &one.service))
        .collect();
    assert!(order.is_sorted_by(|a, b| a < b));
    assert_eq!(listed.iter().filter(|one| !one.built_in).count(), 2);
    let request = pb::ListScenariosRequest {
        locale: "ru".to_owned(),
        intent: "price".to_owned(),
        ..Default::default()
    };
    let page = scenarios(&h)
        .list_scenarios(h.request(request))
        .await
        .unwrap()
        .into_inner();
    let services: Vec<_> = page
        .scenarios
        .iter()
        .map(|one| one.service.as_str())
        .collect();
    assert_eq!(services, ["", "all-on-four", "implant"]);
    let stranger = h.request_as(&TestCaller::fresh(), pb::ListScenariosRequest::default());
    let page = scenarios(&h)
        .list_scenarios(stranger)
        .await
        .unwrap()
        .into_inner();
    assert!(page.scenarios.iter().all(|one| one.built_in));
}

#[tokio::test]
async fn one_scenario_is_filled_in_by_name() {
    let h = Harness::start().await;
    upsert(&h, &h.caller, implant()).await.unwrap();
    let request = |service: &str, register: i32| pb::RenderScenarioRequest {
        intent: "price".to_owned(),
        service: service.to_owned(),
        locale: "en-CA".to_owned(),
        register,
        variables: HashMap::from([("clinic.name".to_owned(), "Sourire".to_owned())]),
        ..Default::default()
    };
    let render = async |request| {
        let answer = scenarios(&h).render_scenario(h.request(request)).await?;
        Ok::<_, Status>(answer.into_inner().suggestion.unwrap())
    };
    let said = render(request("implant", 2)).await.unwrap();
    // Nobody is named: no answer greets a comma.
    assert!(
        said.answers[0]
            .text
            .starts_with("An implant is done in steps"),
        "{}",
        said.answers[0].text
    );
    let text = plain(&said.answers[0].text);
    assert!(text.contains("₽ 60,000 to ₽ 90,000"), "{text}");
    // A service without a scenario of its own takes the one of any.
    let said = render(request("crown", 1)).await.unwrap();
    assert_eq!(
        (intent(&said), said.price_reason.as_str()),
        (("price", ""), "PRICE_NOT_FOUND")
    );
    let nothing = pb::RenderScenarioRequest {
        intent: "nothing".to_owned(),
        ..request("", 1)
    };
    let refused = render(nothing).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "SCENARIO_NOT_FOUND".to_owned())
    );
    let mut bomb = request("implant", 1);
    bomb.variables
        .insert("clinic.name".to_owned(), "{{ x }}".to_owned());
    let refused = render(bomb).await.err().unwrap();
    assert_eq!(paths(&refused), ["variables.clinic.name"]);
}

#[tokio::test]
async fn flaws_are_named_and_nothing_is_half_saved() {
    let h = Harness::start().await;
    let flawed = pb::Scenario {
        answers: vec![answer(1, "Цена:\n {{ price.rnage }}"), answer(0, "x")],
        ..all_on_four()
    };
    let refused = create(&h, flawed.clone()).await.err().unwrap();
    assert_eq!(paths(&refused), ["scenario.answers[1].register"]);
    let flawed = pb::Scenario {
        answers: vec![flawed.answers[0].clone()],
        ..flawed
    };
    let refused = create(&h, flawed).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::InvalidArgument, "WORDING_INVALID".to_owned())
    );
    let [(path, hint)] = violations(&refused).try_into().ok().unwrap();
    assert_eq!(path, "scenario.answers[0].body");
    assert_eq!(
        hint,
        "line 2, column 2: price.rnage is not known here: did you mean price.range?"
    );
    let huge = pb::Scenario {
        answers: vec![answer(1, &"x".repeat(1 << 20))],
        examples: vec!["x".to_owned(); 51],
        locale: "de".to_owned(),
        ..all_on_four()
    };
    let refused = create(&h, huge.clone()).await.err().unwrap();
    assert_eq!(paths(&refused), ["scenario.locale"]);
    let huge = pb::Scenario {
        locale: "ru".to_owned(),
        ..huge
    };
    let refused = create(&h, huge).await.err().unwrap();
    assert_eq!(
        paths(&refused),
        ["scenario.answers[0].body", "scenario.examples"]
    );
    assert_eq!(h.count("SELECT count(*) FROM scenarios").await, 0);
    let nonsense = pb::SearchScenariosRequest {
        limit: 51,
        register: 9,
        intents: vec!["{{".to_owned()],
        local_time: "soon".to_owned(),
        ..asked(" ", "ru")
    };
    let refused = search(&h, nonsense).await.err().unwrap();
    assert_eq!(
        paths(&refused),
        ["text", "limit", "intents[0]", "register", "local_time"]
    );
    let refused = search(&h, asked(&"я".repeat(2_001), "ru"))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["text"]);
}

#[tokio::test]
async fn a_clinics_program_changes_its_own_alone() {
    let h = Harness::start().await;
    let clinic = fresh_clinic();
    let clerk = clerk(&h, clinic);
    let request = |clinic: &str| {
        let request = pb::CreateScenarioRequest {
            scenario: Some(pb::Scenario {
                clinic_id: clinic.to_owned(),
                ..all_on_four()
            }),
            request_id: String::new(),
        };
        h.request_as(&clerk, request)
    };
    let refused = scenarios(&h)
        .create_scenario(request(""))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["scenario.clinic_id"]);
    let foreign = fresh_clinic().to_string();
    let refused = scenarios(&h)
        .create_scenario(request(&foreign))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "CLINIC_NOT_FOUND".to_owned())
    );
    scenarios(&h)
        .create_scenario(request(&clinic.to_string()))
        .await
        .unwrap();
    let chains = create(&h, all_on_four()).await.unwrap();
    let delete = pb::DeleteScenarioRequest {
        scenario_id: chains.scenario_id,
        etag: String::new(),
    };
    let refused = scenarios(&h)
        .delete_scenario(h.request_as(&clerk, delete))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["scenario_id"]);
}
