// Listens with tiktok-live-connector until the stream breaks off or the time is over; prints what
// it heard.
//
// usage: node peer.js http://127.0.0.1:PORT NAME SECONDS

const [url, name, seconds] = process.argv.slice(2);
process.env.SIGN_API_URL = url;
const { TikTokLiveConnection, WebcastEvent } = await import("tiktok-live-connector");

const host = url.replace("http://", "");
const connection = new TikTokLiveConnection(name, {
  webConfigOverrides: { TIKTOK_HOST_WEB: host, TIKTOK_HOST_WEBCAST: host },
});
// 2.5.0 speaks https to loopback hosts and http to all others.
connection.webClient.getBaseUrl = (host) => `http://${host}`;

const kinds = {
  chat: WebcastEvent.CHAT,
  gift: WebcastEvent.GIFT,
  like: WebcastEvent.LIKE,
  join: WebcastEvent.MEMBER,
  follow: WebcastEvent.FOLLOW,
  share: WebcastEvent.SHARE,
  viewers: WebcastEvent.ROOM_USER,
  control: WebcastEvent.CONTROL_MESSAGE,
  envelope: WebcastEvent.ENVELOPE,
  question: WebcastEvent.QUESTION_NEW,
  subscribe: WebcastEvent.SUB_NOTIFY,
  battle: WebcastEvent.LINK_MIC_BATTLE,
  battle_armies: WebcastEvent.LINK_MIC_ARMIES,
  emote: WebcastEvent.EMOTE,
};
const others = [
  WebcastEvent.LIVE_INTRO,
  WebcastEvent.ROOM_MESSAGE,
  WebcastEvent.BARRAGE,
  WebcastEvent.CAPTION_MESSAGE,
  WebcastEvent.RANK_UPDATE,
];

const events = {};
const count = (kind) => () => {
  events[kind] = (events[kind] ?? 0) + 1;
};
for (const [kind, event] of Object.entries(kinds)) {
  connection.on(event, count(kind));
}
for (const event of others) connection.on(event, count("other"));

const totals = { likes: 0, room_likes: 0, viewers: 0, diamonds: 0 };
const open = new Map();
connection.on(WebcastEvent.LIKE, (like) => {
  totals.likes += like.count;
  totals.room_likes = Number(like.total);
});
connection.on(WebcastEvent.ROOM_USER, (room) => {
  totals.viewers = Number(room.total);
});
connection.on(WebcastEvent.GIFT, (gift) => {
  // As the library's documentation counts: a streak when it is over, any other gift at once.
  const diamonds = Number(gift.gift.diamondCount) * Math.max(gift.repeatCount, 1);
  const streak = [gift.user?.id, gift.giftId, gift.groupId].join(":");
  if (gift.gift.type === 1 && !gift.repeatEnd) {
    open.set(streak, diamonds);
  } else {
    open.delete(streak);
    totals.diamonds += diamonds;
  }
});

const errors = [];
connection.on("error", (error) => errors.push(String(error?.exception ?? error?.info ?? error)));

let broke_off = false;
const broken = new Promise((resolve) => {
  connection.on("disconnected", () => {
    broke_off = true;
    resolve();
  });
});
await connection.connect();
const over = new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
await Promise.race([broken, over]);
if (!broke_off) await connection.disconnect();

let open_diamonds = 0;
for (const diamonds of open.values()) open_diamonds += diamonds;
console.log(
  JSON.stringify({
    client: "npm tiktok-live-connector",
    broke_off,
    events,
    open_diamonds,
    ...totals,
    errors,
  }),
);
process.exit(0);
