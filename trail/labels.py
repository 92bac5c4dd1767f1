"""What people read for the names in an entry: actions, kinds of object, and sorts of actions for filters.

The names are the other apps' own; a test holds every name they record against this list.
"""

from enum import Enum


class Sort(Enum):
    """What an action is, for filters."""

    EDIT = "编辑"
    COMMENT = "批注"
    MOVE = "流转"
    EXPORT = "打印导出"
    ACCOUNT = "账户权限"
    SETTING = "年度与规则"

    @property
    def key(self) -> str:
        """Return its name in an address."""
        return self.name.lower()


ACTIONS: dict[Sort, dict[str, str]] = {
    Sort.EDIT: {
        "create": "新建",
        "edit": "修改",
        "import": "导入",
        "import_list": "导入项目清单",
        "copy": "复制",
        "paste": "粘贴",
        "undo_paste": "撤销粘贴",
        "fix": "采用改写",
        "insert_library": "插入指标",
        "rederive": "重新识别指标值",
        "explain": "情况说明",
        "attach": "上传附件",
        "withdraw_attachment": "撤下附件",
        "hand_over": "移交",
        "confirm_no_projects": "确认无项目申报",
        "take_back_no_projects": "撤回无项目申报确认",
        "set_disclosure": "设定公开范围",
        "propose": "提议入库",
        "reject": "不予入库",
        "retire": "停用",
        "put_back": "还原内容",
    },
    Sort.COMMENT: {
        "comment": "批注",
        "answer_comment": "答复批注",
        "resolve_comment": "批注销号",
        "reopen_comment": "重开批注",
        "judge_explanation": "审定情况说明",
        "save_opinion": "审核意见",
    },
    Sort.MOVE: {
        "submit": "送审",
        "withdraw": "撤回",
        "pass": "通过",
        "return": "退回填报人",
        "return_one": "退回上一级",
        "recall": "取消审核",
        "approve": "批复",
        "approve_year": "批复部门年度",
        "approve_cancellation": "批复取消",
        "publish": "公开",
        "update_portal_address": "登记公开网址",
        "adjust": "发起调整",
        "open_adjustment": "登记调整类型",
        "abandon": "撤销调整",
        "cancel": "取消项目",
        "restore": "恢复",
        "reopen": "退回重新核对",
    },
    Sort.EXPORT: {"print": "打印", "export": "导出", "download": "下载附件"},
    Sort.ACCOUNT: {
        "login": "登录",
        "logout": "退出",
        "idle_end": "登录超时",
        "set_password": "设置密码",
        "change_password": "修改本人密码",
        "grant_role": "授予任职",
        "revoke_role": "撤销任职",
        "unlock": "解除登录锁定",
        "name_deputy": "指定代理",
        "end_delegation": "结束代理",
    },
    Sort.SETTING: {
        "open": "开设",
        "close": "关闭",
        "extend": "延期",
        "remind": "催办",
        "change_policy": "修改规则",
    },
}
# The same name for another act, by the kind of object.
_BY_KIND = {
    ("library", "approve"): "审定入库",
    ("round", "reopen"): "重新开放",
    ("department_year", "publish"): "公开部门年度",
}
KINDS = {
    "declaration": "绩效目标表",
    "department_year": "部门年度",
    "department": "部门",
    "user": "用户",
    "membership": "任职",
    "delegation": "代理",
    "fiscal_year": "预算年度",
    "round": "申报轮次",
    "extension": "延期",
    "library": "指标库",
    "indicator": "绩效指标",
    "booklet": "部门文本",
    "project_list": "项目清单",
    "column_mapping": "列对应关系",
    "approval": "批复文件",
    "publication": "公开",
    "list": "清单",
}


def label_of(action: str, kind: str = "") -> str:
    """Return the Chinese word for an action; the name itself where it is not known."""
    return _BY_KIND.get((kind, action)) or _LABELS.get(action, action)


def sort_of(action: str) -> Sort | None:
    """Return what sort of action it is."""
    return _SORTS.get(action)


def kind_of(kind: str) -> str:
    """Return the Chinese word for a kind of object."""
    return KINDS.get(kind, kind)


_LABELS = {name: label for names in ACTIONS.values() for name, label in names.items()}
_SORTS = {name: sort for sort, names in ACTIONS.items() for name in names}
