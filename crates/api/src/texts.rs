//! What people read for each code. The code is the contract; this table is the only home of the words.

use domain::money::Fen;
use domain::orders::Cure;
use domain::people::Role;
use serde_json::Value;

/// The Chinese text of a code, fit to show a rep: what is wrong and what to do.
pub fn detail(code: &str) -> &'static str {
    TEXTS.iter().find(|(known, _)| *known == code).map_or("操作没有成功,请稍后再试", |(_, text)| text)
}

/// Is there a text for the code?
#[cfg(test)]
pub fn is_known(code: &str) -> bool {
    TEXTS.iter().any(|(known, _)| *known == code)
}

/// What stands on a photo that is shown with what the server knows of it.
#[derive(Debug)]
pub struct Mark<'a> {
    /// The company's time at which it arrived.
    pub received_at: String,
    pub store: &'a str,
    pub distance_m: Option<i32>,
    pub person: &'a str,
    pub verdict: &'a str,
}

/// The lines of a mark.
pub fn mark(mark: &Mark<'_>) -> Vec<String> {
    let distance = match mark.distance_m {
        Some(metres) => format!("距门店 {metres} 米"),
        None => "位置未知".to_owned(),
    };
    let verdict = match mark.verdict {
        "pass" => "核验通过",
        "uncertain" => "位置误差较大",
        "reject" => "核验未通过",
        _ => "待人工复核",
    };
    vec![
        format!("{} 服务器收到", mark.received_at),
        format!("{} {distance}", mark.store),
        format!("{} {verdict}", mark.person),
    ]
}

/// Why a window is not set: the person has another one then.
pub fn other_window(agent: &str, (from, until): (&str, &str)) -> String {
    format!("{from} 至 {until} 已由 {agent} 代理，同一时间只能有一位代理人")
}

/// What stands in a customer's timeline of the lead it was.
pub fn lead_came(name: &str) -> String {
    format!("线索录入：{name}")
}

/// That somebody was in touch while it was a lead.
pub fn lead_response(touch_point: &str, outcome: Option<&str>) -> String {
    let how = match touch_point {
        "phone" => "电话",
        "visit" => "拜访",
        "wechat" => "微信",
        "quote_link" => "报价单链接",
        "email" => "邮件",
        _ => "会议",
    };
    let what = match outcome {
        Some("connected") => "已沟通",
        Some("no_answer") => "未接通",
        Some("refused") => "对方不便沟通",
        Some(_) => "联系方式有误",
        None => "待登记结果",
    };
    format!("线索跟进（{how}）：{what}")
}

/// That the lead became a customer.
pub fn lead_converted(by: &str) -> String {
    format!("{by} 将线索转为客户")
}
/// What is said of a customer that the reader does not see.
pub const ANOTHERS_CUSTOMER: &str = "属于其他同事";
/// Whoever decides when no person does.
pub const SYSTEM: &str = "系统";
/// Why an order is taken back that nobody allowed in time.
pub const APPROVAL_LAPSED: &str = "特批逾期未批，订单已自动取消";
/// The title of the page on which a customer signs.
pub const QUOTE_PAGE: &str = "报价单";
pub const QUOTE_PAGE_COLUMNS: [&str; 4] = ["商品", "数量", "单价（元）", "金额（元）"];
pub const QUOTE_PAGE_SIGNER: &str = "签收人姓名";
pub const QUOTE_PAGE_SIGN: &str = "确认签收";
pub const QUOTE_LINK_OVER: &str = "链接已失效，请联系业务员";

pub fn quote_total(total: Fen) -> String {
    format!("合计 {total} 元")
}

pub fn quote_was_signed(signer: &str) -> String {
    format!("已由 {signer} 签收")
}

pub fn quote_sent(number: &str) -> String {
    format!("发出报价单 {number}")
}

pub fn quote_signed(number: &str, signer: &str) -> String {
    format!("报价单 {number} 已签收，签收人 {signer}")
}

pub fn quote_unsigned(customer: &str) -> String {
    format!("报价单待客户签收：{customer}")
}

pub fn order_placed(total: Fen) -> String {
    format!("下单 {total} 元")
}

pub fn order_returned(number: &str, amount: Fen) -> String {
    format!("订单 {number} 退货 {amount} 元")
}

pub fn order_lapsed(number: &str) -> String {
    format!("订单 {number} 特批逾期")
}

pub fn special_approval(customer: &str, total: Fen) -> String {
    format!("订单特批：{customer} {total} 元")
}

