"""The tables of a monitor's state."""

from typing import Final

FILE: Final = "state.sqlite"
FORMAT: Final = "shipworthy-monitor-state/3"

TABLES: Final = """
create table if not exists about(name text primary key, value text not null) without rowid;
create table if not exists partitions(
    partition integer primary key, position integer not null, last_ms integer not null);
create table if not exists exchanges(
    id text primary key, at_ms integer not null, partition integer not null,
    offset integer not null, marks integer not null, score integer not null,
    print integer not null, asked integer not null, shape integer not null,
    turn integer not null) without rowid;
create table if not exists shapes(number integer primary key, shape text not null unique);
create table if not exists windows(
    metric text, start_ms integer, requests integer not null, events integer not null,
    unassessed integer not null, fed_requests integer not null default 0,
    fed_events integer not null default 0, fed_unassessed integer not null default 0,
    fed_turn integer not null default 0,
    primary key(metric, start_ms)) without rowid;
create table if not exists aside(
    partition integer, offset integer, at_ms integer not null, why text not null,
    body blob not null, primary key(partition, offset)) without rowid;
create table if not exists totals(name text primary key, number integer not null) without rowid;
create table if not exists alarms(
    id text primary key, at_ms integer not null, record blob not null) without rowid;
create table if not exists followed(
    alarm text primary key, incident text not null, action text not null) without rowid;
create table if not exists runs(
    process text, first integer, last integer not null, first_ms integer not null,
    last_ms integer not null, primary key(process, first)) without rowid;
create table if not exists probes(
    exchange text primary key, watch text not null, number integer not null,
    role text not null) without rowid;
create table if not exists mixing(
    at_ms integer, id text, account text not null, bins text not null,
    primary key(at_ms, id)) without rowid;
create table if not exists grouping(
    at_ms integer, id text, account text not null, bands blob not null, weak integer not null,
    primary key(at_ms, id)) without rowid;
create table if not exists folded(
    metric text primary key, requests integer not null, events integer not null,
    unassessed integer not null) without rowid;
create table if not exists blobs(name text primary key, value blob not null) without rowid;
"""
"""`asked` is eight bytes of the digest of what was asked, `shape` says in which metrics an exchange
was counted, `turn` how often detectors had been fed before it came: so a probe can be taken out of
every count again. `folded` sums what was forgotten; `mixing` and `grouping` hold what drift and
clusters have not looked at yet."""
