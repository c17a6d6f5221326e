use super::{clerk, fresh_clinic, implant, plain, prices, text, upsert};
use crate::harness::{Harness, bytes, paths, reason};
use bitewing_core::{Ids as _, PriceId, SystemIds};
use bitewing_proto::template as pb;
use bitewing_testkit::TestCaller;
use std::collections::BTreeSet;
use tonic::{Code, Status};

async fn quote(h: &Harness, locale: &str, clinic: &str) -> Result<pb::PriceQuote, Status> {
    let request = pb::QuotePriceRequest {
        service: "implant".to_owned(),
        clinic_id: clinic.to_owned(),
        locale: locale.to_owned(),
    };
    let answer = prices(h).quote_price(h.request(request)).await?;
    Ok(answer.into_inner().quote.unwrap())
}

#[tokio::test]
async fn a_price_is_made_changed_and_left_alone() {
    let h = Harness::start().await;
    let made = upsert(&h, &h.caller, implant()).await.unwrap();
    assert_eq!(made.outcome(), pb::PriceOutcome::Created);
    let price = made.price.unwrap();
    let again = upsert(&h, &h.caller, implant()).await.unwrap();
    assert_eq!(again.outcome(), pb::PriceOutcome::Unchanged);
    let dearer = pb::Price {
        max_minor_units: 9_500_000,
        etag: price.etag.clone(),
        ..implant()
    };
    let changed = upsert(&h, &h.caller, dearer.clone()).await.unwrap();
    assert_eq!(changed.outcome(), pb::PriceOutcome::Updated);
    let changed = changed.price.unwrap();
    assert_eq!((&changed.price_id, changed.version), (&price.price_id, 2));
    let late = pb::Price {
        max_minor_units: 1_000_000_000,
        ..dearer
    };
    let refused = upsert(&h, &h.caller, late).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::Aborted, "ETAG_MISMATCH".to_owned())
    );

    let get = pb::GetPriceRequest {
        price_id: price.price_id.clone(),
    };
    let read = prices(&h).get_price(h.request(get.clone())).await.unwrap();
    assert!(read.into_inner().price.unwrap() == changed);
    let delete = pb::DeletePriceRequest {
        price_id: price.price_id,
        etag: changed.etag,
    };
    prices(&h).delete_price(h.request(delete)).await.unwrap();
    let refused = prices(&h).get_price(h.request(get)).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "PRICE_NOT_FOUND".to_owned())
    );
}

#[tokio::test]
async fn a_clinics_price_beats_the_chains() {
    let h = Harness::start().await;
    let clinic = fresh_clinic();
    upsert(&h, &h.caller, implant()).await.unwrap();
    let own = pb::Price {
        clinic_id: clinic.to_string(),
        min_minor_units: 5_000_000,
        max_minor_units: 7_000_000,
        ..implant()
    };
    upsert(&h, &h.caller, own).await.unwrap();
    let said = quote(&h, "ru", &clinic.to_string()).await.unwrap();
    assert_eq!(plain(&said.range), "от 50 000 ₽ до 70 000 ₽");
    assert_eq!(
        (said.service_name.as_str(), said.conditions.as_str()),
        ("имплант под ключ", "Всё зависит от кости.")
    );
    for clinic in [String::new(), fresh_clinic().to_string()] {
        let said = quote(&h, "ru-RU", &clinic).await.unwrap();
        assert_eq!(plain(&said.range), "от 60 000 ₽ до 90 000 ₽");
    }
    // A language without a name takes the library's.
    assert_eq!(
        quote(&h, "it", "").await.unwrap().service_name,
        "un impianto"
    );
}

#[tokio::test]
async fn what_does_not_hold_today_is_not_said() {
    let h = Harness::start().await;
    let refused = quote(&h, "ru", "").await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "PRICE_NOT_FOUND".to_owned())
    );
    let clinic = fresh_clinic();
    upsert(&h, &h.caller, implant()).await.unwrap();
    for (from, until) in [("", "2001-01-01"), ("2198-01-01", "2199-12-31")] {
        let own = pb::Price {
            clinic_id: clinic.to_string(),
            valid_from: from.to_owned(),
            valid_until: until.to_owned(),
            ..implant()
        };
        upsert(&h, &h.caller, own).await.unwrap();
        // The chain's does not stand in: the clinic said that its prices differ.
        let refused = quote(&h, "ru", &clinic.to_string()).await.err().unwrap();
        assert_eq!(
            reason(&refused),
            (Code::FailedPrecondition, "PRICE_NOT_IN_FORCE".to_owned())
        );
    }
    let laser = pb::Price {
        service: "laser".to_owned(),
        ..implant()
    };
    upsert(&h, &h.caller, laser).await.unwrap();
    let request = pb::QuotePriceRequest {
        service: "laser".to_owned(),
        locale: "it".to_owned(),
        ..Default::default()
    };
    let refused = prices(&h)
        .quote_price(h.request(request))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::FailedPrecondition, "PRICE_NAME_MISSING".to_owned())
    );
}

