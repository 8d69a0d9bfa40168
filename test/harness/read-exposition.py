"""Reads an exposition on stdin with the parsers of prometheus_client, and writes what they read as JSON.

The argument is the format: text, or openmetrics, whose parser is strict. Numbers are written as Python's repr, because JSON
has no NaN. Where files follow, it reads those instead, and writes which of them the parser refuses, and why.
"""

import io
import json
import sys

if sys.argv[1] == "openmetrics":
    from prometheus_client.openmetrics.parser import text_fd_to_metric_families
else:
    from prometheus_client.parser import text_fd_to_metric_families


def exemplar_of(sample):
    if sample.exemplar is None:
        return None
    labels, value, timestamp = sample.exemplar
    return {"labels": labels, "value": repr(value), "timestamp": repr(float(timestamp))}


def sample_of(sample):
    return {
        "name": sample.name,
        "labels": sample.labels,
        "value": repr(float(sample.value)),
        "exemplar": exemplar_of(sample),
    }


def read(stream):
    # Only a line feed ends a line: Python's default also takes a carriage return, which may be in a label.
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="strict", newline="\n")
    return [
        {
            "name": family.name,
            "type": family.type,
            "help": family.documentation,
            "unit": family.unit,
            "samples": [sample_of(sample) for sample in family.samples],
        }
        for family in text_fd_to_metric_families(text)
    ]


def refusal_of(path):
    try:
        with open(path, "rb") as file:
            read(file)
    except ValueError as error:
        return f"{path}: {error}"
    return None


paths = sys.argv[2:]
if paths:
    json.dump([refusal for refusal in map(refusal_of, paths) if refusal is not None], sys.stdout)
else:
    json.dump(read(sys.stdin.buffer), sys.stdout)
