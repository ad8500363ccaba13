"""What the repository leaves out, whatever it is made of: a folder, or a link to one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parents[2]


def test_packages_of_the_test_clients_are_left_out_also_as_a_link(tmp_path: Path) -> None:
    shutil.copy(HERE / ".gitignore", tmp_path)
    (tmp_path / "tests" / "clients").mkdir(parents=True)
    (tmp_path / "tests" / "clients" / "node_modules").symlink_to(tmp_path)
    (tmp_path / "tests" / "clients" / "package.json").write_text("{}")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)

    listed = ["git", "ls-files", "--others", "--exclude-standard"]
    found = subprocess.run(listed, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.split()

    assert found == [".gitignore", "tests/clients/package.json"]
