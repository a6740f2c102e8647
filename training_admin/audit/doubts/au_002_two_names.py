"""AU-002 姓名证件不匹配 · one number under two names, or one name under two numbers with the same phone."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_lines
from training_admin.audit.facts import AuditLine, ClaimAudit


@check(
    id="AU-002", why="借用他人证件参训", needs="花名册的姓名、证件号码、手机号码；其他申报中的同一证件", against="本申报及其他申报的花名册"
)
def au_002(claim: ClaimAudit) -> Iterator[Found]:
    """Looks at readable rows of this claim and at the same number in other claims."""
    by_person: dict[str, list[AuditLine]] = {}
    by_name: dict[tuple[str, str], list[AuditLine]] = {}
    for line in claim.lines:
        if not (line.readable and line.person):
            continue
        by_person.setdefault(line.person, []).append(line)
        if line.phone_key:
            by_name.setdefault((line.name_key, line.phone_key), []).append(line)
    for person, lines in by_person.items():
        elsewhere = [each for each in claim.others.get(person, ()) if each.name_key not in ("", lines[0].name_key)]
        names = ({line.name_key for line in lines} | {each.name_key for each in elsewhere}) - {""}  # erased names say nothing
        if len(names) > 1:
            claims = "、".join(sorted({each.claim_number for each in elsewhere})) or "本申报"
            yield of_lines(lines[0].class_no, lines, 同一证件号码的姓名数=str(len(names)), 另一姓名所在申报=claims)
    for lines in by_name.values():
        numbers = {line.person for line in lines}
        if len(numbers) > 1:
            yield of_lines(lines[0].class_no, lines, 同一姓名和手机号码的证件号码数=str(len(numbers)))
