# SPDX-License-Identifier: GPL-3.0-or-later
"""libmill as another language sees it: queues, semaphores and pipelines through introspection, with Python's threads
beside the main loop's tasks. Nothing sleeps; a thread that is to wait is waited for until the queue says it does."""

import os
import sys
import tempfile
import threading
import unittest

import gi

gi.require_version("Mill", "1.0")
from gi.repository import Gio, GLib, Mill  # noqa: E402

JOB = """[Job]
name=Numbers

[Source]
type=count
items=200

[Stage work]
kind=async
step=simulate
consumers=4
latency=0

[Sink]
type=count
"""


def item(number, key=None, priority=0):
    new = Mill.Item.new(number, key)
    new.set_priority(priority)
    return new


def ids(items):
    return [one.get_id() for one in items]


def wait_until(condition):
    while not condition():
        os.sched_yield()


class Call:
    """One asynchronous call to be awaited: start(callback) begins it, finish(object, result) ends it."""

    def __init__(self, start, finish):
        self.start = start
        self.finish = finish

    def __await__(self):
        return (yield self)


def get(queue, cancellable=None):
    return Call(lambda callback: queue.get_async(cancellable, callback), type(queue).get_finish)


def put(queue, what, cancellable=None):
    return Call(lambda callback: queue.put_async(what, cancellable, callback), type(queue).put_finish)


def join(whom):
    return Call(lambda callback: whom.join_async(None, callback), type(whom).join_finish)


def run(*coroutines):
    """Runs coroutines on a main loop of this thread's, as asyncio.run() would; returns what each returned."""
    loop = GLib.MainLoop()
    results = {}
    failures = []

    def advance(coroutine, send, value):
        try:
            call = send(value)
        except StopIteration as end:
            results[coroutine] = end.value
        except BaseException as failure:  # told to whoever called run()
            failures.append(failure)
        else:
            call.start(lambda source, result: ended(coroutine, call, source, result))
            return
        if failures or len(results) == len(coroutines):
            loop.quit()

    def ended(coroutine, call, source, result):
        try:
            value = call.finish(source, result)
        except GLib.Error as error:
            advance(coroutine, coroutine.throw, error)
        else:
            advance(coroutine, coroutine.send, value)

    for coroutine in coroutines:
        advance(coroutine, coroutine.send, None)
    if not failures and len(results) < len(coroutines):
        loop.run()
    if failures:
        raise failures[0]
    return [results[coroutine] for coroutine in coroutines]


class Case(unittest.TestCase):
    def assertFails(self, code, call, *arguments):
        with self.assertRaises(GLib.Error) as raised:
            call(*arguments)
        self.assertTrue(raised.exception.matches(Mill.Error.quark(), code), raised.exception)

    def start(self, call, *arguments):
        """Runs a call on a thread; returns a function that waits for it and gives its result or raises its error."""
        outcome = []

        def work():
            try:
                outcome.append(call(*arguments))
            except GLib.Error as error:
                outcome.append(error)

        def end():
            thread.join()
            if isinstance(outcome[0], GLib.Error):
                raise outcome[0]
            return outcome[0]

        thread = threading.Thread(target=work)
        thread.start()
        return end


class ItemTest(Case):
    def test_carries_what_it_was_given(self):
        one = item(7, "key", -3)
        one.set_payload(GLib.Bytes.new(b"abc"))
        one.set_attribute("status", "200")
        self.assertEqual((one.get_id(), one.get_key(), one.get_priority(), one.get_size()), (7, "key", -3, 3))
        self.assertEqual(one.get_payload().get_data(), b"abc")
        self.assertEqual(one.get_attribute("status"), "200")
        self.assertIsNone(one.get_attribute("location"))
        self.assertIsNone(item(8).get_key())
        self.assertIsNone(item(8).get_payload())


