"""Checking a pack before it can be adopted: its choices name things that exist, and every case comes out as it says."""

from collections.abc import Collection

import msgspec

from training_admin.kit.dated import Policy
from training_admin.policy.examples import Example, ExampleResult, ExamplesUnreadable, Workbench, run_examples
from training_admin.policy.packs import PackProblem, PolicyPack


class PackCheck(msgspec.Struct, frozen=True):
    """What the check found: problems with the choices of the pack, and the results of its cases."""

    pack: str
    version: str
    figures: int
    problems: tuple[PackProblem, ...]
    cases: tuple[ExampleResult, ...]

    @property
    def failing(self) -> tuple[str, ...]:
        """The cases that do not come out as they say."""
        return tuple(case.id for case in self.cases if not case.holds)

    @property
    def adoptable(self) -> bool:
        """Whether the pack may be adopted: no problem, at least one case, all of them holding."""
        return not self.problems and bool(self.cases) and not self.failing


def check_pack(
    pack: PolicyPack, bench: Workbench, *, formulas: Collection[str], streams: Collection[str], rules: Collection[str]
) -> PackCheck:
    """Check a pack against the formulas, streams and rules that exist, and run its cases with its own figures."""
    problems = _choices(pack, formulas=formulas, streams=streams, rules=rules)
    cases: list[ExampleResult] = []
    try:
        examples = msgspec.convert(pack.file.cases, tuple[Example, ...])
        cases = run_examples(examples, _with_own_figures(pack, bench))
    except msgspec.ValidationError as error:
        problems.append(PackProblem(0, "cases", f"案例缺少栏目或类型不符：{error}"))
    except ExamplesUnreadable as refusal:
        problems += [PackProblem(0, f"cases.{each['example']}.{each['where']}", each["message"]) for each in refusal.extra["problems"]]
    if not pack.file.cases:
        problems.append(PackProblem(0, "cases", "至少应有一个案例"))
    return PackCheck(
        pack=pack.file.pack,
        version=pack.file.version,
        figures=len(pack.policy.values),
        problems=tuple(problems),
        cases=tuple(cases),
    )


def _choices(pack: PolicyPack, *, formulas: Collection[str], streams: Collection[str], rules: Collection[str]) -> list[PackProblem]:
    file = pack.file
    problems = [
        PackProblem(0, f"formulas.{stream}", "没有这个培训类别或公式")
        for stream, formula in file.formulas.items()
        if stream not in streams or formula not in formulas
    ]
    named = [*((f"effects.{rule}", rule) for rule in file.effects), *((f"rules_off.{rule}", rule) for rule in file.rules_off)]
    problems += [PackProblem(0, place, "没有这条规则") for place, rule in named if rule not in rules]
    return problems


def _with_own_figures(pack: PolicyPack, bench: Workbench) -> Workbench:
    """Cases that name the pack itself take the figures being checked, not those of a shipped pack of the same name."""

    def policy_of(name: str) -> Policy:
        return pack.policy if name == pack.file.pack else bench.policy_of(name)

    return msgspec.structs.replace(bench, policy_of=policy_of)
