"""What has just happened, told in the banner and kept in the log."""

from PySide6.QtCore import QCoreApplication, QObject, Slot

from backend.protocol.engine import Activity, CheckpointSaved, LogLine, Prepared, Saved
from backend.protocol.host import Failure, HeadReply, Notice, QueueFinished
from gui import format as text
from gui.actions.bar import Actions
from gui.actions.catalogue import ActionId
from gui.banner import Banner
from gui.facts import FactsKeeper
from gui.intake import Copying
from gui.log.lines import line
from gui.log.panel import LogPanel
from gui.queue.answer import Answer, bad_line

CONTEXT = "news"


def queue_words(finished: QueueFinished) -> str:
    """How the queue ended, with what was done and what failed."""
    done = text.count(
        finished.done, QCoreApplication.translate(CONTEXT, "file"), QCoreApplication.translate(CONTEXT, "files")
    )
    if not finished.done and not finished.failed:
        return QCoreApplication.translate(CONTEXT, "Nothing is left to train.")
    if not finished.failed:
        return QCoreApplication.translate(CONTEXT, "The queue is finished: {done} trained.").format(done=done)
    failed = text.count(
        finished.failed, QCoreApplication.translate(CONTEXT, "file"), QCoreApplication.translate(CONTEXT, "files")
    )
    words = QCoreApplication.translate(CONTEXT, "The queue is finished: {done} trained, {failed} failed.")
    return words.format(done=done, failed=failed)


class News(QObject):
    """Receives facts; the banner shows the latest that asks for attention, the log has them all."""

    def __init__(self, banner: Banner, log: LogPanel, facts: FactsKeeper, verbs: Actions) -> None:
        super().__init__(banner)
        self._verbs = verbs
        self._offered = False
        self._adding = False
        self._banner, self._log, self._facts = banner, log, facts

    @Slot(object)
    def notice(self, notice: Notice) -> None:
        words = f"{notice.text} {notice.hint}".strip()
        self._log.add(line(notice.level, words))
        if notice.level != "info":
            self._banner.say(notice.level, words)

    @Slot(object)
    def refusal(self, failure: Failure) -> None:
        words = f"{failure.message} {failure.hint}".strip()
        self._log.add(line("error", words))
        self._banner.say("error", words)

    @Slot(str)
    def told(self, words: str) -> None:
        """The host's own words for something that is done and asks for no attention."""
        self._log.add(line("info", words))
        self._banner.say("info", words)

    @Slot(object)
    def logged(self, logged: LogLine) -> None:
        self._log.add(line(logged.level, logged.text))

    @Slot(str)
    def bug(self, trace: str) -> None:
        self._log.add(line("error", trace.strip()))

    @Slot(object)
    def saved(self, saved: CheckpointSaved) -> None:
        words = self.tr("Checkpoint {n} saved at step {step} ({reason}).")
        self._log.add(line("info", words.format(n=saved.sequence, step=f"{saved.step:,}", reason=saved.reason)))

    @Slot(object)
    def save_answered(self, saved: Saved) -> None:
        """Somebody asked for a save, here or in another program."""
        if saved.step:
            self.told(self.tr("Saved at step {step}.").format(step=f"{saved.step:,}"))
        else:
            self.told(self.tr("The first step is not finished: there is nothing to save yet."))

    @Slot(object)
    def prepared(self, prepared: Prepared) -> None:
        """Rows that only the model's tokenizer and template could refuse."""
        counts = self.tr("{rows} rows train, {held_out} are held out, {refused} refused, {cut} cut.")
        words = counts.format(rows=prepared.rows, held_out=prepared.heldout, refused=prepared.refused, cut=prepared.cut)
        if name := self._facts.now.status.current_file:
            words = f"{name}: {words}"
        self._log.add(line("warning" if prepared.refused else "info", words))
        if prepared.refused:
            self._banner.say("warning", words, "\n".join(bad_line(bad) for bad in prepared.bad))

    @Slot(object)
    def finished(self, finished: QueueFinished) -> None:
        words = queue_words(finished)
        level = "warning" if finished.failed else "info"
        self._log.add(line(level, words))
        self._banner.say(level, words)

    @Slot(object)
    def copying(self, copying: Copying) -> None:
        words = self.tr("Copying {n} of {total}: {name}").format(
            n=copying.number, total=copying.total, name=copying.name
        )
        done = round((copying.number - 1 + copying.share) * 100)
        self._banner.say_progress(words, done, copying.total * 100)

    @Slot(object)
    def answered(self, answer: Answer) -> None:
        level = "info" if answer.good else "warning"
        self._log.add(line(level, answer.headline))
        self._banner.say(level, answer.headline, answer.details)

    @Slot(str)
    def removed(self, words: str) -> None:
        self._log.add(line("info", words))
        self._banner.say("info", words, action=self._verbs[ActionId.UNDO_REMOVAL])

    @Slot(object)
    def offer_model(self, reply: HeadReply) -> None:
        """Without a model nothing trains, so say it before anybody wonders why Start is grey."""
        if reply.base is None and not self._facts.now.adding_base and not self._offered:
            self._offered = True
            self._banner.say(
                "info", self.tr("No model is chosen to train yet."), action=self._verbs[ActionId.ADD_STARTER]
            )

    @Slot()
    def adding_starter(self) -> None:
        self._adding = True
        self._banner.say_progress(self.tr("Adding the starter model…"))

    @Slot(object)
    def activity(self, activity: Activity) -> None:
        """While a model is added there is no status line for it, so the banner says how far it is."""
        if self._facts.now.adding_base:
            words = self.tr("Adding the starter model: {what}").format(what=activity.text)
            self._banner.say_progress(words, activity.done, activity.total)

    @Slot(object)
    def head(self, reply: HeadReply) -> None:
        """The model that was being added is the head's base now."""
        if reply.base is not None and self._adding:
            self._adding = False
            name = reply.base.name or reply.base.slug
            self._banner.say("info", self.tr("{name} is ready to train.").format(name=name))

    @Slot(str)
    def lost(self, why: str) -> None:
        words = self.tr("The program that was training has ended ({why}). This window takes over.").format(why=why)
        self._log.add(line("warning", words))
        self._banner.say("warning", words)

    @Slot(str)
    def closing(self, words: str) -> None:
        self._banner.say_progress(words)
