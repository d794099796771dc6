"""Puts secrets with the Databricks SDK for Python, one after the other, as its documentation shows.

The argument is a file with a line for each: the key, a blank, the value.
"""

import os
import sys

from databricks.sdk import WorkspaceClient

client = WorkspaceClient(host=os.environ["BENCH_HOST"], token=os.environ["BENCH_TOKEN"])
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        key, value = line.rstrip("\n").split(" ", 1)
        client.secrets.put_secret(scope="storage", key=key, string_value=value)
