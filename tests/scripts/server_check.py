"""What `stargate serve` answers, and what it does not: server_check.py PROGRAM. Prints what is wrong; exit status 1."""
import concurrent.futures, glob, http.client, json, os, pathlib, signal, socket, subprocess, sys, tempfile, threading, time

PROGRAM = sys.argv[1]
SLOW = float(os.environ.get("SERVER_SLOW", "1"))  # a sanitizer's build is that much slower
REQUESTS = int(os.environ.get("SERVER_REQUESTS", "1000"))
FILE = os.path.abspath("programmes/one-campus.yaml")
LARGE = os.path.abspath("programmes/stargate-2025.yaml")
YAML = open(FILE).read()
TOKEN = "0123456789abcdef-_XYZ"
started, bad = [], 0


def expect(what, got, want):
    global bad
    if got != want:
        bad += 1
        print(f"{what}: {got!r}, expected {want!r}")


def hold(what, fine, told=""):
    expect(f"{what} {told}", bool(fine), True)


class Server:
    def __init__(self, *words, host="127.0.0.1", file=FILE):
        self.cwd = tempfile.mkdtemp(prefix="serve-")
        self.process = subprocess.Popen([PROGRAM, "serve", file, "--port", "0", *words], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, cwd=self.cwd)
        started.append(self.process)
        self.url = self.process.stdout.readline().strip()
        self.host, self.port = host, int(self.url.split(":")[2].split("/")[0])
        self.name = f"{host}:{self.port}"

    def ask(self, method, path, body=None, timeout=60, **headers):
        http_ = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, (bytes, str)) else json.dumps(body)
        http_.request(method, path, body, headers)
        answer = http_.getresponse()
        data = answer.read()
        http_.close()
        return answer.status, answer.headers, data

    def status(self, *words, **headers):
        return self.ask(*words, **headers)[0]

    def run(self, **order):
        status, _, data = self.ask("POST", "/api/runs", {"yaml": YAML, "scenarios": 300, **order})
        return json.loads(data)["id"] if status == 202 else status

    def events(self, run, most=1000):
        """(event, data) until the server ends the stream, or `most` of them."""
        http_ = http.client.HTTPConnection(self.host, self.port, timeout=120)
        http_.request("GET", f"/api/runs/{run}/events")
        answer = http_.getresponse()
        if answer.status != 200:
            return
        event = ""
        for line in answer:
            if line.startswith(b"event: "):
                event = line[7:].strip().decode()
            elif line.startswith(b"data: "):
                yield event, json.loads(line[6:])
                most -= 1
                if not most:
                    break
        answer.close()
        http_.close()

    def raw(self, data, within=12.0):
        """The status of whatever is answered to these bytes; 0: the connection was closed without an answer."""
        with socket.create_connection((self.host, self.port), timeout=within) as s:
            try:
                s.sendall(data.replace(b"HOST", self.name.encode()))
                answer = s.recv(4096)
            except (ConnectionResetError, BrokenPipeError):
                return 0
        return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.") else 0

    def rss_kb(self):
        return next(int(l.split()[1]) for l in open(f"/proc/{self.process.pid}/status") if l.startswith("VmRSS"))

    def end(self, number=signal.SIGINT, within=10.0):
        began = time.time()
        self.process.send_signal(number)
        try:
            status = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = "none in 30 s"
        took = time.time() - began
        expect(f"exit status after signal {number}", status, 0)
        hold("it ends in time", took < within, f"({took:.2f} s)")
        expect("files in its working folder", os.listdir(self.cwd), [])
        os.rmdir(self.cwd)
        errors = self.process.stderr.read()
        hold("nothing of a sanitizer", "Sanitizer" not in errors and "runtime error" not in errors, errors[-3000:])
        self.process.stdout.close()
        self.process.stderr.close()
        return took