class QueueTest(Case):
    def test_first_in_first_out(self):
        queue = Mill.Queue.new(0)
        for number in range(100):
            self.assertTrue(queue.put(item(number), None))
        self.assertEqual(queue.get_depth(), 100)
        self.assertEqual(ids(queue.get(None) for _ in range(100)), list(range(100)))

    def test_lowest_priority_first(self):
        queue = Mill.Queue.new_with_order(0, Mill.QueueOrder.PRIORITY)
        for number in (3, 1, 2):
            queue.put(item(number, None, number), None)
        self.assertEqual(ids(queue.get(None) for _ in range(3)), [1, 2, 3])

    def test_try(self):
        queue = Mill.Queue.new(1)
        self.assertFails(Mill.Error.EMPTY, queue.try_get)
        self.assertTrue(queue.try_put(item(1)))
        self.assertFails(Mill.Error.FULL, queue.try_put, item(2))
        self.assertEqual(queue.try_get().get_id(), 1)

    def test_deadline(self):
        queue = Mill.Queue.new(1)
        soon = GLib.get_monotonic_time() + 1000
        self.assertFails(Mill.Error.TIMED_OUT, queue.get_until, soon, None)
        queue.put_until(item(1), soon, None)
        self.assertFails(Mill.Error.TIMED_OUT, queue.put_until, item(2), 0, None)
        self.assertFails(Mill.Error.TIMED_OUT, queue.join_until, 0, None)
        self.assertFails(Mill.Error.INVALID, queue.get_until, -1, None)

    def test_get_blocks_its_thread_only(self):
        queue = Mill.Queue.new(0)
        end = self.start(queue.get, None)
        wait_until(lambda: queue.get_stats().getters == 1)
        queue.put(item(5), None)
        self.assertEqual(end().get_id(), 5)

    def test_put_blocks_while_full(self):
        queue = Mill.Queue.new(1)
        queue.put(item(1), None)
        end = self.start(queue.put, item(2), None)
        wait_until(lambda: queue.get_stats().putters == 1)
        queue.set_maxsize(2)
        self.assertTrue(end())
        self.assertEqual(queue.props.depth, 2)

    def test_two_threads(self):
        queue = Mill.Queue.new(4)

        def produce():
            for number in range(2000):
                queue.put(item(number), None)
            queue.shutdown(False)

        def consume():
            got = []
            while True:
                try:
                    got.append(queue.get(None).get_id())
                except GLib.Error as error:
                    self.assertTrue(error.matches(Mill.Error.quark(), Mill.Error.SHUT_DOWN))
                    return got
                queue.task_done()

        producer = self.start(produce)
        consumer = self.start(consume)
        producer()
        self.assertEqual(consumer(), list(range(2000)))
        self.assertTrue(queue.join(None))

    def test_cancel(self):
        queue = Mill.Queue.new(0)
        cancellable = Gio.Cancellable()
        end = self.start(queue.get, cancellable)
        wait_until(lambda: queue.get_stats().getters == 1)
        cancellable.cancel()
        with self.assertRaises(GLib.Error) as raised:
            end()
        self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_batches(self):
        queue = Mill.Queue.new(0)
        self.assertEqual(queue.put_many([item(number) for number in range(10)], None), 10)
        first = queue.get_many(4, None)
        rest = queue.get_many_until(100, 0, None)
        self.assertEqual(ids(first) + ids(rest), list(range(10)))
        self.assertTrue(queue.tasks_done(10))
        self.assertFails(Mill.Error.TIMED_OUT, queue.get_many_until, 1, 0, None)

    def test_done_and_join(self):
        queue = Mill.Queue.new(0)
        queue.put(item(1), None)
        queue.get(None)
        end = self.start(queue.join, None)
        self.assertTrue(queue.task_done())
        self.assertTrue(end())
        self.assertFails(Mill.Error.SURPLUS_DONE, queue.task_done)

    def test_shutdown(self):
        queue = Mill.Queue.new(0)
        queue.put_many([item(number) for number in range(5)], None)
        self.assertEqual(queue.shutdown(False), [])
        self.assertFails(Mill.Error.SHUT_DOWN, queue.put, item(9), None)
        self.assertEqual(queue.get(None).get_id(), 0)
        self.assertEqual(ids(queue.shutdown(True)), [1, 2, 3, 4])
        self.assertFails(Mill.Error.SHUT_DOWN, queue.get, None)
        self.assertFails(Mill.Error.SHUT_DOWN, queue.get_many, 3, None)
        self.assertTrue(queue.task_done())
        self.assertTrue(queue.join(None))

    def test_figures(self):
        queue = Mill.Queue.new(3)
        queue.put(item(1), None)
        queue.put(item(2), None)
        queue.get(None)
        stats = queue.get_stats()
        self.assertEqual((stats.depth, stats.puts, stats.gets, stats.unfinished), (1, 2, 1, 2))
        self.assertEqual((stats.maxsize, stats.high_water, stats.is_shut_down), (3, 2, False))
        self.assertEqual(queue.get_waits().get_count(), 1)


