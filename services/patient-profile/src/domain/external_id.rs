//! A patient's identifier in another system.

/// How many a patient may have.
pub(crate) const MAX_EXTERNAL_IDS: usize = 10;

/// System and value, as FHIR's Identifier has them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ExternalId {
    pub(crate) system: String,
    pub(crate) value: String,
}

/// What is wrong with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExternalIdError {
    #[error("must have a system of 1 to 60 of a-z, 0-9, '.', '-' and '_'")]
    System,
    #[error("must have a value of 1 to 120 characters without control characters")]
    Value,
    #[error("must be a system and a value with a colon between them")]
    Form,
}

impl ExternalId {
    pub(crate) fn parse(system: &str, value: &str) -> Result<Self, ExternalIdError> {
        let known = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_')
        };
        if !(1..=60).contains(&system.len()) || !system.bytes().all(known) {
            return Err(ExternalIdError::System);
        }
        let value =
            bitewing_rpc::field::text(value, 1..=120).map_err(|_| ExternalIdError::Value)?;
        Ok(Self {
            system: system.to_owned(),
            value,
        })
    }

    /// Reads `system:value`, the form of a list's filter.
    pub(crate) fn parse_pair(pair: &str) -> Result<Self, ExternalIdError> {
        let (system, value) = pair.split_once(':').ok_or(ExternalIdError::Form)?;
        Self::parse(system, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_system_and_value() {
        let id = ExternalId::parse_pair("opendental:12:3").unwrap();
        assert_eq!(
            (id.system.as_str(), id.value.as_str()),
            ("opendental", "12:3")
        );
        assert_eq!(
            ExternalId::parse("Open Dental", "1"),
            Err(ExternalIdError::System)
        );
        assert_eq!(ExternalId::parse("od", " "), Err(ExternalIdError::Value));
        assert_eq!(ExternalId::parse_pair("od"), Err(ExternalIdError::Form));
    }
}
