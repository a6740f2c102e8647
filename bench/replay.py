"""Benchmark of replay: recomputing every decision of a demo district from the database, per line, against the rules alone."""

from bench.claims import stored_facts
from bench.district import bench_database
from bench.measuring import Result, at_most, spent
from training_admin.commands.replay import replay_records
from training_admin.demo.filling import fill_district
from training_admin.subsidy.answers import ask
from training_admin.subsidy.assess import class_works

TRAINEES = 3000
RULE_ROUNDS = 9


async def measured() -> dict[str, Result]:
    """Replay per line ÷ rules per line."""
    async with bench_database() as clock:
        await fill_district(trainees=TRAINEES, seed=1, clock=clock, progress=lambda _people: None)
        _key, facts, _queries = await stored_facts(clock, seed=201, classes=200, people=50)

        works = class_works(facts, {})

        async def by_rules() -> None:
            for line in facts.lines:
                work = works[line.class_no]
                ask(work.line_rules, line, work.context, facts.policy)

        async def by_replay() -> None:
            report = await replay_records(None)
            assert not report.different
            assert report.lines >= TRAINEES

        await by_rules()
        costs = sorted([(await spent(by_rules)).processor for _ in range(RULE_ROUNDS)])
        per_line_rules = costs[RULE_ROUNDS // 2] / len(facts.lines)
        replay = await spent(by_replay)
        return {"replay": at_most(replay.wall / TRAINEES / per_line_rules, 3.0, wall=replay.wall / TRAINEES / per_line_rules)}
