"""The matrix of rights as data: (role, state, relation, action), printed in docs/rights.md.

The rows of acts come from the table of transitions; the others stand here. Tests hold both against what the
services and the addresses do (tests/test_transitions.py, tests/test_rights.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from departments.models import Role
from workflow.models import Status
from workflow.transitions import ACTS, TRANSITIONS, Act, Direction, Transition

PREPARER, LEADER, SUPERVISOR, FINANCE = Role.PREPARER, Role.LEADER, Role.SUPERVISOR, Role.FINANCE
AUDITOR, ADMINISTRATOR = Role.AUDITOR, Role.ADMINISTRATOR
SECURITY, AUDIT_ADMINISTRATOR = Role.SECURITY, Role.AUDIT_ADMINISTRATOR
REVIEWERS = (LEADER, SUPERVISOR, FINANCE)


class Relation(Enum):
    """How somebody must stand to what an action is about."""

    COVERED = "任职范围内"
    UNTOUCHED = "任职范围内，未经手"
    COVERS_ALL = "任职为全部部门"
    OTHERS = "任职范围内，他人"
    OWN = "本人"


@dataclass(frozen=True, slots=True)
class Right:
    """Who may do an action, in which states and in which relation.

    No ``states`` means that it does not depend on them. ``writes`` and ``reads`` are the names of the
    addresses that do it, and that only show it to these roles.
    """

    action: str
    roles: tuple[Role, ...]
    states: tuple[str, ...] = ()
    relation: Relation = Relation.COVERED
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


RIGHTS = (
    Right("查看绩效目标、附件、版本、意见和进度；打印、导出", tuple(Role)),
    Right(
        "查看规则；跨部门查询",
        (SUPERVISOR, FINANCE, AUDITOR),
        reads=("rules",),
    ),
    Right(
        "填写、修改绩效目标（主管部门任职的为代填）",
        (PREPARER,),
        Status.EDITABLE,
        writes=(
            *("new-project", "edit-project", "edit-table", "save-field", "edit-rows", "presence"),
            *("edit-narrative", "save-narrative-field", "edit-narrative-parts", "narrative-presence"),
            *("paste-preview", "paste-apply", "paste-undo", "apply-fix", "library-insert", "copy-table"),
            *("attachments", "withdraw-attachment", "explain"),
        ),
        reads=("table-fields", "table-margin", "narrative-margin"),
    ),
    Right(
        "开始填报年度、从上年复制、上传部门文本、确认无项目申报",
        (PREPARER,),
        (Status.DRAFT,),
        writes=(
            *("start-department-year", "copy-year", "upload-booklet"),
            *("confirm-no-projects", "take-back-no-projects"),
        ),
    ),
    Right(
        "送审、撤回",
        (PREPARER,),
        (*Status.EDITABLE, Status.SUBMITTED),
        writes=("submit-tables", "withdraw-table", "withdraw-narrative"),
    ),
    Right(
        "发起、撤销调整，取消、恢复项目",
        (PREPARER,),
        (*Status.EDITABLE, *Status.SETTLED),
        writes=(
            *("open-adjustment", "abandon-adjustment", "cancel-table", "restore-table"),
            *("open-narrative-adjustment", "abandon-narrative-adjustment"),
        ),
    ),
    Right("导入项目清单", (PREPARER, FINANCE), writes=("project-list",)),
    Right("移交填报", (PREPARER, LEADER, ADMINISTRATOR), Status.EDITABLE, writes=("hand-over",)),
    Right("提议指标入库", (PREPARER,), writes=("library-propose",)),
    Right(
        "通过、退回、取消审核（按上表）",
        REVIEWERS,
        Status.UNDER_REVIEW,
        Relation.UNTOUCHED,
        writes=("review-table-act", "review-narrative-act", "review-batch"),
    ),
    Right(
        "批注、答复",
        (PREPARER, *REVIEWERS),
        writes=("review-table-comments", "review-narrative-comments", "answer-comment"),
    ),
    Right("批注销号、重开", REVIEWERS, writes=("resolve-comment", "reopen-comment")),
    Right(
        "审定情况说明",
        REVIEWERS,
        relation=Relation.OTHERS,
        writes=("judge-explanation",),
    ),
    Right(
        "填写绩效目标审核表",
        (SUPERVISOR, FINANCE),
        Status.UNDER_REVIEW,
        Relation.UNTOUCHED,
        writes=("save-opinion",),
    ),
    Right("填写部门审核意见书", (FINANCE,), Status.UNDER_REVIEW, writes=("department-opinion",)),
    Right(
        "批复",
        (FINANCE,),
        (Status.TO_APPROVE,),
        Relation.UNTOUCHED,
        writes=("approve-year",),
    ),
    Right("设定项目公开或不公开", (PREPARER,), writes=("publication",)),
    Right("公开", (LEADER,), (Status.APPROVED,), writes=("publish",)),
    Right("催办", (*REVIEWERS, ADMINISTRATOR), writes=("remind",)),
    Right(
        "指定代理人（审核职责）",
        (*REVIEWERS, ADMINISTRATOR, SECURITY),
        relation=Relation.OWN,
        writes=("delegations",),
    ),
    Right(
        "结束代理",
        (*REVIEWERS, ADMINISTRATOR, SECURITY),
        relation=Relation.OWN,
        writes=("end-delegation",),
    ),
    Right("改规则", (FINANCE,), relation=Relation.COVERS_ALL, writes=("rules",)),
    Right(
        "开设年度，定轮次、期限、展期；维护指标库和回填模板",
        (FINANCE, ADMINISTRATOR),
        relation=Relation.COVERS_ALL,
        writes=(
            *("open-fiscal-year", "year-settings", "new-round", "edit-round", "extend-round"),
            *("close-round", "reopen-round", "library-import", "library-edit", "library-standing"),
            "backfill-template-new",
        ),
    ),
    Right(
        "管理部门、用户",
        (ADMINISTRATOR,),
        writes=("new-department", "edit-department", "new-user", "edit-user"),
        reads=("departments", "users"),
    ),
    Right(
        "授予、撤销任职，设置密码，解除登录锁定（三员分立时只由安全管理员）",
        (ADMINISTRATOR, SECURITY),
        relation=Relation.OTHERS,
        writes=("set-password", "unlock-user", "grant-role", "revoke-role"),
    ),
    Right("查看、导出操作日志", (AUDITOR, AUDIT_ADMINISTRATOR), reads=("trail-search", "trail-head")),
    Right(
        "查看安全日志（三员分立时系统管理员除外）",
        (AUDITOR, ADMINISTRATOR, SECURITY, AUDIT_ADMINISTRATOR),
        relation=Relation.COVERS_ALL,
        reads=("security-log",),
    ),
)


def rights_book() -> str:
    """Return docs/rights.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# 权限矩阵"
    yield ""
    yield "本文件由 `manage.py document_rights` 从流转表和权限表生成，有测试核对，请勿手工修改。"
    yield ""
    yield "任职是“角色 × 部门及其下级单位”；“任职范围内”指该任职覆盖的部门，不在范围内的内容查无此页（404），"
    yield "在范围内而无权办理的拒绝（403）。“未经手”指本人及被代理人都没有填报过，也没有在其他环节通过"
    yield "（不相容职务分离）。代理人在代理期间以被代理人的任职办理，记为“甲（代乙）”。"
    yield ""
    yield "## 各状态下各角色能办理什么"
    yield ""
    columns = (PREPARER, LEADER, SUPERVISOR, FINANCE)
    yield from _table(
        ("状态", *(role.label for role in columns)),
        [(status.label, *(_acts_of(role, status) for role in columns)) for status in Status],
    )
    yield ""
    yield "其余角色（审计、系统管理员、安全管理员、审计管理员）在任何状态下都不办理流转。"
    yield ""
    yield "## 流转"
    yield ""
    yield from _table(
        ("操作", "原状态", "角色", "关系", "到达", "条件"),
        [_transition_row(row) for act in ACTS for row in TRANSITIONS if row.act == act],
    )
    yield ""
    yield "## 其他操作"
    yield ""
    yield from _table(
        ("操作", "角色", "状态", "关系"),
        [
            (right.action, _roles(right.roles), _states(right.states), right.relation.value)
            for right in RIGHTS
        ],
    )


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    for row in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(row)} |"


