"""Usage: run-cocoindex.py TARGET SOURCE OUTPUT STORE. Updates OUTPUT from SOURCE with CocoIndex, and prints what it took."""

import json
import os
import pathlib
import resource
import sys
import time
from dataclasses import dataclass

# Its import sends a usage event otherwise.
os.environ["COCOINDEX_DISABLE_USAGE_TRACKING"] = "1"

import cocoindex as coco
from cocoindex.connectors import localfs, sqlite
from cocoindex.resources.file import FileLike, PatternFilePathMatcher

target, source, output, store = sys.argv[1], *map(pathlib.Path, sys.argv[2:5])

DATABASE = coco.ContextKey[sqlite.ManagedConnection]("database")


@dataclass
class Row:
    path: str
    html: str


def render(text: str) -> str:
    return "<article>" + text.replace("&", "&amp;").replace("<", "&lt;") + "</article>\n"


@coco.fn(memo=True)
async def process_to_file(file: FileLike, out: localfs.DirTarget) -> None:
    path = file.file_path.path.relative_to(source).with_suffix(".html")
    out.declare_file(path, render(await file.read_text()), create_parent_dirs=True)


@coco.fn(memo=True)
async def process_to_row(file: FileLike, out: sqlite.TableTarget[Row]) -> None:
    path = file.file_path.path.relative_to(source).as_posix()
    out.declare_row(row=Row(path=path, html=render(await file.read_text())))


@coco.fn
async def main() -> None:
    files = localfs.walk_dir(
        source, recursive=True, path_matcher=PatternFilePathMatcher(included_patterns=["**/*.md"])
    ).items()
    if target == "files":
        await coco.mount_each(process_to_file, files, await localfs.mount_dir_target(output))
    else:
        schema = await sqlite.TableSchema.from_class(Row, primary_key=["path"])
        await coco.mount_each(process_to_row, files, await sqlite.mount_table_target(DATABASE, "pages", schema))


@coco.lifespan
def lifespan(builder: coco.EnvironmentBuilder):
    builder.settings.db_path = store
    if target == "rows":
        output.mkdir(parents=True, exist_ok=True)
        builder.provide_with(DATABASE, sqlite.managed_connection(output / "pages.db"))
    yield


app = coco.App("bench", main)
started_at = time.perf_counter()
app.update_blocking()
elapsed_ms = (time.perf_counter() - started_at) * 1000
usage = resource.getrusage(resource.RUSAGE_SELF)
print(
    json.dumps(
        {
            "elapsedMs": elapsed_ms,
            "cpuMs": (usage.ru_utime + usage.ru_stime) * 1000,
            "peakMb": usage.ru_maxrss / 1024,
        }
    )
)
