"""Lints a message as somebody types it, as an editor of the chain's own program does.

Usage: guard_lint.py PROTO_DIR WORK_DIR BASE_URL CLIENT_ID CLIENT_SECRET

Each line of standard input is a JSON object {"text", "pause"}: a message typed letter by letter, with a pause of the typist
after every so many letters. The linter asks the guard when the typist pauses and at the end, never more than one call at a
time, and keeps what is still true of what was found before. Prints one JSON object per message: how often the guard was
asked, what it found at each pause, and what it found in the end.
"""

import json
import sys

import grpc

from clinic import access_token, compile_contracts, module


class Linter:
    """Asks about the newest text only, and maps what was found to the text as it stands."""

    def __init__(self, ask):
        self.ask = ask
        self.asked = 0
        self.judged = ""
        self.findings = []

    def pause(self, text):
        """The typist stopped: what is there is judged, unless it was already or shows nothing."""
        if text == self.judged or not text.strip():
            return
        self.asked += 1
        self.judged = text
        self.findings = self.ask(text)

    def shown(self, text):
        """What may be underlined while more is typed: findings whose words still stand where they stood."""
        same = 0
        for old, new in zip(units(self.judged), units(text)):
            if old != new:
                break
            same += 1
        return [found for found in self.findings if found["end"] <= same]


def units(text):
    """The UTF-16 units, which the guard's spans count."""
    raw = text.encode("utf-16-le")
    return [raw[at : at + 2] for at in range(0, len(raw), 2)]


def main():
    proto_dir, work_dir, base, client_id, client_secret = sys.argv[1:]
    compile_contracts(proto_dir, work_dir)
    types = module("template.v1.guard_pb2")
    messages = module("template.v1.guard_service_pb2")
    stubs = module("template.v1.guard_service_pb2_grpc")
    channel = grpc.insecure_channel(base.removeprefix("http://"))
    token = access_token(base, client_id, client_secret)
    call = {"metadata": [("authorization", f"Bearer {token}")], "timeout": 30}
    guard = stubs.GuardServiceStub(channel)

    def ask(text):
        answer = guard.CheckMessage(
            messages.CheckMessageRequest(
                text=text,
                context=types.GuardContext(patient_first_name="Ana", operator_name="Rita"),
                operator_role=types.GUARD_ROLE_RECEPTION,
            ),
            **call,
        )
        found = [
            {"rule": one.rule, "start": one.span.start, "end": one.span.end}
            for one in answer.verdict.findings
        ]
        # What is missing is no news while somebody is still typing: it is said at the end.
        return [one for one in found if one["end"] > 0]

    for line in sys.stdin:
        typed = json.loads(line)
        text, every = typed["text"], typed["pause"]
        linter, steps, unstable = Linter(ask), [], 0
        for end in range(1, len(text) + 1):
            before = linter.shown(text[: end - 1])
            now = linter.shown(text[:end])
            unstable += before != now
            if end % every == 0 or end == len(text):
                linter.pause(text[:end])
                steps.append([found["rule"] for found in linter.findings])
        final = [
            {**found, "words": b"".join(units(text)[found["start"] : found["end"]]).decode("utf-16-le")}
            for found in linter.findings
        ]
        told = {"asked": linter.asked, "steps": steps, "flickered": unstable, "final": final}
        print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
