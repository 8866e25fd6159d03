"""Answers DuckDB's own questions: {"views": {name: sql}, "questions": {name: sql}} on stdin, {name: rows} on stdout."""

import datetime
import decimal
import json
import sys

import duckdb


def plain(value):
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    return value


asked = json.load(sys.stdin)
connection = duckdb.connect(config={"threads": "2"})
connection.execute("SET TimeZone = 'UTC'")
for name, sql in asked["views"].items():
    connection.execute(f"CREATE VIEW {name} AS {sql}")
answers = {}
for name, sql in asked["questions"].items():
    try:
        rows = connection.execute(sql).fetchall()
    except duckdb.Error as error:
        sys.exit(f"{name}: {error}\n{sql}")
    answers[name] = [[plain(value) for value in row] for row in rows]
json.dump(answers, sys.stdout)
