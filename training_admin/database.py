"""One PostgreSQL: the engine, transactions that always give their connection back, retries, bulk in and out.

`SafeTransaction` follows two methods of piccolo's `PostgresTransaction` closely (Copyright (c) Daniel Townsend, MIT licence), because the
original leaves the connection outside the pool when a COMMIT fails.
"""

import asyncio
import functools
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar, Token
from pathlib import Path
from typing import Any, Literal, ParamSpec, Self, TypeVar, cast

import asyncpg
from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from training_admin.kit.private_postgres import PrivateServer
from training_admin.kit.refusals import OutcomeUnknown, Refusal, Unavailable
from training_admin.kit.vault import Vault, open_vault, use_vault
from training_admin.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

# asyncpg learns a type when a connection meets it first, with just-in-time compilation switched off meanwhile.
OF_THE_DRIVER = ("typeinfo_tree", "'jit'")
RETRYABLE = frozenset({"40001", "40P01"})
ATTEMPTS = 10
FIRST_PAUSE, LONGEST_DOUBLING = 0.005, 6
LOST_PAUSE = 0.4
REATTACH_TRIES = 3
OLDEST_POSTGRES = 150_000
SERIALIZABLE, REPEATABLE_READ, READ_COMMITTED = "serializable", "repeatable_read", "read_committed"
# Only ever raised by a connection: a body that reads files may raise other OSErrors of its own.
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,
    ConnectionError,
)
# Opening a connection fails in more ways: no socket yet, no host, no answer in time.
UNREACHABLE = (*LOST, asyncpg.InterfaceError, OSError)

OUTCOME_UNKNOWN = "保存时与数据库的连接中断，无法确定本次办理是否成功。请刷新页面查看结果；没有记录时再重新提交。"
BUSY = "现在办理的人较多，系统暂时没有排上。本次没有保存任何内容，请稍后再提交一次。"
UNSTORABLE = "填写的内容中有无法识别的字符，请删除后重新提交。"
GONE = "暂时连不上数据库，本次没有保存任何内容。请稍后重试；如一直如此，请管理员执行 training-admin doctor 检查。"


class DatabaseGone(Unavailable):
    """No connection to the database could be had, and nothing was stored."""

    code = "database-unreachable"


class DatabaseTooOld(Refusal):
    """The server of DATABASE_URL is older than what is supported."""

    status = 500
    code = "database-too-old"
    title = "数据库版本过低"


class TextUnstorable(Refusal):
    """A text holds a NUL, which PostgreSQL cannot store or compare."""

    status = 400
    code = "bad-text"
    title = "内容无法识别"


class DatabaseFault(Exception):
    """An error of the database without its text: PostgreSQL puts the refused row, thus identity numbers, into the text."""

    def __init__(self, error: asyncpg.PostgresError) -> None:
        self.kind = type(error).__name__
        self.sqlstate: str = error.sqlstate or ""
        self.constraint: str | None = getattr(error, "constraint_name", None)
        super().__init__(f"{self.kind} {self.sqlstate} {self.constraint or ''}".strip())


class _Attempt:
    """One try of a `retried` function: once something in it was committed it must not be repeated."""

    def __init__(self, outer: "_Attempt | None") -> None:
        self.outer = outer
        self.committed = False

    def mark_committed(self) -> None:
        self.committed = True
        if self.outer is not None:
            self.outer.mark_committed()


