# What strict clients do not take of moto is mended on the way:
# - the protocol of today's CloudWatch clients is Smithy RPC v2 CBOR, and moto speaks JSON: both ways are translated;
# - the answer of GetBucketVersioning has a root element that S3 does not give it.
# https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
import io
import json
import re
import threading

import cbor2

PATH = re.compile(r"^/service/(\w+)/operation/(\w+)$")


def from_json(value, name=""):
    """What a JSON value is in CBOR: numbers that are times are tagged."""
    if isinstance(value, dict):
        return {key: from_json(inside, key) for key, inside in value.items()}
    if isinstance(value, list):
        return [from_json(inside, name) for inside in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool) and name.endswith(("Timestamp", "LastModified")):
        return cbor2.CBORTag(1, float(value))
    return value


ROOTS = {b"GetBucketVersioningResponse": b"VersioningConfiguration"}


class Mended:
    """A WSGI application before another."""

    def __init__(self, app):
        self.app = app
        # moto's CloudWatch walks its alarms while another call adds one.
        self.one_at_a_time = threading.Lock()

    def roots(self, environ, start_response):
        if environ.get("QUERY_STRING") != "versioning" or environ["REQUEST_METHOD"] != "GET":
            return self.app(environ, start_response)
        answer = {}

        def begin(status, headers, exc_info=None):
            answer["status"], answer["headers"] = status, headers

        body = b"".join(self.app(environ, begin))
        for wrong, right in ROOTS.items():
            body = body.replace(wrong, right)
        headers = [(key, value) for key, value in answer["headers"] if key.lower() != "content-length"]
        start_response(answer["status"], headers + [("Content-Length", str(len(body)))])
        return [body]

    def __call__(self, environ, start_response):
        match = PATH.match(environ.get("PATH_INFO", ""))
        if not match:
            return self.roots(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        body = json.dumps(cbor2.loads(body) if body else {}).encode()
        environ |= {
            "PATH_INFO": "/",
            "RAW_URI": "/",
            "REQUEST_URI": "/",
            "CONTENT_TYPE": "application/x-amz-json-1.0",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_X_AMZ_TARGET": ".".join(match.groups()),
            "HTTP_ACCEPT": "application/json",
            "wsgi.input": io.BytesIO(body),
        }
        environ.pop("HTTP_SMITHY_PROTOCOL", None)
        answer = {}

        def begin(status, headers, exc_info=None):
            answer["status"], answer["headers"] = status, headers

        with self.one_at_a_time:
            text = b"".join(self.app(environ, begin))
        try:
            body = cbor2.dumps(from_json(json.loads(text or b"{}")))
        except ValueError:
            # What refuses credentials answers in a language of its own.
            start_response(answer["status"], answer["headers"])
            return [text]
        replaced = ("content-type", "content-length")
        headers = [(key, value) for key, value in answer["headers"] if key.lower() not in replaced]
        headers += [
            ("Content-Type", "application/cbor"),
            ("Content-Length", str(len(body))),
            ("smithy-protocol", "rpc-v2-cbor"),
        ]
        start_response(answer["status"], headers)
        return [body]
