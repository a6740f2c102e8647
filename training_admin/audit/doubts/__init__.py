"""The checks, in the order of the list (policy.md 7.4): those over one claim, and those over a period (`WIDE_CHECKS`).

A check of data that comes later (deaths, pensions, apprentices …) is one more file here: its facts in `audit.facts`, its line below.
"""

from training_admin.audit.check import Check
from training_admin.audit.district_facts import WideCheck
from training_admin.audit.doubts.au_001_identity_number import au_001
from training_admin.audit.doubts.au_002_two_names import au_002
from training_admin.audit.doubts.au_003_dead import au_003
from training_admin.audit.doubts.au_004_abroad import au_004
from training_admin.audit.doubts.au_005_hospital import au_005
from training_admin.audit.doubts.au_006_detained import au_006
from training_admin.audit.doubts.au_007_pension import au_007
from training_admin.audit.doubts.au_008_pupil import au_008
from training_admin.audit.doubts.au_009_public_payroll import au_009
from training_admin.audit.doubts.au_010_age import au_010
from training_admin.audit.doubts.au_011_status import au_011
from training_admin.audit.doubts.au_012_status_later import au_012
from training_admin.audit.doubts.au_020_insured_elsewhere import au_020
from training_admin.audit.doubts.au_021_left_before_end import au_021
from training_admin.audit.doubts.au_022_short_insurance import au_022
from training_admin.audit.doubts.au_023_contract_of_apprentice import au_023
from training_admin.audit.doubts.au_024_post_of_apprentice import au_024
from training_admin.audit.doubts.au_025_two_claimants import au_025
from training_admin.audit.doubts.au_026_wage_of_apprentice import au_026
from training_admin.audit.doubts.au_027_more_than_insured import au_027
from training_admin.audit.doubts.au_030_two_classes_at_once import au_030
from training_admin.audit.doubts.au_031_teacher_in_two_rooms import au_031
from training_admin.audit.doubts.au_032_room_double_booked import au_032
from training_admin.audit.doubts.au_034_hours_a_day import au_034
from training_admin.audit.doubts.au_035_hour_of_day import au_035
from training_admin.audit.doubts.au_036_holiday import au_036
from training_admin.audit.doubts.au_038_before_approval import au_038
from training_admin.audit.doubts.au_039_other_than_filed import au_039
from training_admin.audit.doubts.au_040_certificate_before_end import au_040
from training_admin.audit.doubts.au_041_exam_too_soon import au_041
from training_admin.audit.doubts.au_042_signed_together import au_042
from training_admin.audit.doubts.au_043_one_device import au_043
from training_admin.audit.doubts.au_046_faster_than_time import au_046
from training_admin.audit.doubts.au_047_threshold import au_047
from training_admin.audit.doubts.au_050_certificate_twice import au_050
from training_admin.audit.doubts.au_051_certificate_number import au_051
from training_admin.audit.doubts.au_052_certificate_not_found import au_052
from training_admin.audit.doubts.au_053_certificate_level import au_053
from training_admin.audit.doubts.au_054_issued_in_bursts import au_054
from training_admin.audit.doubts.au_056_changed_after_closing import au_056
from training_admin.audit.doubts.au_060_same_level_again import au_060
from training_admin.audit.doubts.au_061_times_a_year import au_061
from training_admin.audit.doubts.au_062_other_fund import au_062
from training_admin.audit.doubts.au_063_lower_after_higher import au_063
from training_admin.audit.doubts.au_064_shared_phone import au_064
from training_admin.audit.doubts.au_065_shared_account import au_065
from training_admin.audit.doubts.au_066_account_holder import au_066
from training_admin.audit.doubts.au_067_split_claims import au_067
from training_admin.audit.doubts.au_068_above_cost import au_068
from training_admin.audit.doubts.au_069_invoice_twice import au_069
from training_admin.audit.doubts.au_070_issuer import au_070
from training_admin.audit.doubts.au_071_invoice_day import au_071
from training_admin.audit.doubts.au_073_above_ceiling import au_073
from training_admin.audit.doubts.au_074_paid_before_notice_ended import au_074
from training_admin.audit.doubts.au_075_one_person_decides import au_075
from training_admin.audit.doubts.au_076_batch_and_roster import au_076
from training_admin.audit.doubts.au_077_return_left_open import au_077
from training_admin.audit.doubts.au_080_occupation import au_080
from training_admin.audit.doubts.au_081_licence import au_081
from training_admin.audit.doubts.au_083_teacher_is_trainee import au_083
from training_admin.audit.doubts.au_084_class_size import au_084
from training_admin.audit.doubts.au_085_mentor_limit import au_085
from training_admin.audit.doubts.au_086_failed_classes import au_086
from training_admin.audit.doubts.au_087_new_institution import au_087
from training_admin.audit.doubts.au_089_not_operating import au_089
from training_admin.audit.doubts.au_090_denied import au_090
from training_admin.audit.doubts.au_091_coverage import au_091

CHECKS: tuple[Check, ...] = (
    au_001,
    au_002,
    au_003,
    au_004,
    au_005,
    au_006,
    au_007,
    au_008,
    au_009,
    au_010,
    au_011,
    au_012,
    au_020,
    au_021,
    au_022,
    au_023,
    au_024,
    au_025,
    au_026,
    au_027,
    au_030,
    au_031,
    au_032,
    au_034,
    au_035,
    au_036,
    au_038,
    au_039,
    au_040,
    au_041,
    au_042,
    au_043,
    au_046,
    au_047,
    au_050,
    au_051,
    au_052,
    au_053,
    au_054,
    au_056,
    au_060,
    au_061,
    au_062,
    au_063,
    au_064,
    au_065,
    au_066,
    au_068,
    au_069,
    au_070,
    au_071,
    au_073,
    au_074,
    au_075,
    au_080,
    au_081,
    au_083,
    au_084,
    au_085,
    au_089,
    au_090,
)
WIDE_CHECKS: tuple[WideCheck, ...] = (au_067, au_076, au_077, au_086, au_087, au_091)
# What can be asked about a programme of apprentices, which is no filed class: people, insurance, account, firm and handling.
OF_PROGRAMMES = frozenset(
    {
        *("AU-023", "AU-024", "AU-026", "AU-085"),
        *("AU-001", "AU-002", "AU-010", "AU-020", "AU-021", "AU-025", "AU-064", "AU-065", "AU-066", "AU-074", "AU-075", "AU-089", "AU-090"),
    }
)
CHECKS_BY_ID: dict[str, Check] = {each.id: each for each in CHECKS}
_EVERY: tuple[Check | WideCheck, ...] = (*CHECKS, *WIDE_CHECKS)
LISTED: dict[str, Check | WideCheck] = {each.id: each for each in sorted(_EVERY, key=lambda each: each.id)}
assert len(LISTED) == len(CHECKS) + len(WIDE_CHECKS), "a check stands twice"