class QueryCount:
    """How many statements were sent inside `counted_queries`."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __len__(self) -> int:
        return len(self.statements)

    def note(self, record: Any) -> None:
        """Called by asyncpg after each statement; BEGIN, COMMIT and what the driver asks about types on a fresh connection do not count."""
        query: str = record.query
        if not query.startswith(("BEGIN", "COMMIT", "ROLLBACK")) and not any(mark in query for mark in OF_THE_DRIVER):
            self.statements.append(query)


_attempt: ContextVar[_Attempt | None] = ContextVar("_attempt", default=None)
_count: ContextVar[QueryCount | None] = ContextVar("_count", default=None)


def is_lost(error: BaseException) -> bool:
    """Whether an error means that the connection is gone; asyncpg gives a killed one back to the pool behind our back."""
    text = str(error) if isinstance(error, asyncpg.InterfaceError) else ""
    return "closed" in text or "released back to the pool" in text or isinstance(error, LOST)


def is_retryable(error: BaseException) -> bool:
    """Whether the whole act may succeed when it is simply tried again."""
    return getattr(error, "sqlstate", None) in RETRYABLE


class SafeTransaction(PostgresTransaction):
    """A transaction whose connection goes back to the pool (or is closed) however the block ends."""

    # Deliberately the engine's own subclass: it knows how to find the private server again.
    engine: "SafeEngine"

    def __init__(self, engine: "SafeEngine", *, allow_nested: bool, isolation: str, readonly: bool = False) -> None:
        super().__init__(engine=engine, allow_nested=allow_nested)
        self.isolation = isolation
        self.readonly = readonly
        self.context: Token[Any]

    async def __aenter__(self) -> Self:
        if self._parent is not None:
            return cast("Self", self._parent)
        self.connection = await self.engine.acquire()
        try:
            if (count := _count.get()) is not None:
                self.connection.add_query_logger(count.note)
            self.transaction = self.connection.transaction(isolation=self.isolation, readonly=self.readonly)
            await self.begin()  # type: ignore[no-untyped-call] # piccolo's
        except BaseException:
            await self._give_back()
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: object, exception: BaseException | None, traceback: object) -> Literal[False]:
        if self._parent:
            return False
        try:
            if exception:
                with suppress(asyncpg.InterfaceError, asyncpg.PostgresError, asyncpg.InternalClientError, OSError):
                    if not self._rolled_back:
                        await self.rollback()  # type: ignore[no-untyped-call] # piccolo's
            elif not self._committed and not self._rolled_back:
                await self._commit_knowing()
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._give_back()
        if isinstance(exception, asyncpg.CharacterNotInRepertoireError):
            raise TextUnstorable(UNSTORABLE) from None
        if isinstance(exception, asyncpg.PostgresError) and not is_retryable(exception) and not is_lost(exception):
            raise DatabaseFault(exception) from None
        return False

    async def _commit_knowing(self) -> None:
        """COMMIT, and tell a refused one from one whose answer was lost; what was only read needs no answer."""
        try:
            await self.commit()  # type: ignore[no-untyped-call] # piccolo's
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
            if isinstance(error, asyncpg.PostgresError) and not is_lost(error):
                if is_retryable(error):
                    raise
                raise DatabaseFault(error) from None
            if not self.readonly:
                raise OutcomeUnknown(OUTCOME_UNKNOWN) from None
        attempt = _attempt.get()
        if attempt is not None and not self.readonly:
            attempt.mark_committed()

    async def _give_back(self) -> None:
        with suppress(asyncpg.InterfaceError):
            if (count := _count.get()) is not None:
                self.connection.remove_query_logger(count.note)
        if self.engine.pool:
            await self.engine.pool.release(self.connection)  # asyncpg resets it: a left-over transaction is rolled back
        else:
            await self.connection.close()


class SafeEngine(PostgresEngine):
    """The one engine of the program; configured by `open_database`, so that importing tables opens nothing."""

    def __init__(self) -> None:
        self.server: PrivateServer | None = None
        # Where what belongs to this database but must not stand in it is kept (signed heads of the trail).
        self.data_folder = Path()
        self.nesting_allowed = False
        super().__init__(config={}, extensions=())

    async def check_version(self) -> None:
        """`open_database` does it; piccolo would connect while a module is imported."""

    def transaction(self, allow_nested: bool = False, *, isolation: str = SERIALIZABLE, readonly: bool = False) -> SafeTransaction:
        return SafeTransaction(self, allow_nested=allow_nested or self.nesting_allowed, isolation=isolation, readonly=readonly)

    async def acquire(self) -> Any:
        """A connection; when the private server is gone its keeper is asked to bring it back."""
        return await self._reach(lambda: self.pool.acquire() if self.pool else self.get_new_connection())

    async def connect_alone(self) -> Any:
        """A connection outside the pool, for who keeps it for long."""
        return await self._reach(self.get_new_connection)

    async def _reach(self, connect: Callable[[], Awaitable[Any]]) -> Any:
        for attempt in range(1, REATTACH_TRIES + 1):
            try:
                return await connect()
            except UNREACHABLE:
                if attempt == REATTACH_TRIES or self.server is None:
                    raise DatabaseGone(GONE) from None
                await self._attach_again(self.server)
        raise AssertionError("the last attempt returns or raises")

    async def _attach_again(self, server: PrivateServer) -> None:
        """Wait for the private server; with a very long path its socket may have moved."""
        self.config |= await asyncio.to_thread(server.attach)
        if self.pool:
            self.pool.set_connect_args(**self.config)

    async def _run_in_pool(self, query: str, args: Sequence[Any] | None = None) -> Any:
        connection = await self.acquire()
        try:
            return await connection.fetch(query, *(args or ()))
        finally:
            assert self.pool is not None
            await self.pool.release(connection)


engine = SafeEngine()


def room_registry() -> AppRegistry:
    """The rooms that have tables, found by their `piccolo_app.py`."""
    package = Path(__file__).parent
    return AppRegistry(apps=[f"training_admin.{file.parent.name}.piccolo_app" for file in sorted(package.glob("*/piccolo_app.py"))])


def opened_vault(settings: Settings) -> Vault:
    """The keys of these settings, made at the first start; raises KeysRefused."""
    return open_vault(settings.keys, cipher=settings.cipher, hash_name=settings.hash_name)


async def open_database(settings: Settings) -> None:
    """Open the keys, find or start the server, open the pool; pair it with `close_database`."""
    assert engine.pool is None, "the database is open already"
    use_vault(opened_vault(settings))
    engine.data_folder = settings.data
    if settings.database_url:
        engine.config = {"dsn": settings.database_url}
        if "target_session_attrs" not in settings.database_url and "," in settings.database_url:
            engine.config["target_session_attrs"] = "primary"
    else:
        engine.server = PrivateServer(settings.data, durable=not settings.fast_unsafe_database)
        engine.config = dict(await asyncio.to_thread(engine.server.attach))
    engine.config["server_settings"] = {"timezone": "UTC", "application_name": "training-admin"}
    try:
        await engine.start_connection_pool(min_size=0, max_size=settings.pool_size)
    except (asyncpg.PostgresError, *UNREACHABLE):
        _forget()
        raise DatabaseGone(GONE) from None
    rows = await engine.run_ddl("SELECT current_setting('server_version_num')::int AS number")
    version = rows[0]["number"]
    if version < OLDEST_POSTGRES:
        await close_database()
        raise DatabaseTooOld("数据库版本过低：本系统需要 PostgreSQL 15 或更高版本。请升级数据库，或去掉 DATABASE_URL 使用内置数据库。")


async def close_database() -> None:
    """Close the pool and say that this process no longer uses the private server."""
    if engine.pool is not None:
        try:
            await asyncio.wait_for(engine.pool.close(), timeout=10)
        except (TimeoutError, *UNREACHABLE):
            engine.pool.terminate()
    _forget()


def _forget() -> None:
    use_vault(None)
    engine.pool = None
    if engine.server is not None:
        engine.server.release()
        engine.server = None


def write_transaction() -> SafeTransaction:
    """One act: serializable, opened inside the service function, never nested."""
    return engine.transaction(isolation=SERIALIZABLE)


def read_transaction() -> SafeTransaction:
    """Several reads of one state of the database; cannot write and never has to be tried again."""
    return engine.transaction(isolation=REPEATABLE_READ, readonly=True)


def current_connection() -> Any:
    """The asyncpg connection of the transaction that is open here; there must be one."""
    transaction = engine.current_transaction.get()
    assert transaction is not None, "this belongs inside write_transaction() or read_transaction()"
    return transaction.connection


async def copy_rows(table_name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Store many rows by COPY, in the open transaction: 25 times cheaper than INSERT."""
    await current_connection().copy_records_to_table(table_name, columns=list(columns), records=rows)


