"""AU-042 签到时间异常整齐 · a whole class signs in within a few seconds."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_class
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.parameters import AUDIT_SIGN_PEOPLE
from training_admin.audit.run_words import session_word

# The list's own formula: a standard deviation below three seconds.
SECONDS = 3


@check(id="AU-042", why="签到由程序或一人代办", needs="扫码签到的时刻", against="签到记录")
def au_042(claim: ClaimAudit) -> Iterator[Found]:
    """The variance over the sign-ins of one session, in whole numbers; a few people can be quick together."""
    for klass, run in claim.run():
        tidy = []
        for each in run.signed:
            if each.people < claim.policy.at(AUDIT_SIGN_PEOPLE, each.day):
                continue
            if each.people * each.squares - each.seconds**2 < SECONDS**2 * each.people**2:
                tidy.append(f"{session_word(each.day, each.starts)} {each.people}人")
        if tidy:
            yield of_class(claim, klass, 课次=f"{'、'.join(tidy[:8])}", 课次数=str(len(tidy)))
