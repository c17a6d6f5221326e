//! Keyed hashes that outlive an erased person. The key is the installation's: a stolen table tells
//! nobody who was in it.

use super::Api;
use crate::domain::{Address, Code as _, ExternalId, code_or_zero};
use bitewing_core::OrganizationId;

impl Api {
    /// The hash of an external id.
    pub(super) fn hash_external_id(
        &self,
        organization: OrganizationId,
        id: &ExternalId,
    ) -> [u8; 32] {
        let organization = organization.uuid();
        let parts = [
            organization.as_bytes().as_slice(),
            id.system.as_bytes(),
            id.value.as_bytes(),
        ];
        self.base.pepper.mac("erased-external-id", &parts)
    }

    /// The hash of an address.
    pub(crate) fn hash_address(&self, organization: OrganizationId, address: &Address) -> [u8; 32] {
        let organization = organization.uuid();
        let kind = address.kind.code().to_be_bytes();
        let channel = code_or_zero(address.channel).to_be_bytes();
        let parts = [
            organization.as_bytes().as_slice(),
            &kind,
            &channel,
            address.value.as_bytes(),
        ];
        self.base.pepper.mac("erased-address", &parts)
    }
}
