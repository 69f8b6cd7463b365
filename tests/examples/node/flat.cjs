// What 1.2.3 of the real library makes of a capture: its own decoder and its own flat objects, one a line.
//
// usage: node flat.cjs FILE.cap
const fs = require("node:fs");
const { deserializeWebsocketMessage } = require("tiktok-live-connector/dist/lib/webcastProtobuf.js");
const { simplifyObject } = require("tiktok-live-connector/dist/lib/webcastDataConverter.js");

const EVENTS = {
  WebcastChatMessage: "chat",
  WebcastGiftMessage: "gift",
  WebcastLikeMessage: "like",
  WebcastMemberMessage: "member",
  WebcastSocialMessage: "social",
  WebcastRoomUserSeqMessage: "roomUser",
  WebcastSubNotifyMessage: "subscribe",
};

async function main() {
  const bytes = fs.readFileSync(process.argv[2]);
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8);
    const frame = bytes.subarray(at + 12, at + 12 + length);
    at += 12 + length;
    if (length === 0) continue;
    const { webcastResponse } = await deserializeWebsocketMessage(frame);
    for (const { type, decodedData } of webcastResponse?.messages ?? []) {
      if (EVENTS[type]) console.log(JSON.stringify([EVENTS[type], simplifyObject(decodedData)]));
    }
  }
}

main();
