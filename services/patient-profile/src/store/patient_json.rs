//! The small lists that live in a patient's row.

use crate::domain::{
    Child, Code, ContactChannel, ExternalId, Field, Related, Relation, RelationKind, Source,
    Sources,
};
use bitewing_core::PatientId;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};

pub(super) fn channels(channels: &[ContactChannel]) -> Value {
    channels.iter().map(|channel| channel.code()).collect()
}

pub(super) fn read_channels(value: &Value) -> Option<Vec<ContactChannel>> {
    let numbers = value.as_array()?.iter();
    numbers
        .map(|number| ContactChannel::of(i16::try_from(number.as_i64()?).ok()?))
        .collect()
}

pub(super) fn children(children: &[Child]) -> Value {
    let child = |child: &Child| {
        json!({
            "given_name": child.given_name,
            "birth_date": child.birth_date.map(|date| date.to_string()),
            "patient_id": child.patient.map(|id| id.uuid().to_string()),
        })
    };
    children.iter().map(child).collect()
}

pub(super) fn read_children(value: &Value) -> Option<Vec<Child>> {
    let child = |value: &Value| {
        Some(Child {
            given_name: value["given_name"].as_str()?.to_owned(),
            birth_date: match value["birth_date"].as_str() {
                Some(date) => Some(Date::parse(date, &Iso8601::DATE).ok()?),
                None => None,
            },
            patient: match value["patient_id"].as_str() {
                Some(id) => Some(PatientId::from_uuid(id.parse().ok()?)),
                None => None,
            },
        })
    };
    value.as_array()?.iter().map(child).collect()
}

/// Sources by system and moment: an import brings most fields at once.
pub(super) fn sources(sources: &Sources) -> Value {
    let mut groups: BTreeMap<(&str, i128), Vec<&str>> = BTreeMap::new();
    for (field, source) in sources {
        let micros = source.at.unix_timestamp_nanos() / 1_000;
        let group = groups.entry((&source.system, micros)).or_default();
        group.push(field.name());
    }
    let group = |((system, micros), fields): ((&str, i128), Vec<&str>)| json!({"system": system, "at": i64::try_from(micros).unwrap_or_default(), "fields": fields});
    groups.into_iter().map(group).collect()
}

pub(super) fn read_sources(value: &Value) -> Option<Sources> {
    let mut sources = Sources::new();
    for group in value.as_array()? {
        let nanos = i128::from(group["at"].as_i64()?) * 1_000;
        let source = Source {
            system: group["system"].as_str()?.to_owned(),
            at: OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?,
        };
        for field in group["fields"].as_array()? {
            sources.insert(Field::parse(field.as_str()?)?, source.clone());
        }
    }
    Some(sources)
}

pub(super) fn external_ids(ids: &[ExternalId]) -> Value {
    let id = |id: &ExternalId| json!([id.system, id.value]);
    ids.iter().map(id).collect()
}

pub(super) fn read_external_ids(value: &Value) -> Option<Vec<ExternalId>> {
    let id = |value: &Value| {
        Some(ExternalId {
            system: value[0].as_str()?.to_owned(),
            value: value[1].as_str()?.to_owned(),
        })
    };
    value.as_array()?.iter().map(id).collect()
}

pub(super) fn relations(relations: &[Relation]) -> Value {
    let relation = |relation: &Relation| match &relation.to {
        Related::Patient(id) => {
            json!({"kind": relation.kind.code(), "patient_id": id.uuid().to_string()})
        }
        Related::Named(name) => json!({"kind": relation.kind.code(), "display_name": name}),
    };
    relations.iter().map(relation).collect()
}

pub(super) fn read_relations(value: &Value) -> Option<Vec<Relation>> {
    let relation = |value: &Value| {
        Some(Relation {
            kind: RelationKind::of(i16::try_from(value["kind"].as_i64()?).ok()?)?,
            to: match value["patient_id"].as_str() {
                Some(id) => Related::Patient(PatientId::from_uuid(id.parse().ok()?)),
                None => Related::Named(value["display_name"].as_str()?.to_owned()),
            },
        })
    };
    value.as_array()?.iter().map(relation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};
    use uuid::Uuid;

    #[test]
    fn what_is_written_reads_back() {
        let patient = PatientId::from_uuid(Uuid::from_u128(7));
        let kept = vec![ContactChannel::Sms, ContactChannel::InPerson];
        assert!(read_channels(&channels(&kept)) == Some(kept));
        let kept = vec![
            Child {
                given_name: "Léa".to_owned(),
                birth_date: Some(date!(2019 - 02 - 28)),
                patient: Some(patient),
            },
            Child {
                given_name: "Tom".to_owned(),
                birth_date: None,
                patient: None,
            },
        ];
        assert!(read_children(&children(&kept)) == Some(kept));
        let kept = vec![
            Relation {
                kind: RelationKind::Guarantor,
                to: Related::Patient(patient),
            },
            Relation {
                kind: RelationKind::Spouse,
                to: Related::Named("Paul".to_owned()),
            },
        ];
        assert!(read_relations(&relations(&kept)) == Some(kept));
        let source = |system: &str| Source {
            system: system.to_owned(),
            at: datetime!(2026-11-22 09:00:00.123456 UTC),
        };
        let kept = Sources::from([
            (Field::GivenName, source("opendental")),
            (Field::Notes, source("bitewing")),
            (Field::BirthDate, source("opendental")),
        ]);
        assert_eq!(read_sources(&sources(&kept)), Some(kept));
    }

    #[test]
    fn nonsense_is_told() {
        assert!(read_channels(&json!([99])).is_none());
        assert!(read_children(&json!([{"birth_date": "x"}])).is_none());
        assert!(read_sources(&json!([{"system": "a", "at": 1, "fields": ["shoe"]}])).is_none());
    }
}
