"""A PostgreSQL of its own that waits for the disk, to be killed with every process it has."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests import databases


class Cluster:
    """One server and its folder. url: an empty database there."""

    def __init__(self) -> None:
        user, programs = databases.cluster_user(), databases.server_folder()
        assert user is not None
        assert programs is not None
        # A short name, as a socket's path has some hundred characters only; in memory, which outlives a process too.
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"
        self.folder, self.programs = Path(tempfile.mkdtemp(prefix="fm-kill-", dir=place)), programs
        account = pwd.getpwnam(user)
        os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.how: dict[str, Any] = {"cwd": self.folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if os.geteuid() == 0:
            self.how |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self.data = self.folder / "data"
        make = [programs / "initdb", "-D", self.data, "-U", "folkmoot", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(make, check=True, **self.how)
        query = {"host": str(self.folder)}
        self.url = sa.URL.create("postgresql+psycopg", username="folkmoot", database="postgres", query=query)
        self.start()

    def start(self) -> None:
        """Starts it, and waits until it has recovered."""
        # What a killed server leaves of shared memory lies in its folder then, and goes with it.
        options = ["listen_addresses=", "shared_buffers=32MB", "max_connections=50", "dynamic_shared_memory_type=mmap"]
        chosen = [word for option in options for word in ("-c", option)]
        command = [self.programs / "postgres", "-D", self.data, "-k", self.folder, *chosen]
        self.server = subprocess.Popen(command, **self.how)
        engine, end = sa.create_engine(self.url, poolclass=sa.pool.NullPool), time.monotonic() + 60
        while True:
            try:
                engine.connect().close()
            except sa.exc.OperationalError:
                assert time.monotonic() < end
                assert self.server.poll() is None
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """Kills every process of it at once, as a power cut would."""
        # Held still first, so that it starts nobody while the others are listed.
        self.server.send_signal(signal.SIGSTOP)
        killed = [*children_of(self.server.pid), self.server.pid]
        for pid in killed:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.server.wait()
        # One that has not had its turn to die still holds the shared memory, and no server starts beside it.
        while any(map(is_there, killed)):
            time.sleep(0.01)

    def remove(self) -> None:
        """Ends it, and takes its folder away."""
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def is_there(pid: int) -> bool:
    """Tells whether a process has not ended yet; one of which only its name is left, has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(parent: int) -> list[int]:
    """The processes that a process started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found
