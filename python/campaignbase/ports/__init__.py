"""What the pipeline needs from outside, as protocols; each has a deterministic fake in campaignbase.testing.

One contract suite (tests/contract) holds every store to the docstrings below.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from campaignbase.models import (
    Campaign,
    Category,
    ContentAsset,
    Context,
    ContextRequest,
    Correction,
    Explanation,
    InsertCounts,
    Job,
    JobResult,
    NewCampaign,
    NewContent,
    QueueStatus,
    Rule,
    SearchHit,
    Tag,
    Vector,
    Verdict,
    Workspace,
)
from campaignbase.models.media import MediaFile
from campaignbase.models.members import ClaimedInvitation, Invitation, Mail, Member, Role
from campaignbase.models.webhooks import (
    ClaimedDelivery,
    DeliveryResult,
    DeliveryStatus,
    WebhookDelivery,
    WebhookEndpoint,
)
from campaignbase.ports.api_keys import ApiKeys as ApiKeys
from campaignbase.ports.approvals import Approvals as Approvals
from campaignbase.ports.backfills import Backfills as Backfills
from campaignbase.ports.budget import Budget as Budget
from campaignbase.ports.cache import CacheStore
from campaignbase.ports.curation import Curation as Curation
from campaignbase.ports.gate import Gate
from campaignbase.ports.learning import Learning
from campaignbase.ports.library import Library
from campaignbase.ports.measuring import Measuring
from campaignbase.ports.media import MediaStore as MediaStore
from campaignbase.ports.providers import Analyst as Analyst
from campaignbase.ports.providers import Batches as Batches
from campaignbase.ports.providers import Embedder as Embedder
from campaignbase.ports.providers import PaidEmbedder as PaidEmbedder
from campaignbase.ports.providers import PromptedEmbedder as PromptedEmbedder
from campaignbase.ports.requests import RequestStore
from campaignbase.ports.rule_trials import RuleTrials


class Clock(Protocol):
    def now(self) -> datetime: ...

    def monotonic(self) -> float:
        """Seconds, only for differences."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Sender(Protocol):
    async def send(self, delivery: ClaimedDelivery) -> DeliveryResult:
        """One try, signed; never raises: what went wrong is in the result."""
        ...


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Handed over to whoever carries it. Raises ProviderError: it was not; `.retryable`: try it again."""
        ...


@runtime_checkable
class Members(Protocol):
    """What a server's store can do about people; a SQLite file has one user."""

    async def members(self, workspace_id: str) -> list[Member]: ...

    async def invitations(self, workspace_id: str | None) -> list[Invitation]:
        """Open and expired ones, oldest first; None: of every workspace that the caller owns, or serves."""
        ...

    async def invite(self, workspace_id: str, email: str, role: Role) -> tuple[Invitation, str]:
        """With the token, told this once. An address that is invited already is invited anew."""
        ...

    async def remove_member(self, workspace_id: str, email: str) -> None:
        """A member, or an open invitation. Raises NotFoundError; InputError for the last owner."""
        ...

    async def claim_invitations(self, batch: int = 10, lease_seconds: int = 300) -> list[ClaimedInvitation]:
        """Mails to send; what is not answered in time is handed out again."""
        ...

    async def complete_invitation(
        self, invitation_id: str, attempt: int, error: str | None, *, permanent: bool = False
    ) -> bool:
        """None: sent; else it waits for another try, unless `permanent`. False: gone or handed out again."""
        ...


