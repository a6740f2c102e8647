"""Faults of how claims were handled and paid, of visits and of a period: rows as reviewing, paying and visiting leave them."""

from collections import Counter
from datetime import date, timedelta

import msgspec

from tests.audit.recall_classes import Run, instant
from tests.audit.recall_seed import Seeded
from training_admin.database import copy_rows, fetch_tuples, write_transaction
from training_admin.demo.district import CLAIM_DAY

PERIOD = (date(2026, 1, 1), date(2026, 12, 31))
NOTICE_ENDS = date(2026, 4, 10)
WHOLE_FEN = 100_000
TIMES = 2
# Acts with their hands, in order; who accepts may review first.
IN_ORDER = (("accept", "a"), ("first", "a"), ("second", "b"), ("determine", "c"))
BY_ONE = (
    (("accept", "a"), ("first", "b"), ("second", "a"), ("determine", "c")),
    (("accept", "a"), ("first", "b"), ("second", "c"), ("determine", "b")),
    (("accept", "a"), ("first", "b"), ("send_back", "c"), ("first", "b"), ("second", "b"), ("determine", "c")),
)


class Payment(msgspec.Struct):
    """One case in a batch: the day of its payment, the end of its notice, how often it is objected to without answer, its account."""

    place: int
    account: bytes
    paid_on: date | None = NOTICE_ENDS + timedelta(days=3)
    notice_ends: date | None = NOTICE_ENDS
    objections: int = 0
    fen: int = WHOLE_FEN
    owed_fen: int = WHOLE_FEN


class Batch(msgspec.Struct):
    """A batch with its payments; `total_fen` None is the sum of them."""

    number: str
    sent_on: date
    payments: list[Payment]
    total_fen: int | None = None


class Handling:
    """The claims of one seed that were handled and paid, each drawn once."""

    def __init__(self, seeded: Seeded) -> None:
        self.seeded, self.chance = seeded, seeded.chance
        whole = {each.subject for each in seeded.labels if not each.class_no}
        claims = Counter(claim.firm.uscc for claim in seeded.claims)
        self.free = [
            place for place, claim in enumerate(seeded.claims) if not claim.label and place not in whole and claims[claim.firm.uscc] == 1
        ]
        self.chance.shuffle(self.free)
        self.acts: list[tuple[int, tuple[tuple[str, str], ...]]] = []
        self.batches: list[Batch] = []

    def payment(self) -> Payment:
        """A payment of a claim as it should be."""
        return Payment(self.free.pop(), self.chance.randbytes(32))

    def batch(self, *payments: Payment, sent_on: date = NOTICE_ENDS + timedelta(days=2)) -> Batch:
        """A batch as it should be."""
        self.batches.append(Batch(f"PC2026{len(self.batches) + 1:04d}", sent_on, list(payments)))
        return self.batches[-1]

    def put_faults(self) -> None:
        """Every fault twice, and cases in which everything is in order."""
        self.batch(*(self.payment() for _ in range(4)))
        for _ in range(TIMES):
            self.acts.append((self.free.pop(), IN_ORDER))
            place = self.free.pop()
            self.acts.append((place, self.chance.choice(BY_ONE)))
            self.seeded.label(place, "AU-075")
            self._too_early()
            self._one_account()
            self._other_sum()
            self._returned()

    def _too_early(self) -> None:
        early, objected, unannounced, last = (self.payment() for _ in range(4))
        early.paid_on = NOTICE_ENDS - timedelta(days=self.chance.randrange(3))
        objected.objections = 1
        unannounced.notice_ends = None
        last.paid_on = NOTICE_ENDS + timedelta(days=1)
        self.batch(early, objected, unannounced, last)
        for each in (early, objected, unannounced):
            self.seeded.label(each.place, "AU-074")

    def _one_account(self) -> None:
        one, two = self.payment(), self.payment()
        two.account = one.account
        self.batch(one, two)
        for each in (one, two):
            self.seeded.label(each.place, "AU-065")

    def _other_sum(self) -> None:
        total = self.batch(self.payment(), self.payment())
        total.total_fen = 2 * WHOLE_FEN + self.chance.choice((-1, 1, 500))
        owed = self.batch(self.payment(), self.payment())
        owed.payments[0].owed_fen += self.chance.choice((-100, 100))
        for each in (total, owed):
            self.seeded.label(each.number, "AU-076")

    def _returned(self) -> None:
        for days in (self.chance.randrange(31, 90), 30):
            back = self.payment()
            back.paid_on = None
            batch = self.batch(back, self.payment(), sent_on=CLAIM_DAY - timedelta(days=days))
            if days > 30:
                self.seeded.label(batch.number, "AU-077")


