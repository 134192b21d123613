#!/usr/bin/env python3
"""What serving costs: one ensemble streamed to a listener against the same by the command line, and the time to a first answer.

  bench/serve.py [PROGRAM [FILE [SCENARIOS [TIMES]]]]      default: build/stargate programmes/stargate-2025.yaml 20000 2

Both ways in turn, TIMES times; the best of each counts. Time on the wall, and processor time, which a busy machine disturbs little.
"""
import atexit, http.client, json, os, resource, subprocess, sys, time

PROGRAM, FILE, SCENARIOS, TIMES = (sys.argv[1:] + ["build/stargate", "programmes/stargate-2025.yaml", "20000", "2"][len(sys.argv) - 1:])[:4]
SCENARIOS, TIMES = int(SCENARIOS), int(TIMES)
YAML = open(FILE).read()
CHANGED = "campuses.abilene.grid.main.limit"  # of the programme above; another one needs another path here


def by_command():
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([PROGRAM, "run", FILE, "--scenarios", str(SCENARIOS), "--json", "-"], stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Server:
    def __init__(self):
        self.process = subprocess.Popen([PROGRAM, "serve", FILE, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        atexit.register(self.process.kill)
        self.name = self.process.stdout.readline().strip().split("/")[2]

    def cpu_s(self):
        field = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(field[11]) + int(field[12])) / os.sysconf("SC_CLK_TCK")

    def run(self, scenarios, until, **change):
        """Seconds to the answer of the post, to each result, and to the end; stops at the event `until`."""
        time.sleep(0.5)  # the run before was cancelled, and ends
        cpu, began, results = self.cpu_s(), time.perf_counter(), []
        http_ = http.client.HTTPConnection(self.name)
        http_.request("POST", "/api/runs", json.dumps({"yaml": YAML, "scenarios": scenarios, "page": "bench", **change}), {"Content-Type": "application/json"})
        run = json.load(http_.getresponse())["id"]
        loaded = time.perf_counter() - began
        http_ = http.client.HTTPConnection(self.name)
        http_.request("GET", f"/api/runs/{run}/events")
        answer = http_.getresponse()
        for line in answer:
            if line.startswith(b"data: {\"schema"):
                results.append(time.perf_counter() - began)
                if until == "result":
                    break
            if line.startswith(b"event: done"):
                break
        took = time.perf_counter() - began, self.cpu_s() - cpu
        answer.close()
        http_.close()
        return loaded, results, took

    def end(self):
        self.process.terminate()
        self.process.wait()


server = Server()
cold = server.run(SCENARIOS, "result")
changes = [[{"path": CHANGED, "value": f"{800 + 10 * i} MW"}] for i in range(10)]
best = min((server.run(SCENARIOS, "result", set=change) for change in changes), key=lambda r: r[1][0])
for what, one in (("the first time", cold), ("after a change, best of 10", best)):
    print(f"first answer, 100 scenarios, {what}: {1000 * one[1][0]:.0f} ms, of it {1000 * one[0]:.0f} ms to load the programme; "
          f"{1000 * one[2][1]:.0f} ms of processors")
command, served = [], []
for _ in range(TIMES):
    command.append(by_command())
    served.append(server.run(SCENARIOS, "done"))
server.end()
for what, k in (("on the wall", 0), ("of processors", 1)):
    a, b = min(c[k] for c in command), min(s[2][k] for s in served)
    print(f"{SCENARIOS} scenarios, seconds {what}: {a:.1f} by the command line, {b:.1f} streamed in {len(served[0][1])} results: {100 * (b / a - 1):+.1f} %")
