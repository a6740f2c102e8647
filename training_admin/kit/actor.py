"""Who acts: every service takes an actor, and the trail keeps its key."""

from enum import StrEnum

import msgspec


class ActorKind(StrEnum):
    """What sort of actor it is."""

    PERSON = "person"
    COMMAND = "command"
    JOB = "job"
    DEMO = "demo"


class Actor(msgspec.Struct, frozen=True):
    """Who acts. `key` is stable and no personal data; `name` is what the screen shows; `organisation` limits what may be seen."""

    kind: ActorKind
    key: str
    name: str
    organisation: str | None = None


LOCAL_USER = Actor(ActorKind.PERSON, "local", "本机用户")
COMMAND_LINE = Actor(ActorKind.COMMAND, "command-line", "命令行")
WORKER = Actor(ActorKind.JOB, "worker", "后台任务")
DEMO = Actor(ActorKind.DEMO, "demo", "演示数据")
