"""Channels are declared strictly, hold no secret, take a message once, and say in words why they did not."""

import email
import email.policy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_up_nights import REASON, VALUE

from cli.main import main
from programmes.errors import StatedError
from release.layout import VarFolder
from watch.channels import ChannelFailed, deliver, load_channels
from watch.message import Message
from watch.notices import Notice

ROOT = Path(__file__).parents[2]
MAIL = """
  - name: office
    kind: mail
    host: 127.0.0.1
    port: {port}
    security: none
    sender: monitor@example.org
    recipient: datenbuero@example.org
    timeout_seconds: 5
"""
HOOK = """
  - name: chat
    kind: webhook
    url: {url}
    timeout_seconds: 5
"""
MESSAGE = Message("nordwaerts", "de", True, (Notice("refused", "refused:1", "Abgelehnt: Umlaut ä.", "Refused."),))


def notify(nights, *arguments: str, lang: str = "de"):
    environment = {"NORDWAERTS_VAR": str(nights.var.root)}
    return CliRunner().invoke(main, ["--lang", lang, "notify", *arguments], env=environment)


def mail_of(box) -> email.message.EmailMessage:
    [raw] = box.mails
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_a_notice_goes_by_every_channel_once(nights, mailbox, hook, declare) -> None:
    declare("channels:" + MAIL.format(port=mailbox.port) + HOOK.format(url=hook.url))
    nights.end("refused", REASON, label="a")
    done = notify(nights)
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == ["office: Hinweise gesendet: 1.", "chat: Hinweise gesendet: 1."]
    mail = mail_of(mailbox)
    assert (mail["Subject"], mail["To"]) == ("nordwärts-Monitor, nordwaerts: 1 Hinweis", "datenbuero@example.org")
    assert "In Zeile 12 steht keine Zahl. Neu liefern." in mail.get_content().replace("\n", " ")
    [post] = hook.posts
    [told] = post["notices"]
    assert (told["kind"], told["key"], post["language"]) == ("refused", "refused:1", "de")
    assert "In Zeile 12 steht keine Zahl." in told["sentence"] and told["sentence"] in post["text"]
    nights.end("refused", REASON, label="a")
    again = notify(nights)
    assert (again.exit_code, again.output) == (0, "Nichts Neues zu melden.\n")
    assert (len(mailbox.mails), len(hook.posts)) == (1, 1)


def test_a_channel_that_failed_gets_it_again_and_the_others_do_not(nights, mailbox, hook, declare) -> None:
    declare("channels:" + MAIL.format(port=mailbox.port) + HOOK.format(url=hook.url))
    nights.end("refused", REASON, label="a")
    mailbox.takes = False
    done = notify(nights)
    assert done.exit_code == 1
    assert "Der Kanal „office“ hat die Nachricht nicht angenommen (SMTPRecipientsRefused)" in done.output
    assert VALUE not in done.output, "what the other side answered is not repeated"
    assert (mailbox.mails, len(hook.posts)) == ([], 1)
    mailbox.takes = True
    assert notify(nights).exit_code == 0
    assert (len(mailbox.mails), len(hook.posts)) == (1, 1)


@pytest.mark.parametrize("status", [302, 307, 403, 500])
def test_an_answer_other_than_2xx_is_a_failure(nights, hook, declare, status: int) -> None:
    declare("channels:" + HOOK.format(url=hook.url))
    nights.end("broken", REASON)
    hook.status = status
    done = notify(nights, lang="en")
    assert done.exit_code == 1
    assert f"Channel 'chat' did not take the message (HTTPError {status}). Check its entry" in done.output


def test_nobody_listening_is_a_failure_in_words(nights, hook, declare) -> None:
    declare("channels:" + HOOK.format(url="http://127.0.0.1:9/"))
    nights.end("broken", REASON)
    done = notify(nights)
    assert (done.exit_code, "(URLError)" in done.output) == (1, True)
    assert not nights.var.notified.exists()


