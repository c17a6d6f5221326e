"""Reads a Bundle on standard input with fhir.resources (FHIR R4B, which has R4's Patient and RelatedPerson).

Prints what it found as JSON; a Bundle that is none ends with an error.
"""

import json
import sys

from fhir.resources.R4B.bundle import Bundle

text = sys.stdin.read()
bundle = Bundle.model_validate_json(text)
patient = bundle.entry[0].resource
again = json.loads(bundle.model_dump_json())


def same(sent, kept):
    """Whether everything sent was understood: times may be written in another way."""
    if isinstance(sent, dict):
        return all(name in kept and same(value, kept[name]) for name, value in sent.items())
    if isinstance(sent, list):
        return len(sent) == len(kept) and all(map(same, sent, kept))
    return sent == kept or (isinstance(sent, str) and "T" in sent and sent[:16] == str(kept)[:16])


print(
    json.dumps(
        {
            "kinds": [entry.resource.get_resource_type() for entry in bundle.entry],
            "understood": same(json.loads(text), again),
            "family": patient.name[0].family,
            "given": patient.name[0].given,
            "born": patient.birthDate.isoformat(),
            "telecom": [[point.system, point.use, point.rank] for point in patient.telecom],
            "identifiers": [identifier.system for identifier in patient.identifier],
            "relationships": [
                entry.resource.relationship[0].coding[0].code
                for entry in bundle.entry
                if entry.resource.get_resource_type() == "RelatedPerson"
            ],
            "visits": [
                [entry.resource.status, entry.resource.start.date().isoformat()]
                for entry in bundle.entry
                if entry.resource.get_resource_type() == "Appointment"
            ],
            "consents": [
                [
                    entry.resource.status,
                    entry.resource.provision.type,
                    entry.resource.provision.purpose[0].code,
                ]
                for entry in bundle.entry
                if entry.resource.get_resource_type() == "Consent"
            ],
            "belongs": all(
                entry.resource.patient.reference == bundle.entry[0].fullUrl
                for entry in bundle.entry
                if entry.resource.get_resource_type() == "RelatedPerson"
            ),
        }
    )
)
