"""AU-084 班级超员 · more people in a class than its limit."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_class
from training_admin.audit.facts import ClaimAudit
from training_admin.catalog.parameters import CLASS_SIZE_MAX


@check(id="AU-084", why="超出核定班额开班", needs="备案人数、花名册人数", against="开班备案、花名册")
def au_084(claim: ClaimAudit) -> Iterator[Found]:
    """The larger of the people filed and the different persons on the roster."""
    for klass in claim.classes:
        if klass.start is None:
            continue
        people = {line.person for line in claim.lines_of.get(klass.class_no, ()) if line.person}
        most = claim.policy.at(CLASS_SIZE_MAX, klass.start)
        if max(klass.enrolled, len(people)) > most:
            yield of_class(claim, klass, 备案人数=str(klass.enrolled), 花名册人数=str(len(people)), 班额上限=str(most))
