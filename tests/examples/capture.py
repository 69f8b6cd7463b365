"""Captures of a LIVE, read and written at the level of the wire.

A record is u64 receive time, u32 length, and the bytes of one websocket message (tests/fixtures/README.md).
"""

import gzip
import struct


def without_what_the_library_counts_otherwise(data):
    """The same capture with every message once, without history, streaks without an end and what comes after
    one, so that a game that counts as the library's documentation says is right. Nothing is compressed,
    because the library may read a plain frame before a compressed one that came earlier."""
    seen, over = set(), set()
    gifts = [payload for method, payload in messages(data) if method == b"WebcastGiftMessage"]
    ended = {gift_key(payload) for payload in gifts if repeat_end(payload)}

    def wanted(method, history, msg_id, payload):
        if history or (msg_id and msg_id in seen):
            return False
        seen.add(msg_id)
        key = gift_key(payload) if method == b"WebcastGiftMessage" else None
        if key is None:
            return True
        if key in over or key not in ended:
            return False
        if repeat_end(payload):
            over.add(key)
        return True

    return b"".join(record(at, cleaned(frame, wanted)) for at, frame in records(data))


def records(data):
    at = 0
    while at < len(data):
        time_ms, length = struct.unpack_from("<QI", data, at)
        at += 12
        yield time_ms, data[at:at + length]
        at += length


def record(time_ms, frame):
    return struct.pack("<QI", time_ms, len(frame)) + frame


def messages(data):
    """Method, payload of every message of a capture."""
    for _, frame in records(data):
        response = response_of(frame)
        for number, message in fields(response or b""):
            if number == 1:
                parts = dict(fields(message))
                yield parts.get(1, b""), parts.get(2, b"")


def cleaned(frame, wanted):
    """A frame with the messages that are wanted, not compressed."""
    response = response_of(frame)
    if response is None:
        return frame
    kept = []
    for number, value in fields(response):
        if number == 1:
            parts = dict(fields(value))
            if not wanted(parts.get(1, b""), parts.get(6, 0), parts.get(3, 0), parts.get(2, b"")):
                continue
        kept.append((number, value))
    push = [(number, value) for number, value in fields(frame)
            if number != 8 and not (number == 5 and b"compress_type" in value)]
    return encoded([*push, (8, encoded(kept))])


def response_of(frame):
    """The messages of a frame as bytes; None if it carries none."""
    push = dict(fields(frame))
    if push.get(7) != b"msg":
        return None
    payload = push.get(8, b"")
    return gzip.decompress(payload) if payload[:2] == b"\x1f\x8b" else payload


def gift_key(payload):
    """What makes reports one streak: sender, gift and group; None if the gift is none that streaks."""
    parts = dict(fields(payload))
    gift = dict(fields(parts.get(15, b"")))
    sender = dict(fields(parts.get(7, b"")))
    return (sender.get(1), parts.get(2), parts.get(11)) if gift.get(11) == 1 else None


def repeat_end(payload):
    return dict(fields(payload)).get(9) == 1


def fields(data):
    """Field numbers and values of a message: numbers, or bytes where there are some."""
    at, found = 0, []
    while at < len(data):
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        else:
            raise ValueError(f"wire type {wire} is in no capture that is played here")
        found.append((number, value))
    return found


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def encoded(parts):
    out = bytearray()
    for number, value in parts:
        if isinstance(value, int):
            out += number_bytes(number << 3) + number_bytes(value)
        else:
            out += number_bytes(number << 3 | 2) + number_bytes(len(value)) + value
    return bytes(out)


def number_bytes(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
