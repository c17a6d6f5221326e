use crate::harness::{Harness, email, external_id, paths, phone};
use bitewing_proto::patient as pb;
use bitewing_testkit::TestCaller;
use tonic::Status;

/// Who a chain has: two scripts, a family on one number, a neighbour.
async fn people(h: &Harness) {
    let family = "514 873 1234";
    for (number, given, patronymic, last, phones) in [
        (1, "Anne-Marie", "", "Côté", vec![family]),
        (2, "Léo", "", "Côté", vec![family]),
        (3, "Иван", "Петрович", "Ёлкин", vec!["+7 912 345-67-89"]),
        (4, "İbrahim", "", "Yıldız", vec![]),
        (5, "Siobhán", "", "O’Brien", vec!["418 643 1234"]),
        (6, "Anders", "", "Andersson", vec![]),
    ] {
        let patient = pb::Patient {
            external_ids: vec![external_id("od", &number.to_string())],
            given_name: given.to_owned(),
            patronymic: patronymic.to_owned(),
            family_name: last.to_owned(),
            birth_date: Some(pb::Date {
                year: 1980,
                month: 1,
                day: number,
            }),
            contact_points: phones.into_iter().map(phone).collect(),
            ..h.anne()
        };
        h.create(patient).await.unwrap();
    }
}

async fn search(h: &Harness, request: pb::SearchPatientsRequest) -> Result<Vec<String>, Status> {
    let answer = h.client().search_patients(h.request(request)).await?;
    let found = answer.into_inner().patients.into_iter();
    let mut names: Vec<_> = found.map(|patient| patient.given_name).collect();
    names.sort();
    Ok(names)
}