#[tokio::test]
async fn a_bad_row_costs_only_itself() {
    let h = Harness::start().await;
    let clinic = fresh_clinic();
    let row = |service: &str, clinic: &str| pb::Price {
        service: service.to_owned(),
        clinic_id: clinic.to_owned(),
        ..implant()
    };
    let clinic = clinic.to_string();
    let single = pb::Price {
        max_minor_units: 6_000_000,
        ..row("crown", &clinic)
    };
    let rows = vec![
        row("implant", &clinic),
        single,
        row("Implant!", &clinic),
        row("implant", &clinic),
    ];
    let request = pb::BatchUpsertPricesRequest { prices: rows };
    let answer = prices(&h)
        .batch_upsert_prices(h.request(request))
        .await
        .unwrap();
    let results = answer.into_inner().results;
    let outcomes: Vec<_> = results.iter().map(pb::PriceResult::outcome).collect();
    use pb::PriceOutcome::{Created, Failed, Unchanged};
    assert_eq!(outcomes, [Created, Failed, Failed, Unchanged]);
    assert_eq!(results[1].fields, ["max_minor_units"]);
    assert_eq!(
        (results[2].reason.as_str(), &results[2].fields),
        ("INVALID_REQUEST", &vec!["service".to_owned()])
    );
    assert_eq!(results[0].price_id, results[3].price_id);
    for prices_sent in [Vec::new(), vec![implant(); 1_001]] {
        let request = pb::BatchUpsertPricesRequest {
            prices: prices_sent,
        };
        let refused = prices(&h).batch_upsert_prices(h.request(request)).await;
        assert_eq!(paths(&refused.err().unwrap()), ["prices"]);
    }
}

#[tokio::test]
async fn prices_are_listed_page_by_page() {
    let h = Harness::start().await;
    let clinic = fresh_clinic();
    for service in ["implant", "crown", "veneer"] {
        for clinic in [String::new(), clinic.to_string()] {
            let price = pb::Price {
                service: service.to_owned(),
                clinic_id: clinic,
                ..implant()
            };
            upsert(&h, &h.caller, price).await.unwrap();
        }
    }
    let (mut listed, mut token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListPricesRequest {
            page_size: 4,
            page_token: token,
            ..Default::default()
        };
        let page = prices(&h)
            .list_prices(h.request(request))
            .await
            .unwrap()
            .into_inner();
        listed.extend(page.prices);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let services: Vec<_> = listed.iter().map(|price| price.service.as_str()).collect();
    assert!(services.is_sorted() && services.len() == 6);
    let ids: BTreeSet<_> = listed.iter().map(|price| &price.price_id).collect();
    assert_eq!(ids.len(), 6);
    let request = pb::ListPricesRequest {
        clinic_id: clinic.to_string(),
        service: "crown".to_owned(),
        ..Default::default()
    };
    let page = prices(&h)
        .list_prices(h.request(request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(page.prices.len(), 1);
    // A program of another clinic sees the chain's alone.
    let other = h.request_as(&clerk(&h, fresh_clinic()), pb::ListPricesRequest::default());
    let page = prices(&h).list_prices(other).await.unwrap().into_inner();
    assert_eq!(page.prices.len(), 3);
    let stranger = h.request_as(&TestCaller::fresh(), pb::ListPricesRequest::default());
    let page = prices(&h).list_prices(stranger).await.unwrap().into_inner();
    assert!(page.prices.is_empty());
}

#[tokio::test]
async fn the_chains_prices_are_not_a_clinics_to_change() {
    let h = Harness::start().await;
    let clinic = fresh_clinic();
    let clerk = clerk(&h, clinic);
    let refused = upsert(&h, &clerk, implant()).await.err().unwrap();
    assert_eq!(paths(&refused), ["price.clinic_id"]);
    let foreign = pb::Price {
        clinic_id: fresh_clinic().to_string(),
        ..implant()
    };
    let refused = upsert(&h, &clerk, foreign).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "CLINIC_NOT_FOUND".to_owned())
    );
    let own = pb::Price {
        clinic_id: clinic.to_string(),
        ..implant()
    };
    upsert(&h, &clerk, own).await.unwrap();
    let chain = upsert(&h, &h.caller, implant())
        .await
        .unwrap()
        .price
        .unwrap();
    let delete = pb::DeletePriceRequest {
        price_id: chain.price_id.clone(),
        etag: String::new(),
    };
    let refused = prices(&h)
        .delete_price(h.request_as(&clerk, delete))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["price_id"]);

    // Another organization's is as absent as none.
    let get = |id: &str| pb::GetPriceRequest {
        price_id: id.to_owned(),
    };
    let stranger = h.request_as(&TestCaller::fresh(), get(&chain.price_id));
    let foreign = prices(&h).get_price(stranger).await.err().unwrap();
    let nothing = PriceId::from_uuid(SystemIds.next()).to_string();
    let absent = prices(&h)
        .get_price(h.request(get(&nothing)))
        .await
        .err()
        .unwrap();
    assert_eq!(bytes(&foreign), bytes(&absent));
}

