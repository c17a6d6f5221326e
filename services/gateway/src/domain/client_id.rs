//! OAuth client ids.

use bitewing_core::id::{IdError, TypedId as _};
use bitewing_core::{ApiClientId, OrganizationId};
use std::fmt;
use std::str::FromStr;

/// The length of one identifier in base 32.
const BODY: usize = 26;

/// A client id: `cli_`, the organization and the client, each in 26 characters of base 32. The
/// organization in clear routes the credential to its rows; the secret is what proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientId {
    pub(crate) organization: OrganizationId,
    pub(crate) id: ApiClientId,
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let organization = self.organization.to_string();
        let id = self.id.to_string();
        let body = |text: &str| text[text.len() - BODY..].to_owned();
        write!(
            f,
            "{}_{}{}",
            ApiClientId::PREFIX,
            body(&organization),
            body(&id)
        )
    }
}

impl FromStr for ClientId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() {
            return Err(IdError::Empty);
        }
        let body = text
            .strip_prefix(ApiClientId::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or(IdError::Prefix)?;
        let (organization, id) = body.split_at_checked(BODY).ok_or(IdError::Encoding)?;
        Ok(Self {
            organization: format!("{}_{organization}", OrganizationId::PREFIX).parse()?,
            id: format!("{}_{id}", ApiClientId::PREFIX).parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn reads_back(organization: u128, id: u128) {
            let client = ClientId {
                organization: OrganizationId::from_uuid(Uuid::from_u128(organization)),
                id: ApiClientId::from_uuid(Uuid::from_u128(id)),
            };
            let text = client.to_string();
            prop_assert_eq!(text.len(), 56);
            prop_assert_eq!(text.parse::<ClientId>(), Ok(client));
        }

        #[test]
        fn any_text_is_a_client_id_or_a_typed_error(text in ".{0,70}") {
            if let Ok(client) = text.parse::<ClientId>() {
                prop_assert_eq!(client.to_string(), text);
            }
        }
    }
}
