"""Asks for a message or a call by Twilio's own library, at a stand-in for Twilio."""

import json
import re
import sys

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

TWILIO = "https://api.twilio.com"


class Redirected(TwilioHttpClient):
    def __init__(self, base_url):
        super().__init__()
        self.base_url = base_url

    def request(self, method, url, *args, **kwargs):
        assert url.startswith(TWILIO + "/"), url
        return super().request(method, self.base_url + url[len(TWILIO) :], *args, **kwargs)


def argument(name):
    """`StatusCallback` as the library's functions call it."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return "from_" if name == "from" else name


def main(told):
    arguments = {}
    for name, value in told["fields"]:
        name = argument(name)
        if name in ("validity_period", "timeout", "time_limit"):
            value = int(value)
        if name == "status_callback_event":
            arguments.setdefault(name, []).append(value)
        else:
            assert name not in arguments, name
            arguments[name] = value
    client = Client(
        told["account"], told["token"], http_client=Redirected(told["base_url"])
    )
    made = (client.calls if told["kind"] == "call" else client.messages).create(**arguments)
    print(json.dumps({"sid": made.sid}))


main(json.loads(sys.argv[1]))