def _acts_of(role: Role, status: Status) -> str:
    rows = (row for row in TRANSITIONS if row.role == role and row.source == status)
    return "、".join(dict.fromkeys(row.act.label for row in rows)) or "—"


def _transition_row(row: Transition) -> tuple[str, ...]:
    target = row.target.value if isinstance(row.target, Direction) else row.target.label
    return (
        row.act.label,
        Status(row.source).label,
        Role(row.role).label,
        (Relation.UNTOUCHED if row.act.judges else Relation.COVERED).value,
        target,
        "；".join(_conditions(row)) or "—",
    )


def _conditions(row: Transition) -> Iterator[str]:
    labels = {act.name: act.label for act in ACTS}
    if row.act.needs_reason:
        yield "写明原因"
    if row.follows:
        yield f"上一次办理是{'或'.join(labels[name] for name in row.follows)}"
    if _depends_on_version(row.act):
        yield row.act.versions.value


def _depends_on_version(act: Act) -> bool:
    return act.versions != type(act.versions).ANY


def _roles(roles: tuple[Role, ...]) -> str:
    return "各角色" if set(roles) == set(Role) else "、".join(role.label for role in roles)


def _states(states: tuple[str, ...]) -> str:
    return "、".join(Status(status).label for status in states) or "不限"
