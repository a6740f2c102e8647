"""Load what the checks of a class need, in a number of queries that does not depend on what is filed, and run them."""

from datetime import date, datetime

from training_admin.catalog import class_store, parameters, plan_store
from training_admin.catalog.class_facts import ClassPlan, Occupied, room_key
from training_admin.catalog.course_store import named_course
from training_admin.catalog.filing_checks import FilingFacts, FilingFigures
from training_admin.kit.dated import Policy
from training_admin.office.workdays import load_calendar
from training_admin.parties.institution_facts import InstitutionFacts
from training_admin.parties.institution_store import load_institution_facts
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy


def figures_on(policy: Policy, day: date) -> FilingFigures:
    """The figures of filing on a day; raises NotInForce."""
    return FilingFigures(
        before_start_workdays=policy.at(parameters.FILE_BEFORE_START_WORKDAYS, day),
        review_workdays=policy.at(parameters.FILE_REVIEW_WORKDAYS, day),
        hour_minutes=policy.at(parameters.CLASS_HOUR_MINUTES, day),
        day_hours_max=policy.at(parameters.CLASS_DAY_HOURS_MAX, day),
        size_min=policy.at(parameters.CLASS_SIZE_MIN, day),
        size_max=policy.at(parameters.CLASS_SIZE_MAX, day),
        theory_min_bp=policy.at(parameters.CLASS_THEORY_MIN, day),
        practice_min_bp=policy.at(parameters.CLASS_PRACTICE_MIN, day),
        safety_hours_min=policy.at(parameters.CLASS_SAFETY_HOURS_MIN, day),
        online_max_bp=policy.at(parameters.CLASS_ONLINE_SHARE_MAX, day),
    )


async def occupied_elsewhere(plan: ClassPlan, training: InstitutionFacts) -> tuple[Occupied, ...]:
    """Where the people and rooms of a class are taken on its days; one query, inside an open transaction."""
    first, last = plan.start, plan.end
    if first is None or last is None:
        return ()
    teachers = {each.teacher for each in plan.sessions}
    keys = {each.person for each in plan.trainees}
    keys |= {each.person for each in training.teachers if each.id in teachers}
    keys |= {room_key(each.room) for each in plan.sessions if each.room is not None}
    return await class_store.occupied(sorted(keys), first=first, last=last)


async def load_filing_facts(plan: ClassPlan, *, filed_on: date, known_at: datetime) -> FilingFacts:
    """Everything beside the class, as known at an instant, inside an open transaction; raises PackNotAdopted, NotInForce.

    A class without institution is the enterprise's own: what is registered is then the enterprise's.
    """
    day = plan.start or filed_on
    training = await load_institution_facts(plan.institution or plan.enterprise, day, known_at=known_at)
    return FilingFacts(
        filed_on=filed_on,
        calendar=await load_calendar(),
        figures=figures_on(await load_policy(DEFAULT_PACK, known_at=known_at), day),
        training=training,
        own_class=plan.institution is None,
        occupied=await occupied_elsewhere(plan, training),
        course=None if plan.course is None else await named_course(plan.course),
        project=None if plan.project is None else await plan_store.named_project(plan.project, but=plan.class_no),
    )
