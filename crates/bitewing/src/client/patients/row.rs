//! A record as a row of the import.

use super::columns::Column;
use super::mapping::Mapping;
use super::value::{self, Order};
use csv::StringRecord;
use serde_json::{Map, Value, json};

/// The longest cell that is worth sending, in bytes; the longest field, notes, has 4,000 characters.
const MAX_CELL: usize = 64 << 10;

/// What is wrong with a record: fields, and what is wrong with each.
pub(super) type Problems = Vec<(String, String)>;

/// How records become rows.
pub(super) struct Reading<'a> {
    pub(super) columns: &'a [Column],
    pub(super) mapping: &'a Mapping,
    pub(super) system: &'a str,
    pub(super) clinic: Option<&'a str>,
    pub(super) order: Option<Order>,
}

/// A row as it grows.
#[derive(Default)]
struct Row {
    patient: Map<String, Value>,
    points: Vec<(u8, String, Value)>,
    mask: Vec<&'static str>,
    problems: Problems,
}

impl Row {
    /// Sets a field; the first column that has something wins.
    fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.patient.entry(name).or_insert_with(|| value.into());
        self.speak_of(name);
    }

    fn speak_of(&mut self, name: &'static str) {
        if !self.mask.contains(&name) {
            self.mask.push(name);
        }
    }

    fn point(&mut self, rank: u8, key: String, point: Value) {
        if !key.is_empty() && self.points.iter().all(|(_, known, _)| *known != key) {
            self.points.push((rank, key, point));
        }
        self.speak_of("contactPoints");
    }
}

impl Reading<'_> {
    /// The patient's number in a record, whatever else is wrong with it.
    pub(super) fn key<'r>(&self, record: &'r StringRecord) -> Option<&'r str> {
        let mut cells = self.columns.iter().zip(record);
        let cell =
            cells.find(|(column, cell)| **column == Column::ExternalId && !cell.trim().is_empty());
        cell.map(|(_, cell)| cell.trim())
            .filter(|_| record.len() == self.columns.len())
    }

    /// Reads a record.
    pub(super) fn row(&self, number: i32, record: &StringRecord) -> Result<Value, Problems> {
        let (cells, columns) = (record.len(), self.columns.len());
        if cells != columns {
            let problem = format!("has {cells} cells where the header has {columns}");
            return Err(vec![(String::new(), problem)]);
        }
        let mut row = Row::default();
        // The whole name only fills what its parts leave open.
        for whole in [false, true] {
            for (column, cell) in self.columns.iter().zip(record) {
                if (*column == Column::FullName) == whole {
                    self.cell(&mut row, *column, cell.trim());
                }
            }
        }
        for (name, default) in &self.mapping.defaults {
            self.cell(&mut row, name.column(), default);
        }
        if !row.patient.contains_key("clinicId")
            && let Some(clinic) = self.clinic
        {
            // Where a patient is made; it moves nobody.
            row.patient.insert("clinicId".to_owned(), clinic.into());
        }
        if !row.problems.is_empty() {
            return Err(row.problems);
        }
        row.points.sort_by_key(|(rank, ..)| *rank);
        let points: Vec<Value> = row.points.into_iter().map(|(.., point)| point).collect();
        row.patient
            .insert("contactPoints".to_owned(), points.into());
        Ok(json!({
            "rowNumber": number, "patient": row.patient, "updateMask": row.mask.join(","),
        }))
    }

    fn cell(&self, row: &mut Row, column: Column, cell: &str) {
        // Only notes have lines; elsewhere they came from a form that was too narrow.
        let words: Vec<_> = cell.split_whitespace().collect();
        let line = words.join(" ");
        let cell = if column == Column::Notes { cell } else { &line };
        if cell.len() > MAX_CELL {
            let problem = format!("must have at most {MAX_CELL} bytes");
            row.problems.push((column.path().to_owned(), problem));
        } else if !cell.is_empty() {
            if let Err(problem) = self.take(row, column, cell) {
                row.problems
                    .push((column.path().to_owned(), problem.to_owned()));
            }
        } else if self.mapping.empty_clears
            && let Some(name) = cleared(column)
        {
            row.speak_of(name);
        }
    }

    fn take(&self, row: &mut Row, column: Column, cell: &str) -> Result<(), &'static str> {
        match column {
            Column::Ignore => {}
            Column::ExternalId => {
                let id = json!([{ "system": self.system, "value": cell }]);
                row.patient.entry("externalIds").or_insert(id);
            }
            Column::FullName => {
                let (given, family) = value::full_name(cell);
                if !given.is_empty() && !row.patient.contains_key("givenName") {
                    row.set("givenName", given);
                }
                row.set("familyName", family);
            }
            Column::BirthDate | Column::PatientSince => {
                if let Some(date) = value::date(cell, self.order)? {
                    row.set(cleared(column).unwrap_or_default(), date);
                }
            }
            Column::Gender => {
                if let Some(gender) = value::gender(cell)? {
                    row.set("gender", gender);
                }
            }
            Column::Language => row.set("language", value::language(cell)),
            Column::DoNotContact => row.set("doNotContact", value::flag(cell)?),
            Column::Deceased => row.set("deceased", value::flag(cell)?),
            Column::MobilePhone => phone(row, cell, 0, "CONTACT_POINT_USE_MOBILE")?,
            Column::HomePhone => phone(row, cell, 1, "CONTACT_POINT_USE_HOME")?,
            Column::Phone => phone(row, cell, 2, "CONTACT_POINT_USE_UNSPECIFIED")?,
            Column::WorkPhone => phone(row, cell, 3, "CONTACT_POINT_USE_WORK")?,
            Column::Email => {
                let point = json!({ "kind": "CONTACT_POINT_KIND_EMAIL", "value": cell });
                row.point(4, cell.to_lowercase(), point);
            }
            Column::ClinicId
            | Column::Title
            | Column::GivenName
            | Column::Patronymic
            | Column::FamilyName
            | Column::PreferredName
            | Column::Salutation
            | Column::Notes => row.set(cleared(column).unwrap_or_default(), cell),
        }
        Ok(())
    }
}