fn named(name: &str) -> pb::SearchPatientsRequest {
    pb::SearchPatientsRequest {
        name: name.to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn names_are_found_in_any_script_case_and_order() {
    let h = Harness::start().await;
    people(&h).await;
    for (typed, found) in [
        ("COTE", vec!["Anne-Marie", "Léo"]),
        ("cot leo", vec!["Léo"]),
        ("annemarie", vec!["Anne-Marie"]),
        ("marie côté", vec!["Anne-Marie"]),
        ("елк", vec!["Иван"]),
        ("ПЕТРОВИЧ ив", vec!["Иван"]),
        ("ibrahim yildiz", vec!["İbrahim"]),
        ("YILDIZ", vec!["İbrahim"]),
        ("o'b", vec!["Siobhán"]),
        ("brien siobhan", vec!["Siobhán"]),
        ("an", vec!["Anders", "Anne-Marie"]),
        ("cote paul", vec![]),
    ] {
        assert_eq!(search(&h, named(typed)).await.unwrap(), found, "{typed}");
    }
}

#[tokio::test]
async fn a_phone_is_found_in_any_notation_with_everybody_on_it() {
    let h = Harness::start().await;
    people(&h).await;
    let moscow = h.add_clinic(&h.caller, "RU");
    // Known to the service once a patient is made there.
    let visitor = pb::Patient {
        clinic_id: moscow.to_string(),
        external_ids: vec![external_id("od", "7")],
        contact_points: vec![],
        ..h.anne()
    };
    h.create(visitor).await.unwrap();
    for (typed, found) in [
        ("(514) 873-1234", vec!["Anne-Marie", "Léo"]),
        ("+1 514.873.1234", vec!["Anne-Marie", "Léo"]),
        ("8 (912) 345-67-89", vec!["Иван"]),
        ("514 873 9999", vec![]),
    ] {
        let request = pb::SearchPatientsRequest {
            phone: typed.to_owned(),
            ..Default::default()
        };
        assert_eq!(search(&h, request).await.unwrap(), found, "{typed}");
    }
}

#[tokio::test]
async fn every_criterion_must_hold() {
    let h = Harness::start().await;
    people(&h).await;
    let leo = pb::Date {
        year: 1980,
        month: 1,
        day: 2,
    };
    let by_phone = pb::SearchPatientsRequest {
        phone: "514 873 1234".to_owned(),
        ..Default::default()
    };
    let with = |request: pb::SearchPatientsRequest, found: &'static [&str]| (request, found);
    for (request, found) in [
        with(
            pb::SearchPatientsRequest {
                birth_date: Some(leo),
                ..by_phone.clone()
            },
            &["Léo"],
        ),
        with(
            pb::SearchPatientsRequest {
                name: "anne".to_owned(),
                ..by_phone.clone()
            },
            &["Anne-Marie"],
        ),
        with(
            pb::SearchPatientsRequest {
                birth_date: Some(leo),
                ..named("cot")
            },
            &["Léo"],
        ),
        with(
            pb::SearchPatientsRequest {
                birth_date: Some(leo),
                ..named("anne")
            },
            &[],
        ),
        with(
            pb::SearchPatientsRequest {
                external_id: "od:3".to_owned(),
                ..Default::default()
            },
            &["Иван"],
        ),
        with(
            pb::SearchPatientsRequest {
                external_id: "od:3".to_owned(),
                ..named("anne")
            },
            &[],
        ),
        with(
            pb::SearchPatientsRequest {
                email: "nobody@example.org".to_owned(),
                ..by_phone
            },
            &[],
        ),
    ] {
        assert_eq!(search(&h, request).await.unwrap(), found);
    }
}

#[tokio::test]
async fn a_handle_or_an_address_finds_who_has_it() {
    let h = Harness::start().await;
    let handle = pb::ContactPoint {
        kind: pb::ContactPointKind::Handle.into(),
        channel: pb::ContactChannel::Whatsapp.into(),
        value: "CA.1234abcd".to_owned(),
        ..Default::default()
    };
    let patient = pb::Patient {
        contact_points: vec![handle, email("a@example.org")],
        ..h.anne()
    };
    h.create(patient).await.unwrap();
    for request in [
        pb::SearchPatientsRequest {
            handle: "CA.1234abcd".to_owned(),
            ..Default::default()
        },
        pb::SearchPatientsRequest {
            email: "A@Example.org".to_owned(),
            ..Default::default()
        },
    ] {
        assert_eq!(search(&h, request).await.unwrap(), ["Anne"]);
    }
}

#[tokio::test]
async fn pages_by_name_have_no_gaps_and_nobody_twice() {
    let h = Harness::start().await;
    let mut made = Vec::new();
    for number in 0..7 {
        let patient = pb::Patient {
            external_ids: vec![external_id("od", &number.to_string())],
            given_name: format!("Anna{}", number % 3),
            // Two words that match: found once.
            family_name: format!("Annarsson{number}"),
            ..h.anne()
        };
        made.push(h.create(patient).await.unwrap().patient_id);
    }
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let request = pb::SearchPatientsRequest {
            page_size: 2,
            page_token: token,
            ..named("anna")
        };
        let answer = h.client().search_patients(h.request(request)).await;
        let page = answer.unwrap().into_inner();
        seen.extend(page.patients.into_iter().map(|patient| patient.patient_id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    seen.sort();
    made.sort();
    assert_eq!(seen, made);
}

#[tokio::test]
async fn deleted_patients_and_those_of_other_clinics_are_not_found() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let other = h.add_clinic(&h.caller, "CA");
    let neighbour = TestCaller::within(&h.caller, &[other]);
    let stranger = TestCaller::fresh();
    for caller in [&neighbour, &stranger] {
        for request in [
            named("anne"),
            pb::SearchPatientsRequest {
                email: "anne.cote@example.org".to_owned(),
                ..Default::default()
            },
            pb::SearchPatientsRequest {
                external_id: "opendental:1234".to_owned(),
                ..Default::default()
            },
        ] {
            let answer = h
                .client()
                .search_patients(h.request_as(caller, request))
                .await;
            assert!(answer.unwrap().into_inner().patients.is_empty());
        }
    }
    let delete = pb::DeletePatientRequest {
        patient_id: made.patient_id,
        etag: String::new(),
    };
    h.client().delete_patient(h.request(delete)).await.unwrap();
    assert!(search(&h, named("anne")).await.unwrap().is_empty());
    let deleted_too = pb::SearchPatientsRequest {
        show_deleted: true,
        ..named("anne")
    };
    assert_eq!(search(&h, deleted_too).await.unwrap(), ["Anne"]);
}

#[tokio::test]
async fn criteria_that_cannot_be_are_named() {
    let h = Harness::start().await;
    let nothing = search(&h, pb::SearchPatientsRequest::default()).await;
    assert_eq!(paths(&nothing.err().unwrap()), ["name"]);
    let request = pb::SearchPatientsRequest {
        name: "---".to_owned(),
        phone: "5".repeat(1_000_000),
        email: "=cmd()".to_owned(),
        handle: "a b".to_owned(),
        birth_date: Some(pb::Date {
            year: 2001,
            month: 2,
            day: 30,
        }),
        external_id: "no colon".to_owned(),
        page_size: -1,
        ..Default::default()
    };
    let refused = search(&h, request).await.err().unwrap();
    let expected = [
        "page_size",
        "name",
        "phone",
        "email",
        "handle",
        "birth_date",
        "external_id",
    ];
    assert_eq!(paths(&refused), expected);
    let request = pb::SearchPatientsRequest {
        phone: "12".to_owned(),
        ..Default::default()
    };
    let refused = search(&h, request).await.err().unwrap();
    assert_eq!(paths(&refused), ["phone"]);
}
