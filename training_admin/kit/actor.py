"""Who acts: every service takes an actor, asks what he may, and the trail keeps his key."""

from enum import StrEnum

import msgspec

from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Reach, Right, Role, holders_of, reach_of
from training_admin.kit.role_words import ROLE_WORDS


class NotAllowed(Refusal):
    """The actor's roles do not give this right."""

    status = 403
    code = "not-allowed"
    title = "没有办理权限"


class NotSignedIn(Refusal):
    """Nobody is signed in, and the act needs to know who acts."""

    status = 401
    code = "not-signed-in"
    title = "尚未登录"


class NotYetApproved(Refusal):
    """The actor's organisation has registered but is not approved yet: drafts and pre-check work, acts do not."""

    status = 403
    code = "organisation-not-approved"
    title = "单位注册尚未核准"


class StepUpNeeded(Refusal):
    """The act asks for a fresh proof of who is at the keyboard."""

    status = 403
    code = "step-up-needed"
    title = "需要再次确认身份"


class SamePersonTwice(Refusal):
    """Proposing and approving are incompatible duties (财社〔2023〕181号 art. 25)."""

    status = 403
    code = "same-person-twice"
    title = "不相容岗位须由两人办理"


class ActorKind(StrEnum):
    """What sort of actor it is."""

    PERSON = "person"
    TOKEN = "token"  # noqa: S105 - a kind, no secret
    COMMAND = "command"
    JOB = "job"
    DEMO = "demo"
    VISITOR = "visitor"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts. `key` is stable and no personal data; `name` is what the screen shows.

    `organisation` is the business code of the organisation he belongs to, or acts for; `organisations` those of his assignments, None
    for an assignment to the whole district. `acts_for` is the key of the colleague or the code of the enterprise he stands in for.
    `rights` narrows what the roles give (tokens), None does not. `person` is the key of his own records.
    """

    kind: ActorKind
    key: str
    name: str
    organisation: str | None = None
    organisation_name: str = ""
    roles: frozenset[Role] = frozenset()
    organisations: frozenset[str] | None = frozenset()
    acts_for: str | None = None
    acts_for_name: str = ""
    rights: frozenset[Right] | None = None
    person: str | None = None
    approved: bool = True
    stepped_up: bool = False
    account: int | None = None
    session: int | None = None

    @property
    def is_program(self) -> bool:
        """Whether the operator of the machine acts through a command, a job or the demo: he has every right."""
        return self.kind in {ActorKind.COMMAND, ActorKind.JOB, ActorKind.DEMO}

    @property
    def trail_key(self) -> str:
        """The key for the trail: both names where one stands in for another."""
        return self.key if self.acts_for is None else f"{self.key} for {self.acts_for}"

    @property
    def hands(self) -> frozenset[str]:
        """Everybody whose hand is in what this actor does: himself and whom he stands in for."""
        return frozenset({self.key}) if self.acts_for is None else frozenset({self.key, self.acts_for})

    def reach(self, right: Right) -> Reach | None:
        """How far a right reaches for this actor; None when he does not have it."""
        if self.is_program:
            return Reach.DISTRICT
        if self.rights is not None and right not in self.rights:
            return None
        return reach_of(self.roles, right)


class Scope(msgspec.Struct, frozen=True):
    """Whose objects an actor may see for one right; `organisations` is None for the whole district. Queries take it."""

    organisations: frozenset[str] | None

    @property
    def codes(self) -> list[str] | None:
        """The codes as a query argument; None means all."""
        return None if self.organisations is None else sorted(self.organisations)

    def covers(self, organisation: str) -> bool:
        """Whether an organisation's objects may be seen."""
        return self.organisations is None or organisation in self.organisations


COMMAND_LINE = Actor(kind=ActorKind.COMMAND, key="command-line", name="命令行")
WORKER = Actor(kind=ActorKind.JOB, key="worker", name="后台任务")
DEMO = Actor(kind=ActorKind.DEMO, key="demo", name="演示数据")
VISITOR = Actor(kind=ActorKind.VISITOR, key="visitor", name="访客")


def may(actor: Actor, right: Right) -> bool:
    """Whether the actor has a right at all; what he may do it to is the scope's business."""
    return actor.reach(right) is not None


def assert_may(actor: Actor, right: Right) -> None:
    """Raises NotSignedIn, NotAllowed naming the roles that may."""
    if may(actor, right):
        return
    if actor.kind is ActorKind.VISITOR:
        raise NotSignedIn("请先登录，再办理这项业务。")
    roles = "、".join(ROLE_WORDS[role] for role in holders_of(right))
    raise NotAllowed(f"您的岗位不能办理这项业务，须由以下岗位办理：{roles}。如岗位有变动，请联系本单位负责人或安全管理员。")


def scope_of(actor: Actor, right: Right) -> Scope:
    """Whose objects the actor may see; raises NotSignedIn, NotAllowed."""
    assert_may(actor, right)
    reach = actor.reach(right)
    if reach is Reach.DISTRICT:
        return Scope(None)
    if reach is Reach.ASSIGNED:
        return Scope(actor.organisations)
    return Scope(frozenset() if actor.organisation is None else frozenset({actor.organisation}))


def assert_own(actor: Actor, right: Right, organisation: str, missing: NotFound) -> None:
    """Raises `missing` for an object outside the scope, so that what is not his does not exist for him."""
    if not scope_of(actor, right).covers(organisation):
        raise missing


def assert_approved(actor: Actor) -> None:
    """Raises NotYetApproved while the organisation's registration waits for its decision."""
    if not actor.approved:
        raise NotYetApproved("贵单位的注册正在核准，核准前可以预检申报表，但不能提交。核准结果会在消息中告知。")


def assert_stepped_up(actor: Actor) -> None:
    """Raises StepUpNeeded unless the person has just proved who he is; a token never has."""
    if not (actor.stepped_up or actor.is_program):
        raise StepUpNeeded("这项操作涉及完整的个人信息或资金，请先再次确认身份。")


def shown_name(actor: Actor) -> str:
    """The actor's name on paper, with whom he stands in for."""
    return actor.name if actor.acts_for is None else f"{actor.name}（代{actor.acts_for_name}）"


def assert_two_persons(first: frozenset[str] | str, second: Actor) -> None:
    """Raises SamePersonTwice when a hand of the first act would also do the second; whoever stands in counts as both."""
    hands = frozenset({first}) if isinstance(first, str) else first
    if hands & second.hands:
        raise SamePersonTwice("前后两个环节须由两名不同的人员办理，代办人与被代办人视为同一人。请由另一名人员办理。")
