"""Settings: file, environment, refusals, and a file that explains itself."""

from __future__ import annotations

import tomllib

import pytest

from hub import settings
from hub.settings import SettingsError


def test_load_reads_the_file_and_environment_wins(tmp_path):
    (tmp_path / "hub.toml").write_text('name = "Abbey"\nurl = "https://hub.example.org"\nport = 9000\n')

    found = settings.load(tmp_path, environment={"FOLKMOOT_PORT": "9001", "FOLKMOOT_DEMO": "true", "OTHER": "x"})

    assert found == settings.Settings(tmp_path, name="Abbey", url="https://hub.example.org", port=9001, demo=True)
    assert (found.log_origin, found.secure, found.database_url) == (
        "hub.example.org/log",
        True,
        f"sqlite:///{tmp_path / 'hub.db'}",
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("colour = 1", "colour"),
        ("port = true", "port"),
        ('port = "80"', "port"),
        ("port = 0", "port"),
        ("checkpoint_hours = 24", "checkpoint_hours must be 23 at most"),
        ('url = "https://hub.example.org/"', "url"),
        ('url = "ftp://hub.example.org"', "url"),
        ('second_look = "203.0.113.7:3128"', "second_look must be a proxy like"),
        ('second_look = "http://203.0.113.7"', "second_look must be a proxy like"),
        ('second_look = "http://user:pass@203.0.113.7:3128"', "second_look must be a proxy like"),
        ('second_look = "https://203.0.113.7:3128"', "second_look must be a proxy like"),
        ('second_look = "http://203.0.113.7:3128/path"', "second_look must be a proxy like"),
        ('second_look = "http://203.0.113.7:99999"', "second_look must be a proxy like"),
        ('second_resolver = "http://dns.example.org/dns-query"', "second_resolver must be like"),
        ('second_resolver = "https://dns.example.org/dns-query?a=b"', "second_resolver must be like"),
        ('vault = "/srv/keys.db"', "vault must be like"),
        ('database = "sqlite:////srv/one.db"\nvault = "sqlite:////srv/one.db"', "vault must be another database"),
        ("name = ", "cannot be read"),
        ("name = \x00", "cannot be read"),
    ],
)
def test_load_refuses_what_it_does_not_understand(tmp_path, text, word):
    (tmp_path / "hub.toml").write_text(text)

    with pytest.raises(SettingsError, match=word):
        settings.load(tmp_path, environment={})


def test_load_names_the_command_where_there_is_no_hub(tmp_path):
    with pytest.raises(SettingsError, match="hub init"):
        settings.load(tmp_path, environment={})


def test_environment_with_a_word_for_a_number_is_refused(tmp_path):
    (tmp_path / "hub.toml").write_text("")

    with pytest.raises(SettingsError, match="port must be"):
        settings.load(tmp_path, environment={"FOLKMOOT_PORT": "eighty"})


def test_format_toml_reads_back(tmp_path):
    values = {"name": 'A "quoted"\n\\ name é', "url": "http://localhost:8123", "demo": True, "port": 8123}

    text = settings.format_toml(values)

    assert tomllib.loads(text) == values
    assert "# " + settings.DEFAULTS[0].metadata["purpose"] in text
