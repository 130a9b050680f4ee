// Drives the bridge with the official JavaScript client and prints what it saw: node javascript_client.mjs URL TOKEN
import { Redis } from "@upstash/redis";

const [url, token] = process.argv.slice(2);
const redis = new Redis({ url, token, retry: false, enableTelemetry: false });
const seen = {};

const failure = async (promise) => {
  try {
    return { value: await promise };
  } catch (error) {
    return { name: error.name, message: error.message };
  }
};

seen.strings = [];
for (const value of ["plain", "ünïcödé 😀", "OK", "test", ""]) {
  await redis.set("key", value);
  seen.strings.push(await redis.get("key"));
}
await redis.set("object", { a: [1, "ü"] });
seen.object = await redis.get("object");
seen.missing = await redis.get("missing");

await redis.set("short", "lived", { ex: 100 });
seen.ttl = await redis.ttl("short");

await redis.hset("hash", { a: 1, b: "ö" });
seen.hash = await redis.hgetall("hash");

await redis.zadd("scores", { score: 2, member: "b" }, { score: 1.5, member: "a" });
seen.scores = await redis.zrange("scores", 0, -1, { withScores: true });

await redis.lpush("list", "a", "OK", "b");
seen.list = await redis.lrange("list", 0, -1);
seen.taken = await redis.lmpop(1, ["list"], "RIGHT", 2);

seen.script = await redis.eval("return {KEYS[1], ARGV[1], 3}", ["k"], ["v"]);
seen.scan = await redis.scan(0, { match: "obj*", count: 1000 });
seen.pipeline = await redis.pipeline().set("n", 1).incr("n").get("n").exec();
seen.transaction = await redis.multi().incr("n").lrange("none", 0, -1).exec();

seen.wrongType = await failure(redis.lpush("key", "x"));
seen.aborted = await failure(redis.multi().set("never", 1).lpush("list").exec());
seen.never = await redis.exists("never");
seen.wrongToken = await failure(new Redis({ url, token: "wrong", retry: false }).get("key"));

console.log(JSON.stringify(seen));
