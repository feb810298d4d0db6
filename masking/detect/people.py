"""Names of people in prose: where words lead to one, call it by a title, let it speak, or leave it standing alone.

Best effort: a Chinese name is a listed surname and one or two characters that are no word's. What is missed is why
notes are kept sealed whole, masked text and all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from masking.detect.finding import Finding, FindingKind
from masking.masks.names import COMPOUND_SURNAMES

_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金贾夏韦傅方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤尚鞠屈欧阮柴"
    "萧骆裴庞翟霍聂祁岑佘邬冼苗甘詹樊焦舒柯鲍穆"
    "陳劉張楊趙吳黃徐孫馬許韓鄧馮蕭葉盧譚陸範賈韋鄒閻龍賀顧龔萬錢嚴"
)
_CUED_NAME: Final = re.compile(
    r"(?:姓名|客户|借款人|债务人|联系人|持卡人|户主|本人|我是|我叫|名叫|机主|法人)[:：是为叫\s]{1,3}"
    r"([\u4e00-\u9fff·]{2,4}(?![\u4e00-\u9fff])|[A-Z][a-z]+(?: [A-Z][a-z]+){1,3}(?![A-Za-z]))"
)
_DOTTED_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,10}(?:[·•・‧∙⋅][\u4e00-\u9fff]{2,10}){1,3}")
_LABELLED_NAME: Final = re.compile(
    r"(?i:\b(?:full_?name|customer_?name|contact_?name|name|customer))[\"']?\s*[:=]\s*[\"']?"
    r"([\u4e00-\u9fff·]{2,6}|[A-Z][a-z]+(?: [A-Z][a-z]+){1,3})"
)
_COMPOUND: Final = "|".join(sorted(COMPOUND_SURNAMES))
_LONE_NAME: Final = re.compile(
    rf"(?<![\u4e00-\u9fffA-Za-z])((?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
    r"(?![\u4e00-\u9fffA-Za-z])"
)
_TITLED_NAME: Final = re.compile(
    rf"((?:{_COMPOUND}|[{_SURNAMES}])[\u4e00-\u9fff]{{0,2}}?|[A-Z][a-z]+(?: [A-Z][a-z]+){{0,3}} ?)"
    r"(?=先生|女士|小姐|太太)"
)
# A given name's characters; words that stand about names are made of the others.
_GIVEN: Final = (
    r"[^\W\d_a-zA-Z的了是在不有和与及或被把将已未没说称让要会能可请对向从到给为其她他我你们这"
    "那还也都就才再又很每该所以之于而但如若因由第来去接打听人元期款日月号块万几]"
)
_FULL_NAME: Final = rf"(?:(?:{_COMPOUND}){_GIVEN}{{1,2}}?|[{_SURNAMES}]{_GIVEN}{{1,2}}?)"
_PERSONS: Final = (
    "客户|联系人|借款人|债务人|持卡人|担保人|户主|机主|本人|法人|妻子|丈夫|父亲|母亲|儿子|女儿|哥哥|弟弟|姐姐|妹妹|配偶|朋友|同事|"
    "亲属|家属|邻居|其妻|其夫|其父|其母|其子|其女|前妻|前夫|老公|老婆|房东|老板|叫做|名叫|姓名"
)
_SAYS: Final = (
    "说|称|表示|接听|接电话|来电|回电|回拨|承诺|本人|答应|拒接|拒绝|代还|代为|代偿|先生|女士|小姐|太太|父亲|母亲|的|不在|在家|已|要求|"
    "反映|投诉|确认|告知|转告|签收|挂断|失联|来访|到访|谈|沟通|协商|核实|联系|还款|还钱|还"
)
_PERSON_NAME: Final = re.compile(rf"(?:{_PERSONS})[:：是为叫\s]{{0,2}}({_FULL_NAME})(?=(?:{_SAYS})|[^\u4e00-\u9fff]|$)")
_SAYING_NAME: Final = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?:找|由|和|与|跟|向|告知|致电|转告|联系|转|让|叫))({_FULL_NAME})"
    r"(?=说|称|表示|接听|接电话|来电|回电|承诺|本人|答应|拒接|代还|代为|先生|女士|谈好|沟通|协商|父亲|母亲|的妻子|的丈夫)"
)
_SOUGHT_NAME: Final = re.compile(rf"(?:找|寻找|发给|转|转交|转给)({_FULL_NAME})(?=[^\u4e00-\u9fff]|$)")
_NO_NAMES: Final = frozenset(
    (  # noqa: SIM905 - words are read as words
        "周一 周二 周三 周四 周五 周六 周日 周末 周内 周前 周期 周转 金额 金融 方便 方式 方面 高于 高兴 高额 张口 "
        "王法 石家 白天 严重 严格 安排 任何 何时 于是 卫生 万元 钱款 成功 成都 陈述 陈旧 施工 余额 余款 和解 易于 "
        "段时 程序 黄金 马上 路费 习惯 左右 温和 常用 常常 常年 曾经 江苏 江西 贺卡 孔子 尚未 尚欠 尚有 向其 华东 "
        "华南 华北 包括 包含 时间 时候 计划 费用 管理 应该 应还 房贷 房产 车贷 卡号 封号 关机 关于 单位 单独 支付 "
        "支行 利息 利率 解释 解决 明天 明确 明年 平时 平台 平安 全部 全额 全天 安全 安抚 商量 商业 水电 雷同 龙岗 "
        "龙华 江宁 武汉 石景 毛利 顾客 顾虑 元旦 古籍 田地 谢谢 许多 许可 项目 齐全 冷静 简单 宋体 陆续 杜绝 叶片 "
        "宁可 宁愿 连续 连带 岳父 岳母 童年 海外 万一 万余 万多 万整 万核 万左 金陵 金牌 金卡 唐山 韩国 黎明 汤药 "
        "罗列 梁上 范围 吕梁 廖廖 沈阳 郑州 郑重 杭州 徐州 苏州 鲁莽 昌平 马路 凤凰 花费 花园 花呗 袁大 柳州 任务 "
        "任意 任职 殷勤 柴油 通过 通知 通话 党员 游戏 温州 房租 申请 申诉 年底 年前 月底 月初 核对 核实 "
    ).split()
)


def find_names(text: str) -> Iterator[Finding]:
    """Yield what may be names of people."""
    # Most of what a log says is plain ASCII, and of the patterns only this one can match it.
    for pattern in (_CUED_NAME, _LABELLED_NAME, _TITLED_NAME) if not text.isascii() else (_LABELLED_NAME,):
        for match in pattern.finditer(text):
            yield Finding(FindingKind.NAME, *match.span(1))
    if text.isascii():
        return
    for pattern in (_PERSON_NAME, _SAYING_NAME, _SOUGHT_NAME, _LONE_NAME):
        for match in pattern.finditer(text):
            if match[1][:2] not in _NO_NAMES and not _counted(text, match.start(1)):
                yield Finding(FindingKind.NAME, *match.span(1))
    # A dot between Chinese characters joins the parts of one name and hardly ever anything else.
    for match in _DOTTED_NAME.finditer(text):
        yield Finding(FindingKind.NAME, *match.span())


def _counted(text: str, start: int) -> bool:
    """Whether what looks like a surname is ten thousand of something."""
    return text[start] in "万萬" and start > 0 and text[start - 1].isdigit()
