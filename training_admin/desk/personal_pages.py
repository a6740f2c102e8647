"""The page 个人信息登记册, for everybody: what is kept of people and why, and how to ask for one's rights (个人信息保护法 art. 17, 35)."""

from litestar import Response, Router, get
from litestar.response import Template

from training_admin.desk.personal_fields import personal_register
from training_admin.web import csv_download, page

HEADER = ("名称", "内容", "保存形式", "目的", "依据", "保存期限", "期限效力", "遮盖后可见", "完整可见", "存放位置")


@get("/personal-data", include_in_schema=False, public=True, sync_to_thread=False)
def personal_data_page() -> Template:
    return page("desk/personal_data.html", fields=personal_register().fields)


@get("/personal-data.csv", include_in_schema=False, public=True, sync_to_thread=False)
def personal_data_csv() -> Response[bytes]:
    rows = (
        (
            *(each.title, each.content, each.kept_words, each.purpose, "；".join(each.basis), each.retention, each.standing_words),
            *(each.masked, each.unmasked, "；".join(each.places)),
        )
        for each in personal_register().fields
    )
    return csv_download(HEADER, rows, filename="个人信息登记册.csv")


def personal_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[personal_data_page, personal_data_csv])
