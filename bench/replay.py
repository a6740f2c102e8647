"""Benchmark of replay: recomputing every decision of a demo district from the database, per line, against the rules alone."""

import statistics

from bench.claims import RULE_PASSES, stored_facts
from bench.district import bench_database
from bench.measuring import Result, Spent, at_most, spent
from training_admin.commands.replay import replay_records
from training_admin.demo.filling import fill_district
from training_admin.subsidy.assess import ask_lines, class_works

TRAINEES = 3000
ROUNDS = 5


async def measured() -> dict[str, Result]:
    """Replay per line ÷ rules per line, measured in turn; and what a line of each costs."""
    async with bench_database() as clock:
        await fill_district(trainees=TRAINEES, seed=1, clock=clock, progress=lambda _people: None)
        _key, facts, _queries = await stored_facts(clock, seed=201, classes=200, people=50)
        works = class_works(facts, {})
        lines = [line for line in facts.lines if line.readable]
        replayed = 0

        async def by_rules() -> None:
            for _ in range(RULE_PASSES):
                ask_lines(lines, works)

        async def by_replay() -> None:
            nonlocal replayed
            report = await replay_records(None)
            assert not report.different
            assert report.lines >= TRAINEES
            replayed = report.lines

        await by_rules()
        await by_replay()
        pairs = [(await spent(by_replay), await spent(by_rules)) for _ in range(ROUNDS)]

        def per_line(each: tuple[Spent, Spent]) -> float:
            return (each[0].wall / replayed) / (each[1].wall / len(lines) / RULE_PASSES)

        ratio = statistics.median(per_line(each) for each in pairs)
        replay_line = statistics.median(each.wall for each, _rules in pairs) / replayed * 1e6
        rules_line = statistics.median(each.wall for _replay, each in pairs) / len(lines) / RULE_PASSES * 1e6
        return {
            "replay": at_most(ratio, 3.0, wall=ratio),
            "replay_microseconds": Result(round(replay_line, 1), "told beside replay", "microseconds a line", holds=True),
            "rules_microseconds": Result(round(rules_line, 2), "told beside replay", "microseconds a line", holds=True),
        }
