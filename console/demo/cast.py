"""The people of a demo desk: two teams with head and deputy, an agency, and every role that has work in this build."""

from __future__ import annotations

from typing import Final

from access.roles import Role
from console.founding import Plan, Post, Unit

ONE: Final = "one"
TWO: Final = "two"
AGENCY: Final = "agency"
HOUSE: Final = "house"

CAST: Final = Plan(
    units=(
        Unit(HOUSE, "总部", "department"),
        Unit(ONE, "一组", "team", head="lina", deputy="zhaoqiang", parent=HOUSE),
        Unit(TWO, "二组", "team", head="sunli", deputy="zhoukai", parent=HOUSE),
        Unit(AGENCY, "启明外包", "agency", head="qianfang", parent=HOUSE, days=365),
    ),
    posts=(
        Post("lina", "李娜", "S0021", ONE, (Role.SUPERVISOR,)),
        Post("zhaoqiang", "赵强", "S0022", ONE, (Role.SUPERVISOR,)),
        Post("zhangwei", "张伟", "A0173", ONE, (Role.AGENT,)),
        Post("wangfang", "王芳", "A0174", ONE, (Role.AGENT,)),
        Post("chenjing", "陈静", "A0175", ONE, (Role.AGENT,)),
        Post("sunli", "孙丽", "S0031", TWO, (Role.SUPERVISOR,)),
        Post("zhoukai", "周凯", "S0032", TWO, (Role.SUPERVISOR,)),
        Post("liuyang", "刘洋", "A0201", TWO, (Role.AGENT,)),
        Post("yangmin", "杨敏", "A0202", TWO, (Role.AGENT,)),
        Post("qianfang", "钱芳", "S0041", HOUSE, (Role.SUPERVISOR,), reach=(AGENCY,)),
        Post("hanmei", "韩梅", "S0042", HOUSE, (Role.SUPERVISOR,), reach=(AGENCY,)),
        Post("machao", "马超", "G0001", AGENCY, (Role.AGENCY_AGENT,)),
        Post("linjing", "林静", "G0002", AGENCY, (Role.AGENCY_AGENT,)),
        Post("zhenghao", "郑浩", "E0001", HOUSE, (Role.SYSTEM_ADMIN,)),
        Post("wugang", "吴刚", "E0002", HOUSE, (Role.SECURITY_ADMIN,)),
        Post("fengxue", "冯雪", "E0003", HOUSE, (Role.AUDITOR,)),
        Post("hejie", "何洁", "E0004", HOUSE, (Role.COMPLIANCE,)),
    ),
)