/// What was found, in one line.
pub fn findings<'a>(found: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let words = found.map(|(rule, measures)| {
        let of = |name: &str| match &measures[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let (limit, actual, over_by) = (of("limit"), of("actual"), of("over_by"));
        match rule {
            "credit" => format!("信用占用 {actual} 元，额度 {limit} 元，超出 {over_by} 元"),
            "overdue" => format!("货款逾期 {actual} 天"),
            "return_rate" => format!("退货率 {actual}，上限 {limit}"),
            "price" => format!("单价 {actual} 元，政策价 {limit} 元"),
            "gift" => format!("赠品超出 {over_by}"),
            _ => "发往其他区域，有窜货风险".to_owned(),
        }
    });
    words.collect::<Vec<_>>().join("；")
}

/// Who may allow it, as people say it.
fn approver(role: Role) -> &'static str {
    match role {
        Role::Supervisor => "主管",
        Role::SalesDirector => "销售总监",
        _ => "区域总监",
    }
}

/// What would end a finding. `name` gives a line's product where there are several lines.
pub fn cure<'a>(cure: Option<&Cure>, role: Role, name: impl Fn(usize) -> Option<&'a str>) -> String {
    let of = |line: &usize| name(*line).map(|name| format!("「{name}」")).unwrap_or_default();
    match cure {
        Some(Cure::OrderLess { line, n, unit }) => format!("{}少订 {n} {unit}即可通过", of(line)),
        Some(Cure::OrderLessBy { amount }) => format!("合计少订 {amount} 元即可通过"),
        Some(Cure::PayFirst { amount }) => format!("先回款 {amount} 元即可通过"),
        Some(Cure::SettleOverdue { days }) => format!("结清逾期 {days} 天的货款即可通过"),
        Some(Cure::PriceAtLeast { line, unit, price }) => {
            format!("{}单价改为每{unit} {price} 元或以上即可通过", of(line))
        }
        Some(Cure::PriceAtMost { line, unit, price }) => {
            format!("{}单价改为每{unit} {price} 元或以下即可通过", of(line))
        }
        Some(Cure::FewerGifts { line, n, unit }) => format!("{}赠品减少 {n} {unit}即可通过", of(line)),
        Some(Cure::NamePromotion { line }) => format!("{}赠品选择对应的促销活动即可通过", of(line)),
        None => format!("需{}特批", approver(role)),
    }
}

