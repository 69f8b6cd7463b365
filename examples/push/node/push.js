// Listens to a LIVE with tiktok-live-connector and pushes what it hears to Pasut.
//
// usage: node push.js NAME [--pasut http://127.0.0.1:8787] [--token-file FILE] [--tiktok http://127.0.0.1:PORT]

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pasut: { type: "string", default: "http://127.0.0.1:8787" },
    "token-file": { type: "string" },
    "host-user-id": { type: "string" },
    tiktok: { type: "string" },
  },
});
const [name] = positionals;
if (options.tiktok) process.env.SIGN_API_URL = options.tiktok;
const { TikTokLiveConnection, WebcastEvent } = await import("tiktok-live-connector");

const everyMs = 1000; // So long lines are gathered before they are sent.
const mostLines = 5000; // So many are sent at once.

const headers = { Origin: options.pasut };
if (options["token-file"]) headers.Authorization = `Bearer ${readFileSync(options["token-file"], "utf8").trim()}`;

async function ask(path, body, type = "application/json") {
  const answer = await fetch(options.pasut + path, {
    method: "POST",
    headers: { ...headers, "Content-Type": type },
    body,
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
}

// A pushed session. What could not be sent is sent again; Pasut drops what it has already.
const lines = [];
let session;

async function send() {
  // Nothing at all says that we still listen.
  const sent = lines.slice(0, mostLines);
  const body = sent.map((line) => `${JSON.stringify(line)}\n`).join("");
  const { refused } = await ask(`/api/v1/sessions/${session}/events`, body, "application/x-ndjson");
  lines.splice(0, sent.length);
  for (const { line, reason } of refused) console.log(`refused: line ${line} ${reason}`);
}

const id = (value) => (value && String(value) !== "0" ? String(value) : null);

// Who it was, as Pasut names people.
function user(data) {
  const who = data.user;
  if (!id(who?.id)) return null;
  return { id: id(who.id), display_id: who.displayId ?? who.uniqueId ?? "", nickname: who.nickname ?? "" };
}

// One tick of a streak: Pasut works out what it adds.
function gift(data) {
  return {
    id: String(data.giftId),
    name: data.gift?.name ?? "",
    diamond_count: Number(data.gift?.diamondCount) || null,
    streakable: data.gift?.type === 1,
    group_id: String(data.groupId),
    repeat_count: Math.max(Number(data.repeatCount), 1),
    repeat_end: Boolean(data.repeatEnd),
    to_user_id: id(data.toUser?.id ?? data.userGiftReciever?.userId),
  };
}

// What Pasut calls an event, and which members it gets besides who and when.
const kinds = [
  [WebcastEvent.CHAT, "comment", (data) => ({ text: data.content ?? data.comment ?? "" })],
  [WebcastEvent.GIFT, "gift", (data) => ({ gift: gift(data) })],
  [WebcastEvent.LIKE, "like", (data) => ({ count: Number(data.count), total: Number(data.total) })],
  [WebcastEvent.MEMBER, "join", () => ({})],
  [WebcastEvent.FOLLOW, "follow", () => ({})],
  [WebcastEvent.SHARE, "share", () => ({})],
  [
    WebcastEvent.ROOM_USER,
    "viewers",
    (data) => ({ viewers: Number(data.total), total_viewers: Number(data.totalUser ?? 0) }),
  ],
  [WebcastEvent.QUESTION_NEW, "question", (data) => ({ text: data.details?.text ?? "" })],
  [WebcastEvent.CONTROL_MESSAGE, "control", (data) => ({ action: String(Number(data.action)) })],
];

const host = options.tiktok?.replace("http://", "");
const connection = new TikTokLiveConnection(
  name,
  host ? { webConfigOverrides: { TIKTOK_HOST_WEB: host, TIKTOK_HOST_WEBCAST: host } } : {},
);
// 2.5.0 speaks https to loopback hosts and http to all others.
if (host) connection.webClient.getBaseUrl = (host) => `http://${host}`;

for (const [event, kind, members] of kinds) {
  connection.on(event, (data) =>
    lines.push({
      event_id: String(data.common.msgId),
      t: new Date().toISOString(),
      kind,
      user: user(data),
      ...members(data),
    }),
  );
}

const wanted = { creator: name, source: "push" };
if (options["host-user-id"]) wanted.host_user_id = options["host-user-id"];
({ session_id: session } = await ask("/api/v1/sessions", JSON.stringify(wanted)));
console.log(`pushing @${name} as session ${session}`);

let over = false;
connection.on("disconnected", () => {
  over = true;
});
connection.on("error", (error) => console.log(String(error?.exception ?? error?.info ?? error)));
await connection.connect();
while (!over) {
  await new Promise((resolve) => setTimeout(resolve, everyMs));
  await send().catch((error) => console.log(`${lines.length} lines wait: ${error.message}`));
}
while (lines.length > 0) await send();
await ask(`/api/v1/sessions/${session}/end`);
process.exit(0);
