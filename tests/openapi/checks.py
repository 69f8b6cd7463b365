"""What schemathesis checks of Pasut besides: what each right opens, and that money is for the owner alone.

`run` says by the environment with which right this run asks, and what there is to ask about.
"""

import json
import os
import re
import urllib.request
import zlib

import schemathesis

RIGHT = os.environ["PASUT_RIGHT"]
SESSIONS = json.loads(os.environ["PASUT_SESSIONS"])
CREATORS = json.loads(os.environ["PASUT_CREATORS"])
PUSH = json.loads(os.environ["PASUT_PUSH"])

# Stands for a session that somebody pushes, until it is asked.
OPEN_SESSION = "open"

# Owner alone, of the operations of the API.
OWNER = r"POST /api/v1/creators.*|DELETE /api/v1/creators.*|.* /api/v1/exports.*"
CONNECTOR = r"POST /api/v1/sessions|POST /api/v1/sessions/{id}/events|POST /api/v1/sessions/{id}/end"
OPS = r"GET /metrics|GET /readyz"
FEED = r"GET /api/v1/feed"

# What is open to each; anything else answers 401 or 403, whatever is asked. /healthz is open to everybody.
OPEN = {
    "owner": r".*",
    "api-owner": rf"(?!{OPS}).*",
    "api-moderator": rf"(?!{OPS}|{OWNER}|(?:{CONNECTOR})$).*",
    "metrics": OPS,
    "push": CONNECTOR,
    "feed-owner": FEED,
    "feed-moderator": FEED,
    "overlay": r"(?!)",
    "share": r"(?!)",
    "nothing": r"(?!)",
}

# Parts of names of members that hold money, and what is none although it is called so; as in tests/it/moneyless.rs.
MONEY = ["diamond", "coin", "price", "tier", "value", "usd", "idr", "money", "worth", "estimated"]
NO_MONEY = ["p_value", "q_value"]


def operation(case):
    return f"{case.operation.method.upper()} {case.operation.path}"


def is_open(case):
    return operation(case) == "GET /healthz" or re.fullmatch(OPEN[RIGHT], operation(case)) is not None


@schemathesis.hook
def map_case(context, case):
    """Of four made up ids, names and stretches of a session three become such as there are, always the same ones."""
    asked = case.path_parameters or {}
    made_up = zlib.crc32(repr((sorted(asked.items()), case.body)).encode())
    if made_up % 4 == 0:
        return case
    if operation(case) == "POST /api/v1/sessions" and isinstance(case.body, dict) and "creator" in case.body:
        case.body["creator"] = PUSH["creator"]
    if "username" in asked:
        asked["username"] = CREATORS[made_up // 4 % len(CREATORS)]
    if operation(case) == "POST /api/v1/sessions/{id}/events":
        case.headers.pop("Content-Encoding", None)  # Nothing that is made up is packed.
        asked["id"] = OPEN_SESSION
    elif "id" in asked and "/sessions/" in case.operation.path:
        session = SESSIONS[made_up // 4 % len(SESSIONS)]
        asked["id"] = session["id"]
        if case.operation.path.endswith("/what-changed") and "from" in (case.query or {}):
            case.query.update({"from": session["from"], "to": session["to"]})
        if case.operation.path.endswith("/markers") and isinstance(case.body, dict) and "at" in case.body:
            case.body["at"] = session["from"]
    return case


@schemathesis.hook
def before_call(context, case, kwargs):
    """What is pushed is pushed into a session that nobody ended meanwhile."""
    if (case.path_parameters or {}).get("id") == OPEN_SESSION:
        body = json.dumps({"creator": PUSH["creator"], "source": "push"}).encode()
        headers = {"Authorization": f"Bearer {PUSH['token']}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"{PUSH['url']}/api/v1/sessions", body, headers)
        with urllib.request.urlopen(asked) as answer:
            case.path_parameters["id"] = json.load(answer)["session_id"]


@schemathesis.check
def opens_what_it_is_for(ctx, response, case):
    """A right opens what it is for, and everything else is refused before it is looked at."""
    if case.method.upper() != case.operation.method.upper():
        return  # Nobody has that way to ask.
    if is_open(case):
        # Whoever pushes is held to their creator.
        refused = (401,) if RIGHT == "push" else (401, 403)
        assert response.status_code not in refused, f"{RIGHT} is refused {operation(case)}"
    else:
        assert response.status_code in (401, 403), f"{RIGHT} is answered {operation(case)}"


@schemathesis.check
def no_money_but_for_the_owner(ctx, response, case):
    if RIGHT in ("owner", "api-owner") or operation(case) in ("GET /api/v1/openapi.json", "GET /api/v1/docs"):
        return
    text = response.content.decode("utf-8", "replace")
    for document in (text, *text.splitlines()):
        try:
            found = list(members(json.loads(document)))
        except ValueError:
            continue
        assert not found, f"members of money: {', '.join(found)}"


@schemathesis.check
class SawEnough:
    """What was never answered cannot be known to be right: every reading that is open is answered well once."""

    # Sets, because answers come again while an example is made smaller.
    def __init__(self):
        self.asked, self.answered = set(), set()

    def after_response(self, ctx, response, case):
        if is_open(case):
            self.asked.add(operation(case))
            if 200 <= response.status_code < 300:
                self.answered.add(operation(case))

    def after_run(self, ctx):
        missing = sorted(self.asked - self.answered)
        print(f"{len(self.answered)} of {len(self.asked)} operations that are open were answered with 2xx.")
        if missing:
            print(f"Never: {', '.join(missing)}.")
        # There is no export until somebody asks for one.
        unread = [name for name in missing if name.startswith("GET ") and "/exports/" not in name]
        assert not unread, f"never answered with 2xx: {', '.join(unread)}"


def members(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in NO_MONEY and any(part in name for part in MONEY):
                yield name
            yield from members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner)
