"""The clinic's part of the main job, as a Python program of the chain does it.

Usage: clinic.py PROTO_DIR WORK_DIR BASE_URL CLIENT_ID CLIENT_SECRET

Compiles the contracts, calls the gateway over gRPC, and prints one JSON object about what came back.
"""

import hashlib
import importlib
import importlib.resources
import json
import pathlib
import sys
import time

import grpc
import requests
from grpc_tools import protoc

PIECE = 256 * 1024


def compile_contracts(proto_dir, work_dir):
    """Writes the generated modules and makes them importable."""
    files = sorted(str(path) for path in pathlib.Path(proto_dir).rglob("*.proto"))
    known = importlib.resources.files("grpc_tools") / "_proto"
    arguments = ["protoc", f"-I{proto_dir}", f"-I{known}"]
    arguments += [f"--python_out={work_dir}", f"--grpc_python_out={work_dir}"]
    if protoc.main(arguments + files) != 0:
        raise SystemExit("the contracts do not compile")
    sys.path.insert(0, work_dir)


def module(name):
    return importlib.import_module(f"bitewing.{name}")


def access_token(base, client_id, client_secret):
    answer = requests.post(
        f"{base}/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(client_id, client_secret),
        timeout=30,
    )
    answer.raise_for_status()
    return answer.json()["access_token"]


def upload_messages(documents, clinic_id, content):
    yield documents.UploadDocumentRequest(
        announcement=documents.UploadAnnouncement(
            clinic_id=clinic_id,
            file_name="Entente financière.txt",
            media_type="text/plain",
            size=len(content),
        )
    )
    for start in range(0, len(content), PIECE):
        yield documents.UploadDocumentRequest(chunk=content[start : start + PIECE])


def eventually(what, ask):
    for _ in range(300):
        found = ask()
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit(f"{what} did not happen within 30 s")


def refusal(call):
    """The code of a refused call, and whether its details name a reason."""
    try:
        call()
    except grpc.RpcError as error:
        details = dict(error.trailing_metadata()).get("grpc-status-details-bin", b"")
        return error.code().name, details
    raise SystemExit("a call was answered that must be refused")


def main():
    proto_dir, work_dir, base, client_id, client_secret = sys.argv[1:]
    compile_contracts(proto_dir, work_dir)
    clinics = module("conversation.v1.clinic_service_pb2")
    clinic = module("conversation.v1.clinic_pb2")
    sandbox = module("conversation.v1.sandbox_service_pb2")
    patients = module("patient.v1.patient_service_pb2")
    patient = module("patient.v1.patient_pb2")
    documents = module("document.v1.document_service_pb2")
    document = module("document.v1.document_pb2")
    links = module("document.v1.link_service_pb2")
    events = module("identity.v1.event_service_pb2")

    metadata = [("authorization", f"Bearer {access_token(base, client_id, client_secret)}")]
    channel = grpc.insecure_channel(base.removeprefix("http://"))

    def stub(area, name):
        return getattr(module(f"{area}_pb2_grpc"), f"{name}Stub")(channel)

    clinic_service = stub("conversation.v1.clinic_service", "ClinicService")
    patient_service = stub("patient.v1.patient_service", "PatientService")
    document_service = stub("document.v1.document_service", "DocumentService")
    link_service = stub("document.v1.link_service", "LinkService")
    event_service = stub("identity.v1.event_service", "EventService")
    sandbox_service = stub("conversation.v1.sandbox_service", "SandboxService")

    made_clinic = clinic_service.CreateClinic(
        clinics.CreateClinicRequest(
            clinic=clinic.Clinic(
                display_name="Clinique dentaire",
                phone="+15148731234",
                region="CA",
                language="fr",
                time_zone="America/Toronto",
            )
        ),
        metadata=metadata,
    ).clinic
    made_patient = patient_service.CreatePatient(
        patients.CreatePatientRequest(
            patient=patient.Patient(
                clinic_id=made_clinic.clinic_id,
                given_name="Anne",
                family_name="Côté",
                contact_points=[
                    patient.ContactPoint(
                        kind=patient.CONTACT_POINT_KIND_PHONE,
                        value="(514) 873-2001",
                        line_type=patient.LINE_TYPE_MOBILE,
                    ),
                    patient.ContactPoint(
                        kind=patient.CONTACT_POINT_KIND_EMAIL, value="Anne.Cote@Example.org"
                    ),
                ],
            )
        ),
        metadata=metadata,
    ).patient
    content = "Entente financière\n".encode() * 20_000
    uploaded = document_service.UploadDocument(
        upload_messages(documents, made_clinic.clinic_id, content), metadata=metadata
    ).document

    def is_ready():
        request = documents.GetDocumentRequest(document_id=uploaded.document_id)
        answer = document_service.GetDocument(request, metadata=metadata)
        return answer.document.state == document.DOCUMENT_STATE_READY

    eventually("the check of the document", is_ready)
    link = link_service.CreateLink(
        links.CreateLinkRequest(
            patient_id=made_patient.patient_id, document_ids=[uploaded.document_id]
        ),
        metadata=metadata,
    ).link

    def mail():
        request = sandbox.ListSandboxMessagesRequest(recipient="anne.cote@example.org")
        messages = sandbox_service.ListSandboxMessages(request, metadata=metadata).messages
        return messages[0].text if messages else None

    text = eventually("the e-mail with the link", mail)
    download = document_service.DownloadDocument(
        documents.DownloadDocumentRequest(document_id=uploaded.document_id), metadata=metadata
    )
    downloaded = b"".join(piece.chunk for piece in download)

    def told():
        listed = event_service.ListEvents(events.ListEventsRequest(page_size=1000), metadata=metadata)
        types = [event.event_type for event in listed.events if event.resource == link.link_id]
        return types if "link.delivered" in types else None

    types = eventually("the delivery in the feed", told)
    absent, reason = refusal(
        lambda: patient_service.GetPatient(
            patients.GetPatientRequest(patient_id="pat_01h455vb4pex5vsknk084sn02q"),
            metadata=metadata,
        )
    )
    invalid, paths = refusal(
        lambda: patient_service.CreatePatient(patients.CreatePatientRequest(), metadata=metadata)
    )
    anonymous, _ = refusal(lambda: patient_service.GetPatient(patients.GetPatientRequest()))
    print(
        json.dumps(
            {
                "link": link.link_id,
                "phones": [point.value for point in made_patient.contact_points],
                "mail_has_link": "/d#" in text,
                "sent_is_received": hashlib.sha256(downloaded).hexdigest() == uploaded.sha256
                and downloaded == content,
                "events": types,
                "absent": [absent, b"PATIENT_NOT_FOUND" in reason],
                "invalid": [invalid, b"INVALID_REQUEST" in paths and b"patient" in paths],
                "anonymous": anonymous,
            }
        )
    )


if __name__ == "__main__":
    main()
