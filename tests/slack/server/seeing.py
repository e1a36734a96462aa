"""What a person sees in Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .channels import Channel
from .messages import Message
from .open_views import View
from .waiting import wait_until

if TYPE_CHECKING:
    from .server import SlackServer


class Seeing:
    """Conversations, threads, ephemeral messages, the modal and the home of one person: copies, as of now."""

    server: SlackServer
    id: str

    @property
    def dm_channel(self) -> Channel:
        """The conversation with the app."""
        return self.server.workspace.direct_message(self.id)

    def dm(self, channel: Channel | None = None) -> list[Message]:
        """What stands in the direct message (or a channel), in order: without the replies in threads."""
        everything = self.server.messages(channel or self.dm_channel)
        return [one for one in everything if one.thread_ts in (None, one.ts) or one.is_broadcast]

    def thread(self, root: Message | str) -> list[Message]:
        """The replies in a thread, in order, without its root."""
        channel = root.channel if isinstance(root, Message) else self.dm_channel.id
        ts = root.ts if isinstance(root, Message) else root
        with self.server.workspace.lock:
            thread = self.server.workspace.channels[channel].thread(ts)
            return [one.copy() for one in thread if one.ts != ts]

    def ephemerals(self) -> list[Message]:
        """What was shown to this person alone, in order."""
        with self.server.workspace.lock:
            return [one.copy() for one in self.server.workspace.ephemerals if one.shown_to == self.id]

    def modal(self) -> View | None:
        """The modal that is open, the topmost one."""
        with self.server.workspace.lock:
            stack = self.server.workspace.modals.get(self.id)
            return stack[-1].copy() if stack else None

    def home(self) -> View | None:
        """The app's home, as it was published last."""
        with self.server.workspace.lock:
            home = self.server.workspace.homes.get(self.id)
            return home.copy() if home else None

    def again(self, message: Message) -> Message:
        """A message as it is by now."""
        with self.server.workspace.lock:
            now = self.server.workspace.kept(message)
            assert now is not None, f"the message of {message.ts} is gone"
            return now.copy()

    def sees(
        self, words: str, root: Message | str | None = None, channel: Channel | None = None, seconds: float = 5.0
    ) -> Message:
        """Wait for a message of someone else's that says `words`: in the direct message (or a channel), or a thread."""

        def found() -> Message | None:
            messages = self.dm(channel) if root is None else self.thread(root)
            return next((one for one in reversed(messages) if one.user != self.id and _says(one, words)), None)

        message = wait_until(found, seconds, f"a message with {words!r}")
        assert message is not None
        return message

    def sees_ephemeral(self, words: str, seconds: float = 5.0) -> Message:
        """Wait for an ephemeral message that says `words`; the last one."""

        def found() -> Message | None:
            return next((one for one in reversed(self.ephemerals()) if _says(one, words)), None)

        message = wait_until(found, seconds, f"an ephemeral message with {words!r}")
        assert message is not None
        return message

    def sees_modal(self, words: str = "", seconds: float = 5.0) -> View:
        """Wait for a modal whose title or blocks say `words`."""

        def found() -> View | None:
            modal = self.modal()
            return modal if modal and words in f"{modal.title}\n{modal.words}" else None

        view = wait_until(found, seconds, f"a modal with {words!r}")
        assert view is not None
        return view


def _says(message: Message, words: str) -> bool:
    return words in message.words or words in message.text
