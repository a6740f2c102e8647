"""AU-075 受理审核同一人 · one person accepted and approved a claim."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_claim
from training_admin.audit.facts import ClaimAudit

ACCEPT = "accept"
DECIDING = {"first": "初审", "second": "复审", "determine": "审定"}
# Taken up anew: who decided before does not count any more.
AGAIN = frozenset({"send_back", "reopen", "stop_notice"})


@check(id="AU-075", why="不相容岗位由一人办理", needs="办理过程", against="财社〔2023〕181号第二十五条")
def au_075(claim: ClaimAudit) -> Iterator[Found]:
    """Acceptance and second review or determination, or two decisions of one round, by one hand; one may accept and review first."""
    before: list[tuple[str, frozenset[str]]] = []
    for act, hands in claim.handled.hands:
        if act in AGAIN:
            before = [each for each in before if each[0] == ACCEPT]
        elif act in DECIDING:
            twice = [earlier for earlier, others in before if hands & others and not (earlier == ACCEPT and act == "first")]
            if twice:
                yield of_claim(claim, 前一环节="、".join(DECIDING.get(each, "受理") for each in twice), 后一环节=DECIDING[act])
            before.append((act, hands))
        elif act == ACCEPT:
            before.append((act, hands))
