use super::*;
use crate::domain::consent::HashedAddress;
use crate::domain::{Code as _, ContactPointKind};
use proptest::prelude::*;
use uuid::Uuid;

const START: OffsetDateTime = time::macros::datetime!(2026-01-01 00:00 UTC);
const HOME: AddressHash = [1; 32];
const WORK: AddressHash = [2; 32];

fn patient(number: u128) -> PatientId {
    PatientId::from_uuid(Uuid::from_u128(number))
}

/// A statement of the first patient, one day after the one before.
fn said(day: u16, granted: bool, purposes: Purposes) -> Statement {
    let occurred_at = START + Duration::days(i64::from(day));
    Statement {
        id: ConsentId::from_uuid(Uuid::from_u128(u128::from(day))),
        patient: Some(patient(1)),
        granted,
        purposes,
        channel: None,
        address: None,
        basis: granted.then_some(Basis::Express),
        wording: String::new(),
        source: ConsentSource::FrontDesk,
        recorded_by: "user/usr_1".to_owned(),
        occurred_at,
        created_at: occurred_at,
    }
}

fn at(statement: Statement, hash: AddressHash) -> Statement {
    let kind = ContactPointKind::Phone;
    Statement {
        address: Some(HashedAddress { kind, hash }),
        ..statement
    }
}

fn on(statement: Statement, channel: ContactChannel) -> Statement {
    Statement {
        channel: Some(channel),
        ..statement
    }
}

fn ask(purpose: Purpose, channel: ContactChannel) -> Ask<'static> {
    static PATIENTS: std::sync::LazyLock<[PatientId; 1]> =
        std::sync::LazyLock::new(|| [patient(1)]);
    Ask {
        patients: &*PATIENTS,
        purpose: Some(purpose),
        channel: Some(channel),
        address: Some(HOME),
        at: START + Duration::days(400),
    }
}

const SMS: ContactChannel = ContactChannel::Sms;
const EMAIL: ContactChannel = ContactChannel::Email;

#[test]
fn care_needs_no_permission_and_offers_do() {
    let of = |purpose| decide(&[], &ask(purpose, SMS)).why;
    assert_eq!(of(Purpose::Care), Why::NotRequired);
    assert_eq!(of(Purpose::Recall), Why::NotRequired);
    assert_eq!(of(Purpose::Billing), Why::NotRequired);
    assert_eq!(of(Purpose::Survey), Why::NoConsent);
    assert_eq!(of(Purpose::Marketing), Why::NoConsent);
    assert_eq!(of(Purpose::Security), Why::NotRequired);
}

#[test]
fn a_stopped_address_is_stopped_for_everybody_on_it() {
    let stop = at(said(1, false, Purposes::All), HOME);
    let of_another = Statement {
        patient: Some(patient(2)),
        ..stop.clone()
    };
    for stop in [stop, of_another] {
        let statements = [stop];
        let denied = decide(&statements, &ask(Purpose::Care, SMS));
        assert_eq!(
            (denied.why, denied.statement),
            (Why::AddressSuppressed, Some(statements[0].id))
        );
        // Another number is another matter: nothing carries over.
        let other = Ask {
            address: Some(WORK),
            ..ask(Purpose::Care, SMS)
        };
        assert!(decide(&statements, &other).allowed());
    }
}

#[test]
fn the_neighbours_permission_is_not_the_patients() {
    let theirs = Statement {
        patient: Some(patient(2)),
        ..at(said(1, true, Purposes::Marketing), HOME)
    };
    let denied = decide(&[theirs], &ask(Purpose::Marketing, SMS));
    assert_eq!(denied.why, Why::NoConsent);
}

