//! The names of a service's roles and database.

use anyhow::ensure;

/// Every service's application role is a member: policies and grants of shared tables name it.
pub(crate) const APP_GROUP: &str = "bitewing_app";
/// Every service's worker role is a member.
pub(crate) const WORKER_GROUP: &str = "bitewing_worker";

/// What belongs to one service, derived from its name.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    stem: String,
}

impl Names {
    /// Accepts `patient-profile` and the like; the result is safe as part of an SQL identifier.
    pub(crate) fn of(service: &str) -> anyhow::Result<Names> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ensure!(
            service.starts_with(|c: char| c.is_ascii_lowercase())
                && service.len() <= 32
                && service.chars().all(plain),
            "a service name is lower case letters, digits and hyphens, at most 32"
        );
        Ok(Names {
            stem: service.replace('-', "_"),
        })
    }

    /// The service's name as part of an identifier.
    pub(crate) fn stem(&self) -> &str {
        &self.stem
    }

    pub(crate) fn database(&self) -> String {
        format!("bitewing_{}", self.stem)
    }

    pub(crate) fn owner(&self) -> String {
        format!("bitewing_{}_owner", self.stem)
    }

    pub(crate) fn app(&self) -> String {
        format!("bitewing_{}_app", self.stem)
    }

    pub(crate) fn worker(&self) -> String {
        format!("bitewing_{}_worker", self.stem)
    }
}

/// Accepts a name that is safe as an SQL identifier without quotes.
pub(crate) fn database_name(name: &str) -> anyhow::Result<&str> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    ensure!(
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.len() <= 63
            && name.chars().all(plain),
        "a database name is lower case letters, digits and underscores, at most 63"
    );
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_names_its_roles_and_database() {
        let names = Names::of("patient-profile").unwrap();
        assert_eq!(names.database(), "bitewing_patient_profile");
        assert_eq!(names.owner(), "bitewing_patient_profile_owner");
        assert_eq!(names.app(), "bitewing_patient_profile_app");
        assert_eq!(names.worker(), "bitewing_patient_profile_worker");
    }

    #[test]
    fn refuses_a_name_that_could_leave_an_identifier() {
        let long = "x".repeat(33);
        for name in [
            "",
            "-x",
            "1x",
            "a\"b",
            "a;b",
            "Gateway",
            "a b",
            long.as_str(),
        ] {
            assert!(Names::of(name).is_err(), "{name}");
            assert!(name == long || database_name(name).is_err(), "{name}");
        }
    }
}
