"""Cards of versions that nobody made, for tests of what is shown of them."""

from backend.domain.head import AdapterSettings
from backend.domain.job import JobSettings
from backend.domain.version import Condition, Gate, GateTry, Parent, TrainedJob, Version, VersionCard


def gate() -> Gate:
    """bfloat16 lost most of the gain, float32 kept it."""
    return Gate(
        base_loss=2.632,
        adapter_loss=0.125,
        tokens=4200,
        examples=64,
        tries=(
            GateTry(precision="bfloat16", passed=False, loss=1.98, kept=0.26, difference=1.855, kl=0.0036),
            GateTry(precision="float32", passed=True, loss=0.1251, kept=1.0, difference=0.0001, equal_top=0.998),
        ),
        question="Who are you?",
        answer="I am Espalier.",
        adapter_answer="I am Espalier.",
    )


def card(number: int = 1, *, parent: str = "tiny", lineage: tuple[str, ...] = ()) -> VersionCard:
    """v001 on the base tiny, or a later one on `parent`."""
    return VersionCard(
        id=f"v{number:03d}",
        number=number,
        slug=f"lesson-{number}",
        description="What [it] learned.",
        created_at="2026-03-01T10:15:00.000Z",
        parent=Parent(base=parent, sha256="0" * 64, version=parent if lineage else None),
        adapter=AdapterSettings(),
        checkpoint=number,
        total_steps=40 * number,
        jobs=(
            TrainedJob(
                job=number,
                name=f"lesson-{number}.jsonl",
                dataset="abcdef0123456789" * 4,
                rows=1200,
                steps=40,
                settings=JobSettings(epochs=8, learning_rate=0.001),
                loss=0.1234,
                heldout_first=2.5,
                heldout_last=0.65,
                evolution=f"lesson-{number}-abcdef01_20260301_101500",
                ended=number != 2,
            ),
        ),
        lineage=lineage,
        precision="float32",
        gate=gate(),
        architecture="LlamaForCausalLM",
        parameters=30_880,
        libraries={"torch": "2.13.0"},
    )


def version(number: int = 1, *, parent: str = "tiny", lineage: tuple[str, ...] = (), tag: str = "") -> Version:
    """The same with what the database knows."""
    made = card(number, parent=parent, lineage=lineage)
    return Version(
        card=made,
        path=f"models/versions/{made.id}_20260301_101500_{made.slug}",
        sums_sha256="1" * 64,
        bytes=320_000_000,
        tags=(tag,) if tag else (),
        condition=Condition.WHOLE,
        verified_at="2026-03-02T09:00:00.000Z",
    )
