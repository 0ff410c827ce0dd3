"""Every error Campaignbase raises on purpose, with the exit code the command line answers.

CampaignbaseError            1  something failed that the caller can read about
    InputError               2  bad usage or bad input; nothing was written
        RuleError            2  a rule's conditions or actions cannot be accepted
        UnknownLabelError    2  a category or tag that the workspace does not have
        NotFoundError        2  an id, name or workspace that does not exist
        ExistsError          2  a name or path that is taken
        TranslationError     2  the schema holds something the translator does not know
    NotConfiguredError       3  a key, an extra, a folder or a database version is missing
    UnreachableError         4  a server or provider does not answer
    ProviderError            4  a model's provider refused or failed; `.retryable` says whether to try again
        OverBudgetError      4  a workspace's daily budget does not pay for it
"""

from collections.abc import Mapping
from decimal import Decimal


class CampaignbaseError(Exception):
    exit_code = 1


class InputError(CampaignbaseError):
    exit_code = 2


class RuleError(InputError):
    pass


class UnknownLabelError(InputError):
    pass


class NotFoundError(InputError):
    pass


class ExistsError(InputError):
    pass


class NotConfiguredError(CampaignbaseError):
    exit_code = 3


class UnreachableError(CampaignbaseError):
    exit_code = 4


class ProviderError(CampaignbaseError):
    exit_code = 4

    def __init__(
        self,
        message: str,
        *,
        retryable: bool = True,
        retry_after: float | None = None,
        cost: Decimal = Decimal(0),
    ) -> None:
        """`retry_after`: seconds the provider asked for; such a refusal costs no attempt.

        `cost`: US dollars that calls without an answer may have cost, at most.
        """
        super().__init__(message)
        self.cost = cost
        self.retryable = retryable
        self.retry_after = retry_after


class OverBudgetError(ProviderError):
    def __init__(self, message: str, *, fitting: Mapping[str, int], retry_after: float) -> None:
        """`fitting`: how many of its texts do fit, from the first on, of each workspace with too little."""
        super().__init__(message, retry_after=retry_after)
        self.fitting = fitting


class TranslationError(InputError):
    pass