class AsyncTest(Case):
    def test_get_waits_for_a_thread(self):
        queue = Mill.Queue.new(0)

        async def consume():
            return (await get(queue)).get_id()

        def produce():
            wait_until(lambda: queue.get_stats().getters == 1)
            return queue.put(item(3), None)

        producer = self.start(produce)
        self.assertEqual(run(consume()), [3])
        self.assertTrue(producer())

    def test_put_waits_for_room(self):
        queue = Mill.Queue.new(1)

        async def produce():
            for number in range(50):
                await put(queue, item(number))

        async def consume():
            return [(await get(queue)).get_id() for _ in range(50)]

        self.assertEqual(run(produce(), consume()), [None, list(range(50))])

    def test_cancelled_get_takes_nothing(self):
        queue = Mill.Queue.new(0)
        cancellable = Gio.Cancellable()

        async def consume():
            with self.assertRaises(GLib.Error) as raised:
                await get(queue, cancellable)
            self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

        GLib.idle_add(cancellable.cancel)
        run(consume())
        queue.put(item(1), None)
        self.assertEqual(queue.get_depth(), 1)

    def test_batches(self):
        queue = Mill.Queue.new(8)
        batch = [item(number) for number in range(30)]

        async def produce():
            return await Call(lambda done: queue.put_many_async(batch, None, done), Mill.Queue.put_many_finish)

        async def consume():
            got = []
            while len(got) < 30:
                got += ids(
                    await Call(lambda done: queue.get_many_async(5, None, done), Mill.Queue.get_many_finish)
                )
            return got

        self.assertEqual(run(produce(), consume()), [30, list(range(30))])

    def test_thread_to_loop_until_shutdown(self):
        """A producing thread and a suspended consumer on one queue, ended by a shutdown, never by a sentinel."""
        queue = Mill.Queue.new(10)

        def produce():
            for number in range(1000):
                queue.put(item(number), None)
            queue.join(None)
            queue.shutdown(False)

        async def consume():
            got = []
            while True:
                try:
                    got.append((await get(queue)).get_id())
                except GLib.Error as error:
                    self.assertTrue(error.matches(Mill.Error.quark(), Mill.Error.SHUT_DOWN))
                    return got
                queue.task_done()

        async def watch():
            return await join(queue)

        producer = self.start(produce)
        self.assertEqual(run(consume()), [list(range(1000))])
        producer()
        self.assertEqual(run(watch()), [True])


class SemaphoreTest(Case):
    def test_permits_and_slots(self):
        semaphore = Mill.Semaphore.new(2)
        self.assertEqual(tuple(semaphore.acquire(11, None)), (True, 0))
        self.assertEqual(tuple(semaphore.try_acquire(12)), (True, 1))
        self.assertFalse(semaphore.try_acquire(13)[0])
        self.assertEqual([(slot.held, slot.item_id) for slot in semaphore.get_slots()], [(True, 11), (True, 12)])
        semaphore.release(0)
        self.assertEqual(semaphore.get_held(), 1)

    def test_thread_waits_for_a_permit(self):
        semaphore = Mill.Semaphore.new(1)
        semaphore.acquire(1, None)
        end = self.start(semaphore.acquire, 2, None)
        wait_until(lambda: semaphore.get_waiting() == 1)
        semaphore.props.permits = 2
        self.assertEqual(tuple(end()), (True, 1))

    def test_task_waits_for_a_permit(self):
        semaphore = Mill.Semaphore.new(1)
        semaphore.acquire(1, None)

        async def acquire():
            return await Call(lambda done: semaphore.acquire_async(2, None, done), Mill.Semaphore.acquire_finish)

        GLib.idle_add(semaphore.release, 0)
        self.assertEqual([tuple(result) for result in run(acquire())], [(True, 0)])


