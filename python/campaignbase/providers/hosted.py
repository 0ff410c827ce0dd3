"""The way of every hosted analyst: when to ask, when to ask again, when to leave alone, what it cost.

The SDKs repeat nothing themselves: they wait longer than a lease lasts, and repeat what is out of money. Here

- all calls of one `analyze` end by its deadline, which is shorter than the lease of the jobs;
- what was refused for now is asked again, after the pause the provider asked for or a random one, at most a
  tenth of all calls; what may have been billed is not asked again, so a call costs what it was estimated at;
- out of money ends it, at once and for a minute;
- what arrives is read by core.answer, once: what is not as agreed is no label, with the reason.
"""

import asyncio
import random
import secrets
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from campaignbase.core.answer import GARBAGE, RefusedError, read_answer
from campaignbase.core.breaker import Breaker, Repetitions
from campaignbase.core.prices import Price, price_of
from campaignbase.core.prompt import CONTENT_CHARACTERS, FIXED_BYTES, PROMPT_VERSION, Prompt, build_prompt
from campaignbase.core.text import visible
from campaignbase.errors import NotConfiguredError, ProviderError
from campaignbase.models import Analysis, AnalysisRequest, Failure, LabelChoice
from campaignbase.ports import Clock
from campaignbase.providers import lists
from campaignbase.providers.replies import OutOfMoneyError, Reply, TroubleError
from campaignbase.providers.retry_after import retry_after

DEADLINE = 45.0  # seconds, all calls of one `analyze`; with an embedder's 60 below a lease of 120
CALL_SECONDS = 20.0  # for one answer
AT_ONCE = 8  # calls under way
MAX_CALLS = 3  # one and its repetitions
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds between them, doubled each time, full jitter
LATER = 30.0  # seconds, up to twice that, until a job comes back that a provider was too busy for
PATIENCE = 5.0  # seconds to wait for a provider that is left alone, before the jobs wait instead
LONGEST_QUIET = 300.0  # seconds without a call to a provider that asked for that or more
MONEY_QUIET = 60.0  # seconds without a call to a provider that wants money
ENVELOPE_TOKENS = 200  # of a question, beside its bytes: roles, separators
ANSWER_TOKENS = 1_000
THINKING_TOKENS = 4_000  # beside them, of models that cannot be kept from it