#[test]
fn a_permission_lifts_only_in_the_words_of_the_revocation() {
    let closed = on(said(1, false, Purposes::All), SMS);
    let general = said(2, true, Purposes::Marketing);
    let denied = decide(&[closed.clone(), general], &ask(Purpose::Marketing, SMS));
    assert_eq!(denied.why, Why::Revoked);
    let named = on(said(3, true, Purposes::Marketing), SMS);
    assert!(
        decide(
            &[closed.clone(), named.clone()],
            &ask(Purpose::Marketing, SMS)
        )
        .allowed()
    );
    assert!(!decide(&[closed, named], &ask(Purpose::Care, SMS)).allowed());

    let no_offers = said(1, false, Purposes::Marketing);
    let open = on(said(2, true, Purposes::All), SMS);
    assert!(!decide(&[no_offers, open.clone()], &ask(Purpose::Marketing, SMS)).allowed());

    let stopped = at(said(1, false, Purposes::All), HOME);
    assert!(!decide(&[stopped.clone(), open], &ask(Purpose::Care, SMS)).allowed());
    let start = at(said(2, true, Purposes::All), HOME);
    assert!(decide(&[stopped, start], &ask(Purpose::Care, SMS)).allowed());
}

#[test]
fn what_was_said_later_counts_not_what_was_written_down_later() {
    let stop = said(10, false, Purposes::Marketing);
    let old_form = Statement {
        id: ConsentId::from_uuid(Uuid::from_u128(99)),
        ..said(2, true, Purposes::Marketing)
    };
    assert!(!decide(&[stop, old_form], &ask(Purpose::Marketing, EMAIL)).allowed());
}

#[test]
fn codes_are_stopped_by_carriers_only() {
    let stop = at(said(1, false, Purposes::All), HOME);
    assert!(decide(std::slice::from_ref(&stop), &ask(Purpose::Security, SMS)).allowed());
    let by_carrier = Statement {
        source: ConsentSource::Carrier,
        ..stop
    };
    assert!(!decide(&[by_carrier], &ask(Purpose::Security, SMS)).allowed());
}

#[test]
fn an_implied_permission_ends_after_two_years() {
    let implied = Statement {
        basis: Some(Basis::Implied),
        ..said(0, true, Purposes::Marketing)
    };
    let statements = [implied];
    let on_day = |day| Ask {
        at: START + Duration::days(day),
        ..ask(Purpose::Marketing, EMAIL)
    };
    assert!(decide(&statements, &on_day(730)).allowed());
    assert_eq!(decide(&statements, &on_day(731)).why, Why::NoConsent);
}

fn statements() -> impl Strategy<Value = Vec<Statement>> {
    let one = (
        0..300u16,
        any::<bool>(),
        0..6usize,
        0..3usize,
        0..3usize,
        1..3u128,
        0..3usize,
    );
    proptest::collection::vec(one, 0..12).prop_map(|parts| {
        let made = parts.into_iter().enumerate();
        made.map(
            |(index, (day, granted, purposes, channel, address, of, source))| {
                let mut statement = said(day, granted, Purposes::ALL[purposes]);
                statement.id = ConsentId::from_uuid(Uuid::from_u128(index as u128 + 1));
                statement.channel = [None, Some(SMS), Some(EMAIL)][channel];
                statement.patient = Some(patient(of));
                statement.source = [
                    ConsentSource::FrontDesk,
                    ConsentSource::Reply,
                    ConsentSource::Carrier,
                ][source];
                match address {
                    0 => statement,
                    1 => at(statement, HOME),
                    _ => at(statement, WORK),
                }
            },
        )
        .collect()
    })
}

proptest! {
    #[test]
    fn the_last_word_of_a_patient_who_stops_everything_is_kept(known in statements(), purpose in 0..5usize, sms: bool) {
        let mut all = known;
        all.push(said(350, false, Purposes::All));
        let channel = if sms { SMS } else { EMAIL };
        prop_assert!(!decide(&all, &ask(Purpose::ALL[purpose], channel)).allowed());
    }

    #[test]
    fn one_more_revocation_never_allows_more(
        known in statements(), more in statements(), purpose in 0..6usize, sms: bool,
    ) {
        let question = ask(Purpose::ALL[purpose], if sms { SMS } else { EMAIL });
        let before = decide(&known, &question).allowed();
        let mut all = known;
        all.extend(more.into_iter().filter(|statement| !statement.granted));
        prop_assert!(before || !decide(&all, &question).allowed());
    }

    #[test]
    fn the_order_of_writing_down_changes_nothing(known in statements(), purpose in 0..6usize, sms: bool) {
        let question = ask(Purpose::ALL[purpose], if sms { SMS } else { EMAIL });
        let mut turned = known.clone();
        turned.reverse();
        prop_assert_eq!(decide(&known, &question), decide(&turned, &question));
    }
}
