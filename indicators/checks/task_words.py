"""Words that goals and purposes are read with (R47–R52): deeds, aims, empty words, words for one thing.

Parameters are the bureau's to change; the rest is grammar.
"""

import re

from indicators.checks.registry import parameter

_EMPTY = (
    "组织 开展 工作 活动 完成 加强 进行 实施 推进 提高 提升 改善 增强 保障 确保 促进 业务 服务 资金 经费 "
    "费用 支出 项目 任务 目标 绩效 质量 数量 效果 水平 能力 各项 各类 各级 全年 年度 本年 当年 每年 全区 "
    "全县 全市 全省 全体 所属 我区 我县 我市 区直 县直 市直 机关 单位 部门 本级 上级 下达 交办 有关 相关 "
    "其他 其它 日常 正常 常规 按期 及时 按时 按照 根据 有效 优质 情况 举办 举行 召开 用于 主要 以及 等等 "
    "不少于 不低于 不超过 不高于 达到 超过 以上 以下 以内 人员 计划 预期 既定 规定 要求 标准 次数 人数 "
    "人次 场次 期数 家次 户数 公里 平方米 立方米 万元 亿元 个月 季度 工作日 个月内 年内 天内 日内 小时内"
)
EMPTY_WORDS = parameter("matching_empty_words", tuple(_EMPTY.split()), "与指标对照时不算重合的词")
_WEAK = "培训 建设 管理 购置 采购 购买 配备"
WEAK_WORDS = parameter(
    "matching_weak_words", tuple(_WEAK.split()), "与指标对照时，项目名称也含有才算重合的词"
)

_USES = (
    "用于 用作 购 采购 支付 支出 发放 补助 补贴 奖 建设 新建 改建 扩建 改造 修 维护 养护 租 聘 印 培训 "
    "慰问 设备 材料 工资 费 款 开支 缴纳 元 安排 投入 拨付 偿还 举办 召开 编制 制作 整治 治理 检测 监测 "
    "检查 调查 宣传"
)
USE_WORDS = parameter("purpose_use_words", tuple(_USES.split()), "资金用途中说明用在何处的词")
_DUTIES = "成立 组建 隶属 内设 下设 职责 职能 统一领导 负责 主管 承担 归口 三定"
DUTY_WORDS = parameter("purpose_duty_words", tuple(_DUTIES.split()), "资金用途中讲沿革和职责的词")
_EXPENSES = (
    "办公 印刷费 差旅 水费 电费 水电 邮电 取暖 物业 交通 会议费 劳务 咨询 委托 工会 福利 招待 租赁 税 "
    "设计 监理 勘察 勘测 测绘 审计 招标 代理 造价 预备 前期 不可预见 工资 薪酬 社保 公积金 杂费 耗材 "
    "运费 燃油 保险 其他 其它 相关 公用 运转 结算 尾款 质保金 欠款 债务 利息 管理费"
)
EXPENSE_WORDS = parameter(
    "purpose_expense_words", tuple(_EXPENSES.split()), "资金用途中不要求单设指标的一般费用"
)

#: Different words for one thing: a goal may use one and an indicator another.
LIKE_WORDS = tuple(
    frozenset(group.split())
    for group in (
        "电脑 计算机 微机",
        "设备 仪器 装置 机具 器材",
        "维修 修缮 修复 改造 维护 检修 养护 修补 大修 改建 保养",
        "新建 修建 兴建 建成 建造 扩建 改扩建 竣工 完工",
        "宣传 宣讲 普及 科普 公益广告 讲座",
        "检查 巡查 排查 督查 巡检 抽查 执法",
        "检测 监测 抽检 检验 化验 采样",
        "补助 补贴 救助 资助 发放 津贴 受助 奖补",
        "慰问 走访 看望",
        "信息化 系统 平台 软件 数字化 网络",
        "绿化 造林 植树 栽植 苗木 补植 树木",
        "图书 书籍 刊物",
        "印制 印刷 编印 手册 资料 材料 宣传册",
        "房屋 校舍 用房 楼 场馆 宿舍",
        "道路 公路 路面 街道 巷道",
        "竞赛 比赛 大赛 赛事 联赛",
        "评选 表彰 奖励 先进",
        "诊疗 门诊 患者 就诊 住院 病人",
        "垃圾 保洁 清运 环卫 清扫",
        "污水 水质 排水 管网",
        "消防 火灾 灭火",
        "老年人 老人 养老",
        "学生 在校生 幼儿 儿童",
        "农户 农民 种植户 养殖户",
        "企业 公司 经营主体 商户",
        "课题 科研 研究 论文",
        "招聘 就业 岗位 用工",
        "演练 拉练",
        "演出 文艺 惠民",
        "体检 筛查",
        "疫苗 免疫 接种",
        "聘用 聘请 招募 雇佣",
        "河道 水库 堤防 沟渠 灌区",
        "安保 保安",
        "会议 座谈会 推介会 洽谈会 论坛",
    )
)

