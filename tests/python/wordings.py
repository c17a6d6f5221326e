"""Previews a reminder for four patients, as a Python program of the chain does it.

Usage: wordings.py PROTO_DIR WORK_DIR BASE_URL CLIENT_ID CLIENT_SECRET

Compiles the contracts, calls the gateway over gRPC, and prints one JSON object about what came back.
"""

import json
import sys

import grpc

from clinic import access_token, compile_contracts, module, refusal

WHEN = {"appointment.date": "2027-03-02", "appointment.time": "14:30"}


def main():
    proto_dir, work_dir, base, client_id, client_secret = sys.argv[1:]
    compile_contracts(proto_dir, work_dir)
    types = module("template.v1.wording_pb2")
    messages = module("template.v1.wording_service_pb2")
    stubs = module("template.v1.wording_service_pb2_grpc")

    channel = grpc.insecure_channel(base.removeprefix("http://"))
    token = access_token(base, client_id, client_secret)
    call = {"metadata": [("authorization", f"Bearer {token}")], "timeout": 30}
    wordings = stubs.WordingServiceStub(channel)

    def reminder(locale, register, kind="reminder", **values):
        named = {name.replace("_", ".", 1): value for name, value in values.items()}
        answer = wordings.PreviewWording(
            messages.PreviewWordingRequest(
                kind=kind,
                locale=locale,
                register=register,
                channel=types.WORDING_CHANNEL_SMS,
                variables={**WHEN, **named},
            ),
            **call,
        )
        (rendering,) = answer.renderings
        return rendering.text

    formal = types.WORDING_REGISTER_FORMAL
    informal = types.WORDING_REGISTER_INFORMAL
    _, flawed = refusal(
        lambda: wordings.PreviewWording(
            messages.PreviewWordingRequest(
                kind="reminder",
                locale="en",
                register=formal,
                channel=types.WORDING_CHANNEL_SMS,
                body="Dear {{ patient.nmae }}",
            ),
            **call,
        )
    )
    told = {
        "older": reminder("fr-CA", formal, patient_salutation="Monsieur Côté"),
        "patronymic": reminder("ru", formal, patient_salutation="Иван Петрович"),
        "nineteen": reminder("en", informal, patient_salutation="Anne"),
        "child": reminder(
            "it",
            formal,
            kind="reminder-guardian",
            guardian_salutation="Sig. Bianchi",
            patient_first_name="Giulia",
        ),
        "nameless": reminder("fr-CA", formal, patient_salutation=""),
        "hinted": b"line 1, column 6" in flawed,
    }
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
