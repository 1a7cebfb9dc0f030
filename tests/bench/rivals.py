#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workloads of `millrace-cli bench` on Python's queues and on aiohttp. Prints one JSON object.

usage: rivals.py KIND [--producers P] [--consumers C] [--maxsize N] [--items N] [--url URL] [--tasks N]

KIND is thread-queue (queue.Queue), asyncio-queue, janus (thread to loop and loop to thread), or aiohttp.
Each rival is used in its natural best form; a tenth of the items goes through as a warm-up that is not timed.
"""

import argparse
import asyncio
import json
import queue
import sys
import threading
import time

END = object()


def share_out(items, shares):
    return [items // shares + (1 if share < items % shares else 0) for share in range(shares)]


# ---- queue.Queue ----------------------------------------------------------------------------------------


def thread_queue(options, items):
    channel = queue.Queue(options.maxsize)
    start = threading.Barrier(options.producers + options.consumers + 1)

    def produce(n):
        start.wait()
        put = channel.put
        for number in range(n):
            put(number)

    def consume():
        start.wait()
        get, done = channel.get, channel.task_done
        while get() is not END:
            done()

    producers = [threading.Thread(target=produce, args=(n,)) for n in share_out(items, options.producers)]
    consumers = [threading.Thread(target=consume) for _ in range(options.consumers)]
    for thread in producers + consumers:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in producers:
        thread.join()
    for _ in consumers:
        channel.put(END)
    for thread in consumers:
        thread.join()
    return time.perf_counter() - began


# ---- asyncio.Queue --------------------------------------------------------------------------------------


async def run_asyncio_queue(options, items):
    channel = asyncio.Queue(options.maxsize)

    async def produce(n):
        for number in range(n):
            await channel.put(number)

    async def consume():
        while await channel.get() is not END:
            channel.task_done()

    began = time.perf_counter()
    consumers = [asyncio.create_task(consume()) for _ in range(options.consumers)]
    await asyncio.gather(*(produce(n) for n in share_out(items, options.producers)))
    for _ in consumers:
        await channel.put(END)
    await asyncio.gather(*consumers)
    return time.perf_counter() - began


def asyncio_queue(options, items):
    return asyncio.run(run_asyncio_queue(options, items))


# ---- janus ----------------------------------------------------------------------------------------------


async def hop(options, there, here):
    """Runs there(sync face) on a thread, and here(asynchronous face) on the loop."""
    import janus

    channel = janus.Queue(options.maxsize)
    began = time.perf_counter()
    other = asyncio.get_running_loop().run_in_executor(None, there, channel.sync_q)
    await here(channel.async_q)
    await other
    seconds = time.perf_counter() - began
    channel.close()
    await channel.wait_closed()
    return seconds


def janus_to_loop(options, items):
    def put_all(face):
        for number in range(items):
            face.put(number)

    async def get_all(face):
        for _ in range(items):
            await face.get()
            face.task_done()

    return asyncio.run(hop(options, put_all, get_all))


def janus_to_thread(options, items):
    def get_all(face):
        for _ in range(items):
            face.get()
            face.task_done()

    async def put_all(face):
        for number in range(items):
            await face.put(number)

    return asyncio.run(hop(options, get_all, put_all))


# ---- aiohttp --------------------------------------------------------------------------------------------


async def run_aiohttp(options, items):
    import aiohttp

    numbers = iter(range(items))
    times = []

    async def work(session):
        for _ in numbers:
            began = time.perf_counter()
            async with session.get(options.url) as response:
                response.raise_for_status()
                await response.read()
            times.append(time.perf_counter() - began)

    connector = aiohttp.TCPConnector(limit=options.tasks)
    began = time.perf_counter()
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(work(session) for _ in range(options.tasks)))
        return time.perf_counter() - began, times


def percentiles(times):
    times.sort()
    return {name: times[int(share * (len(times) - 1))] * 1000
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))}


# ---- the program ----------------------------------------------------------------------------------------


def measure(name, run, options):
    run(options, options.items // 10 + 1)
    seconds = run(options, options.items)
    return {"contestant": name, "items": options.items, "seconds": seconds,
            "items_per_second": options.items / seconds}


def measure_janus(options):
    to_loop = measure("janus", janus_to_loop, options)
    to_thread = measure("janus", janus_to_thread, options)
    seconds = to_loop["seconds"] + to_thread["seconds"]
    return {"contestant": "janus", "items": 2 * options.items, "seconds": seconds,
            "items_per_second": 2 * options.items / seconds, "thread_to_loop": to_loop, "loop_to_thread": to_thread}


def measure_aiohttp(options):
    if options.url is None:
        sys.exit("rivals.py: aiohttp needs --url")
    asyncio.run(run_aiohttp(options, options.items // 10 + 1))
    seconds, times = asyncio.run(run_aiohttp(options, options.items))
    return {"contestant": "aiohttp", "items": options.items, "seconds": seconds,
            "items_per_second": options.items / seconds, "latency_ms": percentiles(times)}


KINDS = {
    "thread-queue": lambda options: measure("queue.Queue", thread_queue, options),
    "asyncio-queue": lambda options: measure("asyncio.Queue", asyncio_queue, options),
    "janus": measure_janus,
    "aiohttp": measure_aiohttp,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--producers", type=int, default=1)
    parser.add_argument("--consumers", type=int, default=8)
    parser.add_argument("--maxsize", type=int, default=1000)
    parser.add_argument("--items", type=int, default=100000)
    parser.add_argument("--url")
    parser.add_argument("--tasks", type=int, default=200)
    options = parser.parse_args()
    print(json.dumps(KINDS[options.kind](options)))


if __name__ == "__main__":
    main()
