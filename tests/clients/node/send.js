// Sends records by @fluent-org/logger:
//
//   send.js ADDRESS MODE seconds|event-time [ack] [KEY [USER PASSWORD]]
//
// Standard input has one record a line: {"ms": time, "record": {…}}. The address is a socket's path or host:port.
"use strict";

const readline = require("node:readline");
const { FluentClient } = require("@fluent-org/logger");

const [address, eventMode, times, ...rest] = process.argv.slice(2);
const ack = rest[0] === "ack" && rest.shift() ? { ackTimeout: 30_000 } : undefined;
const [sharedKey, username, password] = rest;

function socket() {
  if (address.startsWith("/")) return { path: address };
  const [host, port] = address.split(":");
  return { host, port: Number(port) };
}

async function main() {
  const client = new FluentClient("shop", {
    eventMode,
    ack,
    socket: { ...socket(), timeout: 30_000 },
    security: sharedKey && { clientHostname: "client.test", sharedKey, username, password },
    milliseconds: times === "event-time",
    // Chunks of some records each.
    flushInterval: 20,
    sendQueueIntervalFlushLimit: { length: 50 },
    disableAutoconnect: true,
  });
  client.socketOn("error", (error) => {
    console.error(`${error}`);
    process.exit(1);
  });
  await client.connect();
  const sent = [];
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { ms, record } = JSON.parse(line);
    sent.push(client.emit("orders", record, ms));
  }
  // With acknowledgements these wait for them.
  await Promise.all(sent);
  await client.shutdown();
}

main();