class HistogramTest(Case):
    def test_percentiles(self):
        histogram = Mill.Histogram.new()
        for value in range(1, 101):
            histogram.record(value)
        other = histogram.copy()
        other.merge(histogram)
        self.assertEqual((histogram.get_count(), other.get_count(), histogram.get_max()), (100, 200, 100))
        self.assertEqual(histogram.get_percentile(50), 50)


class Doubling(Mill.Step):
    """Gives every item a payload, adds one item for each tenth, and fails in two ways."""

    def do_process(self, work, cancellable):
        number = work.get_item().get_id()
        if number == 13:
            raise GLib.Error.new_literal(Mill.Error.quark(), "thirteen", Mill.Error.FAILED)
        if number == 14:
            return False
        if number % 10 == 0:
            work.emit(item(1000 + number))
        work.get_item().set_payload(GLib.Bytes.new(b"xx"))
        return True


class Numbers(Mill.Source):
    def __init__(self, last):
        super().__init__()
        self.number = 0
        self.last = last
        self.waited = False

    def do_poll(self, now_us, result):
        if self.number == self.last // 2 and not self.waited:
            self.waited = True
            result.set_wait(now_us, "half time")
            return Mill.SourceResult.WAIT
        if self.number == self.last:
            return Mill.SourceResult.END
        self.number += 1
        result.set_item(item(self.number, str(self.number)))
        return Mill.SourceResult.READY

    def do_get_total(self):
        return self.last


class Silent(Mill.Source):
    def do_poll(self, now_us, result):
        return Mill.SourceResult.READY


class Collecting(Mill.Sink):
    def __init__(self):
        super().__init__()
        self.items = []

    def do_accept(self, done):
        self.items.append(done)


