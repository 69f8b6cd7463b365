// What the module of examples/node tells a game that was written for 1.x, one event a line.
//
// usage: node listen.cjs MODULE CREATOR
const [module_, creator] = process.argv.slice(2);
const { WebcastPushConnection } = require(module_);

const live = new WebcastPushConnection(creator);
for (const event of ["chat", "gift", "like", "member", "social", "roomUser", "subscribe"]) {
  live.on(event, (data) => console.log(JSON.stringify([event, data])));
}
live.on("disconnected", () => process.exit(0));
live.waitUntilLive().then(() => live.connect());
