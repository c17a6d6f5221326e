"""Writes patients as fhir.resources makes them (FHIR R4B, which has R4's Patient): one NDJSON file and one Bundle.

Usage: fhir_patients.py FOLDER NUMBER
"""

import json
import sys
from pathlib import Path

from fhir.resources.R4B.bundle import Bundle, BundleEntry
from fhir.resources.R4B.codeableconcept import CodeableConcept
from fhir.resources.R4B.coding import Coding
from fhir.resources.R4B.contactpoint import ContactPoint
from fhir.resources.R4B.humanname import HumanName
from fhir.resources.R4B.identifier import Identifier
from fhir.resources.R4B.patient import Patient, PatientCommunication, PatientContact
from fhir.resources.R4B.reference import Reference
from fhir.resources.R4B.relatedperson import RelatedPerson


def concept(system, code):
    return CodeableConcept(coding=[Coding(system=system, code=code)])


def patient(number):
    return Patient(
        id=f"p{number}",
        identifier=[
            Identifier(system="urn:oid:2.16.840.1.113883.4.1", value=f"{number:09}"),
            Identifier(
                type=concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MR"),
                system="http://hospital.example/mrn",
                value=str(number),
            ),
        ],
        active=True,
        name=[
            HumanName(use="official", prefix=["Dr"], given=["Анна", "Петровна"], family="Ёлкина"),
            HumanName(use="nickname", text="Аня"),
        ],
        telecom=[
            ContactPoint(system="email", value=f"p{number}@example.org", rank=2),
            ContactPoint(system="phone", value=f"+1514873{number:04}", use="mobile", rank=1),
            ContactPoint(system="phone", value="+15148739999", use="old"),
        ],
        gender="female",
        birthDate="1975-04-30",
        communication=[
            PatientCommunication(language=concept("urn:ietf:bcp:47", "ru-RU"), preferred=True),
        ],
        contact=[
            PatientContact(
                relationship=[concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "SPS")],
                name=HumanName(text="Пётр Ёлкин"),
            )
        ],
        managingOrganization=Reference(reference="Organization/7"),
    )


def child(number):
    return RelatedPerson(
        patient=Reference(reference=f"Patient/p{number}"),
        relationship=[concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "CHILD")],
        name=[HumanName(given=["Лев"])],
        birthDate="2012-02-29",
    )


folder, many = Path(sys.argv[1]), int(sys.argv[2])
with (folder / "Patient.ndjson").open("w") as file:
    for number in range(1, many + 1):
        file.write(patient(number).model_dump_json() + "\n")
entries = []
for number in range(1, many + 1):
    entries += [BundleEntry(resource=patient(number)), BundleEntry(resource=child(number))]
bundle = Bundle(type="collection", entry=entries)
(folder / "bundle.json").write_text(json.dumps(json.loads(bundle.model_dump_json()), indent=2))