#[tokio::test]
async fn nonsense_is_named_by_its_path() {
    let h = Harness::start().await;
    let request = pb::UpsertPriceRequest { price: None };
    let refused = prices(&h)
        .upsert_price(h.request(request))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["price"]);
    let nonsense = pb::Price {
        names: vec![text("de", "Implantat"), text("en", &"x".repeat(121))],
        conditions: vec![text("en", "{{ price.range }}")],
        currency: "JPY".to_owned(),
        clinic_id: "cln_1".to_owned(),
        ..implant()
    };
    let refused = upsert(&h, &h.caller, nonsense).await.err().unwrap();
    assert_eq!(
        paths(&refused),
        [
            "price.clinic_id",
            "price.names[0].locale",
            "price.names[1].text",
            "price.conditions[0].text",
            "price.currency"
        ]
    );
    let refused = quote(&h, "ru", "x").await.err().unwrap();
    assert_eq!(paths(&refused), ["clinic_id"]);
}

#[tokio::test]
async fn every_change_of_a_price_is_told() {
    let h = Harness::start().await;
    upsert(&h, &h.caller, implant()).await.unwrap();
    let [event] = h.events().await.try_into().ok().unwrap();
    assert_eq!(event.event_type, "price.created");
    let count = "SELECT count(*) FROM store.audit_entries WHERE action = 'price.created'";
    assert_eq!(h.count(count).await, 1);
}

#[tokio::test]
async fn a_wording_places_the_price_of_the_list() {
    use bitewing_proto::template::wording_service_client::WordingServiceClient;
    let h = Harness::start().await;
    let clinic = fresh_clinic();
    let own = pb::Price {
        clinic_id: clinic.to_string(),
        ..implant()
    };
    upsert(&h, &h.caller, own).await.unwrap();
    let say = async |code: &str, clinic: &str| {
        let variables = [("price.code", code), ("clinic.name", "Улыбка")];
        let request = pb::RenderForDispatchRequest {
            kind: "price-range".to_owned(),
            locale: "ru".to_owned(),
            register: pb::WordingRegister::Formal.into(),
            channel: pb::WordingChannel::Chat.into(),
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            clinic_id: clinic.to_owned(),
            ..Default::default()
        };
        let mut client = WordingServiceClient::new(h.channel.clone());
        let answer = client.render_for_dispatch(h.peer_request(request)).await?;
        Ok::<_, Status>(plain(&answer.into_inner().message.unwrap().text))
    };
    let said = say("implant", &clinic.to_string()).await.unwrap();
    assert!(
        said.contains("имплант под ключ: от 60 000 ₽ до 90 000 ₽. Всё зависит от кости."),
        "{said}"
    );
    let refused = say("implant", "").await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "PRICE_NOT_FOUND".to_owned())
    );
    let refused = say("Implant!", "").await.err().unwrap();
    assert_eq!(paths(&refused), ["variables.price.code"]);
}
