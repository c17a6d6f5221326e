//! Settings by name.

use bitewing_core::Sensitive;
use std::collections::HashMap;
use std::fmt::{self, Display};
use std::str::FromStr;

/// What is wrong with a setting: one line that names it, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {problem}")]
pub struct ConfigError {
    /// The variable.
    pub name: String,
    /// As `is required in the production profile`.
    pub problem: String,
}

impl ConfigError {
    /// Names a variable and its fault.
    pub fn new(name: impl Into<String>, problem: impl Display) -> Self {
        Self {
            name: name.into(),
            problem: problem.to_string(),
        }
    }
}

/// Where settings are read from: the process's variables, or in tests a map. `NAME_FILE` names a file
/// that holds the value of `NAME`.
#[derive(Clone, Default)]
pub struct Environment {
    values: HashMap<String, String>,
}

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        Self {
            values: std::env::vars().collect(),
        }
    }

    /// Adds a value where none is set.
    pub fn set_default(&mut self, name: &str, value: impl Into<String>) {
        let file = format!("{name}_FILE");
        if !self.values.contains_key(&file) {
            self.values
                .entry(name.to_owned())
                .or_insert_with(|| value.into());
        }
    }

    /// Sets a value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// The value of a variable, or of the file its `_FILE` twin names; empty counts as absent.
    pub fn text(&self, name: &str) -> Result<Option<String>, ConfigError> {
        let value = match (
            self.values.get(name),
            self.values.get(&format!("{name}_FILE")),
        ) {
            (Some(value), _) => value.clone(),
            (None, Some(path)) => std::fs::read_to_string(path)
                .map_err(|error| ConfigError::new(format!("{name}_FILE"), error.kind()))?
                .trim_end()
                .to_owned(),
            (None, None) => return Ok(None),
        };
        Ok((!value.is_empty()).then_some(value))
    }

    /// A value that must read as `T`, or a default.
    pub fn parse<T: FromStr<Err: Display>>(
        &self,
        name: &str,
        default: T,
    ) -> Result<T, ConfigError> {
        Ok(self.optional(name)?.unwrap_or(default))
    }

    /// A value that must read as `T` where it is set.
    pub fn optional<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, ConfigError> {
        self.text(name)?
            .map(|text| {
                text.parse()
                    .map_err(|error: T::Err| ConfigError::new(name, error))
            })
            .transpose()
    }

    /// A secret that must be set.
    pub fn secret(&self, name: &str) -> Result<Sensitive<String>, ConfigError> {
        self.text(name)?.map(Sensitive::new).ok_or_else(|| {
            ConfigError::new(
                name,
                "is required (or NAME_FILE) outside the development profile",
            )
        })
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_variable_and_never_the_value() {
        let env = Environment::default().with("PORT", "hunter2");
        let error = env.parse::<u16>("PORT", 1).unwrap_err().to_string();
        assert_eq!(error, "PORT invalid digit found in string");
        assert_eq!(env.parse("OTHER", 7u16), Ok(7));
    }

    #[test]
    fn a_secret_may_rest_in_a_file() {
        let file = std::env::temp_dir().join(format!("bitewing-secret-{}", std::process::id()));
        std::fs::write(&file, "s3cret\n").unwrap();
        let env = Environment::default().with("KEY_FILE", file.to_str().unwrap());
        assert_eq!(env.secret("KEY").unwrap().expose(), "s3cret");
        std::fs::remove_file(file).unwrap();
        assert!(
            env.secret("KEY")
                .unwrap_err()
                .to_string()
                .starts_with("KEY_FILE ")
        );
    }
}
