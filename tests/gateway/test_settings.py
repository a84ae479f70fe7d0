"""Settings come from the environment, and a bad one is named."""

import stat

import pytest

from frontdesk.gateway import Settings, SettingsError


def test_without_any_variable_everything_has_a_default(tmp_path):
    settings = Settings.from_environment({"FRONTDESK_DATA_DIR": str(tmp_path)})

    assert (settings.port, settings.rasa_url) == (8080, "http://127.0.0.1:5005")


def test_a_missing_secret_is_made_once_and_kept_for_the_owner_alone(tmp_path):
    environment = {"FRONTDESK_DATA_DIR": str(tmp_path / "var")}

    first, second = (Settings.from_environment(environment).secret.reveal() for _ in range(2))

    assert first == second
    assert stat.S_IMODE((tmp_path / "var" / "gateway.secret").stat().st_mode) == 0o600


def test_a_kept_secret_that_is_not_plain_text_is_named(tmp_path):
    (tmp_path / "gateway.secret").write_bytes(b"\xe9" * 40)

    with pytest.raises(SettingsError, match=r"gateway\.secret"):
        Settings.from_environment({"FRONTDESK_DATA_DIR": str(tmp_path)})


def test_the_secret_does_not_show_itself():
    settings = Settings.from_environment({"FRONTDESK_SECRET": "k" * 40})

    assert "kkk" not in repr(settings)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("FRONTDESK_PORT", "eighty"),
        ("FRONTDESK_PORT", "70000"),
        ("FRONTDESK_RASA_URL", "localhost:5005"),
        ("FRONTDESK_ORIGINS", "clinic.example"),
        ("FRONTDESK_ORIGINS", "https://clinic.example/page"),
        ("FRONTDESK_ORIGINS", "*"),
        ("FRONTDESK_SECRET", "short"),
        ("FRONTDESK_CLINIC_DIR", "/nowhere"),
        ("FRONTDESK_CONVERSATION_PER_MINUTE", "-1"),
    ],
)
def test_a_bad_value_is_refused_with_the_name_of_its_key(tmp_path, key, value):
    with pytest.raises(SettingsError, match=key):
        Settings.from_environment({"FRONTDESK_DATA_DIR": str(tmp_path), key: value})


def test_origins_are_a_list_with_commas():
    settings = Settings.from_environment({"FRONTDESK_SECRET": "k" * 40, "FRONTDESK_ORIGINS": "https://A.example/, http://b.example:8000"})

    assert settings.origins == {"https://a.example", "http://b.example:8000"}
