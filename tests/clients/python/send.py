"""Sends records by fluent-logger: send.py ADDRESS sync|async seconds|event-time.

Standard input has one record a line: {"ms": time, "record": {…}}. The address is a socket's path or host:port.
"""

import json
import sys

from fluent import asyncsender, sender


def failed(unsent: bytes) -> None:
    sys.exit(f"{len(unsent)} bytes were not sent")


def main(address: str, mode: str, times: str) -> None:
    if address.startswith("/"):
        place = {"host": f"unix://{address}"}
    else:
        host, port = address.rsplit(":", 1)
        place = {"host": host, "port": int(port)}
    senders = {"sync": sender.FluentSender, "async": asyncsender.FluentSender}
    client = senders[mode](
        "shop",
        nanosecond_precision=times == "event-time",
        buffer_overflow_handler=failed,
        # A record that cannot be packed must not become another.
        forward_packet_error=False,
        **place,
    )
    for line in sys.stdin:
        order = json.loads(line)
        ms = order["ms"]
        if times == "event-time":
            time = sender.EventTime.from_unix_nano(ms * 1_000_000)
        else:
            time = ms // 1000
        if not client.emit_with_time("orders", time, order["record"]):
            sys.exit(f"not sent: {client.last_error}")
    client.close()


main(*sys.argv[1:])
