// SPDX-License-Identifier: GPL-3.0-or-later
// Reads an archive with warcio and says, in TAP, whether it is what a crawl of so many pages leaves.
// usage: WARCIO=FOLDER node read-warc.mjs FILE PAGES

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createRequire } from "node:module";

const { WARCParser } = createRequire(`${process.env.WARCIO}/package.json`)("warcio");
const [file, pages] = process.argv.slice(2);
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const tests = [];

function ok (holds, name) {
  tests.push(`${holds ? "ok" : "not ok"} ${tests.length + 1} ${name}`);
}

function sha1 (...parts) {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  let bits = "";
  for (const byte of hash.digest()) bits += byte.toString(2).padStart(8, "0");
  return "sha1:" + bits.match(/.{5}/g).map((five) => letters[parseInt(five, 2)]).join("");
}

const records = [];
for await (const record of new WARCParser(createReadStream(file), { keepHeadersCase: true })) {
  const payload = await record.readFully(false);
  records.push({ record, payload });
}

const of = (type) => records.filter(({ record }) => record.warcType === type);
const header = (record, name) => record.warcHeaders.headers.get(name);

ok(of("warcinfo").length === 2, "each run has a warcinfo record");
ok(of("response").length === of("request").length, "each exchange has both records");
ok(records.every(({ record }) => record.warcHeaders.protocol === "WARC/1.1"), "they are WARC 1.1");
const found = new Set(of("response").filter(({ record }) => record.httpHeaders.statusCode === 200 &&
  record.httpHeaders.headers.get("Content-Type").startsWith("text/html")).map(({ record }) => record.warcTargetURI));
ok(found.size > pages / 2 && found.size <= Number(pages), `the pages are there: ${found.size}`);
ok(of("response").every(({ record, payload }) => header(record, "WARC-Payload-Digest") === sha1(payload)),
  "the digests of the payloads are true");
ok(of("response").every(({ record, payload }) =>
  Number(record.httpHeaders.headers.get("Content-Length") ?? payload.length) === payload.length),
"the lengths are true");
ok(of("request").every(({ record }) => {
  const id = header(record, "WARC-Concurrent-To");
  return of("response").some((other) => header(other.record, "WARC-Record-ID") === id);
}), "each request names its response");
console.log(`1..${tests.length}\n${tests.join("\n")}`);
process.exit(tests.some((line) => line.startsWith("not")) ? 1 : 0);
