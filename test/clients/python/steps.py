"""Steps of a scenario: each prints `ok <title>` when it holds, and the program ends at the first that does not."""

import sys
import time
import traceback


def step(title):
    """Runs the decorated function at once."""

    def run(body):
        try:
            body()
        except BaseException:
            print(f"not ok {title}", flush=True)
            traceback.print_exc()
            sys.stdout.flush()
            sys.exit(1)
        print(f"ok {title}", flush=True)
        return body

    return run


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


def eventually(condition, seconds=60, pause=0.1):
    """The first true value of a condition."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("it did not come")
        time.sleep(pause)