class Store(
    CacheStore,
    Library,
    RequestStore,
    ApiKeys,
    Approvals,
    RuleTrials,
    Budget,
    Learning,
    Gate,
    Curation,
    Backfills,
    Measuring,
    Protocol,
):
    """A database. Every method is one transaction; errors leave nothing half-written.

    Raises everywhere: UnreachableError when the database does not answer.
    """

    target: str  # for people: "SQLite ./campaignbase.db"

    async def close(self) -> None: ...

    # the queue; round trips one to three of a batch

    async def claim_jobs(
        self,
        worker: str,
        batch: int = 50,
        lease_seconds: int = 120,
        workspace_id: str | None = None,
        targets: Sequence[str] | None = None,
    ) -> list[Job]:
        """At most `batch` leased jobs, fair over workspaces; [] when nothing can be claimed now.

        In one workspace embed_* jobs come first; categorize jobs wait while one is waiting or leased.

        Args:
            workspace_id: only of that one (embedded engine; a server ignores it).
            targets: only content and campaigns of these ids, and the labels they wait for; else the same.
        """
        ...

    async def categorization_context(self, requests: Sequence[ContextRequest]) -> Context: ...

    async def complete_jobs(self, results: Sequence[JobResult]) -> list[Verdict]:
        """A verdict a result, in order. stale: the fence moved; unknown_label: a label is gone, no audience
        where one is asked for, or manual-only and named by no rule; the job waits again.

        Fields whose source is human keep their value; tags a person refused stay refused.
        """
        ...

    async def release_jobs(self, jobs: Sequence[Job]) -> int:
        """Hand back what is still leased; how many wait again."""
        ...

    async def replay_jobs(self, job_ids: Sequence[int] | None = None) -> int:
        """Dead jobs wait again, failures forgotten; None: all of them."""
        ...

    async def queue_status(self, workspace_id: str | None = None) -> list[QueueStatus]: ...

    async def queue_content(self, target_ids: Sequence[str]) -> int:
        """Label these assets and campaigns again; how many were found."""
        ...

    # workspaces and vocabulary

    async def workspaces(self) -> list[Workspace]:
        """By age."""
        ...

    async def create_workspace(self, name: str) -> Workspace:
        """With the default vocabulary and rules. 'default' gets the fixed id and is returned if it exists."""
        ...

    async def delete_workspace(self, workspace_id: str) -> None:
        """With everything in it; its files are a MediaStore's. Raises NotFoundError."""
        ...

    async def categories(self, workspace_id: str) -> list[Category]:
        """By name."""
        ...

    async def tags(self, workspace_id: str) -> list[Tag]:
        """By name."""
        ...

    async def add_categories(self, workspace_id: str, categories: Sequence[Category]) -> int:
        """New ones (ids ignored); existing names are left alone. How many were added."""
        ...

    async def remove_category(self, workspace_id: str, name: str) -> None:
        """Raises InputError when it is in use (relabel first), NotFoundError when it is not there."""
        ...

    async def rename_category(self, workspace_id: str, name: str, new_name: str) -> None: ...

    async def edit_category(self, workspace_id: str, name: str, new: Category) -> None:
        """Its name, parent, description, keywords, aliases and manual_only become those of `new`.

        Raises InputError when another has the new name, NotFoundError when it is not there.
        """
        ...

    async def add_tags(self, workspace_id: str, tags: Sequence[Tag]) -> int:
        """New ones (ids ignored); those that fold to a tag's name are left alone. How many were added."""
        ...

    async def edit_tag(self, workspace_id: str, name: str, new: Tag) -> None:
        """Its name, type, description, keywords, aliases and manual_only become those of `new`.

        Raises InputError when another tag folds to the new name, NotFoundError when it is not there.
        """
        ...

    async def remove_tag(self, workspace_id: str, name: str) -> None:
        """Content loses it. Raises InputError when it is a target audience, NotFoundError."""
        ...

    async def rules(self, workspace_id: str) -> list[Rule]:
        """By priority, highest first, then age; disabled ones too."""
        ...

    async def add_rule(self, workspace_id: str, rule: Rule) -> Rule:
        """Raises RuleError: what in its conditions or actions cannot be accepted; ExistsError."""
        ...

    async def enable_rule(self, workspace_id: str, rule_id: str, enabled: bool) -> None:
        """Raises NotFoundError."""
        ...

    async def remove_rule(self, workspace_id: str, rule_id: str) -> None:
        """Labels it gave stay. Raises NotFoundError."""
        ...

    async def preview_rule(
        self,
        workspace_id: str,
        conditions: Mapping[str, Any],
        limit: int = 100,
        *,
        campaign_id: str | None = None,
    ) -> list[ContentAsset]:
        """Existing assets these conditions hold for, newest first.

        Args:
            campaign_id: of its content alone.
        Raises:
            RuleError
        """
        ...

    # content

    async def insert_content(self, workspace_id: str, rows: Sequence[NewContent]) -> InsertCounts:
        """All rows or none. Of a source_key that exists, another text or campaign updates the row, and none
        leaves it in its own; its category is taken where no person decided one, or with another text; but
        not the very one a person just replaced.

        Raises InputError naming the row (its place, from 1) and what is wrong with it, UnknownLabelError
        for a category the workspace does not have.
        """
        ...

    async def insert_campaigns(self, workspace_id: str, rows: Sequence[NewCampaign]) -> list[str]:
        """Ids in order. A name that exists in the workspace gives the existing id."""
        ...

    async def content(
        self,
        workspace_id: str,
        *,
        label_state: str | None = None,
        category: str | None = None,
        campaign_id: str | None = None,
        limit: int = 100,
    ) -> list[ContentAsset]:
        """Newest first."""
        ...

    async def campaigns(self, workspace_id: str) -> list[Campaign]:
        """Newest first."""
        ...

    async def explain(self, target_id: str) -> Explanation:
        """An asset or campaign; a unique prefix of its id, >= 4 characters, will do. Raises NotFoundError."""
        ...

    async def correct(self, target_id: str, correction: Correction) -> None:
        """As a person, also where the label stays what it is; of a campaign its category. A removed tag stays
        away, also one that is not there. Raises InputError, NotFoundError, UnknownLabelError."""
        ...

    async def semantic_search(
        self, query: Vector, match_count: int = 10, workspace_id: str | None = None, model: str | None = None
    ) -> list[SearchHit]:
        """Best first; `match_count` clamped to 1..100. Exact on SQLite, approximate (hnsw) on Postgres."""
        ...

    # webhooks

    async def webhooks(self, workspace_id: str) -> list[WebhookEndpoint]:
        """By name."""
        ...

    async def add_webhook(
        self, workspace_id: str, name: str, url: str, events: Sequence[str] = (), *, allow_local: bool = False
    ) -> tuple[WebhookEndpoint, str]:
        """With its secret, which is told only now.

        Args:
            allow_local: accept loopback too, for development.
        Raises:
            InputError: the name is taken, the address is refused, or an event is unknown.
        """
        ...

    async def enable_webhook(self, endpoint_id: str, enabled: bool) -> None:
        """Enabled again it has a new start. Raises NotFoundError."""
        ...

    async def remove_webhook(self, endpoint_id: str) -> None:
        """With its deliveries. Raises InputError when a rule names it, NotFoundError."""
        ...

    async def rotate_webhook_secret(self, endpoint_id: str, overlap_hours: int = 24) -> str:
        """The new secret; the old one signs too for that long, clamped to 0..168. Raises NotFoundError."""
        ...

    async def test_webhook(self, endpoint_id: str) -> str:
        """Queue a message of type webhook.test; its id. Raises NotFoundError, also for a disabled one."""
        ...

    async def webhook_deliveries(
        self, workspace_id: str, endpoint_id: str | None = None, state: str | None = None, limit: int = 50
    ) -> list[WebhookDelivery]:
        """Newest first."""
        ...

    async def replay_deliveries(
        self, delivery_ids: Sequence[str] | None = None, endpoint_id: str | None = None
    ) -> int:
        """Dead or delivered ones are sent again; None: every dead one of the endpoint. How many.

        Raises InputError when neither is given.
        """
        ...

    async def claim_deliveries(
        self, worker: str, batch: int = 20, lease_seconds: int = 60
    ) -> list[ClaimedDelivery]:
        """At most `batch`, spread over endpoints: four at once to each, one to one that fails."""
        ...

    async def complete_deliveries(self, results: Sequence[DeliveryResult]) -> list[Verdict]:
        """accepted or stale, in order."""
        ...

    async def delivery_status(self) -> DeliveryStatus: ...

    # files; what is in them is a MediaStore's

    async def link_file(self, asset_id: str, path: str | None) -> None:
        """Make it the asset's file_path. Raises NotFoundError."""
        ...

    async def media(self, workspace_id: str) -> list[MediaFile]:
        """All of the workspace's, by path."""
        ...

    async def orphaned_media(self, older_than_seconds: int = 3600, limit: int = 1000) -> list[str]:
        """Paths of files whose asset is gone."""
        ...
