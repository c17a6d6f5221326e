use crate::harness::{Harness, bytes, paths, reason};
use bitewing_core::{ClinicId, Ids as _, SystemIds};
use bitewing_proto::conversation as pb;
use bitewing_testkit::TestCaller;
use tonic::Code;

/// A picture of one colour: the pixels are not looked at, the chunks around them are.
fn png(side: u32) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], kind, data, &[0; 4]].concat()
    };
    let header = [
        &side.to_be_bytes()[..],
        &side.to_be_bytes(),
        &[8, 6, 0, 0, 0],
    ]
    .concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        chunk(b"IDAT", b"pixels"),
        chunk(b"IEND", b""),
    ]
    .concat()
}

fn set(clinic: &str, image: Vec<u8>) -> pb::SetClinicLogoRequest {
    pb::SetClinicLogoRequest {
        clinic_id: clinic.to_owned(),
        image,
    }
}

fn get(clinic: &str) -> pb::GetClinicLogoRequest {
    pb::GetClinicLogoRequest {
        clinic_id: clinic.to_owned(),
    }
}

#[tokio::test]
async fn a_logo_reads_back_is_told_of_once_and_can_be_taken_away() {
    let h = Harness::start().await;
    let id = h.clinic.clinic_id.clone();
    let put = async |image: Vec<u8>| {
        let request = h.request(set(&id, image));
        let answer = h.clinics().set_clinic_logo(request).await.unwrap();
        answer.into_inner().logo
    };
    let read = async || {
        let answer = h.clinics().get_clinic_logo(h.request(get(&id))).await;
        answer.unwrap().into_inner().logo
    };
    assert!(read().await.is_none());
    let shown = put(png(64)).await.unwrap();
    assert_eq!(
        (shown.media_type.as_str(), shown.width, shown.height),
        ("image/png", 64, 64)
    );
    assert!(shown.image == png(64));
    assert!(read().await.unwrap() == shown);
    // The same again is no change; another is.
    put(png(64)).await;
    assert_eq!(put(png(32)).await.unwrap().width, 32);
    assert!(put(Vec::new()).await.is_none());
    assert!(read().await.is_none());
    h.wait_for_count(
        "SELECT count(*) FROM store.outbox
         WHERE event_type = 'clinic.logo_changed' AND position IS NOT NULL",
        3,
    )
    .await;
    let told = h.events_of(&id, "clinic.logo_changed").await;
    let changes = told.iter().filter(|told| *told == "clinic.logo_changed");
    assert_eq!(changes.count(), 3);
}

#[tokio::test]
async fn the_largest_logo_fits_the_event_that_tells_of_it() {
    let h = Harness::start().await;
    let mut image = png(512);
    let text = vec![b' '; 10_240 - image.len() - 12];
    let end = image.len() - 12;
    let chunk = [
        &u32::try_from(text.len()).unwrap().to_be_bytes()[..],
        b"tEXt",
        &text,
        &[0; 4],
    ];
    image.splice(end..end, chunk.concat());
    assert_eq!(image.len(), 10_240);
    let request = h.request(set(&h.clinic.clinic_id, image));
    h.clinics().set_clinic_logo(request).await.unwrap();
    h.events_of(&h.clinic.clinic_id, "clinic.logo_changed")
        .await;
}

#[tokio::test]
async fn what_is_no_picture_is_refused_with_its_path() {
    let h = Harness::start().await;
    for image in [b"<svg/>".to_vec(), png(8), vec![0; 10_241]] {
        let request = h.request(set(&h.clinic.clinic_id, image));
        let refused = h.clinics().set_clinic_logo(request).await.err().unwrap();
        assert_eq!(paths(&refused), ["image"]);
    }
    let refused = h
        .clinics()
        .set_clinic_logo(h.request(set("x", png(64))))
        .await;
    assert_eq!(paths(&refused.err().unwrap()), ["clinic_id"]);
}

#[tokio::test]
async fn another_organizations_clinic_has_no_logo_to_set_or_see() {
    let h = Harness::start().await;
    let nobody = ClinicId::from_uuid(SystemIds.next()).to_string();
    let stranger = TestCaller::fresh();
    let own = h.clinic.clinic_id.as_str();
    let mut seen = Vec::new();
    for (caller, clinic) in [(&stranger, own), (&h.caller, nobody.as_str())] {
        let request = h.request_as(caller, set(clinic, png(64)));
        let refused = h.clinics().set_clinic_logo(request).await.err().unwrap();
        assert_eq!(
            reason(&refused),
            (Code::NotFound, "CLINIC_NOT_FOUND".to_owned())
        );
        let request = h.request_as(caller, get(clinic));
        let absent = h.clinics().get_clinic_logo(request).await.err().unwrap();
        seen.push((bytes(&refused), bytes(&absent)));
    }
    assert_eq!(seen[0], seen[1]);
}
