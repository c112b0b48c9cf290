// The program's side of "corspec clients": lines of JSON on standard input and output.
import { createInterface } from "node:readline";

// drive answers corspec. newSession makes a browser of its own: an object with fetch(question), and close() if there is
// something to end.
export function drive({ name, version, supports, concurrency = 8 }, newSession) {
  const sessions = new Map();
  const answer = async (q) => {
    switch (q.op) {
      case "hello":
        return { name, version, protocol: 1, supports, concurrency };
      case "fetch":
        if (!sessions.has(q.session)) sessions.set(q.session, newSession());
        return (await sessions.get(q.session)).fetch(q);
      case "close":
        await (await sessions.get(q.session))?.close?.();
        sessions.delete(q.session);
        return {};
      default:
        return { unsupported: true };
    }
  };
  const lines = createInterface({ input: process.stdin });
  lines.on("line", async (line) => {
    const q = JSON.parse(line);
    const a = await answer(q).catch((e) => ({ error: String(e?.stack ?? e) }));
    process.stdout.write(JSON.stringify({ id: q.id, ...a }) + "\n");
  });
  lines.on("close", () => process.exit());
}
