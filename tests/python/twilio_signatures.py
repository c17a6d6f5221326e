"""Makes up callbacks, good and bad, and says what Twilio's own validator thinks of each."""

import json
import random
import sys
from hashlib import sha256
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

LETTERS = "aZ09 +&=%é–漢\U0001f9b7\"'<>/?#:;\n\t~_-."


class Fields(dict):
    """Values by name, several of a name, as web frameworks hand them over."""

    def getall(self, name):
        return self[name]


def word(dice, longest=12):
    return "".join(dice.choice(LETTERS) for _ in range(dice.randint(0, longest)))


def port(url, form):
    scheme, rest = url.split("://", 1)
    host, path = rest.split("/", 1)
    given = {"plain": "", "default": ":443", "other": ":8443"}[form]
    return f"{scheme}://{host.split(':')[0]}{given}/{path}"


def believed(tokens, url, params, signature):
    return any(RequestValidator(token).validate(url, params, signature) for token in tokens)


def form_case(dice, told):
    fields = Fields({"MessageSid": [told["sid"]], "MessageStatus": ["sent"]})
    for _ in range(dice.randint(0, 4)):
        fields.setdefault("New" + word(dice, 6), []).append(word(dice))
    body = urlencode([(name, value) for name in fields for value in fields[name]])
    url = port(told["url"], dice.choice(["plain", "default", "other"]))
    if dice.random() < 0.3:
        url += "?" + urlencode({"x": word(dice, 5)})
    signed_url = port(url, dice.choice(["plain", "plain", "default", "other"]))
    token = dice.choice(told["tokens"] + ["nobody's"])
    signature = RequestValidator(token).compute_signature(signed_url, fields)
    received = fields
    mutation = dice.randint(0, 5)
    if mutation == 0:
        body += "&Extra=1"
        received = Fields(fields, Extra=["1"])
    elif mutation == 1:
        signature = signature[:-2] + ("A=" if signature[-2:] != "A=" else "B=")
    elif mutation == 2:
        signature = ""
    return {
        "url": url,
        "content_type": "application/x-www-form-urlencoded",
        "body": body,
        "signature": signature,
        "valid": believed(told["tokens"], url, received, signature),
    }


def json_case(dice, told):
    body = json.dumps({"status": word(dice), "n": dice.randint(0, 9)})
    digest = sha256(body.encode()).hexdigest()
    if dice.random() < 0.3:
        digest = sha256(b"other").hexdigest()
    url = told["url"] + "?bodySHA256=" + digest
    token = dice.choice(told["tokens"] + ["nobody's"])
    signature = RequestValidator(token).compute_signature(url, {})
    return {
        "url": url,
        "content_type": "application/json",
        "body": body,
        "signature": signature,
        "valid": believed(told["tokens"], url, body, signature),
    }


def main(told):
    dice = random.Random(20261122)
    cases = [form_case(dice, told) for _ in range(240)]
    cases += [json_case(dice, told) for _ in range(60)]
    print(json.dumps(cases))


main(json.loads(sys.argv[1]))
