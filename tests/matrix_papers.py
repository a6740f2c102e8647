"""Own and foreign objects of notices, papers and measured quality, for the matrix."""

from collections.abc import Awaitable, Callable

from tests.matrix_classes import ClassObjects, Pair
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import DEMO
from training_admin.office import notice_store
from training_admin.subsidy import papers, quality_store, review_store
from training_admin.subsidy.notice_facts import SUBSIDY, NoticeContent
from training_admin.subsidy.quality_facts import DecidedLine, FirstOutcome

NO_OBJECTION = "YY20269999-00000000"
NOTHING_KEY = "999999"


class PaperObjects(ClassObjects):
    """What the pairs of notices, papers and reviews need to know."""

    made: int
    # A claim in the person's scope, and one outside of it.
    claim: Callable[[], Awaitable[Pair]]

    def paper_makers(self) -> tuple[tuple[str, str, Callable[[], Awaitable[Pair]]], ...]:
        """Beginning of an address, parameter, and what makes the pair."""
        return (
            ("/notice-office/", "number", self.notice),
            ("/notice-office/", "objection", self.objection),
            ("/papers/", "paper", self.paper),
            ("/second-reviews/", "draw", self.drawn),
            ("/second-review-rows/", "review", self.drawn_row),
            ("/ratings/", "rating", self.rating),
            ("/api/v1/claims/", "appeal", self.no_appeal),
            ("/api/v1/notice-office/", "number", self.notice),
            ("/api/v1/notice-office/", "objection", self.no_objection),
            ("/api/v1/papers/", "paper", self.paper),
            ("/api/v1/second-reviews/", "draw", self.drawn),
            ("/api/v1/second-review-rows/", "review", self.drawn_row),
            ("/api/v1/ratings/", "rating", self.rating),
            ("/api/v1/offers/", "year", self.no_offer),
        )

    @retried
    async def notice(self) -> Pair:
        """A notice of nothing, and none."""
        self.made += 1
        number, today = f"GS2026{self.person.account.id:02d}{self.made:02d}", self.clock.today()
        content = NoticeContent((), 5, "测试", "已核", "暂定", assumed=True)
        async with write_transaction():
            await notice_store.add_notice(
                *(number, SUBSIDY, "测试", content), cases=[], posted_on=today, ends_on=today, poster="测试", at=self.clock.now()
            )
        return number, "GS20269999"

    async def objection(self) -> Pair:
        """A form without an answer is refused before the objection is looked for."""
        return NO_OBJECTION, "YY20268888-00000000"

    async def no_objection(self) -> Pair:
        """A notice of nothing is objected to by nobody."""
        return "0", "YY20268888-00000000"

    async def no_appeal(self) -> Pair:
        """No decision was appealed against."""
        return "0", "FH202699999"

    async def no_offer(self) -> Pair:
        """Nobody has a closed class that could be claimed by a confirmation."""
        return "0", "2031"

    async def paper(self) -> Pair:
        """A paper of a claim in the person's scope, and one of another claim or none."""
        own, foreign = await self.claim()
        return await self._paper_of(own), NOTHING_KEY if foreign == "SJ2026999999" else await self._paper_of(foreign)

    async def _paper_of(self, number: str) -> str:
        return str(await papers.make_paper(DEMO, number, "application", maker="测试", clock=self.clock))

    @retried
    async def drawn(self) -> Pair:
        """A row drawn for a second review, and no draw."""
        self.made += 1
        number, (case, _foreign) = f"FS2026{self.person.account.id:02d}{self.made:02d}", await self.claim()
        async with write_transaction():
            claim = await review_store.claim_by_number(case, None)
            line = DecidedLine(case, 10, FirstOutcome.PAID)
            await quality_store.add_draw(number, "0" * 64, [(claim.id, line)], at=self.clock.now())
        return number, "FS20269999"

    async def drawn_row(self) -> Pair:
        """A drawn row, and none."""
        number, _none = await self.drawn()
        async with read_transaction():
            return str((await quality_store.drawn_rows(number))[0].id), NOTHING_KEY

    @retried
    async def rating(self) -> Pair:
        """A rating without a reply, and none."""
        case, _foreign = await self.claim()
        async with write_transaction():
            claim = await review_store.claim_by_number(case, None)
            await quality_store.add_rating(claim.id, "decision", 5, "", at=self.clock.now(), reply_by=None)
            return str((await quality_store.ratings(claim.id))[0].id), NOTHING_KEY