fn phone(row: &mut Row, cell: &str, rank: u8, usage: &str) -> Result<(), &'static str> {
    let number = value::phone(cell)?;
    let mut point = json!({ "kind": "CONTACT_POINT_KIND_PHONE", "value": number, "use": usage });
    if rank == 0 {
        point["lineType"] = "LINE_TYPE_MOBILE".into();
    }
    // One number in two columns is one number, however it is punctuated.
    let digits = number.chars().filter(char::is_ascii_digit).collect();
    row.point(rank, digits, point);
    if number.bytes().any(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err("must be a telephone number")
    }
}

/// The field of a patient that a column alone fills, and that an empty cell may take away.
const fn cleared(column: Column) -> Option<&'static str> {
    Some(match column {
        Column::ClinicId => "clinicId",
        Column::Title => "title",
        Column::GivenName => "givenName",
        Column::Patronymic => "patronymic",
        Column::FamilyName => "familyName",
        Column::PreferredName => "preferredName",
        Column::BirthDate => "birthDate",
        Column::Gender => "gender",
        Column::Language => "language",
        Column::Salutation => "salutation",
        Column::PatientSince => "patientSince",
        Column::Notes => "notes",
        Column::DoNotContact => "doNotContact",
        Column::Deceased => "deceased",
        Column::MobilePhone
        | Column::HomePhone
        | Column::WorkPhone
        | Column::Phone
        | Column::Email => "contactPoints",
        Column::ExternalId | Column::FullName | Column::Ignore => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 6] = [
        Column::ExternalId,
        Column::FullName,
        Column::BirthDate,
        Column::HomePhone,
        Column::MobilePhone,
        Column::Email,
    ];

    fn read(mapping: &Mapping, cells: &[&str]) -> Result<Value, Problems> {
        let reading = Reading {
            columns: &COLUMNS,
            mapping,
            system: "abeldent",
            clinic: Some("cln_1"),
            order: None,
        };
        reading.row(7, &StringRecord::from(cells.to_vec()))
    }

    #[test]
    fn a_record_becomes_a_patient() {
        let cells = [
            "42",
            "CÔTÉ, Anne",
            "1980-12-31",
            "514-873-1234",
            "(514) 873 1234",
            "",
        ];
        let row = read(&Mapping::default(), &cells).unwrap();
        let patient = &row["patient"];
        assert_eq!(row["rowNumber"], 7);
        assert_eq!(
            patient["externalIds"][0],
            json!({ "system": "abeldent", "value": "42" })
        );
        assert_eq!(
            (&patient["givenName"], &patient["familyName"]),
            (&json!("Anne"), &json!("CÔTÉ"))
        );
        let points = patient["contactPoints"].as_array().unwrap();
        assert_eq!(points.len(), 1);
        // Empty cells say nothing, and the clinic of the command line moves nobody.
        assert_eq!(
            row["updateMask"],
            "birthDate,contactPoints,givenName,familyName"
        );
        let clearing = Mapping {
            empty_clears: true,
            ..Mapping::default()
        };
        let row = read(&clearing, &["42", "Côté", "", "", "", ""]).unwrap();
        assert_eq!(row["updateMask"], "birthDate,contactPoints,familyName");
    }

    #[test]
    fn everything_wrong_with_a_record_is_named() {
        let cells = ["42", "Côté", "04/05/1980", "1.555E+10", "none", ""];
        let problems = read(&Mapping::default(), &cells).unwrap_err();
        let fields: Vec<_> = problems.iter().map(|(field, _)| field.as_str()).collect();
        let points = "patient.contact_points";
        assert_eq!(fields, ["patient.birth_date", points, points]);
        assert!(read(&Mapping::default(), &["42"]).is_err());
    }
}