_ACTIONS = (
    "举办 举行 召开 开展 组织 承办 参加 培训 轮训 评选 评审 评比 表彰 奖励 慰问 走访 购置 采购 购买 配备 "
    "更新 更换 印制 印刷 编印 制作 编制 编写 出版 拍摄 发放 发布 建设 新建 改建 扩建 修建 建成 改造 维修 "
    "修缮 修复 修补 安装 铺设 硬化 绿化 种植 栽植 补植 治理 整治 清理 清淤 清运 检测 监测 检查 抽检 抽查 "
    "检验 巡查 巡检 排查 普查 调查 调研 勘察 测绘 研发 开发 升级 聘请 聘用 招募 招聘 选派 救助 补助 补贴 "
    "资助 扶持 帮扶 办理 审理 受理 审计 宣讲 宣传 征集 采集 收集 整理 接待 演练 防治 接种 诊疗 筛查 体检 "
    "引进 储备 养护 保洁 租赁 租用 施划 收购 处置 孵化 代办 调解"
).replace(" ", "|")
ACTION = re.compile(_ACTIONS)
ACTION_AT_END = re.compile(rf"(?:{_ACTIONS})$")
STARTS_WITH_ACTION = re.compile(
    rf"(?:用于|积极|深入|扎实|认真|继续|统一|定期|全年|计划|拟)*(?:{_ACTIONS}|完成)"
)
AT_ACTIONS = re.compile(rf"(?:、|以及|并且?|和|及|与)(?={_ACTIONS})")
_ACTIVITIES = (
    "学习 活动 竞赛 比赛 大赛 培训 班 讲座 评选 评比 仪式 宣誓 演练 检查 宣传 慰问 建设 改造 维修 维护 "
    "调查 调研 演出 展览 会议 论坛 监测 检测 巡查 治理 整治 表彰 体检 筛查 接种 防治 养护 保洁 绿化 采购 "
    "购置 印制 审计 评审 评估 座谈会 招聘会"
).replace(" ", "|")
ACTIVITY_AT_END = re.compile(rf"(?:{_ACTIVITIES})\s*(?:\d[\d,.]*\D{{0,4}})?$")

_ADVERBS = (
    "进一步 不断 切实 全面 有效 持续 着力 大力 充分 逐步 稳步 更好地 更好 积极 扎实 深入 认真 继续 同时 "
    "并 从而 以便 以 有力 统筹 严格 稳妥 最大限度地 最大限度 此外 最终 基本"
).replace(" ", "|")
_AIMS = (
    "加强 提高 提升 改善 保障 确保 保证 促进 推动 推进 完善 优化 增强 满足 实现 巩固 维护 维持 防范 消除 "
    "减少 降低 深化 落实 发挥 营造 树立 弘扬 方便 解决 缓解 健全 规范 强化 保持 带动 助力 使 让 通过 "
    "根据 按照 依据 依照 依法 围绕 统一领导 负责 贯彻 坚持 做好 抓好 扩大 拓展 丰富 力争 争取 引导 鼓励 "
    "支持 打造 构建 激发 凝聚 杜绝 避免 严防 预防 防止 建立 形成 达到 符合 遵守 执行 节约 控制 为了 "
    "严格按 项目实施后 项目建成后 学习贯彻"
).replace(" ", "|")
_FOR = "为(?=进一步|贯彻|深入|全面|提|保|确|加|促|推|实|切|更|落|满|解)"
#: What a goal hopes for, holds to or refers to; effect indicators speak of that in words of their own.
AIM = re.compile(rf"(?:{_ADVERBS})*(?:{_AIMS}|{_FOR})")
#: A state (能够正常开展), a measure of effect, or how a project is run, which needs no indicator of its own.
NO_TASK = re.compile(
    "正常|能够|得以|得到|顺利|有序|满意|知晓|专款|合同|履约|招标|招投标|公示|公开|绩效|自评|监控|调度|台账|移交|反馈|责任"
    "|制度|审批|岗前|资金使用|问题|每[周月日天季]|按[周月季]|定期|监督电话"
)
