"""A decision in words: what was decided, who did, why. Reasons name what their numbers are."""

from dataclasses import dataclass

from campaignbase.cli import output
from campaignbase.models import DecisionRecord

WHO = {
    None: "nobody",
    "human": "a person",
    "rule": "a rule",
    "reuse": "reuse of a text",
    "neighbor": "similar texts",
    "trained": "the trained head",
    "model": "the model",
}


@dataclass(frozen=True, slots=True)
class Told:
    what: str
    who: str
    why: str


def who(source: str | None) -> str:
    return WHO.get(source) or str(source)


def why(source: str | None, reasons: tuple[str, ...]) -> str:
    """The reasons in one line, without what `who` said already."""
    said = [output.one_line(reason) for reason in reasons]
    if source == "human":
        said = [reason.replace(" by a person", "") for reason in said]
    elif source == "rule":
        said = [reason.removeprefix("rule ") for reason in said]
    elif source is None:
        said = [reason.removeprefix("nobody was sure: ") for reason in said]
    return "; ".join(said)


def told(one: DecisionRecord) -> Told:
    """A line of the history."""
    if one.field == "tags":
        return _tags(one)
    if one.outcome == "kept_human":
        return Told(f"stays {one.previous_label or 'empty'}", who("human"), _otherwise(one))
    reasons = why(one.source, one.reasons)
    about = [] if one.candidate is None else [f"nearest: {one.candidate}"]
    about += [] if one.previous_label in (None, one.label) else [f"before: {one.previous_label}"]
    return Told(one.label or "none", who(one.source), "; ".join([*map(output.one_line, about), reasons]))


def _otherwise(one: DecisionRecord) -> str:
    """What would have been decided had the person said nothing."""
    if one.label is None:
        near = "" if one.candidate is None else f"; nearest: {output.one_line(one.candidate)}"
        return f"nobody else was sure{near}"
    same = one.label == one.previous_label
    says = f"{who(one.source)} says {'the same' if same else output.one_line(one.label)}"
    return f"{says}: {why(one.source, one.reasons)}"


def _tags(one: DecisionRecord) -> Told:
    before, after = (
        list(dict.fromkeys(name for name in (names or "").split(", ") if name))
        for names in (one.previous_label, one.label)
    )
    if one.source != "human":
        sources = dict.fromkeys(found["source"] for found in one.labels) or {one.source: None}
        listed = "; ".join(f"{found['name']}: {found['reason']}" for found in one.labels)
        return Told(", ".join(after), " and ".join(map(who, sources)), listed)
    came = [name for name in after if name not in before]
    went = [name for name in before if name not in after]
    if not came and not went:  # her word on tags as they were
        return Told(why("human", one.reasons), who("human"), "")
    parts = [f"added {', '.join(came)}"] if came else []
    parts += [f"removed {', '.join(went)}"] if went else []
    reason = why("human", one.reasons)
    return Told(", ".join(parts), who("human"), "" if reason in ("set", "cleared") else reason)
