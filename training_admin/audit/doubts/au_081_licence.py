"""AU-081 资质过期或借用 · the licence of the institution ended before the class did."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, day_text, of_class
from training_admin.audit.facts import ClaimAudit


@check(id="AU-081", why="借用资质、资质过期开班", needs="培训机构许可有效期（机构参保人数到位后再查空壳机构）", against="培训机构登记信息")
def au_081(claim: ClaimAudit) -> Iterator[Found]:
    """Says nothing where the end of the licence is not known."""
    for klass in claim.classes:
        institution = None if klass.filing is None or klass.filing.institution is None else claim.institutions.get(klass.filing.institution)
        if institution is None or institution.licence_to is None or klass.end is None or institution.licence_to >= klass.end:
            continue
        yield of_class(claim, klass, 培训机构=institution.name, 许可有效期至=day_text(institution.licence_to), 结业日期=day_text(klass.end))
