"""The events of TikTokLive that Pasut can tell, by the names and members of 7.0."""

from types import SimpleNamespace


class Event(SimpleNamespace):
    """Members that Pasut does not know are not there."""

    @classmethod
    def get_type(cls):
        return cls.__name__


class ConnectEvent(Event): ...
class DisconnectEvent(Event): ...
class ControlEvent(Event): ...
class LiveEndEvent(ControlEvent): ...
class LivePauseEvent(ControlEvent): ...
class LiveUnpauseEvent(ControlEvent): ...
class CommentEvent(Event): ...
class EmoteChatEvent(Event): ...
class LikeEvent(Event): ...
class JoinEvent(Event): ...
class SocialEvent(Event): ...
class FollowEvent(SocialEvent): ...
class ShareEvent(SocialEvent): ...
class RoomUserSeqEvent(Event): ...
class QuestionNewEvent(Event): ...
class SubNotifyEvent(Event): ...
class EnvelopeEvent(Event): ...
class LinkMicBattleEvent(Event): ...
class LinkMicArmiesEvent(Event): ...


class GiftEvent(Event):
    @property
    def streaking(self):
        """Whether the streak goes on, so that this report is not the one to count."""
        return self.gift.type == 1 and not self.repeat_end

    @property
    def value(self):
        """Diamonds, of a streak that is over."""
        return -1 if self.streaking else self.gift.diamond_count * self.repeat_count


def of(name, data):
    """The events of a message of the feed, in the order in which the library raises them."""
    build = BUILD.get(name)
    return build(data) if build else []


def user(data):
    if "userId" not in data:
        return None
    handle, number = data.get("uniqueId", ""), int(data["userId"])
    picture = SimpleNamespace(url_list=data.get("userDetails", {}).get("profilePictureUrls", []))
    return SimpleNamespace(
        id=number, id_str=data["userId"], display_id=handle, unique_id=handle or None, username=handle,
        nickname=data.get("nickname", ""), nick_name=data.get("nickname", ""), avatar_thumb=picture,
        is_moderator=data.get("isModerator", False), badge_list=[], badges=[])


def common(data):
    return SimpleNamespace(msg_id=int(data.get("msgId", 0)), create_time=int(data.get("createTime", 0)))


def said(kind, **members):
    """One event, with who and when, and the members made of the message's data."""
    def build(data):
        own = {member: make(data) for member, make in members.items()}
        return [kind(user=user(data), common=common(data), **own)]
    return build


def gift(data):
    return SimpleNamespace(
        id=data["giftId"], name=data["giftName"], type=data["giftType"], diamond_count=data.get("diamondCount", 0),
        streakable=data["giftType"] == 1, describe=data["describe"])


def control(data):
    kind = {1: LivePauseEvent, 2: LiveUnpauseEvent, 3: LiveEndEvent, 4: LiveEndEvent}.get(data["action"])
    told = [ControlEvent(action=data["action"])]
    return told + [kind(action=data["action"])] if kind else told


def battle(data):
    sides = [SimpleNamespace(id=int(side["userId"]), user=user(side)) for side in data["battleUsers"]]
    return [LinkMicBattleEvent(battle_id=int(data["battleId"]), anchors_info=sides)]


def armies(data):
    points = {int(army["hostUserId"]): SimpleNamespace(host_score=army["points"]) for army in data["battleArmies"]}
    return [LinkMicArmiesEvent(battle_id=int(data["battleId"]), armies=points)]


BUILD = {
    "chat": said(CommentEvent, content=lambda data: data["comment"], comment=lambda data: data["comment"]),
    "emote": said(EmoteChatEvent, emote_list=lambda data: [
        SimpleNamespace(emote_id=emote["emoteId"]) for emote in data["emotes"]]),
    "like": said(LikeEvent, count=lambda data: data["likeCount"], total=lambda data: data.get("totalLikeCount", 0)),
    "member": said(JoinEvent, action=lambda data: data["actionId"],
                   member_count=lambda data: data.get("memberCount", 0)),
    "follow": said(FollowEvent),
    "share": said(ShareEvent),
    "gift": said(
        GiftEvent, gift=gift, gift_id=lambda data: data["giftId"], repeat_count=lambda data: data["repeatCount"],
        combo_count=lambda data: data["repeatCount"], repeat_end=lambda data: int(data["repeatEnd"]),
        group_id=lambda data: int(data.get("groupId", 0))),
    "roomUser": lambda data: [RoomUserSeqEvent(total=data["viewerCount"], total_user=data["totalUser"], ranks=[])],
    "questionNew": lambda data: [QuestionNewEvent(
        data=SimpleNamespace(content=data["questionText"], user=user(data)))],
    "subscribe": said(SubNotifyEvent, sub_month=lambda data: data["subMonth"]),
    "envelope": lambda data: [EnvelopeEvent(envelope_info=SimpleNamespace(
        envelope_id=data["envelopeId"], diamond_count=data.get("coins", 0), people_count=data["canOpen"],
        send_user_id=data.get("userId", ""), send_user_name=data["nickname"]))],
    "linkMicBattle": battle,
    "linkMicArmies": armies,
    "controlMessage": control,
}
