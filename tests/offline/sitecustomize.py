"""Put first on PYTHONPATH, this forbids the network to a process and its children; who tried is in NETWORK_LOG."""

import os
import sys


def forbid(event, args):
    address = args[1] if event == "socket.connect" else args[0] if args else ""
    if event == "socket.connect" and isinstance(address, str | bytes):  # a socket of this machine's own, such as X11's
        return
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        with open(os.environ["NETWORK_LOG"], "a") as log:
            log.write(f"{event} {address}\n")
        raise OSError("the network is forbidden")


if "NETWORK_LOG" in os.environ:
    sys.addaudithook(forbid)
