//! One call to the channel's platform.

use domain::ids::UserId;
use domain::notices::rules::Channel;
use wechat::{OfficialMessage, RobotText, SubscribeMessage, WeComNotice};

use super::Outcome;
use crate::App;
use crate::notices::rows::push::Push;
use crate::notices::{local_minute, template_of};
use crate::texts;

/// WeChat's word for a page that is not in the released version.
pub(super) const PAGE_MISSING: &str = "errcode_41030";

pub(super) async fn deliver(app: &App, push: &Push, address: &str) -> Outcome {
    match Channel::by_name(&push.channel) {
        Some(Channel::WechatSubscribe) => app.wechat.send_subscribe(&subscribe(push, address)).await,
        Some(Channel::WechatService) => match app.wechat.official() {
            Some(official) => official.send(&service(app, push, address)).await,
            None => Err(closed()),
        },
        Some(Channel::Wecom) => wecom(app, push, address).await,
        Some(Channel::WecomRobot) => match app.wechat.robot(address) {
            // The title alone: it counts and names nobody.
            Some(robot) => robot.say(RobotText::Plain(&push.title)).await.map(|()| None),
            None => Err(closed()),
        },
        None => Err(closed()),
    }
}

/// A channel that was switched off meanwhile.
fn closed() -> wechat::Fault {
    wechat::Fault::Refused { errcode: 48001, errmsg: "the channel is off".to_owned() }
}

fn subscribe(push: &Push, openid: &str) -> SubscribeMessage {
    // A page the released version lacks is left out: the card is worth more than its link.
    let has_page = push.reason.as_deref() != Some(PAGE_MISSING);
    SubscribeMessage {
        openid: openid.to_owned(),
        template_id: push.template_id.clone(),
        page: push.page.clone().filter(|_| has_page),
        data: serde_json::from_value(push.fields.clone()).unwrap_or_default(),
    }
}

fn service(app: &App, push: &Push, openid: &str) -> OfficialMessage {
    let template = template_of(app, Channel::WechatService, &push.kind);
    let data = template.map(|it| it.fill(&push.title, &push.body, &due_of(push)));
    OfficialMessage {
        openid: openid.to_owned(),
        template_id: push.template_id.clone(),
        page: push.page.clone(),
        data: data.unwrap_or_default(),
        client_msg_id: push.id.simple().to_string(),
    }
}

/// When it is due, as the message's own time field says; else when it was told.
fn due_of(push: &Push) -> String {
    let fields = push.fields.as_object().into_iter().flatten();
    let mut times = fields.filter(|(key, _)| key.starts_with("time") || key.starts_with("date"));
    let due = times.find_map(|(_, value)| value.as_str());
    due.map_or_else(|| local_minute(push.created_at), str::to_owned)
}

/// A card that leads to a one-tap link, where the message calls somebody to a decision and the installation is reached
/// from outside. A notice without one is better than none.
async fn card(app: &App, push: &Push) -> Option<wechat::Card> {
    let agent_id = app.config.wechat.wecom_agent_id;
    if agent_id == 0 {
        return None;
    }
    match app.subjects.link_of(app, &push.matter, UserId(push.recipient_id), push.created_at).await {
        Ok(url) => url.map(|url| wechat::Card { url, agent_id, button: texts::CARD_BUTTON.to_owned() }),
        Err(fault) => {
            tracing::warn!(error = %fault, "a link could not be made");
            None
        }
    }
}

/// Whom WeCom did not reach, although it took the message, is reached otherwise.
async fn wecom(app: &App, push: &Push, user: &str) -> Outcome {
    let Some(wecom) = app.wechat.wecom() else { return Err(closed()) };
    let notice = WeComNotice {
        users: vec![user.to_owned()],
        title: push.title.clone(),
        description: due_of(push),
        page: push.page.clone(),
        items: vec![(texts::CARD_TEXT.to_owned(), push.body.clone())],
        card: card(app, push).await,
    };
    let not_reached = wecom.send(&notice).await?;
    if not_reached.0.iter().any(|it| it.eq_ignore_ascii_case(user)) {
        return Err(wechat::Fault::Refused {
            errcode: 81013,
            errmsg: "the member cannot be reached".to_owned(),
        });
    }
    Ok(None)
}
