use super::*;
use bitewing_core::SystemEntropy;
use proptest::prelude::*;
use uuid::Uuid;

fn ring(versions: &[u32]) -> Keyring {
    let keys = versions
        .iter()
        .map(|version| (*version, Sensitive::new([*version as u8; 32])));
    Keyring::new(keys, Arc::new(SystemEntropy)).unwrap()
}

fn place(row: &[u8]) -> Aad<'_> {
    let organization = OrganizationId::from_uuid(Uuid::from_u128(1));
    Aad {
        organization,
        table: "store.job",
        row,
        column: "body",
    }
}

proptest! {
    #[test]
    fn opens_what_it_sealed(plaintext: Vec<u8>, row: Vec<u8>) {
        let ring = ring(&[1]);
        let sealed = ring.seal(&place(&row), &plaintext);
        let opened = ring.open(&place(&row), &sealed).unwrap();
        prop_assert_eq!(opened.expose(), &plaintext);
    }

    #[test]
    fn any_changed_bit_is_noticed(plaintext: Vec<u8>, at: prop::sample::Index, bit in 0u8..8) {
        let ring = ring(&[1]);
        let mut sealed = ring.seal(&place(b"row"), &plaintext);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert_eq!(ring.open(&place(b"row"), &sealed), Err(Tampered));
    }

    #[test]
    fn any_cut_is_noticed(plaintext: Vec<u8>, at: prop::sample::Index) {
        let ring = ring(&[1]);
        let sealed = ring.seal(&place(b"row"), &plaintext);
        prop_assert_eq!(ring.open(&place(b"row"), &sealed[..at.index(sealed.len())]), Err(Tampered));
    }

    #[test]
    fn any_bytes_are_a_typed_error(bytes: Vec<u8>) {
        prop_assert_eq!(ring(&[1]).open(&place(b"row"), &bytes), Err(Tampered));
    }

    #[test]
    fn no_two_places_share_an_encoding(one: Vec<u8>, other: Vec<u8>) {
        prop_assume!(one != other);
        prop_assert_ne!(place(&one).encode(1), place(&other).encode(1));
    }
}

#[test]
fn a_value_moved_to_another_place_does_not_open() {
    let ring = ring(&[1]);
    let here = place(b"row");
    let sealed = ring.seal(&here, b"secret");
    let organization = OrganizationId::from_uuid(Uuid::from_u128(2));
    for elsewhere in [
        Aad {
            row: b"other row",
            ..here
        },
        Aad {
            column: "other_column",
            ..here
        },
        Aad {
            table: "other_table",
            ..here
        },
        Aad {
            organization,
            ..here
        },
    ] {
        assert_eq!(ring.open(&elsewhere, &sealed), Err(Tampered));
    }
    assert!(ring.open(&here, &sealed).is_ok());
}

#[test]
fn the_newest_version_seals_and_older_ones_still_open() {
    let old = ring(&[1]);
    let sealed = old.seal(&place(b"row"), b"secret");
    let rotated = ring(&[1, 2]);
    assert_eq!(
        rotated.open(&place(b"row"), &sealed).unwrap().expose(),
        b"secret"
    );
    let resealed = rotated.seal(&place(b"row"), b"secret");
    assert_eq!(Keyring::version(&resealed), Some(rotated.newest()));
    assert_eq!(old.open(&place(b"row"), &resealed), Err(Tampered));
    assert_eq!(ring(&[2]).open(&place(b"row"), &sealed), Err(Tampered));
}

#[test]
fn a_version_rewritten_in_the_header_does_not_open() {
    let keys = [1, 2].map(|version| (version, Sensitive::new([7; 32])));
    let same_key_twice = Keyring::new(keys, Arc::new(SystemEntropy)).unwrap();
    let mut sealed = same_key_twice.seal(&place(b"row"), b"secret");
    sealed[HEADER - 1] = 1;
    assert_eq!(same_key_twice.open(&place(b"row"), &sealed), Err(Tampered));
}

#[test]
fn the_same_value_never_looks_the_same() {
    let ring = ring(&[1]);
    assert_ne!(
        ring.seal(&place(b"row"), b"secret"),
        ring.seal(&place(b"row"), b"secret")
    );
}

#[test]
fn data_keys_are_wrapped_to_their_place() {
    let ring = ring(&[3]);
    let key = ring.draw();
    let wrapped = ring.wrap(&place(b"doc"), &key);
    assert_eq!(ring.unwrap(&place(b"doc"), &wrapped), Ok(key));
    assert_eq!(ring.unwrap(&place(b"other"), &wrapped), Err(Tampered));
    let not_a_key = ring.seal(&place(b"doc"), b"short");
    assert_eq!(ring.unwrap(&place(b"doc"), &not_a_key), Err(Tampered));
}

#[test]
fn settings_are_read_or_refused() {
    let key = STANDARD.encode([9; 32]);
    let read = |text: &str| Keyring::parse(&text.to_owned().into(), Arc::new(SystemEntropy));
    assert_eq!(read(&format!("1:{key}, 2:{key}")).unwrap().newest(), 2);
    assert_eq!(read("").unwrap_err(), KeyringError::Empty);
    assert_eq!(
        read(&format!("1:{key},1:{key}")).unwrap_err(),
        KeyringError::Duplicate
    );
    for text in ["1", "x:AAAA", "1:AAAA", "1:!", &format!("-1:{key}")] {
        assert_eq!(read(text).unwrap_err(), KeyringError::Malformed);
    }
}

#[test]
fn a_ring_never_prints_its_keys() {
    assert_eq!(
        format!("{:?}", ring(&[1, 2])),
        "Keyring { versions: [1, 2], .. }"
    );
}
