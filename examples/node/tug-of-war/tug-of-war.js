// Tug of war for a TikTok LIVE: two teams pull with likes and gifts, and whoever follows or shares gives
// a push. Written for the npm library tiktok-live-connector; knows nothing of Pasut.
//
// usage: node tug-of-war.js CREATOR

import { ControlEvent, TikTokLiveConnection, WebcastEvent } from "tiktok-live-connector";

const creator = process.argv[2];
if (!creator) {
  console.error("usage: node tug-of-war.js CREATOR");
  process.exit(2);
}

const WIDTH = 41;
const PULL = { like: 0.01, push: 5, diamond: 1 };

const teams = { red: { pull: 0, players: new Set() }, blue: { pull: 0, players: new Set() } };
const chosen = new Map(); // who said in the chat which team is theirs
const score = { likes: 0, gifts: 0, diamonds: 0, follows: 0, shares: 0, comments: 0, topGift: null };

/** The team somebody chose, or else the one their number falls into. */
function teamOf(user) {
  return chosen.get(user.id) ?? (Number(user.id.slice(-1)) % 2 === 0 ? "red" : "blue");
}

function pull(user, strength) {
  if (!user) return;
  const team = teams[teamOf(user)];
  team.pull += strength;
  team.players.add(user.id);
  draw();
}

function draw() {
  if (!process.stdout.isTTY) return;
  const lead = Math.round((teams.blue.pull - teams.red.pull) / 20);
  const knot = Math.max(0, Math.min(WIDTH - 1, (WIDTH >> 1) + lead));
  const rope = "=".repeat(knot) + "O" + "=".repeat(WIDTH - 1 - knot);
  process.stdout.write(`\r red ${teams.red.pull.toFixed(1)} |${rope}| ${teams.blue.pull.toFixed(1)} blue  `);
}

const live = new TikTokLiveConnection(creator, {});

live.on(WebcastEvent.CHAT, ({ user, content }) => {
  score.comments += 1;
  const team = content.trim().toLowerCase();
  if (user && team in teams) chosen.set(user.id, team);
});

live.on(WebcastEvent.LIKE, ({ user, count }) => {
  score.likes += count;
  pull(user, count * PULL.like);
});

live.on(WebcastEvent.GIFT, ({ user, gift, repeatCount, repeatEnd }) => {
  if (gift.type === 1 && !repeatEnd) return; // the streak goes on
  const diamonds = gift.diamondCount * repeatCount;
  score.gifts += repeatCount;
  score.diamonds += diamonds;
  if (!score.topGift || diamonds > score.topGift.diamonds) {
    score.topGift = { from: user?.displayId ?? null, name: gift.name, diamonds };
  }
  pull(user, diamonds * PULL.diamond);
});

live.on(WebcastEvent.FOLLOW, ({ user }) => {
  score.follows += 1;
  pull(user, PULL.push);
});

live.on(WebcastEvent.SHARE, ({ user }) => {
  score.shares += 1;
  pull(user, PULL.push);
});

live.on(ControlEvent.ERROR, ({ info, exception }) => console.error(info, String(exception)));

live.on(ControlEvent.DISCONNECTED, () => {
  const of = ({ pull, players }) => ({ pull: Number(pull.toFixed(2)), players: players.size });
  const winner = teams.red.pull > teams.blue.pull ? "red" : "blue";
  console.log(JSON.stringify({ winner, red: of(teams.red), blue: of(teams.blue), ...score }));
  process.exit(0);
});

await live.waitUntilLive();
const { roomId } = await live.connect();
console.error(`Playing in room ${roomId}`);
