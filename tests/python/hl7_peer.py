"""A dental system that is not ours: messages made and checked by hl7apy, sent by hl7's MLLPClient.

Usage: hl7_peer.py HOST PORT
Prints, as JSON, one object per message: what was answered. Every answer is parsed and validated by hl7apy.
"""

import json
import sys

from hl7.client import MLLPClient
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.core import Message
from hl7apy.parser import parse_message

host, port = sys.argv[1], int(sys.argv[2])


def header(kind, structure, control_id):
    message = Message(structure, version="2.5.1", validation_level=VALIDATION_LEVEL.TOLERANT)
    message.msh.msh_3 = "ABEL"
    message.msh.msh_4 = "PARC"
    message.msh.msh_5 = "BITEWING"
    message.msh.msh_7 = "20260710120000-0400"
    message.msh.msh_9 = kind
    message.msh.msh_10 = control_id
    message.msh.msh_11 = "P"
    message.msh.msh_18 = "UNICODE UTF-8"
    return message


def identify(pid, number):
    pid.pid_3 = f"{number}^^^ABEL^MR"


def adt(event, control_id, number, family, given, born="19801231"):
    message = header(f"ADT^{event}^ADT_A01", "ADT_A01", control_id)
    message.evn.evn_2 = "20260710120000-0400"
    identify(message.pid, number)
    message.pid.pid_5 = f"{family}^{given}"
    message.pid.pid_7 = born
    message.pid.pid_8 = "F"
    message.pid.pid_13 = "^PRN^PH^^1^514^8731234"
    message.pv1.pv1_2 = "O"
    return message.to_er7()


def merge(control_id, survivor, duplicate):
    message = header("ADT^A40^ADT_A39", "ADT_A39", control_id)
    message.evn.evn_2 = "20260710120000-0400"
    patient = message.add_group("ADT_A39_PATIENT")
    identify(patient.pid, survivor)
    patient.pid.pid_5 = "Côté^Anne"
    patient.mrg.mrg_1 = f"{duplicate}^^^ABEL^MR"
    return message.to_er7()


def visit(event, control_id, number):
    message = header(f"SIU^{event}^SIU_S12", "SIU_S12", control_id)
    message.sch.sch_2 = "F7"
    message.sch.sch_6 = "ROUTINE"
    message.sch.sch_9 = "40"
    message.sch.sch_10 = "MIN"
    message.sch.sch_11 = "^^^20990710120000-0400"
    message.sch.sch_25 = "Booked"
    patient = message.add_group("SIU_S12_PATIENT")
    identify(patient.pid, number)
    patient.pid.pid_5 = "Côté^Annie"
    resources = message.add_group("SIU_S12_RESOURCES")
    resources.rgs.rgs_1 = "1"
    service = resources.add_group("SIU_S12_SERVICE")
    service.ais.ais_1 = "1"
    service.ais.ais_3 = "HYG^Cleaning"
    return message.to_er7()


first = adt("A04", "M1", 42, "Côté", "Anne")
messages = {
    "register": first,
    "again": first,
    "reused": adt("A04", "M1", 42, "Roy", "Anne"),
    "update": adt("A08", "M2", 42, "Côté", "Annie"),
    "other": adt("A31", "M3", 43, "Côté", "Ann"),
    "merge": merge("M4", 42, 43),
    "merged": merge("M4", 42, 43),
    "visit": visit("S12", "M5", 42),
    "no-show": visit("S26", "M6", 42),
    "bad date": adt("A04", "M7", 44, "Roy", "Luc", born="19800231"),
    "unknown": first.replace("ADT^A04^ADT_A01", "ORU^R01^ORU_R01").replace("|M1|", "|M8|"),
    "training": first.replace("|P|", "|T|").replace("|M1|", "|M9|"),
    "discharge": adt("A03", "M10", 42, "Côté", "Annie"),
    "no message": "HELLO",
}
told = {}
with MLLPClient(host, port) as client:
    client.socket.settimeout(60)
    for name, message in messages.items():
        # A message that was begun and never ended does not spoil the next one.
        if name == "update":
            client.socket.sendall(b"\x0bMSH|^~\\&|CUT")
            answer = client.send_message(message.encode())
            cut = parse_message(answer.decode().strip("\x0b\x1c\r"), find_groups=False)
            assert cut.msa.msa_1.value == "AE", cut.msa.value
            answer = client.socket.recv(65536)
        else:
            answer = client.send_message(message.encode())
        text = answer.decode().strip("\x0b\x1c\r")
        ack = parse_message(text, validation_level=VALIDATION_LEVEL.TOLERANT)
        # What was no message has no name an answer could repeat, which the standard requires.
        if name != "no message":
            assert ack.validate(), text
        errors = [line.split("|") for line in text.split("\r") if line.startswith("ERR|")]
        told[name] = {
            "code": ack.msa.msa_1.value,
            "of": ack.msa.msa_2.value,
            "to": ack.msh.msh_5.value,
            "errors": [[error[2], error[3].split("^")[0]] for error in errors],
        }
print(json.dumps(told))
