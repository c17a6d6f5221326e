//! Words an organization added to those by which replies are read.

use super::Tx;
use crate::domain::reply::{Added, Additions, List};
use crate::error::Error;
use bitewing_store::StoreError;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

fn write(additions: &Additions) -> Value {
    let entry = |added: &Added| {
        let mut entry = Map::new();
        entry.insert("language".to_owned(), json!(added.language.tag()));
        for list in List::ALL {
            entry.insert(list.name().to_owned(), json!(added.list(list)));
        }
        Value::Object(entry)
    };
    additions.all().iter().map(entry).collect()
}

fn read(version: i64, words: &Value) -> Option<Additions> {
    let list = |entry: &Value, list: List| -> Option<Vec<String>> {
        let words = entry[list.name()].as_array()?.iter();
        words.map(|word| Some(word.as_str()?.to_owned())).collect()
    };
    let entries = words.as_array()?.iter().map(|entry| {
        Some(Added {
            language: entry["language"].as_str()?.parse().ok()?,
            stop: list(entry, List::Stop)?,
            help: list(entry, List::Help)?,
            start: list(entry, List::Start)?,
        })
    });
    Some(Additions::new(version, entries.collect::<Option<_>>()?))
}

impl Tx {
    /// The words of the organization; `lock` keeps others from changing them meanwhile.
    pub(crate) async fn keyword_additions(&mut self, lock: bool) -> Result<Additions, Error> {
        let organization = self.organization_uuid();
        if lock {
            sqlx::query!(
                "SELECT version FROM keyword_additions WHERE organization_id = $1 FOR UPDATE",
                organization
            )
            .fetch_optional(self.conn())
            .await?;
        }
        let row = sqlx::query!(
            "SELECT version, words FROM keyword_additions WHERE organization_id = $1",
            organization
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else {
            return Ok(Additions::default());
        };
        let additions = read(row.version, &row.words).ok_or(StoreError::Inconsistent {
            table: "keyword_additions",
            column: "words",
            id: organization,
        })?;
        Ok(additions)
    }

    /// Writes the words of the organization, over the version before. Of two calls that are the first at once one is
    /// told to come back.
    pub(crate) async fn set_keyword_additions(
        &mut self,
        additions: &Additions,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let written = sqlx::query!(
            "INSERT INTO keyword_additions AS k (organization_id, version, words, updated_at)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (organization_id) DO UPDATE
             SET version = EXCLUDED.version, words = EXCLUDED.words, updated_at = EXCLUDED.updated_at
             WHERE k.version = EXCLUDED.version - 1",
            organization,
            additions.version,
            write(additions),
            now
        )
        .execute(self.conn())
        .await?;
        if written.rows_affected() == 1 {
            Ok(())
        } else {
            Err(Error::Conflict)
        }
    }
}
