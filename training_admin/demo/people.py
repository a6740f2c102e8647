"""Made-up people and firms: realistic names, identity numbers of area 310100, credit codes whose body begins with X."""

from datetime import date, timedelta
from random import Random

import msgspec

from training_admin.kit.identifiers import mod_11_2

AREA = "310100"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
COMPOUND_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟")
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲建国文斌鑫宇浩凯俊晨子轩怡梓涵欣然博雅诗琪嘉"
    "豪志新春燕海波立荣振东晓峰美云家乐思远佳宁雪梅国庆婷飞鹏兰秋月成林永康胜利向阳"
)
PLACES = (
    "松江",
    "九亭",
    "泗泾",
    "洞泾",
    "新桥",
    "车墩",
    "佘山",
    "叶榭",
    "石湖荡",
    "新浜",
    "小昆山",
    "永丰",
    "岳阳",
    "中山",
    "广富林",
    "方松",
)
TRADES = (
    "精密机械",
    "智能装备",
    "汽车部件",
    "集成电路",
    "生物医药",
    "新材料",
    "电气设备",
    "食品",
    "物流",
    "家政服务",
    "养老服务",
    "软件",
    "包装",
    "仪器仪表",
    "机器人",
    "能源科技",
    "环保设备",
    "纺织",
    "模具",
    "光电",
)
SHORT_NAMES = "恒瑞盛达信诚远博华创启明泰和鼎新宏图腾飞立德同兴"


class Person(msgspec.Struct, frozen=True):
    """A made-up person."""

    name: str
    id_no: str
    mobile: str


class People:
    """Draws people and firms from one seeded source, never the same number twice."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._numbers: set[str] = set()
        self._firms = 0

    def person(self, *, born_from: date = date(1968, 1, 1), born_to: date = date(2004, 12, 31)) -> Person:
        """A person born in a stretch of days."""
        return Person(self._name(), self.id_number(born_from, born_to), self._mobile())

    def _name(self) -> str:
        draw = self.random
        surname = draw.choice(COMPOUND_SURNAMES) if draw.random() < 0.01 else draw.choice(SURNAMES)  # noqa: PLR2004 - one in a hundred
        return surname + "".join(draw.choice(GIVEN) for _ in range(draw.choice((1, 2, 2, 2))))

    def _mobile(self) -> str:
        return f"1{self.random.choice('3456789')}{self.random.randrange(10**9):09d}"

    def id_number(self, born_from: date, born_to: date) -> str:
        """A well-formed identity number that was not drawn before."""
        while True:
            birth = born_from + timedelta(days=self.random.randrange((born_to - born_from).days + 1))
            body = f"{AREA}{birth:%Y%m%d}{self.random.randrange(1000):03d}"
            number = body + mod_11_2(body)
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def firm_name(self) -> str:
        """A firm's name that says it is a sample."""
        draw = self.random
        short = "".join(draw.sample(SHORT_NAMES, 2))
        return f"上海{draw.choice(PLACES)}样例{short}{draw.choice(TRADES)}有限公司"

    def credit_code(self, kind: str = "91") -> str:
        """A well-formed unified social credit code whose body begins with X, which no issued code does."""
        self._firms += 1
        body = f"X{self._firms:07d}"
        total = sum(USCC_ALPHABET.index(c) * weight if c.isdigit() else 33 * weight for c, weight in zip(body, ORG_WEIGHTS, strict=True))
        inner = (11 - total % 11) % 11
        code = f"{kind}310117{body}{'X' if inner == 10 else inner}"  # noqa: PLR2004 - 10 is written X
        whole = sum(USCC_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(code))
        return code + USCC_ALPHABET[(31 - whole % 31) % 31]
