"""A server on this machine that stands in for Google Translate, reached as a proxy: it is told how to answer."""

import base64
import json
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

PEM = Path(__file__).with_name("google_stand_in.pem")  # a key for this alone; gTTS does not look who signed it


class Google:
    """Answers each request by ``answer(number)``: (status, headers, MP3 or None); numbers count from 1."""

    def __init__(self, answer):
        self.requests = 0
        self._answer = answer
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(PEM)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.proxy = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed: the test is over
                return
            # The proxy is the whole process's: who else finds it there wants another host, and rightly mistrusts us.
            with connection, suppress(ssl.SSLError):
                connection.settimeout(5)
                self._tunnel(connection)

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _tunnel(self, connection):
        _read_head(connection)  # CONNECT translate.google.com:443
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with self._context.wrap_socket(connection, server_side=True) as secure:
            head, body = _read_head(secure)
            length = next(int(line.split(b":")[1]) for line in head if line.lower().startswith(b"content-length"))
            while len(body) < length:
                body += secure.recv(65_536)
            self.requests += 1
            status, headers, sound = self._answer(self.requests)
            content = _told(sound) if sound else b"nothing"
            lines = [f"HTTP/1.1 {status} Answer", *(f"{name}: {value}" for name, value in headers.items())]
            lines += [f"Content-Length: {len(content)}", "Connection: close", "", ""]
            secure.sendall("\r\n".join(lines).encode() + content)


@contextmanager
def standing_in(answer):
    google = Google(answer)
    thread = threading.Thread(target=google.serve)
    thread.start()
    try:
        yield google
    finally:
        google.close()
        thread.join()


def _told(sound):
    inner = json.dumps([base64.b64encode(sound).decode()], separators=(",", ":"))
    return json.dumps([["wrb.fr", "jQ1olc", inner, None]], separators=(",", ":")).encode()


def _read_head(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            raise ConnectionError("hung up")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), rest