def test_a_channel_tells_only_what_it_is_for(nights, hook, declare) -> None:
    declare("channels:" + HOOK.format(url=hook.url) + "    tells: [turned]\n")
    nights.publish("a", deck_1="supported")
    nights.publish("b", REASON, deck_1="undecidable")
    assert notify(nights).exit_code == 0
    [post] = hook.posts
    assert [told["kind"] for told in post["notices"]] == ["turned"]
    assert post["is_synthetic"] and "SYNTHETISCHE MUSTERDATEN" in post["text"]
    assert VALUE not in json.dumps(post)


def test_english_on_demand(nights, hook, declare) -> None:
    declare("channels:" + HOOK.format(url=hook.url))
    nights.end("refused", REASON, REASON, label="a")
    notify(nights, lang="en")
    assert hook.posts[0]["text"].startswith(
        "nordwärts-Monitor, nordwaerts: 1 notice\n\nThe refresh was refused: Line 12"
    )


def test_without_a_declaration_nothing_is_sent_and_it_says_so(nights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NORDWAERTS_CHANNELS", raising=False)
    nights.end("refused", REASON, label="a")
    done = notify(nights)
    assert done.exit_code == 0
    assert (
        done.output
        == "Kein Kanal ist angemeldet (NORDWAERTS_CHANNELS); gesendet wurde nichts. Anstehende Hinweise: 1.\n"
    )


def test_a_torn_list_of_what_was_sent_is_told_in_a_sentence(nights, hook, declare) -> None:
    declare("channels:" + HOOK.format(url=hook.url))
    nights.end("refused", REASON, label="a")
    nights.var.notified.parent.mkdir()
    nights.var.notified.write_text('{"chat": ')
    done = notify(nights)
    assert (done.exit_code, "notified.json ist nicht lesbar. Löschen Sie die Datei" in done.output) == (1, True)
    assert hook.posts == []


def test_log_in_and_token_come_from_environment_or_credential(
    mailbox, hook, tmp_path: Path, monkeypatch, declare
) -> None:
    (tmp_path / "chat_token").write_text("s3cret-token\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("SMTP_PASSWORD", "s3cret-password")
    mail = MAIL.format(port=mailbox.port) + "    user: monitor\n    password: {environment: SMTP_PASSWORD}\n"
    path = declare("channels:" + mail + HOOK.format(url=hook.url) + "    token: {credential: chat_token}\n")
    for channel in load_channels(path):
        deliver(channel, MESSAGE)
    assert any(command.startswith("AUTH PLAIN") for command in mailbox.commands)
    assert hook.headers[0]["Authorization"] == "Bearer s3cret-token"
    monkeypatch.delenv("SMTP_PASSWORD")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    for channel, place in zip(load_channels(path), ("SMTP_PASSWORD", "chat_token"), strict=True):
        with pytest.raises(ChannelFailed) as failed:
            deliver(channel, MESSAGE)
        assert place in failed.value.german and "s3cret" not in failed.value.german


@pytest.mark.attack("a mail server that offers no encryption · gets no notice")
def test_starttls_is_not_given_up_where_the_server_has_none(mailbox, declare) -> None:
    path = declare("channels:" + MAIL.format(port=mailbox.port).replace("none", "starttls"))
    with pytest.raises(ChannelFailed, match="SMTPNotSupportedError"):
        deliver(load_channels(path)[0], MESSAGE)
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param(HOOK.format(url="https://example.org/h") + "    colour: red\n", "colour", id="unknown key"),
        pytest.param(HOOK.format(url="http://example.org/h"), "url must begin with https", id="open line"),
        pytest.param(
            HOOK.format(url="https://example.org/h") + "    token: s3cret\n", "token", id="secret in the file"
        ),
        pytest.param(HOOK.format(url="https://example.org/h") * 2, "the same name", id="two of a name"),
        pytest.param(HOOK.format(url="https://example.org/h") + "    tells: [gossip]\n", "tells", id="unknown kind"),
        pytest.param(
            MAIL.format(port=25).replace("127.0.0.1", "mail.example.org"), "on this machine only", id="open mail"
        ),
        pytest.param(MAIL.format(port=25) + "    user: monitor\n", "go together", id="user without password"),
        pytest.param(MAIL.format(port=25).replace("monitor@", '"x\\r\\nBcc: y@"#'), "sender", id="header smuggled in"),
        pytest.param(
            HOOK.format(url="https://example.org/h") + "    token: {credential: ../s3cret}\n", "credential", id="path"
        ),
        pytest.param("\n  - {name: a, kind: fax}\n", "channels.0", id="unknown channel"),
        pytest.param(" []\n", "channels", id="none"),
        pytest.param(" [\n", "ops/channels.example.yml|YAML", id="no YAML"),
    ],
)
def test_a_wrong_declaration_is_refused_with_its_place(declare, wrong: str, said: str) -> None:
    path = declare("channels:" + wrong)
    with pytest.raises(StatedError, match=said) as refused:
        load_channels(path)
    assert "s3cret" not in refused.value.german + refused.value.english


