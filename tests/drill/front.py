"""What stands before a hub that hides: one address, and behind it whichever history its reader is to see."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress


class Front:
    """Hands every connection at a port on to another port of this machine. to: which, from the next connection on."""

    def __init__(self, port: int, to: int) -> None:
        self.to = to
        self.door = socket.create_server(("127.0.0.1", port))
        self.ends: list[socket.socket] = []
        self.threads: list[threading.Thread] = []
        self._start(self._serve)

    def close(self) -> None:
        """Closes the address, and whatever is connected through it."""
        for end in [self.door, *self.ends]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()

    def _start(self, work: Callable[..., None], *about: object) -> None:
        self.threads.append(threading.Thread(target=work, args=about))
        self.threads[-1].start()

    def _serve(self) -> None:
        with self.door, suppress(OSError):
            while True:
                reader, _address = self.door.accept()
                self._start(self._lead, reader, self.to)

    def _lead(self, reader: socket.socket, to: int) -> None:
        with reader, suppress(OSError), socket.create_connection(("127.0.0.1", to)) as hub:
            self.ends += [reader, hub]
            back = threading.Thread(target=_pass, args=(hub, reader))
            back.start()
            _pass(reader, hub)
            back.join()


def _pass(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(1 << 16):
            sink.sendall(part)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