def put_visit_faults(seeded: Seeded, runs: list[Run]) -> None:
    """Two institutions with too many failed classes, one with few; and classes that nobody has visited."""
    by_institution: dict[str, list[Run]] = {}
    for run in runs:
        by_institution.setdefault(run.klass.filing.institution or "", []).append(run)
    schools = sorted(code for code, taught in by_institution.items() if len(taught) > 4)
    *bad, fair = seeded.chance.sample(schools, 3)
    for code in bad:
        for run in seeded.chance.sample(by_institution[code], len(by_institution[code]) // 5 + 1):
            run.visits[0].passed = False
        seeded.label(code, "AU-086")
    by_institution[fair][0].visits[0].passed = False
    seeded.label("至".join(day.isoformat() for day in PERIOD), "AU-091")


async def keep_handling(handling: Handling, numbers: list[str]) -> None:
    """Store acts, batches, payments and objections, in one transaction."""
    async with write_transaction():
        keys = dict(await fetch_tuples("SELECT number, id FROM claim WHERE number = ANY($1)", numbers))
        await copy_rows(
            "claim_act",
            ("claim", "place", "act", "from_state", "to_state", "doer", "done_by", "hands", "done_at", "detail"),
            [
                (keys[numbers[place]], 100 + turn, act, "x", "x", "t", "t", [hand], instant(CLAIM_DAY, turn), "{}")
                for place, acts in handling.acts
                for turn, (act, hand) in enumerate(acts)
            ],
        )
        for batch in handling.batches:
            await _keep_batch(handling, batch, numbers)


async def _keep_batch(handling: Handling, batch: Batch, numbers: list[str]) -> None:
    made = instant(batch.sent_on, 600)
    total = sum(each.fen for each in batch.payments) if batch.total_fen is None else batch.total_fen
    ((key,),) = await fetch_tuples(
        """INSERT INTO payment_batch (number, year, state, moved, total_fen, item_count, maker, made_by, hands, made_at, sent_at)
           VALUES ($1, 2026, 'sent', 0, $2, $3, 't', 't', '{t}', $4, $4) RETURNING id""",
        *(batch.number, total, len(batch.payments), made),
    )
    for each in batch.payments:
        number, firm = numbers[each.place], handling.seeded.claims[each.place].firm
        ((item,),) = await fetch_tuples(
            """INSERT INTO payment_item (batch, payee, payee_name, fen, netted_fen, sealed_account, account_hash, state, paid_on)
               VALUES ($1, $2, $3, $4, 0, '', $5, $6, $7) RETURNING id""",
            *(key, firm.uscc, firm.name, each.fen, each.account, "failed" if each.paid_on is None else "paid", each.paid_on),
        )
        await fetch_tuples(
            """INSERT INTO payable (subject, case_no, year, payee, payee_name, fen, state, since, notice_ends, sealed_account,
                   account_hash, item)
               VALUES ($1 || '/1', $1, 2026, $2, $3, $4, $5, $6, $7, '', $8, $9) RETURNING id""",
            *(number, firm.uscc, firm.name, each.owed_fen, "failed" if each.paid_on is None else "paid", made, each.notice_ends),
            *(each.account, item),
        )
        if each.objections:
            await _objected(number, each)


async def _objected(number: str, payment: Payment) -> None:
    ends = payment.notice_ends or NOTICE_ENDS
    ((notice,),) = await fetch_tuples(
        """INSERT INTO public_notice (number, kind, title, content, posted_on, ends_on, state, poster, posted_at)
           VALUES ('GS' || $1, 'claims', '公示', '{}', $2::date - 7, $2, 'posted', 't', $3) RETURNING id""",
        *(number, ends, instant(ends, 0)),
    )
    await fetch_tuples("INSERT INTO notice_case (notice, case_no) VALUES ($1, $2) RETURNING id", notice, number)
    await fetch_tuples(
        """INSERT INTO notice_objection (number, notice, case_no, sealed_words, at) VALUES ('YY' || $1, $2, $1, '', $3) RETURNING id""",
        *(number, notice, instant(ends, 60)),
    )