@pytest.mark.parametrize(
    ("wrong", "german", "english"),
    [
        (
            HOOK.format(url="https://example.org/h") + "    colour: red\n",
            "channels.0.webhook.colour: diesen Eintrag gibt es nicht",
            "channels.0.webhook.colour: there is no such entry",
        ),
        (
            MAIL.format(port=70000),
            "channels.0.mail.port: darf höchstens 65535 sein",
            "channels.0.mail.port: must be at most 65535",
        ),
        (MAIL.format(port="many"), "port: verlangt ist eine ganze Zahl", "port: a whole number is demanded"),
        (MAIL.format(port=25).replace("none", "maybe"), "'tls', 'starttls' oder 'none'", "'tls', 'starttls' or 'none'"),
        (
            MAIL.format(port=25).replace("    host: 127.0.0.1\n", ""),
            "host: Angabe fehlt",
            "host: required entry is missing",
        ),
        (
            MAIL.format(port=25) + "    user: monitor\n",
            "user und password gehören zusammen",
            "user and password go together",
        ),
        (" []\n", "channels: zu wenige Einträge, mindestens 1", "channels: too few entries, at least 1"),
        ("\n  - {name: a, kind: fax}\n", "erlaubt ist nur 'mail', 'webhook'", "only 'mail', 'webhook' is allowed"),
    ],
)
def test_a_wrong_declaration_is_told_in_the_language_of_the_reader(
    declare, wrong: str, german: str, english: str
) -> None:
    with pytest.raises(StatedError) as refused:
        load_channels(declare("channels:" + wrong))
    assert german in refused.value.german and english in refused.value.english
    assert not [word for word in ("Input", "should", "Value error", " · ") if word in refused.value.german]


def test_a_wrong_declaration_ends_the_command_with_1(nights, declare) -> None:
    declare("channels: []\n")
    done = notify(nights)
    assert (done.exit_code, "Die Kanäle sind nicht richtig angemeldet (channels.yml, channels:" in done.output) == (
        1,
        True,
    )


def test_the_example_is_a_declaration() -> None:
    assert {channel.kind for channel in load_channels(ROOT / "ops" / "channels.example.yml")} == {"mail", "webhook"}


def test_what_was_sent_is_kept_within_bounds(nights, hook, declare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watch.sent._REMEMBERED", 2)
    declare("channels:" + HOOK.format(url=hook.url))
    for label in "abc":
        nights.end("refused", REASON, label=label)
        notify(nights)
    assert list(json.loads(nights.var.notified.read_text())["chat"]) == ["refused:2", "refused:3"]
    assert VarFolder("nordwaerts", nights.var.root).notified.parent.stat().st_mode & 0o077 == 0
