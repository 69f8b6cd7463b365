// The classes of tiktok-live-connector over the event feed of a Pasut that watches the creator.
//
// WebcastPushConnection is that of 1.x, TikTokLiveConnection that of 2.x. What they cannot do is in README.md.
// PASUT_URL is where Pasut is (http://127.0.0.1:8787 unless said), PASUT_TOKEN a feed token of it.
"use strict";

const { EventEmitter } = require("node:events");
const WebSocket = globalThis.WebSocket ?? require("ws");

const RETRY_MS = [1000, 2000, 5000, 10000, 30000];
const MOST_HELD = 20000; // more than a busy LIVE has in the minute after which a game looks again
const RESTART_MS = 60000; // so long Pasut may take to find the LIVE again after it was restarted

class AlreadyConnectingError extends Error {}
class AlreadyConnectedError extends Error {}
class UserOfflineError extends Error {}

class Connection extends EventEmitter {
  #socket = null;
  #retries = 0;
  #retry = null;
  #again = false; // connected anew, and not told yet how the LIVE is
  #waiting = []; // for the LIVE: { resolve, reject, patient }
  #held = []; // what came before the game asked for it
  #room = null;

  constructor(uniqueId, options = {}) {
    super();
    this.uniqueId = handle(uniqueId);
    this.options = options;
    this.isConnecting = false;
    this.isConnected = false;
  }

  get state() {
    const { isConnected, isConnecting, roomId, roomInfo, availableGifts } = this;
    return { isConnected, isConnecting, upgradedToWebsocket: isConnected, roomId, roomInfo, availableGifts };
  }

  get roomId() {
    return this.#room?.roomId ?? "";
  }

  get roomInfo() {
    return this.#room ? this.shapeRoomInfo(this.#room.roomInfo) : null;
  }

  get availableGifts() {
    return null;
  }

  getState() {
    return this.state;
  }

