"""The embedders a process has, found by the model of a workspace's vectors."""

from collections.abc import Mapping, Sequence

from campaignbase.errors import NotConfiguredError
from campaignbase.models import Workspace
from campaignbase.ports import Embedder


class Embedders:
    def __init__(
        self, default: Embedder, others: Sequence[Embedder] = (), missing: Mapping[str, str] | None = None
    ) -> None:
        """
        Args:
            default: of workspaces that have no vector yet.
            others: of workspaces whose vectors are by their models.
            missing: what to do about models that could be had: model -> "set OPENAI_API_KEY".
        """
        self.default = default
        self._by_model = {embedder.model: embedder for embedder in (*others, default)}
        self._missing = dict(missing or {})

    def find(self, model: str | None) -> Embedder | None:
        """None: of a workspace without vectors. The answer is None where the model is not at hand."""
        return self.default if model is None else self._by_model.get(model)

    def lack(self, model: str) -> str:
        """What to say of vectors by a model that is not at hand."""
        return f"the workspace's vectors are by {model!r}, this worker has {self._known(model)}"

    def unknown(self, model: str) -> str:
        """What to say to who asks for a model that is not at hand."""
        return f"no embedder {model!r} is at hand; there is {self._known(model)}"

    def _known(self, model: str) -> str:
        hint = self._missing.get(model)
        return f"{', '.join(map(repr, sorted(self._by_model)))}{f'; {hint}' if hint else ''}"

    def of(self, workspace: Workspace) -> Embedder:
        """
        Raises:
            NotConfiguredError: its vectors are by a model that is not at hand.
        """
        found = self.find(workspace.embedding_model)
        if found is None:
            model = str(workspace.embedding_model)
            known = ", ".join(map(repr, sorted(self._by_model)))
            hint = self._missing.get(model, f"this version embeds with {known} and keeps vectors as they are")
            raise NotConfiguredError(f"workspace {workspace.name!r} holds vectors by {model!r}; {hint}")
        return found

    async def aclose(self) -> None:
        for embedder in self._by_model.values():
            await embedder.close()