def api():
    s = Server()
    for path, type_ in (("/", "text/html"), ("/app.js", "text/javascript"), ("/app.css", "text/css"), ("/favicon.svg", "image/svg+xml")):
        status, headers, data = s.ask("GET", path)
        expect(path, (status, headers["Content-Type"].split(";")[0], len(data) > 20), (200, type_, True))
        for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
                            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin")):
            expect(f"{path} {name}", headers[name], value)
        hold("policy", headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';"))
    status, _, data = s.ask("GET", "/api/programme")
    told = json.loads(data)
    expect("programme", (status, told["name"], told["yaml"], told["out"]), (200, FILE, YAML, False))
    hold("schema", json.loads(s.ask("GET", "/api/schema")[2])["properties"]["campuses"])
    status, _, data = s.ask("POST", "/api/check", {"yaml": YAML, "set": [{"path": "horizon", "value": "5 years"}]})
    expect("check", (status, json.loads(data)["ok"]), (200, True))
    status, _, data = s.ask("POST", "/api/check", {"yaml": YAML.replace("110 MW", "110 MWh")})
    wrong = json.loads(data)
    first = wrong["diagnostics"][0]
    expect("check of a mistake", (status, wrong["ok"], first["code"]), (200, False, "unit"))
    hold("its line", "110 MWh" in first["excerpt"] and "110 MWh" in YAML.replace("110 MW", "110 MWh").split("\n")[first["line"] - 1])
    status, _, data = s.ask("POST", "/api/runs", {"yaml": YAML, "set": [{"path": "horizont", "value": "5 years"}]})
    expect("a run of a mistake", (status, bool(json.loads(data)["diagnostics"])), (422, True))
    for path in ("/api/runs/77/events", "/api/runs/77/run.json", "/api/runs/77/report.html"):
        expect(path, s.status("GET", path), 404)
    expect("to cancel no run", s.status("DELETE", "/api/runs/77"), 404)
    for body in ("", "[]", "{}", '{"yaml":1}', '{"yaml":""', '{"yaml":"","set":{}}', '{"yaml":"","seed":-1}', '{"yaml":"","scenarios":0}',
                 '{"yaml":"","scenarios":1e9}', '{"yaml":"","x":1}', '{"yaml":"","yaml":""}', '{"yaml":"\\u0000"}', "\xff", "[" * 9000,
                 '{"yaml":"","set":[{"path":"a","value":"1\\n2"}]}', '{"yaml":"","page":"%s"}' % ("x" * 65)):
        expect(f"body {body[:40]}", s.status("POST", "/api/runs", body.encode("latin-1")), 400)
    expect("to save without a folder", s.status("POST", "/api/save", {"kind": "json", "id": 1}), 403)
    s.end()


def runs():
    s = Server()
    run = s.run(seed=7, set=[{"path": "horizon", "value": "5 years"}])
    told = list(s.events(run))
    names = [event for event, _ in told]
    results = [data for event, data in told if event == "result"]
    hold("the first news is a result or progress, the last that it is done", names[0] in ("progress", "result") and names[-1] == "done", names)
    hold("three results at the most, one at the least", 1 <= len(results) <= 3, names)
    expect("scenarios", (told[-1][1]["scenarios"], results[-1]["command"]["scenarios"] if "command" in results[-1] else 300), (300, 300))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([PROGRAM, "run", FILE, "--scenarios", "300", "--seed", "7", "--set", "horizon=5 years", "--json", f"{folder}/a.json"],
                       stdout=subprocess.DEVNULL, check=True)
        wanted = json.load(open(f"{folder}/a.json"))
    hold("the last result is what the command line writes", results[-1] == wanted)
    expect("news of a run that has ended", [event for event, _ in s.events(run)], ["result", "done"])
    for name, begins in (("run.json", b'{"schema":"stargate.run/1"'), ("report.html", b"<!doctype html"), ("workbook.xlsx", b"PK"),
                         ("journal.journal", b";"), ("programme.yaml", b"# --set horizon=5 years\n")):
        status, headers, data = s.ask("GET", f"/api/runs/{run}/{name}")
        expect(name, (status, data[:len(begins)].lower(), headers["Content-Disposition"]), (200, begins.lower(), f'attachment; filename="{name}"'))
    hold("what can be downloaded is what was said", json.loads(s.ask("GET", f"/api/runs/{run}/run.json")[2]) == wanted)
    # Cancelled by hand; by the last listener's going; by a newer run of the same page.
    long = s.run(scenarios=1000000)
    news = s.events(long)
    first = next(news)[0]
    hold("a long run speaks", first in ("progress", "result"))
    expect("no report of a run that goes on", s.status("GET", f"/api/runs/{long}/report.html"), 404)
    expect("cancel", s.status("DELETE", f"/api/runs/{long}"), 204)
    expect("what its listener hears last", list(news)[-1][0], "cancelled")
    left = s.run(scenarios=1000000)
    list(s.events(left, most=1))
    until = time.time() + 20 * SLOW  # to listen again would keep it alive
    while s.status("GET", f"/api/runs/{left}/report.html") == 404 and time.time() < until:
        time.sleep(0.05)
    expect("a run whose listener has gone", [event for event, _ in s.events(left)][-1], "cancelled")
    older = s.run(scenarios=1000000, page="one")
    other = s.run(scenarios=1000000, page="two")
    newer = s.run(scenarios=1000000, page="one")
    expect("an older run of the same page", list(s.events(older))[-1][0], "cancelled")
    hold("other pages go on", next(s.events(other))[0] in ("progress", "result"))
    more = [s.run(scenarios=1000000) for _ in range(5)]
    hold("runs beyond the limit are refused", 429 in more, more)
    for one in [other, newer, *more]:
        if one != 429:
            expect("cancel", s.status("DELETE", f"/api/runs/{one}"), 204)
    hold("and there is room again", s.run() != 429)
    for _ in range(6):
        again = s.run(scenarios=50, without=False)
        list(s.events(again))
    expect("a run that was long ago", s.status("GET", f"/api/runs/{run}/run.json"), 404)
    hold("the last one is there", s.status("GET", f"/api/runs/{again}/run.json") == 200)
    s.end()


def saving():
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "out")
        out.mkdir()
        secret = pathlib.Path(folder, "secret")
        secret.write_text("mine")
        (out / "journal.journal").symlink_to(secret)
        (out / "programme.yaml").symlink_to(pathlib.Path(folder, "new"))
        s = Server("--out", str(out))
        hold("it says that it can save", json.loads(s.ask("GET", "/api/programme")[2])["out"])
        run = s.run(scenarios=50, without=False)
        list(s.events(run))
        for kind, name in (("json", "run.json"), ("json", "run-2.json"), ("report", "report.html"), ("workbook", "workbook.xlsx"),
                           ("journal", "journal-2.journal"), ("programme", "programme-2.yaml")):
            status, _, data = s.ask("POST", "/api/save", {"kind": kind, "id": run, "name": "../../x"})
            told = json.loads(data)
            expect(f"save {kind}", (status, told.get("file")), (200, name))
            expect(f"bytes of {name}", (out / name).stat().st_size, told.get("bytes"))
        for body in ({"kind": "x", "id": run}, {"kind": "json"}, {"kind": "../x", "id": run}, {"kind": "json", "id": run, "path": "/tmp/x"}):
            expect(f"save {body}", s.status("POST", "/api/save", body), 400)
        expect("save of no run", s.status("POST", "/api/save", {"kind": "json", "id": 99}), 404)
        s.end(signal.SIGTERM)
        expect("a file that a link points to", secret.read_text(), "mine")
        expect("outside the folder", sorted(os.listdir(folder)), ["out", "secret"])
        expect("inside", len(os.listdir(out)), 8)