  async connect() {
    if (this.isConnecting) throw new AlreadyConnectingError("Already connecting!");
    if (this.isConnected) throw new AlreadyConnectedError("Already connected!");
    this.isConnecting = true;
    try {
      await this.#live(false);
    } catch (error) {
      this.#fail(error, "Error while connecting");
      throw error;
    } finally {
      this.isConnecting = false;
    }
    this.isConnected = true;
    this.emit("connected", this.state);
    for (const [event, data] of this.#held.splice(0)) this.tell(event, data);
    return this.state;
  }

  async disconnect() {
    this.#close(1000, "Disconnected by the game");
  }

  /** Resolves when the creator is LIVE; with Pasut the news comes by itself. */
  async waitUntilLive() {
    await this.#live(true);
  }

  async fetchIsLive() {
    if (this.#room) return true;
    try {
      await this.#live(false);
      return true;
    } catch (error) {
      if (error instanceof UserOfflineError) return false;
      throw error;
    }
  }

  async fetchRoomId() {
    await this.#live(false);
    return this.roomId;
  }

  async fetchRoomInfo() {
    await this.#live(false);
    return this.roomInfo;
  }

  async getRoomInfo() {
    return this.fetchRoomInfo();
  }

  async sendMessage() {
    throw new Error("Pasut only listens: it cannot send chat messages.");
  }

  async fetchAvailableGifts() {
    throw new Error("Pasut has no list of the gifts of a room.");
  }

  #live(patient) {
    if (this.#room) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject, patient });
      if (!this.#socket && !this.#retry) this.#open();
    });
  }

  #open() {
    this.#retry = null;
    const socket = new WebSocket(address(this.uniqueId));
    this.#socket = socket;
    this.#again = this.isConnected;
    let why = "";
    socket.addEventListener("error", (error) => (why = error.message ?? ""));
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#take(JSON.parse(data));
    });
    socket.addEventListener("close", ({ reason }) => {
      if (socket === this.#socket) this.#lost(String(reason || why));
    });
  }

  #take({ event, data }) {
    this.#retries = 0;
    if (event === "connected") {
      this.#room = data;
      this.#again = false;
      for (const { resolve } of this.#waiting.splice(0)) resolve();
    } else if (event === "disconnected") {
      if (this.#again) return this.#allow(RESTART_MS, data.reason);
      this.#room = null;
      if (this.isConnected) return this.#close(1000, data.reason);
      this.#giveUp(new UserOfflineError(data.reason));
      if (this.#waiting.length === 0) this.#close(1000, data.reason);
    } else if (event === "pasut.missed") {
      this.#fail(new Error(data.detail), "Events were missed");
    } else if (this.isConnected) {
      this.tell(event, data);
      if (event === "streamEnd") this.#close(1000, "The LIVE ended");
    } else if (this.#held.length < MOST_HELD) {
      this.#held.push([event, data]);
      if (this.#held.length === MOST_HELD) {
        this.#fail(new Error("Events are missed until the game connects"), "The game did not connect in time");
      }
    }
  }

  #allow(ms, reason) {
    const socket = this.#socket;
    const over = () => {
      if (socket === this.#socket && this.#again) this.#close(1000, reason);
    };
    setTimeout(over, ms).unref();
  }

  /** Pasut is gone, or restarted: try again, as long as somebody waits for it. */
  #lost(why) {
    const error = new Error(`Pasut at ${where()} does not answer, or not to this program: ${why}`);
    this.#socket = null;
    this.#giveUp(error);
    if (!this.isConnected && this.#waiting.length === 0) return;
    this.#fail(error, "The connection to Pasut was lost; trying again");
    const wait = RETRY_MS[Math.min(this.#retries++, RETRY_MS.length - 1)];
    this.#retry = setTimeout(() => this.#open(), wait);
  }

  #giveUp(error) {
    const waiting = this.#waiting.splice(0);
    this.#waiting = waiting.filter(({ patient }) => patient);
    for (const { reject, patient } of waiting) if (!patient) reject(error);
  }

  #close(code, reason) {
    const socket = this.#socket;
    clearTimeout(this.#retry);
    this.#socket = this.#retry = this.#room = null;
    this.#held = [];
    socket?.close();
    if (!this.isConnected) return;
    this.isConnected = false;
    this.emit("disconnected", { code, reason });
  }

  #fail(exception, info) {
    if (this.listenerCount("error") > 0) this.emit("error", { info, exception });
  }
}

/** Flat data, as the feed has it. */
class WebcastPushConnection extends Connection {
  shapeRoomInfo(info) {
    return info;
  }

  tell(event, data) {
    this.emit(event, data);
  }
}

/** Nested data, by the names of 2.5 and those of earlier 2.x and its documentation beside them. */
class TikTokLiveConnection extends Connection {
  shapeRoomInfo(info) {
    return { data: info, ...info };
  }

  tell(event, data) {
    // 2.x raises one event where 1.x raises two.
    if (event === "social") return;
    this.emit(NAMES_2[event] ?? event, { ...data, ...nested(data), ...(SHAPES[event]?.(data) ?? {}) });
  }
}

const NAMES_2 = { subscribe: "subNotify" };

function nested(data) {
  if (!data.userId && !data.createTime) return {};
  const { msgId, createTime, displayType, label } = data;
  return {
    user: user(data),
    common: { msgId, createTime, displayText: { key: displayType ?? "", defaultPattern: label ?? "", displayType } },
    event: { msgId, createTime, eventDetails: { displayType, label } },
    userIdentity: {
      isFollowerOfAnchor: data.followRole === 1,
      isModeratorOfAnchor: data.isModerator === true,
      isSubscriberOfAnchor: data.isSubscriber === true,
    },
  };
}

function user(data) {
  if (!data.userId) return undefined;
  const { userId, uniqueId = "", nickname = "" } = data;
  const urlList = data.userDetails?.profilePictureUrls ?? [];
  const picture = { urlList, urls: urlList, url: urlList };
  return {
    id: userId, idStr: userId, userId, displayId: uniqueId, uniqueId, nickname,
    avatarThumb: picture, avatarMedium: picture, avatarLarge: picture, profilePicture: picture,
    badgeList: [], badges: [],
  };
}

const SHAPES = {
  chat: (data) => ({ content: data.comment }),
  gift: (data) => ({
    giftId: String(data.giftId),
    repeatEnd: Number(data.repeatEnd),
    comboCount: data.repeatCount,
    toUser: data.receiverUserId && { id: data.receiverUserId, userId: data.receiverUserId },
    gift: {
      id: String(data.giftId), name: data.giftName, type: data.giftType, combo: data.giftType === 1,
      diamondCount: data.diamondCount, describe: data.describe,
    },
    giftDetails: {
      giftName: data.giftName, giftType: data.giftType, diamondCount: data.diamondCount, describe: data.describe,
    },
  }),
  like: (data) => ({ count: data.likeCount, total: String(data.totalLikeCount ?? 0) }),
  member: (data) => ({ action: data.actionId, memberCount: data.memberCount ?? 0 }),
  roomUser: (data) => ({
    total: String(data.viewerCount), totalUser: String(data.totalUser), ranks: [], ranksList: [],
  }),
  emote: (data) => ({ emoteList: data.emotes }),
  envelope: (data) => ({
    envelopeInfo: {
      envelopeId: data.envelopeId, diamondCount: data.coins, peopleCount: data.canOpen,
      sendUserId: data.userId, sendUserName: data.nickname,
    },
  }),
  questionNew: (data) => {
    const question = { content: data.questionText, questionText: data.questionText, user: user(data) };
    return { data: question, details: question };
  },
  subscribe: (data) => ({ subMonth: String(data.subMonth) }),
  linkMicBattle: (data) => ({
    anchorsInfo: data.battleUsers.map((side) => ({ key: side.userId, value: { user: user(side) } })),
  }),
  linkMicArmies: (data) => {
    const army = ({ hostUserId, points }) => [hostUserId, { hostscore: String(points), userArmies: [] }];
    return { armies: Object.fromEntries(data.battleArmies.map(army)) };
  },
};

const ControlEvent = { CONNECTED: "connected", DISCONNECTED: "disconnected", ERROR: "error" };

const WebcastEvent = {
  CHAT: "chat", MEMBER: "member", GIFT: "gift", ROOM_USER: "roomUser", SOCIAL: "social", LIKE: "like",
  QUESTION_NEW: "questionNew", LINK_MIC_BATTLE: "linkMicBattle", LINK_MIC_ARMIES: "linkMicArmies",
  LIVE_INTRO: "liveIntro", EMOTE: "emote", ENVELOPE: "envelope", FOLLOW: "follow", SHARE: "share",
  STREAM_END: "streamEnd", CONTROL_MESSAGE: "controlMessage", SUB_NOTIFY: "subNotify", SUBSCRIBE: "subscribe",
};

/** Nothing is signed here; games that set a key may go on doing so. */
const SignConfig = { apiKey: undefined, basePath: undefined, baseOptions: {} };

function where() {
  return process.env.PASUT_URL || "http://127.0.0.1:8787";
}

function address(creator) {
  const url = new URL("api/v1/feed", where().replace(/\/*$/, "/"));
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = new URLSearchParams({ creator, format: "connector" });
  if (process.env.PASUT_TOKEN) url.searchParams.set("token", process.env.PASUT_TOKEN);
  return url.href;
}

/** The name in whatever form the library takes: with @, or as the address of the LIVE. */
function handle(uniqueId) {
  if (typeof uniqueId !== "string") throw new TypeError("Missing or invalid value for 'uniqueId'.");
  return uniqueId.trim().replace(/^https?:\/\/(www\.)?tiktok\.com\//, "").replace(/\/live.*$/, "").replace(/^@/, "");
}

module.exports = {
  WebcastPushConnection,
  TikTokLiveConnection,
  WebcastEvent,
  ControlEvent,
  SignConfig,
  UserOfflineError,
  AlreadyConnectedError,
  AlreadyConnectingError,
};
