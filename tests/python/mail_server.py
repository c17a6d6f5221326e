"""A mail server that does as it is told.

aiosmtpd on a free port of this machine. What it was given in JSON as its first argument says how it is
set up. Every line of standard input is a fault for the next time a step is reached; every line of
standard output is something that happened. Mails are read by Python's own package.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

SETUP = json.loads(sys.argv[1])
FAULTS = {}


def tell(what, **details):
    print(json.dumps({"event": what, **details}), flush=True)


def read(envelope):
    """What a reader of the mail sees."""
    if "SMTPUTF8" in envelope.mail_options:
        content = envelope.original_content.decode("utf-8")
        message = email.message_from_string(content, policy=email.policy.SMTPUTF8)
    else:
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
    parts = {part.get_content_type(): part for part in message.walk() if not part.is_multipart()}
    texts = {kind: part.get_content() for kind, part in parts.items()}
    return {
        "envelope_from": envelope.mail_from,
        "envelope_to": envelope.rcpt_tos,
        "options": envelope.mail_options,
        "headers": [[name, str(value)] for name, value in message.items()],
        "type": message.get_content_type(),
        "parts": list(parts),
        "plain": texts.get("text/plain"),
        "html": texts.get("text/html"),
        "date": message["date"].datetime.isoformat(),
        "from": [[a.display_name, a.addr_spec] for a in message["from"].addresses],
        "to": [a.addr_spec for a in message["to"].addresses],
        "defects": [repr(d) for part in message.walk() for d in part.defects],
        "raw": envelope.original_content.decode("utf-8", "replace"),
    }


class Server(SMTP):
    async def does(self, step):
        """Tells that a step was reached, and commits its fault, if any."""
        tell(step)
        fault = FAULTS.get(step, []).pop(0) if FAULTS.get(step) else None
        if fault is None:
            return False
        if fault["does"] == "reply":
            await self.push(fault["line"])
            if step == "connect":
                self.transport.close()
        elif fault["does"] == "cut":
            self.transport.abort()
        else:
            await asyncio.Event().wait()
        return True

    async def _handle_client(self):
        if not await self.does("connect"):
            await super()._handle_client()

    async def smtp_EHLO(self, hostname):
        if not await self.does("ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg):
        if not await self.does("starttls"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg):
        if not await self.does("auth"):
            await super().smtp_AUTH(arg)

    async def smtp_NOOP(self, arg):
        if not await self.does("noop"):
            await super().smtp_NOOP(arg)

    async def smtp_MAIL(self, arg):
        if not await self.does("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        if not await self.does("rcpt"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg):
        if not await self.does("data"):
            await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg):
        tell("quit")
        await super().smtp_QUIT(arg)


class Handler:
    async def handle_DATA(self, server, session, envelope):
        fault = FAULTS.get("message", []).pop(0) if FAULTS.get("message") else None
        if fault is None or fault.get("keep"):
            encrypted = server.transport.get_extra_info("cipher") is not None
            tell("mail_taken", encrypted=encrypted, login=session.auth_data, **read(envelope))
        else:
            tell("mail_lost")
        if fault is None:
            return "250 2.0.0 taken"
        if fault["does"] == "reply":
            return fault["line"]
        if fault["does"] == "cut":
            server.transport.abort()
            return "250 2.0.0 never heard"
        await asyncio.Event().wait()


def authenticate(server, session, envelope, mechanism, data):
    given = [data.login.decode(), data.password.decode()]
    success = given == [SETUP["username"], SETUP["password"]]
    return AuthResult(success=success, handled=False, auth_data=mechanism if success else None)


def server():
    starttls = SETUP["encryption"] == "starttls"
    return Server(
        Handler(),
        loop=asyncio.get_running_loop(),
        hostname="mail.example",
        enable_SMTPUTF8=SETUP["utf8"],
        tls_context=certificate() if starttls else None,
        require_starttls=starttls,
        authenticator=authenticate if SETUP["username"] else None,
        auth_required=bool(SETUP["username"]),
        # Behind implicit TLS the library does not know that the connection is encrypted.
        auth_require_tls=starttls,
    )


def certificate():
    if SETUP["encryption"] == "none":
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SETUP["certificate"], SETUP["key"])
    return context


async def main():
    loop = asyncio.get_running_loop()
    implicit = certificate() if SETUP["encryption"] == "implicit" else None
    listening = await loop.create_server(server, "127.0.0.1", SETUP.get("port", 0), ssl=implicit)
    tell("listening", port=listening.sockets[0].getsockname()[1])
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        fault = json.loads(line)
        FAULTS.setdefault(fault["step"], []).append(fault)
        tell("told")


asyncio.run(main())
