"""AU-080 超出备案职业工种 · the institution is not registered for the occupation of the class."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_class
from training_admin.audit.facts import ClaimAudit


@check(id="AU-080", why="培训机构超出登记的职业（工种）开班", needs="培训机构登记的职业（工种）", against="培训机构登记信息")
def au_080(claim: ClaimAudit) -> Iterator[Found]:
    """Says nothing about an institution that has not been delivered or a class without occupation."""
    for klass in claim.classes:
        institution = None if klass.filing is None or klass.filing.institution is None else claim.institutions.get(klass.filing.institution)
        if institution is None or klass.occupation is None or klass.occupation in institution.occupations:
            continue
        registered = "、".join(institution.occupations) or "无"
        yield of_class(claim, klass, 培训机构=institution.name, 班级职业编码=klass.occupation, 登记职业编码=registered)
