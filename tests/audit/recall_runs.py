"""Faults that only a class shows that was run here: its plan, its sign-ins, its results, the answers of its people."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import msgspec

from tests.audit.recall_classes import AFTERNOON, MORNING, Run, SignedIn, Visit, body_code, instant, number_of, planned
from tests.audit.recall_seed import Seeded
from training_admin.audit.match_facts import MatchKind
from training_admin.catalog.class_facts import PlannedSession

TIMES = 2
Wanted = Callable[[Run], bool]


class Runs:
    """The classes of one seed that were run, of which each is taken for one fault only."""

    def __init__(self, seeded: Seeded, runs: list[Run]) -> None:
        self.seeded, self.all = seeded, runs
        self.free = list(runs)
        self.chance = seeded.chance
        self.chance.shuffle(self.free)
        # Rows of lists that name certificates: those that other funds paid, and those that the national query does not know.
        self.lists: dict[MatchKind, list[str]] = {MatchKind.OTHER_FUND: [], MatchKind.NOT_FOUND: []}

    def take(self, wanted: Wanted = lambda _run: True) -> Run:
        """A class that has no fault yet."""
        run = next(each for each in self.free if wanted(each))
        self.free.remove(run)
        return run

    def people(self, run: Run, count: int, wanted: Callable[[bytes], bool] = lambda _key: True) -> list[tuple[int, bytes]]:
        """So many people of a class without any label."""
        rows = self.seeded.klass(run.at).rows
        clean = [(row, key) for row, key in run.people if not rows[row - run.at.first].label and wanted(key)]
        return self.chance.sample(clean, count)

    def of_rows(self, run: Run, people: list[tuple[int, bytes]], check: str) -> list[bytes]:
        """Label people of a class; returns their keys."""
        for row, _key in people:
            self.seeded.label(run.at.claim, check, run.class_no, row)
        return [key for _row, key in people]

    def of_class(self, run: Run, check: str) -> None:
        """Label a class."""
        self.seeded.label(run.at.claim, check, run.class_no)


def put_run_faults(runs: Runs) -> None:
    """Every fault twice, what takes many classes once."""
    for fault in ONCE:
        fault(runs)
    for fault in FAULTS:
        for _ in range(TIMES):
            fault(runs)


def _two_at_once(runs: Runs) -> None:
    run = runs.take()
    (key,) = runs.of_rows(run, runs.people(run, 1), "AU-030")
    run.clashes.append(("trainee", key, _overlapping(runs, run)))


def _absent_from_one(runs: Runs) -> None:
    """In two classes at once, but told as absent here."""
    run = runs.take()
    ((_row, key),) = runs.people(run, 1)
    each = _overlapping(runs, run)
    run.clashes.append(("trainee", key, each))
    day = [one for one in run.sessions if one.day == each.day]
    run.signed = [one for one in run.signed if one.key != key]
    run.signed += [SignedIn(key, one.day, one.starts, instant(one.day, one.ends), mark="absent") for one in day]


def _teacher_twice(runs: Runs) -> None:
    run = runs.take()
    run.clashes.append(("teacher", run.teacher, _overlapping(runs, run)))
    runs.of_class(run, "AU-031")


def _room_twice(runs: Runs) -> None:
    run = runs.take()
    run.clashes.append(("room", run.room, _overlapping(runs, run)))
    runs.of_class(run, "AU-032")


def _overlapping(runs: Runs, run: Run) -> PlannedSession:
    each = runs.chance.choice(run.sessions)
    return msgspec.structs.replace(each, starts=each.starts + runs.chance.randrange(-60, 120), ends=each.ends + 60)


def _odd_hours(runs: Runs) -> None:
    run = runs.take()
    day = runs.chance.choice(run.sessions).day
    run.sessions.append(planned(day, *runs.chance.choice(((380, 500), (1200, 1330)))))
    runs.of_class(run, "AU-035")


def _on_holiday(runs: Runs) -> None:
    def days(run: Run) -> list[date]:
        return sorted(day for day in runs.seeded.district.calendar.off_days if run.klass.filing.start < day < run.klass.filing.end)

    run = runs.take(lambda each: bool(days(each)))
    run.sessions.append(planned(runs.chance.choice(days(run)), MORNING, 720))
    runs.of_class(run, "AU-036")


def _unplanned(runs: Runs) -> None:
    run = runs.take()
    run.unplanned.append(planned(runs.chance.choice(run.sessions).day, 1000, 1180))
    runs.of_class(run, "AU-039")


def _other_than_filed(runs: Runs) -> None:
    run = runs.take()
    fits = runs.chance.choice(((True, False), (False, True), (False, False)))
    run.visits.append(Visit(run.sessions[0].day, *fits))
    runs.of_class(run, "AU-039")


def _certified(run: Run) -> bool:
    return len(run.results) >= 8


def _holds(run: Run) -> Callable[[bytes], bool]:
    return lambda key: key in run.results


def _first_exam(run: Run) -> date:
    """The first day on which seven tenths of the hours can have been taught."""
    assert run.klass.item is not None
    return run.klass.filing.start + timedelta(days=-(-run.klass.item.std_centihours * 7 // (8 * 1000)) - 1)


def _before_end(runs: Runs) -> None:
    run = runs.take(_certified)
    (key,) = runs.of_rows(run, runs.people(run, 1, _holds(run)), "AU-040")
    run.results[key] = (run.results[key][0], run.klass.filing.end - timedelta(days=1))


def _too_soon(runs: Runs) -> None:
    run = runs.take(_certified)
    people = runs.people(run, 3, _holds(run))
    runs.of_rows(run, people, "AU-040")
    for key in runs.of_rows(run, people[:2], "AU-041"):
        run.results[key] = (run.results[key][0], _first_exam(run) - timedelta(days=1))
    just = people[2][1]
    run.results[just] = (run.results[just][0], _first_exam(run))


def _together(runs: Runs, *, apart: int, check: str) -> None:
    """A whole class signs in, so many seconds one after the other."""
    run = runs.take(lambda each: len(each.people) >= 11)
    each = run.sessions[0]
    run.signed = [one for one in run.signed if (one.day, one.starts) != (each.day, each.starts)]
    run.signed += [
        SignedIn(key, each.day, each.starts, instant(each.day, each.starts, place * apart // 10), f"{run.class_no}/{row}")
        for place, (row, key) in enumerate(run.people)
    ]
    if check:
        runs.of_class(run, check)


def _one_device(runs: Runs, *, people: int, check: str) -> None:
    run = runs.take(lambda each: len(each.people) >= 11)
    chosen = runs.people(run, people)
    keys = runs.of_rows(run, chosen, check) if check else [key for _row, key in chosen]
    each = run.sessions[0]
    for one in run.signed:
        if one.key in keys and (one.day, one.starts) == (each.day, each.starts):
            one.device = f"{run.class_no}/一机"


def _online(runs: Runs, *, minutes_between: int, check: str) -> None:
    run = runs.take()
    chosen = runs.people(run, 1)
    keys = runs.of_rows(run, chosen, check) if check else [key for _row, key in chosen]
    began = instant(run.sessions[0].day, AFTERNOON)
    run.online += [(key, began + timedelta(minutes=place * minutes_between), 45) for key in keys for place in range(3)]


def _one_number(runs: Runs) -> None:
    """One certificate number for two people of two classes of one level."""
    levels = Counter(each.level for each in runs.free if _certified(each))
    one = runs.take(lambda each: _certified(each) and levels[each.level] > 1)
    two = runs.take(lambda each: _certified(each) and each.level == one.level)
    (first,) = runs.of_rows(one, runs.people(one, 1, _holds(one)), "AU-050")
    (second,) = runs.of_rows(two, runs.people(two, 1, _holds(two)), "AU-050")
    two.results[second] = (one.results[first][0], two.results[second][1])


def _bad_number(runs: Runs) -> None:
    run = runs.take(_certified)
    (key,) = runs.of_rows(run, runs.people(run, 1, _holds(run)), "AU-051")
    number, day = run.results[key]
    wrong = (number[:-1], f"{number[:5]}11{number[7:]}", f"{number[:13]}25{number[15:]}", f"X{number[1:]}", f"{number[:-6]}000000")
    run.results[key] = (runs.chance.choice(wrong), day)


def _other_level(runs: Runs) -> None:
    run = runs.take(_certified)
    (key,) = runs.of_rows(run, runs.people(run, 1, _holds(run)), "AU-053")
    number, day = run.results[key]
    other = runs.chance.choice([level for level in "12345" if level != run.level])
    run.results[key] = (f"{number[:15]}{other}{number[16:]}", day)


def _changed_later(runs: Runs) -> None:
    run = runs.take(_certified)
    run.changed += runs.of_rows(run, runs.people(run, 2, lambda key: key not in run.failed), "AU-056")


def _teacher_in_roster(runs: Runs) -> None:
    run = runs.take()
    (run.teacher,) = runs.of_rows(run, runs.people(run, 1), "AU-083")


def _denied(runs: Runs) -> None:
    run = runs.take()
    run.denied += runs.of_rows(run, runs.people(run, 2), "AU-090")


def _full_plan(runs: Runs) -> None:
    """A third and a fourth session on one day."""
    run = runs.take()
    day = runs.chance.choice(run.sessions).day
    run.sessions += [planned(day, 961, 1141), planned(day, 1142, 1302), planned(day, 420, 539)]
    run.sessions = list({(each.day, each.starts): each for each in run.sessions}.values())
    runs.of_class(run, "AU-034")


def _full_day(runs: Runs) -> None:
    """Somebody sits in a second class in the evening of a full day."""
    one = runs.take(lambda each: bool(_full_days(runs, each)))
    day = runs.chance.choice(_full_days(runs, one))
    two = runs.take(lambda each: _spans(each, day))
    evening = planned(day, 1020, 1200)
    two.sessions = [each for each in two.sessions if each.day != day] + [evening]
    (key,) = runs.of_rows(one, runs.people(one, 1), "AU-034")
    two.guests.append((key, evening))


def _full_days(runs: Runs, run: Run) -> list[date]:
    """Days of two sessions on which another class is running."""
    days = [each.day for each in run.sessions]
    twice = [day for day in dict.fromkeys(days) if days.count(day) == 2]
    return [day for day in twice if any(_spans(each, day) for each in runs.free if each is not run)]


def _spans(run: Run, day: date) -> bool:
    return run.klass.filing.start <= day <= run.klass.filing.end


def _paid_elsewhere(runs: Runs) -> None:
    _certificate_listed(runs, MatchKind.OTHER_FUND, "AU-062")


def _not_known(runs: Runs) -> None:
    _certificate_listed(runs, MatchKind.NOT_FOUND, "AU-052")


def _certificate_listed(runs: Runs, kind: MatchKind, rule: str) -> None:
    """A certificate stands on a list; of somebody else it names another certificate."""
    run = runs.take(_certified)
    people = runs.people(run, 2, _holds(run))
    runs.of_rows(run, people[:1], rule)
    rows = runs.seeded.klass(run.at).rows
    for (row, key), suffix in zip(people, ("", "0"), strict=True):
        number = run.results[key][0]
        told = f"{number[:-1]}{(int(number[-1]) + 1) % 10}" if suffix else number.lower()
        runs.lists[kind].append(f"{rows[row - run.at.first].id_no},2026-05-20,,{told}")


def _in_burst(runs: Runs) -> None:
    """One body certifies fourteen classes within two months, far more than any other."""
    body = body_code(900_000 + runs.chance.randrange(1000))
    for _ in range(14):
        run = runs.take(lambda each: _certified(each) and date(2026, 4, 3) <= each.klass.filing.end <= date(2026, 5, 28))
        _certified_by(run, body)
        runs.of_rows(run, [(row, key) for row, key in run.people if key in run.results], "AU-054")


def _all_pass(runs: Runs) -> None:
    """Whom a body examines passes, more than thirty people."""
    body = body_code(800_000 + runs.chance.randrange(1000))
    for _ in range(3):
        run = runs.take(_certified)
        for serial, key in enumerate(run.failed):
            run.results[key] = (number_of(body, run.level, 900 + serial), run.klass.filing.end)
        run.failed = []
        _certified_by(run, body)
        runs.of_rows(run, [(row, key) for row, key in run.people if key in run.results], "AU-054")


def _certified_by(run: Run, body: str) -> None:
    run.body = body
    run.results = {key: (body + number[len(body) :], day) for key, (number, day) in run.results.items()}


ONCE: tuple[Callable[[Runs], None], ...] = (_in_burst, _all_pass)
FAULTS: tuple[Callable[[Runs], None], ...] = (
    *(_on_holiday, _one_number, _before_end, _too_soon, _bad_number, _other_level, _changed_later),
    *(_two_at_once, _absent_from_one, _teacher_twice, _room_twice, _odd_hours, _unplanned, _other_than_filed),
    *(partial(_together, apart=3, check="AU-042"), partial(_together, apart=20, check="")),
    *(partial(_one_device, people=5, check="AU-043"), partial(_one_device, people=3, check="")),
    *(partial(_online, minutes_between=44, check="AU-046"), partial(_online, minutes_between=45, check="")),
    *(_teacher_in_roster, _denied, _full_plan, _full_day, _paid_elsewhere, _not_known),
)
