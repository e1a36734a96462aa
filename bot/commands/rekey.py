"""`curbside rekey`: encrypt the log, give it another key, or decrypt it."""

from __future__ import annotations

import sys

import click

from bot.failures import Refused

EXAMPLES = """\b
Examples:
  curbside rekey              asks for the new key, twice
  curbside rekey --decrypt    from now on without encryption

\b
Stop Curbside first. The key that the log has now is CURBSIDE_DATABASE_KEY, as always; the new
one may also come from CURBSIDE_NEW_DATABASE_KEY. Backups keep the key that they had.
A log whose key is lost can't be read by anybody.
"""
NEW = "CURBSIDE_NEW_DATABASE_KEY"


@click.command(epilog=EXAMPLES)
@click.option("--decrypt", is_flag=True, help="Take the encryption away.")
def command(decrypt: bool) -> None:
    """Encrypt the log on the disk with SQLCipher, or change its key.

    The log is written anew beside the old one, verified, and put in its place: at every moment the old one or the
    new one is there, whole. A log that is not encrypted yet gets the key that CURBSIDE_DATABASE_KEY has.
    """
    from bot.configuration import read_configuration, read_settings
    from bot.records.copies import rekey
    from bot.slack.owner import owning
    from bot.storage import NoLogYet, open_log
    from bot.storage.engine import SETTING, checked_key, is_plain
    from flows.consult import now

    configuration, settings = read_configuration(), read_settings()
    database, setting = configuration.database, settings.get(SETTING)
    plain = is_plain(database)
    if plain is None:
        raise NoLogYet(database)
    old = None if plain else setting
    if not plain and not setting:
        raise Refused(f"The log {database} is encrypted, or no log; set {SETTING} to the key that it has now.")
    if decrypt:
        if plain:
            raise Refused(f"The log {database} is not encrypted. Nothing was changed.")
        new = None
    else:
        new = settings.get(NEW) or (setting if plain else None) or _asked()
        checked_key(new, "The new key")
        if new == old:
            raise Refused("The new key is the one that the log has. Nothing was changed.")
    with owning(database):
        rekey(database, old, new)
        with open_log(database, create=False, key=new or "") as log:
            how = "decrypted" if new is None else "encrypted" if plain else "another key"
            log.record_access("rekey", at=now(), actor=configuration.clinician, detail={"how": how})
    click.echo(_said(new, setting, plain, SETTING))


def _asked() -> str:
    if not sys.stdin.isatty():
        raise Refused(f"There is no terminal to ask for the new key at. Set {NEW} to it. Nothing was changed.")
    try:
        given: str = click.prompt("The new key", hide_input=True, confirmation_prompt=True)
    except click.Abort:
        raise Refused(f"No new key was given. Type it, or set {NEW}. Nothing was changed.") from None
    return given


def _said(new: str | None, setting: str | None, plain: bool, name: str) -> str:
    old_file = "The old file was deleted, not overwritten: what the disk keeps of it is out of reach."
    if new is None:
        return f"The log is no longer encrypted. Remove {name} from the settings."
    if new == setting:
        return f"The log is encrypted. {old_file}"
    what = "The log is encrypted." if plain else "The log has its new key."
    return f"{what} Set {name} to it before anything else runs.{f' {old_file}' if plain else ''}"
