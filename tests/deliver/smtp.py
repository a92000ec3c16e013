"""A mail server on loopback for tests/deliver.rs: port by port encrypted at once, after STARTTLS, and never.

`smtp.py DIR` uses DIR/cert.pem and DIR/key.pem, writes the ports to DIR/ports.json, and each mail that it took, as an
independent parser reads it, to DIR/<port name>-<number>.json. It ends with its standard input.
"""

import email.policy
import hashlib
import json
import os
import socket
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

folder = sys.argv[1]


class Keeper:
    def __init__(self, name):
        self.name = name
        self.number = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        # What a server says may hold addresses; ours would show in a log.
        if address.startswith("refused"):
            return f"550 5.1.1 CANARY {address} is unknown here"
        if address.startswith("later"):
            return f"451 4.7.1 CANARY {address} come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = [part for part in message.walk() if not part.is_multipart()]
        found = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "from": message["From"],
            "subject": message["Subject"],
            "id": message["Message-ID"],
            "date": message["Date"] is not None,
            "shape": [part.get_content_type() for part in message.walk()],
            "text": parts[0].get_content(),
            "html": parts[1].get_content(),
            "cid": parts[2]["Content-ID"],
            "disposition": parts[2].get_content_disposition(),
            "name": parts[2].get_filename(),
            "sha256": hashlib.sha256(parts[2].get_content()).hexdigest(),
        }
        self.number += 1
        path = os.path.join(folder, f"{self.name}-{self.number}.json")
        with open(path + ".new", "w") as file:
            json.dump(found, file)
        os.rename(path + ".new", path)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == b"ada@example.com" and data.password == b"pass word"
    return AuthResult(success=good, handled=False)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
signed_in = {"authenticator": authenticate, "auth_required": True}
kinds = {
    # aiosmtpd does not see that such a connection is encrypted already.
    "tls": {"ssl_context": context, "auth_require_tls": False, **signed_in},
    "starttls": {"tls_context": context, "require_starttls": True, **signed_in},
    "plain": {},
}
ports = {}
controllers = []
for name, options in kinds.items():
    ports[name] = free_port()
    controller = Controller(Keeper(name), hostname="127.0.0.1", port=ports[name], **options)
    controller.start()
    controllers.append(controller)
with open(os.path.join(folder, "ports.new"), "w") as file:
    json.dump(ports, file)
os.rename(os.path.join(folder, "ports.new"), os.path.join(folder, "ports.json"))
sys.stdin.read()
for controller in controllers:
    controller.stop()
