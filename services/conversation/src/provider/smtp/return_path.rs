//! Where a message comes back to: an address that names the message and nobody.

use bitewing_auth::Scope;
use bitewing_core::MessageId;
use bitewing_runtime::base::Pepper;

/// RFC 4648 base 32 in lower case: local parts may lose their case on the way.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Bytes of the proof; with them 63 of the 64 characters of a local part are used (RFC 5321 4.5.3.1.1).
const PROOF: usize = 6;

/// `b+` and base 32 of organization, message and a proof that we wrote it.
pub(super) fn token(pepper: &Pepper, scope: &Scope, message: MessageId) -> String {
    let (organization, message) = (scope.organization().uuid(), message.uuid());
    let (organization, message) = (organization.as_bytes(), message.as_bytes());
    let proof = pepper.mac("return-path", &[organization, message]);
    let bytes: Vec<u8> = [organization as &[u8], message, &proof[..PROOF]].concat();
    format!("b+{}", base32(&bytes))
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut bits, mut held) = (0_u32, 0);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(ALPHABET[(bits >> held) as usize & 31]));
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        text.push(char::from(ALPHABET[(bits << (5 - held)) as usize & 31]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::OrganizationId;
    use uuid::Uuid;

    #[test]
    fn base_32_is_that_of_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "my"),
            ("fo", "mzxq"),
            ("foo", "mzxw6"),
            ("foob", "mzxw6yq"),
            ("fooba", "mzxw6ytb"),
            ("foobar", "mzxw6ytboi"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_return_path_fits_names_its_message_and_is_ours() {
        let scope = Scope::of_event(OrganizationId::from_uuid(Uuid::from_u128(1)));
        let (ours, theirs) = (Pepper::new(vec![1; 32]), Pepper::new(vec![2; 32]));
        let (one, two) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let of = |pepper, message| token(pepper, &scope, MessageId::from_uuid(message));
        assert_eq!(of(&ours, one).len(), 63);
        assert_eq!(of(&ours, one), of(&ours, one), "every attempt has the same");
        assert_ne!(of(&ours, one), of(&ours, two));
        let (true_one, forged) = (of(&ours, one), of(&theirs, one));
        assert_eq!(true_one[..53], forged[..53]);
        assert_ne!(true_one[53..], forged[53..]);
    }
}