async def fetch_tuples(sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """Many rows as tuples, in the open transaction: two to three times cheaper than objects."""
    return cast("list[tuple[Any, ...]]", await current_connection().fetch(sql, *arguments))


async def execute_script(sql: str) -> None:
    """Several statements without arguments, in the open transaction (migrations)."""
    await current_connection().execute(sql)


@contextmanager
def counted_queries() -> Iterator[QueryCount]:
    """Count the statements of the transactions opened inside (COPY is not one of them)."""
    count = QueryCount()
    token = _count.set(count)
    try:
        yield count
    finally:
        _count.reset(token)


def retried(function: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Repeat the whole act when PostgreSQL asks for it or the connection broke before anything was committed.

    Raises Unavailable after ten attempts, OutcomeUnknown when the act may have happened, DatabaseGone when there is no database.
    """

    @functools.wraps(function)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        for number in range(1, ATTEMPTS + 1):
            attempt = _Attempt(_attempt.get())
            token = _attempt.set(attempt)
            try:
                return await function(*args, **kwargs)
            except Exception as error:
                again, lost = is_retryable(error), is_lost(error)
                if not (again or lost):
                    raise
                if attempt.committed:
                    raise OutcomeUnknown(OUTCOME_UNKNOWN) from None
                if number == ATTEMPTS:
                    raise (Unavailable(BUSY) if again else DatabaseGone(GONE)) from None
            finally:
                _attempt.reset(token)
            await asyncio.sleep(_pause(number, lost=lost))
        raise AssertionError("the last attempt returns or raises")

    return wrapper


def _pause(number: int, *, lost: bool) -> float:
    """Seconds to wait: a random share of a doubling span, so that rivals do not meet again at once."""
    longest = LOST_PAUSE if lost else FIRST_PAUSE * 2 ** min(number, LONGEST_DOUBLING)
    return random.uniform(0, longest)  # noqa: S311 - spreads rivals, guards nothing