class HostedAnalyst(ABC):
    """Implements ports.Analyst; a provider's class says how one call is made."""

    prompt_version = PROMPT_VERSION
    vendor: str
    default_model: str
    hint: str  # what to set where the key is refused

    def __init__(
        self,
        api_key: str,
        model: str | None = None,
        base_url: str | None = None,
        *,
        clock: Clock,
        prices: str | None = None,
        language: str | None = None,
        deadline: float = DEADLINE,
        call_seconds: float = CALL_SECONDS,
        at_once: int = AT_ONCE,
    ) -> None:
        """
        Args:
            prices: as core.prices.price_of takes them.
            language: of the reasons, ISO 639-1; None: that of each content.
            deadline: seconds after which `analyze` has answered or raised.
        Raises:
            NotConfiguredError: the price of the model is not known.
            InputError: `prices` cannot be read.
        """
        self.name = model or self.default_model
        self.price: Price = price_of(self.name, prices)
        self._key = api_key
        self._base_url = base_url
        self._clock = clock
        self._language = language
        self._deadline = deadline
        self._call_seconds = call_seconds
        self._free = asyncio.Semaphore(at_once)
        self._breaker = Breaker()
        self._repetitions = Repetitions()
        self._no_money: tuple[float, str] | None = None  # until when, why
        self._said = ""  # by the last call that failed
        self._client: Any = None  # the SDK's, opened when first used
        self.calls = 0  # made, repetitions included
        self.repeated = 0

    @property
    def provider(self) -> str:
        """For messages to who runs it; `vendor` alone goes into reasons."""
        return f"{self.vendor} at {self._base_url}" if self._base_url else self.vendor

    @property
    @abstractmethod
    def output_tokens(self) -> int:
        """That one answer has at most, what the model thinks included."""

    @abstractmethod
    def open(self) -> Any:
        """The SDK's client.

        Raises:
            NotConfiguredError: its package is missing.
        """

    @abstractmethod
    def body(self, prompt: Prompt) -> dict[str, Any]:
        """Of the call, and of the same call in a batch."""

    @abstractmethod
    def reply(self, found: dict[str, Any]) -> Reply:
        """What the provider's envelope says, of a call or of a line of a batch."""

    @abstractmethod
    async def _ask(self, prompt: Prompt, seconds: float) -> Reply:
        """One call.

        Raises:
            TroubleError, OutOfMoneyError: see there.
            RefusedError: of this text, for good.
            NotConfiguredError: the key or the model is refused.
        """

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    def estimate(self, requests: Sequence[AnalysisRequest]) -> Decimal:
        return sum((self.at_most(self.prompt(request)) for request in requests), Decimal(0))

    def prompt(self, request: AnalysisRequest) -> Prompt:
        language = self._language or lists.language(request.text[:CONTENT_CHARACTERS])
        return build_prompt(request, nonce=secrets.token_hex(8), language=language)

    def at_most(self, prompt: Prompt, *, batch: bool = False) -> Decimal:
        """No tokenizer makes more than one token of a byte."""
        tokens = len(prompt.text.encode()) + FIXED_BYTES + ENVELOPE_TOKENS
        return self.price.at_most(tokens, self.output_tokens, batch=batch)

    async def analyze(self, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
        self.open()  # loads the SDK when first used, which is no time of the provider's
        until = self._clock.monotonic() + self._deadline
        tasks = [asyncio.create_task(self._analyze(request, until)) for request in requests]
        try:
            answers = list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        failures = [answer.failure for answer in answers if answer.failure is not None]
        if failures and len(failures) == len(answers):
            waits = [failure.retry_after for failure in failures if failure.retry_after is not None]
            raise ProviderError(
                failures[0].message,
                retryable=not all(failure.permanent for failure in failures),
                retry_after=max(waits, default=None),
                cost=sum((answer.cost or Decimal(0) for answer in answers), Decimal(0)),
            )
        return answers

    async def _analyze(self, request: AnalysisRequest, until: float) -> Analysis:
        await asyncio.sleep(0)  # a signal may be waiting
        prompt = self.prompt(request)
        try:
            async with asyncio.timeout(max(0.0, until - self._clock.monotonic())):
                await self._free.acquire()
        except TimeoutError:
            return self._late()
        try:
            return await self._repeatedly(prompt, until)
        finally:
            self._free.release()

    async def _repeatedly(self, prompt: Prompt, until: float) -> Analysis:
        number = 0
        while True:
            waiting = await self._let_through(until)
            if waiting is not None:
                return waiting
            number += 1
            if number == 1:
                self._repetitions.called()
            try:
                return await self._once(prompt, until)
            except TroubleError as trouble:
                self._said = str(trouble)
                cost = self.at_most(prompt) if trouble.billed else None
                left = until - self._clock.monotonic()
                jitter = random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (number - 1)))
                pause = jitter if trouble.after is None else trouble.after
                if trouble.after is not None:
                    now = self._clock.monotonic()
                    self._breaker.leave_alone(now, min(trouble.after, LONGEST_QUIET))
                again = not trouble.billed and number < MAX_CALLS and pause < left
                if not again or not self._repetitions.take():
                    later = random.uniform(LATER, 2 * LATER) if trouble.busy else None
                    wait = later if trouble.after is None else trouble.after
                    return Analysis(failure=Failure(str(trouble), retry_after=wait), cost=cost)
                self.repeated += 1
                await self._clock.sleep(pause)

    async def _let_through(self, until: float) -> Analysis | None:
        """None: the call may be made. It waits a little for a provider that is left alone."""
        while True:
            now = self._clock.monotonic()
            if now >= until:
                return self._late()
            if self._no_money is not None and now < self._no_money[0]:
                return Analysis(failure=Failure(self._no_money[1], permanent=True))
            wait = self._breaker.wait(now)
            if wait <= 0:
                return None
            if wait > PATIENCE or now + wait >= until:
                message = f"{self.provider} is left alone, {wait:.3g} s more; it said: {self._said}"
                return Analysis(failure=Failure(message, retry_after=wait))
            await self._clock.sleep(wait)

    async def _once(self, prompt: Prompt, until: float) -> Analysis:
        seconds = max(0.0, min(self._call_seconds, until - self._clock.monotonic()))
        self.calls += 1
        try:
            async with asyncio.timeout(seconds):
                reply = await self._ask(prompt, seconds)
        except TimeoutError:
            self._breaker.failed(self._clock.monotonic())
            raise TroubleError(
                f"{self.provider} did not answer within {seconds:.3g} s", billed=True
            ) from None
        except TroubleError:
            self._breaker.failed(self._clock.monotonic())
            raise
        except OutOfMoneyError as error:
            self._breaker.left()
            self._no_money = (self._clock.monotonic() + MONEY_QUIET, str(error))
            return Analysis(failure=Failure(str(error), permanent=True))
        except RefusedError as refused:  # before a model saw it
            self._breaker.failed(self._clock.monotonic())
            self._said = str(refused)
            return self.refused(refused, None)
        except BaseException:
            self._breaker.left()
            raise
        return self._read(prompt, reply)

    def _read(self, prompt: Prompt, reply: Reply) -> Analysis:
        if reply.trouble is not None and reply.trouble[0] in GARBAGE:
            self._said = reply.trouble[1]
            self._breaker.failed(self._clock.monotonic())
        else:
            self._breaker.answered()
        return self.judge(prompt, reply, self.at_most(prompt))

    def judge(self, prompt: Prompt, reply: Reply, at_most: Decimal, *, batch: bool = False) -> Analysis:
        """The labels of a reply, or none with the reason; and what it cost, `at_most` where nobody knows."""
        cost = at_most if reply.usage is None else self.price.cost(reply.usage, batch=batch)
        try:
            if reply.trouble is not None:
                raise RefusedError(*reply.trouble)
            answer = read_answer(reply.text, prompt)
        except RefusedError as refused:
            return replace(self.refused(refused, cost), usage=reply.usage)
        return replace(
            answer, cost=cost, usage=reply.usage, model=self.name, prompt_version=self.prompt_version
        )

    def refused(self, refused: RefusedError, cost: Decimal | None) -> Analysis:
        return Analysis(
            category=LabelChoice(reasons=(f"no label: {self.name}: {refused}",)),
            cost=cost,
            model=self.name,
            prompt_version=self.prompt_version,
            refused=refused.name,
        )

    def _late(self) -> Analysis:
        message = f"{self.provider} could not be asked within {self._deadline:.3g} s"
        return Analysis(failure=Failure(message, retry_after=random.uniform(1, LATER)))

    def meant(self, error: Exception) -> Exception:
        """What an error of the client means to us."""
        import httpx2

        cause = error.__cause__ if isinstance(error.__cause__, httpx2.HTTPError) else error
        if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout):
            return TroubleError(f"{self.provider} cannot be reached: {cause}", busy=True)
        if isinstance(cause, httpx2.TimeoutException):
            return TimeoutError()
        if isinstance(cause, httpx2.HTTPError):  # it began, so it may be billed
            reason = str(cause) or type(cause).__name__
            return TroubleError(f"{self.provider} broke off: {reason}", busy=True, billed=True)
        return error

    def status(
        self, status: int, said: str, codes: Collection[str], headers: Mapping[str, str], *, money: bool
    ) -> Exception:
        """What a refused call means; none of these is billed."""
        said = " ".join(visible(said).split())[:300].replace(self._key, "***")
        code = next(iter(codes), "")
        message = f"{self.provider} refuses: {status} {code and f'{code}: '}{said}"
        if money:
            return OutOfMoneyError(f"{message}; top up or raise the limit")
        if status in (400, 413, 422):
            return RefusedError("refused", f"{self.vendor} refuses the text: {status} {said}")
        # a 403 without a word of the provider's is somebody's on the way, about one text
        if status in (401, 404, 405) or (status == 403 and codes):
            hints = {404: f"it must serve the model {self.name}"}
            return NotConfiguredError(f"{message}; {hints.get(status, self.hint)}")
        after = retry_after(headers, self._clock.now())
        return TroubleError(message, busy=status in (429, 503, 529), after=after)
