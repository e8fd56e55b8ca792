"""CPU time of a call: the median over fresh repetitions, all threads of the process counted."""

import statistics
import time


def median_cpu_ms(call, setup=None, repeats=5):
    """(median CPU milliseconds of ``call(setup())``, the last result); without ``setup``: call().

    ``setup`` runs before each repetition and is not timed.
    """
    times, result = [], None
    for _ in range(repeats):
        arguments = () if setup is None else (setup(),)
        start = time.process_time()
        result = call(*arguments)
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times), result


def print_table(title, header, rows):
    """A Markdown table."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(header) + " |")
    print("|" + "|".join("---" if column == 0 else "--:" for column in range(len(header))) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
