//! The same bytes as another implementation: pyca/cryptography 50, `Cobblestone256Encryptor`, with
//! the key 00 01 .. 1f, the plaintext 00 .. fa repeated, and the derivation context of a part.

use super::*;
use bitewing_core::Entropy;

/// Yields one salt.
struct Fixed([u8; 24]);

impl Entropy for Fixed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.copy_from_slice(&self.0);
    }
}

#[test]
fn parts_are_what_another_implementation_writes() {
    // Plaintext bytes, part number, the salt it drew, SHA-256 of what it wrote.
    for (length, number, salt, sealed) in [
        (
            0,
            0,
            "f8603755fe20c4a8f309a6c746d170c9e34ddee026df41c4",
            "df75e6e09e05cef05d9bb4dfd9ce75a0ae52c3a5e04425c6edda67b8993ba492",
        ),
        (
            5,
            5,
            "19cb50fcb8eb34a6e9d5bef9e6f6edb8f239ff57d8d3ea32",
            "55cd120c017c22e82fb90b3670a057814882911081664735a7f72fa0f6b418d2",
        ),
        (
            16_383,
            3,
            "c1c5a2368b635845557d93414f82b6f88c095c128054a6ab",
            "236cc2eecbff15adf6365b308e978a7eddcaa8aa85f1caa87c3cfebfe5e27da7",
        ),
        (
            16_384,
            4,
            "68613c54e221c80344020f2f49ece0df6b04747e6333081a",
            "90a6c3115fe6dad26f5459206ef3c2309a14028c4c0f16da037be8aa3172fe5e",
        ),
        (
            16_385,
            5,
            "8ce4ac7a9936afc4646f6d1e0053ed429443909ac5440599",
            "cb3cd1fd02e10671703ad60ab152116f91cbd8e0c628b9bc58fdc642b61eb27c",
        ),
        (
            40_000,
            2,
            "ebd258f20060ec30fccc9e38cc3bf4ddc570e13f66cdf5c8",
            "1c71bb4afeeef4accf2730baf19ea2ea41d5ff4bad9e687ec7bb73432a798c5a",
        ),
        (
            8_388_608,
            4,
            "8db7084b5577a516d1ebbad24c35e8cb4ab6e1eaf938a62e",
            "ee32cdff0b68a3a55604528f9e50397389c6414db92376232a3e9f8fdffbaa27",
        ),
    ] {
        let mut entropy = Fixed([0; 24]);
        hex::decode_to_slice(salt, &mut entropy.0).unwrap();
        let key = DataKey::from_bytes(std::array::from_fn(|index| index as u8));
        let mut writer = PartWriter::new(&key, place(2), number, &entropy);
        writer.push(&plaintext(length));
        let part = writer.finish();
        assert_eq!(
            Fingerprint::of(&part.bytes).to_string(),
            sealed,
            "{length} bytes"
        );
    }
}
