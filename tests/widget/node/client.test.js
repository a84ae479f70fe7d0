/** The client against a real HTTP server that behaves as each test says. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { afterEach, beforeEach, test } from "node:test";

import { Client, Offline, Refusal, messageId } from "../../../widget/client.js";

const HELLO = { messages: [{ type: "text", text: "Hello" }] };
let server, base, seen, answers;

beforeEach(async () => {
  seen = [];
  answers = {};
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      const name = `${request.method} ${request.url.replace(/^\/v1\/conversations/, "")}`;
      seen.push({ name, body: body && JSON.parse(body), token: request.headers.authorization });
      const queue = answers[name] ?? [];
      const answer = queue.length > 1 ? queue.shift() : queue[0];
      if (answer === "hang up") return request.socket.destroy();
      const [status, content] = answer ?? (name === "POST " ? [201, { id: "c1", token: "t1", messages: [] }] : [200, HELLO]);
      response.writeHead(status, { "Content-Type": "application/json" }).end(typeof content === "string" ? content : JSON.stringify(content));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${server.address().port}/`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const said = () => seen.filter(({ name }) => name.endsWith("/messages"));

test("a conversation is opened with the first message and its token opens the rest", async () => {
  const client = new Client(base);
  assert.equal(client.hasConversation, false);

  assert.deepEqual(await client.say({ text: "hi" }, "m1"), HELLO.messages);
  await client.say({ choice: "c" }, "m2");

  assert.deepEqual(seen.map(({ name }) => name), ["POST ", "POST /c1/messages", "POST /c1/messages"]);
  assert.deepEqual(said().map(({ body, token }) => [body, token]), [
    [{ client_message_id: "m1", text: "hi" }, "Bearer t1"],
    [{ client_message_id: "m2", choice: "c" }, "Bearer t1"],
  ]);
});

test("two messages at once wait for one opening", async () => {
  const client = new Client(base);
  await Promise.all([client.say({ text: "a" }, "m1"), client.say({ text: "b" }, "m2")]);

  assert.equal(seen.filter(({ name }) => name === "POST ").length, 1);
});

test("a lost answer is asked for once more with the same id", async () => {
  answers["POST /c1/messages"] = ["hang up", [200, HELLO]];

  await new Client(base).say({ text: "hi" }, "m1");

  assert.deepEqual(said().map(({ body }) => body.client_message_id), ["m1", "m1"]);
});

test("a connection that stays lost is said to be", async () => {
  answers["POST /c1/messages"] = ["hang up"];

  await assert.rejects(new Client(base).say({ text: "hi" }, "m1"), Offline);
});

test("a conversation that is gone is left for a new one, once", async () => {
  answers["POST "] = [[201, { id: "c1", token: "t1" }], [201, { id: "c2", token: "t2" }]];
  const client = new Client(base);
  await client.say({ text: "a" }, "m1");
  answers["POST /c1/messages"] = [[404, { error: { code: "unknown_conversation", message: "Gone." } }]];

  await client.say({ text: "b" }, "m2");

  assert.deepEqual(seen.map(({ name }) => name).slice(2), ["POST /c1/messages", "POST ", "POST /c2/messages"]);
});

test("what the gateway refuses carries its sentence and whether another try is of use", async () => {
  for (const [status, isFinal] of [[413, true], [409, true], [429, false], [500, false], [503, false]]) {
    answers["POST /c1/messages"] = [[status, { error: { code: "c", message: "A sentence." } }]];
    await assert.rejects(new Client(base).say({ text: "hi" }, "m1"), (problem) => {
      assert.ok(problem instanceof Refusal);
      assert.deepEqual([problem.status, problem.code, problem.message, problem.isFinal], [status, "c", "A sentence.", isFinal]);
      return true;
    });
  }
});

test("an answer that is none of ours is a refusal and not an empty reply", async () => {
  for (const content of ["<html>", "null", "[]", "{}", '{"messages": []}', '{"messages": [{"type": "hologram"}]}', '{"error": 7}']) {
    answers["POST /c1/messages"] = [[200, content]];
    await assert.rejects(new Client(base).say({ text: "hi" }, "m1"), Refusal, content);
  }
  answers["POST "] = [[201, { id: 7 }]];
  await assert.rejects(new Client(base).say({ text: "hi" }, "m1"), Refusal);
});

test("erasing gives the receipt and forgets", async () => {
  const receipt = { id: "c1", deleted: 4, erased_at: "2026-11-24T10:00:00+00:00", message: "Erased." };
  answers["DELETE /c1"] = [[200, receipt]];
  const client = new Client(base);
  assert.equal(await client.erase(), null);
  await client.say({ text: "hi" }, "m1");

  assert.deepEqual(await client.erase(), receipt);
  assert.equal(client.hasConversation, false);
});

test("erasing that failed keeps the conversation", async () => {
  answers["DELETE /c1"] = [[503, {}]];
  const client = new Client(base);
  await client.say({ text: "hi" }, "m1");

  await assert.rejects(client.erase(), Refusal);
  assert.equal(client.hasConversation, true);
});

test("every message has an id of its own that the gateway takes", () => {
  const ids = new Set(Array.from({ length: 1000 }, messageId));

  assert.equal(ids.size, 1000);
  for (const id of ids) assert.match(id, /^[A-Za-z0-9._:-]{1,128}$/);
});