def closed():
    s = Server()
    host = b"Host: HOST\r\n"
    post = b"POST /api/check HTTP/1.1\r\n" + host
    fine = b"Content-Type: application/json\r\nContent-Length: 11\r\n"
    body = b'\r\n{"yaml":""}'
    get = b"GET /api/programme HTTP/1.1\r\n" + host
    for what, wanted, data in (
        ("as it should be", 200, get + b"\r\n"),
        ("localhost", 200, b"GET / HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % s.port),
        ("as it should be, with a body", 200, post + fine + body),
        ("from the page itself", 200, post + fine + b"Origin: http://HOST\r\nSec-Fetch-Site: same-origin\r\n" + body),
        # DNS rebinding and other sites
        ("Host of another name", 421, b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        ("Host of another name with the port", 421, b"GET /api/programme HTTP/1.1\r\nHost: evil.example:%d\r\n\r\n" % s.port),
        ("Host of another port", 421, b"GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n"),
        ("Host that begins like ours", 421, b"GET / HTTP/1.1\r\nHost: HOST.evil.example\r\n\r\n"),
        ("no Host", 400, b"GET / HTTP/1.1\r\n\r\n"),
        ("two Hosts", 421, b"GET / HTTP/1.1\r\n" + host + b"Host: evil.example\r\n\r\n"),
        ("two Hosts the other way", 400, b"GET / HTTP/1.1\r\nHost: evil.example\r\n" + host + b"\r\n"),
        ("two lengths", 400, post + fine + b"Content-Length: 3\r\n" + body),
        ("Origin of another site", 403, post + fine + b"Origin: https://evil.example\r\n" + body),
        ("Origin null", 403, post + fine + b"Origin: null\r\n" + body),
        ("Origin of another port", 403, post + fine + b"Origin: http://127.0.0.1:1\r\n" + body),
        ("Origin of another scheme", 403, post + fine + b"Origin: https://HOST\r\n" + body),
        ("cross-site without Origin", 403, post + fine + b"Sec-Fetch-Site: cross-site\r\n" + body),
        ("same-site", 403, get + b"Sec-Fetch-Site: same-site\r\n\r\n"),
        ("cross-site get", 403, get + b"Origin: http://evil.example\r\n\r\n"),
        ("cross-site delete", 403, b"DELETE /api/runs/1 HTTP/1.1\r\n" + host + b"Origin: http://evil.example\r\n\r\n"),
        ("a form's type", 415, post + b"Content-Type: text/plain\r\nContent-Length: 11\r\n" + body),
        ("no type", 415, post + b"Content-Length: 11\r\n" + body),
        ("preflight", 405, b"OPTIONS /api/check HTTP/1.1\r\n" + host + b"Access-Control-Request-Method: POST\r\nSec-Fetch-Site: same-origin\r\n\r\n"),
        # paths
        ("up", 404, b"GET /../../etc/passwd HTTP/1.1\r\n" + host + b"\r\n"),
        ("up, encoded", 404, b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + host + b"\r\n"),
        ("up, twice encoded", 404, b"GET /%252e%252e/etc/passwd HTTP/1.1\r\n" + host + b"\r\n"),
        ("backslashes", 404, b"GET /..\\..\\etc\\passwd HTTP/1.1\r\n" + host + b"\r\n"),
        ("below the page", 404, b"GET /app.js/../../etc/passwd HTTP/1.1\r\n" + host + b"\r\n"),
        ("a file of the folder", 404, b"GET /README.md HTTP/1.1\r\n" + host + b"\r\n"),
        ("two slashes", 404, b"GET //etc/passwd HTTP/1.1\r\n" + host + b"\r\n"),
        ("in place of a run", 404, b"GET /api/runs/1/../../etc/passwd HTTP/1.1\r\n" + host + b"\r\n"),
        ("a run below zero", 404, b"GET /api/runs/-1/run.json HTTP/1.1\r\n" + host + b"\r\n"),
        ("a run beyond all", 404, b"GET /api/runs/99999999999999999999999/run.json HTTP/1.1\r\n" + host + b"\r\n"),
        ("the folder", 404, b"GET /api/ HTTP/1.1\r\n" + host + b"\r\n"),
        # sizes
        ("large body", 413, post + b"Content-Type: application/json\r\nContent-Length: 1048577\r\n\r\n" + b" " * 1048577),
        ("body of no end", 413, post + b"Content-Type: application/json\r\nContent-Length: 9999999999999999\r\n\r\n"),
        ("length that is none", 400, post + b"Content-Type: application/json\r\nContent-Length: 1x\r\n\r\n"),
        ("chunks", 411, post + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("no length", 411, post + b"Content-Type: application/json\r\n\r\n"),
        ("body of a get", 400, get + b"Content-Length: 3\r\n\r\nabc"),
        ("long path", 414, b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\n" + host + b"\r\n"),
        ("long header", 400, get + b"X: " + b"a" * 20000 + b"\r\n\r\n"),
        ("other method", 405, b"PUT /api/programme HTTP/1.1\r\n" + host + b"Content-Length: 0\r\n\r\n"),
        ("get of a post", 405, b"GET /api/check HTTP/1.1\r\n" + host + b"\r\n"),
    ):
        expect(what, s.raw(data), wanted)
    # What is no HTTP is refused or closed, and the server goes on.
    for data in (b"\r\n\r\n", b"\0\0\0\0\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n", b"\x16\x03\x01\x02\0\x01\0\r\n\r\n", b"A" * 70000,
                 b"GET / HTTP/1.1\r\n: x\r\n\r\n", b"GET http://evil.example/ HTTP/1.1\r\n" + host + b"\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                 b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + host + b"\r\n", b"POST /api/check HTTP/1.1\r\nContent-Length: -1\r\n" + host + b"\r\n",
                 b"GET * HTTP/1.1\r\n" + host + b"\r\n", b"CONNECT evil.example:443 HTTP/1.1\r\n" + host + b"\r\n"):
        status = s.raw(data)
        hold(f"{data[:40]!r}", status == 0 or 400 <= status < 600, status)
    expect("it still answers", s.status("GET", "/"), 200)
    taken = subprocess.run([PROGRAM, "serve", FILE, "--port", str(s.port)], capture_output=True, text=True, timeout=30)
    expect("a port that is taken", (taken.returncode, "--port" in taken.stderr), (2, True))
    with socket.socket(socket.AF_INET6) as six:
        expect("nobody listens elsewhere", six.connect_ex(("::1", s.port)) != 0, True)
    with socket.socket() as four:
        expect("nor on other addresses", four.connect_ex(("127.0.0.2", s.port)) != 0, True)
    s.end()


def tokens():
    s = Server("--host", "127.0.0.2", "--token", TOKEN, host="127.0.0.2")
    expect("address", s.url, f"http://127.0.0.2:{s.port}/?token={TOKEN}")
    expect("page", s.status("GET", f"/?token={TOKEN}"), 200)
    expect("without", s.status("GET", "/api/programme"), 401)
    expect("wrong", s.status("GET", "/api/programme", X_Stargate_Token=TOKEN + "x"), 401)
    expect("a part", s.status("GET", f"/api/programme?token={TOKEN[:-1]}"), 401)
    expect("empty", s.status("GET", "/api/programme?token="), 401)
    expect("by header", s.status("GET", "/api/programme", X_Stargate_Token=TOKEN), 200)
    expect("by query", s.status("GET", f"/api/programme?token={TOKEN}"), 200)
    expect("by query of a post", s.status("POST", f"/api/check?token={TOKEN}", {"yaml": ""}), 401)
    expect("by header of a post", s.status("POST", "/api/check", {"yaml": ""}, X_Stargate_Token=TOKEN), 200)
    expect("by another name", s.status("GET", "/", Host="evil.example"), 421)
    s.end()


def slow():
    """Clients that take their time: each is closed within seconds, and others are served meanwhile."""
    s = Server()
    begin = {"head": b"GET / HTTP/1.1\r\n", "body": f"POST /api/check HTTP/1.1\r\nHost: {s.name}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n".encode(),
             "nothing": b"", "refused": f"POST /api/check HTTP/1.1\r\nHost: {s.name}\r\nContent-Length: 99999999\r\n\r\n".encode()}
    lasted = {}

    def trickle(what):
        began = time.time()
        with socket.create_connection((s.host, s.port), timeout=1) as one:
            one.sendall(begin[what])
            while time.time() - began < 30:
                time.sleep(0.3)
                try:
                    if what != "nothing":
                        one.sendall(b"X")
                    one.setblocking(False)
                    if one.recv(4096) == b"":
                        break
                except BlockingIOError:
                    pass
                except OSError:
                    break
        lasted[what] = time.time() - began

    many = [threading.Thread(target=trickle, args=(what,)) for what in [*begin] * 5]
    for one in many:
        one.start()
    time.sleep(1)
    for _ in range(20):
        expect("served beside slow ones", s.status("GET", "/", timeout=3), 200)
    for one in many:
        one.join()
    for what, took in lasted.items():
        hold(f"slow {what} is closed", took < 12 * SLOW, f"({took:.1f} s)")
    # One that does not read what it asked for.
    run = s.run(scenarios=50, without=False)
    list(s.events(run))
    with socket.create_connection((s.host, s.port)) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.sendall(f"GET /api/runs/{run}/run.json HTTP/1.1\r\nHost: {s.name}\r\n\r\n".encode())
        expect("served beside one that does not read", s.status("GET", "/", timeout=3), 200)
        s.end()


def many():
    s = Server()
    run = s.run(scenarios=50, without=False)
    list(s.events(run))
    kinds = [("GET", "/", None), ("GET", "/api/programme", None), ("GET", f"/api/runs/{run}/run.json", None), ("GET", "/nothing", None),
             ("POST", "/api/check", '{"yaml":"a: ["}'), ("GET", "/api/schema", None), ("DELETE", "/api/runs/999", None), ("GET", "/app.css", None)]
    wanted = [200, 200, 200, 404, 200, 200, 404, 200]

    def all_of(n):
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            got = list(pool.map(lambda i: s.status(*kinds[i % len(kinds)]), range(n)))
        expect(f"lost of {n}", [i for i in range(n) if got[i] != wanted[i % len(kinds)]], [])

    all_of(REQUESTS)  # every thread has had its buffers
    list(s.events(s.run(scenarios=200)))
    before = s.rss_kb()
    all_of(REQUESTS)
    after = s.rss_kb()
    if SLOW == 1:  # a sanitizer keeps what was freed
        hold("memory is flat", after - before < 8192, f"({before} kB, then {after} kB)")
        for _ in range(8):
            list(s.events(s.run(scenarios=200, without=False)))
        first = s.rss_kb()
        for _ in range(8):
            list(s.events(s.run(scenarios=200, without=False)))
        hold("memory of runs is flat", s.rss_kb() - first < 16384, f"({first} kB, then {s.rss_kb()} kB)")
    s.end()


def interrupted():
    """Ctrl-C in mid-run, with somebody listening: two small runs, and a large one with every cause removed. The best of three
    counts, since the machine has other things to do."""
    for number, file, n in ((signal.SIGINT, FILE, 2), (signal.SIGTERM, FILE, 2), (signal.SIGINT, LARGE, 1)):
        took = []
        while len(took) < 3 and min(took, default=9) >= SLOW:
            s = Server(file=file)
            runs_ = [s.run(yaml=open(file).read(), scenarios=1000000) for _ in range(n)]
            news = s.events(runs_[0])
            next(news)
            took.append(s.end(number))
            told = []
            try:
                told = [event for event, _ in news]
            except (OSError, http.client.HTTPException):
                pass
            hold("its listener is told, or cut off", not told or told[-1] in ("cancelled", "progress", "result"), told)
        hold(f"it ends within a second, in the midst of {os.path.basename(file)}", min(took) < SLOW, took)
        print(f"Ctrl-C in mid-run, {os.path.basename(file)}: {min(took):.2f} s")


before = glob.glob("/tmp/stargate-*")
for part in (api, runs, saving, closed, tokens, slow, many, interrupted):
    began = time.time()
    count = bad
    try:
        part()
    except Exception as wrong:  # one that breaks must not hide the others
        bad += 1
        print(f"{part.__name__}: {type(wrong).__name__}: {wrong} at line {wrong.__traceback__.tb_next.tb_lineno}")
    for process in started:
        if process.poll() is None:
            process.kill()
    print(f"{part.__name__}: {bad - count} wrong, {time.time() - began:.1f} s")
expect("folders left behind", [f for f in glob.glob("/tmp/stargate-*") if f not in before], [])
sys.exit(1 if bad else 0)
