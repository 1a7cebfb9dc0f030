#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs one writes in Python to store log lines in a database. Each prints one JSON object.

usage: store_rivals.py sqlite FILE DATABASE          queue.Queue of 5000, 4 threads, batches of 500
       store_rivals.py psycopg2 FILE URI             the same, a connection a thread, execute_values
       store_rivals.py asyncpg FILE URI              asyncio.Queue of 5000, 8 tasks, executemany of 500

Malformed lines are counted and left out. PostgreSQL's rows are upserted by their key, as Millrace does.
"""

import asyncio
import json
import queue
import sqlite3
import sys
import threading
import time

QUEUE = 5000
BATCH = 500
COLUMNS = "id, time, level, message, ms"
CREATE = "CREATE TABLE log (id bigint PRIMARY KEY, time text, level text, message text, ms double precision)"
UPDATE = ("ON CONFLICT (id) DO UPDATE SET time = excluded.time, level = excluded.level, message = excluded.message, "
          "ms = excluded.ms")


def parse(line):
    record = json.loads(line)
    return record["id"], record["time"], record["level"], record["message"], record["ms"]


def in_batches(lines, store):
    """A consumer's loop: `store` is given lists of rows."""
    bad, rows = 0, []
    while (line := lines.get()) is not None:
        try:
            rows.append(parse(line))
        except ValueError:
            bad += 1
        if len(rows) == BATCH:
            store(rows)
            rows = []
    if rows:
        store(rows)
    return bad


def in_threads(path, threads, make_store):
    lines = queue.Queue(QUEUE)
    bad = []
    workers = [threading.Thread(target=lambda: bad.append(in_batches(lines, make_store()))) for _ in range(threads)]
    for worker in workers:
        worker.start()
    count = 0
    with open(path, encoding="utf-8") as source:
        for line in source:
            lines.put(line)
            count += 1
    for _ in workers:
        lines.put(None)
    for worker in workers:
        worker.join()
    return count, sum(bad)


def run_sqlite(path, database):
    connection = sqlite3.connect(database, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, time TEXT, level TEXT, message TEXT, ms REAL)")
    lock = threading.Lock()

    def store(rows):
        with lock, connection:
            connection.executemany(f"INSERT INTO log ({COLUMNS}) VALUES (?, ?, ?, ?, ?)", rows)

    result = in_threads(path, 4, lambda: store)
    connection.close()
    return result


def run_psycopg2(path, uri):
    import psycopg2
    from psycopg2.extras import execute_values

    def connect():
        connection = psycopg2.connect(uri)

        def store(rows):
            with connection, connection.cursor() as cursor:
                execute_values(cursor, f"INSERT INTO log ({COLUMNS}) VALUES %s {UPDATE}", rows, page_size=BATCH)

        return store

    with psycopg2.connect(uri) as connection, connection.cursor() as cursor:
        cursor.execute(CREATE)
    return in_threads(path, 4, connect)


async def run_asyncpg_here(path, uri):
    import asyncpg

    lines = asyncio.Queue(QUEUE)
    statement = f"INSERT INTO log ({COLUMNS}) VALUES ($1, $2, $3, $4, $5) {UPDATE}"

    async def consume(pool):
        bad, rows = 0, []
        while (line := await lines.get()) is not None:
            try:
                rows.append(parse(line))
            except ValueError:
                bad += 1
            if len(rows) == BATCH:
                await pool.executemany(statement, rows)
                rows = []
        if rows:
            await pool.executemany(statement, rows)
        return bad

    async with asyncpg.create_pool(uri, min_size=8, max_size=8) as pool:
        await pool.execute(CREATE)
        consumers = [asyncio.create_task(consume(pool)) for _ in range(8)]
        count = 0
        with open(path, encoding="utf-8") as source:
            for line in source:
                await lines.put(line)
                count += 1
        for _ in consumers:
            await lines.put(None)
        return count, sum(await asyncio.gather(*consumers))


def run_asyncpg(path, uri):
    return asyncio.run(run_asyncpg_here(path, uri))


def main():
    kind, path, target = sys.argv[1:]
    began = time.perf_counter()
    count, bad = {"sqlite": run_sqlite, "psycopg2": run_psycopg2, "asyncpg": run_asyncpg}[kind](path, target)
    seconds = time.perf_counter() - began
    print(json.dumps({"items_per_second": count / seconds, "seconds": seconds, "items": count, "bad": bad}))


if __name__ == "__main__":
    main()