#[rustfmt::skip]
const TEXTS: &[(&str, &str)] = &[
    // Requests
    ("unauthenticated", "登录已失效,请重新登录"),
    ("forbidden", "您的岗位没有这项权限"),
    ("not_found", "找不到该记录,或不在您的可见范围内"),
    ("version_conflict", "记录刚被他人修改,请刷新后再试"),
    ("internal", "系统出了点问题,您填写的内容请勿关闭,稍后重试"),
    ("malformed_json", "提交的内容无法读取"),
    ("body_too_large", "提交的内容过大"),
    ("content_type_unsupported", "不支持的内容类型"),
    ("unknown_field", "有无法识别的字段"),
    ("invalid_value", "字段内容不正确"),
    ("control_character", "内容里有无法识别的字符,请删除后重试"),
    ("required", "此项必填"),
    ("invalid_parameter", "查询参数不正确"),
    ("invalid_cursor", "翻页标记无效,请从第一页重新加载"),
    ("idempotency_key_invalid", "幂等键须为 1 到 128 个可见字符"),
    ("idempotency_key_reused", "同一个幂等键已用于不同的内容"),
    ("too_busy", "当前上传人数较多,请稍后自动重试"),
    ("malformed_push", "推送内容无法读取"),
    // Configuration
    ("no_draft", "没有正在编辑的草稿"),
    ("document_faulty", "草稿还有问题，修改后才能发布"),
    ("always_quiet", "安静时段的起止时间不能相同"),
    ("in_quiet_hours", "汇总时间落在安静时段内"),
    ("not_in_order", "请按时间先后填写，不要重复"),
    ("twice", "同一个渠道只能出现一次"),
    ("group_reads_names", "这类消息含有门店或人员名称，不能发到群里"),
    ("robot_reaches_nobody_alone", "群机器人不能用来通知个人"),
    ("code_twice", "编号为空，或已经用过"),
    ("unit_missing", "这个阶段没有证据要求"),
    ("unit_not_asked", "这个阶段不需要证据要求"),
    ("stage_unreachable", "这个阶段永远到不了"),
    ("stage_end_missing", "商机阶段须包含赢单（won）和输单（lost）"),
    ("schema_invalid", "字段定义不是有效的 JSON Schema 对象"),
    ("gap_without_signer", "没有签字要求，不能统计签字缺口"),
    ("asks_for_nothing", "这种证据没有任何要求"),
    ("evidence_kind_in_use", "阶段还在使用被删除的证据种类"),
    ("never_opens", "这样设置后没有任何一天上班"),
    ("hours_not_in_order", "下班时间须晚于上班时间，各班次按先后填写且不能重叠"),
    ("day_outside_years", "这一天不在已发布的年份内"),
    ("day_twice", "同一天只能填写一次"),
    ("makeup_closed", "调休上班的日子须有工作时间"),
    ("year_twice", "同一年份只能填写一次"),
    ("region_twice", "同一区域只能填写一次"),
    ("too_many_entries", "条目过多，请精简后再保存"),
    // Login
    ("wechat_code_invalid", "微信登录凭证已失效,请重新登录"),
    ("wechat_unavailable", "暂时连不上微信,请稍后再试"),
    ("bind_ticket_invalid", "绑定已过期,请重新登录"),
    ("phone_unknown", "这个手机号不在员工名单里,请联系主管或管理员登记"),
    ("phone_ambiguous", "这个手机号对应多名员工,请联系管理员核对"),
    ("identity_taken", "该员工已绑定其他微信,请联系管理员解绑"),
    ("not_employed", "您的账号已停用,请联系主管"),
    ("credentials_wrong", "用户名或密码不正确"),
    // People
    ("delegation_to_oneself", "代理人不能是本人"),
    ("delegation_window_empty", "结束时间须晚于开始时间，且晚于现在"),
    ("delegation_overlaps", "这段时间已有代理人，同一时间只能有一位"),
    ("delegation_ring", "这样安排会使代理关系形成循环，请换一位代理人"),
    ("delegation_chain_too_long", "代理最多转接 8 次，请换一位代理人"),
    ("person_not_active", "该员工当时不在职"),
    ("external_id_taken", "该外部编号已属于另一条记录"),
    ("last_admin", "公司至少要有一位在职的管理员"),
    // Lists
    ("list_empty", "清单里至少要有一家客户"),
    ("list_already_filed", "当日清单已提交"),
    ("day_over", "这一天已经过去"),
    ("day_too_far", "最多提前两周安排"),
    ("customer_twice", "同一客户在清单里重复"),
    ("customer_unknown", "找不到该客户,或不在您的名下"),
    ("opportunity_unknown", "找不到该商机,或不属于该客户"),
    ("action_unknown", "该阶段没有这个动作"),
    ("list_too_long", "一天的清单最多 30 家客户"),
    ("text_too_long", "文字太长"),
    ("list_not_filed", "这一天的清单没有提交"),
    ("item_done", "这一项已经完成，不需要说明"),
    ("day_ahead", "这一天还没有到"),
    ("reason_unknown", "请从列表中选择原因"),
    ("leave_ends_before", "结束日期早于开始日期"),
    ("leave_in_the_past", "请假不能从已过去的日子开始"),
    ("leave_too_long", "一次请假最长半年"),
    ("vague_text", "这句话没有可以核实的内容，不算一次动作；请写明时间、数量、产品、人员、单据或做成的事"),
    // Opportunities
    ("evidence_missing", "进入该阶段还缺少证据"),
    ("field_missing", "还没有填写"),
    ("attachment_missing", "还没有上传"),
    ("signature_missing", "还缺少签字"),
    ("evidence_kind_unknown", "没有这种证据"),
    ("evidence_empty", "请填写内容，或附上照片、文件"),
    ("evidence_rejected", "这份证据没有通过，请重新提交一份"),
    ("file_unknown", "文件不存在，或您不能使用这份文件"),
    ("opportunity_closed", "商机已经关闭，请先重新打开"),
    ("opportunity_open", "商机没有关闭，不需要重新打开"),
    ("stage_unknown", "没有这个阶段"),
    ("stage_same", "商机已经在这个阶段"),
    ("stage_needs_evidence", "线索转成的商机从第一个阶段开始，之后凭证据推进"),
    ("lose_instead", "输单请选择原因"),
    // Leads
    ("lead_converted", "这条线索已转为客户"),
    // Customers
    ("external_id_taken", "该外部编号已被其他客户使用"),
    ("field_not_yours", "您的岗位不能修改这一项"),
    ("owner_by_hand_over", "变更负责人请使用客户移交"),
    ("owner_already", "该客户已经由这位同事负责"),
    ("bill_to_itself", "付款方不能是客户自己"),
    ("bill_to_chained", "付款方不能再由他人付款"),
    ("payment_terms_unknown", "付款方式须为预付、货到付款、账期天数或月结"),
    ("payer_missing", "请填写发票抬头"),
    ("payer_code_missing", "开专票请填写统一社会信用代码"),
    ("amount_not_positive", "金额须大于零"),
    ("never_valid", "结束时间须晚于开始时间和现在"),
    ("customer_in_pool", "该客户已在公海"),
    ("customer_taken", "该客户刚被同事领取"),
    ("claims_used_up", "今天领取的客户已达上限，请明天再来"),
    ("outcome_already_told", "这次沟通的结果已登记"),
    ("nothing_counts_as_done", "请指定哪种证据算完成，否则不能发布"),
    ("nothing_selected", "请至少设置一个客户范围条件"),
    ("rhythm_impossible", "频率须在每天一次到每年一次之间"),
    ("task_not_a_draft", "任务已发布，不能再修改"),
    ("task_not_published", "任务还没有发布，或已经结束"),
    // Visits
    ("photo_missing", "签到需要至少一张门头照片"),
    ("photo_unknown", "照片不存在,或不是您为本次任务拍摄的"),
    ("visit_not_open", "本次签到未通过,请按提示重新签到"),
    ("visit_already_completed", "本次拜访的结果已登记"),
    ("action_item_unknown", "清单里没有这一项"),
    // Photos
    ("photo_empty", "照片是空文件,请重新拍摄"),
    ("photo_too_large", "照片超过 20 MB,请降低分辨率后重拍"),
    ("photo_not_an_image", "这不是照片,请用相机拍摄"),
    ("photo_type_unsupported", "不支持这种图片格式,请用 JPG、PNG、WebP 或 HEIC"),
    ("photo_too_many_pixels", "照片尺寸过大,请降低分辨率后重拍"),
    ("photo_truncated", "照片没有传完整,请重新上传"),
    ("photo_damaged", "照片已损坏,请重新拍摄"),
    ("file_type_unsupported", "不支持这种文件,请用 PDF、Word、Excel、PPT 或图片"),
    ("file_too_large", "文件超过 20 MB"),
    ("photo_no_preview", "这种格式暂时没有预览,请查看原图"),
    ("sha256_mismatch", "照片在传输中损坏,请重新上传"),
    ("part_missing", "缺少上传内容"),
    ("part_unknown", "有无法识别的上传内容"),
    ("ticket_unknown", "拍摄凭证无效,请返回任务重新拍摄"),
    ("subject_unknown", "找不到要拍照的对象"),
    ("location_invalid", "定位信息不正确"),
    // Deliveries
    ("order_unknown", "找不到该订单,或不在您的可见范围内"),
    ("order_not_ready", "订单还不能送货"),
    ("order_in_delivery", "订单已有一张未完成的送货单"),
    ("delivery_already_closed", "这张送货单已经完成"),
    ("delivery_not_planned", "送货单已经出发"),
    ("driver_unknown", "司机须是物流岗位的员工"),
    ("signer_missing", "请填写签收人"),
    ("goods_photo_missing", "请补一张货物到店照片"),
    ("signed_slip_photo_missing", "请补一张签收单照片"),
    ("line_missing", "还有商品没有填写签收数量"),
    ("line_unknown", "送货单里没有这一行商品"),
    ("line_twice", "同一行商品重复"),
    ("line_quantity_invalid", "送货数量须大于零且不超过未送数量"),
    ("quantity_mismatch", "签收数量与拒收数量之和须等于送货数量"),
    ("reject_reason_missing", "有拒收时请选择原因"),
    ("fail_reason_missing", "请说明未送达的原因"),
    ("delivery_already_loaded", "这张送货单已经装车"),
    ("delivery_not_departed", "车辆还没有出发"),
    ("delivery_already_arrived", "已经登记到店"),
    ("delivery_not_signed", "送货单还没有签收,无需更正"),
    ("order_twice", "同一张订单在车次里重复"),
    ("order_of_another_customer", "这张订单不属于该站点的客户"),
    ("trip_already_departed", "这趟车已经出发"),
    ("trip_over", "这趟车已经交款结束"),
    ("trip_stops_open", "还有站点没有完成,请先签收或登记未送达"),
    ("trip_not_handed_in", "司机还没有交款"),
    ("payment_amount_invalid", "收款金额与收款方式不一致"),
    ("amount_invalid", "金额不能是负数"),
    ("difference_reason_missing", "金额有差异,请说明原因"),
    ("return_empty", "退换记录里至少要有一行商品"),
    ("product_unknown", "找不到该商品"),
    ("unit_unknown", "该商品没有这个单位"),
    ("quantity_invalid", "数量须大于零"),
    ("return_reason_unknown", "请从列表中选择退货原因"),
    ("correction_too_late", "签收超过 7 天,不能再更正"),
    ("correction_reason_missing", "请说明更正的原因"),
    ("correction_changes_nothing", "数量与原来相同,无需更正"),
    ("override_reason_missing", "请说明破例的原因"),
    ("attempt_unknown", "找不到这次签收记录"),
    ("invoicing_not_held", "这张送货单没有暂停开票"),
    ("pin_invalid", "口令须为 4 到 8 位数字"),
    ("pin_wrong", "口令不正确"),
    ("pin_locked", "口令输错次数过多,请稍后再试"),
    // Quotes and orders
    ("order_lines_missing", "订单里至少要有一行商品"),
    ("order_lines_too_many", "一张订单最多 200 行商品"),
    ("order_quantity_invalid", "数量须大于零"),
    ("order_price_invalid", "单价不正确"),
    ("discount_invalid", "折扣须在 0 到 100 之间"),
    ("promotion_unknown", "找不到该促销活动"),
    ("promotion_invalid", "促销活动填写不完整"),
    ("order_too_large", "订单金额过大"),
    ("customer_blacklisted", "该客户已被列入黑名单，不能下单或发货"),
    ("rep_unknown", "请选择在职的业务员"),
    ("rep_not_yours", "业务员只能录入自己的订单"),
    ("order_cancelled", "订单已取消"),
    ("order_settled", "订单已送达，不能再修改或取消"),
    ("order_not_waiting", "订单已不在等待特批"),
    ("approval_lapsed", "特批已过有效期，请重新下单"),
    ("order_content_changed", "订单内容与审批时不一致，请重新提交"),
    ("return_lines_invalid", "退货明细有误"),
    ("return_quantity_invalid", "退货数量须大于零"),
    ("return_exceeds_accepted", "退货数量超过已签收且未退的数量"),
    ("exception_ends_with_order", "这类异常会随订单自动结束"),
    ("exception_closed", "这条异常已处理"),
    ("approver_cannot_decide", "该岗位不能审批，请选主管、区域总监或销售总监"),
    ("quote_unknown", "找不到该报价单，或不属于该客户"),
    ("quote_sent", "报价单已发出"),
    ("quote_not_sent", "报价单还没有发出"),
    ("quote_signed", "报价单已签收，不能再修改"),
    ("quote_ordered", "报价单已转为订单"),
    ("quote_void", "报价单已作废"),
    ("quote_settled", "报价单已签收或作废，不再需要链接"),
    ("signature_photo_missing", "请拍一张客户签字的照片"),
    // Decisions
    ("already_decided", "已由他人处理"),
    ("approval_withdrawn", "这项待办已不需要处理"),
    ("not_your_todo", "这项待办不由您处理"),
    ("own_matter", "不能审批自己提交的事项"),
    ("comment_missing", "请写一句理由"),
    ("approval_given_back", "已退回给发起人修改，重新提交后再处理"),
    ("already_answered", "您已处理，正在等其他人"),
    ("rounds_used_up", "已经提交过三轮，请直接同意或不同意"),
    ("return_target_unreachable", "不能退回到这个节点"),
    ("already_asked", "这个人已经在处理这一步"),
    ("not_added_by_you", "只能减去您加签且还没处理的人"),
    ("too_late_to_take_back", "后面的人已经处理，不能再拿回"),
    ("reminded_recently", "四小时内已经催过一次，请稍后再催"),
    ("not_your_request", "只有发起人可以这样做"),
    ("approval_not_given_back", "没有被退回，不需要重新提交"),
    ("nothing_asked", "没有等待回复的问题"),
    ("nobody_to_decide", "找不到可以审批的人，请联系管理员"),
    ("approval_flow_broken", "审批流程有误，请联系运营"),
    ("person_may_not_decide", "请选择在职且可以审批的同事"),
    ("review_not_withdrawn", "照片与位置的复核不能撤回"),
    ("flow_missing", "没有可用的审批流程，请联系运营"),
    ("flow_unknown", "没有这个审批流程"),
    ("link_over", "链接已使用或已过期"),
    // Flows and service levels
    ("key_twice", "编号重复"),
    ("node_unknown", "指向了不存在的节点"),
    ("node_unreachable", "这个节点永远走不到"),
    ("flow_goes_round", "流程绕回了前面的节点，没有出口"),
    ("flow_unreachable", "前面的流程已包含全部情况，这个流程用不到"),
    ("branches_cross", "分支之间互相串联，请让每条分支各自汇合"),
    ("branch_not_joined", "分支没有汇合就结束了"),
    ("join_without_branches", "汇合节点前面没有对应的分支"),
    ("too_few_branches", "并行至少需要两条分支"),
    ("nobody_named", "请至少选择一个人"),
    ("nobody_can_approve", "没有人可以审批这个节点"),
    ("return_target_not_earlier", "退回的目标须是前面的审批节点"),
    ("service_level_unknown", "没有这个时限"),
    ("service_level_missing", "每种审批都要有对应的时限"),
    ("service_level_in_use", "有流程正在使用的时限被删除或不适用"),
    ("auto_decision_forbidden", "涉及钱款、法务和信用的审批不能由系统自动决定"),
    ("field_unknown", "没有这个字段"),
    ("value_does_not_fit", "比较的内容与字段不符"),
    // Imports
    ("import_kind_unknown", "不支持导入这种资料"),
    ("import_unreadable", "文件不是可读取的 CSV(UTF-8)"),
    ("import_column_missing", "文件缺少必需的列"),
    ("import_too_large", "文件超过 20 MB"),
    ("import_file_lost", "文件已无法读取,请重新上传"),
    ("import_not_allowed", "上传人已离职或不再有导入权限,请由在职的运营或管理员重新上传"),
    ("row_too_long", "单元格多于表头,请检查多余的逗号"),
    ("quote_open", "引号没有成对,其后的行无法识别"),
    ("too_long", "内容过长"),
    ("not_a_date", "不是日期(如 2026-11-23)"),
    ("not_an_instant", "不是时间(如 2026-11-23T08:30:00+08:00)"),
    ("not_a_phone", "不是电话号码"),
    ("role_unknown", "没有这个岗位"),
    ("admin_not_imported", "管理员不能通过导入产生或修改,请在服务器上办理"),
    ("person_edit_admin_only", "已登记员工的资料只能由管理员修改"),
    ("own_manager", "上级不能是本人"),
    ("own_parent", "上级区域不能是自己"),
    ("manager_ring", "上级关系形成循环"),
    ("parent_ring", "上级区域形成循环"),
    ("before_start", "离职日期早于入职日期"),
    ("region_unknown", "没有这个区域"),
    ("manager_unknown", "没有这位上级"),
    ("owner_unknown", "没有这位负责人"),
    ("username_taken", "用户名已被他人使用"),
    ("duplicate_row", "文件里已有同一编号"),
    ("value_unknown", "不是允许的取值"),
    ("not_a_coordinate", "不是坐标"),
    ("half_a_point", "经纬度须同时填写"),
    ("out_of_range", "超出允许范围"),
    ("system_unknown", "坐标系须为 gcj02、wgs84 或 bd09"),
    ("not_money", "不是金额(最多两位小数)"),
    ("not_a_price", "不是单价(最多四位小数)"),
    ("not_metres", "不是米数"),
    ("not_a_percentage", "不是百分数"),
    ("not_packs", "包装须写成 提:6;箱:24,最多三种"),
    ("negative", "不能是负数"),
    ("uscc_invalid", "统一社会信用代码校验不通过"),
    ("duplicate_uscc", "信用代码与其他客户重复"),
    ("duplicate_phone", "电话与其他客户重复"),
    ("duplicate_name", "同地区已有同名客户"),
    // Development
    ("clock_backwards", "时钟不能往回拨,请用重置"),
    ("settle_unfinished", "任务过多,未能全部处理完"),
    ("person_unknown", "没有这个人"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_text() {
        let mut codes: Vec<_> = TEXTS.iter().map(|(code, _)| code).collect();
        codes.sort_unstable();
        let n_codes = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), n_codes);
        assert!(is_known("internal") && !is_known("no_such_code"));
    }
}
