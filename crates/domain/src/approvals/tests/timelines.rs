//! A whole story in words.

use super::story::said;
use super::*;

/// Steps `主管审批` by two in a sequence, `财务`与`法务` at once, and a copy.
fn document() -> Flow {
    let all = || json!({"type": "all"});
    let named = |mut node: Value, name: &str| {
        node["name"] = json!(name);
        node
    };
    flow(&json!([
        named(asks("a", &[2, 3], json!({"type": "sequential"}), Some("n")), "主管审批"),
        named(asks("n", &[1], all(), Some("p")), "经理审批"),
        {"type": "parallel", "key": "p", "name": "会审", "branches": ["f", "l"], "join": "j"},
        named(asks("f", &[4], all(), Some("j")), "财务审批"),
        named(asks("l", &[5], all(), Some("j")), "法务审批"),
        {"type": "join", "key": "j", "name": "汇合", "next": "c"},
        {"type": "copy", "key": "c", "name": "抄送内勤", "to": [{"type": "person", "username": "p6"}]},
    ]))
}

fn passing_over() -> Story {
    let mut flow = document();
    if let Some(flow::Node::Approval(node)) = flow.nodes.get_mut(1) {
        node.nobody = flow::Nobody::Skip;
    }
    Story::of(flow)
}

#[test]
fn a_story_with_people_and_the_machine_reads_from_top_to_bottom() {
    let mut story = passing_over();
    story.acts(1, &Verb::Remind).unwrap();
    story.acts(2, &Verb::AskInfo { question: said("为何打折？") }).unwrap();
    story.acts(1, &Verb::GiveInfo { answer: said("清库存") }).unwrap();
    let yes = Verb::Answer { word: Word::Approve, comment: said("可以") };
    story.acts_for(9, &[2], &yes).unwrap();
    story.approves(3).unwrap();
    story.climbs(Act::Superior);
    story.delegates(4, 7).unwrap();
    story.approves(7).unwrap();
    story.approves(4).unwrap();
    story.climbs(Act::AutoApprove);
    let expected = [
        "员工1提交审批，流程为“流程”第 3 版。",
        "“主管审批”开始，请员工2、员工3依次审批。",
        "员工1提醒员工2处理。",
        "员工2在“主管审批”请发起人补充说明，计时暂停：“为何打折？”。",
        "员工1补充了说明，计时继续：“清库存”。",
        "员工9 代 员工2 在“主管审批”同意：“可以”。",
        "轮到员工3在“主管审批”审批。",
        "员工3在“主管审批”同意。",
        "“主管审批”通过。",
        "系统自动跳过“经理审批”：审批人只有发起人本人。",
        "“会审”分为 2 路进行。",
        "“财务审批”开始，请员工4审批。",
        "“法务审批”开始，请员工5审批。",
        "系统自动请上级协助：“财务审批”已用时限的 100%。",
        "系统自动请员工104协助员工4处理“财务审批”。",
        "员工4在“财务审批”先请员工7提出意见。",
        "员工7在“财务审批”提出意见：同意。",
        "轮到员工4在“财务审批”审批。",
        "员工4在“财务审批”同意。",
        "“财务审批”通过。",
        "“会审”的一路已经完成。",
        "系统自动按时限同意：“法务审批”已用时限的 100%。",
        "系统自动在“法务审批”代替员工5同意。",
        "“法务审批”通过。",
        "“会审”的一路已经完成。",
        "“抄送内勤”抄送给员工6。",
        "审批通过。",
    ];
    assert_eq!(story.told(), expected);
}

#[test]
fn what_is_given_back_and_handed_over_says_to_whom() {
    let mut story = Story::of(document());
    story.adds_after(2, 8).unwrap();
    story.acts(2, &Verb::RemoveSigner { user: user(8) }).unwrap();
    story.acts(2, &Verb::Transfer { to: user(9), comment: said("我出差") }).unwrap();
    story.moves(3, 7);
    story.approves(9).unwrap();
    story.takes_back(9).unwrap();
    story.returns(9, Target::Initiator).unwrap();
    story.resubmits("h1").unwrap();
    let expected = [
        "员工2在“主管审批”加签员工8，在自己之后审批。",
        "员工2不再请员工8在“主管审批”审批。",
        "员工2把“主管审批”的审批转交给员工9：“我出差”。",
        "员工900把员工3在“主管审批”的审批转交给员工7。",
        "员工9在“主管审批”同意。",
        "轮到员工7在“主管审批”审批。",
        "员工9收回了在“主管审批”的意见。",
        "“主管审批”已退回。",
        "员工9把“主管审批”退回到发起人员工1：“请改”。",
        "员工1第 2 次提交。",
        "“主管审批”开始，请员工2、员工3依次审批。",
    ];
    assert_eq!(story.told()[2..], expected);
}

/// The last sentence of a story.
fn check(story: &Story, expected: &str) {
    assert_eq!(story.told().last().map(String::as_str), Some(expected));
}

#[test]
fn every_end_says_how_it_came() {
    let withdraw = Verb::Withdraw { reason: said("填错了") };
    let mut story = Story::of(document());
    story.acts(1, &withdraw).unwrap();
    check(&story, "审批已撤回。");
    let mut story = Story::of(document());
    story.approves(2).unwrap();
    story.acts(1, &withdraw).unwrap();
    check(&story, "员工1申请撤回：“填错了”。");
    story.acts(3, &Verb::ConsentToWithdrawal).unwrap();
    check(&story, "员工3同意撤回，审批已撤回。");
    let mut story = Story::of(document());
    story.rejects(2).unwrap();
    check(&story, "审批未通过。");
    for (status, expected) in [
        (Status::Lapsed, "系统自动结束了审批，内容已变化或已过期。"),
        (Status::Withdrawn, "系统自动结束了审批，已不需要决定。"),
    ] {
        let mut story = Story::of(document());
        let done = end(story.case(&Answers::default()), &story.state, status);
        story.keep(None, done);
        check(&story, expected);
    }
    let mut story = Story::of(document());
    story.acts(900, &Verb::Override { word: Word::Approve, comment: said("特批") }).unwrap();
    let told = story.told();
    assert!(told.contains(&"员工900以管理员身份直接决定通过：“特批”。".to_owned()), "{told:?}");
    check(&story, "审批通过。");
}

#[test]
fn where_nobody_is_found_the_admin_is_named() {
    let mut story = Story::of(document());
    story.approves(2).unwrap();
    story.approves(3).unwrap();
    check(&story, "“经理审批”开始，没有找到审批人，由管理员员工900审批。");
    story.acts(3, &Verb::Comment { text: said("请尽快") }).unwrap();
    check(&story, "员工3留言：“请尽快”。");
}

#[test]
fn what_is_asked_about_anew_says_so() {
    let mut story = Story::of(document());
    let done = renew(story.case(&Answers::default()), &story.state, story.state.initiator, said("h2"));
    story.keep(Some(user(1)), done);
    check(&story, "员工1更新了审批内容，审批继续。");
}