class PipelineTest(Case):
    def build(self, source, *stages, sink=None):
        pipeline = Mill.Pipeline.new("test")
        pipeline.set_source("numbers", source, Mill.Kind.THREADS)
        for name, kind, step in stages:
            stage = Mill.Stage.new(name, kind, step)
            stage.props.consumers = 3
            stage.props.maxsize = 10
            pipeline.add_stage(stage)
        pipeline.set_sink(sink or Mill.CountSink.new())
        return pipeline

    def simulate(self):
        step = Mill.SimulateStep.new()
        step.props.latency = 0
        return step

    def test_library_parts(self):
        sink = Mill.CountSink.new()
        pipeline = self.build(
            Mill.CountSource.new(500),
            ("one", Mill.Kind.THREADS, self.simulate()),
            ("two", Mill.Kind.ASYNC, self.simulate()),
            sink=sink,
        )
        pipeline.start()
        self.assertTrue(pipeline.join(None))
        snapshot = pipeline.snapshot()
        self.assertEqual(snapshot.state, Mill.State.FINISHED)
        self.assertEqual((snapshot.produced, snapshot.done, snapshot.unfinished), (500, 500, 0))
        self.assertEqual((snapshot.workers_alive, snapshot.latency.get_count()), (0, 500))
        self.assertTrue(snapshot.is_conserved())
        self.assertEqual([(stage.name, stage.done) for stage in snapshot.stages], [("one", 500), ("two", 500)])
        self.assertEqual(sink.get_items(), 500)

    def test_parts_in_python(self):
        sink = Collecting()
        stages = (("double", Mill.Kind.THREADS, Doubling()), ("again", Mill.Kind.ASYNC, Doubling()))
        pipeline = self.build(Numbers(100), *stages, sink=sink)

        async def watch():
            return await join(pipeline)

        pipeline.start()
        self.assertEqual(run(watch()), [True])
        snapshot = pipeline.snapshot()
        self.assertTrue(snapshot.is_conserved())
        # 1010 … 1100 come from the first stage; from the second one more for each of these and of 10 … 100.
        self.assertEqual((snapshot.total, snapshot.produced, snapshot.dead), (100, 130, 2))
        self.assertEqual((snapshot.done, len(sink.items), snapshot.bytes), (128, 128, 2 * 108))
        letters = {letter.item.get_id(): letter for letter in pipeline.get_dead_letters()}
        self.assertEqual(sorted(letters), [13, 14])
        self.assertEqual((letters[13].error.message, letters[13].stage), ("thirteen", "double"))
        self.assertTrue(letters[14].error.message)

    def test_source_that_says_nothing(self):
        pipeline = self.build(Silent(), ("one", Mill.Kind.THREADS, self.simulate()))
        pipeline.start()
        pipeline.join(None)
        self.assertEqual(pipeline.get_state(), Mill.State.FAILED)
        self.assertTrue(pipeline.snapshot().error)

    def test_stop_returns_items(self):
        pipeline = self.build(Mill.CountSource.new(1000), ("one", Mill.Kind.THREADS, self.simulate()))
        self.assertTrue(pipeline.set_knob("one.consumers", "0"))
        pipeline.start()
        wait_until(lambda: pipeline.snapshot().stages[0].queue.depth == 10)
        pipeline.stop()
        pipeline.join(None)
        snapshot = pipeline.snapshot()
        self.assertTrue(snapshot.is_conserved())
        self.assertEqual(len(pipeline.get_returned()), snapshot.returned)
        self.assertGreaterEqual(snapshot.returned, 10)

    def test_knobs(self):
        pipeline = self.build(Mill.CountSource.new(10), ("one", Mill.Kind.THREADS, self.simulate()))
        knob = pipeline.find_knob("one.consumers")
        self.assertEqual((knob.get_number(), knob.get_name(), knob.is_integer()), (3, "consumers", True))
        knob.set_text("5")
        self.assertEqual(pipeline.get_stage(0).props.consumers, 5)
        self.assertFails(Mill.Error.INVALID, knob.set_text, "many")
        self.assertFails(Mill.Error.INVALID, pipeline.set_knob, "one.nothing", "1")
        self.assertIn("one.latency", [knob.get_path() for knob in pipeline.list_knobs()])
        self.assertEqual([event.kind for event in pipeline.get_events(0)], [Mill.EventKind.KNOB])

    def test_job_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".millrace") as file:
            file.write(JOB)
            file.flush()
            job = Mill.Job.new_from_file(Gio.File.new_for_path(file.name))
        self.assertEqual(job.get_name(), "Numbers")
        pipeline = job.build()
        pipeline.start()
        pipeline.join(None)
        self.assertEqual((pipeline.snapshot().done, pipeline.snapshot().is_conserved()), (200, True))

    def test_bad_job_file(self):
        bad = GLib.Bytes.new(JOB.replace("consumers=4", "consumers=four").encode())
        with self.assertRaises(GLib.Error) as raised:
            Mill.Job.new_from_bytes(bad, "bad.millrace").build()
        self.assertTrue(raised.exception.matches(Mill.Error.quark(), Mill.Error.JOB))
        self.assertIn("consumers", raised.exception.message)


class TapResult(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        self.verdict = "ok"

    def note(self, test, failure):
        self.verdict = "not ok"
        for line in self._exc_info_to_string(failure, test).splitlines():
            print(f"# {line}")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, err)

    def stopTest(self, test):
        super().stopTest(test)
        print(f"{self.verdict} {self.testsRun} {test.id().removeprefix('__main__.')}", flush=True)


if __name__ == "__main__":
    tests = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    print(f"1..{tests.countTestCases()}", flush=True)
    outcome = TapResult()
    tests.run(outcome)
    sys.exit(not outcome.wasSuccessful())
